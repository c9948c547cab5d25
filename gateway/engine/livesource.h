// Live figures: what the metrics count, with what only the running configuration knows (weights, pools, buckets).
#pragma once

#include "gateway/api/api.h"
#include "gateway/observe/metrics.h"
#include "gateway/runtime/snapshot.h"
#include "gateway/upstream/upstream.h"

#include <functional>

namespace gatehouse::engine {

class LiveSource final : public api::Live {
public:
    LiveSource(const observe::Metrics &metrics, const upstream::Registry &upstreams, std::function<runtime::SnapshotPointer()> running)
        : m_metrics(metrics), m_upstreams(upstreams), m_running(std::move(running))
    {
    }
    std::vector<api::Second> seconds(int64_t sinceMicros) const override { return m_metrics.seconds(sinceMicros); }
    std::vector<api::RouteLive> routes() const override { return m_metrics.routes(); }
    std::vector<api::PolicyLive> policies() const override;
    std::vector<api::EndpointLive> endpoints() const override;
    std::vector<std::pair<std::string, std::vector<uint64_t>>> mockHits() const override { return m_metrics.mockHits(); }
    Totals totals() const override { return m_metrics.totals(); }
    std::vector<std::pair<int64_t, uint64_t>> reloads() const override { return m_metrics.reloads(); }

private:
    const observe::Metrics &m_metrics;
    const upstream::Registry &m_upstreams;
    std::function<runtime::SnapshotPointer()> m_running;
};

} // namespace gatehouse::engine
