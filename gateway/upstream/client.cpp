#include "gateway/upstream/client.h"

#include "gateway/http/writer.h"
#include "gateway/net/resolver.h"
#include "gateway/net/timerwheel.h"
#include "gateway/upstream/pool.h"

#include <array>

namespace gatehouse::upstream {

using namespace std::chrono_literals;

namespace {
constexpr Duration sweepEvery = 1s;
}

struct Client::Sweep {
    explicit Sweep(Client &client)
        : timer(&client)
    {
    }
    net::MemberTimer<Client, &Client::sweep> timer;
};

Client::Client(net::Loop &loop, net::TimerWheel &wheel, const Clock &clock, unsigned workers)
    : m_loop(loop)
    , m_wheel(wheel)
    , m_clock(clock)
    , m_workers(workers ? workers : 1)
    , m_resolver(std::make_unique<net::Resolver>())
    , m_sweep(std::make_unique<Sweep>(*this))
{
}

Client::~Client() = default;

const Upstream::Member *Client::choose(const std::shared_ptr<const Upstream> &upstream, const Endpoint *not_)
{
    if (m_balancers.size() <= upstream->id)
        m_balancers.resize(upstream->id + 1);
    auto &balancer = m_balancers[upstream->id];
    if (!balancer)
        balancer = std::make_unique<RoundRobin>(upstream);
    return balancer->next(not_);
}

RetryBudget &Client::budget(const Upstream &upstream)
{
    if (m_budgets.size() <= upstream.id)
        m_budgets.resize(upstream.id + 1);
    return m_budgets[upstream.id];
}

void Client::forgetUnused()
{
    for (auto &balancer : m_balancers)
        if (balancer && !balancer->shared())
            balancer.reset();
    for (auto &pool : m_pools) {
        if (!pool || pool->endpointShared())
            continue;
        pool->closeIdle(MonotonicTime::max());
        if (!pool->inUse())
            pool.reset();
    }
}

Pool &Client::pool(const std::shared_ptr<Endpoint> &endpoint)
{
    if (m_pools.size() <= endpoint->id)
        m_pools.resize(endpoint->id + 1);
    auto &pool = m_pools[endpoint->id];
    if (!pool)
        pool = std::make_unique<Pool>(*this, endpoint);
    return *pool;
}

Connection *Client::takeSpare()
{
    if (m_spare.empty()) {
        m_all.push_back(std::make_unique<Connection>(*this));
        return m_all.back().get();
    }
    Connection *connection = m_spare.back();
    m_spare.pop_back();
    return connection;
}

void Client::spare(Connection *connection) { m_spare.push_back(connection); }

void Client::watchIdle()
{
    if (!m_sweep->timer.active())
        m_wheel.start(m_sweep->timer, sweepEvery);
}

void Client::sweep()
{
    bool idle = false;
    for (const auto &pool : m_pools) {
        if (!pool)
            continue;
        pool->closeIdle(now());
        idle = idle || pool->hasIdle();
    }
    if (idle)
        watchIdle();
}

void Client::closeIdle()
{
    for (const auto &pool : m_pools)
        if (pool)
            pool->closeIdle(MonotonicTime::max());
}

size_t Client::connections() const { return m_all.size() - m_spare.size(); }

Call::Start Call::start(Client &client, const Upstream &upstream, const std::shared_ptr<Endpoint> &endpoint, const Request &request, Arena &arena)
{
    m_arena = &arena;
    m_request = request;
    m_reused = m_chunked = m_paused = false;
    return client.pool(endpoint).start(*this, upstream.settings.connections);
}

bool Call::ready() const { return m_connection && m_connection->connected(); }

bool Call::sendHead(const http::RequestHead &head, std::string_view firstPiece, bool more)
{
    net::Loop &loop = m_connection->m_client.m_loop;
    m_chunked = head.framing == http::Framing::Chunked;
    const size_t bound = http::sizeBound(head);
    const bool together = !firstPiece.empty() && firstPiece.size() <= net::copyAtMost;
    net::Block block = loop.block(bound + (together ? firstPiece.size() + http::chunkStartSize + http::chunkEnd.size() : 0));
    const size_t written = http::writeHead(block.rest(), head);
    if (!written)
        return false;
    block.commit(written);
    ++m_connection->m_requests;
    m_connection->m_sentIn = loop.counters().waits;
    m_connection->m_requestDone = !more;
    m_connection->m_tunnel = false;
    m_connection->m_parser.start(*m_arena, m_request.method, m_request.upgrading);
    if (together) {
        if (m_chunked)
            block.commit(http::writeChunkStart(block.rest(), firstPiece.size()));
        block.append(firstPiece);
        if (m_chunked)
            block.append(http::chunkEnd);
    }
    loop.send(m_connection->m_conn, std::move(block));
    if (!together && !firstPiece.empty())
        sendPiece(firstPiece, nullptr);
    return true;
}

void Call::sendPiece(std::string_view octets, net::Lease *lease)
{
    if (octets.empty())
        return;
    net::Loop &loop = m_connection->m_client.m_loop;
    if (octets.size() <= net::copyAtMost || !lease) {
        net::Block block = loop.block(octets.size() + http::chunkStartSize + http::chunkEnd.size());
        if (m_chunked)
            block.commit(http::writeChunkStart(block.rest(), octets.size()));
        block.append(octets);
        if (m_chunked)
            block.append(http::chunkEnd);
        return loop.send(m_connection->m_conn, std::move(block));
    }
    sendPiece(lease->keep(octets));
}

void Call::sendPiece(net::Piece piece)
{
    if (piece.data.empty())
        return;
    net::Loop &loop = m_connection->m_client.m_loop;
    net::Block block;
    if (m_chunked) {
        block = loop.block();
        block.commit(http::writeChunkStart(block.rest(), piece.data.size()));
    }
    std::array<net::Piece, 2> pieces{std::move(piece), net::Piece{http::chunkEnd, {}}};
    loop.send(m_connection->m_conn, std::move(block), std::span(pieces).first(m_chunked ? 2 : 1));
}

void Call::sendEnd(const http::Fields *trailers)
{
    m_connection->m_requestDone = true;
    if (!m_chunked)
        return;
    net::Loop &loop = m_connection->m_client.m_loop;
    if (!trailers || trailers->empty()) {
        net::Block block = loop.block();
        block.append(http::lastChunk);
        return loop.send(m_connection->m_conn, std::move(block));
    }
    net::Block block = loop.block(http::sizeBound(*trailers));
    block.commit(http::writeLastChunk(block.rest(), *trailers));
    loop.send(m_connection->m_conn, std::move(block));
}

void Call::endTunnel()
{
    if (m_connection)
        m_connection->m_client.m_loop.shutdownSend(m_connection->m_conn);
}

void Call::leaveTunnel()
{
    if (m_connection)
        m_connection->leave();
}

size_t Call::queued() const { return m_connection ? m_connection->m_client.m_loop.queued(m_connection->m_conn) : 0; }

void Call::pause()
{
    if (!m_connection || m_paused)
        return;
    m_paused = true;
    m_connection->m_client.m_loop.pause(m_connection->m_conn);
}

void Call::resume()
{
    if (!m_connection || !m_paused)
        return;
    m_paused = false;
    m_connection->m_client.m_loop.resume(m_connection->m_conn);
}

void Call::cancel()
{
    if (m_pool)
        m_pool->cancel(*this);
    if (m_connection)
        m_connection->drop();
}

} // namespace gatehouse::upstream
