// PROXY headers on the wire: what a client is called after one came in, and what becomes of a connection that begins with another thing.
#include "gateway/http/proxyprotocol.h"
#include "tests/support/dataplane.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using observe::Verdict;
using Proxy = config::ProxyIn;

namespace {

const std::string get = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string line = "PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n";
const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string binary = signature + "\x21\x11\0\x0c\xcb\0\x71\x07\xc0\0\x02\x01\x12\x67\0\x50"s;

DataPlane::Setup through(const FakeUpstream &upstream, Proxy proxy)
{
    DataPlane::Setup setup = test::through(upstream.url());
    setup.proxyProtocol = proxy;
    return setup;
}

DataPlane::Setup responding(Proxy proxy)
{
    DataPlane::Setup setup;
    setup.routes.push_back(toResponse(200, "here"));
    setup.proxyProtocol = proxy;
    return setup;
}

Cidr block(const char *text) { return *Cidr::parse(text); }

} // namespace

class TestProxyProtocol : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theHeaderNamesTheClient_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QString>("ip");
        QTest::addColumn<QString>("client");
        const auto row = [](const char *name, const std::string &header, const char *ip, const char *client) {
            QTest::newRow(name) << QByteArray::fromStdString(header) << QString::fromLatin1(ip) << QString::fromLatin1(client);
        };
        row("line", line, "203.0.113.7", "203.0.113.7:4711");
        row("line, IPv6", "PROXY TCP6 2001:db8::7 ::1 4711 80\r\n", "2001:db8::7", "[2001:db8::7]:4711");
        row("line, mapped", "PROXY TCP6 ::ffff:203.0.113.7 ::1 4711 80\r\n", "203.0.113.7", "203.0.113.7:4711");
        row("binary", binary, "203.0.113.7", "203.0.113.7:4711");
        row("binary, Unix", signature + "\x21\x31\0\xd8"s + std::string(216, '\0'), "unknown", "unix");
        row("line, unknown", "PROXY UNKNOWN\r\n", "127.0.0.1", "127.0.0.1:");
        row("binary, local", signature + "\x20\0\0\0"s, "127.0.0.1", "127.0.0.1:");
        row("binary, unspecified", signature + "\x21\0\0\x03 xx"s, "127.0.0.1", "127.0.0.1:");
    }
    void theHeaderNamesTheClient()
    {
        QFETCH(QByteArray, header);
        QFETCH(QString, ip);
        QFETCH(QString, client);
        for (const Proxy proxy : {Proxy::Require, Proxy::Accept}) {
            FakeUpstream *self = nullptr;
            FakeUpstream upstream(answering(self, "ok"));
            self = &upstream;
            DataPlane plane(through(upstream, proxy));
            Peer peer = connectTo(plane.port());
            peer.send(header.toStdString() + get);
            QCOMPARE(statusOf(peer.readMessage()), 200);
            peer.send(get); // the next request on it is that client's too
            QCOMPARE(statusOf(peer.readMessage()), 200);
            for (const std::string &sent : upstream.noted())
                QCOMPARE(fieldOf(sent, "x-forwarded-for"), ip.toStdString());
            QCOMPARE(upstream.noted().size(), size_t(2));
            for (const size_t index : {0u, 1u})
                QVERIFY2(plane.waitForFinal(index).row.client.starts_with(client.toStdString()), std::string(plane.finals()[index].client).c_str());
        }
    }

    void howeverItIsCut_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("line") << QByteArray::fromStdString(line);
        QTest::newRow("binary") << QByteArray::fromStdString(binary);
        QTest::newRow("none") << QByteArray();
        QTest::newRow("none, blank lines") << QByteArray("\r\n\r\n");
    }
    void howeverItIsCut()
    {
        QFETCH(QByteArray, header);
        const std::string method = header.isEmpty() ? "PROPFIND" : "GET"; // it begins like a header
        const std::string octets = header.toStdString() + method + get.substr(3);
        const std::string client = header.startsWith("PROXY") || header.size() > 12 ? "203.0.113.7:4711" : "127.0.0.1:";
        DataPlane plane(responding(Proxy::Accept));
        size_t count = 0;
        for (size_t cut = 1; cut < octets.size(); cut += cut < size_t(header.size()) + 9 ? 1 : 7, ++count) {
            Peer peer = connectTo(plane.port());
            peer.send(octets.substr(0, cut));
            peer.send(octets.substr(cut));
            QCOMPARE(statusOf(peer.readMessage()), 200);
        }
        Peer slow = connectTo(plane.port());
        for (const char c : octets)
            slow.send({&c, 1});
        QCOMPARE(statusOf(slow.readMessage()), 200);
        plane.waitForFinal(count);
        for (const auto &row : plane.finals())
            QVERIFY2(row.client.starts_with(client), std::string(row.client).c_str());
    }

    void whatIsNoHeaderIsCutOff_data()
    {
        QTest::addColumn<QByteArray>("octets");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("acceptToo"); // also where a header is only accepted
        const auto row = [](const char *name, const std::string &octets, const char *code, bool acceptToo = true) {
            QTest::newRow(name) << QByteArray::fromStdString(octets) << QString::fromLatin1(code) << acceptToo;
        };
        row("plain HTTP", get, "proxy-missing", false);
        row("garbage", "\x16\x03\x01\x02\0\x01garbage"s, "proxy-missing", false);
        row("blank lines", "\r\n\r\n" + get, "proxy-missing", false);
        row("a method of that name", "PROXY /a HTTP/1.1\r\nHost: localhost\r\n\r\n", "proxy-bad-line");
        row("bare LF", "PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\n" + get, "proxy-bad-line");
        row("bad address", "PROXY TCP4 203.0.113.07 192.0.2.1 4711 80\r\n" + get, "proxy-bad-address");
        row("bad port", "PROXY TCP4 203.0.113.7 192.0.2.1 4711 080\r\n" + get, "proxy-bad-port");
        row("line too long", "PROXY UNKNOWN " + std::string(200, 'x') + "\r\n" + get, "proxy-line-too-long");
        row("line without end", "PROXY " + std::string(100'000, 'x'), "proxy-line-too-long");
        row("version 3", signature + "\x31\x11\0\x0c"s + get, "proxy-bad-version");
        row("too short", signature + "\x21\x11\0\x02xx"s + get, "proxy-block-too-short");
        row("too long", signature + "\x21\x11\xff\xff"s + std::string(70'000, 'x'), "proxy-header-too-long");
        row("bad TLV", signature + "\x21\x11\0\x0e\xcb\0\x71\x07\xc0\0\x02\x01\x12\x67\0\x50xx"s + get, "proxy-bad-tlv");
    }
    void whatIsNoHeaderIsCutOff()
    {
        QFETCH(QByteArray, octets);
        QFETCH(QString, code);
        QFETCH(bool, acceptToo);
        for (const Proxy proxy : acceptToo ? std::vector{Proxy::Require, Proxy::Accept} : std::vector{Proxy::Require}) {
            FakeUpstream *self = nullptr;
            FakeUpstream upstream(answering(self, "ok"));
            self = &upstream;
            DataPlane plane(through(upstream, proxy));
            Peer peer = connectTo(plane.port());
            peer.send(octets.toStdString());
            QVERIFY(peer.closedByPeer());
            const auto stored = plane.waitForFinal();
            QCOMPARE(int(stored.row.verdict), int(Verdict::Malformed));
            QCOMPARE(stored.row.status, uint16_t(0));
            QCOMPARE(std::string(stored.row.error), code.toStdString());
            QVERIFY(stored.row.client.starts_with("127.0.0.1:"));
            QCOMPARE(upstream.connections(), 0);
            QCOMPARE(plane.finals().size(), size_t(1));
            QVERIFY(waitFor("the connection to be gone", [&] { return plane.metrics.totals().connections == 0; }));
        }
    }

    // Only the beginning of a connection is looked at.
    void afterTheFirstRequestItIsHttp()
    {
        DataPlane plane(responding(Proxy::Accept));
        Peer peer = connectTo(plane.port());
        peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(line.size()) + "\r\n\r\n" + line + get);
        QCOMPARE(statusOf(peer.readMessage()), 200);
        QCOMPARE(statusOf(peer.readMessage()), 200);
        peer.send(line + get);
        QCOMPARE(statusOf(peer.readMessage()), 400);
        QVERIFY(peer.closedByPeer());
        for (const size_t index : {0u, 1u, 2u})
            QVERIFY(plane.waitForFinal(index).row.client.starts_with("127.0.0.1:"));
        DataPlane once(responding(Proxy::Require));
        peer = connectTo(once.port());
        peer.send(line + line + get);
        QCOMPARE(statusOf(peer.readMessage()), 400);
    }

    void aHeaderThatIsLateEndsIt_data()
    {
        QTest::addColumn<QByteArray>("half");
        QTest::newRow("line") << QByteArray("PROXY TCP4 203.0");
        QTest::newRow("binary") << QByteArray::fromStdString(binary.substr(0, 20));
        QTest::newRow("so far either") << QByteArray("\r\n");
    }
    void aHeaderThatIsLateEndsIt()
    {
        QFETCH(QByteArray, half);
        for (const Proxy proxy : {Proxy::Require, Proxy::Accept}) {
            auto setup = responding(proxy);
            setup.limits.headerTimeout = 50ms;
            DataPlane plane(setup);
            Peer peer = connectTo(plane.port());
            peer.send(half.toStdString());
            QVERIFY(peer.closedByPeer());
            const auto stored = plane.waitForFinal();
            QCOMPARE(std::string(stored.row.error), std::string("proxy-late"));
            QCOMPARE(int(stored.row.verdict), int(Verdict::Malformed));
        }
    }
    // Behind a header the times are those of any connection.
    void aHeadThatIsLateIsAnswered()
    {
        auto setup = responding(Proxy::Require);
        setup.limits.headerTimeout = 50ms;
        DataPlane plane(setup);
        Peer peer = connectTo(plane.port());
        peer.send(line + "GET / HT");
        QCOMPARE(statusOf(peer.readMessage()), 408);
        QCOMPARE(std::string(plane.waitForFinal().row.client), std::string("203.0.113.7:4711"));
    }
    void whoSaysNothingLeavesNoRecord()
    {
        auto setup = responding(Proxy::Require);
        setup.limits.headerTimeout = 50ms;
        DataPlane plane(setup);
        Peer silent = connectTo(plane.port());
        QVERIFY(silent.closedByPeer());
        setup.limits.headerTimeout = 10s;
        DataPlane patient(setup);
        for (const std::string &some : {std::string(), line.substr(0, 9), line, binary, line + "GET / HT"}) {
            Peer gone = connectTo(patient.port());
            gone.send(some);
            gone.shutdownSend();
            QVERIFY(gone.closedByPeer());
        }
        QVERIFY(waitFor("the connections to be gone", [&] { return patient.metrics.totals().connections == 0; }));
        Peer peer = connectTo(patient.port());
        peer.send(line + get);
        QCOMPARE(statusOf(peer.readMessage()), 200);
        QCOMPARE(patient.waitForFinal().row.status, uint16_t(200));
        QCOMPARE(patient.finals().size(), size_t(1));
        QCOMPARE(plane.finals().size(), size_t(0));
    }

    // What a trusted proxy says is believed further, so only such a one may speak for another.
    void onlyATrustedProxyNamesAnother()
    {
        const std::string names = "PROXY TCP4 10.1.2.3 192.0.2.1 4711 80\r\n", request = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n";
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(answering(self, "ok"));
        self = &upstream;
        auto setup = through(upstream, Proxy::Require);
        setup.settings.trustedProxies = {block("10.0.0.0/8")};
        {
            DataPlane plane(setup);
            Peer peer = connectTo(plane.port());
            peer.send(names + request);
            QVERIFY(peer.closedByPeer());
            QCOMPARE(std::string(plane.waitForFinal().row.error), std::string("proxy-untrusted"));
            QCOMPARE(upstream.connections(), 0);
            peer = connectTo(plane.port());
            peer.send(line + request);
            QCOMPARE(statusOf(peer.readMessage()), 200);
            QCOMPARE(fieldOf(upstream.noted().back(), "x-forwarded-for"), std::string("203.0.113.7"));
        }
        setup.settings.trustedProxies.push_back(block("127.0.0.0/8"));
        DataPlane plane(setup);
        Peer peer = connectTo(plane.port());
        peer.send(names + request);
        QCOMPARE(statusOf(peer.readMessage()), 200);
        QCOMPARE(fieldOf(upstream.noted().back(), "x-forwarded-for"), std::string("6.6.6.6, 10.1.2.3"));
    }

    void whoIsBelieved()
    {
        runtime::Settings settings;
        const auto ip = [](const char *text) { return *IpAddress::parse(text); };
        for (const char *peer : {"127.0.0.1", "127.9.9.9", "::1", "::"}) // the last: of a Unix socket
            QVERIFY(settings.believesIntroduction(ip(peer), ip("203.0.113.7")));
        for (const char *peer : {"192.168.0.2", "10.0.0.1", "2001:db8::1", "0.0.0.0", "128.0.0.1"})
            QVERIFY(!settings.believesIntroduction(ip(peer), ip("203.0.113.7")));
        settings.trustedProxies = {block("10.0.0.0/8")};
        QVERIFY(settings.believesIntroduction(ip("10.0.0.1"), ip("203.0.113.7")));
        QVERIFY(settings.believesIntroduction(ip("10.0.0.1"), ip("10.0.0.2")));
        QVERIFY(!settings.believesIntroduction(ip("127.0.0.1"), ip("10.0.0.2")));
        QVERIFY(!settings.believesIntroduction(ip("192.168.0.2"), ip("127.0.0.1")));
    }

    void aNewConfigurationIsForNewConnections()
    {
        DataPlane plane(responding(Proxy::Off));
        Peer before = connectTo(plane.port());
        QVERIFY(waitFor("the connection", [&] { return plane.metrics.totals().connections == 1; }));
        plane.setup.proxyProtocol = Proxy::Require;
        plane.apply();
        Peer after = connectTo(plane.port());
        before.send(get);
        QCOMPARE(statusOf(before.readMessage()), 200);
        after.send(line + get);
        QCOMPARE(statusOf(after.readMessage()), 200);
        QCOMPARE(std::string(plane.waitForFinal(1).row.client), std::string("203.0.113.7:4711"));
    }

    void drainingWaitsForNoHeader()
    {
        DataPlane plane(responding(Proxy::Require));
        Peer silent = connectTo(plane.port()), half = connectTo(plane.port());
        half.send("PROXY TCP");
        QVERIFY(waitFor("both connections", [&] { return plane.metrics.totals().connections == 2; }));
        plane.stop(60s); // returns once every connection is gone; the test would time out else
        QVERIFY(silent.closedByPeer());
        QVERIFY(half.closedByPeer());
    }
};

QTEST_GUILESS_MAIN(TestProxyProtocol)
#include "tst_proxyprotocol.moc"
