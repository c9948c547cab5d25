// Twenty edits of the workspace in ten seconds under 64 connections: every request is answered, by the content it asked for.
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

#include <thread>

using namespace gatehouse::test;

namespace {

constexpr int threads = 8, connectionsEach = 8, edits = 20;

std::string workspace(uint16_t port, int edition)
{
    // Each edition moves something else: a policy, a route in front, the upstream's endpoint list, a listener's limit.
    const std::string endpoint = "http://127.0.0.1:" + std::to_string(port);
    return "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\n    limits: { idle: " + std::to_string(60 + edition) + "s }\n"
        "upstreams:\n  - name: u\n    endpoints:\n      - url: " + endpoint + "\n        weight: " + std::to_string(1 + edition % 3) + "\n"
        "routes:\n  - name: front-" + std::to_string(edition) + "\n    match: { prefix: /other }\n    to: { respond: { status: 404 } }\n"
        "  - name: all\n    match: { prefix: / }\n    policies:\n      - headers: { response: { set: { x-edition: \"" + std::to_string(edition) + "\" } } }\n"
        "    to: { upstream: u }\n";
}

} // namespace

class TestReload : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void noRequestIsLost()
    {
        FakeUpstream upstream([](Peer &peer, int) {
            for (std::string head; !(head = peer.readHead()).empty();) {
                const std::string path = head.substr(4, head.find(' ', 4) - 4);
                if (!peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(path.size()) + "\r\n\r\n" + path))
                    return;
            }
        });
        GatewayProcess gateway(workspace(upstream.port(), 0));
        const uint16_t port = gateway.port();
        std::atomic<bool> stop{false};
        std::atomic<uint64_t> answered{0}, wrong{0}, newest{0};
        std::vector<std::thread> clients;
        for (int t = 0; t < threads; ++t)
            clients.emplace_back([&, t] {
                std::vector<Peer> peers;
                for (int i = 0; i < connectionsEach; ++i)
                    peers.push_back(connectTo(port));
                for (uint64_t round = 0; !stop; ++round) {
                    const auto path = [&](int i) { return "/" + std::to_string(t) + "-" + std::to_string(i) + "-" + std::to_string(round); };
                    for (int i = 0; i < connectionsEach; ++i)
                        peers[size_t(i)].send("GET " + path(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    for (int i = 0; i < connectionsEach; ++i) {
                        const std::string answer = peers[size_t(i)].readMessage();
                        if (statusOf(answer) == 200 && bodyOf(answer) == path(i))
                            ++answered;
                        else
                            ++wrong;
                        newest = std::max<uint64_t>(newest, std::strtoull(fieldOf(answer, "x-edition").c_str(), nullptr, 10));
                    }
                }
            });
        QElapsedTimer clock;
        clock.start();
        for (int edition = 1; edition <= edits; ++edition) {
            gateway.rewrite(workspace(upstream.port(), edition));
            QVERIFY(waitFor("the edition to run", [&] { return newest >= uint64_t(edition); }));
        }
        QVERIFY(waitFor("some more requests", [&, before = answered.load()] { return answered > before + 1000; }));
        stop = true;
        for (std::thread &client : clients)
            client.join();
        qInfo("%llu requests answered in %lld ms over %d editions", static_cast<unsigned long long>(answered), static_cast<long long>(clock.elapsed()), edits);
        QCOMPARE(wrong.load(), uint64_t(0));
        QVERIFY(gateway.stop());
    }
};

QTEST_GUILESS_MAIN(TestReload)
#include "tst_reload.moc"
