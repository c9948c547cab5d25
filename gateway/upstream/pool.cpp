#include "gateway/upstream/pool.h"

#include "gateway/net/resolver.h"
#include "gateway/net/timerwheel.h"

#include <algorithm>

namespace gatehouse::upstream {

using namespace std::chrono_literals;

namespace {
constexpr Duration namesKeptFor = 30s; // the system's resolver tells no time to live
}

bool Pool::full() const
{
    if (!m_limits.max)
        return false;
    return m_connections >= std::max<uint32_t>(1, (m_limits.max + m_client.m_workers - 1) / m_client.m_workers);
}

Call::Start Pool::start(Call &call, const ConnectionLimits &limits)
{
    m_limits = limits;
    if (!call.m_request.fresh && !m_idle.empty()) {
        if (Connection *connection = takeIdle(call.m_request.introduction)) {
            connection->assign(call);
            return Call::Start::Ready;
        }
    }
    if (full() && !m_idle.empty()) // a fresh one was asked for, or one for this client, and there is no room: an idle one makes it
        m_idle.front()->drop();
    if (full() || m_resolving) {
        if (m_limits.pending && m_waiting >= m_limits.pending)
            return Call::Start::Full;
        push(call);
        return Call::Start::Waiting;
    }
    return connect(call) ? Call::Start::Waiting : Call::Start::Own;
}

// A PROXY header names one client's connection, so whatever came over another one must not go behind it: the header itself is what
// has to be equal, port included. The upstream could not tell the difference, and would hold one client for the other.
Connection *Pool::takeIdle(std::string_view introduction)
{
    auto found = m_idle.end() - 1;
    if (!introduction.empty() || !(*found)->m_introduction.empty()) {
        const auto last = std::find_if(m_idle.rbegin(), m_idle.rend(), [&](const Connection *one) { return one->m_introduction == introduction; });
        if (last == m_idle.rend())
            return nullptr;
        found = std::next(last).base();
    }
    Connection *const connection = *found;
    m_idle.erase(found);
    return connection;
}

void Pool::push(Call &call)
{
    call.m_pool = this;
    call.m_next = nullptr;
    (m_last ? m_last->m_next : m_first) = &call;
    m_last = &call;
    ++m_waiting;
}

Call *Pool::pop()
{
    Call *call = m_first;
    if (!call)
        return nullptr;
    m_first = call->m_next;
    if (!m_first)
        m_last = nullptr;
    call->m_pool = nullptr;
    --m_waiting;
    return call;
}

void Pool::cancel(Call &waiting)
{
    Call *before = nullptr;
    for (Call *call = m_first; call; before = call, call = call->m_next) {
        if (call != &waiting)
            continue;
        (before ? before->m_next : m_first) = call->m_next;
        if (m_last == call)
            m_last = before;
        call->m_pool = nullptr;
        --m_waiting;
        return;
    }
}

// A request that comes back to us would go round until something breaks. Asked for new connections only, which are few.
bool Pool::leadsBack()
{
    if (!m_client.m_isOwn || std::none_of(m_addresses.begin(), m_addresses.end(), m_client.m_isOwn))
        return false;
    m_addresses.clear(); // looked up again next time: it may be another's then
    return true;
}

bool Pool::connect(Call &call)
{
    const Location &location = m_endpoint->location;
    if (location.socket.kind == net::Address::Kind::Unix)
        m_addresses.assign(1, location.socket);
    else if (m_addresses.empty() || m_client.m_clock.monotonic() >= m_addressesUntil)
        m_addresses = net::Resolver::known(location.host, location.port);
    if (m_addresses.empty()) {
        push(call);
        m_resolving = true;
        m_client.m_resolver->resolve(location.host, location.port,
                                     [this](Result<std::vector<net::Address>> addresses) { resolved(std::move(addresses)); });
        return true;
    }
    if (leadsBack())
        return false;
    if (m_addressesUntil <= m_client.m_clock.monotonic())
        m_addressesUntil = m_client.m_clock.monotonic() + namesKeptFor;
    ++m_connections;
    m_endpoint->countConnection(1);
    m_client.takeSpare()->open(*this, &call);
    return true;
}

void Pool::resolved(Result<std::vector<net::Address>> addresses)
{
    m_resolving = false;
    if (!addresses)
        return failWaiting(ErrorKind::Resolve, "no address for the name");
    m_addresses = std::move(addresses).value();
    m_addressesUntil = m_client.m_clock.monotonic() + namesKeptFor;
    m_preferred = 0;
    if (leadsBack())
        return failWaiting(ErrorKind::NotAllowed, "own listener");
    while (m_first && (!full() || !m_idle.empty())) {
        if (full())
            m_idle.front()->drop(); // it is another client's; gone() connects for the first one
        else
            connect(*pop());
    }
}

void Pool::failWaiting(ErrorKind kind, std::string_view what)
{
    // A handler may start its call again at once, which then waits anew: only those that wait now are told.
    for (uint32_t left = m_waiting; left && m_first; --left)
        pop()->m_handler.onCallFailed({kind, false, false, false, what});
}

void Pool::giveBack(Connection &connection)
{
    if (m_first) {
        if (connection.m_introduction != m_first->m_request.introduction)
            return connection.drop(); // it is another client's: gone() connects anew for the one that waits
        Call *const call = pop();
        connection.assign(*call);
        call->m_handler.onCallReady();
        return;
    }
    if (m_limits.idle && m_idle.size() >= m_limits.idle)
        m_idle.front()->drop();
    connection.m_idleSince = m_client.now();
    m_idle.push_back(&connection);
    m_client.watchIdle();
}

void Pool::gone(Connection &connection)
{
    if (const auto at = std::find(m_idle.begin(), m_idle.end(), &connection); at != m_idle.end())
        m_idle.erase(at);
    --m_connections;
    m_endpoint->countConnection(-1);
    if (!m_first || m_resolving || full())
        return;
    Call *next = pop();
    if (!connect(*next))
        next->m_handler.onCallFailed({ErrorKind::NotAllowed, false, false, false, "own listener"});
}

void Pool::closeIdle(MonotonicTime now)
{
    // The oldest are in front.
    while (!m_idle.empty() && m_idle.front()->m_idleSince <= now - m_limits.idleFor)
        m_idle.front()->drop();
}

} // namespace gatehouse::upstream
