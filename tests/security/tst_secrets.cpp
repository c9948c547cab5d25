// Secrets: where they are looked for, and that their values are in nothing that is written or said.
#include "tests/security/attack.h"

#include <QtNetwork/QLocalSocket>

using namespace gatehouse::test;

namespace {

const char *const value = "PLANTED-va/lue&\"7";

// The answer of the control socket to one command.
QByteArray told(const QString &socket, const QByteArray &command)
{
    QLocalSocket peer;
    peer.connectToServer(socket);
    if (!peer.waitForConnected(5000))
        return {};
    peer.write(command + '\n');
    while (!peer.canReadLine() && peer.waitForReadyRead(5000)) { }
    return peer.readLine();
}

} // namespace

class TestSecrets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir().mkpath(m_folder->filePath(QStringLiteral("w"))) && QDir().mkpath(m_folder->filePath(QStringLiteral("secrets"))));
        qunsetenv("GATEHOUSE_SECRET_THE_KEY");
    }
    void cleanup() { qunsetenv("GATEHOUSE_SECRET_THE_KEY"); }

    // The environment, then the folder; and where there is none, how to set it.
    void sourcesInOrder()
    {
        const std::string workspace = workspaceWith("consumers:\n  - name: c\n    api-keys: [ \"${secret:the-key}\" ]\nroutes:\n  - name: a\n    match: { prefix: / }\n"
                                                    "    policies: [ key-auth: {} ]\n    to: { respond: { status: 200 } }\n");
        const auto statusWith = [](GatewayProcess &gateway, const char *key) { return statusOf(request(gateway.port(), requestOf("GET", "/", "localhost", {{"x-api-key", key}}))); };
        writeFile(m_folder->filePath(QStringLiteral("secrets/the-key")), "of-the-folder\n");
        {
            GatewayProcess gateway(workspace, trusting());
            QCOMPARE(statusWith(gateway, "of-the-folder"), 200); // the line's end is the editor's, not the key's
        }
        qputenv("GATEHOUSE_SECRET_THE_KEY", "of-the-environment");
        {
            GatewayProcess gateway(workspace, trusting());
            QCOMPARE(statusWith(gateway, "of-the-environment"), 200);
            QCOMPARE(statusWith(gateway, "of-the-folder"), 401);
        }
        qunsetenv("GATEHOUSE_SECRET_THE_KEY");
        QFile::remove(m_folder->filePath(QStringLiteral("secrets/the-key")));
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")), workspace);
        const Ran ran = runCli(QStringList{QStringLiteral("serve"), m_folder->filePath(QStringLiteral("w"))} + trusting());
        QCOMPARE(ran.code, 1);
        QVERIFY2(ran.err.contains("gatehouse.yaml:8:17: consumers[0].api-keys[0]: "), ran.err.constData());
        // Where no keychain answers, it is no help to be told to put the key there.
        QVERIFY2(ran.err.contains("gatehouse-cli secret set the-key") || ran.err.contains("in the environment as GATEHOUSE_SECRET_THE_KEY"), ran.err.constData());
    }

    // A name is no path: neither another workspace's entry nor a file elsewhere.
    void namesLeadNowhereElse_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"../outside", "other/key", "/etc/passwd", "a b", "", "key}${secret:other", "a\\nb"})
            QTest::newRow(*name ? name : "empty") << QString::fromUtf8(name);
    }
    void namesLeadNowhereElse()
    {
        QFETCH(QString, name);
        writeFile(m_folder->filePath(QStringLiteral("outside")), value);
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")),
                  workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { body: \"${secret:" + name.toStdString() + "}\" } }\n"));
        const Ran ran = runCli(QStringList{QStringLiteral("serve"), m_folder->filePath(QStringLiteral("w"))} + trusting());
        QCOMPARE(ran.code, 1);
        QVERIFY2(!ran.err.contains("PLANTED"), ran.err.constData());
        // Refused as a name, not only not found: nobody looks for a file of that name.
        QVERIFY2(name.contains(QLatin1Char('}')) || ran.err.contains("names nothing"), ran.err.constData());
    }

    // Wherever a workspace puts a secret, its value is in no log, record, answer of the control socket or file.
    void valuesAreNowhere()
    {
        writeFile(m_folder->filePath(QStringLiteral("secrets/the-key")), value);
        Target target;
        Watched watched(workspaceWith("consumers:\n  - name: c\n    api-keys: [ \"${secret:the-key}\" ]\n" + upstreamAt(target.url())
                                      + "mocks:\n  - name: m\n    responses:\n      - when: { headers: { x-odd: \"${secret:the-key}\" } }\n        body: \"${secret:the-key}\"\n      - status: 201\n"
                                        "        headers: { x-said: \"${secret:the-key}\" }\n"
                                        "routes:\n"
                                        "  - name: keyed\n    match: { prefix: /keyed }\n    policies: [ key-auth: { header: x-shop } ]\n    to: { upstream: up }\n"
                                        "  - name: sent\n    match: { prefix: /sent }\n    policies:\n      - headers: { request: { set: { x-upstream-pass: \"${secret:the-key}\" } }, response: { set: { x-told: \"${secret:the-key}\" } } }\n"
                                        "    rewrite: { path: \"/bot\", query: { set: { t: \"${secret:the-key}\" } }, headers: { set: { x-more: \"${secret:the-key}\" } } }\n    to: { upstream: up }\n"
                                        "  - name: away\n    match: { prefix: /away }\n    to: { redirect: { location: \"https://app.test/?t=${secret:the-key}\" } }\n"
                                        "  - name: fixed\n    match: { prefix: /fixed }\n    to: { respond: { body: \"${secret:the-key}\" } }\n"
                                        "  - name: mocked\n    match: { prefix: /mocked }\n    to: { mock: m }\n"
                                        "  - name: limited\n    match: { prefix: /limited }\n    policies: [ rate-limit: { requests: 1, per: 1h, by: [ header.x-api-key, cookie.sid, query.token ] } ]\n    to: { respond: { status: 200 } }\n"
                                        "  - name: expecting\n    match: { prefix: /expecting, headers: { x-odd: \"${secret:the-key}\" } }\n    to: { respond: { status: 200 } }\n"
                                        "  - name: skipping\n    match: { prefix: /skipping }\n    policies:\n      - headers: { response: { set: { a: b } } }\n        when: { query: { q: \"${secret:the-key}\" } }\n    to: { respond: { status: 200 } }\n"),
                        trusting());
        QCOMPARE(statusOf(watched.ask("GET", "/keyed", "localhost", {{"x-shop", value}})), 200);
        QCOMPARE(statusOf(watched.ask("GET", "/keyed?wrong=1", "localhost", {{"x_shop", value}})), 401);
        QCOMPARE(statusOf(watched.ask("GET", "/sent")), 200);
        QVERIFY(holds(target.last(), value)); // it is where it should be
        QVERIFY(holds(watched.ask("GET", "/away"), "PLANTED"));
        QVERIFY(holds(watched.ask("GET", "/fixed"), value));
        QCOMPARE(statusOf(watched.ask("GET", "/mocked", "localhost", {{"x-odd", value}})), 200);
        QCOMPARE(statusOf(watched.ask("GET", "/mocked")), 201);
        for (int i = 0; i < 2; ++i) {
            const std::string planted = "PLANTED" + std::to_string(i / 2);
            QCOMPARE(statusOf(watched.ask("GET", "/limited?token=" + planted, "localhost", {{"x-api-key", planted}, {"Cookie", "sid=" + planted}})), i ? 429 : 200);
        }
        QCOMPARE(statusOf(watched.ask("GET", "/expecting", "localhost", {{"x-odd", "not it"}})), 404);
        QCOMPARE(statusOf(watched.ask("GET", "/skipping?q=no")), 200);
        QCOMPARE(watched.exchanges().size(), size_t(11));
        const auto clean = [](const QByteArray &text, const char *what) {
            for (const char *planted : {"PLANTED", "va%2Flue", "va/lue"})
                QVERIFY2(!text.contains(planted), (std::string(what) + " holds it: " + text.mid(std::max<qsizetype>(0, text.indexOf(planted) - 300), 400).toStdString()).c_str());
        };
        clean(watched.lastOutput(), "exchanges --json");
        clean(runCli({QStringLiteral("exchanges"), watched.socket()}).out, "exchanges");
        for (const char *what : {"status", "metrics", "upstreams"})
            clean(runCli({QStringLiteral("ctl"), watched.socket(), QString::fromUtf8(what), QStringLiteral("--json")}).out, what);
        for (const char *path : {"/sent", "/away", "/fixed", "/mocked", "/expecting", "/skipping", "/keyed"}) {
            const QByteArray why = told(watched.socket(), "{\"do\":\"explain\",\"url\":\"" + QByteArray(path) + "\"}");
            QVERIFY2(why.contains("\"candidates\""), why.constData());
            clean(why, "explain");
        }
        clean(QByteArray::fromStdString(watched.gateway().log()), "the log");
        clean(QByteArray::fromStdString(allFilesOf(watched.gateway().top())), "a file");
        clean(readCommandLine(watched.gateway().pid()), "the command line");
    }

    // A secret where something else is wanted: what is wrong is said without it.
    void errorsDoNotQuoteThem_data()
    {
        QTest::addColumn<std::string>("text");
        const auto row = [](const char *name, std::string text) { QTest::newRow(name) << std::move(text); };
        const std::string s = "\"${secret:the-key}\"", route = "routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { status: 200 } }\n";
        row("address", "gatehouse: 1\nlisteners:\n  - name: main\n    address: " + s + "\n");
        row("status", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { status: " + s + " } }\n"));
        row("url", workspaceWith(upstreamAt("${secret:the-key}")));
        row("url's host", workspaceWith(upstreamAt("http://x:${secret:the-key}/")));
        row("regex", workspaceWith("routes:\n  - name: a\n    match: { regex: \"(${secret:the-key}\" }\n    to: { respond: { status: 200 } }\n"));
        row("path", workspaceWith("routes:\n  - name: a\n    match: { path: \"${secret:the-key}{\" }\n    to: { respond: { status: 200 } }\n"));
        row("expression", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { redirect: { location: \"{${secret:the-key}}\" } }\n"));
        row("variable of the path", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { redirect: { location: \"{path.${secret:plain}}\" } }\n"));
        row("method", workspaceWith("routes:\n  - name: a\n    match: { methods: [ " + s + " ] }\n    to: { respond: { status: 200 } }\n"));
        row("host", workspaceWith("routes:\n  - name: a\n    match: { hosts: [ " + s + " ] }\n    to: { respond: { status: 200 } }\n"));
        row("header", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { headers: { a: \"${secret:lines}\" } } }\n"));
        row("upstream", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { upstream: " + s + " }\n"));
        row("reference", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { upstream: \"${secret:plain}\" }\n"));
        row("duration", workspaceWith(route, "    limits: { idle: " + s + " }\n"));
        row("size", workspaceWith(route, "    limits: { header-size: " + s + " }\n"));
        row("file", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { file: \"${secret:plain}\" } }\n"));
        row("network", workspaceWith(route + "settings: { trusted-proxies: [ " + s + " ] }\n"));
        row("redaction", workspaceWith(route + "settings: { recording: { redact: [ " + s + " ] } }\n"));
        row("name", "gatehouse: 1\nlisteners:\n  - name: " + s + "\n    address: 127.0.0.1:0\n");
        row("enum", workspaceWith(route + "settings: { forwarded: " + s + " }\n"));
        row("policy's name", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    policies: [ " + s + " ]\n    to: { respond: { status: 200 } }\n"));
        row("counting key", workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    policies: [ rate-limit: { requests: 1, per: 1s, by: " + s + " } ]\n    to: { respond: { status: 200 } }\n"));
    }
    void errorsDoNotQuoteThem()
    {
        QFETCH(std::string, text);
        writeFile(m_folder->filePath(QStringLiteral("secrets/the-key")), value);
        writeFile(m_folder->filePath(QStringLiteral("secrets/plain")), "planted-name");
        writeFile(m_folder->filePath(QStringLiteral("secrets/lines")), "PLANTED\nx");
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")), text);
        for (const char *format : {"text", "json"}) {
            const Ran ran = runCli(QStringList{QStringLiteral("serve"), m_folder->filePath(QStringLiteral("w")), QStringLiteral("--log-format"), QString::fromUtf8(format)} + trusting());
            QCOMPARE(ran.code, 1);
            QVERIFY2(ran.err.contains("gatehouse.yaml:"), ran.err.constData());
            QVERIFY2(!ran.err.contains("PLANTED") && !ran.err.contains("planted-name") && !ran.out.contains("PLANTED"), ran.err.constData());
        }
    }

    void exportsReferToThem()
    {
        writeFile(m_folder->filePath(QStringLiteral("secrets/the-key")), value);
        qputenv("GATEHOUSE_SECRET_THE_KEY", value);
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")),
                  workspaceWith("consumers:\n  - name: c\n    api-keys: [ \"${secret:the-key}\" ]\nroutes:\n  - name: a\n    match: { prefix: / }\n    policies: [ key-auth: {} ]\n"
                                "    to: { respond: { body: \"${secret:the-key}\" } }\n"));
        const Ran ran = runCli(QStringList{QStringLiteral("export"), m_folder->filePath(QStringLiteral("w")), QStringLiteral("--to"), QStringLiteral("nginx"), QStringLiteral("--out"),
                                           m_folder->filePath(QStringLiteral("out"))} + trusting());
        QCOMPARE(ran.code, 0);
        const std::string all = allFilesOf(m_folder->filePath(QStringLiteral("out"))) + ran.out.toStdString() + ran.err.toStdString();
        QVERIFY(holds(all, "server {"));
        QVERIFY2(!holds(all, "PLANTED"), all.c_str());
    }

    // Other users of a machine see command lines.
    void commandLinesTakeNoValue()
    {
        const Ran ran = runCli({QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("the-key"), QStringLiteral("PLANTED")}, m_folder->filePath(QStringLiteral("w")));
        QCOMPARE(ran.code, 2);
        for (const char *option : {"--value", "--secret", "--password", "--token"})
            QCOMPARE(runCli({QStringLiteral("secret"), QStringLiteral("set"), QStringLiteral("the-key"), QString::fromUtf8(option), QStringLiteral("PLANTED")}).code, 2);
    }

private:
    static QByteArray readCommandLine(int64_t pid)
    {
        QFile file(QStringLiteral("/proc/%1/cmdline").arg(pid));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QStringList trusting() const { return {QStringLiteral("--trust"), QStringLiteral("--secrets-dir"), m_folder->filePath(QStringLiteral("secrets"))}; }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestSecrets)
#include "tst_secrets.moc"
