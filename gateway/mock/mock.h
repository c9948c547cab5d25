// A mock as compiled for the data plane: its responses in order, which of them answers a request, and why. The exchange asks
// choose(), waits latency(), then writes response().
#pragma once

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/observe/explanation.h"
#include "gateway/policy/filter.h"
#include "gateway/policy/services.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::config {
struct Mock;
struct Workspace;
}

namespace gatehouse::mock {

struct Request {
    const http::RequestHead &head;
    const policy::RequestInfo &info;
    std::string_view body; // whole when MockPlan::needsBody(), else empty
};

// Fields hold no Content-Length, Date or hop-by-hop ones; a Content-Type is there when the body is JSON or a file of a known kind
// and the workspace gives none.
struct Response {
    uint16_t status = 200;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
};

// Immutable but for the place in a sequence, which survives a reload. Any thread.
class MockPlan {
public:
    virtual ~MockPlan() = default;
    // Errors name the file that can't be read, or the condition that can't be compiled.
    static Result<std::shared_ptr<const MockPlan>> compile(const config::Mock &mock, const config::Workspace &workspace,
                                                           policy::StateStore &states);

    virtual const std::string &name() const = 0;
    // A condition reads the body: buffer it before choose().
    virtual bool needsBody() const = 0;
    virtual size_t responseCount() const = 0;
    virtual const Response &response(size_t index) const = 0;
    // None: no response's conditions hold (answer 404 with problem+json). A sequence moves on by one.
    virtual std::optional<size_t> choose(const Request &request, policy::Random &random) const = 0;
    // How long this response waits before it begins; drawn anew each time.
    virtual Duration latency(size_t index, policy::Random &random) const = 0;
    // Each response as a candidate, "responses[1]" as its name: which conditions hold, which failed first, which would be chosen
    // (of a random mock none is marked as winner). Changes nothing. `chosen`: the one that did answer, for a trace.
    virtual std::vector<observe::Candidate> explain(const Request &request, std::optional<size_t> chosen = {}) const = 0;
};

} // namespace gatehouse::mock
