// Connections to one endpoint, of one worker. The way in is client.h; this is its inside.
#pragma once

#include "gateway/http/parser.h"
#include "gateway/net/loop.h"
#include "gateway/upstream/client.h"

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::upstream {

// One connection: its parser, and the call it serves at the moment. Objects are used again; the loop's onClosed returns them.
class Connection final : public net::Handler {
public:
    explicit Connection(Client &client)
        : m_client(client)
    {
    }
    void open(Pool &pool, Call *call);
    void assign(Call &call);  // it serves this one now
    void drop();              // closes at once; the call, if any, is forgotten
    void leave();             // closes once what is queued is out
    net::Conn conn() const { return m_conn; }
    bool connected() const { return m_connected; }

private:
    friend class Call;
    friend class Pool;
    friend class Client;
    void onOpen(net::Conn, const net::Peer &) override;
    void onReceived(net::Conn, std::string_view octets, net::Lease &lease) override;
    void onSent(net::Conn, size_t queued) override;
    void onEnd(net::Conn, net::End end, int systemError) override;
    void onClosed(net::Conn) override;
    void connectNext();
    void ended(bool reusable);
    void failed(ErrorKind kind, std::string_view what);
    void leavePool();
    bool isUnsent() const; // nothing of the request under way has left yet

    Client &m_client;
    Pool *m_pool = nullptr;   // null: already out of it, waiting for onClosed
    Call *m_call = nullptr;
    net::Conn m_conn;
    http::ResponseParser m_parser;
    MonotonicTime m_idleSince;
    uint64_t m_requests = 0;  // served or begun
    uint64_t m_sentIn = 0;    // the loop's wait in which the head of the last was queued
    std::string m_introduction; // what it begins with: the PROXY header of whom it serves, or nothing
    size_t m_address = 0;     // which of the pool's addresses is being tried
    size_t m_tried = 0;
    bool m_connected = false, m_answered = false, m_requestDone = false;
    bool m_keepAlive = false;   // what the answer under way said of the connection
    bool m_tunnel = false;      // it has switched protocols: each direction ends by itself
    bool m_retryAddress = false; // closing after a failed connect, to try the next address
};

class Pool {
public:
    Pool(Client &client, std::shared_ptr<Endpoint> endpoint)
        : m_client(client)
        , m_endpoint(std::move(endpoint))
    {
    }
    Call::Start start(Call &call, const ConnectionLimits &limits);
    void cancel(Call &waiting);
    void giveBack(Connection &connection); // fit for the next request
    void gone(Connection &connection);     // closed, or about to be: no longer counted
    void closeIdle(MonotonicTime now);   // those whose time is over by then
    bool hasIdle() const { return !m_idle.empty(); }
    bool inUse() const { return m_connections || m_waiting || m_resolving; }
    bool endpointShared() const { return m_endpoint.use_count() > 1; } // somebody else has it too

private:
    friend class Connection;
    Connection *takeIdle(std::string_view introduction); // null: none was introduced like this
    bool connect(Call &call); // false: it would lead to a listener of ours
    bool leadsBack();
    void resolved(Result<std::vector<net::Address>> addresses);
    void failWaiting(ErrorKind kind, std::string_view what);
    bool full() const;
    void push(Call &call);
    Call *pop();

    Client &m_client;
    std::shared_ptr<Endpoint> m_endpoint;
    ConnectionLimits m_limits;                // of the newest configuration seen
    std::vector<Connection *> m_idle;         // the last one is used next: it is the warmest, and the others may age
    std::vector<net::Address> m_addresses;
    MonotonicTime m_addressesUntil{};
    size_t m_preferred = 0;                   // the address that worked last
    uint32_t m_connections = 0;
    Call *m_first = nullptr, *m_last = nullptr; // waiting, in order
    uint32_t m_waiting = 0;
    bool m_resolving = false;
};

} // namespace gatehouse::upstream
