// The inside of a worker: what lives on its thread. Not for other rooms.
#pragma once

#include "gateway/exchange/exchanges.h"
#include "gateway/http/writer.h"
#include "gateway/server/connection.h"
#include "gateway/server/services.h"
#include "gateway/server/workers.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::server {

// Takes connections of one listening socket, in one worker.
class Acceptor final : public net::Handler {
public:
    Acceptor(Core &core, net::Listener &socket, std::string name, std::shared_ptr<std::atomic<int>> open)
        : socket(socket)
        , name(std::move(name))
        , open(std::move(open))
        , m_core(core)
    {
    }
    net::Listener &socket;
    const std::string name;
    std::shared_ptr<const exchange::BoundListener> listener; // of the running configuration; null: it has none of that name
    const std::shared_ptr<std::atomic<int>> open;            // connections, over all workers
    bool closed = false;                                     // takes no more

private:
    void onOpen(net::Conn conn, const net::Peer &peer) override;
    void onReceived(net::Conn, std::string_view, net::Lease &) override { }
    void onSent(net::Conn, size_t) override { }
    void onEnd(net::Conn, net::End, int) override { }
    void onClosed(net::Conn) override { }
    Core &m_core;
};

// Members are destroyed from the last to the first: connections and exchanges before the client, that before the loop.
struct Core {
    Core(const Surroundings &surroundings, uint32_t index, unsigned workers, const policy::Resumer &resumer,
         const policy::Blocking &blocking, const std::string &pseudonym);
    ~Core();

    static Core &current(); // of this thread, which is a worker's

    void swap(const exchange::BoundPointer &next);
    bool listen(net::Listener &socket, const std::string &name, std::shared_ptr<std::atomic<int>> open);
    void unlisten(net::Listener &socket, std::function<void()> done);
    void startDraining();
    void abandonAll();
    void busy();                 // something happens: flush soon
    void closed(Connection &connection);
    Connection *connection();
    void resumeAfter(policy::Resumption which, Duration delay);

    const Clock &clock;
    std::unique_ptr<net::Loop> loop;
    std::unique_ptr<net::TimerWheel> wheel;
    observe::WorkerRecorder recorder;
    observe::WorkerMetrics metrics;
    std::unique_ptr<upstream::Client> client;
    WorkerFetch fetch;
    policy::Services services;
    exchange::Environment environment;
    std::unique_ptr<exchange::Exchanges> exchanges;

    exchange::BoundPointer bound;
    std::vector<std::unique_ptr<Acceptor>> acceptors; // those that are closed stay while they have connections
    std::vector<std::unique_ptr<Connection>> all;     // objects ever needed at once
    std::vector<Connection *> spare;
    std::string_view date;                            // for answers without one
    MonotonicTime coarse;                             // now, to some 30 ms while busy
    bool draining = false;

private:
    struct Delay;
    void tick();
    http::DateCache m_dates;
    net::MemberTimer<Core, &Core::tick> m_tick{this};
    int m_quiet = 0;             // ticks without an exchange
    std::vector<std::unique_ptr<Delay>> m_delays;
    std::vector<Delay *> m_spareDelays;
};

} // namespace gatehouse::server
