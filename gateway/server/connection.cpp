#include "gateway/server/connection.h"

#include "gateway/config/records.h"
#include "gateway/http/writer.h"
#include "gateway/server/core.h"

#include <array>

namespace gatehouse::server {

using namespace std::chrono_literals;

namespace {

constexpr size_t restMost = 16 * 1024;     // pipelined octets kept before reading stops
constexpr size_t answersMost = 256 * 1024; // queued, before another request of a client that does not read them is begun
constexpr Duration peerSoon = 20ms, peerAgain = 1s;
constexpr Duration lingerFor = 2s;         // an answer that came before the whole request can still be read (RFC 9112 9.6)

// Octets of m_rest: they do not stay, so keeping them is copying them.
class RestLease final : public net::Lease {
public:
    explicit RestLease(net::Loop &loop)
        : m_loop(loop)
    {
    }
    net::Piece keep(std::string_view part) override
    {
        net::Block block = m_loop.block(part.size());
        block.append(part);
        return net::toPiece(std::move(block));
    }

private:
    net::Loop &m_loop;
};

} // namespace

Connection::Connection(Core &core)
    : m_core(core)
{
}

void Connection::open(net::Conn conn, const net::Peer &peer, Acceptor &acceptor)
{
    m_conn = conn;
    m_acceptor = &acceptor;
    m_exchange = nullptr;
    m_limitsOf = ~uint64_t(0);
    m_rest.clear();
    m_close = m_processing = m_held = m_cut = m_headRead = m_requestEnded = m_bodyless = m_exchangeDone = m_halfClosed = false;
    m_framing = http::Framing::None;
    nameClient(net::toIp(peer.remote), peer.remote.port, net::toIp(peer.local), peer.local.port);
    using Proxy = config::ProxyIn;
    const Proxy proxy = acceptor.listener ? acceptor.listener->plan->proxyProtocol : Proxy::Off; // null: it is being closed
    const bool required = proxy == Proxy::Require;
    m_proxy = proxy == Proxy::Off ? nullptr : std::make_unique<http::ProxyReader>(required);
    waitFor(required ? Wait::Head : Wait::Idle);
}

// By its address; that of a Unix socket's is nothing.
void Connection::nameClient(const IpAddress &ip, uint16_t port, const IpAddress &local, uint16_t localPort)
{
    const bool unix = ip == IpAddress{};
    m_ipText = unix ? std::string("unix") : ip.text();
    m_text = unix ? m_ipText : (ip.isV4() ? m_ipText : '[' + m_ipText + ']') + ':' + std::to_string(port);
    m_client = {ip, m_ipText, m_text, port, local, localPort};
}

// --- reading

void Connection::onReceived(net::Conn, std::string_view octets, net::Lease &lease)
{
    if (m_wait == Wait::Linger || (m_proxy && !introduced(octets)))
        return;
    if (isTunnel()) {
        if (m_exchange)
            m_exchange->tunnelPiece(octets, &lease);
        return;
    }
    if ((m_exchange && m_requestEnded) || !m_rest.empty()) {
        m_rest.append(octets);
        if (m_rest.size() > restMost)
            m_core.loop->pause(m_conn);
        return;
    }
    process(octets, lease);
}

// Takes the PROXY header. True: what is left of `octets` is the connection's own.
bool Connection::introduced(std::string_view &octets)
{
    using Outcome = http::ProxyReader::Outcome;
    const Outcome outcome = m_proxy->next(octets);
    if (outcome == Outcome::NeedMore) {
        if (m_wait != Wait::Head)
            waitFor(Wait::Head);
        return false;
    }
    const auto reader = std::exchange(m_proxy, nullptr);
    const http::ProxyHeader &header = reader->header();
    waitFor(Wait::Idle);
    if (outcome == Outcome::Refused) {
        refuse(reader->refusal().fault);
    } else if (outcome == Outcome::Absent) {
        RestLease lease(*m_core.loop);
        process(reader->held(), lease);
    } else if (header.family != http::ProxyHeader::Family::None) { // else it names no other client, which anybody may
        if (m_core.bound->snapshot->settings.believesIntroduction(m_client.ip, header.source))
            nameClient(header.source, header.sourcePort, header.destination, header.destinationPort);
        else
            refuse(http::ProxyFault::Untrusted);
    }
    return m_core.loop->isOpen(m_conn) && m_wait != Wait::Linger;
}

// No HTTP was spoken, so none is answered; the record says why.
void Connection::refuse(http::ProxyFault fault)
{
    m_close = true;
    if (begin())
        m_exchange->connectionRefused(http::describe(fault).code);
}

void Connection::process(std::string_view octets, net::Lease &lease)
{
    m_processing = true;
    while (m_core.loop->isOpen(m_conn) && step(octets, lease)) { }
    m_processing = false;
    if (m_exchange)
        m_exchange->settle();
}

// One event of the parser. False: nothing more to do now.
bool Connection::step(std::string_view &octets, net::Lease &lease)
{
    if (!m_exchange && (octets.empty() || crowded(octets) || !begin()))
        return false;
    switch (m_parser.next(octets)) {
    case http::Event::NeedMore:
        if (!m_headRead && !m_parser.inMessage()) {
            release(); // a blank line before a request is none (RFC 9112 2.2)
        } else if (!m_headRead) {
            if (m_wait != Wait::Head)
                waitFor(Wait::Head);
        } else if (!m_exchangeDone) {
            waitFor(Wait::Body);
        }
        return false;
    case http::Event::Head:
        m_headRead = true;
        m_http10 = m_parser.head().version == http::Version::Http10;
        m_close = m_close || !m_parser.head().keepAlive || m_core.draining;
        m_bodyless = m_parser.head().framing == http::Framing::None || (m_parser.head().framing == http::Framing::Length && m_parser.head().length == 0);
        m_exchange->requestHead(m_parser.head());
        break;
    case http::Event::Piece:
        m_exchange->requestPiece(m_parser.piece(), &lease);
        break;
    case http::Event::End:
        m_requestEnded = true;
        m_exchange->requestEnd(const_cast<http::Fields &>(m_parser.trailers()));
        if (!m_exchangeDone) {
            m_rest.append(octets);
            octets = {};
            waitFor(Wait::Answer);
        }
        break;
    case http::Event::Error:
        m_close = true;
        if (m_exchangeDone) {
            linger();
            return false;
        }
        m_exchange->requestRefused(m_parser.error(), m_parser.hasHead() ? &m_parser.head() : nullptr);
        if (!m_exchangeDone) // a filter holds the refusal back; nothing more can be read meanwhile
            return false;
        break;
    }
    return !m_exchangeDone ? !m_requestEnded : over();
}

// A client that sends request after request and reads no answer: what it sent waits until it has read (onSent).
bool Connection::crowded(std::string_view octets)
{
    if (queued() <= answersMost)
        return false;
    m_rest.append(octets);
    m_core.loop->pause(m_conn);
    waitFor(Wait::Answer);
    return true;
}

bool Connection::begin()
{
    if (!m_acceptor->listener) {
        close(); // its listener is no more
        return false;
    }
    if (m_limitsOf != m_core.bound->snapshot->revision)
        takeLimits();
    m_exchange = m_core.exchanges->take();
    m_exchange->begin(*this, m_core.bound, m_acceptor->listener);
    m_parser.start(m_exchange->memory());
    m_headRead = m_requestEnded = m_bodyless = m_exchangeDone = m_held = m_cut = false;
    m_core.busy();
    return true;
}

void Connection::takeLimits()
{
    m_limitsOf = m_core.bound->snapshot->revision;
    const runtime::Limits &given = m_acceptor->listener->plan->limits;
    http::Limits limits;
    limits.headerSize = given.headerSize ? given.headerSize : SIZE_MAX;
    limits.headers = given.headers ? given.headers : SIZE_MAX;
    limits.url = given.url ? given.url : SIZE_MAX;
    m_parser = http::RequestParser(limits);
}

// The exchange is done. True: on to what came behind the request.
bool Connection::over()
{
    if (m_cut || !m_core.loop->isOpen(m_conn))
        return false;
    if (m_requestEnded) {
        release();
        if (m_close) {
            // What came behind the last request would make the system reset the connection, and the answer with it (RFC 9112 9.6).
            m_rest.empty() ? close() : linger();
            return false;
        }
        if (m_halfClosed && m_rest.empty()) {
            close();
            return false;
        }
        waitFor(Wait::Idle);
        return true;
    }
    if (m_close) {
        linger();
        return false;
    }
    return true; // the rest of the request is read and dropped
}

void Connection::release()
{
    if (!m_exchange)
        return;
    m_core.exchanges->give(m_exchange);
    m_exchange = nullptr;
}

// The exchange has ended outside of process().
void Connection::exchangeDone()
{
    m_exchangeDone = true;
    if (m_processing)
        return;
    if (over())
        next();
}

void Connection::next()
{
    if (m_exchange || m_rest.empty() || m_wait == Wait::Linger)
        return;
    const std::string rest = std::exchange(m_rest, {});
    m_core.loop->resume(m_conn);
    RestLease lease(*m_core.loop);
    process(rest, lease);
    if (!m_halfClosed || !m_rest.empty() || (m_exchange && m_requestEnded))
        return;
    if (m_exchange) {
        m_exchange->clientGone(); // the rest of this request will never come
        release();
    }
    close(); // once the answers before it are out
}

void Connection::holdRequest(bool hold)
{
    if (hold == m_held)
        return;
    m_held = hold;
    if (hold) {
        m_core.loop->pause(m_conn);
        return;
    }
    m_core.loop->resume(m_conn);
    if (!m_requestEnded && m_wait == Wait::Body)
        waitFor(Wait::Body);
}

void Connection::onEnd(net::Conn, net::End end, int)
{
    if (end != net::End::Eof || !m_exchange || m_exchangeDone || !m_requestEnded)
        return abandon();
    if (isTunnel())
        return m_exchange->tunnelEnd();
    halfClosed();
}

// Either the client waits for its answer, having said all it had to say, or it is gone and nobody wants one: the end of what it sends
// looks the same. Of a client on this machine the system knows which; any other gets its answer.
void Connection::halfClosed()
{
    m_halfClosed = true;
    m_core.wheel->start(m_peerTimer, peerSoon); // not at once: the system may still be closing it
}

void Connection::lookForPeer()
{
    if (m_core.loop->peerIsGone(m_conn))
        return abandon();
    m_core.wheel->start(m_peerTimer, peerAgain);
}

void Connection::abandon()
{
    const bool midway = m_exchange && !m_exchangeDone;
    if (m_exchange) {
        m_exchange->clientGone();
        release();
    }
    m_core.loop->close(m_conn, !midway);
}

void Connection::onClosed(net::Conn)
{
    if (m_exchange) {
        m_exchange->clientGone();
        release();
    }
    m_timer.cancel();
    m_peerTimer.cancel();
    m_out = {};
    m_rest = {};
    m_proxy.reset();
    m_core.closed(*this);
}

// --- writing

void Connection::sendInterim(const http::ResponseHead &head)
{
    if (m_http10)
        return;
    net::Block block = m_core.loop->block(http::sizeBound(head));
    block.commit(http::writeHead(block.rest(), head));
    m_core.loop->send(m_conn, std::move(block));
}

void Connection::sendHead(http::ResponseHead &head, bool answersHead)
{
    // An answer before the end of a body ends the connection; where none comes, nothing is left to read (RFC 9112 9.3).
    m_close = m_close || (!m_requestEnded && !m_bodyless) || m_core.draining;
    if (head.framing == http::Framing::Chunked || head.framing == http::Framing::UntilClose) {
        head.framing = m_http10 ? http::Framing::UntilClose : http::Framing::Chunked;
        m_close = m_close || (m_http10 && !answersHead);
    }
    head.version = m_http10 ? http::Version::Http10 : http::Version::Http11;
    head.keepAlive = !m_close;
    m_framing = head.framing;
    if (isTunnel())
        m_close = true;
    else
        head.upgrade = {};
    if (answersHead && !isTunnel())
        m_framing = http::Framing::None;
    m_chunked = m_framing == http::Framing::Chunked;
    m_left = head.length;
    m_out = m_core.loop->block(http::sizeBound(head) + 1024);
    const size_t written = http::writeHead(m_out.rest(), head, {m_core.date, answersHead});
    if (!written)
        return cut();
    m_out.commit(written);
}

void Connection::sendPiece(std::string_view octets, net::Lease *lease)
{
    if (m_cut || octets.empty())
        return;
    if (m_framing == http::Framing::Length) {
        if (octets.size() > m_left)
            return cut(); // more than was announced would be read as the next answer
        m_left -= octets.size();
    }
    if (octets.size() <= net::copyAtMost) {
        const size_t frame = m_chunked ? http::chunkStartSize + http::chunkEnd.size() : 0;
        if (m_out.room() < octets.size() + frame) {
            flush();
            m_out = m_core.loop->block();
        }
        if (m_chunked)
            m_out.commit(http::writeChunkStart(m_out.rest(), octets.size()));
        m_out.append(octets);
        if (m_chunked)
            m_out.append(http::chunkEnd);
        return;
    }
    if (m_chunked) {
        if (m_out.room() < http::chunkStartSize) {
            flush();
            m_out = m_core.loop->block();
        }
        m_out.commit(http::writeChunkStart(m_out.rest(), octets.size()));
    }
    std::array<net::Piece, 2> pieces{lease ? lease->keep(octets) : RestLease(*m_core.loop).keep(octets), net::Piece{http::chunkEnd, {}}};
    m_core.loop->send(m_conn, std::move(m_out), std::span(pieces).first(m_chunked ? 2 : 1));
    m_out = {};
}

void Connection::sendEnd(const http::Fields *trailers)
{
    if (m_cut)
        return;
    if (isTunnel()) {
        flush();
        return m_core.loop->shutdownSend(m_conn);
    }
    if (m_framing == http::Framing::Length && m_left)
        return cut();
    if (!m_chunked)
        return;
    const bool plain = !trailers || trailers->empty();
    const size_t bound = plain ? http::lastChunk.size() : http::sizeBound(*trailers);
    if (m_out.room() < bound) {
        flush();
        m_out = m_core.loop->block(bound);
    }
    if (plain)
        m_out.append(http::lastChunk);
    else
        m_out.commit(http::writeLastChunk(m_out.rest(), *trailers));
}

void Connection::flush()
{
    if (m_out.size())
        m_core.loop->send(m_conn, std::move(m_out));
    m_out = {};
}

void Connection::cut()
{
    if (m_cut)
        return;
    m_cut = true;
    // What ends with the connection would look whole: only a reset tells. The others are seen to be short.
    if (m_framing == http::Framing::UntilClose || isTunnel())
        return m_core.loop->reset(m_conn);
    flush();
    m_core.loop->close(m_conn, true);
}

std::string Connection::takeRest()
{
    m_core.loop->resume(m_conn);
    return std::exchange(m_rest, {});
}

size_t Connection::queued() const { return m_core.loop->queued(m_conn); }

void Connection::onSent(net::Conn, size_t)
{
    if (!m_exchange)
        next();
    else if (!m_exchangeDone)
        m_exchange->downstreamDrained();
}

// --- ends

void Connection::close()
{
    m_core.loop->close(m_conn, true);
    if (queued())
        waitFor(Wait::Answer); // a client that never reads is not waited for forever
}

// The answer is out and the request is not in: what still comes is dropped for a while, so that the client gets to read.
void Connection::linger()
{
    release();
    m_core.loop->shutdownSend(m_conn);
    m_core.loop->resume(m_conn);
    waitFor(Wait::Linger);
}

void Connection::drain()
{
    m_close = true;
    if ((m_wait == Wait::Idle && !m_exchange) || m_proxy)
        close();
}

// --- time. The deadline moves often and the timer seldom: when it fires too early it is set again.

void Connection::waitFor(Wait what)
{
    if (what == Wait::Answer && m_wait != Wait::Answer)
        m_stalledAt = 0;
    m_wait = what;
    const runtime::Limits limits = m_acceptor->listener ? m_acceptor->listener->plan->limits : runtime::Limits{};
    Duration after{};
    switch (what) {
    case Wait::Idle: after = limits.idle; break;
    case Wait::Head: after = limits.headerTimeout; break;
    case Wait::Body: after = limits.bodyIdle; break;
    case Wait::Answer: after = limits.bodyIdle; break;
    case Wait::Linger: after = lingerFor; break;
    }
    if (after <= Duration::zero()) {
        m_timer.cancel();
        return;
    }
    m_deadline = m_core.coarse + after;
    if (!m_timer.active() || m_deadline < m_armed) {
        m_armed = m_deadline;
        m_core.wheel->startAt(m_timer, m_deadline);
    }
}

void Connection::expired()
{
    const MonotonicTime now = m_core.clock.monotonic();
    if (now < m_deadline) {
        m_armed = m_deadline;
        m_core.wheel->startAt(m_timer, m_deadline);
        return;
    }
    switch (m_wait) {
    case Wait::Idle: return close();
    case Wait::Linger: return m_core.loop->close(m_conn, false);
    case Wait::Head: {
        if (const auto reader = std::exchange(m_proxy, nullptr)) // who has said nothing at all goes like any idle one
            return reader->held().empty() ? close() : refuse(http::ProxyFault::Late);
        m_close = true;
        m_exchange->requestTimedOut();
        return;
    }
    case Wait::Body:
    case Wait::Answer: {
        // Waiting for the upstream is the exchange's to judge. What the client can be late with is its body and its reading.
        const size_t waiting = queued();
        const bool reading = m_wait == Wait::Body && !m_held;
        if (reading) {
            m_close = true;
            m_exchange->requestTimedOut();
            return;
        }
        if (waiting && waiting == m_stalledAt) {
            if (m_exchange)
                m_exchange->clientGone("client stopped reading");
            release();
            return m_core.loop->close(m_conn, false);
        }
        m_stalledAt = waiting;
        return waitFor(m_wait);
    }
    }
}

} // namespace gatehouse::server
