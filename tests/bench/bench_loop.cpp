// What the loop itself costs: a forwarder without HTTP between a client and an echo, all in this process, one loop a thread.
// Prints octets and messages a second, and the forwarder's system calls a message, which decide (see performance.md's measurements).
#include "gateway/net/listener.h"
#include "gateway/net/loop.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>
#include <QtCore/QTimer>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <unordered_map>

using namespace gatehouse;
using net::Conn;

namespace {

double threadCpuMicros()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e6 + double(time.tv_nsec) / 1e3;
}

struct Quiet : net::Handler {
    net::Loop *loop = nullptr;
    void onOpen(Conn, const net::Peer &) override { }
    void onReceived(Conn, std::string_view, net::Lease &) override { }
    void onSent(Conn, size_t) override { }
    void onEnd(Conn conn, net::End, int) override { loop->close(conn, false); }
    void onClosed(Conn) override { }
};

struct Echo final : Quiet {
    void onReceived(Conn conn, std::string_view octets, net::Lease &lease) override
    {
        net::Piece piece = lease.keep(octets);
        loop->send(conn, {}, {&piece, 1});
    }
};

struct Forwarder final : Quiet {
    net::Address to;
    std::unordered_map<uint32_t, Conn> other;
    uint64_t messages = 0;
    void onOpen(Conn conn, const net::Peer &peer) override
    {
        if (!peer.accepted)
            return;
        const Conn up = loop->connect(to, *this);
        other[conn.slot] = up;
        other[up.slot] = conn;
    }
    void onReceived(Conn conn, std::string_view octets, net::Lease &lease) override
    {
        ++messages;
        net::Piece piece = lease.keep(octets);
        loop->send(other[conn.slot], {}, {&piece, 1});
    }
};

struct Client final : Quiet {
    std::string message;
    std::unordered_map<uint32_t, size_t> got;
    uint64_t answers = 0;
    void ask(Conn conn)
    {
        net::Block block = loop->block(message.size());
        block.append(message);
        loop->send(conn, std::move(block));
    }
    void onOpen(Conn conn, const net::Peer &) override { ask(conn); }
    void onReceived(Conn conn, std::string_view octets, net::Lease &) override
    {
        if ((got[conn.slot] += octets.size()) >= message.size()) {
            got[conn.slot] = 0;
            ++answers;
            ask(conn);
        }
    }
};

template <typename Handler>
void serve(net::Listener &listener, Handler &handler, std::atomic<bool> &stop, const std::function<void(net::Loop &)> &done)
{
    auto loop = net::makeLoop();
    handler.loop = loop.get();
    loop->listen(listener, handler);
    QEventLoop events;
    QTimer watch;
    QObject::connect(&watch, &QTimer::timeout, &events, [&] {
        if (stop)
            events.quit();
    });
    watch.start(20);
    events.exec();
    done(*loop);
    loop->unlisten(listener, [] { });
}

void run(size_t size, int connections, int millis)
{
    std::atomic<bool> stop = false;
    auto echoListener = net::Listener::bind(net::Address::loopback(0)), listener = net::Listener::bind(net::Address::loopback(0));
    Echo echo;
    Forwarder forwarder;
    forwarder.to = (*echoListener)->address();
    std::jthread echoThread([&] { serve(**echoListener, echo, stop, [](net::Loop &) { }); });
    double micros = 0;
    net::LoopCounters counters;
    std::jthread forwardThread([&] {
        const double start = threadCpuMicros();
        serve(**listener, forwarder, stop, [&](net::Loop &loop) {
            micros = threadCpuMicros() - start;
            counters = loop.counters();
        });
    });
    {
        auto loop = net::makeLoop();
        Client client;
        client.loop = loop.get();
        client.message.assign(size, 'x');
        for (int i = 0; i < connections; ++i)
            loop->connect((*listener)->address(), client);
        QEventLoop events;
        QTimer::singleShot(millis, &events, &QEventLoop::quit);
        events.exec();
        stop = true;
        forwardThread.join();
        echoThread.join();
        const auto per = [&](uint64_t count) { return double(count) / double(client.answers ? client.answers : 1); };
        std::printf("%7zu octets, %3d connections: %8.0f/s  forwarder %6.2f us each; calls each: %.2f receives, %.2f sends, %.2f waits; copied %.0f octets\n",
                    size, connections, double(client.answers) * 1000 / millis, micros / double(client.answers ? client.answers : 1), per(counters.receives),
                    per(counters.sends), per(counters.waits), per(counters.copies));
    }
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_NO_THREADED_GLIB", "1");
    QCoreApplication app(argc, argv);
    const int millis = argc > 1 ? std::atoi(argv[1]) : 2000;
    run(1024, 1, millis);
    run(1024, 64, millis);
    run(64 * 1024, 64, millis);
    return 0;
}
