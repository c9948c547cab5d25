// Fields and labels as a person uses them, by keys.
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/diffview.h"
#include "ui/widgets/filterfield.h"
#include "ui/widgets/keyvaluetable.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"

#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

using namespace gatehouse::ui;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

} // namespace

class FieldsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void termsBecomeChips()
    {
        FilterField field(s("Type to filter"));
        QSignalSpy changed(&field, &FilterField::expressionChanged);
        QTest::keyClicks(field.edit(), s("host:*.shop -path:/health status"));
        QCOMPARE(field.chips(), (QStringList{ s("host:*.shop"), s("-path:/health") }));
        QCOMPARE(field.expression(), s("host:*.shop -path:/health status"));
        QCOMPARE(changed.last().first().toString(), field.expression());
        QTest::keyClick(field.edit(), Qt::Key_Return);
        QCOMPARE(field.chips().size(), 3);
        QTest::keyClick(field.edit(), Qt::Key_Backspace); // takes the last back into the text
        QCOMPARE(field.chips().size(), 2);
        QCOMPARE(field.edit()->text(), s("status"));
    }

    void chipsAreWalkedAndRemoved()
    {
        FilterField field(s("Type to filter"));
        field.setExpression(s("a:1 b:2 c:3"));
        QTest::keyClick(field.edit(), Qt::Key_Left, Qt::AltModifier);
        QTest::keyClick(field.edit(), Qt::Key_Left, Qt::AltModifier);
        QTest::keyClick(field.edit(), Qt::Key_Delete);
        QCOMPARE(field.expression(), s("a:1 c:3"));
        field.addTerm(s("-a:1"));
        QCOMPARE(field.expression(), s("c:3 -a:1"));
    }

    void completionIsTakenByTab()
    {
        FilterField field(s("Type to filter"));
        field.complete = [](const QString &typed) {
            return typed == s("sta")
                ? QList<FilterCompletion>{ { Mark::Client, s("status:4xx"), s("refused"), s("1,731") },
                      { Mark::Server, s("status:5xx"), {}, {} } }
                : QList<FilterCompletion>{};
        };
        field.show();
        field.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&field));
        field.edit()->setFocus();
        QTest::keyClicks(field.edit(), s("sta"));
        QTest::keyClick(field.edit(), Qt::Key_Down);
        QTest::keyClick(field.edit(), Qt::Key_Down);
        QTest::keyClick(field.edit(), Qt::Key_Tab);
        QCOMPARE(field.chips(), QStringList{ s("status:5xx") });
    }

    void rowsAreEdited()
    {
        KeyValueTable table;
        table.setEditable(true);
        table.setRows({ { s("page"), s("2"), true, {}, HueId::None } });
        QSignalSpy edited(&table, &KeyValueTable::edited);
        QAbstractItemModel *model = table.model();
        QCOMPARE(model->rowCount(), 2); // the spare one
        QVERIFY(model->setData(model->index(1, KeyValueModel::Name), s("dry")));
        QCOMPARE(model->rowCount(), 3);
        QVERIFY(model->setData(model->index(0, KeyValueModel::Enabled), Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(edited.count(), 2);
        QCOMPARE(table.rows().size(), 2);
        QVERIFY(!table.rows().first().enabled);
        table.selectRow(0);
        QTest::keyClick(&table, Qt::Key_Delete);
        QCOMPARE(table.rows().size(), 1);
        QCOMPARE(table.rows().first().name, s("dry"));
    }

    void headersAreReadAndCopied()
    {
        KeyValueTable table;
        table.setRows({ { s("host"), s("a\nb"), true, s("decided the route"), HueId::Ok } });
        QVERIFY(!(table.model()->flags(table.model()->index(0, KeyValueModel::Value)) & Qt::ItemIsEditable));
        table.selectRow(0);
        QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), s("host: a\nb"));
    }

    void linksAreReachedByKeys()
    {
        RunsLabel label;
        label.setRuns({ link(s("get-order"), { Place::Kind::Route, s("routes"), s("get-order"), {} }),
            plain(s(" sent it to ")), commandLink(s("orders"), s("open-orders")) });
        QCOMPARE(label.accessibleName(), s("get-order sent it to orders"));
        QSignalSpy places(&label, &RunsLabel::placeActivated), commands(&label, &RunsLabel::commandActivated);
        label.show();
        label.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&label));
        label.setFocus(Qt::TabFocusReason);
        QTest::keyClick(&label, Qt::Key_Return);
        QCOMPARE(places.count(), 1);
        QTest::keyClick(&label, Qt::Key_Tab);
        QTest::keyClick(&label, Qt::Key_Return);
        QCOMPARE(commands.count(), 1);
        QCOMPARE(commands.first().first().toString(), s("open-orders"));
    }

    void textFromOutsideIsNeverMarkup()
    {
        RunsLabel label;
        label.setRuns({ plain(s("<b>bold</b> <img src=x>")) });
        RunsLabel same;
        same.setRuns({ plain(s("(b)bold(/b) (img src=x)")) });
        QCOMPARE(label.accessibleName(), s("<b>bold</b> <img src=x>"));
        QVERIFY(label.sizeHint().width() > same.sizeHint().width() / 2);
        NoticeBar bar;
        bar.setNotice(s("<h1>x</h1>"));
        QCOMPARE(bar.title(), s("<h1>x</h1>"));
        for (const QLabel *inside : bar.findChildren<QLabel *>())
            QCOMPARE(inside->textFormat(), Qt::PlainText);
    }

    void aWrappedSentenceIsHigher()
    {
        RunsLabel label;
        label.setRuns({ plain(s("The first try at :9001 was refused, so it was tried again after 31 ms.")) });
        QVERIFY(label.heightForWidth(150) > label.heightForWidth(900));
        FieldError error;
        QVERIFY(error.isHidden());
        error.setError(s("The { is not closed. Write /orders/{id} or {id:int} for digits only."));
        QVERIFY(!error.isHidden());
        QVERIFY(error.heightForWidth(150) > error.heightForWidth(900));
        error.setError({});
        QVERIFY(error.isHidden());
    }

    void methodsAreToggled()
    {
        MethodToggleRow row;
        row.setMethods({ s("GET"), s("PURGE") });
        QCOMPARE(row.methods(), (QStringList{ s("GET"), s("PURGE") }));
        QSignalSpy changed(&row, &MethodToggleRow::changed);
        QTest::keyClick(row.findChildren<QAbstractButton *>().at(2), Qt::Key_Space);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(row.methods(), (QStringList{ s("GET"), s("POST"), s("PURGE") }));
    }

    void segmentsMoveByArrows()
    {
        Segments segments({ s("Live"), s("15 min"), s("1 h") });
        segments.setCurrent(0);
        segments.show();
        segments.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&segments));
        QSignalSpy changed(&segments, &Segments::currentChanged);
        auto *first = segments.findChildren<QAbstractButton *>().first();
        first->setFocus();
        QTest::keyClick(first, Qt::Key_Right);
        QCOMPARE(segments.current(), 1);
        QCOMPARE(changed.count(), 1);
    }

    void aDifferenceLeadsToItsSetting()
    {
        DiffView view;
        view.setLines({ { DiffLine::Kind::Removed, s("a"), {}, {} },
            { DiffLine::Kind::Added, s("b"), s("rewrite.path"),
                { Place::Kind::Route, s("routes"), s("r"), s("rewrite/path") } } });
        QSignalSpy places(&view, &DiffView::placeActivated);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(places.count(), 0);
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(places.count(), 1);
    }
};

QTEST_MAIN(FieldsTest)
#include "tst_fields.moc"
