// gatehouse-cli serve as a program, and the commands that speak to it.
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/program.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>
#include <QtNetwork/QTcpServer>
#include <QtTest/QTest>

#include <map>

using namespace gatehouse::test;

namespace {
std::string workspaceAt(const std::string &address)
{
    return "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: " + address + "\nroutes:\n  - name: item\n"
           "    match: { path: \"/items/{id}\", methods: [ GET ] }\n    to: { respond: { status: 201 } }\n";
}
std::string get(const std::string &path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }
} // namespace

class TestServe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    // Which CTest runs these tests twice for: on the portable one nothing waits in an epoll set, on the other every worker does.
    void socketBackendIsTheOneAskedFor()
    {
        if (!qEnvironmentVariableIsSet("GATEHOUSE_TEST_BACKEND"))
            QSKIP("CTest says which");
        GatewayProcess gateway(workspaceAt("127.0.0.1:0"));
        const QDir descriptors(QStringLiteral("/proc/%1/fd").arg(gateway.pid()));
        int sets = 0;
        for (const QString &name : descriptors.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot))
            sets += QFile::symLinkTarget(descriptors.filePath(name)).contains(QStringLiteral("[eventpoll]"));
        QCOMPARE(sets > 0, qgetenv("GATEHOUSE_TEST_BACKEND") == "epoll");
    }

    // Each gets a port of its own, and keeps it while others come and go.
    void severalListenersOnFreePorts()
    {
        const auto workspace = [](const std::vector<const char *> &names) {
            std::string text = "gatehouse: 1\nname: t\nlisteners:\n";
            for (const char *name : names)
                text += std::string("  - name: ") + name + "\n    address: 127.0.0.1:0\n";
            return text + "routes:\n  - name: all\n    match: { prefix: / }\n    to: { respond: { status: 201 } }\n";
        };
        const QString socket = m_folder->filePath(QStringLiteral("c.sock"));
        GatewayProcess gateway(workspace({"main", "second"}), {QStringLiteral("--control"), socket});
        const auto ports = [&] {
            std::map<QString, uint16_t> found;
            const QJsonObject status = runCli({QStringLiteral("ctl"), socket, QStringLiteral("status"), QStringLiteral("--json")}).json().object();
            for (const QJsonValue &listener : status.value(QLatin1String("listeners")).toArray())
                found[listener.toObject().value(QLatin1String("name")).toString()] = uint16_t(QUrl(listener.toObject().value(QLatin1String("url")).toString()).port());
            return found;
        };
        const auto before = ports();
        QCOMPARE(before.size(), size_t(2));
        QVERIFY(before.at(QStringLiteral("main")) != before.at(QStringLiteral("second")));
        for (const auto &[name, port] : before)
            QCOMPARE(statusOf(request(port, get("/"))), 201);

        gateway.rewrite(workspace({"third", "second"}));
        QVERIFY(waitFor("the second revision", [&] { return gateway.revisionsRun() == 1; }));
        auto after = ports();
        QCOMPARE(after.size(), size_t(2));
        QCOMPARE(after.at(QStringLiteral("second")), before.at(QStringLiteral("second")));
        QCOMPARE(after.at(QStringLiteral("third")), before.at(QStringLiteral("main"))); // renamed
        gateway.rewrite(workspace({"second", "fourth", "third"}));
        QVERIFY(waitFor("the third revision", [&] { return gateway.revisionsRun() == 2; }));
        after = ports();
        QCOMPARE(after.size(), size_t(3));
        QCOMPARE(after.at(QStringLiteral("third")), before.at(QStringLiteral("main")));
        for (const auto &[name, port] : after)
            QCOMPARE(statusOf(request(port, get("/"))), 201);
    }

    // No body follows, so the refusal does not end the connection.
    void refusalKeepsTheConnection()
    {
        GatewayProcess gateway(workspaceAt("127.0.0.1:0"));
        Peer client = connectTo(gateway.port());
        for (int i = 0; i < 3; ++i) {
            QVERIFY(client.send(get("/nothing")));
            const std::string answer = client.readMessage();
            QCOMPARE(statusOf(answer), 404);
            QCOMPARE(fieldOf(answer, "connection"), std::string());
        }
    }

    void controlSocketIsItsOwners()
    {
        const QString socket = m_folder->filePath(QStringLiteral("c.sock"));
        GatewayProcess gateway(workspaceAt("127.0.0.1:0"), {QStringLiteral("--control"), socket});
        QCOMPARE(QFileInfo(socket).permissions() & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther), QFile::Permissions());
        // Named as people name it, from the folder it is in.
        const Ran status = runCli({QStringLiteral("ctl"), QStringLiteral("c.sock"), QStringLiteral("status"), QStringLiteral("--json")}, m_folder->path());
        QCOMPARE(status.code, 0);
        QCOMPARE(status.json().object().value(QLatin1String("state")).toString(), QStringLiteral("running"));
        // A second one is refused, and the first goes on.
        writeFile(m_folder->filePath(QStringLiteral("gatehouse.yaml")), workspaceAt("127.0.0.1:0"));
        const Ran second = runCli({QStringLiteral("serve"), m_folder->path(), QStringLiteral("--control"), socket});
        QCOMPARE(second.code, 1);
        QVERIFY2(second.err.contains("used by another Gatehouse"), second.err.constData());
        QCOMPARE(runCli({QStringLiteral("ctl"), socket, QStringLiteral("status")}).code, 0);
        QVERIFY(gateway.stop());
        QVERIFY(!QFileInfo::exists(socket));
    }

    void recordsAgreeWithExplain()
    {
        const QString socket = m_folder->filePath(QStringLiteral("c.sock"));
        GatewayProcess gateway(workspaceAt("127.0.0.1:0"), {QStringLiteral("--control"), socket});
        QCOMPARE(statusOf(request(gateway.port(), "GET /items/42 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")), 201);
        Ran ran;
        QVERIFY(waitFor("the exchange to be recorded", [&] {
            ran = runCli({QStringLiteral("exchanges"), socket, QStringLiteral("--json")});
            return !ran.out.isEmpty() || ran.code != 0;
        }));
        const QJsonObject exchange = ran.json().object();
        QCOMPARE(exchange.value(QLatin1String("status")).toInt(), 201);
        QCOMPARE(exchange.value(QLatin1String("route")).toString(), QStringLiteral("item"));
        writeFile(m_folder->filePath(QStringLiteral("gatehouse.yaml")), workspaceAt("127.0.0.1:0"));
        const QJsonObject why = runCli({QStringLiteral("explain"), m_folder->path(), QStringLiteral("--json"), QStringLiteral("--"), QStringLiteral("curl"),
                                        QStringLiteral("http://localhost/items/42")}).json().object();
        const QJsonObject trace = exchange.value(QLatin1String("trace")).toObject();
        for (const char *key : {"listener", "route", "target", "candidates"})
            QCOMPARE(trace.value(QLatin1String(key)), why.value(QLatin1String(key)));
        QCOMPARE(runCli({QStringLiteral("exchanges"), socket, QStringLiteral("--count"), QStringLiteral("--filter"), QStringLiteral("status:404")}).out, QByteArray("0\n"));
        const QJsonObject recorder = runCli({QStringLiteral("ctl"), socket, QStringLiteral("metrics"), QStringLiteral("--json")})
                                         .json().object().value(QLatin1String("recorder")).toObject();
        QCOMPARE(recorder.value(QLatin1String("recorded")).toInt() + recorder.value(QLatin1String("dropped_records")).toInt(), recorder.value(QLatin1String("served")).toInt());
    }

    // Also when the route rewrites it on its way: nothing answers at the upstream, so the rewriting is all that happens.
    void recordsSayWhatTheClientAskedFor()
    {
        const QString socket = m_folder->filePath(QStringLiteral("c.sock"));
        GatewayProcess gateway("gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nupstreams:\n  - name: gone\n"
                               "    endpoints: [ { url: \"http://127.0.0.1:1\" } ]\nroutes:\n  - name: item\n    match: { path: \"/items/{id}\" }\n"
                               "    rewrite: { path: \"/elsewhere/{path.id}\" }\n    to: { upstream: gone }\n",
                               {QStringLiteral("--control"), socket});
        Peer client = connectTo(gateway.port());
        QVERIFY(client.send(get("/items/7?x=1")));
        QCOMPARE(statusOf(client.readMessage()), 502);
        QByteArray line;
        QVERIFY(waitFor("the exchange to be recorded", [&] {
            line = runCli({QStringLiteral("exchanges"), socket, QStringLiteral("--json")}).out;
            return !line.isEmpty();
        }));
        QVERIFY2(line.contains("/items/7?x=1"), line.constData());
        const QByteArray url = line.mid(line.indexOf("\"url\""), 80);
        QVERIFY2(url.contains("/items/7?x=1"), url.constData());
    }

    void aBrokenFileChangesNothing()
    {
        GatewayProcess gateway(workspaceAt("127.0.0.1:0"));
        gateway.rewrite(workspaceAt("127.0.0.1:0") + "bogus: 1\n");
        QVERIFY(waitFor("the mistake to be told", [&] { return gateway.log().find("last good version") != std::string::npos; }));
        Peer client = connectTo(gateway.port());
        QVERIFY(client.send(get("/items/1")));
        QCOMPARE(statusOf(client.readMessage()), 201);
    }

    void takenPortNamesWhoHasIt()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        writeFile(m_folder->filePath(QStringLiteral("gatehouse.yaml")), workspaceAt("127.0.0.1:" + std::to_string(other.serverPort())));
        const QString ready = m_folder->filePath(QStringLiteral("ready"));
        writeFile(ready, "of another");
        const Ran ran = runCli({QStringLiteral("serve"), m_folder->path(), QStringLiteral("--ready-file"), ready});
        QCOMPARE(ran.code, 1);
        QVERIFY2(ran.err.contains(QByteArray::number(QCoreApplication::applicationPid())), ran.err.constData());
        QCOMPARE(readFile(ready), std::string("of another"));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestServe)
#include "tst_serve.moc"
