// The exported configuration, run by the real nginx, beside Gatehouse: the same requests get the same answers and reach the same
// target with the same path and headers. What differs must be a finding of the export.
#include "gateway/base/text.h"
#include "gateway/config/document.h"
#include "gateway/config/resolve.h"
#include "gateway/exporters/exporter.h"
#include "gateway/policy/shapes.h"
#include "tests/parity/peers.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QStandardPaths>
#include <QtTest/QTest>

#include <algorithm>
#include <random>
#include <set>

using namespace gatehouse;
using test::Answer;

class TestNginxParity : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void answersTheSame_data();
    void answersTheSame();
    void limitsTheSame();
    void routesTheSame();
    void introducedTheSame();
    void switchesTheSame();

private:
    struct Pair {
        test::Program gatehouse, nginx;
        uint16_t gatehousePort = 0, nginxPort = 0;
        std::vector<exporters::Finding> findings;
    };
    bool startPair(Pair &pair, const std::string &yaml);
    bool announced(const std::string &feature) const
    {
        return std::any_of(m_pair.findings.begin(), m_pair.findings.end(), [&](const auto &f) { return f.feature == feature && f.level != exporters::Level::Exact; });
    }

    test::EchoServer m_one{"one"}, m_two{"two"};
    Pair m_pair;
};

namespace {
std::string replaced(std::string text, const std::string &what, uint16_t port)
{
    for (size_t at; (at = text.find(what)) != std::string::npos;)
        text.replace(at, what.size(), std::to_string(port));
    return text;
}

std::shared_ptr<const config::Workspace> load(const QString &folder)
{
    const auto document = config::Document::open(folder.toStdString());
    if (!document)
        return nullptr;
    config::ResolveOptions options;
    options.secrets = [](const std::string &) { return std::optional<std::string>("s3cret+key"); };
    const auto resolved = config::resolve(**document, options);
    for (const auto &problem : resolved.problems)
        qWarning("%u: %s: %s", problem.line, problem.path.c_str(), problem.message.c_str());
    return resolved.workspace;
}

std::string request(const std::string &line, const std::string &host = "localhost", const std::string &fields = {}, const std::string &body = {})
{
    return line + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + (body.empty() ? std::string() : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + body;
}
} // namespace

bool TestNginxParity::startPair(Pair &pair, const std::string &yaml)
{
    // Gatehouse.
    pair.gatehousePort = test::freePort();
    const QString folder = pair.gatehouse.folder();
    QDir(folder).mkdir(QStringLiteral("secrets"));
    test::writeFile(folder + QStringLiteral("/secrets/web-app-key"), "s3cret+key");
    QDir(folder).mkdir(QStringLiteral("workspace"));
    const QString workspace = folder + QStringLiteral("/workspace");
    test::writeFile(workspace + QStringLiteral("/gatehouse.yaml"), replaced(yaml, "@PORT@", pair.gatehousePort));
    if (!pair.gatehouse.start(test::binDir() + QStringLiteral("/gatehouse-cli"),
                              {QStringLiteral("serve"), workspace, QStringLiteral("--trust"), QStringLiteral("--secrets-dir"), folder + QStringLiteral("/secrets")}, pair.gatehousePort)) {
        qWarning("%s", pair.gatehouse.said().constData());
        return false;
    }
    // nginx.
    pair.nginxPort = test::freePort();
    test::writeFile(workspace + QStringLiteral("/../gatehouse.yaml"), replaced(yaml, "@PORT@", pair.nginxPort));
    const auto records = load(folder);
    const auto made = records ? exporters::find("nginx")->run(*records) : Result<exporters::Export>(Error::make(ErrorKind::BadInput, "no workspace"));
    if (!made) {
        qWarning("%s", made.error().message.c_str());
        return false;
    }
    pair.findings = made->findings;
    const QString prefix = pair.nginx.folder();
    for (const auto &file : made->files) {
        std::string text = file.name == "gatehouse-keys.map" ? "\"~^s3cret\\\\+key\\\\z\" \"web-app\";\n" : file.text;
        if (const auto at = text.find("http {\n"); at != std::string::npos) {
            std::string paths;
            for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
                paths += std::string(kind) + "_temp_path " + prefix.toStdString() + "/" + kind + ";\n";
            text.insert(at + 7, paths);
        }
        test::writeFile(prefix + QLatin1Char('/') + QString::fromStdString(file.name), text);
    }
    const QString globals = QStringLiteral("daemon off; pid %1/pid; error_log %1/error.log notice;").arg(prefix);
    if (!pair.nginx.start(QStringLiteral("nginx"), {QStringLiteral("-p"), prefix, QStringLiteral("-c"), QStringLiteral("nginx.conf"), QStringLiteral("-g"), globals}, pair.nginxPort)) {
        qWarning("%s", pair.nginx.said().constData());
        return false;
    }
    return true;
}

void TestNginxParity::initTestCase()
{
    if (!QFile::exists(test::binDir() + QStringLiteral("/gatehouse-cli")))
        QSKIP("gatehouse-cli is not built");
    if (QStandardPaths::findExecutable(QStringLiteral("nginx")).isEmpty())
        QSKIP("nginx is not installed");
    policy::registerShapes();
    std::string yaml = test::readFile(test::dataDir() + QStringLiteral("/parity/nginx.yaml"));
    yaml = replaced(replaced(replaced(yaml, "@ONE@", m_one.port()), "@TWO@", m_two.port()), "@GONE@", test::freePort());
    QVERIFY(startPair(m_pair, yaml));
}

void TestNginxParity::answersTheSame_data()
{
    QTest::addColumn<std::string>("sent");
    QTest::addColumn<std::string>("differs"); // the feature whose finding announces a difference of the path; empty: none
    int number = 0;
    const auto row = [&](const std::string &sent, const char *differs = "") {
        QTest::addRow("%02d %s", ++number, sent.substr(0, sent.find("\r\n")).c_str()) << sent << std::string(differs);
    };
    const std::string api = "api.shop.localhost";
    row(request("GET /v1/orders/42", api, "X-Debug: 1\r\nX-Api-Key: k\r\n"));
    row(request("GET /v1/orders/42?a=1&b=%20x", api + ":8080"));
    row(request("HEAD /v1/orders/42", api));
    row(request("GET /v1/orders/a%20b", api, "X-Request-Id: kept-1\r\n"));
    row(request("GET /v1/orders/%C3%A9", api));
    row(request("GET /v1/orders/42/", api));
    row(request("POST /v1/orders/42", api, "Content-Type: text/plain\r\n", "hello"));
    row(request("GET /v1/./x/../orders/7", api));
    row(request("GET /v1/orders", api));
    row(request("GET /v1/ordersx", api));
    row(request("GET /v1/orders/42", "API.Shop.Localhost"));
    row(request("GET /v1/orders/42"));
    row(request("GET /v1//orders/42", api));
    row(request("GET /v1/orders/a:b@c,d;e=f", api));
    row(request("GET /v1/orders/a%3Ab", api), "settings.paths");
    row(request("GET /browse/a/b?x=1", "www.shop.test"));
    row(request("GET /browse", "a.b.shop.test"));
    row(request("GET /browse/a", "shop.test"));
    row(request("GET /browse/a", "evil.example"));
    row(request("GET /browse/a", "127.0.0.1"));
    row(request("GET /edited/x?debug=1&a=2&debug=3"), "rewrite.query");
    row(request("GET /edited/x?a=2"));
    row(request("GET /edited/x"));
    row(request("GET /keyed/x"));
    row(request("GET /keyed/x", "localhost", "X-Api-Key: wrong\r\n"));
    row(request("GET /keyed/x", "localhost", "X-Api-Key: s3cret+key\r\n"));
    row(request("GET /by-query/x?a=1&key=s3cret+key&b=2"), "key-auth.query"); // + is a space in a query
    row(request("GET /by-query/x?a=1&key=s3cret%2Bkey&b=2"), "key-auth.query");
    row(request("GET /by-query/x?a=1&key=wrong"));
    row(request("GET /inside?x=$y"));
    row(request("POST /inside", "localhost", "", "body"));
    row(request("GET /outside"));
    row(request("GET /cors/x"));
    row(request("GET /cors/x", "localhost", "Origin: https://app.shop.test\r\n"));
    row(request("POST /cors/x", "localhost", "Origin: https://app.shop.test\r\n", "x"));
    row(request("POST /cors/x", "localhost", "Origin: https://evil.test\r\n", "x"));
    row(request("GET /cors/x", "localhost", "Origin: https://evil.test\r\n"));
    row(request("DELETE /cors/x"));
    row(request("OPTIONS /cors/x", "localhost", "Origin: https://app.shop.test\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-token, content-type\r\n"));
    row(request("OPTIONS /cors/x", "localhost", "Origin: https://app.shop.test\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-other\r\n"));
    row(request("OPTIONS /cors/x", "localhost", "Origin: https://evil.test\r\nAccess-Control-Request-Method: POST\r\n"));
    row(request("POST /inside", "localhost", "Sec-Fetch-Site: cross-site\r\n", "x"));
    row(request("POST /inside", "localhost", "Origin: http://localhost:3000\r\n", "x"));
    row(request("GET /old/a/b"));
    row(request("GET /old"));
    row(request("GET /old/a%20b%C3%A9"));
    row(request("GET /thing/a%2Fb?from=x"), "settings.paths");
    row(request("GET /thing/a%20b?from=x"));
    row(request("GET /products/missing"));
    row(request("GET /products/lamp"));
    row(request("POST /products/lamp", "localhost", "", "x"));
    row(request("GET /gone/x"));
    row(request("GET /choose"));
    row(request("GET /choose", "localhost", "X-Beta: 1\r\n"));
    row(request("GET /choose/"));
    row(request("GET /gatehouse/l0r0"));
    row(request("GET /edited/x", "localhost", "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nConnection: x-hop\r\nX-Hop: 1\r\nTE: trailers\r\n"), "hop");
    row(request("GET /edited/x", "localhost", "X-Long: " + std::string(40'000, 'a') + "\r\n"));
    row(request("GET /" + std::string(5000, 'p')));
}

void TestNginxParity::answersTheSame()
{
    QFETCH(std::string, sent);
    QFETCH(std::string, differs);
    const Answer a = test::send(m_pair.gatehousePort, sent), b = test::send(m_pair.nginxPort, sent);
    QVERIFY2(a.status != 0, m_pair.gatehouse.said().constData());
    QVERIFY2(b.status != 0, m_pair.nginx.said().constData());
    if (a.status != b.status || a.value("location") != b.value("location")) {
        QVERIFY2(!differs.empty() && announced(differs), qPrintable(QStringLiteral("%1 %2 against %3 %4").arg(a.status).arg(QString::fromStdString(a.value("location"))).arg(b.status).arg(QString::fromStdString(b.value("location")))));
        return;
    }
    for (const char *name : {"x-backend", "x-b", "x-c", "x-m", "server", "vary", "www-authenticate", "access-control-allow-origin", "access-control-allow-methods",
                             "access-control-allow-headers", "access-control-allow-credentials", "access-control-expose-headers", "access-control-max-age"}) {
        if (std::string_view(name) == "server" && b.value(name).starts_with("nginx"))
            continue; // its own answers
        QVERIFY2(a.value(name) == b.value(name), (std::string(name) + ": " + a.value(name) + " against " + b.value(name)).c_str());
    }
    QCOMPARE(a.value("x-request-id").empty(), b.value("x-request-id").empty());
    if (!a.requestLine().ends_with(" HTTP/1.1")) { // made here; a refusal says the same in other words
        if (a.status < 300 || a.value("content-type") == "application/json")
            QCOMPARE(QString::fromStdString(b.body), QString::fromStdString(a.body));
        QCOMPARE(b.value("content-type"), a.status == 308 || a.status == 302 || a.status == 204 ? b.value("content-type") : a.value("content-type"));
        return;
    }
    if (a.requestLine() != b.requestLine())
        QVERIFY2(!differs.empty() && announced(differs), (a.requestLine() + " against " + b.requestLine()).c_str());
    auto ours = a.received(), theirs = b.received();
    QCOMPARE(ours.count("x-request-id"), theirs.count("x-request-id"));
    for (auto *list : {&ours, &theirs}) {
        list->erase("x-request-id");
        list->erase("via");        // announced: settings, via
        list->erase("connection"); // of that connection alone
    }
    QVERIFY(announced("via"));
    if (differs == "hop") // nginx forwards what Connection names
        theirs.erase("x-hop");
    const auto text = [](const std::map<std::string, std::string> &list) {
        QString out;
        for (const auto &[name, value] : list)
            out += QString::fromStdString(name + ": " + value + "\n");
        return out;
    };
    QCOMPARE(text(theirs), text(ours));
}

void TestNginxParity::limitsTheSame()
{
    std::vector<int> ours, theirs;
    for (int i = 0; i < 9; ++i) {
        ours.push_back(test::send(m_pair.gatehousePort, request("GET /limited")).status);
        theirs.push_back(test::send(m_pair.nginxPort, request("GET /limited")).status);
    }
    QCOMPARE(ours, (std::vector<int>{200, 200, 200, 200, 200, 429, 429, 429, 429}));
    QCOMPARE(theirs, ours);
    const auto refused = test::send(m_pair.nginxPort, request("GET /limited"));
    QVERIFY(!refused.value("retry-after").empty());
    QVERIFY(announced("rate-limit.headers"));
}

// Who a PROXY header names is the client to both: in conditions, and to the upstream.
void TestNginxParity::introducedTheSame()
{
    Pair pair;
    const std::string yaml = "gatehouse: 1\nname: introduced\nsettings: { trusted-proxies: [ 10.0.0.0/8, 127.0.0.1 ], forwarded: both }\nlisteners:\n  - name: main\n    address: 127.0.0.1:@PORT@\n    proxy-protocol: require\n"
                             "upstreams:\n  - name: one\n    endpoints: [ { url: \"http://127.0.0.1:" + std::to_string(m_one.port()) + "\" } ]\n    proxy-protocol: off\nroutes:\n"
                             "  - name: office\n    match: { prefix: /, client: [ 203.0.113.0/24 ] }\n    rewrite: { add-prefix: /office }\n    to: { upstream: one }\n"
                             "  - name: rest\n    match: { prefix: / }\n    to: { upstream: one }\n";
    QVERIFY(startPair(pair, yaml));
    const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
    for (const std::string &header : {std::string("PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n"), std::string("PROXY TCP4 198.51.100.7 192.0.2.1 4711 80\r\n"), std::string("PROXY TCP6 2001:db8::7 ::1 4711 80\r\n"),
                                      std::string("PROXY TCP4 10.1.2.3 192.0.2.1 4711 80\r\n"), std::string("PROXY UNKNOWN\r\n"), signature + std::string("\x21\x11\0\x0c\xcb\0\x71\x07\xc0\0\x02\x01\x12\x67\0\x50", 16),
                                      signature + std::string("\x20\0\0\0", 4)}) {
        const std::string text = header + request("GET /a", "localhost", "X-Forwarded-For: 6.6.6.6\r\n");
        const Answer ours = test::send(pair.gatehousePort, text), theirs = test::send(pair.nginxPort, text);
        QCOMPARE(ours.status, 200);
        QCOMPARE(theirs.status, 200);
        QCOMPARE(theirs.requestLine(), ours.requestLine());
        for (const char *name : {"x-forwarded-for", "forwarded"})
            QVERIFY2(theirs.received()[name] == ours.received()[name], (header + theirs.received()[name] + " / " + ours.received()[name]).c_str());
    }
    QCOMPARE(test::send(pair.gatehousePort, request("GET /a")).status, 0); // neither takes one who is not introduced
    QCOMPARE(test::send(pair.nginxPort, request("GET /a")).status, 0);
}

// What a client wishes to switch to, as the backend gets it.
void TestNginxParity::switchesTheSame()
{
    Pair pair;
    QVERIFY(startPair(pair, "gatehouse: 1\nname: switches\nlisteners:\n  - name: main\n    address: 127.0.0.1:@PORT@\nupstreams:\n  - name: one\n    endpoints: [ { url: \"http://127.0.0.1:"
                                + std::to_string(m_one.port()) + "\" } ]\nroutes:\n  - name: all\n    match: { prefix: / }\n    to: { upstream: one }\n"));
    for (const char *fields : {"Connection: Upgrade\r\nUpgrade: websocket\r\n", "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n", "Upgrade: websocket\r\n",
                               "Connection: upgrade\r\nUpgrade: SPDY/3.1\r\n", "Connection: upgrade\r\nUpgrade: tcp, x/1\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\n",
                               "Connection: upgrade\r\nUpgrade: HTTP/2.0\r\n", "Connection: upgrade\r\nUpgrade: TLS/1.3\r\n", "Connection: upgrade\r\nUpgrade: http-like\r\n",
                               "Connection: upgrade\r\nUpgrade: web socket\r\n", "Connection: upgraded\r\nUpgrade: websocket\r\n", ""}) {
        const std::string text = request("GET /a", "localhost", fields);
        const Answer ours = test::send(pair.gatehousePort, text), theirs = test::send(pair.nginxPort, text);
        QCOMPARE(ours.status, 200);
        QCOMPARE(theirs.status, 200);
        for (const char *name : {"upgrade", "connection"})
            QVERIFY2(theirs.received()[name] == ours.received()[name], (fields + theirs.received()[name] + " / " + ours.received()[name]).c_str());
    }
}

// Random requests over a workspace of nothing but conditions: the same route answers.
void TestNginxParity::routesTheSame()
{
    Pair pair;
    std::string yaml = test::readFile(test::dataDir() + QStringLiteral("/exporters/nginx/conditions/gatehouse.yaml"));
    yaml.replace(yaml.find("127.0.0.1:8080"), 14, "127.0.0.1:@PORT@");
    QVERIFY(startPair(pair, yaml));
    std::mt19937 random(17);
    const auto pick = [&](const std::vector<std::string> &all) { return all[random() % all.size()]; };
    std::set<std::string> seen;
    for (int i = 0; i < 500; ++i) {
        std::string target = pick({"/a", "/a/", "/a/7", "/a/x", "/a/p", "/a/p/q", "/ab", "/files/x/y", "/files/", "/files", "/r/abc", "/r/A", "/q", "/q/x", "/h", "/c", "/n", "/", "/zzz", "/q%2Fx/.."});
        const std::string query = pick({"", "", "?expand", "?expand=1&a+b=c%26d", "?a%20b=c%26d&expand=&debug", "?kind=x", "?kind=z1", "?kind=q&kind=y", "?kind="});
        std::string fields;
        for (const char *field : {"X-Beta: 1\r\n", "X-Beta: 2\r\n", "X-A: a\"bc\r\n", "X-B: z$\r\n", "X-C: abc\r\n", "X-C: ABC\r\n", "X-D: x{y\r\n", "Cookie: theme=dark\r\n", "Cookie: a=1; theme=dark; b=2\r\n", "Cookie: theme=darker\r\n"}) {
            if (random() % 3 == 0 && fields.find(std::string(field).substr(0, std::string(field).find(':'))) == std::string::npos)
                fields += field;
        }
        if (target.starts_with("/q%2F"))
            continue; // announced: settings.paths
        const std::string sent = request(pick({"GET", "GET", "POST", "PUT", "HEAD"}) + " " + target + query, pick({"localhost", "www.shop.test", "x.y.shop.test", "WWW.shop.test:99"}), fields);
        const Answer a = test::send(pair.gatehousePort, sent), b = test::send(pair.nginxPort, sent);
        QVERIFY2(a.status == b.status && (a.status != 200 || a.body == b.body) && a.value("location") == b.value("location"),
                 (sent + "\nGatehouse: " + std::to_string(a.status) + " " + a.body + "\nnginx: " + std::to_string(b.status) + " " + b.body).c_str());
        seen.insert(a.body);
    }
    QVERIFY2(seen.size() >= 12, qPrintable(QString::number(seen.size())));
}

QTEST_GUILESS_MAIN(TestNginxParity)
#include "tst_nginx.moc"
