// The export panel in the real window: findings and lines belong together, errors stand in place of the files.
#include "gateway/policy/shapes.h"
#include "tests/support/fakeapi.h"
#include "ui/export/exportpanel.h"
#include "ui/models/session.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/theme.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/runs.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>

using namespace gatehouse;
using namespace gatehouse::ui;

namespace {

constexpr char workspaceText[] = R"(gatehouse: 1
name: shop

listeners:
  - name: main
    address: 127.0.0.1:8080

upstreams:
  - name: orders
    endpoints: [ { url: "http:@127.0.0.1:9001" } ]
    delivery:
      retry: { times: 1 }

routes:
  - name: orders
    match: { prefix: /orders }
    policies:
      - rate-limit: { requests: 10, per: 1s, burst: 20 }
    to: { upstream: orders }
)";

// Two slashes in a raw string hide the rest of the file from moc.
QByteArray workspace() { return QByteArray(workspaceText).replace("http:@", "http://"); }

QString s(const char *text) { return QString::fromUtf8(text); }

template <typename T>
T *named(QWidget *in, const QString &name)
{
    for (T *widget : in->findChildren<T *>())
        if (widget->accessibleName() == name && widget->isVisible())
            return widget;
    return nullptr;
}

} // namespace

class ExportTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        policy::registerShapes();
        Theme::install(*qApp);
    }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QFile file(m_folder->filePath(s("gatehouse.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(workspace());
        file.close();
        m_fake = std::make_unique<test::FakeApi>();
        m_session = std::make_unique<Session>(m_fake->api(), QString());
        QString error;
        QVERIFY2(m_session->open(m_folder->path(), &error), qPrintable(error));
        m_window = std::make_unique<MainWindow>(QList<PanelInfo>{exportPanel(*m_session)}, QString());
        ShellState state;
        state.workspace = s("shop");
        m_window->setState(state);
        m_window->resize(1280, 800);
        m_panel = m_window->showPanel(QLatin1String(panels::exporting));
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTRY_VERIFY(m_session->workspace());
        m_panel->activate();
    }
    void cleanup()
    {
        m_window.reset();
        m_session.reset();
        m_fake.reset();
    }

    void f8GoesThroughFindingsAndTheirLines()
    {
        auto *findings = named<QListView>(m_panel, s("Findings"));
        QTRY_VERIFY(findings && findings->model()->rowCount() > 1);
        auto *code = m_panel->findChild<CodeEditor *>();
        const int count = findings->model()->rowCount();
        for (int i = 0; i < count; ++i) {
            QTest::keyClick(m_window.get(), Qt::Key_F8);
            QCOMPARE(findings->currentIndex().row(), i);
            const QString words = findings->currentIndex().data(Qt::AccessibleTextRole).toString();
            QVERIFY2(words.contains(QStringLiteral("line %1,").arg(code->caretLine() + 1)), qPrintable(words + QString::number(code->caretLine() + 1)));
        }
        QTest::keyClick(m_window.get(), Qt::Key_F8);
        QCOMPARE(findings->currentIndex().row(), 0);
        QTest::keyClick(m_window.get(), Qt::Key_F8, Qt::ShiftModifier);
        QCOMPARE(findings->currentIndex().row(), count - 1);
    }

    void findingLeadsToWhatItIsAbout()
    {
        auto *findings = named<QListView>(m_panel, s("Findings"));
        QTRY_VERIFY(findings && findings->model()->rowCount() > 0);
        QSignalSpy asked(m_window->navigator(), &Navigator::requested);
        findings->setCurrentIndex(findings->model()->index(0, 0));
        findings->scrollTo(findings->currentIndex());
        const QRect card = findings->visualRect(findings->currentIndex());
        QTest::mouseClick(findings->viewport(), Qt::LeftButton, {}, QPoint(card.left() + scaled(52), card.bottom() - scaled(20)));
        QCOMPARE(asked.count(), 1);
        QVERIFY(asked.first().first().value<Place>().kind == Place::Kind::Path);
    }

    void errorsStandInPlaceOfTheFiles()
    {
        QTRY_VERIFY(named<QListView>(m_panel, s("Findings")));
        QVERIFY(m_session->edit(schema::Patch::replace("gatehouse.yaml", schema::Path::of("routes[0].to.upstream"), schema::Node::scalar("gone")), s("Break it")));
        m_session->commit();
        QTRY_VERIFY(!named<QListView>(m_panel, s("Findings")));
        RunsLabel *list = nullptr;
        for (RunsLabel *label : m_panel->findChildren<RunsLabel *>())
            if (label->isVisible() && toPlainText(label->runs()).contains(s("routes[0].to.upstream")))
                list = label;
        QVERIFY(list);
        QSignalSpy asked(m_window->navigator(), &Navigator::requested);
        QTest::mouseClick(list, Qt::LeftButton, {}, QPoint(12, 8));
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().value<Place>().name, s("routes[0].to.upstream"));
        m_session->undoStack().undo();
        m_session->commit();
        QTRY_VERIFY(named<QListView>(m_panel, s("Findings")));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
    Panel *m_panel = nullptr;
};

QTEST_MAIN(ExportTest)
#include "tst_export.moc"
