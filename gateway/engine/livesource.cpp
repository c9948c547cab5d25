#include "gateway/engine/livesource.h"

#include <map>

namespace gatehouse::engine {

namespace {
constexpr size_t mostGauges = 8;
}

std::vector<api::PolicyLive> LiveSource::policies() const
{
    std::vector<api::PolicyLive> out = m_metrics.policies();
    const runtime::SnapshotPointer snapshot = m_running();
    if (!snapshot)
        return out;
    // A shared policy stands in several plans with one state: any of them shows its buckets.
    std::map<std::string, const policy::FilterConfig *> filters;
    for (const auto &listener : snapshot->listeners)
        for (const runtime::PlanPointer &plan : listener->router->plans())
            for (const runtime::PlannedPolicy &policy : plan->policies)
                if (policy.filter)
                    filters.emplace(policy.path, policy.filter.get());
    for (api::PolicyLive &policy : out)
        if (const auto at = filters.find(policy.path); at != filters.end())
            policy.gauges = at->second->gauges(mostGauges);
    return out;
}

std::vector<api::EndpointLive> LiveSource::endpoints() const
{
    std::vector<api::EndpointLive> out = m_metrics.endpoints();
    std::map<std::pair<std::string, std::string>, std::pair<const upstream::Upstream *, const upstream::Upstream::Member *>> members;
    const auto upstreams = m_upstreams.all();
    for (const auto &upstream : upstreams)
        for (const upstream::Upstream::Member &member : upstream->members)
            members[{member.endpoint->upstream, member.endpoint->name}] = {upstream.get(), &member};
    for (api::EndpointLive &endpoint : out) {
        const auto at = members.find({endpoint.upstream, endpoint.endpoint});
        if (at == members.end())
            continue;
        const auto &[upstream, member] = at->second;
        const upstream::Endpoint::Connections connections = member->endpoint->connections();
        endpoint.out = member->endpoint->out();
        endpoint.enabled = member->enabled;
        endpoint.weight = member->weight;
        endpoint.inFlight = connections.inFlight;
        endpoint.busy = connections.busy;
        endpoint.idle = connections.idle;
        endpoint.max = upstream->settings.connections.max;
    }
    return out;
}

} // namespace gatehouse::engine
