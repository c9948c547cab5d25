#include "gateway/upstream/pool.h"

#include <cerrno>

namespace gatehouse::upstream {

namespace {

http::Limits answerLimits()
{
    http::Limits limits;
    limits.headerSize = 64 * 1024; // an upstream is trusted with more than a client
    limits.headers = 256;
    return limits;
}

std::string_view describe(int systemError)
{
    switch (systemError) {
    case ECONNREFUSED: return "refused";
    case ECONNRESET:
    case EPIPE: return "reset";
    case ETIMEDOUT: return "timeout";
    case EHOSTUNREACH:
    case ENETUNREACH: return "unreachable";
    case ENOENT: return "no such socket";
    case EACCES:
    case EPERM: return "not permitted";
    case EMFILE:
    case ENFILE: return "out of file descriptors";
    case ENOBUFS:
    case ENOMEM: return "out of memory for sockets";
    default: return "failed";
    }
}

} // namespace

void Connection::open(Pool &pool, Call *call)
{
    m_parser = http::ResponseParser(answerLimits());
    m_pool = &pool;
    m_call = call;
    m_requests = 0;
    m_introduction.assign(call->m_request.introduction);
    m_tried = 0;
    m_address = pool.m_preferred;
    m_connected = m_answered = m_requestDone = m_retryAddress = false;
    call->m_connection = this;
    call->m_reused = false;
    connectNext();
}

void Connection::connectNext()
{
    m_address %= m_pool->m_addresses.size(); // they may have been looked up anew meanwhile
    m_conn = m_client.m_loop.connect(m_pool->m_addresses[m_address], *this);
    ++m_tried;
}

void Connection::assign(Call &call)
{
    m_call = &call;
    call.m_connection = this;
    call.m_reused = m_requests > 0;
    m_answered = m_requestDone = false;
}

void Connection::onOpen(net::Conn, const net::Peer &)
{
    m_connected = true;
    if (!m_pool)
        return;
    m_pool->m_preferred = m_address;
    if (!m_introduction.empty()) {
        net::Block block = m_client.m_loop.block(m_introduction.size());
        block.append(m_introduction);
        m_client.m_loop.send(m_conn, std::move(block));
    }
    if (m_call)
        m_call->m_handler.onCallReady();
}

void Connection::onReceived(net::Conn, std::string_view octets, net::Lease &lease)
{
    Call *const call = m_call;
    if (!call)
        return drop(); // nobody asked: an early answer, or one that was smuggled in
    // RFC 9112 9.2: it MUST NOT be taken for the answer to a request that has not left yet. On a kept connection it is the other half of
    // something smuggled, and the request goes to a fresh one.
    if (!m_answered && isUnsent())
        return failed(call->m_reused ? ErrorKind::Reset : ErrorKind::Malformed, "an answer before the request");
    m_answered = true;
    const uint64_t serial = m_requests;
    const auto mine = [&] { return m_call == call && m_requests == serial; }; // the handler may cancel, or start anew
    while (true) {
        switch (m_parser.next(octets)) {
        case http::Event::NeedMore:
            return call->m_handler.onCallSettle();
        case http::Event::Head:
            // Now: the exchange makes its own answer of this head, and says there what its client's connection does.
            m_keepAlive = m_parser.head().keepAlive;
            m_tunnel = m_parser.head().framing == http::Framing::Tunnel;
            call->m_handler.onCallHead(m_parser.head());
            break;
        case http::Event::Piece:
            call->m_handler.onCallPiece(m_parser.piece(), lease);
            break;
        case http::Event::End:
            return ended(m_keepAlive && octets.empty());
        case http::Event::Error:
            return failed(ErrorKind::Malformed, m_parser.error().code);
        }
        if (!mine())
            return;
    }
}

void Connection::onSent(net::Conn, size_t)
{
    if (m_call)
        m_call->m_handler.onCallWritable();
}

void Connection::onEnd(net::Conn, net::End end, int systemError)
{
    if (!m_call)
        return drop();
    if (!m_connected) {
        // The next address, of whatever family: "localhost" is often served on one of them only.
        if (m_tried < m_pool->m_addresses.size()) {
            ++m_address;
            m_retryAddress = true;
            return;
        }
        m_pool->m_addressesUntil = {}; // look the name up again next time
        return failed(net::isShortage(systemError) ? ErrorKind::System : ErrorKind::Refused, describe(systemError));
    }
    if (end == net::End::Eof && m_tunnel)
        return m_call->m_handler.onCallEnd(const_cast<http::Fields &>(m_parser.trailers()));
    if (end == net::End::Eof && m_answered && m_parser.eof() == http::Event::End)
        return ended(false);
    failed(ErrorKind::Reset, end == net::End::Eof ? "closed by the upstream" : describe(systemError));
}

void Connection::onClosed(net::Conn)
{
    if (m_retryAddress) {
        m_retryAddress = false;
        if (m_pool && m_call)
            return connectNext();
    }
    leavePool();
    m_client.spare(this);
}

void Connection::ended(bool reusable)
{
    Call *const call = m_call;
    m_call = nullptr;
    call->m_connection = nullptr;
    CallHandler &handler = call->m_handler;
    http::Fields &trailers = const_cast<http::Fields &>(m_parser.trailers());
    Pool &pool = *m_pool;
    const uint64_t most = pool.m_limits.requests;
    if (call->m_paused)
        m_client.m_loop.resume(m_conn);
    call->m_paused = false;
    if (reusable && m_requestDone && m_client.m_loop.isOpen(m_conn) && (!most || m_requests < most))
        pool.giveBack(*this);
    else
        drop();
    handler.onCallEnd(trailers);
}

// What is queued leaves when the handlers of a wait have run (net::Loop::send), so octets that this same wait brought were there first.
bool Connection::isUnsent() const { return !m_requests || m_sentIn == m_client.m_loop.counters().waits; }

void Connection::failed(ErrorKind kind, std::string_view what)
{
    Call *const call = m_call;
    const Failure failure{kind, m_connected && !isUnsent(), m_answered, call->m_reused, what};
    drop();
    call->m_handler.onCallFailed(failure);
}

void Connection::leave()
{
    m_client.m_loop.close(m_conn, true);
    drop();
}

void Connection::drop()
{
    if (m_call) {
        m_call->m_connection = nullptr;
        m_call->m_paused = false;
        m_call = nullptr;
    }
    if (m_client.m_loop.isOpen(m_conn))
        m_client.m_loop.close(m_conn, false);
    leavePool();
}

void Connection::leavePool()
{
    if (Pool *pool = std::exchange(m_pool, nullptr))
        pool->gone(*this);
}

} // namespace gatehouse::upstream
