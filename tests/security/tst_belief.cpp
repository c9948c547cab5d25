// What it believes: fields that only a trusted proxy may send, and one path for router, policies and upstream.
#include "tests/security/attack.h"

#include <QtNetwork/QNetworkInterface>

using namespace gatehouse::test;

namespace {

std::string lowered(std::string text)
{
    for (char &c : text)
        c = char(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

// "GET /a HTTP/1.1" -> "/a"
std::string targetOf(const std::string &message)
{
    const size_t first = message.find(' '), second = message.find(' ', first + 1);
    return first == std::string::npos || second == std::string::npos ? std::string() : message.substr(first + 1, second - first - 1);
}

// An address of this machine that is none of loopback's; empty: there is none.
QString ownAddress()
{
    for (const QHostAddress &address : QNetworkInterface::allAddresses())
        if (address.protocol() == QAbstractSocket::IPv4Protocol && !address.isLoopback() && !address.isLinkLocal())
            return address.toString();
    return {};
}

const std::string introduction = "PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n";
const std::string binaryIntroduction = std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\xc0\0\x02\x01\x12\x67\0\x50", 28);

} // namespace

class TestBelief : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void strangersSayNothingOfWhoAsks_data()
    {
        QTest::addColumn<std::string>("name");
        for (const char *name : {"X-Forwarded-For", "x-forwarded-for", "X-FORWARDED-FOR", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-User",
                                 "X-Forwarded-Email", "X-Forwarded-Client-Cert", "X-Forwarded-Anything", "Forwarded", "FORWARDED", "X-Real-IP", "x-real-ip",
                                 "X_Forwarded_For", "x_forwarded-for", "X-Forwarded_For", "X_REAL_IP", "x-real_ip", "X_Forwarded_User"})
            QTest::newRow(name) << std::string(name);
    }
    void strangersSayNothingOfWhoAsks()
    {
        QFETCH(std::string, name);
        start();
        const std::string value = name == "Forwarded" || name == "FORWARDED" ? "for=6.6.6.6;proto=https" : "6.6.6.6";
        const std::string answer = m_gateway->ask("GET", "/open", "localhost", {{name, value}, {"X-Other", "stays"}, {name, "6.6.6.6"}});
        QCOMPARE(statusOf(answer), 200);
        const std::string seen = m_target->last();
        QVERIFY2(!holds(seen, "6.6.6.6"), seen.c_str());
        QCOMPARE(fieldOf(seen, "x-other"), std::string("stays"));
        QCOMPARE(fieldOf(seen, "x-forwarded-for"), std::string("127.0.0.1"));
        QCOMPARE(fieldOf(seen, "x-client"), std::string("127.0.0.1")); // {client.ip} as policies know it
    }

    // Nor behind the body, from where some readers merge it into the head.
    void strangersSayNothingInTrailers()
    {
        start();
        const std::string trailers = "X-Forwarded-For: 6.6.6.6\r\nforwarded: for=6.6.6.6\r\nX_Real_IP: 6.6.6.6\r\nX-Consumer: 6.6.6.6\r\nX-Other: stays\r\n\r\n";
        const std::string answer = m_gateway->raw("POST /open HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + trailers);
        QCOMPARE(statusOf(answer), 200);
        const std::string seen = m_target->last();
        QVERIFY2(!holds(seen, "6.6.6.6"), seen.c_str());
        QVERIFY2(seen.ends_with("\r\n0\r\nX-Other: stays\r\n\r\n"), seen.c_str());
    }

    void trustedProxiesAreBelieved()
    {
        Target target;
        Watched watched(workspaceWith("settings: { trusted-proxies: [ 127.0.0.0/8 ] }\n" + upstreamAt(target.url())
                                      + "routes:\n  - name: up\n    match: { prefix: / }\n    policies: [ { headers: { request: { set: { x-client: \"{client.ip}\" } } } } ]\n    to: { upstream: up }\n"));
        QCOMPARE(statusOf(watched.ask("GET", "/", "localhost", {{"X-Forwarded-For", "6.6.6.6, 7.7.7.7"}, {"X-Forwarded-Proto", "https"}})), 200);
        const std::string seen = target.last();
        QCOMPARE(fieldOf(seen, "x-forwarded-for"), std::string("6.6.6.6, 7.7.7.7, 127.0.0.1"));
        QCOMPARE(fieldOf(seen, "x-client"), std::string("7.7.7.7")); // the nearest that is no trusted proxy, not what that one says
    }

    // By a PROXY header: neither from another machine, nor by one of here that speaks for a trusted proxy.
    void strangersIntroduceNobody_data()
    {
        QTest::addColumn<std::string>("mode");
        QTest::addColumn<std::string>("header");
        for (const char *mode : {"accept", "require"}) {
            QTest::addRow("%s line", mode) << std::string(mode) << introduction;
            QTest::addRow("%s binary", mode) << std::string(mode) << binaryIntroduction;
        }
    }
    void strangersIntroduceNobody()
    {
        QFETCH(std::string, mode);
        QFETCH(std::string, header);
        const QString own = ownAddress();
        if (own.isEmpty())
            QSKIP("this machine has no address but loopback's");
        Target target;
        const auto workspace = [&](const std::string &trusted) {
            return "gatehouse: 1\nname: t\nsettings: { trusted-proxies: [ " + trusted + " ] }\nlisteners:\n  - name: main\n    address: 0.0.0.0:0\n    expose: true\n    proxy-protocol: " + mode
                + "\n    policies: [ { ip-filter: { allow: [ 203.0.113.7 ] } } ]\n" + upstreamAt(target.url()) + "routes:\n  - name: up\n    match: { prefix: / }\n    to: { upstream: up }\n";
        };
        const std::string get = requestOf("GET", "/", "localhost");
        Watched watched(workspace(""), {QStringLiteral("--trust")});
        QCOMPARE(watched.rawFrom(own, header + get), std::string());
        QCOMPARE(watched.verdictOfLast(), std::string("malformed"));
        QCOMPARE(target.connections(), 0);
        QCOMPARE(statusOf(watched.raw(header + get)), 200); // from loopback
        QVERIFY(watched.become(workspace(own.toStdString())));
        QCOMPARE(statusOf(watched.rawFrom(own, header + get)), 200);
        QCOMPARE(fieldOf(target.last(), "x-forwarded-for"), std::string("203.0.113.7"));
        QVERIFY(watched.become(workspace("203.0.113.7"))); // who that is, is believed further
        QCOMPARE(watched.raw(header + get), std::string());
        QCOMPARE(watched.verdictOfLast(), std::string("malformed"));
        QCOMPARE(target.seen().size(), size_t(2));
    }

    // What a browser can be made to send never begins with a PROXY header: a page can choose method, path, fields and body.
    void pagesIntroduceNobody_data()
    {
        QTest::addColumn<std::string>("octets");
        const auto row = [](const char *name, const std::string &octets) { QTest::newRow(name) << octets; };
        const std::string body = "Content-Length: " + std::to_string(introduction.size()) + "\r\n\r\n" + introduction;
        row("as the method", "PROXY /TCP4%20203.0.113.7%20192.0.2.1%204711%2080 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        row("as the method, absolute", "PROXY http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
        row("as the body", "POST / HTTP/1.1\r\nHost: localhost\r\n" + body + requestOf("GET", "/", "localhost"));
        row("as a field", "GET / HTTP/1.1\r\nPROXY: TCP4 203.0.113.7 192.0.2.1 4711 80\r\nHost: localhost\r\n\r\n");
        row("behind a request", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + introduction + requestOf("GET", "/", "localhost"));
        row("binary, behind a request", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + binaryIntroduction + requestOf("GET", "/", "localhost"));
        row("behind blank lines", "\r\n" + introduction + requestOf("GET", "/", "localhost"));
        row("in a greeting of TLS", std::string("\x16\x03\x01\0\x40", 5) + introduction);
    }
    void pagesIntroduceNobody()
    {
        QFETCH(std::string, octets);
        Target target;
        for (const char *mode : {"accept", "require", "off"}) {
            Watched watched(workspaceWith("settings: { trusted-proxies: [ 127.0.0.1 ] }\n" + upstreamAt(target.url()) + "routes:\n  - name: up\n    match: { prefix: / }\n    to: { upstream: up }\n",
                                          "    proxy-protocol: " + std::string(mode) + "\n    policies: [ { ip-filter: { allow: [ 203.0.113.7 ] } } ]\n"));
            Peer peer = connectTo(watched.gateway().port());
            peer.send(octets);
            peer.shutdownSend();
            const std::string answer = peer.readAll();
            QVERIFY2(!holds(answer, "HTTP/1.1 200"), answer.c_str());
        }
        QCOMPARE(target.connections(), 0);
    }

    void strangersHaveNoIdentityOfTheirOwn_data()
    {
        QTest::addColumn<std::string>("name");
        for (const char *name : {"X-Consumer", "x-consumer", "X-CONSUMER", "X_Consumer", "x_consumer", "X-User-Name", "x_user_name", "X-User_Name"})
            QTest::newRow(name) << std::string(name);
    }
    // Neither where a policy sets it nor on a route that has none.
    void strangersHaveNoIdentityOfTheirOwn()
    {
        QFETCH(std::string, name);
        start();
        for (const char *path : {"/open", "/keyed"}) {
            const std::string answer = m_gateway->ask("GET", path, "localhost", {{"x-api-key", "key-of-ann"}, {name, "admin"}, {"Cookie", "a=b"}, {name, "root"}});
            QCOMPARE(statusOf(answer), 200);
            const std::string seen = lowered(m_target->last());
            QVERIFY2(!holds(seen, "admin") && !holds(seen, "root"), seen.c_str());
            QVERIFY2(!holds(seen, "x_consumer") && !holds(seen, "x_user_name"), seen.c_str());
        }
        QCOMPARE(fieldOf(m_target->last(), "x-consumer"), std::string("ann"));
        QCOMPARE(fieldOf(m_target->last(), "x-user-name"), std::string("user ann"));
    }

    void thereIsOnePath_data()
    {
        QTest::addColumn<std::string>("target");
        QTest::addColumn<int>("status");        // 403: the route that guards /admin took it; 400: refused
        QTest::addColumn<std::string>("upstream"); // what it sees
        const auto row = [](const char *target, int status, const char *upstream = "") { QTest::newRow(target) << std::string(target) << status << std::string(upstream); };
        for (const char *target : {"/admin", "/admin/", "/admin/x", "/%61dmin", "/%61%64%6D%69%6e/x", "/./admin", "/x/../admin", "/x/%2e%2e/admin", "/x/%2E%2e/admin/y", "/x/y/../../admin", "/%2e/admin",
                                   "/admin?a=/../b", "/admin/../admin"})
            row(target, 403);
        for (const char *target : {"/..", "/../admin", "/%2e%2e/admin", "/x/..%2fadmin", "/x/..%2Fadmin", "/x/..%5cadmin", "/x%2f..%2f..%2fadmin", "/x/..;/admin", "/x/..;a=b/admin", "/.;/admin",
                                   "/x/..%3b/admin", "/%2e%2e;/admin", "/x/%2e;y/admin", "/a%00b", "/a%0d%0aHost:%20evil", "/%", "/%2", "/%zz", "/a%7f"})
            row(target, 400);
        row("/x/..\\admin", 400); // a backslash may not stand plain in a target
        row("/admin2", 200, "/admin2");
        row("/Admin", 200, "/Admin");
        row("//admin", 200, "//admin"); // not the same resource, unless paths.merge-slashes says so
        row("/admin;a=b", 200, "/admin;a=b");
        row("/%c3%a9", 200, "/%C3%A9");
        row("/a%2fb", 200, "/a%2Fb");
        row("/%2561dmin", 200, "/%2561dmin"); // decoded once, never twice
        row("/x/%7e%2d", 200, "/x/~-");
        row("/x/.../y", 200, "/x/.../y");
    }
    void thereIsOnePath()
    {
        QFETCH(std::string, target);
        QFETCH(int, status);
        QFETCH(std::string, upstream);
        start();
        const size_t before = m_target->seen().size();
        QCOMPARE(statusOf(m_gateway->ask("GET", target)), status);
        QCOMPARE(m_target->seen().size(), before + (status == 200 ? 1 : 0));
        if (status != 200)
            return;
        QCOMPARE(targetOf(m_target->last()), upstream);
        QCOMPARE(fieldOf(m_target->last(), "x-path"), upstream); // as policies see it
    }

    void slashesMergeForAllOrForNone()
    {
        Target target;
        Watched watched(workspaceWith("settings: { paths: { merge-slashes: true, encoded-slash: decode } }\n" + routes(target)));
        for (const char *path : {"//admin", "/x//..//admin", "/%2fadmin", "/x%2f..%2fadmin", "///admin///y"})
            QCOMPARE(statusOf(watched.ask("GET", path)), 403);
        QCOMPARE(statusOf(watched.ask("GET", "//a//b%2Fc")), 200);
        QCOMPARE(targetOf(target.last()), std::string("/a/b/c"));
    }

private:
    static std::string routes(const Target &target)
    {
        return "consumers:\n  - name: ann\n    api-keys: [ key-of-ann ]\n" + upstreamAt(target.url())
            + "policies:\n  - name: told\n    headers: { request: { set: { x-client: \"{client.ip}\", x-path: \"{request.path}\" } } }\n"
              "routes:\n  - name: guard\n    match: { prefix: /admin }\n    to: { respond: { status: 403 } }\n"
              "  - name: keyed\n    match: { prefix: /keyed }\n    policies:\n      - key-auth: {}\n      - headers: { request: { set: { X-Consumer: \"{consumer}\" } } }\n"
              "    rewrite: { headers: { set: { x-user-name: \"user {consumer}\" } } }\n    to: { upstream: up }\n"
              "  - name: open\n    match: { prefix: / }\n    policies: [ told ]\n    to: { upstream: up }\n";
    }
    void start()
    {
        if (m_gateway)
            return;
        m_target = std::make_unique<Target>();
        m_gateway = std::make_unique<Watched>(workspaceWith(routes(*m_target)));
    }
    std::unique_ptr<Target> m_target;
    std::unique_ptr<Watched> m_gateway;
};

QTEST_GUILESS_MAIN(TestBelief)
#include "tst_belief.moc"
