// How a gateway of the command line lives and ends: reloads, drains, is killed, is spoken to over its control socket.
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/program.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <csignal>
#include <future>

using namespace gatehouse::test;

namespace {

std::string answering(int status)
{
    return "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nroutes:\n  - name: item\n    match: { path: \"/items/{id}\" }\n    to: { respond: { status: "
        + std::to_string(status) + " } }\n";
}
std::string forwarding(const FakeUpstream &upstream)
{
    return "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nupstreams:\n  - name: orders\n    endpoints: [ { url: \"" + upstream.url()
        + "\" } ]\nroutes:\n  - name: all\n    match: { prefix: / }\n    to: { upstream: orders }\n";
}
const char *const get = "GET /items/1 HTTP/1.1\r\nHost: localhost\r\n\r\n";

int ask(const GatewayProcess &gateway)
{
    Peer client = connectTo(gateway.port());
    client.send(get);
    return statusOf(client.readMessage());
}

// An upstream that answers when it is let.
class SlowUpstream {
public:
    SlowUpstream()
        : m_upstream([this](Peer &peer, int) {
              while (!peer.readMessage().empty()) {
                  ++arrived;
                  m_let.wait();
                  peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
              }
          })
    {
    }
    ~SlowUpstream() { let(); }
    void let()
    {
        if (!std::exchange(m_isLet, true))
            m_promise.set_value();
    }
    const FakeUpstream &upstream() const { return m_upstream; }
    std::atomic<int> arrived{0};

private:
    std::promise<void> m_promise;
    std::shared_future<void> m_let = m_promise.get_future().share();
    bool m_isLet = false;
    FakeUpstream m_upstream;
};

} // namespace

class TestLifecycle : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString socket() const { return m_folder->filePath(QStringLiteral("c.sock")); }
    Ran ctl(const QStringList &words) const { return runCli(QStringList{QStringLiteral("ctl"), socket()} + words + QStringList{QStringLiteral("--json")}); }
    QStringList control() const { return {QStringLiteral("--control"), socket()}; }
    static QJsonValue of(const Ran &ran, const char *key) { return ran.json().object().value(QLatin1String(key)); }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void endsGracefully()
    {
        SlowUpstream slow;
        GatewayProcess gateway(forwarding(slow.upstream()));
        Peer client = connectTo(gateway.port());
        client.send(get);
        QVERIFY(waitFor("the request to be under way", [&] { return slow.arrived == 1; }));
        gateway.signal(SIGTERM);
        const uint16_t port = gateway.port();
        QVERIFY(waitFor("nothing new to be let in", [&] {
            QTcpSocket probe;
            probe.connectToHost(QStringLiteral("127.0.0.1"), port);
            return !probe.waitForConnected(1000);
        }));
        slow.let();
        const std::string answer = client.readMessage();
        QCOMPARE(statusOf(answer), 200);
        QCOMPARE(bodyOf(answer), std::string("done"));
        QCOMPARE(gateway.waitForEnd(), 0);
    }

    void secondSignalEndsAtOnce()
    {
        SlowUpstream slow;
        GatewayProcess gateway(forwarding(slow.upstream()), {QStringLiteral("--drain"), QStringLiteral("1h")});
        Peer client = connectTo(gateway.port());
        client.send(get);
        QVERIFY(waitFor("the request to be under way", [&] { return slow.arrived == 1; }));
        gateway.signal(SIGTERM);
        QCOMPARE(gateway.waitForEnd(500), -1); // it waits for the request
        gateway.signal(SIGINT);
        QCOMPARE(gateway.waitForEnd(), 0);
        QCOMPARE(client.readMessage(), std::string());
    }

    void drainHasAnEnd()
    {
        SlowUpstream slow;
        GatewayProcess gateway(forwarding(slow.upstream()), {QStringLiteral("--drain"), QStringLiteral("200ms")});
        Peer client = connectTo(gateway.port());
        client.send(get);
        QVERIFY(waitFor("the request to be under way", [&] { return slow.arrived == 1; }));
        gateway.signal(SIGTERM);
        QCOMPARE(gateway.waitForEnd(), 0);
        QCOMPARE(client.readMessage(), std::string());
    }

    void hangupReloads()
    {
        GatewayProcess gateway(answering(201), control());
        QCOMPARE(of(ctl({QStringLiteral("status")}), "revision").toInt(), 1);
        gateway.signal(SIGHUP); // also when nothing has changed
        QVERIFY(waitFor("the second revision", [&] { return gateway.revisionsRun() == 1; }));
        QCOMPARE(of(ctl({QStringLiteral("status")}), "revision").toInt(), 2);
        QCOMPARE(ask(gateway), 201);
    }

    void changedFilesReload()
    {
        GatewayProcess gateway(answering(201), control());
        QCOMPARE(ask(gateway), 201);
        gateway.rewrite(answering(202)); // renamed over it
        QVERIFY(waitFor("the renamed file to run", [&] { return ask(gateway) == 202; }));
        writeFile(gateway.folder() + QStringLiteral("/gatehouse.yaml"), answering(203)); // written in place
        QVERIFY(waitFor("the file written in place to run", [&] { return ask(gateway) == 203; }));
        gateway.rewrite(answering(204).replace(0, 0, "include: [ more.yaml ]\n"));
        QVERIFY(waitFor("the missing include to be told", [&] { return gateway.log().find("last good version") != std::string::npos; }));
        QCOMPARE(ask(gateway), 203);
        QVERIFY(of(ctl({QStringLiteral("status")}), "last_good").toBool());
        // The file that was missed appears: the whole has no errors any more.
        writeFile(gateway.folder() + QStringLiteral("/more.yaml"), "routes:\n  - name: more\n    match: { exact: /more }\n    to: { respond: { status: 200 } }\n");
        QVERIFY(waitFor("the included file to run", [&] { return ask(gateway) == 204; }));
        QVERIFY(!of(ctl({QStringLiteral("status")}), "last_good").toBool());
        // And an included file is watched like the first.
        writeFile(gateway.folder() + QStringLiteral("/more.yaml"), "routes:\n  - name: more\n    match: { path: \"/items/{id}\" }\n    priority: 1\n    to: { respond: { status: 205 } }\n");
        QVERIFY(waitFor("the changed include to run", [&] { return ask(gateway) == 205; }));
    }

    void lastGoodVersionIsToldUntilItIsMended()
    {
        GatewayProcess gateway(answering(201), control());
        QCOMPARE(of(ctl({QStringLiteral("status")}), "last_good"), QJsonValue(false));
        gateway.rewrite(answering(201) + "bogus: 1\n");
        QVERIFY(waitFor("last_good", [&] { return of(ctl({QStringLiteral("status")}), "last_good").toBool(); }));
        QCOMPARE(of(ctl({QStringLiteral("status")}), "state").toString(), QStringLiteral("running"));
        QCOMPARE(ask(gateway), 201);
        const Ran text = runCli({QStringLiteral("ctl"), socket(), QStringLiteral("status")});
        QVERIFY2(text.out.contains("the last good version runs on"), text.out.constData());
        gateway.rewrite(answering(202));
        QVERIFY(waitFor("the mended to run", [&] { return ask(gateway) == 202; }));
        QCOMPARE(of(ctl({QStringLiteral("status")}), "last_good"), QJsonValue(false));
    }

    void reloadAnswersWithProblems()
    {
        GatewayProcess gateway(answering(201), control());
        const Ran fine = ctl({QStringLiteral("reload")});
        QCOMPARE(fine.code, 0);
        QCOMPARE(of(fine, "ok"), QJsonValue(true));
        QCOMPARE(of(fine, "revision").toInt(), 2);
        gateway.rewrite(answering(201) + "bogus: 1\n");
        const Ran bad = ctl({QStringLiteral("reload")});
        QCOMPARE(bad.code, 1);
        QCOMPARE(of(bad, "ok"), QJsonValue(false));
        const QJsonObject problem = of(bad, "problems").toArray().at(0).toObject();
        QCOMPARE(problem.value(QLatin1String("path")).toString(), QStringLiteral("bogus"));
        QCOMPARE(problem.value(QLatin1String("line")).toInt(), 10);
        const Ran words = runCli({QStringLiteral("ctl"), socket(), QStringLiteral("reload")});
        QCOMPARE(words.code, 1);
        QVERIFY2(words.err.contains("gatehouse.yaml:10:1: bogus: `bogus` is not a key of this place"), words.err.constData());
        QCOMPARE(ask(gateway), 201);
    }

    void killedOneLeavesNoSocketInTheWay()
    {
        {
            GatewayProcess gateway(answering(201), control());
            gateway.signal(SIGKILL);
            QCOMPARE(gateway.waitForEnd(), -1);
        }
        QVERIFY2(QFileInfo::exists(socket()), "the killed one's socket is still there");
        const Ran nobody = ctl({QStringLiteral("status")});
        QCOMPARE(nobody.code, 1);
        QVERIFY2(nobody.err.contains("Nothing answers at"), nobody.err.constData());
        GatewayProcess gateway(answering(202), control());
        QCOMPARE(of(ctl({QStringLiteral("status")}), "state").toString(), QStringLiteral("running"));
        QVERIFY(gateway.stop());
        QVERIFY(!QFileInfo::exists(socket()));
    }

    void followGoesOnWithWhatComes()
    {
        GatewayProcess gateway(answering(201), control());
        QCOMPARE(ask(gateway), 201); // before anybody follows
        QProcess follower;
        follower.start(binDir() + QStringLiteral("/gatehouse-cli"),
                       {QStringLiteral("exchanges"), QStringLiteral("--control"), socket(), QStringLiteral("--follow"), QStringLiteral("--json"), QStringLiteral("--filter"), QStringLiteral("path:/items/*")});
        QByteArrayList lines;
        const auto read = [&] {
            while (follower.canReadLine())
                lines << follower.readLine().trimmed();
            return lines.size();
        };
        QVERIFY(waitFor("what was recorded before", [&] { return read() == 1; }));
        Peer client = connectTo(gateway.port());
        client.send("GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n"); // not of the filter
        QCOMPARE(statusOf(client.readMessage()), 404);
        QCOMPARE(ask(gateway), 201);
        QVERIFY(waitFor("what comes", [&] { return read() == 2; }));
        QCOMPARE(follower.state(), QProcess::Running);
        for (const QByteArray &line : lines) {
            const QJsonObject exchange = QJsonDocument::fromJson(line).object();
            QCOMPARE(exchange.value(QLatin1String("status")).toInt(), 201);
            QCOMPARE(exchange.value(QLatin1String("route")).toString(), QStringLiteral("item"));
            QVERIFY(exchange.value(QLatin1String("trace")).isObject());
        }
        QVERIFY(gateway.stop());
        QVERIFY(waitFor("the follower to end with the gateway", [&] { return follower.state() == QProcess::NotRunning; }));
        QCOMPARE(follower.exitCode(), 0);
        read();
        QCOMPARE(lines.size(), 2);
    }

    void endpointsAreTakenOutAndBroughtBack()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(gatehouse::test::answering(self, "hi"));
        self = &upstream;
        GatewayProcess gateway(forwarding(upstream), control());
        QCOMPARE(ask(gateway), 200);
        const QString name = QStringLiteral("127.0.0.1:%1").arg(upstream.port());
        const auto endpoint = [&] { return of(ctl({QStringLiteral("upstreams")}), "endpoints").toArray().at(0).toObject(); };
        QCOMPARE(endpoint().value(QLatin1String("upstream")).toString(), QStringLiteral("orders"));
        QCOMPARE(endpoint().value(QLatin1String("endpoint")).toString(), name);
        QVERIFY(waitFor("the request to be counted", [&] { return endpoint().value(QLatin1String("requests")).toInt() == 1; }));
        QCOMPARE(endpoint().value(QLatin1String("out")), QJsonValue(false));
        QCOMPARE(ctl({QStringLiteral("endpoint"), name, QStringLiteral("out")}).code, 0);
        QCOMPARE(endpoint().value(QLatin1String("out")), QJsonValue(true));
        QCOMPARE(ask(gateway), 503);
        // Out by hand stays out over a reload.
        QCOMPARE(ctl({QStringLiteral("reload")}).code, 0);
        QCOMPARE(ask(gateway), 503);
        QCOMPARE(ctl({QStringLiteral("endpoint"), QStringLiteral("orders/") + name, QStringLiteral("in")}).code, 0);
        QCOMPARE(ask(gateway), 200);
        const Ran wrong = ctl({QStringLiteral("endpoint"), QStringLiteral("127.0.0.1:1"), QStringLiteral("out")});
        QCOMPARE(wrong.code, 1);
        QVERIFY2(of(wrong, "error").toString().contains(QStringLiteral("There is no endpoint 127.0.0.1:1.")), wrong.out.constData());
    }

    void stopOverTheSocket()
    {
        GatewayProcess gateway(answering(201), control());
        QCOMPARE(ctl({QStringLiteral("stop")}).code, 0);
        QCOMPARE(gateway.waitForEnd(), 0);
        QVERIFY(!QFileInfo::exists(socket()));
    }

    // One JSON value a line on standard output and nothing else: what answers where, then each reload.
    void jsonTellsWhatHappens()
    {
        GatewayProcess gateway(answering(201), {QStringLiteral("--json")});
        QByteArray out;
        QVERIFY(waitFor("the first line", [&] { return (out += gateway.output()).count('\n') == 1; }));
        const QJsonObject ready = QJsonDocument::fromJson(out).object();
        QCOMPARE(ready.value(QLatin1String("pid")).toInt(), int(gateway.pid()));
        QCOMPARE(ready.value(QLatin1String("listeners")).toObject().value(QLatin1String("main")).toString(), QStringLiteral("http://127.0.0.1:%1").arg(gateway.port()));
        out.clear();
        gateway.rewrite(answering(201) + "bogus: 1\n");
        QVERIFY(waitFor("the refusal", [&] { return (out += gateway.output()).count('\n') == 1; }));
        const QJsonObject refused = QJsonDocument::fromJson(out).object();
        QCOMPARE(refused.value(QLatin1String("ok")), QJsonValue(false));
        QCOMPARE(refused.value(QLatin1String("revision")).toInt(), 1);
        QCOMPARE(refused.value(QLatin1String("problems")).toArray().size(), 1);
        out.clear();
        gateway.rewrite(answering(202));
        QVERIFY(waitFor("the reload", [&] { return (out += gateway.output()).count('\n') == 1; }));
        const QJsonObject reloaded = QJsonDocument::fromJson(out).object();
        QCOMPARE(reloaded.value(QLatin1String("ok")), QJsonValue(true));
        QCOMPARE(reloaded.value(QLatin1String("revision")).toInt(), 2);
        // One that can't start says why there as well.
        writeFile(m_folder->filePath(QStringLiteral("gatehouse.yaml")), answering(201) + "bogus: 1\n");
        const Ran ran = runCli({QStringLiteral("serve"), m_folder->path(), QStringLiteral("--json")});
        QCOMPARE(ran.code, 1);
        QCOMPARE(of(ran, "ok"), QJsonValue(false));
        QCOMPARE(of(ran, "problems").toArray().size(), 1);
        QVERIFY(!of(ran, "error").toString().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestLifecycle)
#include "tst_lifecycle.moc"
