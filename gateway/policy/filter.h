// What a policy is at run time: a filter that sees the events of one exchange, and the shared, immutable thing that makes it.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/ip.h"
#include "gateway/observe/explanation.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::http {
struct RequestHead;
struct ResponseHead;
class Fields;
struct Field;
}
namespace gatehouse::config { struct Consumer; }

namespace gatehouse::policy {

struct Services;

enum class Flow : uint8_t {
    Continue,
    Respond, // after Context::respond(): a local answer, which passes only the filters before this one
    Suspend, // this event is delivered to nobody further until resume(); see Context::resumption()
};

// How a suspended exchange is named from elsewhere: never by pointer. A stale one is ignored.
struct Resumption {
    uint32_t worker = 0, slot = 0, generation = 0;
};

// What is known of the request beside its head. Views live as long as the exchange's arena.
struct RequestInfo {
    std::string_view scheme, host; // host: lower case, without port
    uint16_t port = 0;             // of the Host field; 0: none given
    std::string_view path, query;  // path normalised, the one that router, policies and upstream all see; query as sent, without ?
    IpAddress client;              // believed: from a trusted proxy's field, or the peer
    std::string_view clientText;
    std::string_view listener, route;
    std::span<const std::pair<std::string_view, std::string_view>> captures; // of the path template
    const config::Consumer *consumer = nullptr; // set by an authentication policy; lives as long as the exchange's plan
    std::string_view requestId;    // set by request-id; empty before
};

// One exchange as its filters see it. On the worker's thread, valid only inside a call.
class Context {
public:
    virtual Arena &arena() = 0;
    virtual MonotonicTime now() const = 0; // of this turn of the loop: cheap
    virtual const Services &services() const = 0;

    virtual http::RequestHead &request() = 0;
    virtual RequestInfo &info() = 0;
    // From onResponseHead on.
    virtual http::ResponseHead &response() = 0;
    virtual bool responseIsLocal() const = 0;

    // Sets the local answer; return Flow::Respond next. Fields and body are copied.
    virtual void respond(uint16_t status, std::span<const http::Field> fields, std::string_view body) = 0;
    // The same as application/problem+json (RFC 9457): type is "about:blank" unless given.
    virtual void respondProblem(uint16_t status, std::string_view title, std::string_view detail,
                                std::span<const http::Field> fields = {}, std::string_view type = {}) = 0;

    // Asks, in onRequestHead or onResponseHead, to see that whole body at its end: pieces are held until then. Over `limit`
    // octets the exchange ends with 413 (request) or 502 (response). The largest request of several filters wins.
    virtual void buffer(uint64_t limit) = 0;
    // At onRequestEnd / onResponseEnd, when buffered. setBody replaces it and mends Content-Length.
    virtual std::string_view body() const = 0;
    virtual void setBody(std::string_view body) = 0;

    // For the trace. `detail` is copied; say what was found, not what the policy is.
    virtual void step(observe::StepVerdict verdict, std::string_view detail = {}) = 0;
    virtual void gauge(double level, double capacity, int64_t nextMicros) = 0;
    // A line of the trace's diff: what this filter did to the head ("key-auth, hide").
    virtual void changed(std::string_view setting) = 0;

    virtual Resumption resumption() const = 0;

protected:
    ~Context() = default;
};

// The events a filter wants; the chain does not call it for others, so that an unwatched body streams.
enum Interest : uint32_t {
    OnRequestHead = 1, OnRequestPiece = 2, OnRequestEnd = 4,
    OnResponseHead = 8, OnResponsePiece = 16, OnResponseEnd = 32, OnDone = 64,
};

// Per-exchange state; made in the exchange's arena and destroyed with it. Requests run in the order of the chain, responses in
// reverse. After Suspend the same event is not repeated: onResume says how it goes on.
class Filter {
public:
    virtual ~Filter() = default;
    virtual Flow onRequestHead(Context &) { return Flow::Continue; }
    // May replace the piece by one that lives in the arena, or empty it.
    virtual Flow onRequestPiece(Context &, std::string_view & /*piece*/) { return Flow::Continue; }
    virtual Flow onRequestEnd(Context &, http::Fields & /*trailers*/) { return Flow::Continue; }
    virtual Flow onResponseHead(Context &) { return Flow::Continue; }
    virtual Flow onResponsePiece(Context &, std::string_view & /*piece*/) { return Flow::Continue; }
    virtual Flow onResponseEnd(Context &, http::Fields & /*trailers*/) { return Flow::Continue; }
    virtual Flow onResume(Context &) { return Flow::Continue; }
    // Exactly once, also when the client left. Nothing can be changed any more.
    virtual void onDone(Context &) { }
};

// A policy as compiled into a route plan: const, shared by all workers, kept alive by the plan.
class FilterConfig {
public:
    virtual ~FilterConfig() = default;
    virtual uint32_t interests() const = 0;
    virtual Filter *make(Arena &arena) const = 0;
    // Live state for the window (a rate limit's buckets), at most `most`, the fullest first. Any thread.
    virtual std::vector<observe::Gauge> gauges(size_t /*most*/) const { return {}; }
    // For explanations: does to the context what the filter would do to this request, saying so by step() and changed(), but
    // counts nothing, sends nothing and keeps nothing. Without a step it stays "would run". Any thread.
    virtual Flow preview(Context &) const { return Flow::Continue; }
    // What a limit counts this request by, for people ("127.0.0.1"); empty: it counts nothing. Any thread.
    virtual std::string countedBy(Context &) const { return {}; }
    // Whether it lets requests in that a page of this foreign origin makes a browser send (cors, csrf).
    virtual bool allowsOrigin(std::string_view /*origin*/) const { return false; }
};

} // namespace gatehouse::policy
