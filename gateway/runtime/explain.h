// Why: what would happen to a request, without sending it, and what a recorded one met. The same router, filters and forwarding as
// in the workers, asked when somebody looks. Any thread.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/observe/exchange.h"
#include "gateway/observe/explanation.h"
#include "gateway/observe/record.h"
#include "gateway/runtime/snapshot.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::runtime {

struct Sketch {
    std::string method = "GET";
    std::string target = "/";     // path and query, as it would be on the wire
    std::string scheme = "http";
    std::string host;             // host[:port]; empty: the Host field, or localhost
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    std::string client = "127.0.0.1";
};

// A request that gets as far as a mock. What that makes of it is known in the rooms above: they fill mockRules, and of what is only
// asked about the status. The views live as long as the call.
struct AtMock {
    const std::string &mock;
    const http::RequestHead &head;
    const policy::RequestInfo &info;
    std::string_view body;
};
using AskMock = std::function<void(observe::Explanation &, const AtMock &)>;

// Nothing is sent and nothing counts against limits. `always`: a route to list among the candidates in any case. `askMock`: empty
// leaves mockRules empty.
observe::Explanation explain(const Snapshot &snapshot, const ListenerPlan &listener, const Sketch &sketch, const Clock &clock,
                             std::string_view always = {}, const AskMock &askMock = {});

// What was kept of a real exchange.
struct Happened {
    const observe::Row &row;
    const observe::Message &request, &forwarded; // forwarded.startLine empty: it did not go out
    std::span<const observe::StepRecord> steps;
    std::span<const observe::AttemptRecord> attempts;
    observe::Phases phases;
};

// The whole Why of it, with the configuration that ran then. `plan` is the record's (may be null: nothing matched, or not kept).
observe::Explanation explain(const Snapshot &snapshot, const RoutePlan *plan, const Happened &happened, const Clock &clock,
                             std::string_view always = {}, const AskMock &askMock = {});

} // namespace gatehouse::runtime
