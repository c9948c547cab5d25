// The only door through which the window, the command line and the control socket reach the engine: small interfaces of values.
// Every method may be called from the thread that made the engine. Callbacks run on that thread, from its event loop, never
// inside the call; after the interface is destroyed none runs.
#pragma once

#include "gateway/base/error.h"
#include "gateway/base/result.h"
#include "gateway/observe/exchange.h"
#include "gateway/observe/explanation.h"
#include "gateway/observe/live.h"
#include "gateway/schema/problem.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::config {
struct Workspace;
}

namespace gatehouse::api {

// --- what runs ---------------------------------------------------------------------------------------------------------
enum class EngineState : uint8_t { Stopped, Starting, Running, Draining, Failed };

struct ListenerState {
    std::string name;
    std::string address;  // "127.0.0.1:8080", with the real port where the workspace says 0
    std::string url;      // "http://127.0.0.1:8080"
    bool exposed = false; // not loopback
    std::string error;    // "Port 8080 is taken by nginx (pid 812)."; empty: it listens
    uint16_t freePort = 0; // with an error: a port that is free now; 0: none was looked for
};

struct Status {
    EngineState state = EngineState::Stopped;
    uint64_t revision = 0;        // counts applied configurations
    int64_t appliedMicros = 0;    // wall clock
    bool lastGood = false;        // the newest edit has errors; the version before it runs on
    std::vector<ListenerState> listeners;
    std::string error;            // why it is not running; empty: no error
};

// --- apply -------------------------------------------------------------------------------------------------------------
struct Applied {
    bool ok = false;
    uint64_t revision = 0;
    std::vector<schema::Problem> problems; // all of them, warnings too
};

class Apply {
public:
    virtual ~Apply() = default;
    // Takes a resolved workspace; compiles off this thread and swaps all or nothing. The newest of several calls wins; an
    // overtaken one answers ok=false with no problems. While stopped the workspace is kept for start().
    virtual void apply(std::shared_ptr<const config::Workspace> workspace, std::function<void(Applied)> done) = 0;
    // The newest edit can't even be resolved: what runs goes on, and status() says that it is the last good version.
    virtual void refused() = 0;
    virtual void start(std::function<void(Result<void>)> done) = 0;
    // Lets exchanges in flight finish, at most drainMicros (0: drops them).
    virtual void stop(int64_t drainMicros, std::function<void()> done) = 0;
    virtual Status status() const = 0;
};

// --- explain -----------------------------------------------------------------------------------------------------------
struct RequestSketch { // what a curl line or the explorer's form says
    std::string method = "GET";
    std::string url;   // absolute, or path only
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string listener; // empty: the one that would take it
    std::string client = "127.0.0.1";
    // Of a recorded request that is sent again: the names of fields that the recording masked, and whose request it was. Through the
    // gateway each is sent with that consumer's credential, where one of its policies looks for it in that field.
    std::vector<std::string> masked;
    std::string consumer;
};

// A route's place among all ("Which route wins").
struct RoutePlace {
    std::string route;
    int priority = 0;
    size_t natural = 0; // its place if no route had a priority
};

class Explain {
public:
    virtual ~Explain() = default;
    // The routes that are on, in the order in which they are asked, of the configuration that explain() takes; a route with several
    // hosts stands at its best one. Empty without a valid configuration.
    virtual std::vector<RoutePlace> order() const = 0;
    // What would happen with the running configuration, or the newest valid one while stopped. Sends nothing; counts nothing
    // against limits. Cheap: may be called for each key typed.
    virtual Result<observe::Explanation> explain(const RequestSketch &request) const = 0;
    // The same for a workspace that is not running (the command line).
    virtual Result<observe::Explanation> explain(const RequestSketch &request, const config::Workspace &workspace) const = 0;
};

// --- exchanges ---------------------------------------------------------------------------------------------------------
using observe::ExchangePage;
using observe::RecorderState;

struct ExchangeDetail {
    observe::Row row;
    observe::Message request, response; // as received, as sent back
    observe::Message forwarded;         // as it went upstream; startLine empty: it did not
    observe::Explanation why;           // computed with the configuration that ran then, when that is still kept
    bool configKept = true;             // false: computed with today's
};

class Exchanges {
public:
    virtual ~Exchanges() = default;
    virtual ExchangePage since(uint64_t position, size_t most = 10000) const = 0;
    virtual std::optional<ExchangeDetail> detail(uint64_t id) const = 0;
    // The same exchange against the configuration that runs now.
    virtual std::optional<observe::Explanation> explainAgain(uint64_t id) const = 0;
    // How this route took it, with the configuration that ran then (or today's, when that is not kept): the row that detail() may
    // have left out among the others. None: there is no such exchange, or no such route in its listener.
    virtual std::optional<observe::Candidate> candidate(uint64_t id, const std::string &route) const = 0;
    virtual RecorderState recorder() const = 0;
    virtual void setRecording(bool on) = 0;
    virtual void clear() = 0;
};

// --- live state --------------------------------------------------------------------------------------------------------
using observe::EndpointLive;
using observe::Percentiles;
using observe::PolicyLive;
using observe::RouteLive;
using observe::Second;

class Live {
public:
    virtual ~Live() = default;
    virtual std::vector<Second> seconds(int64_t sinceMicros) const = 0; // whole seconds only, oldest first; gaps are gaps
    virtual std::vector<RouteLive> routes() const = 0;
    virtual std::vector<PolicyLive> policies() const = 0;
    virtual std::vector<EndpointLive> endpoints() const = 0;
    // By mock: hits of each response in order.
    virtual std::vector<std::pair<std::string, std::vector<uint64_t>>> mockHits() const = 0;
    using Totals = observe::Totals;
    virtual Totals totals() const = 0;
    // Wall clock and revision of each reload in the kept hour.
    virtual std::vector<std::pair<int64_t, uint64_t>> reloads() const = 0;
};

class Endpoints {
public:
    virtual ~Endpoints() = default;
    // At once, not written to the workspace, survives reloads of the same endpoint.
    virtual Result<void> setOut(const std::string &upstream, const std::string &endpoint, bool out) = 0;
};

// --- send (the explorer) -----------------------------------------------------------------------------------------------
struct Sent {
    std::string error;          // empty: answered
    observe::Message response;
    uint16_t status = 0;
    int64_t durationMicros = 0, firstByteMicros = 0;
    uint64_t exchange = 0;      // id of the gateway's own record when it went through the gateway; 0: direct
    std::vector<std::string> leftOut; // of the request's masked fields: those for which there was no credential
};

class Send {
public:
    virtual ~Send() = default;
    enum class Via : uint8_t { Gateway, Direct };
    // Returns a number for cancel(). Through the gateway: to the listener of the sketch over a real connection.
    virtual uint64_t send(const RequestSketch &request, Via via, std::function<void(Sent)> done) = 0;
    virtual void cancel(uint64_t send) = 0;
};

// --- secrets -----------------------------------------------------------------------------------------------------------
class Secrets {
public:
    virtual ~Secrets() = default;
    // Never blocks: the keychain is asked in its own time and given up after 5 s.
    virtual void get(const std::string &workspace, const std::string &name, std::function<void(Result<std::string>)> done) = 0;
    virtual void set(const std::string &workspace, const std::string &name, std::string value, std::function<void(Result<void>)> done) = 0;
    virtual void remove(const std::string &workspace, const std::string &name, std::function<void(Result<void>)> done) = 0;
};

// All doors of one engine; the engine outlives it.
struct Api {
    Apply &apply;
    Explain &explain;
    Exchanges &exchanges;
    Live &live;
    Endpoints &endpoints;
    Send &send;
    Secrets &secrets;
};

} // namespace gatehouse::api
