// Whatever backend the build has: connections as the rooms above see them.
#include "gateway/net/listener.h"
#include "gateway/net/loop.h"
#include "tests/support/support.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <atomic>
#include <cerrno>
#include <functional>
#include <map>
#include <thread>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>
#endif

using namespace gatehouse;
using net::Address;
using net::Conn;
using net::End;
using test::waitFor;

namespace {

// Notes what happens to its connections, and does what a test asks for.
struct Recorder final : net::Handler {
    net::Loop *loop = nullptr;
    bool echo = false;
    std::vector<Conn> opened, closed;
    std::map<uint32_t, std::string> received; // by slot
    std::vector<std::pair<End, int>> ends;
    std::vector<size_t> sent;
    uint64_t octets = 0;
    bool keepText = true;
    std::function<void(Conn, std::string_view, net::Lease &)> onData;
    std::function<void(Conn)> onEof, opens;
    net::Peer peer;

    void onOpen(Conn conn, const net::Peer &from) override
    {
        opened.push_back(conn);
        peer = from;
        if (opens)
            opens(conn);
    }
    void onReceived(Conn conn, std::string_view text, net::Lease &lease) override
    {
        octets += text.size();
        if (keepText)
            received[conn.slot] += text;
        if (echo) {
            net::Piece piece = lease.keep(text);
            loop->send(conn, {}, {&piece, 1});
        }
        if (onData)
            onData(conn, text, lease);
    }
    void onSent(Conn, size_t queued) override { sent.push_back(queued); }
    void onEnd(Conn conn, End end, int error) override
    {
        ends.push_back({end, error});
        if (end == End::Eof && onEof)
            onEof(conn);
    }
    void onClosed(Conn conn) override { closed.push_back(conn); }
};

void sendText(net::Loop &loop, Conn conn, std::string_view text)
{
    net::Block block = loop.block(text.size());
    block.append(text);
    loop.send(conn, std::move(block));
}

std::string pattern(size_t size)
{
    std::string text(size, 0);
    for (size_t i = 0; i < size; ++i)
        text[i] = char(i * 31 + (i >> 11));
    return text;
}

} // namespace

class TestLoop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void backendIsTheOneAskedFor();
    void echoes();
    void echoesOverAUnixSocket();
    void queuesBeforeItIsConnected();
    void manyPiecesKeepTheirOrder();
    void largeTransferWithPauses();
    void lowWaterIsReported();
    void halfClose();
    void closeAfterQueue();
    void closeAtOnce();
    void resetIsSeen();
    void refused();
    void staleHandles();
    void handlerPerConnection();
    void keptLeasesStayValid();
    void answerBeforeResetIsStillRead();
    void fairness();
    void twoLoopsShareAListener();
    void unlistenThenClose();
    void outOfDescriptors();
    void loopMayGoWithOpenConnections();
    void manyConnections();

private:
    // A connected pair.
    std::pair<Conn, Conn> pair();
    std::unique_ptr<net::Loop> m_loop;
    std::unique_ptr<net::Listener> m_listener;
    Recorder m_server, m_client;
};

void TestLoop::init()
{
    m_loop = net::makeLoop();
    m_server = {};
    m_client = {};
    m_server.loop = m_client.loop = m_loop.get();
    auto listener = net::Listener::bind(Address::loopback(0));
    QVERIFY2(listener.ok(), listener.ok() ? "" : listener.error().message.c_str());
    m_listener = std::move(*listener);
    QVERIFY(m_loop->listen(*m_listener, m_server));
}

void TestLoop::backendIsTheOneAskedFor()
{
    if (!qEnvironmentVariableIsSet("GATEHOUSE_TEST_BACKEND"))
        QSKIP("CTest says which");
    QCOMPARE(std::string(m_loop->backend()), qgetenv("GATEHOUSE_TEST_BACKEND").toStdString());
}

void TestLoop::cleanup()
{
    if (m_loop && m_listener) {
        bool done = false;
        m_loop->unlisten(*m_listener, [&] { done = true; });
        QVERIFY(waitFor("unlisten", [&] { return done; }));
    }
    m_loop.reset();
    m_listener.reset();
}

std::pair<Conn, Conn> TestLoop::pair()
{
    const size_t before = m_server.opened.size(), clients = m_client.opened.size();
    m_loop->connect(m_listener->address(), m_client);
    if (!waitFor("both sides open", [&] { return m_server.opened.size() > before && m_client.opened.size() > clients; }))
        return {};
    return {m_client.opened.back(), m_server.opened.back()};
}

void TestLoop::echoes()
{
    m_server.echo = true;
    const auto [client, server] = pair();
    QVERIFY(m_server.peer.accepted);
    QVERIFY(m_server.peer.remote.isLoopback());
    QCOMPARE(m_server.peer.local.port, m_listener->address().port);
    sendText(*m_loop, client, "hello");
    QVERIFY(waitFor("the echo", [&] { return m_client.received[client.slot] == "hello"; }));
    QCOMPARE(m_loop->connections(), size_t(2));
    QCOMPARE(m_loop->queued(client), size_t(0));
}

void TestLoop::echoesOverAUnixSocket()
{
    QTemporaryDir folder;
    auto listener = net::Listener::bind(Address::unixSocket(folder.filePath(QStringLiteral("s")).toStdString()));
    QVERIFY(listener.ok());
    Recorder server, client;
    server.loop = m_loop.get();
    server.echo = true;
    QVERIFY(m_loop->listen(**listener, server));
    const Conn conn = m_loop->connect((*listener)->address(), client);
    sendText(*m_loop, conn, "hello");
    QVERIFY(waitFor("the echo", [&] { return client.received[conn.slot] == "hello"; }));
    bool done = false;
    m_loop->unlisten(**listener, [&] { done = true; });
    m_loop->close(conn, false);
    QVERIFY(waitFor("the ends", [&] { return done && client.closed.size() == 1 && server.ends.size() == 1; }));
    m_loop->close(server.opened[0], false);
    QVERIFY(waitFor("closed", [&] { return server.closed.size() == 1; }));
}

void TestLoop::queuesBeforeItIsConnected()
{
    const Conn conn = m_loop->connect(m_listener->address(), m_client);
    sendText(*m_loop, conn, "early");
    m_loop->shutdownSend(conn);
    QCOMPARE(m_client.opened.size(), size_t(0)); // nothing re-enters
    QVERIFY(waitFor("the end", [&] { return m_server.ends.size() == 1; }));
    QVERIFY(m_server.received.begin()->second == "early");
}

void TestLoop::manyPiecesKeepTheirOrder()
{
    const auto [client, server] = pair();
    std::string expected;
    for (int i = 0; i < 300; ++i) {
        const std::string text = std::to_string(i) + ",";
        auto shared = std::make_shared<std::string>(text + "s");
        net::Piece pieces[3] = {{*shared, net::Hold(shared)}, {}, {"literal;", {}}};
        net::Block block = m_loop->block();
        block.append(text);
        m_loop->send(client, std::move(block), pieces);
        expected += text + text + "s" + "literal;";
    }
    QVERIFY(waitFor("everything", [&] { return m_server.octets == expected.size(); }));
    QVERIFY(m_server.received[server.slot] == expected);
}

void TestLoop::largeTransferWithPauses()
{
    const auto [client, server] = pair();
    const Conn serverConn = server;
    const auto body = std::make_shared<std::string>(pattern(24 << 20));
    net::Piece piece{*body, net::Hold(body)};
    m_loop->send(client, {}, {&piece, 1});
    int pauses = 0;
    m_server.onData = [&](Conn conn, std::string_view, net::Lease &) {
        if (++pauses % 7 == 0) {
            m_loop->pause(conn);
            QMetaObject::invokeMethod(qApp, [this, conn] { m_loop->resume(conn); }, Qt::QueuedConnection);
        }
    };
    QVERIFY(waitFor("all octets", [&] { return m_server.octets == body->size(); }, 30000));
    QVERIFY(m_server.received[serverConn.slot] == *body);
    QCOMPARE(m_loop->queued(client), size_t(0));
}

void TestLoop::lowWaterIsReported()
{
    const auto [client, server] = pair();
    m_loop->pause(server);
    const auto body = std::make_shared<std::string>(pattern(16 << 20));
    net::Piece piece{*body, net::Hold(body)};
    m_loop->send(client, {}, {&piece, 1});
    QCOMPARE(m_loop->queued(client), body->size());
    QVERIFY(waitFor("the system's buffers to fill", [&] { return m_loop->queued(client) < body->size(); }));
    QVERIFY(m_client.sent.empty());
    m_loop->resume(server);
    QVERIFY(waitFor("the queue to empty", [&] { return m_loop->queued(client) == 0 && m_server.octets == body->size(); }));
    QVERIFY(!m_client.sent.empty() && m_client.sent.size() <= 2);
    QCOMPARE(m_client.sent.back(), size_t(0));
}

void TestLoop::halfClose()
{
    const auto [client, server] = pair();
    m_server.onEof = [&](Conn conn) {
        sendText(*m_loop, conn, "answer after the end");
        m_loop->close(conn, true);
    };
    sendText(*m_loop, client, "question");
    m_loop->shutdownSend(client);
    QVERIFY(waitFor("the answer", [&] { return m_client.ends.size() == 1; }));
    QVERIFY(m_client.received[client.slot] == "answer after the end");
    QVERIFY(m_client.ends[0].first == End::Eof);
    QVERIFY(m_server.received[server.slot] == "question");
    QVERIFY(waitFor("closed", [&] { return m_server.closed.size() == 1; }));
    sendText(*m_loop, client, "into the void"); // after shutdownSend: dropped
    QCOMPARE(m_loop->queued(client), size_t(0));
}

void TestLoop::closeAfterQueue()
{
    const auto [client, server] = pair();
    const Conn serverConn = server;
    const auto body = std::make_shared<std::string>(pattern(8 << 20));
    net::Piece piece{*body, net::Hold(body)};
    m_loop->send(client, {}, {&piece, 1});
    m_loop->close(client, true);
    QVERIFY(!m_loop->isOpen(client));
    QVERIFY(waitFor("all octets and the end", [&] { return m_server.octets == body->size() && m_server.ends.size() == 1; }, 30000));
    QVERIFY(m_server.received[serverConn.slot] == *body);
    QVERIFY(waitFor("closed", [&] { return m_client.closed.size() == 1; }));
    QVERIFY(m_client.ends.empty());
    QVERIFY(body.use_count() == 1);
}

void TestLoop::closeAtOnce()
{
    const auto [client, server] = pair();
    const auto body = std::make_shared<std::string>(pattern(8 << 20));
    net::Piece piece{*body, net::Hold(body)};
    m_loop->pause(server);
    m_loop->send(client, {}, {&piece, 1});
    m_loop->close(client, false);
    QVERIFY(m_client.closed.empty()); // nothing re-enters
    QVERIFY(waitFor("closed", [&] { return m_client.closed.size() == 1; }));
    QVERIFY(m_client.closed[0] == client);
    QCOMPARE(body.use_count(), 1L);
    m_loop->close(client, false);
    QCOMPARE(m_loop->connections(), size_t(1));
}

void TestLoop::resetIsSeen()
{
    for (const bool paused : {false, true}) {
        m_server.ends.clear();
        const auto [client, server] = pair();
        if (paused)
            m_loop->pause(server);
        m_loop->reset(client);
        QVERIFY(waitFor("the reset", [&] { return m_server.ends.size() == 1; }));
        QVERIFY(m_server.ends[0].first == End::Reset);
        QVERIFY(waitFor("closed", [&] { return m_loop->connections() == 0; }));
    }
    QCOMPARE(m_server.closed.size(), size_t(2));
    QCOMPARE(m_client.closed.size(), size_t(2));
    QVERIFY(m_client.ends.empty());
}

void TestLoop::refused()
{
    uint16_t free = 0;
    {
        auto listener = net::Listener::bind(Address::loopback(0));
        free = (*listener)->address().port;
    }
    const Conn conn = m_loop->connect(Address::loopback(free), m_client);
    sendText(*m_loop, conn, "never");
    QVERIFY(waitFor("the refusal", [&] { return m_client.closed.size() == 1; }));
    QCOMPARE(m_client.ends.size(), size_t(1));
    QVERIFY(m_client.ends[0].first == End::Failed);
    QCOMPARE(m_client.ends[0].second, ECONNREFUSED);
    QVERIFY(m_client.opened.empty());
    m_loop->connect(Address(), m_client);
    QVERIFY(waitFor("the second refusal", [&] { return m_client.closed.size() == 2; }));
    const Conn third = m_loop->connect(Address::loopback(free), m_client);
    m_loop->close(third, false); // before the outcome: only onClosed
    QVERIFY(waitFor("the third end", [&] { return m_client.closed.size() == 3; }));
    QCOMPARE(m_client.ends.size(), size_t(2));
}

void TestLoop::staleHandles()
{
    const auto [client, server] = pair();
    const Conn old = client;
    m_loop->close(client, false);
    QVERIFY(waitFor("closed", [&] { return m_client.closed.size() == 1 && m_server.ends.size() == 1; }));
    m_loop->close(server, false);
    QVERIFY(waitFor("closed", [&] { return m_loop->connections() == 0; }));
    const auto [next, nextServer] = pair();
    QVERIFY(next != old && nextServer != old);
    // The slot has another tenant: nothing of this may touch it.
    for (const Conn stale : {old, server, Conn{}, Conn{9999, 1}}) {
        sendText(*m_loop, stale, "stale");
        m_loop->pause(stale);
        m_loop->resume(stale);
        m_loop->shutdownSend(stale);
        m_loop->close(stale, true);
        m_loop->reset(stale);
        QVERIFY(!m_loop->isOpen(stale));
        QCOMPARE(m_loop->queued(stale), size_t(0));
    }
    m_server.received.clear();
    sendText(*m_loop, next, "fresh");
    QVERIFY(waitFor("the fresh text", [&] { return m_server.received[nextServer.slot] == "fresh"; }));
    QVERIFY(m_loop->isOpen(next));
}

void TestLoop::handlerPerConnection()
{
    std::vector<std::unique_ptr<Recorder>> sides;
    m_server.opens = [&](Conn conn) {
        sides.push_back(std::make_unique<Recorder>());
        m_loop->attach(conn, *sides.back());
    };
    const auto [a, serverA] = pair();
    const auto [b, serverB] = pair();
    sendText(*m_loop, a, "to a");
    sendText(*m_loop, b, "to b");
    QVERIFY(waitFor("both", [&] { return sides[0]->octets + sides[1]->octets == 8; }));
    QVERIFY(sides[0]->received[serverA.slot] == "to a" && sides[1]->received[serverB.slot] == "to b");
    QVERIFY(m_server.received.empty());
    m_loop->close(serverA, false);
    m_loop->close(serverB, false);
    QVERIFY(waitFor("closed", [&] { return sides[0]->closed.size() == 1 && sides[1]->closed.size() == 1; }));
}

void TestLoop::keptLeasesStayValid()
{
    const auto [client, server] = pair();
    std::vector<net::Piece> kept;
    m_server.onData = [&](Conn, std::string_view text, net::Lease &lease) { kept.push_back(lease.keep(text.substr(0, text.size() / 2 + 1))); };
    std::string expected;
    const Conn to = server;
    for (int i = 0; i < 50; ++i) {
        const std::string text = pattern(1000 + size_t(i)) + std::to_string(i);
        const size_t before = m_server.octets;
        sendText(*m_loop, client, text);
        QVERIFY(waitFor("the text", [&] { return m_server.octets == before + text.size(); }));
    }
    size_t at = 0;
    for (const auto &piece : kept) {
        const std::string_view whole = m_server.received[to.slot];
        const size_t found = whole.find(piece.data, at);
        QVERIFY(found != std::string_view::npos);
        at = found + piece.data.size();
    }
}

void TestLoop::answerBeforeResetIsStillRead()
{
    const auto [client, server] = pair();
    // The server answers, and drops the connection with octets unread: the client's next send fails, the answer must not be lost.
    m_loop->pause(client);
    m_server.onData = [&](Conn conn, std::string_view, net::Lease &) {
        m_loop->pause(conn);
        sendText(*m_loop, conn, "413 and go away");
        m_loop->close(conn, true);
    };
    const auto body = std::make_shared<std::string>(pattern(4 << 20));
    net::Piece piece{*body, net::Hold(body)};
    m_loop->send(client, {}, {&piece, 1});
    m_loop->resume(client);
    QVERIFY(waitFor("the end", [&] { return !m_client.ends.empty(); }));
    QVERIFY(m_client.received[client.slot] == "413 and go away");
    QVERIFY(waitFor("closed", [&] { return m_server.closed.size() == 1; }));
    QVERIFY(server.slot != client.slot);
}

void TestLoop::fairness()
{
    m_server.keepText = false;
    const auto [bulk, bulkServer] = pair();
    const auto [small, smallServer] = pair();
    const auto body = std::make_shared<std::string>(pattern(64 << 20));
    net::Piece piece{*body, net::Hold(body)};
    m_loop->send(bulk, {}, {&piece, 1});
    uint64_t bulkAtAnswer = 0;
    const Conn smallConn = smallServer;
    m_server.onData = [&](Conn conn, std::string_view, net::Lease &) {
        if (conn == smallConn && !bulkAtAnswer)
            bulkAtAnswer = m_server.octets;
    };
    QVERIFY(waitFor("the bulk to flow", [&] { return m_server.octets > (1 << 20); }));
    const uint64_t before = m_server.octets;
    sendText(*m_loop, small, "x");
    QVERIFY(waitFor("the small one", [&] { return bulkAtAnswer > 0; }));
    // A few shares of the large one: on its way to the socket, and on its way back. Notifiers hear of it only between two turns.
    const uint64_t most = m_loop->backend() == "epoll" ? 8 * net::LoopOptions().readBuffer : 16u << 20;
    QVERIFY2(bulkAtAnswer - before < most, qPrintable(QStringLiteral("%1 octets went before it").arg(bulkAtAnswer - before)));
    QVERIFY(waitFor("the rest", [&] { return m_server.octets == body->size() + 1; }, 30000));
}

void TestLoop::twoLoopsShareAListener()
{
    // The other loop runs in a thread of its own, as workers do.
    std::atomic<size_t> otherOpened = 0;
    std::atomic<bool> listening = false, stop = false, done = false;
    std::jthread worker([&] {
        const auto other = net::makeLoop();
        Recorder otherServer;
        otherServer.loop = other.get();
        otherServer.opens = [&](Conn) { ++otherOpened; };
        other->listen(*m_listener, otherServer);
        listening = true;
        QEventLoop events;
        while (!stop)
            events.processEvents(QEventLoop::AllEvents);
        other->unlisten(*m_listener, [&] { done = true; });
        while (!done)
            events.processEvents(QEventLoop::AllEvents);
    });
    const bool ready = waitFor("the other loop", [&] { return listening.load(); });
    for (int i = 0; i < 20; ++i)
        m_loop->connect(m_listener->address(), m_client);
    const bool accepted = waitFor("all accepted", [&] { return m_server.opened.size() + otherOpened == 20; });
    stop = true;
    const bool left = waitFor("unlisten", [&] { return done.load(); });
    worker.join();
    QVERIFY(ready && accepted && left);
    const size_t before = otherOpened;
    for (int i = 0; i < 5; ++i)
        pair();
    QCOMPARE(otherOpened.load(), before);
}

void TestLoop::unlistenThenClose()
{
    const auto [client, server] = pair();
    bool done = false;
    m_loop->unlisten(*m_listener, [&] { done = true; });
    QVERIFY(!done); // later
    QVERIFY(waitFor("unlisten", [&] { return done; }));
    const Address address = m_listener->address();
    m_listener.reset();
    m_loop->connect(address, m_client);
    QVERIFY(waitFor("the refusal", [&] { return m_client.closed.size() == 1; }));
    sendText(*m_loop, client, "still served"); // what was accepted lives on
    QVERIFY(waitFor("the text", [&] { return m_server.received[server.slot] == "still served"; }));
}

void TestLoop::outOfDescriptors()
{
#ifdef Q_OS_UNIX
    // A client of the system's own, so that only accepting runs into the limit.
    std::vector<int> clients, fillers;
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(m_listener->address().port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 3; ++i) {
        clients.push_back(::socket(AF_INET, SOCK_STREAM, 0));
        QCOMPARE(::connect(clients.back(), reinterpret_cast<sockaddr *>(&to), sizeof to), 0);
    }
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit small = before;
    small.rlim_cur = rlim_t(clients.back()) + 1;
    setrlimit(RLIMIT_NOFILE, &small);
    for (int fd; (fd = dup(0)) >= 0;)
        fillers.push_back(fd);
    const bool paused = waitFor("accepting to pause", [&] { return m_loop->counters().acceptPauses > 0; });
    const uint64_t turns = m_loop->counters().turns;
    QTest::qWait(20); // not for time to pass: a loop that spins would turn thousands of times in it
    const uint64_t spun = m_loop->counters().turns - turns;
    setrlimit(RLIMIT_NOFILE, &before);
    for (int fd : fillers)
        ::close(fd);
    const bool recovered = waitFor("accepting to recover", [&] { return m_server.opened.size() == 3; });
    for (int fd : clients)
        ::close(fd);
    QVERIFY(paused && recovered);
    QVERIFY2(spun < 50, qPrintable(QString::number(spun)));
#else
    QSKIP("Needs setrlimit.");
#endif
}

void TestLoop::loopMayGoWithOpenConnections()
{
    const auto [client, server] = pair();
    sendText(*m_loop, client, "unsent");
    QVERIFY(server);
    bool done = false;
    m_loop->unlisten(*m_listener, [&] { done = true; });
    QVERIFY(waitFor("unlisten", [&] { return done; }));
    m_loop.reset();
    QVERIFY(m_client.closed.empty());
}

void TestLoop::manyConnections()
{
    m_server.echo = true;
    std::vector<Conn> conns;
    for (int i = 0; i < 200; ++i) {
        conns.push_back(m_loop->connect(m_listener->address(), m_client));
        sendText(*m_loop, conns.back(), std::to_string(i));
    }
    const auto all = [&] {
        for (size_t i = 0; i < conns.size(); ++i) {
            if (m_client.received[conns[i].slot] != std::to_string(i))
                return false;
        }
        return true;
    };
    QVERIFY(waitFor("every echo", all));
    for (const Conn conn : conns)
        m_loop->close(conn, false);
    QVERIFY(waitFor("the ends", [&] { return m_server.ends.size() == 200; }));
    for (const Conn conn : m_server.opened)
        m_loop->close(conn, false);
    QVERIFY(waitFor("closed", [&] { return m_loop->connections() == 0; }));
}

// Twice: within Qt's own dispatcher, and in a thread that is prepared for a loop, as a worker is.
int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsSet("GATEHOUSE_TEST_PREPARED"))
        net::prepareThread();
    QCoreApplication application(argc, argv);
    TestLoop test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_loop.moc"
