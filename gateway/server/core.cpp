#include "gateway/server/core.h"

#include <algorithm>

namespace gatehouse::server {

using namespace std::chrono_literals;

namespace {
constexpr Duration busyTick = std::chrono::milliseconds(observe::flushEveryMillis);
constexpr Duration quietTick = 1s;   // a second without requests is a second too (metrics)
constexpr int quietAfter = 8;        // ticks; each of those that come later costs a wake-up for nothing
thread_local Core *currentCore = nullptr;
}

Core &Core::current() { return *currentCore; }

struct Core::Delay final : net::Timer {
    explicit Delay(Core &core)
        : core(core)
    {
    }
    void expired() override
    {
        const policy::Resumption resumption = which;
        core.m_spareDelays.push_back(this);
        core.exchanges->resume(resumption);
    }
    Core &core;
    policy::Resumption which;
};

Core::Core(const Surroundings &surroundings, uint32_t index, unsigned workers, const policy::Resumer &resumer,
           const policy::Blocking &blocking, const std::string &pseudonym)
    : clock(surroundings.clock)
    , loop(net::makeLoop())
    , wheel(std::make_unique<net::TimerWheel>(surroundings.clock))
    , recorder(surroundings.store)
    , metrics(surroundings.metrics)
    , client(std::make_unique<upstream::Client>(*loop, *wheel, surroundings.clock, workers))
    , fetch(*client, *wheel, surroundings.metrics)
    , services{surroundings.clock, policy::systemRandom(), fetch, blocking, resumer}
    , environment{index, surroundings.clock, *loop, *wheel, *client, recorder, metrics, services, pseudonym}
    , exchanges(std::make_unique<exchange::Exchanges>(environment))
    , coarse(surroundings.clock.monotonic())
{
    currentCore = this;
    client->setOwn([this](const net::Address &to) {
        return std::any_of(acceptors.begin(), acceptors.end(), [&](const auto &one) { return !one->closed && net::leadsTo(to, one->socket.address()); });
    });
    tick();
}

Core::~Core()
{
    abandonAll();
    recorder.flush();
    loop.reset(); // its connections go without a word to their handlers, which are still there
}

void Core::swap(const exchange::BoundPointer &next)
{
    bound = exchange::copyFor(*next);
    for (const auto &acceptor : acceptors) {
        const auto *listener = bound->listener(acceptor->name);
        acceptor->listener = listener && !acceptor->closed ? *listener : nullptr;
    }
    client->forgetUnused();
}

bool Core::listen(net::Listener &socket, const std::string &name, std::shared_ptr<std::atomic<int>> open)
{
    auto acceptor = std::make_unique<Acceptor>(*this, socket, name, std::move(open));
    if (bound)
        if (const auto *listener = bound->listener(name))
            acceptor->listener = *listener;
    if (!loop->listen(socket, *acceptor))
        return false;
    acceptors.push_back(std::move(acceptor));
    return true;
}

void Core::unlisten(net::Listener &socket, std::function<void()> done)
{
    for (const auto &acceptor : acceptors) {
        if (&acceptor->socket != &socket || acceptor->closed)
            continue;
        acceptor->closed = true;
        for (const auto &connection : all)
            if (connection->acceptor() == acceptor.get())
                connection->drain();
        return loop->unlisten(socket, std::move(done));
    }
    done();
}

void Acceptor::onOpen(net::Conn conn, const net::Peer &peer)
{
    const uint32_t most = listener ? listener->plan->limits.connections : 0;
    const int before = open->fetch_add(1, std::memory_order_relaxed); // counted first: two workers may accept at once
    if (closed || !listener || m_core.draining || (most && before >= int(most))) {
        open->fetch_sub(1, std::memory_order_relaxed);
        return m_core.loop->close(conn, false);
    }
    m_core.metrics.connections(1);
    m_core.busy();
    Connection *connection = m_core.connection();
    m_core.loop->attach(conn, *connection);
    connection->open(conn, peer, *this);
}

Connection *Core::connection()
{
    if (spare.empty()) {
        all.push_back(std::make_unique<Connection>(*this));
        return all.back().get();
    }
    Connection *connection = spare.back();
    spare.pop_back();
    return connection;
}

void Core::closed(Connection &connection)
{
    connection.acceptor()->open->fetch_sub(1, std::memory_order_relaxed);
    metrics.connections(-1);
    spare.push_back(&connection);
}

void Core::startDraining()
{
    draining = true;
    for (const auto &connection : all)
        if (connection->acceptor())
            connection->drain();
    client->closeIdle();
}

void Core::abandonAll()
{
    for (const auto &connection : all)
        if (connection->acceptor())
            connection->abandon();
}

void Core::busy()
{
    if (m_quiet <= quietAfter) {
        m_quiet = 0;
        return;
    }
    m_quiet = 0;
    coarse = clock.monotonic();
    date = m_dates.at(clock.wallMicros());
    wheel->start(m_tick, busyTick);
}

// While exchanges come: hand over what was recorded, tell of those that take long, and note the time for all that need not know
// it exactly.
void Core::tick()
{
    coarse = clock.monotonic();
    date = m_dates.at(clock.wallMicros());
    exchanges->sweep();
    recorder.flush();
    metrics.tick();
    m_quiet = exchanges->inFlight() ? 0 : std::min(m_quiet + 1, quietAfter + 1);
    wheel->start(m_tick, m_quiet > quietAfter ? quietTick : busyTick);
}

void Core::resumeAfter(policy::Resumption which, Duration delay)
{
    if (m_spareDelays.empty()) {
        m_delays.push_back(std::make_unique<Delay>(*this));
        m_spareDelays.push_back(m_delays.back().get());
    }
    Delay *pending = m_spareDelays.back();
    m_spareDelays.pop_back();
    pending->which = which;
    wheel->start(*pending, delay);
}

} // namespace gatehouse::server
