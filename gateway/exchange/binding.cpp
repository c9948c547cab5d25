#include "gateway/exchange/binding.h"

#include "gateway/config/records.h"

#include <algorithm>
#include <unordered_map>

namespace gatehouse::exchange {

namespace {

upstream::Settings settingsOf(const config::Upstream &record)
{
    upstream::Settings settings;
    settings.name = record.name;
    for (const config::Endpoint &endpoint : record.endpoints)
        settings.endpoints.push_back({endpoint.name, endpoint.url, double(endpoint.weight), endpoint.enabled});
    settings.proxyProtocol = record.proxyProtocol;
    settings.connections.max = record.connections.max;
    settings.connections.pending = record.connections.pending;
    settings.connections.requests = record.connections.requests;
    settings.connections.idleFor = record.connections.idle;
    return settings;
}

// Binds each plan once, however many listeners share it.
class Binder {
public:
    Binder(const runtime::Snapshot &snapshot, const Stock &stock)
        : m_snapshot(snapshot)
        , m_stock(stock)
    {
    }

    void upstreams()
    {
        for (const config::Upstream &record : m_snapshot.workspace->upstreams) {
            auto acquired = m_stock.upstreams.acquire(settingsOf(record));
            if (!acquired) {
                problems.push_back({record.origin.path.text(), acquired.error().message});
                continue;
            }
            for (const upstream::Upstream::Member &member : (*acquired)->members)
                listed.endpoints.push_back(member.endpoint->metric);
            m_upstreams[record.name] = std::move(*acquired);
        }
    }

    void mocks()
    {
        for (const config::Mock &record : m_snapshot.workspace->mocks) {
            auto compiled = mock::MockPlan::compile(record, *m_snapshot.workspace, m_stock.states);
            if (!compiled) {
                problems.push_back({record.origin.path.text(), compiled.error().text()});
                continue;
            }
            Mock mock{std::move(*compiled), 0};
            mock.hits = m_stock.metrics.mock(record.name, mock.plan->responseCount());
            listed.mocks.push_back(mock.hits);
            m_mocks[record.name] = std::move(mock);
        }
    }

    BindingPointer bind(const runtime::PlanPointer &plan)
    {
        if (const auto done = m_done.find(plan.get()); done != m_done.end())
            return done->second;
        Binding binding;
        binding.plan = plan;
        if (!plan->name.empty()) {
            binding.route = m_stock.metrics.route(plan->name);
            if (std::find(listed.routes.begin(), listed.routes.end(), binding.route) == listed.routes.end())
                listed.routes.push_back(binding.route);
        }
        for (const runtime::PlannedPolicy &policy : plan->policies) {
            const observe::MetricId id = m_stock.metrics.policy(policy.identity, policy.owner, policy.path, policy.kind, policy.name);
            binding.policies.push_back(id);
            if (std::find(listed.policies.begin(), listed.policies.end(), id) == listed.policies.end())
                listed.policies.push_back(id);
        }
        const runtime::Target &target = plan->target;
        if (target.kind == observe::TargetKind::Upstream)
            binding.upstream = m_upstreams[target.name];
        if (target.kind == observe::TargetKind::Mock) {
            binding.mock = m_mocks[target.name].plan;
            binding.mockHits = m_mocks[target.name].hits;
        }
        auto pointer = std::make_shared<const Binding>(std::move(binding));
        m_done.emplace(plan.get(), pointer);
        return pointer;
    }

    std::vector<BindProblem> problems;
    observe::Metrics::Listed listed;

private:
    struct Mock { std::shared_ptr<const mock::MockPlan> plan; observe::MetricId hits = 0; };
    const runtime::Snapshot &m_snapshot;
    const Stock &m_stock;
    std::unordered_map<const runtime::RoutePlan *, BindingPointer> m_done;
    std::unordered_map<std::string, std::shared_ptr<const upstream::Upstream>> m_upstreams;
    std::unordered_map<std::string, Mock> m_mocks;
};

} // namespace

const std::shared_ptr<const BoundListener> *Bound::listener(std::string_view name) const
{
    for (const auto &listener : listeners)
        if (listener->plan->name == name)
            return &listener;
    return nullptr;
}

Result<BoundPointer, std::vector<BindProblem>> bind(const runtime::SnapshotPointer &snapshot, const Stock &stock)
{
    Binder binder(*snapshot, stock);
    binder.upstreams();
    binder.mocks();
    if (!binder.problems.empty())
        return std::move(binder.problems);
    auto bound = std::make_shared<Bound>();
    bound->snapshot = snapshot;
    for (const auto &plan : snapshot->listeners) {
        auto listener = std::make_shared<BoundListener>();
        listener->plan = plan;
        listener->unmatched = binder.bind(plan->unmatched);
        for (const runtime::PlanPointer &route : plan->router->plans())
            listener->routes.push_back(binder.bind(route));
        bound->listeners.push_back(std::move(listener));
    }
    stock.metrics.list(std::move(binder.listed));
    stock.metrics.reloaded(snapshot->revision);
    return BoundPointer(std::move(bound));
}

BoundPointer copyFor(const Bound &bound)
{
    auto copy = std::make_shared<Bound>();
    copy->snapshot = bound.snapshot;
    for (const auto &listener : bound.listeners) {
        auto own = std::make_shared<BoundListener>();
        own->plan = listener->plan;
        own->unmatched = std::make_shared<const Binding>(*listener->unmatched);
        for (const BindingPointer &route : listener->routes)
            own->routes.push_back(std::make_shared<const Binding>(*route));
        copy->listeners.push_back(std::move(own));
    }
    return copy;
}

} // namespace gatehouse::exchange
