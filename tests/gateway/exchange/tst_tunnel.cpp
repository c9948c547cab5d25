// Protocols switched by Upgrade (RFC 9110 7.8): octets both ways, each direction with its own end.
#include "gateway/base/text.h"
#include "tests/support/dataplane.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::test;
using namespace std::chrono_literals;
using observe::Verdict;

namespace {

const std::string wish = "GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const std::string switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

} // namespace

class TestTunnel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void octetsBothWays()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int) {
            self->note(peer.readHead());
            peer.send(switched + "hello from the server");
            self->note(peer.read(5));
            peer.send("\r\n\r\n\x81\x05");
            self->note(peer.readAll());
        });
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(wish);
        const std::string head = client.readHead();
        QVERIFY2(head.starts_with("HTTP/1.1 101 "), head.c_str());
        QCOMPARE(lower(fieldOf(head, "connection")), std::string("upgrade"));
        QCOMPARE(fieldOf(head, "upgrade"), std::string("websocket"));
        QCOMPARE(fieldOf(head, "sec-websocket-accept"), std::string("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        QVERIFY(fieldOf(head, "content-length").empty());
        QVERIFY(fieldOf(head, "transfer-encoding").empty());
        QCOMPARE(client.read(21), std::string("hello from the server"));
        client.send("first");
        QCOMPARE(client.read(6), std::string("\r\n\r\n\x81\x05"));
        client.send(std::string("\0GET / HTTP/1.1\r\n\r\n", 19));
        client.shutdownSend();
        QCOMPARE(client.readAll(), std::string());
        QVERIFY(!client.wasReset());
        const auto noted = upstream.noted();
        QCOMPARE(noted.size(), size_t(3));
        QCOMPARE(lower(fieldOf(noted[0], "connection")), std::string("upgrade"));
        QCOMPARE(fieldOf(noted[0], "upgrade"), std::string("websocket"));
        QCOMPARE(fieldOf(noted[0], "sec-websocket-key"), std::string("dGhlIHNhbXBsZSBub25jZQ=="));
        QCOMPARE(noted[1], std::string("first"));
        QCOMPARE(noted[2], std::string("\0GET / HTTP/1.1\r\n\r\n", 19));
        const auto kept = plane.waitForFinal();
        QCOMPARE(int(kept.row.status), 101);
        QCOMPARE(int(kept.row.verdict), int(Verdict::Allowed));
        QCOMPARE(kept.row.requestBytes, uint64_t(24));
        QCOMPARE(kept.row.responseBytes, uint64_t(27));
        QCOMPARE(std::string(kept.row.error), std::string());
        QVERIFY(kept.response.body.empty()); // of another protocol, whose secrets nobody masks
        QVERIFY(kept.request.body.empty());
    }

    void whatCameBehindTheRequestGoesIn()
    {
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(switched);
            peer.send(peer.read(9));
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(wish + "too early");
        QVERIFY(client.readHead().starts_with("HTTP/1.1 101 "));
        QCOMPARE(client.read(9), std::string("too early"));
    }

    void refusedItIsAnAnswerLikeOthers()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int) {
            for (std::string head; !(head = peer.readHead()).empty();) {
                self->note(head);
                peer.send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
            }
        });
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(wish + wish); // the second is one more request: nothing was switched
        QCOMPARE(statusOf(client.readMessage()), 426);
        QCOMPARE(statusOf(client.readMessage()), 426);
        QCOMPARE(upstream.noted().size(), size_t(2));
        QCOMPARE(upstream.connections(), 1);
    }

    void eachDirectionEndsByItself_data()
    {
        QTest::addColumn<bool>("clientFirst");
        QTest::newRow("the client first") << true;
        QTest::newRow("the upstream first") << false;
    }
    void eachDirectionEndsByItself()
    {
        QFETCH(bool, clientFirst);
        const std::string rest = someOctets(300'000, 7);
        std::string got;
        std::atomic<bool> has{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(switched);
            if (clientFirst) {
                got = peer.readAll();
                peer.send(rest);
                peer.shutdownSend();
            } else {
                peer.shutdownSend();
                got = peer.readAll();
            }
            has = true;
        });
        {
            DataPlane plane(through(upstream.url()));
            Peer client = connectTo(plane.port());
            client.send(wish);
            QVERIFY(client.readHead().starts_with("HTTP/1.1 101 "));
            if (clientFirst) {
                client.send("ended");
                client.shutdownSend();
                QVERIFY(client.readAll() == rest);
            } else {
                QCOMPARE(client.readAll(), std::string());
                QVERIFY(client.send(rest));
                client.shutdownSend();
            }
            QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Allowed));
        }
        QVERIFY(waitFor("the upstream to have it all", [&] { return has.load(); }));
        QVERIFY(got == (clientFirst ? "ended" : rest));
    }

    void aResetIsPassedOn_data()
    {
        QTest::addColumn<bool>("byClient");
        QTest::newRow("the client's") << true;
        QTest::newRow("the upstream's") << false;
    }
    void aResetIsPassedOn()
    {
        QFETCH(bool, byClient);
        std::atomic<bool> ended{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(switched + "x");
            if (!byClient)
                return peer.reset();
            peer.readAll();
            ended = true;
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(wish);
        if (byClient) {
            client.readUntil("\r\n\r\nx");
            client.reset();
            QVERIFY(waitFor("the upstream's end", [&] { return ended.load(); }));
            QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Cancelled));
        } else {
            client.readAll();
            QVERIFY(client.wasReset());
            QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Failed));
        }
    }

    // Much both ways at once: reading on either side waits for the other, and nothing is lost.
    void muchBothWays()
    {
        const std::string up = someOctets(6 << 20, 1), down = someOctets(6 << 20, 2);
        std::string got;
        std::atomic<bool> whole{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(switched);
            std::thread sending([&] {
                peer.send(down);
                peer.shutdownSend();
            });
            got = peer.readAll();
            sending.join();
            whole = true;
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(wish);
        QVERIFY(client.readHead().starts_with("HTTP/1.1 101 "));
        std::thread sending([&] {
            client.send(up);
            client.shutdownSend();
        });
        const std::string received = client.readAll();
        sending.join();
        QVERIFY(received == down);
        QVERIFY(waitFor("the upstream to have it all", [&] { return whole.load(); }));
        QVERIFY(got == up);
        const auto row = plane.waitForFinal().row;
        QCOMPARE(row.requestBytes, uint64_t(up.size()));
        QCOMPARE(row.responseBytes, uint64_t(down.size()));
    }

    // An upstream that does not read stops the client, not this gateway's memory.
    void whoeverIsSlowIsWaitedFor()
    {
        constexpr size_t part = 1 << 20, parts = 64; // more than the system takes on its way
        std::atomic<bool> go{false}, whole{false};
        std::atomic<size_t> sent{0};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(switched);
            go.wait(false);
            whole = peer.read(part * parts).size() == part * parts;
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(wish);
        QVERIFY(client.readHead().starts_with("HTTP/1.1 101 "));
        std::thread sending([&] {
            while (sent < parts && client.send(someOctets(part, uint32_t(sent))))
                ++sent;
        });
        const bool settled = waitUntilSettled("the client to be held up", [&] { return sent.load(); });
        const size_t atOnce = sent;
        go = true;
        go.notify_all();
        QVERIFY(waitFor("the upstream to have it all", [&] { return whole.load(); }, 60000));
        sending.join();
        QVERIFY(settled);
        QVERIFY2(atOnce < parts, std::to_string(atOnce).c_str());
    }

    // As container engines do: the request has a body, and what follows in the tunnel is not framed as that was.
    void behindABody_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("length") << QByteArray("Content-Length: 2\r\n\r\n{}");
        QTest::newRow("chunked") << QByteArray("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
    }
    void behindABody()
    {
        QFETCH(QByteArray, body);
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int) {
            self->note(bodyOf(peer.readMessage()));
            peer.send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            self->note(peer.readAll());
        });
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("POST /exec/1/start HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n" + body.toStdString());
        QVERIFY(client.readHead().starts_with("HTTP/1.1 101 UPGRADED"));
        client.send("raw");
        client.shutdownSend();
        QCOMPARE(client.readAll(), std::string());
        QCOMPARE(dechunk(upstream.noted().at(0)).empty() ? upstream.noted().at(0) : dechunk(upstream.noted().at(0)), std::string("{}"));
        QCOMPARE(upstream.noted().at(1), std::string("raw"));
    }

    void switchedWithoutBeingAsked_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("another protocol") << QByteArray::fromStdString(wish)
                                          << QByteArray("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\nsmuggled");
        QTest::newRow("none is named") << QByteArray::fromStdString(wish) << QByteArray("HTTP/1.1 101 X\r\n\r\nsmuggled");
        QTest::newRow("one more") << QByteArray::fromStdString(wish)
                                  << QByteArray("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket, other\r\n\r\nsmuggled");
        QTest::newRow("not asked") << QByteArray("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") << QByteArray::fromStdString(switched + "smuggled");
        QTest::newRow("before the body") << QByteArray("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 9\r\n\r\nhalf")
                                         << QByteArray::fromStdString(switched + "smuggled");
        QTest::newRow("HTTP/1.0 can't ask") << QByteArray("GET / HTTP/1.0\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
                                            << QByteArray::fromStdString(switched + "smuggled");
    }
    void switchedWithoutBeingAsked()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, answer);
        std::atomic<bool> dropped{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(answer.toStdString());
            peer.readAll();
            dropped = true;
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(request.toStdString());
        const std::string got = client.readMessage();
        QCOMPARE(statusOf(got), 502);
        QVERIFY(got.find("smuggled") == std::string::npos);
        QVERIFY(waitFor("the upstream's connection to be dropped", [&] { return dropped.load(); }));
    }

    // Inside of an HTTP/2 or TLS tunnel requests would pass by every route and policy.
    void httpIsNeverTunnelled_data()
    {
        QTest::addColumn<QByteArray>("asked");
        QTest::addColumn<QByteArray>("sent");
        QTest::newRow("h2c") << QByteArray("h2c") << QByteArray();
        QTest::newRow("H2C") << QByteArray("H2C") << QByteArray();
        QTest::newRow("HTTP/2.0") << QByteArray("HTTP/2.0") << QByteArray();
        QTest::newRow("TLS/1.3") << QByteArray("TLS/1.3") << QByteArray();
        QTest::newRow("among others") << QByteArray("websocket, h2c, x/1") << QByteArray("websocket, x/1");
        QTest::newRow("can't be read") << QByteArray("web socket") << QByteArray();
        QTest::newRow("an empty one") << QByteArray("websocket,") << QByteArray();
    }
    void httpIsNeverTunnelled()
    {
        QFETCH(QByteArray, asked);
        QFETCH(QByteArray, sent);
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(answering(self, "ok"));
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nUpgrade: "
                    + asked.toStdString() + "\r\n\r\n");
        QCOMPARE(statusOf(client.readMessage()), 200);
        QCOMPARE(fieldOf(upstream.noted().at(0), "upgrade"), sent.toStdString());
        QVERIFY(fieldOf(upstream.noted().at(0), "http2-settings").empty());
    }

    void ownAnswersDoNotSwitch()
    {
        DataPlane::Setup setup;
        setup.routes.push_back(toResponse(200, "here"));
        DataPlane plane(setup);
        Peer client = connectTo(plane.port());
        client.send(wish);
        const std::string answer = client.readMessage();
        QCOMPARE(statusOf(answer), 200);
        QVERIFY(fieldOf(answer, "upgrade").empty());
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(bodyOf(client.readMessage()), std::string("here"));
    }

    void tunnelsOutliveDrainingOnlySoLong()
    {
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(switched);
            peer.readAll();
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(wish);
        QVERIFY(client.readHead().starts_with("HTTP/1.1 101 "));
        plane.stop(50ms);
        QVERIFY(client.closedByPeer());
        QCOMPARE(int(plane.waitForFinal().row.status), 101);
    }
};

QTEST_GUILESS_MAIN(TestTunnel)
#include "tst_tunnel.moc"
