#include "tests/support/grab.h"
#include "tests/support/sampletraffic.h"
#include "ui/shell/theme.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace gatehouse;
using ui::WhyItem;

namespace {

observe::Explanation pictured(size_t row) { return test::sampleExplanation(test::sampleRows(23)[row]); }

observe::Explanation sketch(const char *url)
{
    api::RequestSketch request;
    request.url = url;
    return test::sampleSketch(request);
}

} // namespace

class TestWhyView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        test::useDesignFont();
        ui::Theme::install(*qApp)->setChoice(ui::ThemeChoice::Light);
        qRegisterMetaType<ui::Place>("gatehouse::ui::Place");
    }

    void modelHoldsForEveryRow()
    {
        ui::WhyModel model;
        QAbstractItemModelTester tester(&model);
        for (const observe::Row &row : test::sampleRows(400, 1, 0, 1, 3)) {
            model.setExplanation(test::sampleExplanation(row));
            QVERIFY(model.rowCount() >= 3);
            QVERIFY(!model.wholeText().isEmpty());
        }
        model.setExplanation(sketch("/v1/users/me"));
        QVERIFY(!model.find(WhyItem::StageId::Answer).isValid()); // nothing was answered
        model.clear();
        QVERIFY(model.isEmpty());
    }

    void stagesOfARetriedOne()
    {
        ui::WhyModel model;
        model.setExplanation(pictured(5));
        QStringList stages;
        for (int row = 0; row < model.rowCount(); ++row) {
            const WhyItem *item = ui::WhyModel::item(model.index(row, 0));
            if (item->kind == WhyItem::Kind::Stage)
                stages << ui::toPlainText(item->title);
        }
        QCOMPARE(stages, QStringList({QStringLiteral("Arrived at main"), QStringLiteral("Route: get-order"), QStringLiteral("Policies"), QStringLiteral("Rewritten"),
                                      QStringLiteral("Upstream: orders"), QStringLiteral("Policies, on the way back"), QStringLiteral("Answered 200 OK")}));
        QCOMPARE(model.timeParts().size(), qsizetype(4));
        QCOMPARE(model.timeParts()[2].label, QStringLiteral("waiting 31 ms"));
        const QString candidates = model.asText(model.find(WhyItem::StageId::Route));
        QVERIFY2(candidates.contains(QStringLiteral("get-order-canary, does not match, header x-tenant  wants matches ^[a-z]+$  got ACME-7")), qPrintable(candidates));
        QVERIFY(candidates.contains(QStringLiteral("9 more differ in host or prefix")));
    }

    void refusalFoldsTheRouteAndLeavesTheRestUnreached()
    {
        ui::WhyView view;
        view.resize(572, 900);
        view.setExplanation(pictured(3));
        QVERIFY(!view.isExpanded(view.whyModel().find(WhyItem::StageId::Route)));
        const QModelIndex policies = view.whyModel().find(WhyItem::StageId::PoliciesIn);
        QVERIFY(view.isExpanded(policies));
        QVERIFY(ui::WhyModel::item(view.whyModel().index(1, 0, policies))->reached);
        QVERIFY(!ui::WhyModel::item(view.whyModel().index(2, 0, policies))->reached);
        QVERIFY(!ui::WhyModel::item(view.whyModel().find(WhyItem::StageId::Target))->reached);
    }

    void keysFoldCopyAndGo()
    {
        ui::WhyView view;
        view.resize(572, 1100);
        view.setExplanation(pictured(5));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy went(&view, &ui::WhyView::placeActivated);
        const QModelIndex route = view.whyModel().find(WhyItem::StageId::Route);
        view.setCurrentIndex(route);
        QTest::keyClick(&view, Qt::Key_Left);
        QVERIFY(!view.isExpanded(route));
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.isExpanded(route));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(went.size(), 1);
        QCOMPARE(went.takeFirst().at(0).value<ui::Place>().name, QStringLiteral("get-order"));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("0.02 ms  Route: get-order, 5 candidates of 14, decided in 18 µs\n  get-order, wins")));
        view.setCurrentIndex(view.whyModel().index(0, 0));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        const QString whole = QGuiApplication::clipboard()->text();
        QVERIFY(whole.startsWith(QStringLiteral("get-order sent it to orders")) && whole.contains(QStringLiteral("Answered 200 OK")));
    }

    void aClickOnANameGoesThereAndOnAHeadFolds()
    {
        ui::WhyView view;
        view.resize(572, 1100);
        view.setExplanation(pictured(5));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy went(&view, &ui::WhyView::placeActivated);
        const QModelIndex policies = view.whyModel().find(WhyItem::StageId::PoliciesIn);
        const QRect burst = view.visualRect(view.whyModel().index(1, 0, policies));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(ui::scaled(100), burst.center().y()));
        QCOMPARE(went.size(), 1);
        QCOMPARE(went.takeFirst().at(0).value<ui::Place>().name, QStringLiteral("/groups/0/policies/0"));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(ui::scaled(300), view.visualRect(policies).center().y() + 4));
        QVERIFY(!view.isExpanded(policies));
        QVERIFY(went.isEmpty());
    }

    void looks_data()
    {
        QTest::addColumn<int>("row");
        QTest::newRow("retried") << 5;
        QTest::newRow("refused") << 3;
        QTest::newRow("mocked") << 2;
        QTest::newRow("failed") << 18;
    }

    void looks()
    {
        QFETCH(int, row);
        for (const auto theme : {ui::ThemeChoice::Light, ui::ThemeChoice::Dark}) {
            ui::Theme::instance()->setChoice(theme);
            ui::WhyView view;
            view.resize(572, 1020);
            view.setExplanation(pictured(size_t(row)));
            view.show();
            view.setFocus();
            QVERIFY(QTest::qWaitForWindowExposed(&view));
            const QPixmap picture = test::grab(view, QStringLiteral("why-%1-%2").arg(QString::fromLatin1(QTest::currentDataTag()), theme == ui::ThemeChoice::Light ? QStringLiteral("light") : QStringLiteral("dark")));
            QVERIFY(!picture.isNull());
            QVERIFY(view.contentHeight() > 200);
        }
        ui::Theme::instance()->setChoice(ui::ThemeChoice::Light);
    }
};

QTEST_MAIN(TestWhyView)
#include "tst_whyview.moc"
