// The data plane in this process: workers behind one listener, on plans that a test makes itself. For what the real binary can't be
// made to do: filters of the test's own, a look at records and figures.
#pragma once

#include "gateway/config/records.h"
#include "gateway/runtime/snapshot.h"
#include "gateway/server/workers.h"

#include <memory>
#include <vector>

namespace gatehouse::test {

class DataPlane {
public:
    // What runs: records for upstreams and mocks, plans for routes. Change it and call apply() again.
    struct Setup {
        config::Workspace workspace;
        std::vector<runtime::RoutePlan> routes; // in file order; one without a match takes every request
        runtime::Limits limits;
        config::ProxyIn proxyProtocol = config::ProxyIn::Off;
        runtime::Settings settings;
        std::vector<std::string> hosts;
    };
    explicit DataPlane(Setup setup, unsigned workers = 1);
    ~DataPlane();

    Setup setup;
    void apply();   // returns when every worker has it
    uint16_t port() const;
    std::string address() const; // "127.0.0.1:PORT"
    // Stops listening and lets exchanges end.
    void stop(Duration drain);

    // Final records so far, oldest first.
    std::vector<observe::Row> finals() const;
    observe::StoredExchange waitForFinal(size_t index = 0); // the index-th of them, when it is there

    observe::ExchangeStore store;
    observe::Metrics metrics;
    policy::StateStore states;
    upstream::Registry upstreams{metrics};

private:
    std::unique_ptr<server::Workers> m_workers;
    std::unique_ptr<net::Listener> m_listener;
    uint64_t m_revision = 0;
};

// A route that takes everything to that upstream.
runtime::RoutePlan toUpstream(const std::string &upstream);
runtime::RoutePlan toResponse(uint16_t status, std::string body);
runtime::RoutePlan under(std::string prefix, runtime::RoutePlan plan);
config::Upstream upstreamOf(const std::string &name, const std::vector<std::string> &urls);
// Everything to one upstream with these endpoints.
DataPlane::Setup through(const std::vector<std::string> &urls);
inline DataPlane::Setup through(const std::string &url) { return through(std::vector{url}); }
// A filter at the end of the plan's chain.
void addFilter(runtime::RoutePlan &plan, std::shared_ptr<const policy::FilterConfig> filter, const std::string &kind = "test");

} // namespace gatehouse::test
