// An upstream as one configuration has it, and the registry that lets its endpoints' figures outlive that configuration.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/upstream/endpoint.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::config { enum class ProxyOut : uint8_t; }

namespace gatehouse::upstream {

// What an upstream's `connections` says, for one endpoint over all workers. 0: no bound.
struct ConnectionLimits {
    uint32_t max = 0;
    uint32_t pending = 1024;    // requests waiting for one of `max`
    uint32_t idle = 0;          // kept idle
    uint64_t requests = 0;      // on one connection
    Duration idleFor = std::chrono::seconds(60);
    bool operator==(const ConnectionLimits &) const = default;
};

struct EndpointSettings {
    std::string name, url;      // name may be empty
    double weight = 1;
    bool enabled = true;
    bool operator==(const EndpointSettings &) const = default;
};

struct Settings {
    std::string name;
    std::vector<EndpointSettings> endpoints;
    ConnectionLimits connections;
    config::ProxyOut proxyProtocol{}; // the header that its connections begin with; off
    bool operator==(const Settings &) const = default;
};

// Immutable; any thread. Kept alive by the plans that lead to it.
class Upstream {
public:
    struct Member {
        std::shared_ptr<Endpoint> endpoint;
        double weight = 1;
        bool enabled = true;
        bool usable() const { return enabled && weight > 0 && !endpoint->out(); }
    };
    Upstream(uint32_t id, Settings settings, std::vector<Member> members)
        : id(id)
        , settings(std::move(settings))
        , members(std::move(members))
    {
    }
    const uint32_t id; // unique in the process: workers index their balancers by it
    const Settings settings;
    const std::vector<Member> members;
};

// One in the process. Any thread; never asked on the way of a request.
class Registry {
public:
    explicit Registry(observe::Metrics &metrics)
        : m_metrics(metrics)
    {
    }
    // The same object while the settings are equal; endpoints go on by upstream and name (or URL where there is none).
    Result<std::shared_ptr<const Upstream>> acquire(const Settings &settings);
    std::shared_ptr<Endpoint> find(std::string_view upstream, std::string_view endpoint) const; // null: there is none
    // Those in use by a configuration or by an exchange in flight, with the upstreams' members.
    std::vector<std::shared_ptr<const Upstream>> all() const;

private:
    struct Known {
        std::weak_ptr<const Upstream> upstream;
        std::unordered_map<std::string, std::shared_ptr<Endpoint>> endpoints; // by name and URL; those of the newest settings
    };
    observe::Metrics &m_metrics;
    mutable std::mutex m_mutex;
    std::unordered_map<std::string, Known> m_known; // guarded by m_mutex
};

// Smooth weighted round-robin: over any run of requests each gets its share, well mixed. One worker each.
class RoundRobin {
public:
    explicit RoundRobin(std::shared_ptr<const Upstream> upstream);
    bool shared() const { return m_upstream.use_count() > 1; } // somebody else has the upstream too
    // Skips the one given when another is usable: a retry goes elsewhere. Null: none is usable.
    const Upstream::Member *next(const Endpoint *not_ = nullptr);

private:
    std::shared_ptr<const Upstream> m_upstream;
    std::vector<double> m_current;
};

// How many of an upstream's requests may be tried again: a share of them, so that retries can't multiply an overload. One worker each.
class RetryBudget {
public:
    void request() { ++m_requests; }
    // Counts one when it is allowed. `share` of requests in the last ten seconds or so, though a few always are; 0: no bound.
    bool allow(double share, MonotonicTime now);
    unsigned percent() const { return m_requests ? unsigned(m_retries * 100 / m_requests) : 0; }

private:
    uint64_t m_requests = 0, m_retries = 0;
    MonotonicTime m_halved{};
};

} // namespace gatehouse::upstream
