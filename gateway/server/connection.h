// One client's connection: reads requests one after the other, and writes their answers in order (HTTP/1.0 and 1.1).
//
//   octets -> RequestParser -> Exchange          the requests; one exchange at a time, what is pipelined waits
//   Exchange -> Downstream (here) -> net::Loop   the answer; gathered, so that head and body leave together
#pragma once

#include "gateway/exchange/exchanges.h"
#include "gateway/http/parser.h"
#include "gateway/http/proxyprotocol.h"
#include "gateway/net/loop.h"
#include "gateway/net/timerwheel.h"

#include <memory>
#include <string>

namespace gatehouse::server {

class Acceptor;
struct Core;

// One worker's thread. Objects are used again once the loop's onClosed has come.
class Connection final : public net::Handler, private exchange::Downstream {
public:
    explicit Connection(Core &core);
    void open(net::Conn conn, const net::Peer &peer, Acceptor &acceptor);
    // No further request after the one under way.
    void drain();
    // Ends it now; an exchange under way counts as cancelled.
    void abandon();
    Acceptor *acceptor() const { return m_acceptor; }

private:
    enum class Wait : uint8_t { Idle, Head, Body, Answer, Linger };

    void onOpen(net::Conn, const net::Peer &) override { }
    void onReceived(net::Conn, std::string_view octets, net::Lease &lease) override;
    void onSent(net::Conn, size_t queued) override;
    void onEnd(net::Conn, net::End end, int systemError) override;
    void onClosed(net::Conn) override;

    const Client &client() const override { return m_client; }
    void sendInterim(const http::ResponseHead &head) override;
    void sendHead(http::ResponseHead &head, bool answersHead) override;
    void sendPiece(std::string_view octets, net::Lease *lease) override;
    void sendEnd(const http::Fields *trailers) override;
    void cut() override;
    std::string takeRest() override;
    void flush() override;
    size_t queued() const override;
    void holdRequest(bool hold) override;
    void exchangeDone() override;

    bool introduced(std::string_view &octets);
    void nameClient(const IpAddress &ip, uint16_t port, const IpAddress &local, uint16_t localPort);
    void refuse(http::ProxyFault fault);
    void process(std::string_view octets, net::Lease &lease);
    bool begin();
    bool crowded(std::string_view octets);
    bool isTunnel() const { return m_framing == http::Framing::Tunnel; } // what comes is not HTTP any more
    void takeLimits();
    bool step(std::string_view &octets, net::Lease &lease);
    bool over();
    void release();
    void next();
    void close();
    void linger();
    void halfClosed();
    void lookForPeer();
    void waitFor(Wait what);
    void expired();

    Core &m_core;
    Acceptor *m_acceptor = nullptr;
    net::Conn m_conn;
    exchange::Exchange *m_exchange = nullptr;
    http::RequestParser m_parser;
    uint64_t m_limitsOf = 0;        // the revision whose limits the parser has
    std::string m_ipText, m_text;
    Client m_client;
    std::unique_ptr<http::ProxyReader> m_proxy; // until the PROXY header is in; null where none is to come
    std::string m_rest;             // came behind a request that is not answered yet
    net::Block m_out;               // gathered until flush()
    size_t m_stalledAt = 0;         // queued when last looked at
    uint64_t m_left = 0;            // octets of the answer's length still to come
    net::MemberTimer<Connection, &Connection::expired> m_timer{this};
    net::MemberTimer<Connection, &Connection::lookForPeer> m_peerTimer{this}; // once it sends nothing more
    MonotonicTime m_deadline, m_armed;
    Wait m_wait = Wait::Idle;
    http::Framing m_framing = http::Framing::None; // of the answer
    bool m_http10 = false, m_chunked = false;
    bool m_headRead = false, m_requestEnded = false, m_bodyless = false, m_exchangeDone = false;
    bool m_close = false;           // after this answer
    bool m_processing = false, m_held = false, m_cut = false;
    bool m_halfClosed = false;      // the client sends nothing more, but may read
};

} // namespace gatehouse::server
