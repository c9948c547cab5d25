// What a stranger's workspace asks trust for, and secrets: where they come from, and that their values are never told.
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/program.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace gatehouse::test;

namespace {

const QByteArray planted = "planted-5f2c9b7e4a";
const char *const variable = "GATEHOUSE_SECRET_WEB_APP_KEY";

const char *const workspace = R"(gatehouse: 1
name: t
listeners:
  - name: main
    address: 127.0.0.1:0
consumers:
  - name: web-app
    api-keys: [ "${secret:web-app-key}" ]
routes:
  - name: secure
    match: { prefix: / }
    policies: [ { key-auth: {} } ]
    to: { respond: { status: 200 } }
)";

const char *const greedy = R"(gatehouse: 1
name: t
listeners:
  - name: main
    address: 0.0.0.0:0
    expose: true
upstreams:
  - name: far
    endpoints: [ { url: "http:)" "/" "/192.0.2.1:80" R"(" } ]
consumers:
  - name: web-app
    api-keys: [ "${secret:web-app-key}", "${env:HOME}" ]
routes:
  - name: far
    match: { prefix: / }
    to: { upstream: far }
)";

std::string request(const QByteArray &key) { return "GET /a HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: " + key.toStdString() + "\r\n\r\n"; }

} // namespace

class TestSecrets : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_folder;

    Ran run(const QStringList &arguments) { return runCli(arguments, m_folder->path()); }
    static int statusWith(const GatewayProcess &gateway, const QByteArray &key)
    {
        Peer client = connectTo(gateway.port());
        client.send(request(key));
        return statusOf(client.readMessage());
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("w")));
        QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("secrets")));
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")), workspace);
        qunsetenv(variable);
    }
    void cleanup() { qunsetenv(variable); }

    void withoutTrustAllWishesAreListed()
    {
        writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")), greedy);
        const Ran ran = run({QStringLiteral("serve"), QStringLiteral("w")});
        QCOMPARE(ran.code, 1);
        QCOMPARE(ran.out, QByteArray());
        QByteArrayList lines = ran.err.trimmed().split('\n');
        QCOMPARE(lines.takeLast(), QByteArray("gatehouse-cli: This workspace asks for what is listed above. If you trust it, start it with --trust."));
        std::sort(lines.begin(), lines.end());
        QCOMPARE(lines, (QByteArrayList{"gatehouse-cli: gatehouse.yaml:12: consumers[0].api-keys[0]: reads the secret \"web-app-key\"",
                                        "gatehouse-cli: gatehouse.yaml:12: consumers[0].api-keys[1]: reads the variable HOME of the process",
                                        "gatehouse-cli: gatehouse.yaml:6: listeners[0].expose: listens where other machines reach it",
                                        "gatehouse-cli: gatehouse.yaml:9: upstreams[0].endpoints[0]: sends requests to http://192.0.2.1:80"}));
        const Ran json = run({QStringLiteral("serve"), QStringLiteral("w"), QStringLiteral("--json")});
        QCOMPARE(json.code, 1);
        QCOMPARE(json.json().object().value(QLatin1String("ok")), QJsonValue(false));
        const QJsonArray wishes = json.json().object().value(QLatin1String("wishes")).toArray();
        QCOMPARE(wishes.size(), 4);
        QVERIFY(wishes.at(0).toObject().value(QLatin1String("line")).toInt() > 0 && !wishes.at(0).toObject().value(QLatin1String("what")).toString().isEmpty());
        // Looking is no danger.
        QCOMPARE(run({QStringLiteral("check"), QStringLiteral("w")}).code, 0);
    }

    // Started without trust: a file that later asks for it is refused like any mistake.
    void laterWishesAreRefusedToo()
    {
        const std::string harmless = "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nroutes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { status: 204 } }\n";
        qputenv(variable, planted);
        GatewayProcess gateway(harmless);
        QCOMPARE(statusWith(gateway, "x"), 204);
        gateway.rewrite(workspace);
        QVERIFY(waitFor("the refusal", [&] { return gateway.log().find("this workspace is not trusted, and here it reads the secret \"web-app-key\"") != std::string::npos; }));
        QVERIFY(waitFor("the last good version", [&] { return gateway.log().find("last good version") != std::string::npos; }));
        QCOMPARE(statusWith(gateway, "x"), 204);
    }

    void fromTheEnvironmentThenFromFiles()
    {
        const QString secrets = m_folder->filePath(QStringLiteral("secrets"));
        writeFile(secrets + QStringLiteral("/web-app-key"), "of-the-file\n"); // editors end a line
        {
            GatewayProcess gateway(workspace, {QStringLiteral("--trust"), QStringLiteral("--secrets-dir"), secrets});
            QCOMPARE(statusWith(gateway, "of-the-file"), 200);
            QCOMPARE(statusWith(gateway, planted), 401);
        }
        qputenv(variable, planted);
        GatewayProcess gateway(workspace, {QStringLiteral("--trust"), QStringLiteral("--secrets-dir"), secrets});
        QCOMPARE(statusWith(gateway, planted), 200);
        QCOMPARE(statusWith(gateway, "of-the-file"), 401);
    }

    void theValueIsNeverTold()
    {
        qputenv(variable, planted);
        const QString socket = m_folder->filePath(QStringLiteral("c.sock"));
        GatewayProcess gateway(workspace, {QStringLiteral("--trust"), QStringLiteral("--json"), QStringLiteral("--control"), socket});
        QCOMPARE(statusWith(gateway, planted), 200);
        QCOMPARE(statusWith(gateway, planted + "x"), 401);
        QByteArray told;
        QVERIFY(waitFor("both exchanges", [&] { return run({QStringLiteral("exchanges"), socket, QStringLiteral("--count")}).out == "2\n"; }));
        const auto take = [&](const QStringList &arguments) {
            const Ran ran = run(arguments);
            told += ran.out + ran.err;
            return ran.out;
        };
        QVERIFY(take({QStringLiteral("exchanges"), socket, QStringLiteral("--json")}).contains("secure"));
        take({QStringLiteral("exchanges"), socket});
        for (const char *what : {"status", "metrics", "upstreams", "reload"})
            QVERIFY(!take({QStringLiteral("ctl"), socket, QLatin1String(what), QStringLiteral("--json")}).isEmpty());
        take({QStringLiteral("check"), QStringLiteral("w"), QStringLiteral("--json")});
        QVERIFY(take({QStringLiteral("explain"), QStringLiteral("w"), QStringLiteral("--json"), QStringLiteral("--"), QStringLiteral("curl"), QStringLiteral("-H"),
                      QStringLiteral("X-Api-Key: ") + QString::fromLatin1(planted), QStringLiteral("http://localhost/a")}).contains("secure"));
        QVERIFY(take({QStringLiteral("export"), QStringLiteral("w"), QStringLiteral("--to"), QStringLiteral("nginx"), QStringLiteral("--out"), QStringLiteral("o")}).contains(": "));
        // A mistake beside it.
        gateway.rewrite(QByteArray(workspace).replace("prefix", "prefx").toStdString());
        QVERIFY(waitFor("the mistake to be told", [&] { return gateway.log().find("last good version") != std::string::npos; }));
        told += gateway.output() + QByteArray::fromStdString(gateway.log());
        QVERIFY(gateway.stop());
        told += gateway.output() + QByteArray::fromStdString(gateway.log());
        QDirIterator written(m_folder->path(), QDir::Files, QDirIterator::Subdirectories);
        while (written.hasNext())
            told += QByteArray::fromStdString(readFile(written.next()));
        QVERIFY2(!told.contains(planted), told.mid(told.indexOf(planted) - 300, 400).constData());
        QVERIFY(told.contains("web-app")); // or nothing was looked at
    }

    void missingOneSaysHowToSetIt()
    {
        const QString none = m_folder->filePath(QStringLiteral("secrets"));
        const Ran ran = run({QStringLiteral("serve"), QStringLiteral("w"), QStringLiteral("--trust"), QStringLiteral("--json"), QStringLiteral("--secrets-dir"), none});
        QCOMPARE(ran.code, 1);
        // With a keychain it is not set there; without one that answers, that is the cause. Both say where it is wanted and what helps.
        QVERIFY2(ran.err.contains("gatehouse.yaml:8:17: consumers[0].api-keys[0]: "), ran.err.constData());
        QVERIFY2(ran.err.contains("web-app-key"), ran.err.constData());
        QVERIFY2(ran.err.contains(variable), ran.err.constData());
        const QJsonObject problem = ran.json().object().value(QLatin1String("problems")).toArray().at(0).toObject();
        QCOMPARE(problem.value(QLatin1String("path")).toString(), QStringLiteral("consumers[0].api-keys[0]"));
    }
};

QTEST_GUILESS_MAIN(TestSecrets)
#include "tst_secrets.moc"
