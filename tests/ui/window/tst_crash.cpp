// The real program on a screen of its own, driven by keys and killed: a saved workspace is always a whole one, edits that were not
// saved are offered back, and what was dropped stays dropped.
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <csignal>
#include <cstring>

using namespace gatehouse::test;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

// `edition` names the one route, so that every version of the file is known.
std::string workspace(int edition)
{
    return "# The shop, kept by hand.\ngatehouse: 1\nname: shop   # its name\n\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\n\n"
        "routes:\n  # First of all.\n  - name: edition-" + std::to_string(edition)
        + "   # and so on\n    match: { exact: /hello }\n    to: { respond: { status: 200, body: \"gr\u00fc\u00df\" } }\n";
}

// Of a whole version; -1: it is none.
int editionOf(const std::string &text)
{
    const auto match = QRegularExpression(s("edition-(\\d+)")).match(QString::fromStdString(text));
    const int edition = match.hasMatch() ? match.captured(1).toInt() : -1;
    return edition >= 0 && text == workspace(edition) ? edition : -1;
}

class Screen {
public:
    ~Screen()
    {
        m_server.terminate();
        m_server.waitForFinished();
    }
    bool start()
    {
        m_server.start(s("Xvfb"), {s("-displayfd"), s("1"), s("-screen"), s("0"), s("1280x800x24"), s("-nolisten"), s("tcp"), s("-noreset")});
        if (!waitFor("the screen", [this] { return m_server.canReadLine() || m_server.state() == QProcess::NotRunning; }) || !m_server.canReadLine())
            return false;
        environment.insert(s("DISPLAY"), s(":") + QString::fromLatin1(m_server.readLine().trimmed()));
        return true;
    }
    QString hands(const QStringList &commands) const
    {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(s("xdotool"), commands);
        process.waitForFinished(20000);
        return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();

private:
    QProcess m_server;
};

} // namespace

class TestCrash : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    Screen m_screen;
    QProcess m_program;
    QString m_window;

    QString file() const { return m_folder.filePath(s("shop/gatehouse.yaml")); }
    // What the program has of edits that are not saved.
    QByteArray journal() const
    {
        const QFileInfoList files = QDir(m_folder.filePath(s("data/gatehouse/journal"))).entryInfoList(QDir::Files);
        return files.isEmpty() ? QByteArray() : QByteArray::fromStdString(readFile(files.first().filePath()));
    }
    bool nothingUnsaved() const { return journal().count('\n') == 1; }
    bool offersEdits() const { return journal().contains("{\"left\""); }
    QString title() const { return m_screen.hands({s("getwindowname"), m_window}); }
    void keys(const QStringList &names) { m_screen.hands(QStringList{s("key"), s("--delay"), s("20")} + names); }
    static QStringList rename(int edition)
    {
        return {s("key"), s("F2"), s("key"), s("ctrl+a"), s("type"), s("--args"), s("1"), s("--delay"), s("5"), s("edition-%1").arg(edition), s("key"), s("Return")};
    }
    bool titleSays(const char *what, bool unsaved)
    {
        return waitFor(what, [&] { return title() == (unsaved ? s("shop* \u2013 Gatehouse") : s("shop \u2013 Gatehouse")); }, 20000);
    }

    bool start()
    {
        m_program.setProcessEnvironment(m_screen.environment);
        m_program.setProcessChannelMode(QProcess::ForwardedChannels);
        m_program.start(binDir() + s("/gatehouse"), {m_folder.filePath(s("shop"))});
        m_window.clear();
        const bool shown = waitFor("the window", [this] {
            m_window = m_screen.hands({s("search"), s("--onlyvisible"), s("--name"), s("shop.* Gatehouse$")}).section(QLatin1Char('\n'), 0, 0);
            return !m_window.isEmpty() || m_program.state() == QProcess::NotRunning;
        }, 30000);
        if (!shown || m_program.state() == QProcess::NotRunning)
            return false;
        m_screen.hands({s("windowfocus"), s("--sync"), m_window});
        return waitFor("the journal to be looked at", [this] { return nothingUnsaved() || offersEdits(); });
    }
    // Routes, where the only one is selected.
    void openRoutes() { keys({s("ctrl+2")}); }
    void kill()
    {
        ::kill(pid_t(m_program.processId()), SIGKILL);
        m_program.waitForFinished();
    }
    // The first answer of the bar has the focus.
    bool acceptOffer()
    {
        for (int i = 0; i < 5; ++i) {
            keys({s("Return")});
            if (QTest::qWaitFor([this] { return title().contains(QLatin1Char('*')); }, 2000))
                return true;
        }
        return false;
    }
    bool save()
    {
        keys({s("ctrl+s")});
        return titleSays("the save", false);
    }
    std::string offered() const
    {
        std::string text;
        for (const QByteArray &line : journal().split('\n'))
            if (line.startsWith("{\"left\""))
                for (const QJsonValue one : QJsonDocument::fromJson(line).object().value(s("left")).toArray())
                    text = one.toObject().value(s("edited")).toString().toStdString();
        return text;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const char *program : {"Xvfb", "xdotool"})
            if (QStandardPaths::findExecutable(QLatin1String(program)).isEmpty())
                QSKIP(qPrintable(s("%1 is not installed").arg(QLatin1String(program))));
        if (!QFile::exists(binDir() + s("/gatehouse")))
            QSKIP("the window is not built");
        QVERIFY(m_screen.start());
        m_screen.environment.insert(s("QT_QPA_PLATFORM"), s("xcb"));
        m_screen.environment.insert(s("LC_ALL"), s("C.UTF-8"));
        m_screen.environment.insert(s("HOME"), m_folder.path());
        m_screen.environment.insert(s("XDG_CONFIG_HOME"), m_folder.filePath(s("config")));
        m_screen.environment.insert(s("XDG_DATA_HOME"), m_folder.filePath(s("data")));
        m_screen.environment.insert(s("XDG_CACHE_HOME"), m_folder.filePath(s("cache")));
        m_screen.environment.insert(s("XDG_RUNTIME_DIR"), m_folder.path());
        m_screen.environment.remove(s("DBUS_SESSION_BUS_ADDRESS"));
        QDir(m_folder.path()).mkpath(s("shop"));
    }
    void init() { writeFile(file(), workspace(0)); }
    void cleanup()
    {
        if (m_program.state() != QProcess::NotRunning)
            kill();
        for (const QFileInfo &one : QDir(m_folder.filePath(s("data/gatehouse/journal"))).entryInfoList(QDir::Files))
            QFile::remove(one.filePath());
    }

    void unsavedEditsAreOfferedBack()
    {
        QVERIFY(start());
        QVERIFY(titleSays("the workspace", false));
        openRoutes();
        m_screen.hands(rename(1));
        QVERIFY(titleSays("the edit", true));
        QVERIFY(waitFor("the edit in the journal, a second later", [this] { return journal().contains("edition-1"); }, 1000));
        kill();
        QCOMPARE(readFile(file()), workspace(0));

        QVERIFY(start());
        QVERIFY(offersEdits());
        QVERIFY(titleSays("nothing taken over unasked", false));
        QVERIFY(acceptOffer());
        QCOMPARE(readFile(file()), workspace(0));
        QVERIFY(save());
        QCOMPARE(readFile(file()), workspace(1));
        QVERIFY(waitFor("the journal to be empty", [this] { return nothingUnsaved(); }));
    }

    void whatIsDroppedStaysDropped()
    {
        QVERIFY(start());
        openRoutes();
        m_screen.hands(rename(1));
        QVERIFY(waitFor("the edit in the journal", [this] { return journal().contains("edition-1"); }));
        kill();
        QVERIFY(start());
        QVERIFY(offersEdits());
        for (int i = 0; i < 15 && !nothingUnsaved(); ++i) { // until the bar is there
            keys({s("Tab"), s("Return")});
            (void)QTest::qWaitFor([this] { return nothingUnsaved(); }, 2000);
        }
        QVERIFY(nothingUnsaved());
        QVERIFY(titleSays("no edit", false));
        kill();
        QVERIFY(start());
        QVERIFY(!offersEdits());
        QVERIFY(titleSays("no edit", false));
        QCOMPARE(readFile(file()), workspace(0));
    }

    // Edits and saves in quick succession, killed at any moment.
    void killedWhileSaving()
    {
        const int rounds = qEnvironmentVariableIsSet("GATEHOUSE_CRASH_ROUNDS") ? qEnvironmentVariableIntValue("GATEHOUSE_CRASH_ROUNDS") : 10;
        const quint32 seed = QRandomGenerator::system()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        constexpr int burst = 6;
        int newest = 0, restored = 0, partWay = 0;
        for (int round = 0; round < rounds; ++round) {
            QVERIFY(start());
            if (offersEdits()) {
                const std::string wanted = offered();
                QVERIFY2(editionOf(wanted) > newest, wanted.c_str());
                QVERIFY(acceptOffer());
                QVERIFY(save());
                QCOMPARE(readFile(file()), wanted);
                newest = editionOf(wanted);
                ++restored;
            }
            openRoutes();
            QStringList commands;
            for (int i = 1; i <= burst; ++i)
                commands += rename(newest + i) + QStringList{s("key"), s("ctrl+s")};
            commands.resize(commands.size() - 2); // the last is not saved
            QProcess hands;
            hands.setProcessEnvironment(m_screen.environment);
            hands.start(s("xdotool"), commands);
            QVERIFY(hands.waitForStarted());
            QTest::qWait(int(random.bounded(1500)));
            kill();
            QVERIFY(hands.state() == QProcess::NotRunning || hands.waitForFinished());
            const std::string now = readFile(file());
            const int edition = editionOf(now);
            QVERIFY2(edition >= newest && edition <= newest + burst, now.c_str());
            partWay += edition > newest && edition < newest + burst - 1;
            newest = edition;
            QCOMPARE(QDir(m_folder.filePath(s("shop"))).entryList(QDir::Files).filter(QRegularExpression(s("yaml$"))), QStringList{s("gatehouse.yaml")});
        }
        qInfo("%d rounds: %d killed between two saves, %d whose unsaved edits were restored; edition %d", rounds, partWay, restored, newest);
        QVERIFY2(newest > 0, "no edit was ever saved");
    }

    void cleanupTestCase()
    {
        if (m_program.state() != QProcess::NotRunning)
            kill();
    }
};

QTEST_GUILESS_MAIN(TestCrash)
#include "tst_crash.moc"
