// Whose workspace is this: a folder from someone else is data until it is trusted.
#include "tests/security/attack.h"

#include <csignal>

using namespace gatehouse::test;

namespace {

// Wants everything that is there to be wanted.
const char *const wanting = "gatehouse: 1\nname: stranger\n"
                            "listeners:\n  - name: main\n    address: \"0.0.0.0:0\"\n    expose: true\n  - name: socket\n    address: \"unix:/tmp/taken-over.sock\"\n"
                            "upstreams:\n"
                            "  - name: far\n    endpoints: [ { url: \"http://198.51.100.7:80\" }, { url: \"http://collector.test/in\" }, \"http://[2001:db8::1]:81\" ]\n"
                            "  - name: odd\n    endpoints: [ { url: \"http://${env:ATTACK_HOST}:80\" }, { url: \"http://127.1:81\" }, { url: \"http://localhost.evil.test\" } ]\n"
                            "  - name: engine\n    endpoints: [ \"unix:/var/run/docker.sock\" ]\n"
                            "consumers:\n  - name: c\n    api-keys: [ \"${secret:attack-key}\" ]\n"
                            "routes:\n  - name: steal\n    match: { prefix: / }\n    to: { respond: { body: \"${env:ATTACK_VARIABLE} ${secret:attack-key}\" } }\n";

struct Traced { Ran ran; std::string calls; };
// The program under strace, for at most `milliseconds` when it does not end by itself.
Traced traced(const QStringList &arguments, int milliseconds)
{
    QTemporaryDir folder;
    QProcess process;
    process.start(QStringLiteral("strace"), QStringList{QStringLiteral("-f"), QStringLiteral("-s"), QStringLiteral("4096"), QStringLiteral("-e"), QStringLiteral("trace=%file,%network,write"),
                                                        QStringLiteral("-o"), folder.filePath(QStringLiteral("calls")), binDir() + QStringLiteral("/gatehouse-cli")} + arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(milliseconds)) {
        process.terminate();
        process.waitForFinished();
    }
    Traced traced;
    traced.ran = {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    traced.calls = readFile(folder.filePath(QStringLiteral("calls")));
    return traced;
}

bool canTrace()
{
    QProcess process;
    process.start(QStringLiteral("strace"), {QStringLiteral("-o"), QStringLiteral("/dev/null"), QStringLiteral("true")});
    return process.waitForFinished() && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

// Calls that leave this machine or open it.
std::vector<std::string> callsBeyondLoopback(const std::string &calls)
{
    std::vector<std::string> found;
    for (const QByteArray &line : QByteArray::fromStdString(calls).split('\n')) {
        const bool inet = line.contains("AF_INET");
        const bool reaches = line.contains(" connect(") || line.contains(" sendto(") || line.contains(" sendmsg(") || line.contains(" bind(");
        if (inet && reaches && !line.contains("127.0.0.1") && !line.contains("\"::1\"") && !line.contains("AF_NETLINK"))
            found.push_back(line.toStdString());
    }
    return found;
}

} // namespace

class TestTrust : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir().mkpath(m_folder->filePath(QStringLiteral("w"))) && QDir().mkpath(m_folder->filePath(QStringLiteral("secrets"))));
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")), wanting);
        writeFile(m_folder->filePath(QStringLiteral("secrets/attack-key")), "OUTSIDE-secret\n");
        qputenv("ATTACK_VARIABLE", "OUTSIDE-variable");
        qputenv("ATTACK_HOST", "198.51.100.8");
    }

    void allThatIsWishedForIsListedAndNothingStarts()
    {
        const QString ready = m_folder->filePath(QStringLiteral("ready"));
        const Ran ran = runCli(serve({QStringLiteral("--ready-file"), ready, QStringLiteral("--control"), m_folder->filePath(QStringLiteral("c.sock"))}));
        QCOMPARE(ran.code, 1);
        for (const char *wish : {"gatehouse.yaml:6: listeners[0].expose: listens where other machines reach it", "sends requests to http://198.51.100.7:80", "sends requests to http://collector.test/in",
                                 "sends requests to http://[2001:db8::1]:81", "sends requests to where http://${env:ATTACK_HOST}:80 leads", "sends requests to http://127.1:81",
                                 "sends requests to http://localhost.evil.test", "sends requests to unix:/var/run/docker.sock", "listeners[1].address: listens at the socket /tmp/taken-over.sock",
                                 "consumers[0].api-keys[0]: reads the secret \"attack-key\"", "routes[0].to.respond.body: reads the variable ATTACK_VARIABLE",
                                 "routes[0].to.respond.body: reads the secret \"attack-key\"", "--trust"})
            QVERIFY2(ran.err.contains(wish), (std::string(wish) + "\nis not in\n" + ran.err.toStdString()).c_str());
        QVERIFY(!QFile::exists(ready));
        QVERIFY(!ran.err.contains("OUTSIDE") && !ran.out.contains("OUTSIDE"));
    }

    // What it does in the meantime, as the system sees it.
    void untrustedItTouchesNothing()
    {
        if (!canTrace())
            QSKIP("strace is not installed, or may not trace here");
        const Traced done = traced(serve({}), 20000);
        QCOMPARE(done.ran.code, 1);
        QVERIFY(holds(done.calls, "gatehouse.yaml")); // strace saw it
        QVERIFY2(!holds(done.calls, "attack-key\""), "the secret's file was looked for");
        QVERIFY2(!holds(done.calls, " listen("), done.calls.c_str());
        const auto beyond = callsBeyondLoopback(done.calls);
        QVERIFY2(beyond.empty(), beyond.empty() ? "" : beyond.front().c_str());
        QVERIFY(!holds(done.calls, "OUTSIDE"));
    }

    void trustedItWorks()
    {
        Target target;
        GatewayProcess gateway(workspaceWith("consumers:\n  - name: c\n    api-keys: [ \"${secret:attack-key}\" ]\n" + upstreamAt(target.url())
                                             + "routes:\n  - name: up\n    match: { prefix: / }\n    policies:\n      - key-auth: { hide: true }\n"
                                               "      - headers: { request: { set: { x-sent: \"${env:ATTACK_VARIABLE} ${secret:attack-key}\" } } }\n    to: { upstream: up }\n"),
                               {QStringLiteral("--trust"), QStringLiteral("--secrets-dir"), m_folder->filePath(QStringLiteral("secrets"))});
        QCOMPARE(statusOf(request(gateway.port(), requestOf("GET", "/", "localhost"))), 401);
        QCOMPARE(statusOf(request(gateway.port(), requestOf("GET", "/", "localhost", {{"x-api-key", "OUTSIDE-secret"}}))), 200);
        QCOMPARE(fieldOf(target.last(), "x-sent"), std::string("OUTSIDE-variable OUTSIDE-secret"));
    }

    // A pull brings in what nobody agreed to: the running gateway does not take it over.
    void aNewWishAsksAgain_data()
    {
        QTest::addColumn<std::string>("rest");
        QTest::newRow("secret") << std::string("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { body: \"${secret:attack-key}\" } }\n");
        QTest::newRow("variable") << std::string("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { body: \"${env:ATTACK_VARIABLE}\" } }\n");
        QTest::newRow("target") << std::string("upstreams:\n  - name: up\n    endpoints: [ { url: \"http://198.51.100.7\" } ]\nroutes:\n  - name: a\n    match: { prefix: / }\n    to: { upstream: up }\n");
        QTest::newRow("expose") << std::string("expose");
    }
    void aNewWishAsksAgain()
    {
        QFETCH(std::string, rest);
        const std::string harmless = workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { body: harmless } }\n");
        GatewayProcess gateway(harmless, {QStringLiteral("--secrets-dir"), m_folder->filePath(QStringLiteral("secrets"))});
        gateway.rewrite(rest == "expose" ? workspaceWith(harmless.substr(harmless.find("routes:")), "    expose: true\n") : workspaceWith(rest));
        QVERIFY(waitFor("the wish to be told", [&] { return holds(gateway.log(), "this workspace is not trusted, and here it "); }));
        QVERIFY(waitFor("the old one to go on", [&] { return holds(gateway.log(), "last good version runs on"); }));
        const std::string answer = request(gateway.port(), requestOf("GET", "/", "localhost"));
        QCOMPARE(bodyOf(answer), std::string("harmless"));
        QVERIFY2(!holds(gateway.log(), "OUTSIDE"), gateway.log().c_str());
    }

    void anExportAsksForWhatItWouldHold()
    {
        const QStringList words{QStringLiteral("export"), m_folder->filePath(QStringLiteral("w")), QStringLiteral("--to"), QStringLiteral("nginx"), QStringLiteral("--out"),
                                m_folder->filePath(QStringLiteral("out"))};
        const Ran refused = runCli(words);
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("reads the variable ATTACK_VARIABLE"), refused.err.constData());
        QVERIFY(!holds(allFilesOf(m_folder->filePath(QStringLiteral("out"))), "OUTSIDE"));
        QCOMPARE(runCli(words + QStringList{QStringLiteral("--trust")}).code, 0);
        const std::string made = allFilesOf(m_folder->filePath(QStringLiteral("out")));
        QVERIFY(holds(made, "OUTSIDE-variable") && !holds(made, "OUTSIDE-secret"));
    }

    // No update check, no telemetry, no names looked up: nothing leaves that no workspace asked for.
    void itHasNoNetworkOfItsOwn()
    {
        if (!canTrace())
            QSKIP("strace is not installed, or may not trace here");
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")), workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { body: harmless } }\n"));
        const QString ready = m_folder->filePath(QStringLiteral("ready"));
        QProcess process;
        const QString calls = m_folder->filePath(QStringLiteral("calls"));
        process.start(QStringLiteral("strace"), QStringList{QStringLiteral("-f"), QStringLiteral("-e"), QStringLiteral("trace=%network"), QStringLiteral("-o"), calls,
                                                            binDir() + QStringLiteral("/gatehouse-cli")} + serve({QStringLiteral("--ready-file"), ready}));
        QVERIFY(waitFor("the gateway to be ready", [&] { return QFile::exists(ready); }, 30000));
        const QJsonObject told = QJsonDocument::fromJson(QByteArray::fromStdString(readFile(ready))).object();
        const QString url = told.value(QLatin1String("listeners")).toObject().value(QLatin1String("main")).toString();
        QCOMPARE(statusOf(request(uint16_t(url.section(QLatin1Char(':'), -1).toUInt()), requestOf("GET", "/", "localhost"))), 200);
        ::kill(pid_t(told.value(QLatin1String("pid")).toInt()), SIGTERM);
        QVERIFY(process.waitForFinished(20000));
        const std::string seen = readFile(calls);
        QVERIFY(holds(seen, " listen("));
        const auto beyond = callsBeyondLoopback(seen);
        QVERIFY2(beyond.empty(), beyond.empty() ? "" : beyond.front().c_str());
    }

private:
    QStringList serve(const QStringList &more) const
    {
        return QStringList{QStringLiteral("serve"), m_folder->filePath(QStringLiteral("w")), QStringLiteral("--secrets-dir"), m_folder->filePath(QStringLiteral("secrets"))} + more;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestTrust)
#include "tst_trust.moc"
