// Why a request went where it went: what `explain` answers before anything is sent, and what the trace of a real exchange
// holds with verdicts and durations filled in. A value; any thread. Its JSON is in cli.md ("explain --json").
#pragma once

#include "gateway/observe/verdict.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::observe {

// The columns of the matrix, in the order in which the router asks.
enum class Aspect : uint8_t { Host, Path, Method, Headers, Query, Other }; // Other: cookies, client, share, all/any/not
inline constexpr size_t aspectCount = 6;
enum class Cell : uint8_t { Passed, Failed, NotAsked, NoCondition };

// Why the winner won against the best of the others that match, or why one that matches lost: the first rule that decided.
enum class Precedence : uint8_t { OnlyMatch, Priority, Host, Path, Method, HeaderCount, QueryCount, FileOrder };

struct Failure {
    Aspect aspect = Aspect::Path;
    std::string condition;             // its place below match: "headers.x-beta", "methods", "all[1].client"
    std::string expected;              // in words of the format: "1", "matches ^[a-z]+$", "GET"
    std::optional<std::string> actual; // none: the request has no such thing
};

struct Candidate {
    std::string route;
    std::string group;                 // empty: none
    bool matched = false;
    bool won = false;
    std::array<Cell, aspectCount> cells{};
    std::vector<std::pair<std::string, std::string>> captures;
    std::optional<Failure> failed;     // set when it did not match
    std::optional<Precedence> decided; // set when it matched: for the winner what it won by, for a loser what it lost by
    std::string against;               // the other route of `decided`; empty when it is the only match
};

// What a limit counts: shown as a gauge. capacity 0: there is none.
struct Gauge {
    std::string key;      // "127.0.0.1"
    double level = 0;     // tokens left
    double capacity = 0;
    int64_t nextMicros = 0; // until the next is let in; 0: now
};

enum class Phase : uint8_t { Request, Response };

struct PolicyStep {
    std::string kind;
    std::string name;   // as written, or empty: shown by its kind
    std::string owner;  // "main" (listener), "public" (group), "get-order" (route)
    enum class Owner : uint8_t { Listener, Group, Route } ownerKind = Owner::Route;
    std::string path;   // in the document: "routes[3].policies[1]"
    Phase phase = Phase::Request;
    StepVerdict verdict = StepVerdict::WouldRun;
    bool shadow = false;
    int64_t startMicros = 0;    // since arrival
    int64_t durationNanos = -1; // -1: not run
    std::string detail;         // what it found, plain text: "consumer web-app", "set x-request-id 0193a…"
    std::optional<Gauge> gauge;
};

// One line of the difference between what came in and what went out.
struct Change {
    enum class Kind : uint8_t { Same, Removed, Added } kind = Kind::Same;
    std::string line;    // "GET /v1/orders/4711", "host: api.shop.localhost"; credentials masked
    std::string setting; // what did it: "rewrite.path", "key-auth, hide", "forwarded"; empty for Same
};

struct Attempt {
    std::string endpoint;       // "127.0.0.1:9001"
    int64_t startMicros = 0;    // since arrival
    int64_t durationMicros = 0;
    int64_t waitMicros = 0;     // before it
    int64_t connectMicros = -1; // -1: a kept connection was reused
    uint16_t status = 0;        // 0: no answer
    std::string error;          // "refused", "timeout", …; empty: none
    bool abandoned = false;     // its answer or failure was thrown away for another try
    std::string why;            // why another try was allowed after it: "GET, nothing sent, retry budget 3% of 20%"
};

struct Phases { // microseconds, -1 where it did not happen
    int64_t route = -1, policiesIn = -1, connect = -1, firstByte = -1, transfer = -1, policiesOut = -1, total = -1;
    int64_t gateway = -1; // the gateway's own time: total less what the upstream and waiting took
};

struct Explanation {
    std::string listener;
    std::string client;               // "127.0.0.1:52114"; empty before anything is sent
    std::string protocol;             // "HTTP/1.1"
    std::optional<std::string> route; // none: nothing matched
    std::vector<Candidate> candidates; // the winner first, then those that match, then the others, nearest first
    size_t routeCount = 0;            // of all routes; those that differ in host or path are not all listed when one matched
    int64_t decidedNanos = -1;
    std::vector<PolicyStep> policies; // request phase in order, then response phase in its order
    TargetKind target = TargetKind::None;
    std::string targetName;           // upstream or mock; redirect: the location; respond: the status
    std::string balancer;             // upstream: "round-robin"
    std::vector<Change> changes;
    std::string method, url;          // as it goes out: "http://orders.internal/orders/42"
    std::vector<std::pair<std::string, std::string>> headers; // as they go out, credentials masked
    std::vector<Attempt> attempts;
    Phases phases;
    Verdict verdict = Verdict::Allowed;
    uint16_t status = 0;              // 0: none yet
    std::string error;                // one sentence, empty: none
    std::string refusedHost;          // the Host of a RefusedHost
    std::vector<Candidate> mockRules; // target mock: its responses as candidates, "responses[1]" as the route's name
};

} // namespace gatehouse::observe
