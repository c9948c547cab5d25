// Bodies far larger than the memory that may be used for them. 128 MiB each way; GATEHOUSE_BIG=1024 (MiB) for the long one.
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

#include <thread>

using namespace gatehouse::test;

namespace {

constexpr size_t block = 1024 * 1024;
constexpr uint64_t allowed = 40ull << 20; // growth: the record of 1 MiB, buffers of both sides, the allocator's leftovers

std::string pattern(size_t number)
{
    std::string text(block, char('a' + number % 26));
    const std::string mark = std::to_string(number);
    text.replace(0, mark.size(), mark);
    return text;
}

} // namespace

class TestBigBodies : public QObject {
    Q_OBJECT
    size_t m_blocks = 128;

    static std::string workspace(uint16_t port)
    {
        return "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nupstreams:\n  - name: u\n    endpoints: [ { url: \"http://127.0.0.1:"
            + std::to_string(port) + "\" } ]\nroutes:\n  - name: all\n    match: { prefix: / }\n    to: { upstream: u }\n";
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (qEnvironmentVariableIsSet("GATEHOUSE_BIG"))
            m_blocks = size_t(qEnvironmentVariableIntValue("GATEHOUSE_BIG"));
    }

    void download_data()
    {
        QTest::addColumn<bool>("chunked");
        QTest::newRow("length") << false;
        QTest::newRow("chunked") << true;
    }
    void download()
    {
        QFETCH(bool, chunked);
        FakeUpstream upstream([&](Peer &peer, int) {
            while (!peer.readHead().empty()) {
                peer.send(chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  : "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(m_blocks * block) + "\r\n\r\n");
                for (size_t i = 0; i < m_blocks && peer.send((chunked ? "100000\r\n" : "") + pattern(i) + (chunked ? "\r\n" : "")); ++i) { }
                if (chunked)
                    peer.send("0\r\n\r\n");
            }
        });
        GatewayProcess gateway(workspace(upstream.port()));
        const std::string text = "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n";
        Peer client = connectTo(gateway.port());
        client.send(text);
        QCOMPARE(statusOf(client.readHead()), 200);
        const uint64_t before = gateway.memory();
        // Slow at first, so that the upstream could run far ahead if nothing held it.
        std::string content;
        size_t at = 0;
        while (at < m_blocks) {
            if (chunked) {
                const std::string line = client.readUntil("\r\n");
                const size_t size = std::stoul(line, nullptr, 16);
                QVERIFY(size > 0);
                content += client.read(size);
                client.read(2);
            } else {
                content += client.read(block);
            }
            while (content.size() >= block) {
                QVERIFY(content.compare(0, block, pattern(at++)) == 0);
                content.erase(0, block);
            }
        }
        QVERIFY(content.empty());
        QVERIFY2(gateway.peakMemory() < before + allowed, qPrintable(QString::number((gateway.peakMemory() - before) >> 20)));
        client.close();
        QVERIFY(gateway.stop());
    }

    void upload_data() { download_data(); }
    void upload()
    {
        QFETCH(bool, chunked);
        std::atomic<uint64_t> got{0};
        std::atomic<bool> same{true};
        FakeUpstream upstream([&](Peer &peer, int) {
            const std::string head = peer.readHead();
            for (size_t i = 0; i < m_blocks; ++i) {
                std::string content;
                while (content.size() < block) {
                    if (fieldOf(head, "transfer-encoding").empty()) {
                        content += peer.read(block);
                        break;
                    }
                    const std::string line = peer.readUntil("\r\n");
                    if (line.empty())
                        return;
                    m_carry += peer.read(std::stoul(line, nullptr, 16));
                    peer.read(2);
                    const size_t part = std::min(m_carry.size(), block - content.size());
                    content += m_carry.substr(0, part);
                    m_carry.erase(0, part);
                }
                same = same && content == pattern(i);
                got += content.size();
            }
            if (!fieldOf(head, "transfer-encoding").empty())
                peer.readUntil("0\r\n\r\n");
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.closedByPeer();
        });
        m_carry.clear();
        GatewayProcess gateway(workspace(upstream.port()));
        Peer client = connectTo(gateway.port());
        client.send("POST /big HTTP/1.1\r\nHost: localhost\r\n"
                    + (chunked ? std::string("Transfer-Encoding: chunked\r\n\r\n") : "Content-Length: " + std::to_string(m_blocks * block) + "\r\n\r\n"));
        const uint64_t before = gateway.memory();
        for (size_t i = 0; i < m_blocks; ++i)
            QVERIFY(client.send((chunked ? "100000\r\n" : "") + pattern(i) + (chunked ? "\r\n" : "")));
        if (chunked)
            client.send("0\r\n\r\n");
        QCOMPARE(bodyOf(client.readMessage()), std::string("ok"));
        QCOMPARE(got.load(), uint64_t(m_blocks * block));
        QVERIFY(same);
        QVERIFY2(gateway.peakMemory() < before + allowed, qPrintable(QString::number((gateway.peakMemory() - before) >> 20)));
        client.close();
        QVERIFY(gateway.stop());
    }

private:
    std::string m_carry; // of the chunk that reaches into the next block
};

QTEST_GUILESS_MAIN(TestBigBodies)
#include "tst_bigbodies.moc"
