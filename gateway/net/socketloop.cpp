// The turn of the loop: who may run, opening, receiving, closing. Sending stands in socketsend.cpp.
#include "gateway/net/socketloop.h"

#include "gateway/net/listener.h"
#include "gateway/net/peerstate.h"
#include "gateway/net/sockaddr.h"

#include <algorithm>
#include <cerrno>
#include <netinet/tcp.h>
#include <unistd.h>

namespace gatehouse::net {

namespace {

constexpr int eventsAtOnce = 128;
constexpr uint64_t listenerMark = uint64_t(1) << 63;
constexpr std::chrono::milliseconds acceptRetry{100};

} // namespace

// The read buffer is counted memory: keeping a part shares it, and the loop reads the next octets elsewhere while it is shared.
class SocketLoop::ReadLease final : public Lease {
public:
    explicit ReadLease(Memory *memory) : m_memory(memory) { }
    Piece keep(std::string_view part) override
    {
        ++m_memory->refs;
        return {part, Hold(m_memory)};
    }

private:
    Memory *m_memory;
};

SocketLoop::SocketLoop(const LoopOptions &options)
    : m_options(options)
    , m_readBuffers(options.readBuffer, 64)
    , m_readBuffer(m_readBuffers.memory())
    , m_poller(makePoller([this] { turn(); }))
{
    m_acceptRetry.setInterval(acceptRetry);
    m_acceptRetry.setSingleShot(true);
    QObject::connect(&m_acceptRetry, &QTimer::timeout, &m_acceptRetry, [this] { retryAccepting(); });
}

SocketLoop::~SocketLoop()
{
    m_poller.reset();
    for (Socket &socket : m_sockets) {
        dropQueue(socket);
        if (socket.used && socket.fd >= 0)
            ::close(socket.fd);
    }
    while (Node *node = m_spareNodes) {
        m_spareNodes = node->next;
        delete node;
    }
    release(m_readBuffer);
}

SocketLoop::Socket *SocketLoop::find(Conn conn)
{
    if (conn.slot >= m_sockets.size())
        return nullptr;
    Socket &socket = m_sockets[conn.slot];
    return socket.used && socket.gen == conn.gen ? &socket : nullptr;
}

uint32_t SocketLoop::add(int fd, Handler &handler)
{
    uint32_t slot;
    if (m_freeSlots.empty()) {
        slot = uint32_t(m_sockets.size());
        m_sockets.emplace_back();
    } else {
        slot = m_freeSlots.back();
        m_freeSlots.pop_back();
    }
    Socket &socket = m_sockets[slot];
    socket.used = true;
    socket.fd = fd;
    socket.handler = &handler;
    ++m_open;
    return slot;
}

bool SocketLoop::watch(uint32_t slot)
{
    return m_poller->add(m_sockets[slot].fd, tagOf(name(slot)));
}

void SocketLoop::drained(uint32_t slot)
{
    m_sockets[slot].readable = false;
    m_poller->wantRead(tagOf(name(slot)));
}

Conn SocketLoop::connect(const Address &to, Handler &handler)
{
    SocketAddress address;
    const socklen_t size = toSystem(to, address);
    const int fd = size ? openSocket(address.any.sa_family) : -1;
    const uint32_t slot = add(fd, handler);
    Socket &socket = m_sockets[slot];
    socket.connecting = true;
    socket.writable = false;
    if (fd < 0) {
        socket.error = size ? errno : EINVAL;
    } else {
        if (to.kind != Address::Kind::Unix) {
            const int on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
        if (::connect(fd, &address.any, size) == 0) {
            socket.connecting = false;
            socket.opening = socket.writable = true;
        } else if (errno != EINPROGRESS) {
            socket.error = errno;
        }
        if (!watch(slot) && !socket.error)
            socket.error = errno;
    }
    if (!socket.connecting || socket.error) {
        markReady(slot);
        wakeLater();
    }
    return name(slot);
}

Conn SocketLoop::adopt(qintptr descriptor, Handler &handler)
{
    const int fd = int(descriptor);
    const uint32_t slot = add(fd, handler);
    Socket &socket = m_sockets[slot];
    socket.opening = socket.adopted = true;
    if (!watch(slot))
        socket.error = errno;
    markReady(slot);
    wakeLater();
    return name(slot);
}

void SocketLoop::attach(Conn conn, Handler &handler)
{
    if (Socket *socket = find(conn))
        socket->handler = &handler;
}

bool SocketLoop::isOpen(Conn conn) const
{
    const Socket *socket = find(conn);
    return socket && !socket->closing;
}

bool SocketLoop::peerIsGone(Conn conn) const
{
    const Socket *socket = find(conn);
    return socket && socket->fd >= 0 && net::peerIsGone(socket->fd);
}

void SocketLoop::pause(Conn conn)
{
    if (Socket *socket = find(conn))
        socket->paused = true;
}

void SocketLoop::resume(Conn conn)
{
    Socket *socket = find(conn);
    if (!socket || !socket->paused)
        return;
    socket->paused = false;
    if (socket->readable) {
        markReady(conn.slot);
        wakeLater();
    }
}

// Turns

void SocketLoop::wakeLater()
{
    if (!m_inTurn) // the end of a turn looks at everything again
        m_poller->wake();
}

// A steady clock and not the injected one: this is about the machine's time, not the product's.
bool SocketLoop::outOfTime() { return std::chrono::steady_clock::now() >= m_turnEnds; }

void SocketLoop::turn()
{
    if (m_inTurn)
        return; // a handler runs an event loop of its own
    m_inTurn = true;
    ++m_counters.turns;
    Poller::Ready events[eventsAtOnce];
    for (bool first = true;; first = false) {
        const int count = m_poller->wait(events, eventsAtOnce);
        if (first) // it may have waited long
            m_turnEnds = std::chrono::steady_clock::now() + m_options.turn;
        ++m_counters.waits;
        dispatch(events, count);
        runReady();
        flushDirty();
        reap();
        if (!(hasMore() || m_poller->isWorthAsking(count)) || outOfTime())
            break;
    }
    m_inTurn = false;
    if (!m_later.empty()) {
        auto later = std::move(m_later);
        m_later.clear();
        for (auto &call : later)
            call();
    }
    if (hasMore() || !m_closed.empty())
        wakeLater();
}

void SocketLoop::dispatch(const Poller::Ready *events, int count)
{
    for (int i = 0; i < count; ++i) {
        const Poller::Ready &ready = events[i];
        const uint64_t tag = ready.tag;
        if (tag & listenerMark) {
            for (Accepting &accepting : m_accepting) {
                if (uint64_t(accepting.fd) == (tag & ~listenerMark)) {
                    accept(accepting);
                    break;
                }
            }
            continue;
        }
        const uint32_t slot = uint32_t(tag);
        Socket &socket = m_sockets[slot];
        if (!socket.used || (socket.gen & 0x7fffffff) != tag >> 32)
            continue;
        socket.hungUp = socket.hungUp || ready.hungUp;
        socket.readable = socket.readable || ready.readable;
        if (ready.writable) {
            socket.writable = true;
            if (socket.queued)
                markDirty(slot);
        }
        if (ready.failed && (socket.paused || socket.eof) && !socket.connecting && !socket.error) {
            // Nobody reads, yet whoever waits for this peer should know.
            int error = 0;
            socklen_t size = sizeof error;
            getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size);
            socket.error = error;
        }
        if (socket.readable || socket.connecting)
            markReady(slot);
    }
}

void SocketLoop::markReady(uint32_t slot, std::vector<uint32_t> &list)
{
    if (!m_sockets[slot].ready) {
        m_sockets[slot].ready = true;
        list.push_back(slot);
    }
}

// Each ready connection once, for its budget. Those that had more to read than that stand behind what came meanwhile: a small
// request waits for what is left of a large one's share, and not for another share as well.
void SocketLoop::runReady()
{
    m_readyNow.swap(m_ready);
    m_readyNow.insert(m_readyNow.end(), m_again.begin(), m_again.end());
    m_again.clear();
    for (size_t i = 0; i < m_readyNow.size(); ++i) {
        if (i % 16 == 15 && outOfTime()) {
            m_ready.insert(m_ready.begin(), m_readyNow.begin() + ptrdiff_t(i), m_readyNow.end());
            break;
        }
        m_sockets[m_readyNow[i]].ready = false;
        work(m_readyNow[i]);
    }
    m_readyNow.clear();
}

void SocketLoop::work(uint32_t slot)
{
    Socket &socket = m_sockets[slot];
    if (!socket.used || socket.listed)
        return;
    if (socket.connecting && !socket.error) {
        socklen_t size = sizeof socket.error;
        if (!socket.writable && !socket.hungUp)
            return;
        if (getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &socket.error, &size) < 0)
            socket.error = errno;
        if (!socket.error) {
            socket.connecting = false;
            socket.opening = true;
        }
    }
    if (socket.error) {
        if (socket.closing)
            retire(slot);
        else
            fail(slot, socket.error == ECONNRESET || socket.error == EPIPE ? (socket.connecting ? End::Failed : End::Reset) : End::Failed, socket.error);
        return;
    }
    if (socket.opening)
        openNow(slot);
    if (socket.readable)
        receive(slot);
}

void SocketLoop::openNow(uint32_t slot)
{
    Socket &socket = m_sockets[slot];
    socket.opening = false;
    if (socket.queued || socket.shutting || socket.draining)
        markDirty(slot);
    if (socket.closing)
        return;
    Peer peer;
    if (socket.adopted) {
        SocketAddress address;
        socklen_t size = sizeof address;
        if (getpeername(socket.fd, &address.any, &size) == 0)
            peer.remote = fromSystem(address, size);
        peer.accepted = true;
    }
    socket.handler->onOpen(name(slot), peer);
}

void SocketLoop::receive(uint32_t slot)
{
    Socket &socket = m_sockets[slot];
    const Conn conn = name(slot);
    size_t budget = m_options.bytesPerTurn;
    while (socket.readable && !socket.paused && !socket.closing && !socket.eof) {
        if (!budget) {
            markReady(slot, m_again);
            return;
        }
        const ssize_t got = recv(socket.fd, m_readBuffer->data(), m_readBuffer->capacity, 0);
        ++m_counters.receives;
        if (got > 0) {
            m_counters.bytesIn += uint64_t(got);
            budget -= std::min(budget, size_t(got));
            // A short read has emptied the socket: what comes next brings a new edge. Not so once the end was announced.
            if (size_t(got) < m_readBuffer->capacity && !socket.hungUp)
                drained(slot);
            ReadLease lease(m_readBuffer);
            socket.handler->onReceived(conn, {m_readBuffer->data(), size_t(got)}, lease);
            if (m_readBuffer->refs > 1)
                settleLease();
            continue;
        }
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            drained(slot);
            return;
        }
        socket.readable = false;
        if (got == 0 && !socket.broken) {
            socket.eof = true;
            socket.handler->onEnd(conn, End::Eof, 0);
            return;
        }
        const int error = got == 0 ? ECONNRESET : errno;
        fail(slot, error == ECONNRESET || error == EPIPE ? End::Reset : End::Failed, error);
        return;
    }
}

// Accepting

bool SocketLoop::listen(Listener &listener, Handler &handler)
{
    Accepting accepting{&listener, &handler, int(listener.descriptor()), true, listener.address().isAny(), 1};
    m_accepting.push_back(accepting);
    retryAccepting();
    if (!m_accepting.back().paused)
        return true;
    m_accepting.pop_back();
    return false;
}

void SocketLoop::unlisten(Listener &listener, std::function<void()> done)
{
    for (auto at = m_accepting.begin(); at != m_accepting.end(); ++at) {
        if (at->listener == &listener) {
            if (!at->paused)
                m_poller->removeListener(at->fd, listenerMark | uint64_t(at->fd));
            m_accepting.erase(at);
            break;
        }
    }
    m_later.push_back(std::move(done));
    // Also from within a turn, whose end calls what is to be called later.
    wakeLater();
}

void SocketLoop::accept(Accepting &from)
{
    // A copy: the handler may listen or unlisten.
    const Accepting accepting = from;
    const auto current = [&] {
        return std::find_if(m_accepting.begin(), m_accepting.end(), [&](const Accepting &other) { return other.fd == accepting.fd; });
    };
    int accepted = 0;
    bool empty = false;
    while (accepted < accepting.burst && current() != m_accepting.end()) {
        SocketAddress address;
        socklen_t size = sizeof address;
        const int fd = acceptFrom(accepting.fd, address, size);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            empty = true;
            if (isShortage(errno))
                pauseAccepting(*current());
            break;
        }
        ++accepted;
        ++m_counters.accepts;
        const uint32_t slot = add(fd, *accepting.handler);
        if (!watch(slot)) {
            ::close(fd);
            m_sockets[slot].fd = -1;
            retire(slot);
            m_sockets[slot].handler = nullptr; // it never heard of this one
            continue;
        }
        Peer peer;
        peer.remote = fromSystem(address, size);
        peer.accepted = true;
        if (!accepting.wildcard) {
            peer.local = accepting.listener->address();
        } else if (size = sizeof address; getsockname(fd, &address.any, &size) == 0) {
            peer.local = fromSystem(address, size);
        }
        accepting.handler->onOpen(name(slot), peer);
    }
    // One at a time while connections are rare, more when they come in bursts; level-triggered, so none is forgotten.
    if (const auto still = current(); still != m_accepting.end())
        still->burst = empty ? std::max(1, accepted) : std::min(still->burst * 2, m_options.backlogBatch);
}

// Out of descriptors: the listener would stay readable and spin. It is left alone for a while, or until a connection closes.
void SocketLoop::pauseAccepting(Accepting &accepting)
{
    m_poller->removeListener(accepting.fd, listenerMark | uint64_t(accepting.fd));
    accepting.paused = true;
    ++m_counters.acceptPauses;
    m_acceptRetry.start();
}

void SocketLoop::retryAccepting()
{
    bool paused = false;
    for (Accepting &accepting : m_accepting) {
        if (accepting.paused)
            accepting.paused = !m_poller->addListener(accepting.fd, listenerMark | uint64_t(accepting.fd));
        paused = paused || accepting.paused;
    }
    if (paused)
        m_acceptRetry.start();
}

// Ends

void SocketLoop::fail(uint32_t slot, End end, int error)
{
    Socket &socket = m_sockets[slot];
    dropQueue(socket);
    socket.error = 0;
    const bool tell = !socket.closing;
    socket.closing = true;
    if (tell)
        socket.handler->onEnd(name(slot), end, error);
    retire(slot);
}

void SocketLoop::close(Conn conn, bool afterQueue)
{
    Socket *socket = find(conn);
    if (!socket || socket->listed)
        return;
    socket->closing = true;
    if (afterQueue && !socket->broken && (socket->queued || socket->connecting || socket->opening)) {
        socket->draining = true;
        markDirty(conn.slot);
    } else {
        retire(conn.slot);
    }
    wakeLater();
}

void SocketLoop::reset(Conn conn)
{
    if (Socket *socket = find(conn); socket && !socket->listed) {
        socket->resetting = true;
        close(conn, false);
    }
}

void SocketLoop::retire(uint32_t slot)
{
    Socket &socket = m_sockets[slot];
    if (socket.listed)
        return;
    socket.listed = socket.closing = true;
    dropQueue(socket);
    m_closed.push_back(slot);
}

void SocketLoop::reap()
{
    // onClosed may close others: they stand behind in the list.
    for (size_t i = 0; i < m_closed.size(); ++i) {
        const uint32_t slot = m_closed[i];
        Socket &socket = m_sockets[slot];
        if (socket.fd >= 0) {
            if (socket.resetting) {
                const linger now{1, 0};
                setsockopt(socket.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            }
            m_poller->remove(socket.fd, tagOf(name(slot)));
            ::close(socket.fd);
            socket.fd = -1;
        }
        --m_open;
        if (socket.handler)
            socket.handler->onClosed(name(slot));
        const uint32_t next = socket.gen + 1;
        const bool ready = socket.ready, dirty = socket.dirty, leased = socket.leased;
        socket = Socket();
        socket.gen = next & 0x7fffffff ? next : 1;
        // It may still stand in these lists, and must then not enter them again.
        socket.ready = ready;
        socket.dirty = dirty;
        socket.leased = leased;
        m_freeSlots.push_back(slot);
    }
    if (m_closed.empty())
        return;
    m_closed.clear();
    if (m_acceptRetry.isActive()) {
        m_acceptRetry.stop();
        retryAccepting();
    }
}

} // namespace gatehouse::net
