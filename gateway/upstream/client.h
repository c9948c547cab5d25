// Sends one request to one endpoint and reads its answer, over connections kept for the next. One worker's thread.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/error.h"
#include "gateway/http/message.h"
#include "gateway/net/loop.h"
#include "gateway/upstream/upstream.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace gatehouse::net {
class Resolver;
class TimerWheel;
}

namespace gatehouse::upstream {

class Call;
class Client;
class Connection;
class Pool;

// How a call failed.
struct Failure {
    ErrorKind kind = ErrorKind::Internal; // Refused, Resolve, Reset, Malformed, System: no socket to be had, or NotAllowed: our own listener, found by name
    bool connected = false;  // false: no octet of the request can have arrived
    bool answered = false;   // an octet of the answer had come
    bool reused = false;     // the connection had served before: it may have been closed while we wrote
    std::string_view what;   // "refused", "no such host", …; static or in the call's arena
};

// Who made the call. After End and Failed the call is over and may be started again from within; but of a tunnel (a head of
// Framing::Tunnel) End says only that the upstream sends nothing more.
class CallHandler {
public:
    virtual void onCallReady() = 0;                           // connected; only when start() said Waiting
    virtual void onCallHead(http::ResponseHead &head) = 0;    // each interim one, then the final; in the call's arena
    virtual void onCallPiece(std::string_view octets, net::Lease &lease) = 0;
    virtual void onCallEnd(http::Fields &trailers) = 0;
    virtual void onCallFailed(const Failure &failure) = 0;
    virtual void onCallWritable() = 0;                        // what was queued has fallen to the low-water mark
    virtual void onCallSettle() = 0;                          // the buffer that heads and pieces were in is about to change

protected:
    ~CallHandler() = default;
};

// One try at one endpoint: a member of whoever makes it. Neither copied nor moved.
class Call {
public:
    explicit Call(CallHandler &handler) : m_handler(handler) { }
    Call(const Call &) = delete;
    Call &operator=(const Call &) = delete;
    ~Call() { cancel(); }

    enum class Start : uint8_t {
        Ready,   // sendHead() now
        Waiting, // onCallReady or onCallFailed follows
        Full,    // too many wait already; the call is over
        Own,     // it leads to a listener of this gateway's; the call is over
    };
    struct Request {
        http::Method method = http::Method::Get;
        bool upgrading = false;
        bool fresh = false;    // not on a kept connection
        size_t headLimit = 64 * 1024;
        // The PROXY header that names the client, where the upstream is to have one: it goes in front of a new connection, and one
        // that is kept serves only whom it was opened for. Lives as long as the call waits.
        std::string_view introduction;
    };
    // `arena` holds the answer's head and lives until the call is over.
    Start start(Client &client, const Upstream &upstream, const std::shared_ptr<Endpoint> &endpoint, const Request &request, Arena &arena);
    bool active() const { return m_connection || m_pool; }
    bool ready() const;
    bool reused() const { return m_reused; }

    // Only while ready(). `more`: a body follows.
    bool sendHead(const http::RequestHead &head, std::string_view firstPiece, bool more);
    // As the framing of the head has it: plain or as chunks.
    void sendPiece(std::string_view octets, net::Lease *lease);
    void sendPiece(net::Piece piece);
    void sendEnd(const http::Fields *trailers);
    // Of a tunnel: pieces go as they are from here on; the end of what we send, which the upstream sees as such; and both have ended.
    void openTunnel() { m_chunked = false; }
    void endTunnel();
    void leaveTunnel();
    size_t queued() const; // octets not yet taken by the system
    void pause();          // reading the answer
    void resume();
    // Nothing more is called. The connection is dropped unless the call is over.
    void cancel();

private:
    friend class Client;
    friend class Connection;
    friend class Pool;
    CallHandler &m_handler;
    Connection *m_connection = nullptr;
    Pool *m_pool = nullptr;   // waiting there
    Call *m_next = nullptr;   // behind it in the pool's queue
    Arena *m_arena = nullptr;
    Request m_request;
    bool m_reused = false, m_chunked = false, m_paused = false;
};

// The pools of one worker. Destroyed after its loop's connections are closed.
class Client {
public:
    // `workers`: bounds of connections are shared out evenly among so many.
    Client(net::Loop &loop, net::TimerWheel &wheel, const Clock &clock, unsigned workers);
    ~Client();
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    // Where this gateway listens itself: never connected to. Unset: nowhere.
    void setOwn(std::function<bool(const net::Address &)> isOwn) { m_isOwn = std::move(isOwn); }
    // This worker's turn for that upstream.
    const Upstream::Member *choose(const std::shared_ptr<const Upstream> &upstream, const Endpoint *not_ = nullptr);
    RetryBudget &budget(const Upstream &upstream);
    // Lets go of upstreams and endpoints that nobody else holds any more; after a change of configuration.
    void forgetUnused();
    void closeIdle();
    net::Loop &loop() { return m_loop; }
    size_t connections() const;

private:
    friend class Call;
    friend class Connection;
    friend class Pool;
    struct Sweep;
    Pool &pool(const std::shared_ptr<Endpoint> &endpoint);
    Connection *takeSpare();
    void spare(Connection *connection);
    void watchIdle();
    void sweep();
    MonotonicTime now() const { return m_clock.monotonic(); }

    net::Loop &m_loop;
    net::TimerWheel &m_wheel;
    const Clock &m_clock;
    const unsigned m_workers;
    std::function<bool(const net::Address &)> m_isOwn;
    std::unique_ptr<net::Resolver> m_resolver;
    std::vector<std::unique_ptr<RoundRobin>> m_balancers; // by Upstream::id
    std::vector<RetryBudget> m_budgets;                   // by Upstream::id
    std::vector<std::unique_ptr<Pool>> m_pools;           // by Endpoint::id
    std::vector<std::unique_ptr<Connection>> m_all;       // every object ever needed at once
    std::vector<Connection *> m_spare;                    // those of them that are free
    std::unique_ptr<Sweep> m_sweep;
};

} // namespace gatehouse::upstream
