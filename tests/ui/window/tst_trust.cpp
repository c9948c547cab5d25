// Somebody else's folder in the whole window with the real engine: what it asks for is held back and asked about once, by a bar and not
// by a dialog; the answer is kept, a new wish asks again, and it can be taken back.
#include "app/gui/application.h"
#include "gateway/policy/shapes.h"
#include "tests/support/grab.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"
#include "ui/forms/secretrow.h"
#include "ui/shell/theme.h"
#include "ui/shell/trustbar.h"
#include "ui/widgets/states.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtGui/QClipboard>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

const char *const written = R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0
  - name: lan
    address: 0.0.0.0:0
    expose: true
upstreams:
  - name: far
    endpoints: [ { url: FAR } ]
consumers:
  - name: web
    api-keys: [ "${secret:web-key}", demo ]
routes:
  - name: here
    match: { exact: /here }
    to: { respond: { status: 200, body: "here" } }
  - name: keyed
    match: { exact: /keyed }
    policies: [ { key-auth: {} } ]
    to: { respond: { status: 200, body: "keyed" } }
  - name: away
    match: { exact: /away }
    to: { upstream: far }
)";

// Two slashes in a raw literal are the end of the file for moc.
std::string strangers()
{
    std::string text = written;
    return text.replace(text.find("FAR"), 3, "\"http://203.0.113.9:81\"");
}
const std::string stranger = strangers();

std::string get(uint16_t port, const std::string &path, const std::string &key = {})
{
    return test::request(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + (key.empty() ? std::string() : "X-Api-Key: " + key + "\r\n") + "Connection: close\r\n\r\n");
}

} // namespace

class TestTrust : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<gui::Application> m_application;

    ui::MainWindow &window() { return m_application->window(); }
    ui::Session &session() { return m_application->session(); }
    ui::TrustBar &bar() { return *window().findChild<ui::TrustBar *>(); }
    QString shop() const { return m_folder.path() + QStringLiteral("/shop"); }
    void write(std::string_view text) { test::writeFile(shop() + QStringLiteral("/gatehouse.yaml"), text); }
    uint16_t port()
    {
        for (const api::ListenerState &listener : m_application->api().apply.status().listeners)
            if (listener.name == "main")
                return uint16_t(QString::fromStdString(listener.address).section(QLatin1Char(':'), -1).toUInt());
        return 0;
    }
    bool listens(const std::string &name)
    {
        const auto listeners = m_application->api().apply.status().listeners;
        return std::any_of(listeners.begin(), listeners.end(), [&](const api::ListenerState &listener) { return listener.name == name; });
    }
    uint64_t revision() { return m_application->api().apply.status().revision; }
    bool running() { return m_application->api().apply.status().state == api::EngineState::Running; }
    // A window of its own, as when the program is started anew.
    void start()
    {
        m_application.reset();
        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        options.secretsFolder = m_folder.path().toStdString() + "/secrets";
        m_application = std::make_unique<gui::Application>(options);
        window().resize(1280, 800);
        window().show();
        m_application->openFirst(shop());
        QVERIFY(waitFor("the gateway to run", [this] { return running(); }));
    }
    QString shown() { return ui::toPlainText(bar().list().runs()); }
    bool act(QPushButton *button)
    {
        const uint64_t before = revision();
        QTest::mouseClick(button, Qt::LeftButton);
        return waitFor("the answer to be applied", [&] { return revision() > before; });
    }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_CONFIG_HOME", (m_folder.path() + QStringLiteral("/config")).toUtf8());
        qputenv("XDG_DATA_HOME", (m_folder.path() + QStringLiteral("/data")).toUtf8());
        policy::registerShapes();
        test::useDesignFont();
        ui::Theme::install(*qApp);
        for (const char *name : {"/shop", "/secrets"})
            QDir().mkpath(m_folder.path() + QLatin1String(name));
        test::writeFile(m_folder.path() + QStringLiteral("/secrets/web-key"), "s3cret");
        write(stranger);
        start();
    }

    void asksOnceWithAllThatIsAskedFor()
    {
        QVERIFY(bar().isVisible());
        QVERIFY(!QApplication::activeModalWidget());
        const QString text = shown();
        QCOMPARE(text.count(QLatin1Char('\n')), 2);
        for (const char *line : {"Reads the secret \"web-key\"   gatehouse.yaml:14", "Listens where other machines reach it   gatehouse.yaml:8", "Sends requests to http://203.0.113.9:81   gatehouse.yaml:11"})
            QVERIFY2(text.contains(QLatin1String(line)), qPrintable(text));
        QCOMPARE(bar().trustButton()->text(), QStringLiteral("Trust this folder"));
        QCOMPARE(bar().shutButton()->text(), QStringLiteral("Keep it shut"));
        test::grab(window(), QStringLiteral("trust-asked"));
    }

    void everythingElseRuns()
    {
        QVERIFY(!listens("lan"));
        QCOMPARE(test::bodyOf(get(port(), "/here")), std::string("here"));
        QCOMPARE(test::statusOf(get(port(), "/keyed", "demo")), 200);
        QCOMPARE(test::statusOf(get(port(), "/keyed", "s3cret")), 401);
        const std::string away = get(port(), "/away");
        QCOMPARE(test::statusOf(away), 503);
        QVERIFY2(away.find("It sends requests to http://203.0.113.9:81.") != std::string::npos, away.c_str());
    }

    void whatIsHeldBackSaysSoAtItsPlace()
    {
        QVERIFY(waitFor("the warnings", [this] { return window().state().problems.size() == 3; }));
        for (const ui::Problem &problem : window().state().problems)
            QVERIFY2(problem.severity == ui::Problem::Severity::Warning && problem.text.startsWith(QLatin1String("held back until this folder is trusted")), qPrintable(problem.text));
        QVERIFY(window().state().engine == ui::ShellState::Engine::Running);
        QVERIFY2(window().state().engineDetail.contains(QLatin1Char('3')), qPrintable(window().state().engineDetail));
        window().navigator()->openConsumer(QStringLiteral("web"));
        const auto said = [this] {
            for (const ui::FieldError *error : window().currentPanel()->findChildren<ui::FieldError *>())
                if (error->isVisible() && error->text().contains(QLatin1String("it reads the secret \"web-key\"")))
                    return true;
            return false;
        };
        QVERIFY(waitFor("the hint at the field", said));
        test::grab(window(), QStringLiteral("trust-held-field"));
    }

    void aWishLeadsToItsPlace()
    {
        window().showPanel(QLatin1String(ui::panels::traffic));
        const ui::Runs runs = bar().list().runs();
        const auto far = std::find_if(runs.begin(), runs.end(), [](const ui::Run &run) { return run.text.contains(QLatin1String("203.0.113.9")); });
        QVERIFY(far != runs.end());
        // By keyboard: Tab to the list, Enter on its first link.
        auto *list = const_cast<ui::RunsLabel *>(&bar().list());
        list->setFocus(Qt::TabFocusReason);
        QTest::keyClick(list, Qt::Key_Return);
        QVERIFY(waitFor("a panel by the keyboard", [this] { return window().currentPanel()->accessibleName() == QLatin1String("Routes"); }));
        window().navigator()->go(far->place);
        QVERIFY(waitFor("the upstreams panel", [this] { return window().currentPanel()->accessibleName() == QLatin1String("Upstreams"); }));
    }

    void keptShutIsNotAskedAgain()
    {
        QVERIFY(act(bar().shutButton()));
        QVERIFY(!bar().isVisible());
        start();
        QVERIFY(!bar().isVisible());
        QCOMPARE(test::statusOf(get(port(), "/away")), 503);
        QVERIFY(!listens("lan"));
    }

    void trustedBySettingsRunsInFull()
    {
        window().showPanel(QLatin1String(ui::panels::settings));
        auto *section = window().findChild<QWidget *>(QStringLiteral("trustSection"));
        QVERIFY(section && section->isVisible());
        test::grab(window(), QStringLiteral("trust-settings-shut"));
        QPushButton *trust = nullptr;
        for (QPushButton *button : section->findChildren<QPushButton *>())
            if (button->text() == QLatin1String("Trust this folder"))
                trust = button;
        QVERIFY(trust && trust->isVisible());
        QVERIFY(act(trust));
        QVERIFY(listens("lan"));
        QCOMPARE(test::statusOf(get(port(), "/keyed", "s3cret")), 200);
        QVERIFY(waitFor("no warning", [this] { return window().state().problems.isEmpty(); }));
        QVERIFY(waitFor("the frame to show that others reach it", [this] { return window().state().exposed; }));
        start();
        QVERIFY(!bar().isVisible());
        QVERIFY(listens("lan"));
    }

    void aNewWishAsksAgainAndOnlyThatIsHeldBack()
    {
        const uint64_t before = revision();
        write(stranger + "  - name: new\n    match: { exact: /new }\n    to: { respond: { status: 200, body: \"${env:PATH}\" } }\n");
        QVERIFY(waitFor("the change from outside", [&] { return revision() > before; }));
        QVERIFY(waitFor("the question", [this] { return bar().isVisible(); }));
        QCOMPARE(shown(), QStringLiteral("Reads the variable PATH of the process   gatehouse.yaml:28"));
        QCOMPARE(test::statusOf(get(port(), "/new")), 503);
        QCOMPARE(test::statusOf(get(port(), "/keyed", "s3cret")), 200);
        QVERIFY(listens("lan"));
        QVERIFY(act(bar().trustButton()));
        QVERIFY(!bar().isVisible());
        QCOMPARE(test::bodyOf(get(port(), "/new")), qgetenv("PATH").toStdString());
    }

    // A person's own edit is no stranger's wish, also when it has been saved and is opened again.
    void whatIsWrittenHereIsNotAsked()
    {
        const uint64_t before = revision();
        QVERIFY(session().edit(schema::Patch::insert("gatehouse.yaml", schema::Path::of("upstreams[0].endpoints[1]"),
                                                     schema::Node::map({{"url", schema::Node::string("http://203.0.113.10:82")}})), QStringLiteral("add")).ok());
        session().commit();
        QVERIFY(waitFor("the edit to be applied", [&] { return revision() > before; }));
        QVERIFY(!bar().isVisible());
        session().save();
        QVERIFY(waitFor("the save", [this] { return !session().dirty(); }));
        start();
        QVERIFY(!bar().isVisible());
        QVERIFY(waitFor("no warning", [this] { return window().state().problems.isEmpty(); }));
    }

    void trustCanBeTakenBack()
    {
        window().showPanel(QLatin1String(ui::panels::settings));
        auto *section = window().findChild<QWidget *>(QStringLiteral("trustSection"));
        QPushButton *revoke = nullptr;
        for (QPushButton *button : section->findChildren<QPushButton *>())
            if (button->text() == QLatin1String("Take the trust back"))
                revoke = button;
        QVERIFY(revoke && revoke->isVisible());
        test::grab(window(), QStringLiteral("trust-settings"));
        QVERIFY(act(revoke));
        QVERIFY(!listens("lan"));
        QCOMPARE(test::statusOf(get(port(), "/keyed", "s3cret")), 401);
        QCOMPARE(test::statusOf(get(port(), "/away")), 503);
        start();
        QVERIFY(!bar().isVisible()); // it was answered
        QVERIFY(!listens("lan"));
    }

    void exposeStandsInRed()
    {
        window().navigator()->openListener(QStringLiteral("lan"));
        auto *danger = window().currentPanel()->findChild<QLabel *>(QStringLiteral("danger"));
        QVERIFY(danger && danger->isVisible());
        QCOMPARE(danger->text(), QStringLiteral("Other machines can reach this listener."));
        QCOMPARE(danger->palette().color(QPalette::WindowText), ui::Tokens::current().hue(ui::HueId::Server).text);
        test::grab(window(), QStringLiteral("expose"));
    }

    void cleanupTestCase() { m_application.reset(); }
};

QTEST_MAIN(TestTrust)
#include "tst_trust.moc"
