// Limits everywhere, with defaults that are safe: what a client may send, for how long, and what all of it may take in memory.
#include "tests/security/attack.h"

using namespace gatehouse::test;

namespace {
const char *const answered = "routes:\n  - name: all\n    match: { prefix: / }\n    to: { respond: { status: 200, body: hello } }\n";
// Its mock wants to see bodies whole.
const char *const reading = "mocks:\n  - name: m\n    responses: [ { when: { body: { contains: needle } }, status: 200 }, { status: 201 } ]\n"
                            "routes:\n  - name: m\n    match: { prefix: / }\n    to: { mock: m }\n";

// What comes until the connection is closed, as it has to be.
std::string untilClosed(uint16_t port, std::string_view octets)
{
    Peer client = connectTo(port);
    client.send(octets);
    const std::string answer = client.readAll();
    return client.closedByPeer() ? answer : "(still open) " + answer;
}
} // namespace

class TestLimits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void headsAreBounded_data()
    {
        QTest::addColumn<std::string>("limits");
        QTest::addColumn<std::string>("head");
        QTest::addColumn<int>("status");
        const auto row = [](const char *name, std::string limits, std::string head, int status) { QTest::newRow(name) << std::move(limits) << std::move(head) << status; };
        const auto fields = [](int count) {
            std::string text = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
            for (int i = 0; i < count - 2; ++i)
                text += "x-" + std::to_string(i) + ": a\r\n";
            return text + "\r\n";
        };
        const auto octets = [](size_t size) { return "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx: " + std::string(size, 'a') + "\r\n\r\n"; };
        const auto url = [](size_t size) { return "GET /" + std::string(size, 'a') + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"; };
        row("octets, within", "", octets(31 * 1024), 200);
        row("octets, over", "", octets(33 * 1024), 431);
        row("octets, far over", "", octets(10 << 20), 431);
        row("fields, within", "", fields(100), 200);
        row("fields, over", "", fields(101), 431);
        row("url, within", "", url(8000), 200);
        row("url, over", "", url(8300), 414);
        row("url without end", "", "GET /" + std::string(1 << 20, 'a'), 414);
        row("own octets", "    limits: { header-size: 2KiB }\n", octets(2048), 431);
        row("own fields", "    limits: { headers: 5 }\n", fields(6), 431);
        row("own url", "    limits: { url: 300 }\n", url(301), 414);
    }
    void headsAreBounded()
    {
        QFETCH(std::string, limits);
        QFETCH(std::string, head);
        QFETCH(int, status);
        Watched watched(workspaceWith(answered, limits));
        QCOMPARE(statusOf(watched.raw(head)), status);
        if (status != 200)
            QCOMPARE(watched.verdictOfLast(), std::string("malformed"));
    }

    // Over all workers together, also when they accept at the same time.
    void connectionsAreBounded()
    {
        GatewayProcess gateway(workspaceWith(answered, "    limits: { connections: 3 }\n"), {QStringLiteral("--workers"), QStringLiteral("4")});
        for (int round = 0; round < 10; ++round) {
            std::vector<Peer> peers;
            for (int i = 0; i < 24; ++i)
                peers.push_back(connectTo(gateway.port()));
            int answers = 0;
            for (Peer &peer : peers) {
                peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                answers += statusOf(peer.readMessage()) == 200;
            }
            QVERIFY2(answers >= 1 && answers <= 3, std::to_string(answers).c_str());
            peers.clear();
            QVERIFY(waitFor("room for another connection", [&] { return statusOf(untilClosed(gateway.port(), "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) == 200; }));
        }
    }

    void everyPhaseHasItsTime_data()
    {
        QTest::addColumn<std::string>("limits");
        QTest::addColumn<std::string>("octets");
        QTest::addColumn<int>("status"); // 0: closed without a word
        const auto row = [](const char *name, const char *limits, const char *octets, int status) { QTest::newRow(name) << std::string(limits) << std::string(octets) << status; };
        row("no head", "    limits: { idle: 100ms }\n", "", 0);
        row("blank lines are no head", "    limits: { header-timeout: 100ms }\n", "\r\n\r\n", 408);
        row("half a head", "    limits: { header-timeout: 100ms }\n", "GET / HTTP/1.1\r\nHost: loc", 408);
        row("half a body", "    limits: { body-idle: 100ms }\n", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc", 408);
        row("half a chunk", "    limits: { body-idle: 100ms }\n", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 408);
    }
    void everyPhaseHasItsTime()
    {
        QFETCH(std::string, limits);
        QFETCH(std::string, octets);
        QFETCH(int, status);
        GatewayProcess gateway(workspaceWith(reading, limits));
        const std::string answer = untilClosed(gateway.port(), octets); // ends: else the test would say what it waited for
        QCOMPARE(statusOf(answer), status);
        QVERIFY(status != 0 || answer.empty());
    }

    // A head that comes a piece at a time does not begin its time anew.
    void slowHeadsEnd()
    {
        GatewayProcess gateway(workspaceWith(answered, "    limits: { header-timeout: 300ms, idle: 60s }\n"));
        Peer client = connectTo(gateway.port());
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n");
        // A field every 20 ms, for three times as long as the whole head may take, and not so many that their number counts.
        for (int sent = 0; sent < 45 && !client.hasOctets(); ++sent) {
            QVERIFY(client.send("x-a: b\r\n"));
            QTest::qWait(20);
        }
        QVERIFY2(client.hasOctets(), "the answer comes while the head is still being sent");
        QCOMPARE(statusOf(client.readAll()), 408);
    }

    void silentUpstreamsEnd()
    {
        FakeUpstream silent([](Peer &peer, int) { peer.readAll(); });
        FakeUpstream half([](Peer &peer, int) {
            peer.readHead();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            peer.readAll();
        });
        const std::string delivery = "    delivery: { timeout: { response: 100ms, idle: 100ms } }\n";
        GatewayProcess gateway(workspaceWith("upstreams:\n  - name: silent\n    endpoints: [ { url: \"" + silent.url() + "\" } ]\n" + delivery + "  - name: half\n    endpoints: [ { url: \"" + half.url()
                                             + "\" } ]\n" + delivery + "routes:\n  - name: silent\n    match: { prefix: /silent }\n    to: { upstream: silent }\n"
                                               "  - name: half\n    match: { prefix: /half }\n    to: { upstream: half }\n"));
        QCOMPARE(statusOf(request(gateway.port(), requestOf("GET", "/silent", "localhost"))), 504);
        const std::string cut = untilClosed(gateway.port(), requestOf("GET", "/half", "localhost"));
        QCOMPARE(bodyOf(cut), std::string("abc")); // and the connection is gone, so that nobody takes it for whole
    }

    void heldBodiesAreBounded()
    {
        GatewayProcess gateway(workspaceWith(reading));
        const auto post = [&](size_t size) { return request(gateway.port(), requestOf("POST", "/", "localhost", {}, std::string(size - 6, 'a') + "needle")); };
        QCOMPARE(statusOf(post(1 << 20)), 200);
        QCOMPARE(statusOf(post((1 << 20) + 1)), 413);
    }

    // Clients that send nearly all of a body each, and stop: what they hold of the memory is bounded for all together.
    void allBodiesTogetherAreBounded()
    {
        Watched watched(workspaceWith("settings: { recording: { memory: 8MiB } }\n" + std::string(reading)));
        GatewayProcess &gateway = watched.gateway();
        QCOMPARE(statusOf(watched.ask("POST", "/", "localhost", {}, "needle")), 200);
        const uint64_t before = gateway.memory();
        std::vector<Peer> peers;
        const std::string most(1'000'000, 'a');
        int refused = 0;
        for (int i = 0; i < 80; ++i) {
            peers.push_back(connectTo(gateway.port()));
            QVERIFY(peers.back().send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000001\r\n\r\n"));
            if (!peers.back().send(most)) // answered already: nothing more is read of it
                ++refused;
        }
        QCOMPARE(statusOf(watched.ask("GET", "/", "localhost")), 201); // others are served
        // What was sent is read by and by.
        uint64_t last = 0;
        while (std::exchange(last, gateway.memory()) != gateway.memory())
            QTest::qWait(300);
        const uint64_t grown = gateway.memory() - std::min(before, gateway.memory());
        QVERIFY2(sanitized || grown < 60 << 20, (std::to_string(grown >> 20) + " MiB for 80 bodies of a megabyte each").c_str());
        peers.clear();
        // What they held is free again.
        QVERIFY(waitFor("the memory to be given back", [&] {
            return statusOf(request(gateway.port(), requestOf("POST", "/", "localhost", {}, std::string(900'000, 'b') + "needle"))) == 200;
        }));
    }
};

QTEST_GUILESS_MAIN(TestLimits)
#include "tst_limits.moc"
