// What is wrong with a workspace, as the window tells it: the same list that the command line prints, with file, line, column and
// path, while the engine goes on with the last good version.
#include "gateway/config/resolve.h"
#include "tests/support/program.h"
#include "tests/ui/window/window.h"
#include "ui/shell/popuplist.h"
#include "ui/shell/statusbar.h"
#include "ui/widgets/flatbutton.h"

#include <QtCore/QJsonObject>
#include <QtWidgets/QListView>

#include <algorithm>

using namespace gatehouse;
using gatehouse::test::bodyOf;
using gatehouse::test::statusOf;
using gatehouse::test::waitFor;

namespace {

const char *const good = R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0
upstreams:
  - name: orders
    endpoints: [ { url: "http:)" "/" "/127.0.0.1:9001" R"(" } ]
policies:
  - name: burst
    rate-limit: { requests: 1000, per: 1s }
groups:
  - name: public
    prefix: /v1
routes:
  - name: hello
    match: { path: "/hello" }
    policies: [ burst, { headers: { request: { set: { x-a: b } } } } ]
    to: { respond: { status: 200, body: "hi there" } }
mocks:
  - name: product
    responses: [ { status: 200, json: { a: 1 } } ]
)";

QStringList lines(const std::string &text) { return QString::fromStdString(text).split(QLatin1Char('\n'), Qt::SkipEmptyParts); }
QDir goldens() { return QDir(test::dataDir() + QStringLiteral("/workspaces/broken")); }

} // namespace

class TestProblems : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<test::WindowWithEngine> m_it;
    QString m_socket;

    // As the command line prints them.
    QStringList shown()
    {
        QStringList out;
        for (const ui::Problem &problem : m_it->window().state().problems)
            out << problem.where + (problem.severity == ui::Problem::Severity::Warning ? QStringLiteral(": warning: ") : QStringLiteral(": ")) + problem.text;
        return out;
    }
    // What the command line would print of the text as it stands in the window.
    QStringList expected()
    {
        const auto document = config::Document::fromText(m_it->text(), m_it->folder().toStdString());
        std::string said;
        for (const config::Problem &problem : config::resolve(*document).problems)
            said += problem.text() + '\n';
        return lines(said);
    }
    bool shows(QStringList wanted)
    {
        wanted.sort();
        const auto sorted = [this] {
            QStringList now = shown();
            now.sort();
            return now;
        };
        if (waitFor("the problems in the window", [&] { return sorted() == wanted; }, 5000))
            return true;
        qWarning("the window says\n%s\nand not\n%s", qPrintable(sorted().join(QLatin1Char('\n'))), qPrintable(wanted.join(QLatin1Char('\n'))));
        return false;
    }
    bool lastGoodRuns()
    {
        return waitFor("the engine to say that the last good version runs", [this] { return m_it->api().apply.status().lastGood; })
            && waitFor("the window to say so", [this] { return ui::toPlainText(m_it->window().topBar()->engineButton()->face().text) == QLatin1String("Last good version"); })
            && bodyOf(m_it->get("/hello")) == "hi there";
    }
    void mend()
    {
        m_it->write(good);
        QVERIFY(waitFor("the good version", [this] { return m_it->session().errorCount() == 0 && !m_it->api().apply.status().lastGood; }));
        QVERIFY(waitFor("the window to say so", [this] { return ui::toPlainText(m_it->window().topBar()->engineButton()->face().text) == QLatin1String("Running"); }));
    }

    ui::PopupList *popup()
    {
        QTest::mouseClick(m_it->window().statusStrip()->part(ui::StatusBar::Part::Problems), Qt::LeftButton);
        auto *list = m_it->window().findChild<ui::PopupList *>();
        return list && list->isVisible() ? list : nullptr;
    }
    // The list that drops from the status bar has them all, with their places.
    void popupListsThem()
    {
        const QList<ui::Problem> problems = m_it->window().state().problems;
        ui::PopupList *list = popup();
        QVERIFY2(list, "the list of problems drops from the status bar");
        QCOMPARE(list->list()->model()->rowCount(), int(problems.size()));
        for (int i = 0; i < problems.size(); ++i) {
            const QModelIndex row = list->list()->model()->index(i, 0);
            QCOMPARE(row.data().toString(), problems[i].text);
            QVERIFY2(row.data(Qt::AccessibleTextRole).toString().contains(problems[i].where), "the row names file, line, column and path");
        }
        QTest::keyClick(list->list(), Qt::Key_Escape);
        list->hide();
    }
    // Of the control socket, which is answered in this process: the program runs beside.
    QJsonObject ctlStatus()
    {
        QProcess process;
        process.start(test::binDir() + QStringLiteral("/gatehouse-cli"), {QStringLiteral("ctl"), m_socket, QStringLiteral("status"), QStringLiteral("--json")});
        if (!waitFor("ctl status", [&] { return process.state() == QProcess::NotRunning; }))
            process.kill();
        process.waitForFinished();
        return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_it = std::make_unique<test::WindowWithEngine>(good, QStringLiteral("broken/shop"));
        // What one of the workspaces names outside of its folder is really there.
        QDir().mkpath(m_it->base() + QStringLiteral("/unknown-key"));
        test::writeFile(m_it->base() + QStringLiteral("/unknown-key/gatehouse.yaml"), "gatehouse: 1\n");
        m_socket = m_it->base() + QStringLiteral("/control");
        m_it->application().start(m_socket);
        QCOMPARE(bodyOf(m_it->get("/hello")), std::string("hi there"));
    }
    void cleanupTestCase() { m_it.reset(); }

    void changedOutside_data()
    {
        QTest::addColumn<QString>("name");
        int count = 0;
        for (const QString &name : goldens().entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            if (name != QLatin1String("tie")) { // a warning only: it would run
                QTest::newRow(qPrintable(name)) << name;
                ++count;
            }
        QVERIFY(count >= 40);
    }
    void changedOutside()
    {
        QFETCH(QString, name);
        m_it->write(test::readFile(goldens().filePath(name + QStringLiteral("/gatehouse.yaml"))));
        // Secrets and variables of a folder that is not trusted are not looked for: only then can they be missing.
        if (name == QLatin1String("missing-secret") || name == QLatin1String("missing-variable")) {
            QVERIFY(waitFor("the window to ask for trust", [this] { return m_it->session().trust().holds(ui::Trust::State::Asked); }));
            QVERIFY(m_it->session().trustFolder().ok());
        }
        QVERIFY(shows(lines(test::readFile(goldens().filePath(name + QStringLiteral("/expected.txt"))))));
        QVERIFY(lastGoodRuns());
        popupListsThem();
    }

    void controlSocketSaysSo()
    {
        QCOMPARE(ctlStatus().value(QLatin1String("last_good")), QJsonValue(true));
        QCOMPARE(ctlStatus().value(QLatin1String("state")), QJsonValue(QStringLiteral("running")));
        mend();
        QCOMPARE(ctlStatus().value(QLatin1String("last_good")), QJsonValue(false));
    }

    void openedBroken_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"many-at-once", "tab", "unknown-policy"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void openedBroken()
    {
        QFETCH(QString, name);
        const QString folder = m_it->base() + QStringLiteral("/opened-") + name;
        QDir().mkpath(folder);
        test::writeFile(folder + QStringLiteral("/gatehouse.yaml"), test::readFile(goldens().filePath(name + QStringLiteral("/gatehouse.yaml"))));
        Q_EMIT m_it->window().openRequested(folder);
        QVERIFY(waitFor("the broken one to open", [&] { return m_it->session().folder() == folder; }));
        QVERIFY(shows(lines(test::readFile(goldens().filePath(name + QStringLiteral("/expected.txt"))))));
        QVERIFY(lastGoodRuns());
        popupListsThem();
        Q_EMIT m_it->window().openRequested(m_it->folder());
        QVERIFY(waitFor("the good one again", [this] { return m_it->session().folder() == m_it->folder() && m_it->session().errorCount() == 0 && !m_it->api().apply.status().lastGood; }));
    }

    void typedIntoAField_data()
    {
        QTest::addColumn<QString>("path");  // where it is edited
        QTest::addColumn<QString>("typed");
        const auto row = [](const char *path, const char *typed) { QTest::newRow(path) << QString::fromLatin1(path) << QString::fromLatin1(typed); };
        row("routes[0].match.path", "/hello/{");
        row("routes[0].to.respond.status", "99");
        row("listeners[0].address", "localhost:80");
        row("groups[0].prefix", "v1");
        row("policies[0].rate-limit.requests", "many");
        row("upstreams[0].endpoints[0].url", "127.0.0.1:9001");
        row("mocks[0].responses[0].status", "1000");
        row("settings.recording.memory", "1B");
    }
    void typedIntoAField()
    {
        QFETCH(QString, path);
        QFETCH(QString, typed);
        const std::string before = m_it->text();
        m_it->window().navigator()->openPath(path, QStringLiteral("gatehouse.yaml"));
        QLineEdit *line = nullptr;
        QVERIFY(waitFor("the field to have the focus", [&] { return (line = qobject_cast<QLineEdit *>(m_it->window().focusWidget())) && line->isVisible(); }));
        line->selectAll();
        QTest::keyClicks(line, typed);
        QTest::keyClick(line, Qt::Key_Return);
        QVERIFY(m_it->text() != before);
        QVERIFY(!expected().isEmpty());
        QVERIFY(shows(expected()));
        QVERIFY(line->property("error").toBool());
        QVERIFY(m_it->window().state().problems.first().where.contains(path));
        QVERIFY(lastGoodRuns());
        popupListsThem();
        while (m_it->session().undoStack().canUndo())
            m_it->session().undoStack().undo();
        m_it->session().commit();
        QCOMPARE(m_it->text(), before);
        QVERIFY(waitFor("the good version", [this] { return m_it->session().errorCount() == 0 && !m_it->api().apply.status().lastGood; }));
    }
};

QTEST_MAIN(TestProblems)
#include "tst_problems.moc"
