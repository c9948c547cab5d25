// The whole window with the real engine, used like a person: a route is added, serves, is broken, is mended by undo, renamed, saved.
#include "app/gui/application.h"
#include "gateway/policy/shapes.h"
#include "tests/support/support.h"
#include "ui/shell/theme.h"

#include <QtCore/QDir>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

const char *const workspace = R"(# The shop, kept by hand.
gatehouse: 1
name: shop

listeners:
  - name: main
    address: 127.0.0.1:0   # any port

policies:
  - name: burst
    rate-limit: { requests: 1000, per: 1s }

groups:
  - name: public
    prefix: /v1
    policies: [ burst ]

routes:
  # First of all.
  - name: hello
    match: { exact: /hello }
    to: { respond: { status: 200, body: "hi there" } }

  - name: health
    group: public
    match: { exact: /health }
    to: { respond: { status: 204 } }

  - name: old   # to be renamed
    match: { prefix: /old }
    to: { redirect: { location: /hello, status: 308 } }
)";

struct Answer {
    int status = 0;
    QByteArray body;
};

Answer get(uint16_t port, const QByteArray &path)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    if (!socket.waitForConnected(3000))
        return {};
    socket.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    while (socket.waitForReadyRead(3000)) { }
    const QByteArray all = socket.readAll();
    return {all.mid(9, 3).toInt(), all.mid(all.indexOf("\r\n\r\n") + 4)};
}

} // namespace

class TestEdit : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    std::unique_ptr<gui::Application> m_application;

    ui::MainWindow &window() { return m_application->window(); }
    ui::Session &session() { return m_application->session(); }
    QString file() const { return m_folder.path() + QStringLiteral("/shop/gatehouse.yaml"); }
    uint16_t port()
    {
        const auto listeners = m_application->api().apply.status().listeners;
        return listeners.empty() ? uint16_t(0) : uint16_t(QString::fromStdString(listeners.front().address).section(QLatin1Char(':'), -1).toUInt());
    }
    bool running() { return m_application->api().apply.status().state == api::EngineState::Running; }
    QLineEdit *field(const QString &text)
    {
        for (QLineEdit *line : window().currentPanel()->findChildren<QLineEdit *>())
            if (line->isVisible() && line->text() == text)
                return line;
        return nullptr;
    }
    void type(QLineEdit *line, const QString &text)
    {
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
    }
    bool applied(uint64_t before)
    {
        return waitFor("the edit to be applied", [&] { return m_application->api().apply.status().revision > before; });
    }
    uint64_t revision() { return m_application->api().apply.status().revision; }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("HOME", m_folder.path().toUtf8());
        qputenv("XDG_CONFIG_HOME", (m_folder.path() + QStringLiteral("/config")).toUtf8());
        qputenv("XDG_DATA_HOME", (m_folder.path() + QStringLiteral("/data")).toUtf8());
        policy::registerShapes();
        ui::Theme::install(*qApp);
        QDir().mkpath(m_folder.path() + QStringLiteral("/shop"));
        test::writeFile(file(), workspace);
        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        m_application = std::make_unique<gui::Application>(options);
        window().resize(1280, 800);
        window().show();
        m_application->openFirst(m_folder.path() + QStringLiteral("/shop"));
        QVERIFY(waitFor("the gateway to run", [this] { return running(); }));
        QCOMPARE(get(port(), "/hello").status, 200);
        window().showPanel(QLatin1String(ui::panels::routes));
    }

    void addedRouteServes()
    {
        const uint64_t before = revision();
        window().navigator()->openRoute(QStringLiteral("hello")); // a new route joins the group of the selected one; this one has none
        QTest::keyClick(&window(), Qt::Key_N, Qt::ControlModifier);
        QLineEdit *name = qobject_cast<QLineEdit *>(QApplication::focusWidget());
        QVERIFY2(name, "the new route's name has the focus");
        QTest::keyClicks(name, QStringLiteral("orders"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(session().document().find("route", "orders").has_value());
        QLineEdit *path = field(QStringLiteral("/route"));
        QVERIFY2(path, "the new route's path is in the form");
        type(path, QStringLiteral("/orders/{id}"));
        QTest::keyClick(path, Qt::Key_Return);
        QVERIFY(applied(before));
        QVERIFY(waitFor("the route to answer", [this] { return get(port(), "/orders/42").status == 200; }));
        QCOMPARE(get(port(), "/orders/42").body, QByteArray("Hello"));
    }

    void brokenRouteSaysWhyAndTheOldOneRunsOn()
    {
        QLineEdit *path = field(QStringLiteral("/orders/{id}"));
        QVERIFY(path);
        type(path, QStringLiteral("/orders/{id"));
        QTest::keyClick(path, Qt::Key_Return);
        QVERIFY(path->property("error").toBool());
        QVERIFY(waitFor("the error to be counted", [this] { return session().errorCount() > 0; }));
        QVERIFY(waitFor("the state in the frame", [this] { return window().state().engine == ui::ShellState::Engine::LastGood; }));
        QVERIFY(!window().state().problems.isEmpty());
        QVERIFY2(window().state().problems.first().text.contains(QLatin1Char('{')), qPrintable(window().state().problems.first().text));
        QCOMPARE(get(port(), "/orders/42").status, 200);
    }

    void undoMendsAndRedoBreaks()
    {
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(waitFor("no error after undo", [this] { return session().errorCount() == 0; }));
        QVERIFY(field(QStringLiteral("/orders/{id}")));
        session().undoStack().redo();
        QVERIFY(waitFor("the error after redo", [this] { return session().errorCount() > 0; }));
        session().undoStack().undo();
        QVERIFY(waitFor("no error after the second undo", [this] { return session().errorCount() == 0; }));
        session().commit();
        QVERIFY(waitFor("the state in the frame", [this] { return window().state().engine == ui::ShellState::Engine::Running; }));
    }

    void renamesAndSavesOnlyWhatWasEdited()
    {
        window().navigator()->openRoute(QStringLiteral("old"));
        QTest::keyClick(window().currentPanel(), Qt::Key_F2);
        QLineEdit *name = qobject_cast<QLineEdit *>(QApplication::focusWidget());
        QVERIFY2(name && name->text() == QLatin1String("old"), "F2 edits the name");
        name->selectAll();
        QTest::keyClicks(name, QStringLiteral("legacy"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(session().document().find("route", "legacy").has_value());
        QTest::keyClick(&window(), Qt::Key_S, Qt::ControlModifier);
        QVERIFY(waitFor("the save", [this] { return !session().dirty() && !session().saving(); }));
        const std::string saved = test::readFile(file());
        std::string expected = workspace;
        expected.replace(expected.find("name: old"), 9, "name: legacy");
        QVERIFY2(saved.starts_with(expected), saved.c_str()); // every other byte as it was, comments too
        const std::string added = saved.substr(expected.size());
        QVERIFY2(added.find("name: orders") != std::string::npos && added.find("/orders/{id}") != std::string::npos, added.c_str());

        QString error;
        QVERIFY2(session().open(m_folder.path() + QStringLiteral("/shop"), &error), qPrintable(error));
        QCOMPARE(session().document().text("gatehouse.yaml"), saved);
        QVERIFY(session().document().find("route", "legacy").has_value());
    }

    // What would happen, what the trace says and what happened.
    void explanationTraceAndRealityAgree()
    {
        QVERIFY(waitFor("the renamed route to run", [this] {
            api::RequestSketch renamed;
            renamed.url = "/old/x";
            const auto why = m_application->api().explain.explain(renamed);
            return running() && why && why->route == "legacy";
        }));
        for (const char *path : {"/orders/7", "/hello", "/v1/health", "/old/x", "/nowhere"}) {
            api::RequestSketch sketch;
            sketch.url = path;
            const auto would = m_application->api().explain.explain(sketch);
            QVERIFY(would.ok());
            const int status = get(port(), path).status;
            std::optional<api::ExchangeDetail> recorded;
            QVERIFY(waitFor("the exchange to be recorded", [&] {
                for (const observe::Row &row : m_application->api().exchanges.since(0, 10000).rows)
                    if (row.path == path && row.state == observe::State::Final)
                        recorded = m_application->api().exchanges.detail(row.id);
                return recorded.has_value();
            }));
            QCOMPARE(int(recorded->row.status), status);
            QVERIFY2(recorded->why.route == would->route,
                     (std::string(path) + ": the trace says " + recorded->why.route.value_or("none") + ", explain " + would->route.value_or("none")).c_str());
            QCOMPARE(std::string(recorded->row.route.empty() ? "none" : recorded->row.route), would->route.value_or("none"));
            QCOMPARE(int(recorded->why.target), int(would->target));
        }
    }

    void cleanupTestCase() { m_application.reset(); }
};

QTEST_MAIN(TestEdit)
#include "tst_edit.moc"
