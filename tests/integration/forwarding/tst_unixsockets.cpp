// Unix sockets on both sides: curl at a listener's socket, nginx behind an upstream's.
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/program.h"
#include "tests/support/support.h"

#include <QtCore/QFileInfo>
#include <QtTest/QTest>

#include <csignal>

#include <sys/stat.h>

using namespace gatehouse::test;

namespace {

struct Curled { int code = 0; std::string out; };
Curled curl(const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral("curl"), QStringList{QStringLiteral("-sS"), QStringLiteral("-m"), QStringLiteral("20")} + arguments);
    process.waitForFinished(30000);
    return {process.exitCode(), process.readAllStandardOutput().toStdString()};
}

} // namespace

class TestUnixSockets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_port = freePort();
        writeFile(path("nginx.conf"),
                  "daemon off; master_process off; pid nginx.pid; error_log error.log; events { }\n"
                  "http { access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n"
                  "  server { listen unix:" + path("nginx.sock").toStdString() + "; listen 127.0.0.1:" + std::to_string(m_port) + ";\n"
                  "    client_max_body_size 0;\n"
                  "    location /up { proxy_pass http://127.0.0.1:" + std::to_string(m_port) + "/read; }\n"
                  "    location /read { return 200 \"|$http_content_length\"; }\n"
                  "    location / { return 200 \"$host|$http_x_forwarded_for|$http_forwarded|$request_uri|$request_length\"; } } }\n");
        m_nginx.setWorkingDirectory(m_folder.path());
        QVERIFY(startProgram(m_nginx, QStringLiteral("nginx"), {QStringLiteral("-p"), m_folder.path(), QStringLiteral("-c"), path("nginx.conf")}, m_port));
        m_gateway = std::make_unique<GatewayProcess>(workspace(), QStringList{QStringLiteral("--trust")});
    }
    void cleanupTestCase()
    {
        m_gateway.reset();
        m_nginx.terminate();
        m_nginx.waitForFinished();
    }

    void bothSides()
    {
        const Curled got = curl({QStringLiteral("--unix-socket"), path("own.sock"), QStringLiteral("http://localhost/a?b=1"), QStringLiteral("http://api.localhost/c")});
        QCOMPARE(got.code, 0);
        const std::string first = got.out.substr(0, got.out.find("|/a"));
        QCOMPARE(first, std::string("localhost|unknown|for=unknown;host=localhost;proto=http"));
        QVERIFY2(got.out.find("api.localhost|unknown|") != std::string::npos, got.out.c_str());
    }

    void fromTcp()
    {
        const std::string answer = request(m_gateway->port(), "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        QVERIFY2(bodyOf(answer).starts_with("localhost|127.0.0.1|for=127.0.0.1;host=localhost;proto=http|/x|"), answer.c_str());
    }

    void bodiesGoThrough()
    {
        writeFile(path("body"), std::string(3'000'000, 'b'));
        const Curled got = curl({QStringLiteral("--unix-socket"), path("own.sock"), QStringLiteral("-T"), path("body"), QStringLiteral("http://localhost/up")});
        QCOMPARE(got.code, 0);
        QCOMPARE(got.out, std::string("|3000000")); // nginx has read it all before it asked itself
    }

    // Only who runs the gateway can reach what it opens.
    void theSocketIsItsOwners()
    {
        struct stat status{};
        QCOMPARE(::stat(qPrintable(path("own.sock")), &status), 0);
        QVERIFY(S_ISSOCK(status.st_mode));
        QCOMPARE(int(status.st_mode & 0777), 0600);
    }

    void aMissingSocketIsAnAnswer()
    {
        const std::string answer = request(m_gateway->port(), "GET /missing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        QCOMPARE(statusOf(answer), 502);
        QVERIFY2(bodyOf(answer).find("no such socket") != std::string::npos, answer.c_str());
    }

    void oneThatIsInUseIsNotTaken()
    {
        QProcess second;
        second.start(binDir() + QStringLiteral("/gatehouse-cli"), {QStringLiteral("serve"), m_gateway->folder(), QStringLiteral("--trust")});
        QVERIFY(second.waitForFinished(20000));
        QVERIFY(second.exitCode() != 0);
        const QByteArray words = second.readAllStandardError();
        QVERIFY2(words.contains("own.sock is taken by another process"), words.constData());
        QCOMPARE(curl({QStringLiteral("--unix-socket"), path("own.sock"), QStringLiteral("http://localhost/a")}).code, 0);
    }

    void aRouteBackIsRefused()
    {
        const auto before = m_gateway->revisionsRun();
        m_gateway->rewrite(workspace("  - name: back\n    endpoints: [ \"unix:" + path("own.sock").toStdString() + "\" ]\n",
                                     "  - name: back\n    match: { prefix: /back }\n    to: { upstream: back }\n"));
        QVERIFY(waitFor("the loop to be told", [&] { return m_gateway->log().find("own.sock") != std::string::npos && m_gateway->log().find("listener") != std::string::npos; }));
        const std::string answer = request(m_gateway->port(), "GET /back HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        QVERIFY(statusOf(answer) == 508 || m_gateway->revisionsRun() == before); // refused when it is read, or when it is asked for
        m_gateway->rewrite(workspace());
        QVERIFY(waitFor("it to go on", [&] { return statusOf(request(m_gateway->port(), "GET /back HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) == 200; }));
    }

    // Killed, it leaves its socket's file behind; the next start is not in its way.
    void staleOnesAreReplacedAndOwnOnesRemoved()
    {
        m_gateway->signal(SIGKILL);
        m_gateway->waitForEnd();
        QVERIFY(QFileInfo::exists(path("own.sock")));
        m_gateway = std::make_unique<GatewayProcess>(workspace(), QStringList{QStringLiteral("--trust")});
        QCOMPARE(curl({QStringLiteral("--unix-socket"), path("own.sock"), QStringLiteral("http://localhost/a")}).code, 0);
        QVERIFY(m_gateway->stop());
        QVERIFY(!QFileInfo::exists(path("own.sock")));
    }

private:
    QString path(const char *name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    std::string workspace(const std::string &upstreams = {}, const std::string &routes = {}) const
    {
        return "gatehouse: 1\nname: t\nsettings: { forwarded: both }\nlisteners:\n  - { name: main, address: \"127.0.0.1:0\" }\n  - { name: sock, address: \"unix:" + path("own.sock").toStdString()
            + "\" }\nupstreams:\n  - name: nginx\n    endpoints: [ \"unix:" + path("nginx.sock").toStdString() + "\" ]\n  - name: missing\n    endpoints: [ \"unix:" + path("missing.sock").toStdString()
            + "\" ]\n" + upstreams + "routes:\n  - name: missing\n    match: { prefix: /missing }\n    to: { upstream: missing }\n" + routes
            + "  - name: all\n    match: { prefix: / }\n    to: { upstream: nginx }\n";
    }
    QTemporaryDir m_folder;
    QProcess m_nginx;
    uint16_t m_port = 0;
    std::unique_ptr<GatewayProcess> m_gateway;
};

QTEST_GUILESS_MAIN(TestUnixSockets)
#include "tst_unixsockets.moc"
