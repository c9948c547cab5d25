// What a worker needs to serve a route, made once from the workspace: immutable, shared by all workers and by unchanged snapshots,
// kept alive by the exchanges that run on it and by their records.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/http/message.h"
#include "gateway/observe/explanation.h"
#include "gateway/observe/verdict.h"
#include "gateway/policy/condition.h"
#include "gateway/policy/edit.h"
#include "gateway/policy/expression.h"
#include "gateway/policy/filter.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::config { struct Route; }

namespace gatehouse::runtime {

enum class OnError : uint8_t { Closed, Open }; // a policy that can't decide refuses the request, or lets it pass

// One entry of a chain. Those that are switched off are listed too, so that an index means the same in trace and plan.
struct PlannedPolicy {
    std::string kind;
    std::string name;      // as written, or of the shared policy; may be empty
    std::string owner;     // name of the listener, group or route in whose list it stands
    observe::PolicyStep::Owner ownerKind = observe::PolicyStep::Owner::Route;
    std::string path;      // in the document: "routes[3].policies[1]"
    std::string identity;  // of its state, see policy::StateStore
    uint32_t counters = 0; // identity, interned with observe::internName(): per-worker counters are kept by it
    bool enabled = true;   // false: filter is null, never run
    bool shadow = false;   // decides and records, never acts
    bool authenticates = false;
    bool limits = false;   // what it refuses is throttled, not forbidden
    OnError onError = OnError::Open;
    std::shared_ptr<const policy::FilterConfig> filter;
    std::shared_ptr<const policy::Condition> when; // null: always. Asked once, when the request's head reaches the policy
};

// Zero means none, except where it says otherwise.
struct Delivery {
    Duration connect = std::chrono::seconds(5);
    Duration response = std::chrono::seconds(60); // from the request's end to the answer's head
    Duration idle = std::chrono::seconds(60);     // between two pieces of a body
    Duration total{};
    enum Failure : uint32_t { ConnectFailure = 1, Reset = 2, Timeout = 4 };
    bool retries = false;                         // no `retry` anywhere: one try only
    uint32_t times = 2;                           // tries after the first
    uint32_t failures = ConnectFailure | Reset | Timeout;
    std::vector<uint16_t> statuses{502, 503, 504};
    std::vector<std::string> methods;             // empty: the idempotent ones
    Duration perTry{};
    Duration backoffBase = std::chrono::milliseconds(50), backoffMax = std::chrono::seconds(1);
    bool jitter = true;                           // full: a random time up to the step's
    double budget = 0.2;                          // retries over requests; 0: no bound

    bool maySendAgain(std::string_view method) const;
    bool retriesStatus(int status) const;
};

struct Rewrite {
    policy::Expression path, host; // empty: not rewritten. A path may hold a query ("/x?a=1"), which then replaces the request's
    std::string stripPrefix, addPrefix;
    policy::Edit query, headers;
    bool any() const { return !path.empty() || !host.empty() || !stripPrefix.empty() || !addPrefix.empty() || !query.empty() || !headers.empty(); }
};

struct FixedResponse {
    uint16_t status = 200;
    std::vector<std::pair<std::string, std::string>> fields; // Content-Type among them where there is a body
    std::string body;
};

struct Target {
    observe::TargetKind kind = observe::TargetKind::None; // None: nothing matched, 404
    std::string name;              // of the upstream or mock; else as the trace shows it
    uint32_t interned = 0;         // of the name, with observe::internName()
    FixedResponse respond;
    policy::Expression location;   // of a redirect
    uint16_t redirectStatus = 302;
};

struct RoutePlan {
    std::string name;              // empty: the plan of a listener for requests that match no route
    std::string group;             // empty: none
    std::string path;              // in the document: "routes[3]"
    uint32_t interned = 0;         // of the name
    int priority = 0;
    std::shared_ptr<const config::Route> record; // null for the plan without a route
    std::shared_ptr<const policy::Condition> match;
    std::vector<PlannedPolicy> policies; // listener's, group's, route's; an override stands where what it replaces stood
    uint32_t interests = 0;        // union of the enabled filters' policy::Interest
    bool preflights = false;       // a cors policy is among them: preflights match by the method they ask for
    Target target;
    Delivery delivery;             // upstream's, overridden by the route's key by key
    enum class Host : uint8_t { Keep, Upstream, Fixed };
    Host hostMode = Host::Keep;    // of the upstream; a rewrite.host wins
    std::string hostText;          // of Host::Fixed
    Rewrite rewrite;

    std::string signature;         // digest of what it was made from; equal ones make the same plan

    // Whether a cors policy that would run for this request lets this foreign origin in.
    bool allowsOrigin(std::string_view origin, const policy::RequestView &request, Arena &arena) const;
};

using PlanPointer = std::shared_ptr<const RoutePlan>;

} // namespace gatehouse::runtime
