// Counters and latencies of everything, cheap to write and merged when read. Each worker has its own shard, which it alone writes
// (plain relaxed stores, no locked instruction); readers add the shards up.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/observe/live.h"
#include "gateway/observe/record.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::observe {

// Names a series: a route, a policy at its place, an endpoint, one response of a mock. 0: none, nothing is counted.
using MetricId = uint32_t;

class WorkerMetrics;

// One per process; outlives its WorkerMetrics. Thread-safe. Registering the same thing again gives the same id, so counts go on
// over a reload; compile plans with the ids in them.
class Metrics {
public:
    explicit Metrics(const Clock &clock);
    ~Metrics();
    Metrics(const Metrics &) = delete;
    Metrics &operator=(const Metrics &) = delete;

    MetricId route(std::string_view name);
    // Found by owner + kind + name or place; path ("routes[3].policies[1]") is renewed, since places move.
    MetricId policy(std::string_view identity, std::string_view owner, std::string_view path, std::string_view kind, std::string_view name);
    MetricId endpoint(std::string_view upstream, std::string_view endpoint, std::string_view url);
    // The id of its first response; the others follow it. Asked again with more responses, it may differ.
    MetricId mock(std::string_view name, size_t responses);

    // The series that the running configuration has, in its order; those left out keep their counts but are not listed.
    struct Listed { std::vector<MetricId> routes, policies, endpoints, mocks; };
    void list(Listed listed);
    void reloaded(uint64_t revision);

    std::vector<Second> seconds(int64_t sinceMicros) const;
    std::vector<RouteLive> routes() const;
    std::vector<PolicyLive> policies() const;    // without gauges
    std::vector<MetricId> policyIds() const;     // beside policies()
    std::vector<EndpointLive> endpoints() const; // without out, enabled, weight, busy, idle, max
    std::vector<std::pair<std::string, std::vector<uint64_t>>> mockHits() const;
    Totals totals() const;
    std::vector<std::pair<int64_t, uint64_t>> reloads() const;

private:
    friend class WorkerMetrics;
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// One per worker, written on its thread only.
class WorkerMetrics {
public:
    explicit WorkerMetrics(Metrics &metrics);
    ~WorkerMetrics(); // its counts stay
    WorkerMetrics(const WorkerMetrics &) = delete;
    WorkerMetrics &operator=(const WorkerMetrics &) = delete;

    // Once a second or more often (with the recorder's flush): an idle second is a second, not a gap.
    void tick();
    void connections(int change);
    void started();  // an exchange in flight more
    // Of a Final record: class, latency, bytes, limits, route, and each step by policies[step.policy]. One in flight less.
    void finished(const Record &record, MetricId route, std::span<const MetricId> policies);
    void endpointStarted(MetricId endpoint);
    // error empty: answered. good: it answered, and not with 5xx.
    void endpointFinished(MetricId endpoint, bool good, int64_t micros, std::string_view error);
    void mockHit(MetricId first, size_t response);

private:
    struct Shard;
    friend class Metrics;
    Metrics &m_metrics;
    std::shared_ptr<Shard> m_shard;
};

} // namespace gatehouse::observe
