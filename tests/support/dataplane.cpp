#include "tests/support/dataplane.h"

#include "tests/support/support.h"

namespace gatehouse::test {

DataPlane::DataPlane(Setup given, unsigned workers)
    : setup(std::move(given))
    , metrics(systemClock())
    , m_workers(std::make_unique<server::Workers>(server::Surroundings{systemClock(), store, metrics}, workers))
{
    auto bound = net::Listener::bind(net::Address::loopback(0));
    if (!bound)
        qFatal("%s", bound.error().text().c_str());
    m_listener = std::move(*bound);
    apply();
    bool done = false;
    m_workers->listen(*m_listener, "main", [&done](bool) { done = true; });
    if (!waitFor("the workers to listen", [&] { return done; }))
        qFatal("no listening");
}

DataPlane::~DataPlane()
{
    if (m_workers)
        stop(Duration::zero());
}

void DataPlane::stop(Duration drain)
{
    int left = 2;
    m_workers->unlisten(*m_listener, [&left] { --left; });
    if (!waitFor("the workers to let go of the socket", [&] { return left == 1; }))
        qFatal("no end of listening");
    m_workers->stop(drain, [&left] { --left; });
    if (!waitFor("the workers to end", [&] { return left == 0; }, 30000))
        qFatal("no end of the workers");
    m_workers.reset();
    m_listener.reset();
}

void DataPlane::apply()
{
    auto listener = std::make_shared<runtime::ListenerPlan>();
    listener->name = "main";
    listener->interned = observe::internName("main");
    listener->limits = setup.limits;
    listener->proxyProtocol = setup.proxyProtocol;
    listener->hosts = setup.hosts;
    std::vector<runtime::PlanPointer> plans;
    for (runtime::RoutePlan plan : setup.routes) {
        if (!plan.match)
            plan.match = *policy::Condition::make({});
        plan.interned = observe::internName(plan.name);
        plan.target.interned = observe::internName(plan.target.name);
        plans.push_back(std::make_shared<const runtime::RoutePlan>(std::move(plan)));
    }
    listener->router = std::make_shared<const runtime::Router>(std::move(plans));
    listener->unmatched = std::make_shared<const runtime::RoutePlan>();
    auto snapshot = std::make_shared<runtime::Snapshot>();
    snapshot->revision = ++m_revision;
    snapshot->workspace = std::make_shared<const config::Workspace>(setup.workspace);
    snapshot->settings = setup.settings;
    snapshot->listeners.push_back(std::move(listener));
    auto bound = exchange::bind(snapshot, {upstreams, metrics, states});
    if (!bound)
        qFatal("%s: %s", bound.error()[0].path.c_str(), bound.error()[0].message.c_str());
    bool done = false;
    m_workers->swap(std::move(*bound), [&done] { done = true; });
    if (!waitFor("the workers to take the configuration", [&] { return done; }))
        qFatal("no swap");
}

uint16_t DataPlane::port() const { return m_listener->address().port; }
std::string DataPlane::address() const { return "127.0.0.1:" + std::to_string(port()); }

std::vector<observe::Row> DataPlane::finals() const
{
    std::vector<observe::Row> rows;
    for (observe::Row &row : store.since(0).rows)
        if (row.state == observe::State::Final)
            rows.push_back(std::move(row));
    return rows;
}

observe::StoredExchange DataPlane::waitForFinal(size_t index)
{
    if (!waitFor("a final record", [&] { return finals().size() > index; }))
        qFatal("no record");
    return *store.detail(finals()[index].id);
}

runtime::RoutePlan toUpstream(const std::string &upstream)
{
    runtime::RoutePlan plan;
    plan.name = "to-" + upstream;
    plan.target.kind = observe::TargetKind::Upstream;
    plan.target.name = upstream;
    return plan;
}

runtime::RoutePlan toResponse(uint16_t status, std::string body)
{
    runtime::RoutePlan plan;
    plan.name = "respond-" + std::to_string(status);
    plan.target.kind = observe::TargetKind::Respond;
    plan.target.name = std::to_string(status);
    plan.target.respond.status = status;
    plan.target.respond.body = std::move(body);
    return plan;
}

runtime::RoutePlan under(std::string prefix, runtime::RoutePlan plan)
{
    config::Condition match;
    plan.name += prefix;
    match.prefix = std::move(prefix);
    plan.match = *policy::Condition::make(match);
    return plan;
}

config::Upstream upstreamOf(const std::string &name, const std::vector<std::string> &urls)
{
    config::Upstream upstream;
    upstream.name = name;
    for (const std::string &url : urls) {
        config::Endpoint endpoint;
        endpoint.url = url;
        upstream.endpoints.push_back(endpoint);
    }
    return upstream;
}

DataPlane::Setup through(const std::vector<std::string> &urls)
{
    DataPlane::Setup setup;
    setup.workspace.upstreams.push_back(upstreamOf("u", urls));
    setup.routes.push_back(toUpstream("u"));
    return setup;
}

void addFilter(runtime::RoutePlan &plan, std::shared_ptr<const policy::FilterConfig> filter, const std::string &kind)
{
    runtime::PlannedPolicy policy;
    policy.kind = kind;
    policy.owner = plan.name;
    policy.identity = plan.name + '/' + kind + '/' + std::to_string(plan.policies.size());
    policy.path = "routes[0].policies[" + std::to_string(plan.policies.size()) + "]";
    plan.interests |= filter->interests();
    policy.filter = std::move(filter);
    plan.policies.push_back(std::move(policy));
}

} // namespace gatehouse::test
