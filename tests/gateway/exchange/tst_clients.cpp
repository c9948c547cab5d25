// Clients and their ends: gone, half closed, too slow, sending more than they read.
#include "tests/support/dataplane.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::test;
using namespace std::chrono_literals;
using observe::Verdict;

namespace {

const std::string get = "GET /a?b=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";

// A request is shown before its end once it is older than the first look at a client that has half closed.
bool waitUntilShown(const DataPlane &plane)
{
    return waitFor("the request to be shown as under way", [&] {
        const auto rows = plane.store.since(0).rows;
        return !rows.empty() && rows[0].state == observe::State::Started;
    });
}

} // namespace

class TestClients : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void clientGoneCancelsTheUpstream()
    {
        std::atomic<bool> sawEnd{false}, arrived{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            arrived = true;
            sawEnd = peer.closedByPeer();
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(get);
        QVERIFY(waitFor("the request at the upstream", [&] { return arrived.load(); }));
        client.close();
        QVERIFY(waitFor("the upstream's connection to be closed", [&] { return sawEnd.load(); }));
        QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Cancelled));
        QCOMPARE(plane.finals().size(), size_t(1));
    }

    void aHalfClosedClientGetsItsAnswers()
    {
        std::atomic<bool> go{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            for (std::string head; !(head = peer.readHead()).empty();) {
                if (head.starts_with("GET /slow"))
                    go.wait(false);
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + head.substr(4, 5));
            }
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\nGET /last HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.shutdownSend();
        QVERIFY(waitUntilShown(plane));
        go = true;
        go.notify_all();
        QCOMPARE(bodyOf(client.readMessage()), std::string("/slow"));
        QCOMPARE(bodyOf(client.readMessage()), std::string("/last"));
        QVERIFY(client.closedByPeer());
        QVERIFY(!client.wasReset());
        QCOMPARE(int(plane.waitForFinal(1).row.verdict), int(Verdict::Allowed));
    }

    void aHalfClosedClientThatGoesIsCancelled()
    {
        std::atomic<bool> sawEnd{false}, arrived{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            arrived = true;
            sawEnd = peer.closedByPeer();
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QVERIFY(waitFor("the request at the upstream", [&] { return arrived.load(); }));
        client.shutdownSend();
        QVERIFY(waitUntilShown(plane));
        QVERIFY(!sawEnd);
        client.close(); // nothing is sent for it: only the system knows
        QVERIFY(waitFor("the upstream's connection to be closed", [&] { return sawEnd.load(); }));
        QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Cancelled));
    }

    void aHalfRequestIsNone_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("whole");
        QTest::newRow("in the head") << QByteArray("GET / HTTP/1.1\r\nHost: loc") << 0;
        QTest::newRow("in the body") << QByteArray("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf") << 0;
        QTest::newRow("in a chunk") << QByteArray("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf") << 0;
        QTest::newRow("behind a whole one") << QByteArray("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\nGET /b HT") << 1;
    }
    void aHalfRequestIsNone()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, whole);
        FakeUpstream upstream([&](Peer &peer, int) {
            while (!peer.readMessage().empty())
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(request.toStdString());
        client.shutdownSend();
        for (int i = 0; i < whole; ++i)
            QCOMPARE(bodyOf(client.readMessage()), std::string("ok"));
        QVERIFY(client.closedByPeer());
    }

    // More came behind the last request: closing at once would make the system reset the connection, and take the answer with it.
    void theLastAnswerIsReadWhole()
    {
        const std::string body = someOctets(2 << 20, 3);
        FakeUpstream upstream([&](Peer &peer, int) {
            while (!peer.readHead().empty())
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nGET /more HTTP/1.1\r\nHost: localhost\r\n\r\n" + std::string(100'000, 'x'));
        QVERIFY(bodyOf(client.readMessage()) == body);
        QVERIFY(client.closedByPeer());
        QVERIFY(!client.wasReset());
        plane.waitForFinal();
        QCOMPARE(plane.finals().size(), size_t(1)); // what came behind it was not taken for a request
    }

    // Who reads no answers is not asked for more; what was sent is answered, in order, once they are read.
    void pipelinedAndNotRead()
    {
        DataPlane::Setup setup;
        const std::string body(100'000, 'b');
        setup.routes.push_back(toResponse(200, body));
        DataPlane plane(setup);
        Peer client = connectTo(plane.port());
        std::string all;
        for (int i = 0; i < 300; ++i)
            all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        client.send(all);
        plane.waitForFinal();
        QVERIFY(waitUntilSettled("no more requests to be begun", [&] { return plane.finals().size(); }));
        const size_t begun = plane.finals().size();
        QVERIFY2(begun < 300, std::to_string(begun).c_str()); // 30 MB are more than the system takes on its way
        for (int i = 0; i < 300; ++i)
            QVERIFY(bodyOf(client.readMessage()) == body);
        QCOMPARE(plane.waitForFinal(299).row.path, std::string_view("/299"));
        QCOMPARE(plane.finals().size(), size_t(300));
    }

    void slowClients()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(answering(self, "ok"));
        self = &upstream;
        DataPlane::Setup setup = through(upstream.url());
        setup.limits.headerTimeout = 50ms;
        setup.limits.bodyIdle = 60ms;
        setup.limits.idle = 70ms;
        DataPlane plane(setup);
        Peer head = connectTo(plane.port());
        head.send("GET / HTT");
        QCOMPARE(statusOf(head.readMessage()), 408);
        Peer body = connectTo(plane.port());
        body.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12");
        QCOMPARE(statusOf(body.readMessage()), 408);
        Peer idle = connectTo(plane.port());
        QVERIFY(idle.closedByPeer());
        QCOMPARE(plane.waitForFinal(1).row.status, uint16_t(408));
    }
};

QTEST_GUILESS_MAIN(TestClients)
#include "tst_clients.moc"
