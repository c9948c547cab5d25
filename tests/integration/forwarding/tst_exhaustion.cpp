// What the machine has runs out: file descriptors, and the memory that a gateway may use for what clients make it hold.
#include "tests/integration/forwarding/exhaustion.h"

#include <QtNetwork/QLocalSocket>

#include <algorithm>
#include <atomic>

using namespace gatehouse::test;

namespace {

// Of an upstream that does what the path says.
class Moods {
public:
    ~Moods()
    {
        m_over = true;
        m_over.notify_all();
    }
    void serve(Peer &peer)
    {
        for (std::string head; !(head = peer.readHead()).empty();) {
            if (head.find(" /endless") != std::string::npos) {
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while (peer.send("40000\r\n" + std::string(0x40000, 'e') + "\r\n")) { }
                return;
            }
            if (head.find(" /deaf") != std::string::npos || head.find(" /silent") != std::string::npos)
                return m_over.wait(false);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    }

private:
    std::atomic<bool> m_over{false};
};

// Those for whom there was no room have been told, and it is recorded of each.
void verifyRefused(const Observed &gateway, std::vector<Peer> &peers)
{
    std::vector<int> told(peers.size());
    const auto isRefused = [](const QJsonObject &record) {
        return record.value(QLatin1String("status")).toInt() == 503 && record.value(QLatin1String("error")).toString() == QLatin1String("no memory for the body");
    };
    QVERIFY(waitFor("those that were refused to be told, and their records", [&] {
        for (size_t i = 0; i < peers.size(); ++i)
            if (!told[i] && peers[i].hasOctets())
                told[i] = statusOf(peers[i].readHead());
        const auto records = gateway.recordsOf("/reading");
        const auto refused = std::count(told.begin(), told.end(), 503);
        return refused > 0 && std::count_if(records.begin(), records.end(), isRefused) == refused;
    }));
}

} // namespace

class TestExhaustion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void descriptors()
    {
        if (sanitized)
            QSKIP("UBSan looks at an object's memory through a pipe, and takes it for invalid when no descriptor is left");
        FakeUpstream *firstSelf = nullptr, *secondSelf = nullptr;
        FakeUpstream first(answering(firstSelf, "first")), second(answering(secondSelf, "second"));
        firstSelf = &first;
        secondSelf = &second;
        Observed gateway("upstreams:\n  - name: first\n    endpoints: [ { url: \"" + first.url() + "\" } ]\n  - name: second\n    endpoints: [ { url: \"" + second.url()
                         + "\" } ]\nroutes:\n  - name: first\n    match: { prefix: /first }\n    to: { upstream: first }\n  - name: second\n    match: { prefix: /second }\n"
                           "    to: { upstream: second }\n  - name: here\n    match: { prefix: / }\n    to: { respond: { status: 200, body: here } }\n");
        Peer kept = connectTo(gateway.port());
        const auto ask = [](Peer &peer, const char *path) {
            peer.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return peer.readMessage();
        };
        QCOMPARE(bodyOf(ask(kept, "/first")), std::string("first"));

        // From here on it may open four more, and twelve want in.
        gateway.limitDescriptors(4);
        std::vector<Peer> more;
        for (int i = 0; i < 12; ++i)
            more.push_back(connectTo(gateway.port())); // by the system, into the listener's queue
        QVERIFY(waitFor("all descriptors to be in use", [&] { return gateway.freeDescriptors() == 0; }));
        QLocalSocket control; // this door too
        control.connectToServer(gateway.socket());
        QVERIFY(control.waitForConnected());
        control.write("{\"do\": \"status\"}\n");
        control.flush();

        // It waits, and does not go round looking for what it can't have.
        const double before = gateway.cpuSeconds();
        QTest::qWait(1000);
        const double used = gateway.cpuSeconds() - before;
        QVERIFY2(used < 0.2, std::to_string(used).c_str());
        QVERIFY(!control.bytesAvailable());

        // Who is in is served, also over a connection to the upstream that is there already.
        QCOMPARE(bodyOf(ask(kept, "/")), std::string("here"));
        QCOMPARE(bodyOf(ask(kept, "/first")), std::string("first"));
        QCOMPARE(bodyOf(ask(more[0], "/")), std::string("here"));
        // What needs another one has a defined end, and the client's connection goes on.
        const std::string refused = ask(kept, "/second");
        QCOMPARE(statusOf(refused), 503);
        QVERIFY(bodyOf(refused).find("can't open a connection: out of file descriptors") != std::string::npos);
        QCOMPARE(second.connections(), 0);

        // Room for one: somebody that waited takes it. Room for all: everybody is served.
        for (int i = 0; i < 4; ++i)
            more.erase(more.begin());
        for (Peer &peer : more) {
            QCOMPARE(bodyOf(ask(peer, "/")), std::string("here"));
            peer.close();
        }
        QVERIFY(waitFor("the control socket's answer", [&] { return control.canReadLine(); }));
        QVERIFY(control.readLine().contains("\"running\""));
        control.close();
        QVERIFY(waitFor("descriptors to be free", [&] { return gateway.freeDescriptors() > 0; }));
        QCOMPARE(bodyOf(ask(kept, "/second")), std::string("second"));
        std::vector<QJsonObject> record;
        QVERIFY(waitFor("the records", [&] { return (record = gateway.recordsOf("/second")).size() == 2; }));
        QCOMPARE(record[0].value(QLatin1String("verdict")).toString(), QStringLiteral("failed"));
        QCOMPARE(record[0].value(QLatin1String("error")).toString(), QStringLiteral("out of file descriptors"));
        QCOMPARE(record[1].value(QLatin1String("verdict")).toString(), QStringLiteral("allowed"));
    }

    // Each of these is a way to make the gateway hold octets for a client that does not take or complete what it asked for. The
    // bounds are of this gateway's resident memory, over what it had when it had served a request.
    void memory_data()
    {
        QTest::addColumn<int>("clients");
        QTest::addColumn<std::string>("octets"); // sent by each, again and again until the gateway takes no more
        QTest::addColumn<int>("times");
        QTest::addColumn<int>("most"); // MiB
        const std::string host = " HTTP/1.1\r\nHost: localhost\r\n";
        const auto repeated = [](const std::string &text, size_t octets) {
            std::string all;
            while (all.size() < octets)
                all += text;
            return all;
        };
        const size_t part = 128 * 1024;
        // 256 KiB for the queue, as much again for one reading of the upstream's answer, and 1 MiB of each answer for the record, of
        // which all together have no more than the recording's 8 MiB.
        QTest::newRow("an answer without end that nobody reads") << 40 << "GET /endless" + host + "\r\n" << 1 << 40 * 1 + 16;
        QTest::newRow("answers of the configuration that nobody reads") << 40 << "GET /big" + host + "\r\n" << 1 << 16;
        QTest::newRow("request after request and no answer read") << 40 << repeated("GET /big" + host + "\r\n", part) << 8 << 40 * 1 + 16;
        QTest::newRow("request after request while the first waits") << 40 << "GET /silent" + host + "\r\n" + repeated("GET /" + host + "\r\n", part) << 8 << 40 * 1 / 4 + 16;
        QTest::newRow("a body of tiny chunks for an upstream that reads nothing") << 40 << "POST /deaf" + host + "Transfer-Encoding: chunked\r\n\r\n" + repeated("1\r\na\r\n", part) << 1 << 40 * 1 + 16;
        QTest::newRow("a body of tiny chunks for an upstream that is not there yet") << 40 << "POST /full" + host + "Transfer-Encoding: chunked\r\n\r\n" + repeated("1\r\na\r\n", part) << 1 << 40 * 1 / 2 + 16;
        QTest::newRow("bodies that a mock wants whole") << 80 << "POST /reading" + host + "Content-Length: 1000001\r\n\r\n" + std::string(1'000'000, 'a') << 1 << 8 + 16;
    }
    void memory()
    {
        QFETCH(int, clients);
        QFETCH(std::string, octets);
        QFETCH(int, times);
        QFETCH(int, most);
        Moods *moods = nullptr;
        FakeUpstream upstream([&](Peer &peer, int) { moods->serve(peer); });
        Moods made; // ends before the upstream does, and lets its scripts go
        moods = &made;
        const DeadEnd full(true);
        Observed gateway("settings: { recording: { memory: 8MiB } }\nmocks:\n  - name: reading\n    responses: [ { when: { body: { contains: needle } }, status: 200 }, { status: 201 } ]\n"
                         "upstreams:\n  - name: up\n    endpoints: [ { url: \"" + upstream.url() + "\" } ]\n  - name: full\n    endpoints: [ { url: \"" + full.url()
                         + "\" } ]\n    delivery: { timeout: { connect: 60s } }\nroutes:\n  - name: reading\n    match: { prefix: /reading }\n    to: { mock: reading }\n  - name: big\n    match: { prefix: /big }\n"
                           "    to: { respond: { status: 200, body: \"" + std::string(500'000, 'b') + "\" } }\n  - name: full\n    match: { prefix: /full }\n    to: { upstream: full }\n"
                           "  - name: here\n    match: { exact: / }\n    to: { respond: { status: 200, body: here } }\n"
                           "  - name: up\n    match: { prefix: / }\n    to: { upstream: up }\n");
        QCOMPARE(statusOf(request(gateway.port(), "GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n")), 200);
        const uint64_t before = gateway.memory();
        std::vector<Peer> peers;
        for (int i = 0; i < clients; ++i)
            peers.push_back(connectTo(gateway.port()));
        std::vector<size_t> sent(peers.size());
        QVERIFY(waitFor("the gateway to take no more", [&] {
            size_t moved = 0;
            for (size_t i = 0; i < peers.size(); ++i) {
                if (sent[i] == octets.size() * size_t(times))
                    continue;
                const size_t now = peers[i].sendNow(std::string_view(octets).substr(sent[i] % octets.size()));
                sent[i] += now;
                moved += now;
            }
            return !moved;
        }, 30000));
        QVERIFY(waitUntilSettled("the memory to be as it will be", [&] { return gateway.memory(); }, 1 << 20)); // recording goes on
        const uint64_t grown = std::max(gateway.peakMemory(), before) - before;
        qInfo("%d clients: %d MiB", clients, int(grown >> 20));
        QVERIFY2(sanitized || grown < uint64_t(most) << 20, (std::to_string(grown >> 20) + " MiB for " + std::to_string(clients) + " clients").c_str());
        // Others are served meanwhile, and afterwards what was refused for want of room has it again.
        QCOMPARE(bodyOf(request(gateway.port(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")), std::string("here"));
        if (octets.starts_with("POST /reading"))
            verifyRefused(gateway, peers);
        for (Peer &peer : peers)
            peer.reset(); // who only closes may still want its answer
        if (QTest::currentTestFailed())
            return;
        const std::string whole = "POST /reading HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900006\r\n\r\n" + std::string(900'000, 'b') + "needle";
        QVERIFY(waitFor("the memory to be free again", [&] { return statusOf(request(gateway.port(), whole)) == 200; }));
    }
};

QTEST_GUILESS_MAIN(TestExhaustion)
#include "tst_exhaustion.moc"
