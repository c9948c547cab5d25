// What httpbin says through the gateway is what it says without: status, fields and bodies to the octet, hop-by-hop and proxy fields
// aside. httpbin is a program of others, as the operating system packages it.
#include "gateway/base/text.h"
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

#include <algorithm>

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

// The host that both are asked for, so that httpbin writes the same URLs.
const std::string host = "Host: localhost:8999\r\n";

// Status line and fields that must be equal, sorted; then the content.
std::string comparable(const std::string &message)
{
    const std::string head = message.substr(0, message.find("\r\n\r\n"));
    std::vector<std::string> lines;
    for (std::string_view line : split(head, '\n')) {
        line = trim(line.substr(0, line.find('\r')));
        const std::string name = lower(line.substr(0, line.find(':')));
        if (name != "date" && name != "connection" && name != "via" && name != "transfer-encoding" && name != "keep-alive")
            lines.emplace_back(line);
    }
    std::sort(lines.begin() + 1, lines.end());
    std::string text;
    for (const std::string &line : lines)
        text += line + '\n';
    const bool chunked = equalsIgnoreCase(fieldOf(message, "transfer-encoding"), "chunked");
    return text + '\n' + (chunked ? dechunk(bodyOf(message)) : bodyOf(message));
}

} // namespace

class TestHttpbin : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        const QString python = QStringLiteral("/usr/bin/python3");
        QProcess probe;
        probe.start(python, {QStringLiteral("-c"), QStringLiteral("import httpbin, gunicorn")});
        if (!probe.waitForFinished() || probe.exitCode() != 0)
            QSKIP("python3-httpbin and gunicorn are not installed");
        m_direct = freePort();
        QVERIFY(startProgram(m_httpbin, python,
                             {QStringLiteral("-m"), QStringLiteral("gunicorn"), QStringLiteral("--threads"), QStringLiteral("4"), QStringLiteral("-b"),
                              QStringLiteral("127.0.0.1:%1").arg(m_direct), QStringLiteral("httpbin:app")},
                             m_direct));
        m_gateway = std::make_unique<GatewayProcess>("gatehouse: 1\nname: t\nsettings:\n  forwarded: none\nlisteners:\n  - name: main\n"
                                                     "    address: 127.0.0.1:0\nupstreams:\n  - name: httpbin\n    endpoints: [ { url: \"http://127.0.0.1:"
                                                     + std::to_string(m_direct) + "\" } ]\nroutes:\n  - name: all\n    match: { prefix: / }\n    to: { upstream: httpbin }\n");
    }
    void cleanupTestCase()
    {
        if (m_gateway)
            QVERIFY(m_gateway->stop());
        m_httpbin.terminate();
        m_httpbin.waitForFinished();
    }

    void same_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("fields");
        QTest::addColumn<QString>("body");
        const auto row = [](const char *line, const char *fields = "", const char *body = "") {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(fields) << QString::fromLatin1(body);
        };
        row("GET /get?a=1&b=%20x%C3%A4", "Accept: */*\r\nX-Custom: yes\r\n");
        for (const char *line : {"POST /post", "PUT /put", "PATCH /patch", "DELETE /delete", "POST /anything/deep/path?q=1"})
            row(line, "Content-Type: application/json\r\n", "{\"a\": [1, 2, 3]}");
        row("POST /post?form", "Content-Type: application/x-www-form-urlencoded\r\n", "a=1&b=two+words");
        row("HEAD /get");
        row("HEAD /gzip");
        row("OPTIONS /get", "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: PUT\r\n");
        row("GET /gzip", "Accept-Encoding: gzip\r\n");
        row("GET /deflate", "Accept-Encoding: deflate\r\n");
        row("GET /stream/20");
        row("GET /stream-bytes/50000?seed=3&chunk_size=1000");
        row("GET /range/100000?chunk_size=500");
        row("GET /range/1000", "Range: bytes=10-19\r\n");
        row("GET /bytes/70000?seed=5");
        row("GET /redirect/3");
        row("GET /absolute-redirect/2");
        row("GET /redirect-to?url=http%3A%2F%2Fexample.test%2F&status_code=307");
        row("GET /cookies", "Cookie: a=1; b=2\r\n");
        row("GET /cookies/set?one=1&two=2");
        row("GET /response-headers?X-One=1&X-Two=2&Set-Cookie=c%3D3");
        for (const char *line : {"GET /status/204", "GET /status/304", "GET /status/404", "GET /status/418", "GET /status/500", "GET /status/503"})
            row(line);
        row("GET /cache", "If-None-Match: x\r\n");
        row("GET /etag/abc", "If-None-Match: abc\r\n");
        row("GET /basic-auth/u/p", "Authorization: Basic dTpw\r\n");
        row("GET /image/png");
        row("GET /encoding/utf8");
        row("GET /drip?numbytes=10&duration=1&delay=0");
        row("GET /delay/1");
        row("GET /nothing/like/this");
    }
    void same()
    {
        if (!m_gateway)
            QSKIP("httpbin is not installed");
        QFETCH(QString, line);
        QFETCH(QString, fields);
        QFETCH(QString, body);
        std::string text = line.toStdString() + " HTTP/1.1\r\n" + host + fields.toStdString() + "User-Agent: test\r\n";
        if (!body.isEmpty())
            text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        text += "\r\n" + body.toStdString();
        const auto ask = [&](uint16_t port) {
            Peer client = connectTo(port);
            client.send(text);
            return comparable(client.readMessage(!line.startsWith(QLatin1String("HEAD"))));
        };
        const std::string direct = ask(m_direct), through = ask(m_gateway->port());
        QVERIFY(direct.size() > 20);
        if (through != direct)
            qWarning("directly:\n%s\nthrough the gateway:\n%s", direct.substr(0, 1500).c_str(), through.substr(0, 1500).c_str());
        QVERIFY(through == direct);
    }

    void chunkedRequest()
    {
        if (!m_gateway)
            QSKIP("httpbin is not installed");
        const std::string text = "POST /post HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
        const auto ask = [&](uint16_t port) { return comparable(request(port, text)); };
        QCOMPARE(ask(m_gateway->port()), ask(m_direct));
    }

private:
    uint16_t m_direct = 0;
    QProcess m_httpbin;
    std::unique_ptr<GatewayProcess> m_gateway;
};

QTEST_GUILESS_MAIN(TestHttpbin)
#include "tst_httpbin.moc"
