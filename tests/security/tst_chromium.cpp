// A real browser's pages from other sites attack a running gateway: forms, fetch with and without CORS, preflights, WebSocket, and a
// name that changes its address to the gateway's. Nothing of it may reach an upstream or a mock; what a cors policy lets in works.
#include "gateway/config/document.h"
#include "gateway/config/resolve.h"
#include "gateway/engine/engine.h"
#include "gateway/policy/shapes.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QMap>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

constexpr int browserMillis = 90'000; // a browser that starts on a busy machine

// Serves the pages and takes their reports. As `relay` it stands at the gateway's port of another address: once a page has asked for
// /switch, each connection leads to the gateway, as if the name had changed its address.
class PageServer final : public QTcpServer {
public:
    explicit PageServer(QHostAddress address, uint16_t port = 0)
    {
        if (!listen(address, port))
            qFatal("no port for the pages: %s", qPrintable(errorString()));
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection())
                take(socket);
        });
    }
    QMap<QString, QByteArray> pages;        // by "host/path"
    QMap<QString, QJsonObject> reports;     // by the page's host
    uint16_t relayTo = 0;                   // 0: none
    bool switched = false;

private:
    void take(QTcpSocket *socket)
    {
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        auto *own = new QObject(socket);
        connect(socket, &QTcpSocket::readyRead, own, [this, socket, own] {
            if (switched) { // browsers connect ahead: also what was opened before leads to the gateway now
                disconnect(socket, nullptr, own, nullptr);
                relay(socket);
                return;
            }
            const QByteArray all = socket->peek(1 << 20);
            const qsizetype end = all.indexOf("\r\n\r\n");
            if (end < 0)
                return;
            const QByteArray head = all.left(end);
            const qsizetype length = head.toLower().indexOf("content-length:");
            const qsizetype body = length < 0 ? 0 : head.mid(length + 15, head.indexOf("\r\n", length) < 0 ? -1 : head.indexOf("\r\n", length) - length - 15).trimmed().toLongLong();
            if (all.size() < end + 4 + body)
                return;
            socket->readAll();
            answer(socket, head, all.mid(end + 4, body));
        });
    }
    void answer(QTcpSocket *socket, const QByteArray &head, const QByteArray &body)
    {
        const QString path = QString::fromLatin1(head.split(' ').value(1));
        const qsizetype at = head.toLower().indexOf("\r\nhost:");
        const QString host = QString::fromLatin1(head.mid(at + 7, head.indexOf("\r\n", at + 2) < 0 ? -1 : head.indexOf("\r\n", at + 2) - at - 7).trimmed()).section(QLatin1Char(':'), 0, 0);
        if (path.startsWith(QLatin1String("/report/")))
            reports.insert(path.mid(8), QJsonDocument::fromJson(body).object());
        if (path == QLatin1String("/switch"))
            switched = true;
        const QByteArray page = pages.value(host + path, "nothing here");
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: "
                      + QByteArray::number(page.size()) + "\r\n\r\n" + page);
        socket->disconnectFromHost();
    }
    void relay(QTcpSocket *socket)
    {
        auto *gateway = new QTcpSocket(socket);
        gateway->connectToHost(QHostAddress(QHostAddress::LocalHost), relayTo);
        gateway->write(socket->readAll());
        connect(socket, &QTcpSocket::readyRead, gateway, [socket, gateway] { gateway->write(socket->readAll()); });
        connect(gateway, &QTcpSocket::readyRead, socket, [socket, gateway] { socket->write(gateway->readAll()); });
        connect(gateway, &QTcpSocket::disconnected, socket, &QTcpSocket::disconnectFromHost);
        connect(socket, &QTcpSocket::disconnected, gateway, &QTcpSocket::disconnectFromHost);
    }
};

// What every hostile page tries. GATE is the gateway, NAME the page's, REPORT where it tells, NEXT where it goes then.
const char *const attack = R"(<!doctype html><title>attack</title><body><script>
const out = {};
async function attempt(name, run) { try { out[name] = String(await run()); } catch (e) { out[name] = 'failed: ' + e.name; } }
function form() {
  return new Promise(done => {
    const frame = document.createElement('iframe'); frame.name = 'hidden'; document.body.append(frame);
    const form = document.createElement('form');
    form.method = 'POST'; form.action = 'GATE/api/NAME/form'; form.target = 'hidden'; form.innerHTML = '<input name=a value=1>';
    document.body.append(form);
    setTimeout(() => done('gave up'), 5000);
    setTimeout(() => { frame.onload = () => done('loaded'); form.submit(); }, 50);
  });
}
function socket() {
  return new Promise(done => {
    const s = new WebSocket('GATE/api/NAME/socket'.replace('http', 'ws'));
    s.onopen = () => done('open'); s.onerror = () => done('refused');
  });
}
(async () => {
  await attempt('simple', () => fetch('GATE/api/NAME/simple', { method: 'POST', mode: 'no-cors', body: 'a=1' }).then(r => r.type));
  await attempt('readable', () => fetch('GATE/api/NAME/readable', { method: 'POST', body: 'a=1' }).then(r => r.status));
  await attempt('preflighted', () => fetch('GATE/api/NAME/preflighted', { method: 'PUT', headers: { 'x-a': '1' }, body: '{}' }).then(r => r.status));
  await attempt('mock', () => fetch('GATE/mock/NAME', { method: 'POST', mode: 'no-cors', body: 'a=1' }).then(r => r.type));
  await attempt('form', form);
  await attempt('socket', socket);
  await attempt('allowed', () => fetch('GATE/allowed/NAME/simple', { method: 'POST', body: 'a=1' }).then(r => r.status));
  await attempt('allowedPreflighted', () => fetch('GATE/allowed/NAME/preflighted', { method: 'PUT', headers: { 'x-a': '1' }, body: '{}' }).then(r => r.status));
  await fetch('REPORT/report/NAME', { method: 'POST', mode: 'no-cors', body: JSON.stringify(out) });
  location.href = 'NEXT';
})();
</script>)";

// A page at a name of the attacker's, whose address then becomes the gateway's: for the browser all is one site.
const char *const rebinding = R"(<!doctype html><title>rebinding</title><script>
const out = {};
async function attempt(name, run) { try { out[name] = String(await run()); } catch (e) { out[name] = 'failed: ' + e.name; } }
(async () => {
  await fetch('/switch', { method: 'POST', body: '' });
  await attempt('get', () => fetch('/api/NAME/get').then(r => r.status));
  await attempt('post', () => fetch('/api/NAME/post', { method: 'POST', body: 'a=1' }).then(r => r.status));
  await fetch('REPORT/report/NAME', { method: 'POST', mode: 'no-cors', body: JSON.stringify(out) });
})();
</script>)";

QString browser()
{
    for (const char *name : {"chromium", "chromium-browser", "google-chrome"})
        if (const QString path = QStandardPaths::findExecutable(QLatin1String(name)); !path.isEmpty())
            return path;
    return {};
}

} // namespace

class TestChromium : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<FakeUpstream> m_upstream;
    FakeUpstream *m_self = nullptr;
    std::unique_ptr<engine::Engine> m_engine;
    std::unique_ptr<PageServer> m_pages, m_rebound;
    QTemporaryDir m_profile;
    QProcess m_browser;
    uint16_t m_port = 0;

    void startGateway()
    {
        const std::string text = "gatehouse: 1\nname: shop\nlisteners:\n  - { name: main, address: \"127.0.0.1:0\" }\n"
                                 "upstreams:\n  - { name: u, endpoints: [ { url: \"" + m_upstream->url() + "\" } ] }\n"
                                 "mocks:\n  - { name: m, responses: [ { body: mocked } ] }\n"
                                 "routes:\n  - { name: api, match: { prefix: /api }, to: { upstream: u } }\n"
                                 "  - { name: mock, match: { prefix: /mock }, to: { mock: m } }\n"
                                 "  - name: allowed\n    match: { prefix: /allowed }\n    to: { upstream: u }\n    policies:\n"
                                 "      - cors: { origins: [ \"http://shop.test:" + std::to_string(m_pages->serverPort()) + "\" ], methods: [ POST, PUT ], headers: [ x-a ] }\n";
        const auto document = config::Document::fromText(text);
        const config::Resolved resolved = config::resolve(*document);
        QVERIFY2(resolved.workspace, resolved.problems.empty() ? "" : resolved.problems[0].text().c_str());
        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        m_engine = std::make_unique<engine::Engine>(options);
        bool runs = false;
        m_engine->api().apply.apply(resolved.workspace, [&](const api::Applied &applied) {
            QVERIFY(applied.ok);
            m_engine->api().apply.start([&](const Result<void> &started) { runs = started.ok(); });
        });
        QVERIFY(waitFor("the gateway to run", [&] { return runs; }));
        m_port = uint16_t(QString::fromStdString(m_engine->api().apply.status().listeners.at(0).address).section(QLatin1Char(':'), -1).toUInt());
    }

    QByteArray page(const char *text, const QString &name, const QString &next) const
    {
        QByteArray out = text;
        out.replace("GATE", QStringLiteral("http://localhost:%1").arg(m_port).toLatin1());
        out.replace("NAME", name.toLatin1());
        out.replace("REPORT", QStringLiteral("http://evil.test:%1").arg(m_pages->serverPort()).toLatin1());
        out.replace("NEXT", next.toLatin1());
        return out;
    }

    std::vector<observe::Row> rows() const
    {
        std::vector<observe::Row> out;
        for (const observe::Row &row : m_engine->api().exchanges.since(0, 10000).rows)
            if (row.state == observe::State::Final)
                out.push_back(row);
        return out;
    }
    // Of requests to that path with that method; empty: none came.
    std::vector<observe::Verdict> verdicts(std::string_view method, const std::string &path) const
    {
        std::vector<observe::Verdict> out;
        for (const observe::Row &row : rows())
            if (row.method == method && row.path == path)
                out.push_back(row.verdict);
        return out;
    }
    // What reached the upstream from that page, but for preflights, which carry nothing of it.
    QStringList reached(const QString &name) const
    {
        QStringList out;
        for (const std::string &noted : m_upstream->noted()) {
            const QString line = QString::fromStdString(noted).section(QLatin1String("\r\n"), 0, 0);
            if (line.contains(QLatin1Char('/') + name + QLatin1Char('/')) && !line.startsWith(QLatin1String("OPTIONS ")))
                out << line;
        }
        return out;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString program = browser();
        if (program.isEmpty())
            QSKIP("there is no chromium here; packaging/dev deps test installs it");
        policy::registerShapes();
        m_upstream = std::make_unique<FakeUpstream>(answering(m_self, "from the upstream"));
        m_self = m_upstream.get();
        m_pages = std::make_unique<PageServer>(QHostAddress(QHostAddress::LocalHost));
        startGateway();
        QVERIFY(m_port != 0);
        m_rebound = std::make_unique<PageServer>(QHostAddress(QStringLiteral("127.0.0.2")), m_port);
        m_rebound->relayTo = m_port;
        const QString at = QStringLiteral(":%1/attack").arg(m_pages->serverPort());
        m_pages->pages = {{QStringLiteral("evil.localhost/attack"), page(attack, QStringLiteral("neighbour"), QStringLiteral("http://evil.test") + at)},
                          {QStringLiteral("evil.test/attack"), page(attack, QStringLiteral("stranger"), QStringLiteral("http://shop.test") + at)},
                          {QStringLiteral("shop.test/attack"), page(attack, QStringLiteral("friend"), QStringLiteral("http://rebind.test:%1/attack").arg(m_port))}};
        m_rebound->pages = {{QStringLiteral("rebind.test/attack"), page(rebinding, QStringLiteral("rebound"), {})}};
        m_browser.setProcessChannelMode(QProcess::MergedChannels);
        m_browser.start(program, {QStringLiteral("--headless"), QStringLiteral("--no-sandbox"), QStringLiteral("--disable-gpu"), QStringLiteral("--disable-quic"), QStringLiteral("--no-first-run"),
                                  QStringLiteral("--disable-background-networking"), QStringLiteral("--disable-component-update"), QStringLiteral("--disable-sync"),
                                  QStringLiteral("--disable-dev-shm-usage"), QStringLiteral("--disable-breakpad"), QStringLiteral("--disable-extensions"), QStringLiteral("--no-proxy-server"),
                                  QStringLiteral("--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,OptimizationHints,MediaRouter"),
                                  QStringLiteral("--user-data-dir=") + m_profile.path(),
                                  QStringLiteral("--host-resolver-rules=MAP rebind.test 127.0.0.2,MAP evil.test 127.0.0.1,MAP shop.test 127.0.0.1,MAP * ~NOTFOUND,"
                                                 "EXCLUDE localhost,EXCLUDE *.localhost,EXCLUDE 127.0.0.1,EXCLUDE 127.0.0.2"),
                                  QStringLiteral("http://evil.localhost") + at});
        QVERIFY2(waitFor("the last page's report", [&] {
            return m_pages->reports.contains(QStringLiteral("rebound")) || m_browser.state() == QProcess::NotRunning;
        }, browserMillis), m_browser.readAll().constData());
        QVERIFY2(m_pages->reports.size() == 4, m_browser.readAll().constData());
        for (auto report = m_pages->reports.cbegin(); report != m_pages->reports.cend(); ++report)
            qInfo("%s: %s", qPrintable(report.key()), QJsonDocument(report.value()).toJson(QJsonDocument::Compact).constData());
    }

    void cleanupTestCase()
    {
        if (m_browser.state() != QProcess::NotRunning) {
            m_browser.terminate();
            if (!m_browser.waitForFinished(10'000))
                m_browser.kill();
            m_browser.waitForFinished();
        }
        m_engine.reset();
    }

    void otherSitesReachNothing_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("another port of a local name") << QStringLiteral("neighbour");
        QTest::newRow("a name from elsewhere") << QStringLiteral("stranger");
    }
    void otherSitesReachNothing()
    {
        QFETCH(QString, name);
        const QJsonObject report = m_pages->reports.value(name);
        QCOMPARE(reached(name), QStringList());
        const std::string at = "/api/" + name.toStdString();
        for (const char *what : {"/simple", "/readable", "/form"}) {
            const auto found = verdicts("POST", at + what);
            QVERIFY2(!found.empty(), what); // it was sent, or the test proves nothing
            for (const observe::Verdict verdict : found)
                QCOMPARE(QString::fromUtf8(observe::name(verdict).data()), QStringLiteral("refused: cross-site"));
        }
        const auto mock = verdicts("POST", "/mock/" + name.toStdString());
        QVERIFY(!mock.empty());
        QCOMPARE(int(mock.front()), int(observe::Verdict::RefusedCrossSite));
        const auto socket = verdicts("GET", at + "/socket");
        QVERIFY(!socket.empty());
        QCOMPARE(int(socket.front()), int(observe::Verdict::RefusedCrossSite));
        QVERIFY(verdicts("PUT", at + "/preflighted").empty()); // its preflight was not answered in its favour
        QCOMPARE(report.value(QLatin1String("readable")).toString(), QStringLiteral("failed: TypeError"));
        QCOMPARE(report.value(QLatin1String("preflighted")).toString(), QStringLiteral("failed: TypeError"));
        QCOMPARE(report.value(QLatin1String("socket")).toString(), QStringLiteral("refused"));
        QCOMPARE(report.value(QLatin1String("allowed")).toString(), QStringLiteral("failed: TypeError")); // by cors, but to others
    }

    void whatCorsNamesWorks()
    {
        const QJsonObject report = m_pages->reports.value(QStringLiteral("friend"));
        QCOMPARE(report.value(QLatin1String("allowed")).toString(), QStringLiteral("200"));
        QCOMPARE(report.value(QLatin1String("allowedPreflighted")).toString(), QStringLiteral("200"));
        QCOMPARE(reached(QStringLiteral("friend")), (QStringList{QStringLiteral("POST /allowed/friend/simple HTTP/1.1"), QStringLiteral("PUT /allowed/friend/preflighted HTTP/1.1")}));
        const auto elsewhere = verdicts("POST", "/api/friend/simple"); // only where the policy stands
        QVERIFY(!elsewhere.empty());
        QCOMPARE(int(elsewhere.front()), int(observe::Verdict::RefusedCrossSite));
    }

    void aReboundNameReachesNothing()
    {
        const QJsonObject report = m_pages->reports.value(QStringLiteral("rebound"));
        QCOMPARE(report.value(QLatin1String("get")).toString(), QStringLiteral("421"));
        QCOMPARE(report.value(QLatin1String("post")).toString(), QStringLiteral("421"));
        QCOMPARE(reached(QStringLiteral("rebound")), QStringList());
        for (auto [method, path] : {std::pair("GET", "/api/rebound/get"), std::pair("POST", "/api/rebound/post")}) {
            const auto found = verdicts(method, path);
            QVERIFY2(!found.empty(), path);
            QCOMPARE(QString::fromUtf8(observe::name(found.front()).data()), QStringLiteral("refused: host"));
        }
    }
};

QTEST_GUILESS_MAIN(TestChromium)
#include "tst_chromium.moc"
