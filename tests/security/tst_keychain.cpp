// The system's keychain, a real gnome-keyring on a bus of its own: right values and right messages whether it is open, locked, slow or
// not there; the main thread goes on meanwhile; no workspace has another's secrets.
#include "gateway/engine/secretstore.h"
#include "tests/support/support.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QElapsedTimer>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>

#include <csignal>
#include <cstdio>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

constexpr int frameMillis = 16, defaultTimeout = 5000;

// A process of its own for each question: libsecret keeps its connection to the bus for the life of one.
// Arguments: WORKSPACE NAME TIMEOUT. Prints the answer, how long it took, and the longest gap of a 16 ms timer meanwhile.
int child(QCoreApplication &application, const QStringList &arguments)
{
    engine::SecretStore store;
    store.setTimeout(std::chrono::milliseconds(arguments.value(4).toInt()));
    QElapsedTimer since, last;
    qint64 gap = 0;
    QTimer frames;
    frames.setTimerType(Qt::PreciseTimer);
    QObject::connect(&frames, &QTimer::timeout, &application, [&] { gap = std::max(gap, last.restart()); });
    QTimer::singleShot(0, &application, [&] {
        since.start();
        last.start();
        frames.start(frameMillis);
        store.get(arguments.value(2).toStdString(), arguments.value(3).toStdString(), [&](const Result<std::string> &result) {
            gap = std::max(gap, last.elapsed());
            QJsonObject out{{QStringLiteral("ms"), since.elapsed()}, {QStringLiteral("gap"), gap}};
            if (result) {
                out.insert(QStringLiteral("value"), QString::fromStdString(result.valueOr({})));
            } else {
                out.insert(QStringLiteral("kind"), QString::fromUtf8(name(result.error().kind).data()));
                out.insert(QStringLiteral("error"), QString::fromStdString(result.error().text()));
            }
            std::puts(QJsonDocument(out).toJson(QJsonDocument::Compact).constData());
            QCoreApplication::quit();
        });
    });
    return QCoreApplication::exec();
}

// A bus, and perhaps a keyring on it, in a folder of their own.
class Session {
public:
    explicit Session(bool keyring)
    {
        for (const char *name : {"run", "data", "config", "cache"})
            QDir(m_folder.path()).mkpath(QLatin1String(name));
        QFile::setPermissions(m_folder.filePath(QStringLiteral("run")), QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
        // No folder of services: nothing is started because somebody asks for it.
        test::writeFile(m_folder.filePath(QStringLiteral("bus.conf")),
                        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
                        "<busconfig><type>session</type><listen>unix:path=" + m_folder.filePath(QStringLiteral("run/bus")).toStdString() + "</listen><auth>EXTERNAL</auth>"
                        "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n");
        m_bus.setProcessEnvironment(environment());
        m_bus.start(QStringLiteral("dbus-daemon"), {QStringLiteral("--nofork"), QStringLiteral("--print-address"), QStringLiteral("--config-file=") + m_folder.filePath(QStringLiteral("bus.conf"))});
        m_works = waitFor("the bus", [&] { return m_bus.canReadLine() || m_bus.state() == QProcess::NotRunning; }) && m_bus.state() == QProcess::Running;
        if (m_works && keyring)
            startKeyring();
    }
    ~Session()
    {
        resume();
        for (QProcess *process : {&m_keyring, &m_bus}) {
            if (process->state() == QProcess::NotRunning)
                continue;
            process->terminate();
            if (!process->waitForFinished(5000))
                process->kill();
            process->waitForFinished();
        }
    }

    bool works() const { return m_works; }
    QProcessEnvironment environment() const
    {
        QProcessEnvironment out = QProcessEnvironment::systemEnvironment();
        out.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("unix:path=") + m_folder.filePath(QStringLiteral("run/bus")));
        out.insert(QStringLiteral("XDG_RUNTIME_DIR"), m_folder.filePath(QStringLiteral("run")));
        out.insert(QStringLiteral("XDG_DATA_HOME"), m_folder.filePath(QStringLiteral("data")));
        out.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder.filePath(QStringLiteral("config")));
        out.insert(QStringLiteral("XDG_CACHE_HOME"), m_folder.filePath(QStringLiteral("cache")));
        out.remove(QStringLiteral("GNOME_KEYRING_CONTROL"));
        out.remove(QStringLiteral("DISPLAY"));
        out.remove(QStringLiteral("WAYLAND_DISPLAY"));
        return out;
    }
    bool lock()
    {
        QProcess process;
        process.setProcessEnvironment(environment());
        process.start(QStringLiteral("dbus-send"), {QStringLiteral("--session"), QStringLiteral("--print-reply"), QStringLiteral("--dest=org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets"),
                                                    QStringLiteral("org.freedesktop.Secret.Service.Lock"), QStringLiteral("array:objpath:/org/freedesktop/secrets/aliases/default")});
        process.waitForFinished();
        return process.exitCode() == 0;
    }
    // It hears nothing and says nothing, as one that waits for somebody's password.
    void stall() { ::kill(pid_t(m_keyring.processId()), SIGSTOP); }
    void resume()
    {
        if (m_keyring.state() == QProcess::Running)
            ::kill(pid_t(m_keyring.processId()), SIGCONT);
    }
    QString folder() const { return m_folder.path(); }

private:
    void startKeyring()
    {
        m_keyring.setProcessEnvironment(environment());
        m_keyring.setProcessChannelMode(QProcess::MergedChannels);
        m_keyring.start(QStringLiteral("gnome-keyring-daemon"), {QStringLiteral("--foreground"), QStringLiteral("--unlock"), QStringLiteral("--components=secrets")});
        m_keyring.write("a password");
        m_keyring.closeWriteChannel();
        m_works = waitFor("the keyring on the bus", [&] {
            QProcess process;
            process.setProcessEnvironment(environment());
            process.start(QStringLiteral("dbus-send"), {QStringLiteral("--session"), QStringLiteral("--print-reply"), QStringLiteral("--dest=org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets/aliases/default"),
                                                        QStringLiteral("org.freedesktop.DBus.Properties.Get"), QStringLiteral("string:org.freedesktop.Secret.Collection"), QStringLiteral("string:Locked")});
            process.waitForFinished();
            return process.exitCode() == 0 || m_keyring.state() == QProcess::NotRunning;
        }, 20'000) && m_keyring.state() == QProcess::Running;
        if (!m_works)
            qWarning("%s", m_keyring.readAll().constData());
    }

    QTemporaryDir m_folder;
    QProcess m_bus, m_keyring;
    bool m_works = false;
};

struct Ran {
    int code = -1;
    QByteArray out, err;
};

} // namespace

class TestKeychain : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Session> m_session;
    QTemporaryDir m_folder;

    QString workspace(const QString &name)
    {
        const QString folder = m_folder.filePath(name);
        QDir().mkpath(folder);
        test::writeFile(folder + QStringLiteral("/gatehouse.yaml"), "gatehouse: 1\nname: " + name.toStdString() + "\nlisteners:\n  - { name: main, address: \"127.0.0.1:0\" }\n"
                                                                    "consumers:\n  - { name: web, api-keys: [ \"${secret:key}\" ] }\n");
        return folder;
    }
    Ran cli(const Session &session, const QStringList &arguments, const QByteArray &input = {})
    {
        QProcess process;
        process.setProcessEnvironment(session.environment());
        process.start(test::binDir() + QStringLiteral("/gatehouse-cli"), arguments);
        process.write(input);
        process.closeWriteChannel();
        const bool ended = process.waitForFinished(20'000);
        if (!ended)
            process.kill();
        process.waitForFinished();
        return {ended ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
    }
    void start(QProcess &process, const Session &session, const QString &workspace, const QString &name, int timeout = defaultTimeout)
    {
        process.setProcessEnvironment(session.environment());
        process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--child"), workspace, name, QString::number(timeout)});
    }
    QJsonObject finish(QProcess &process)
    {
        process.waitForFinished(30'000);
        return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    }
    QJsonObject ask(const Session &session, const QString &workspace, const QString &name, int timeout = defaultTimeout)
    {
        QProcess process;
        start(process, session, workspace, name, timeout);
        return finish(process);
    }
    static QString error(const QJsonObject &answer) { return answer.value(QLatin1String("error")).toString(); }
    static QString kind(const QJsonObject &answer) { return answer.value(QLatin1String("kind")).toString(); }
    static QString value(const QJsonObject &answer) { return answer.value(QLatin1String("value")).toString(); }

private Q_SLOTS:
    void initTestCase()
    {
        for (const char *program : {"dbus-daemon", "dbus-send", "gnome-keyring-daemon"})
            if (QStandardPaths::findExecutable(QLatin1String(program)).isEmpty())
                QSKIP(qPrintable(QStringLiteral("there is no %1 here; packaging/dev deps test installs it").arg(QLatin1String(program))));
        m_session = std::make_unique<Session>(true);
        if (!m_session->works())
            QSKIP("gnome-keyring does not run here");
    }

    void setListDeleteByTheCommand()
    {
        const QString shop = workspace(QStringLiteral("shop")), bank = workspace(QStringLiteral("bank"));
        const Ran set = cli(*m_session, {QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("key"), QStringLiteral("--workspace"), shop}, "s3cret of the \xC3\xBC shop\n");
        QVERIFY2(set.code == 0, set.err.constData());
        QCOMPARE(set.out, QByteArray());
        QCOMPARE(value(ask(*m_session, QStringLiteral("shop"), QStringLiteral("key"))), QStringLiteral("s3cret of the ü shop"));
        QCOMPARE(cli(*m_session, {QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("other"), QStringLiteral("--workspace"), shop}, "x").code, 0);
        QCOMPARE(cli(*m_session, {QStringLiteral("secret"), QStringLiteral("list"), QStringLiteral("--workspace"), shop}).out, QByteArray("key\nother\n"));
        QCOMPARE(cli(*m_session, {QStringLiteral("secret"), QStringLiteral("list"), QStringLiteral("--workspace"), shop, QStringLiteral("--json")}).out.trimmed(), QByteArray("[\"key\",\"other\"]"));
        QCOMPARE(cli(*m_session, {QStringLiteral("secret"), QStringLiteral("list"), QStringLiteral("--workspace"), bank}).out, QByteArray());
        QCOMPARE(cli(*m_session, {QStringLiteral("secret"), QStringLiteral("delete"), QStringLiteral("other"), QStringLiteral("--workspace"), shop}).code, 0);
        QCOMPARE(cli(*m_session, {QStringLiteral("secret"), QStringLiteral("list"), QStringLiteral("--workspace"), shop}).out, QByteArray("key\n"));
        const Ran gone = cli(*m_session, {QStringLiteral("secret"), QStringLiteral("delete"), QStringLiteral("other"), QStringLiteral("--workspace"), shop});
        QCOMPARE(gone.code, 1);
        QVERIFY2(gone.err.contains("other is not set"), gone.err.constData());
    }

    // Where other users could read it.
    void noValueOnTheCommandLine()
    {
        const QString shop = workspace(QStringLiteral("shop"));
        QCOMPARE(cli(*m_session, {QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("key"), QStringLiteral("s3cret"), QStringLiteral("--workspace"), shop}).code, 2);
        const Ran empty = cli(*m_session, {QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("key"), QStringLiteral("--workspace"), shop}, "");
        QCOMPARE(empty.code, 1);
        QVERIFY(empty.err.contains("An empty value is not kept"));
    }

    void aWorkspaceHasItsOwnOnly()
    {
        QCOMPARE(kind(ask(*m_session, QStringLiteral("bank"), QStringLiteral("key"))), QStringLiteral("not-found"));
        QVERIFY(error(ask(*m_session, QStringLiteral("bank"), QStringLiteral("key"))).contains(QLatin1String("key is not set. Set it with: gatehouse-cli secret set key")));
        // Nor by a name that reaches across.
        const QString evil = workspace(QStringLiteral("evil"));
        QCOMPARE(kind(ask(*m_session, QString(), QStringLiteral("shop/key"))), QStringLiteral("bad-input"));
        for (const char *name : {"../shop/key", "shop/key", ".names", "a b", ""}) {
            const Ran set = cli(*m_session, {QStringLiteral("secret"), QStringLiteral("set"), QLatin1String(name), QStringLiteral("--workspace"), evil}, "x");
            QVERIFY2(set.code == 1 && set.err.contains("can't be a secret's name"), set.err.constData());
        }
        QCOMPARE(value(ask(*m_session, QStringLiteral("shop"), QStringLiteral("key"))), QStringLiteral("s3cret of the ü shop"));
    }

    // The gateway serves with it, and it is in no file but the keyring's own, which is encrypted.
    void nothingIsWrittenInPlainText()
    {
        QVERIFY(!value(ask(*m_session, QStringLiteral("shop"), QStringLiteral("key"))).isEmpty());
        for (const QString &folder : {m_session->folder(), m_folder.path()}) {
            QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                if (file.open(QIODevice::ReadOnly))
                    QVERIFY2(!file.readAll().contains("s3cret of the"), qPrintable(file.fileName()));
            }
        }
    }

    void slowIsWaitedForAndStopsNothing()
    {
        QProcess process;
        m_session->stall();
        start(process, *m_session, QStringLiteral("shop"), QStringLiteral("key"));
        QTest::qWait(2000); // the keychain's slowness itself
        m_session->resume();
        const QJsonObject answer = finish(process);
        QCOMPARE(value(answer), QStringLiteral("s3cret of the ü shop"));
        const int took = answer.value(QLatin1String("ms")).toInt(), gap = answer.value(QLatin1String("gap")).toInt();
        qInfo("a keychain stalled for 2 s: answered after %d ms, the longest gap of a %d ms timer was %d ms", took, frameMillis, gap);
        QVERIFY(gap < took);
        QVERIFY2(gap < 1000, qPrintable(QString::number(gap)));
    }

    void silentIsGivenUpAndStopsNothing()
    {
        m_session->stall();
        const QJsonObject answer = ask(*m_session, QStringLiteral("shop"), QStringLiteral("key"));
        m_session->resume();
        QCOMPARE(kind(answer), QStringLiteral("timeout"));
        QCOMPARE(error(answer), QStringLiteral("The keychain did not answer for key in 5 s. Is it waiting for its password?"));
        const int took = answer.value(QLatin1String("ms")).toInt(), gap = answer.value(QLatin1String("gap")).toInt();
        qInfo("a silent keychain: given up after %d ms, the longest gap of a %d ms timer was %d ms", took, frameMillis, gap);
        QVERIFY2(took >= defaultTimeout * 9 / 10, qPrintable(QString::number(took))); // timers are as coarse as that
        QVERIFY2(gap < 1000, qPrintable(QString::number(gap)));
    }

    void lockedSaysSo()
    {
        QVERIFY(m_session->lock());
        const QJsonObject answer = ask(*m_session, QStringLiteral("shop"), QStringLiteral("key"));
        QCOMPARE(kind(answer), QStringLiteral("not-allowed"));
        QVERIFY2(error(answer).startsWith(QLatin1String("The keychain is locked, so key can't be had. Unlock it and try again, or give key in the environment as GATEHOUSE_SECRET_KEY.")), qPrintable(error(answer)));
        // The program that needs it says the same where the secret is used.
        const Ran serve = cli(*m_session, {QStringLiteral("serve"), workspace(QStringLiteral("shop")), QStringLiteral("--trust")});
        QCOMPARE(serve.code, 1);
        QVERIFY2(serve.err.contains("consumers[0].api-keys[0]: The keychain is locked"), serve.err.constData());
        const Ran list = cli(*m_session, {QStringLiteral("secret"), QStringLiteral("list"), QStringLiteral("--workspace"), workspace(QStringLiteral("shop"))});
        QVERIFY2(list.code == 1 && list.err.contains("locked"), list.err.constData());
        const Ran set = cli(*m_session, {QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("new"), QStringLiteral("--workspace"), workspace(QStringLiteral("shop"))}, "x");
        QVERIFY2(set.code == 1, set.err.constData());
    }

    void absentSaysSo()
    {
        const Session bare(false);
        QVERIFY(bare.works());
        const QJsonObject answer = ask(bare, QStringLiteral("shop"), QStringLiteral("key"));
        QCOMPARE(kind(answer), QStringLiteral("system"));
        QVERIFY2(error(answer).startsWith(QLatin1String("No keychain answers")) && error(answer).contains(QLatin1String("GATEHOUSE_SECRET_KEY")), qPrintable(error(answer)));
        const Ran set = cli(bare, {QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("key"), QStringLiteral("--workspace"), workspace(QStringLiteral("shop"))}, "s3cret of the shop");
        QCOMPARE(set.code, 1); // and no plain-text file in its stead
        QDirIterator files(bare.folder(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly))
                QVERIFY2(!file.readAll().contains("s3cret of the"), qPrintable(file.fileName()));
        }
    }

    // The environment comes before all else, and a folder of files before the keychain.
    void theEnvironmentComesFirst()
    {
        const Session bare(false);
        QProcess process;
        QProcessEnvironment environment = bare.environment();
        environment.insert(QStringLiteral("GATEHOUSE_SECRET_KEY"), QStringLiteral("from the environment"));
        process.setProcessEnvironment(environment);
        process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--child"), QStringLiteral("shop"), QStringLiteral("key"), QString::number(defaultTimeout)});
        QCOMPARE(value(finish(process)), QStringLiteral("from the environment"));
    }

    void cleanupTestCase() { m_session.reset(); }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == QLatin1String("--child"))
        return child(application, arguments);
    TestKeychain test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_keychain.moc"
