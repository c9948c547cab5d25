// PROXY headers to upstreams: in front of every connection, of whom it serves, and no connection for two.
#include "gateway/http/proxyprotocol.h"
#include "tests/support/dataplane.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

#include <condition_variable>

using namespace gatehouse;
using namespace gatehouse::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using config::ProxyOut;
using Proxy = config::ProxyIn;

namespace {

const std::string get = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string post = "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";

std::string introduction(const std::string &ip, int port) { return "PROXY TCP4 " + ip + " 192.0.2.1 " + std::to_string(port) + " 80\r\n"; }

DataPlane::Setup through(const std::vector<std::string> &urls, ProxyOut out)
{
    DataPlane::Setup setup = test::through(urls);
    setup.workspace.upstreams[0].proxyProtocol = out;
    setup.proxyProtocol = Proxy::Accept;
    return setup;
}

// The header of version 1 that a connection begins with, up to its CRLF.
std::string readLine(Peer &peer) { return peer.readUntil("\r\n"); }

// Of version 2.
std::string readBinary(Peer &peer)
{
    const std::string fixed = peer.read(16);
    return fixed.size() < 16 ? fixed : fixed + peer.read(size_t(uint8_t(fixed[14])) << 8 | uint8_t(fixed[15]));
}

// Tells whom it serves: "203.0.113.7:4711 #0" is the answer to each request of the first connection.
FakeUpstream::Script naming(FakeUpstream *&self)
{
    return [&self](Peer &peer, int number) {
        const std::string header = readLine(peer);
        std::string_view in = header;
        http::ProxyReader reader(true);
        if (reader.next(in) != http::ProxyReader::Outcome::Header)
            return self->note("no header: " + header);
        const std::string body = reader.header().source.text() + ":" + std::to_string(reader.header().sourcePort) + " #" + std::to_string(number);
        for (std::string message; !(message = peer.readMessage()).empty();) {
            self->note(message);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        }
    };
}

std::string ask(Peer &client, const std::string &octets)
{
    client.send(octets);
    return bodyOf(client.readMessage());
}

} // namespace

class TestProxyOut : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatStandsInFront_data()
    {
        QTest::addColumn<QByteArray>("in");       // what the client's connection begins with
        QTest::addColumn<int>("out");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const std::string &in, ProxyOut out, const std::string &expected) {
            QTest::newRow(name) << QByteArray::fromStdString(in) << int(out) << QByteArray::fromStdString(expected);
        };
        const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
        const std::string v6 = "PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n";
        const std::string unixSocket = signature + "\x21\x31\0\xd8"s + std::string(216, '\0');
        row("v1, IPv4", introduction("203.0.113.7", 4711), ProxyOut::V1, introduction("203.0.113.7", 4711));
        row("v1, IPv6", v6, ProxyOut::V1, v6);
        row("v1, of a Unix socket", unixSocket, ProxyOut::V1, "PROXY UNKNOWN\r\n");
        row("v2, IPv4", introduction("203.0.113.7", 4711), ProxyOut::V2, signature + "\x21\x11\0\x0c\xcb\0\x71\x07\xc0\0\x02\x01\x12\x67\0\x50"s);
        row("v2, IPv6", v6, ProxyOut::V2,
            signature + "\x21\x21\0\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x12\x67\0\x50"s);
        row("v2, of a Unix socket", unixSocket, ProxyOut::V2, signature + "\x21\0\0\0"s);
        row("v1, nobody in front", {}, ProxyOut::V1, {});
        row("v2, nobody in front", {}, ProxyOut::V2, {});
    }
    void whatStandsInFront()
    {
        QFETCH(QByteArray, in);
        QFETCH(int, out);
        QFETCH(QByteArray, expected);
        const bool line = ProxyOut(out) == ProxyOut::V1;
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int) {
            self->note(line ? readLine(peer) : readBinary(peer));
            self->note(peer.readMessage());
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        self = &upstream;
        DataPlane plane(through({upstream.url()}, ProxyOut(out)));
        Peer client = connectTo(plane.port());
        QCOMPARE(ask(client, in.toStdString() + post), std::string("ok"));
        const std::string header = upstream.noted().at(0);
        if (!in.isEmpty()) {
            QCOMPARE(QByteArray::fromStdString(header), expected);
        } else { // then it is the connection's own ends
            const auto stored = plane.waitForFinal();
            const auto from = net::Address::parse(stored.row.client);
            QVERIFY(from);
            std::string own(http::proxyHeaderMost, '\0');
            own.resize(http::writeProxyHeader(own, http::ProxyHeader::of(*IpAddress::parse("127.0.0.1"), from->port, *IpAddress::parse("127.0.0.1"), plane.port()),
                                              line ? http::ProxyVersion::V1 : http::ProxyVersion::V2));
            QCOMPARE(QByteArray::fromStdString(header), QByteArray::fromStdString(own));
        }
        QVERIFY(upstream.noted().at(1).starts_with("POST /a HTTP/1.1\r\n"));
        QCOMPARE(bodyOf(upstream.noted().at(1)), std::string("hello"));
    }

    // The header names one client's connection: two have two, even of the same address, whoever asks when.
    void noConnectionServesTwoClients()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(naming(self));
        self = &upstream;
        DataPlane plane(through({upstream.url()}, ProxyOut::V1));
        Peer one = connectTo(plane.port()), two = connectTo(plane.port()), three = connectTo(plane.port());
        QCOMPARE(ask(one, introduction("203.0.113.7", 4711) + get), std::string("203.0.113.7:4711 #0"));
        QCOMPARE(ask(two, introduction("203.0.113.7", 4712) + post), std::string("203.0.113.7:4712 #1"));
        QCOMPARE(ask(three, introduction("203.0.113.8", 4711) + get), std::string("203.0.113.8:4711 #2"));
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(ask(one, post), std::string("203.0.113.7:4711 #0"));
            QCOMPARE(ask(three, get), std::string("203.0.113.8:4711 #2"));
            QCOMPARE(ask(two, get), std::string("203.0.113.7:4712 #1"));
        }
        two.close();
        Peer again = connectTo(plane.port()); // the very same client, as the header has it
        QCOMPARE(ask(again, introduction("203.0.113.7", 4712) + get), std::string("203.0.113.7:4712 #1"));
        QCOMPARE(upstream.connections(), 3);
        QCOMPARE(upstream.noted().size(), size_t(13));
    }

    void othersMakeRoom()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(naming(self));
        self = &upstream;
        auto setup = through({upstream.url()}, ProxyOut::V1);
        setup.workspace.upstreams[0].connections.max = 1;
        DataPlane plane(setup);
        Peer one = connectTo(plane.port()), two = connectTo(plane.port());
        QCOMPARE(ask(one, introduction("203.0.113.1", 1) + get), std::string("203.0.113.1:1 #0"));
        QCOMPARE(ask(two, introduction("203.0.113.2", 2) + get), std::string("203.0.113.2:2 #1"));
        QCOMPARE(ask(two, get), std::string("203.0.113.2:2 #1"));
        QCOMPARE(ask(one, get), std::string("203.0.113.1:1 #2"));
    }

    // Who waits for a connection gets one of its own when another client's is done with.
    void whoWaitsGetsItsOwn()
    {
        std::mutex mutex;
        std::condition_variable changed;
        bool go = false;
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int number) {
            const std::string header = readLine(peer);
            while (!peer.readMessage().empty()) {
                self->note(header);
                if (number == 0) {
                    std::unique_lock lock(mutex);
                    changed.wait_for(lock, 20s, [&] { return go; });
                }
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(header.size()) + "\r\n\r\n" + header);
            }
        });
        self = &upstream;
        auto setup = through({upstream.url()}, ProxyOut::V1);
        setup.workspace.upstreams[0].connections.max = 1;
        DataPlane plane(setup);
        Peer one = connectTo(plane.port()), two = connectTo(plane.port()), three = connectTo(plane.port());
        one.send(introduction("203.0.113.1", 1) + get);
        QVERIFY(waitFor("the first to be asked", [&] { return upstream.noted().size() == 1; }));
        two.send(introduction("203.0.113.2", 2) + get);
        three.send(introduction("203.0.113.3", 3) + get);
        QVERIFY(waitFor("the others to wait", [&] { return plane.metrics.totals().inFlight == 3; }));
        {
            const std::lock_guard lock(mutex);
            go = true;
        }
        changed.notify_all();
        QCOMPARE(bodyOf(one.readMessage()), introduction("203.0.113.1", 1));
        QCOMPARE(bodyOf(two.readMessage()), introduction("203.0.113.2", 2));
        QCOMPARE(bodyOf(three.readMessage()), introduction("203.0.113.3", 3));
        QCOMPARE(upstream.connections(), 3);
    }

    void anotherTryIsIntroducedToo()
    {
        FakeUpstream *self = nullptr;
        // Each connection answers once and is closed: the next request finds the kept one stale.
        FakeUpstream upstream([&](Peer &peer, int number) {
            const std::string header = readLine(peer);
            self->note(header + peer.readMessage());
            if (number == 2)
                return; // dropped without an answer: the retry is another connection
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        self = &upstream;
        auto setup = through({upstream.url()}, ProxyOut::V1);
        setup.routes[0].delivery.retries = true;
        setup.routes[0].delivery.backoffBase = 1ms;
        DataPlane plane(setup);
        Peer client = connectTo(plane.port());
        QCOMPARE(ask(client, introduction("203.0.113.7", 4711) + get), std::string("ok"));
        for (int i = 0; i < 3; ++i)
            QCOMPARE(ask(client, get), std::string("ok"));
        QVERIFY(upstream.connections() >= 5);
        for (const std::string &seen : upstream.noted())
            QVERIFY2(seen.starts_with(introduction("203.0.113.7", 4711) + "GET /a"), seen.c_str());
    }

    void anotherEndpointToo()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(naming(self));
        self = &upstream;
        uint16_t nobody = 0;
        {
            FakeUpstream gone([](Peer &, int) {});
            nobody = gone.port();
        }
        auto setup = through({"http://127.0.0.1:" + std::to_string(nobody), upstream.url()}, ProxyOut::V1);
        setup.routes[0].delivery.retries = true;
        setup.routes[0].delivery.backoffBase = 1ms;
        DataPlane plane(setup);
        Peer client = connectTo(plane.port());
        QCOMPARE(ask(client, introduction("203.0.113.7", 4711) + get), std::string("203.0.113.7:4711 #0"));
        QCOMPARE(ask(client, get), std::string("203.0.113.7:4711 #0"));
    }

    // Connections from before an edit are not taken for what they are not.
    void anEditIsForNewConnections()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int number) {
            for (std::string message; !(message = peer.readMessage()).empty();) {
                self->note(message);
                const std::string body = "#" + std::to_string(number) + (message.starts_with("PROXY") ? " introduced" : "");
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
            }
        });
        self = &upstream;
        auto setup = through({upstream.url()}, ProxyOut::Off);
        DataPlane plane(setup);
        Peer client = connectTo(plane.port());
        QCOMPARE(ask(client, get), std::string("#0"));
        plane.setup.workspace.upstreams[0].proxyProtocol = ProxyOut::V1;
        plane.apply();
        QCOMPARE(ask(client, get), std::string("#1 introduced"));
        QCOMPARE(ask(client, get), std::string("#1"));
        plane.setup.workspace.upstreams[0].proxyProtocol = ProxyOut::Off;
        plane.apply();
        QCOMPARE(ask(client, get), std::string("#0"));
        QCOMPARE(upstream.connections(), 2);
    }
};

QTEST_GUILESS_MAIN(TestProxyOut)
#include "tst_proxyout.moc"
