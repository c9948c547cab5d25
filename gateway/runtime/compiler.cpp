#include "gateway/runtime/compiler.h"

#include "gateway/base/text.h"
#include "gateway/config/chains.h"
#include "gateway/config/records.h"
#include "gateway/config/shapes.h"
#include "gateway/observe/record.h"
#include "gateway/observe/redaction.h"
#include "gateway/policy/headers/record.h"
#include "gateway/policy/policy.h"
#include "gateway/runtime/chain.h"
#include "gateway/runtime/content.h"
#include "gateway/runtime/ownlistener.h"
#include "gateway/runtime/signature.h"
#include "gateway/schema/problem.h"

#include <algorithm>
#include <map>
#include <set>

namespace gatehouse::runtime {

namespace {
using config::Workspace;

Limits limitsOf(const config::Limits &from)
{
    return {from.headerSize, from.url, from.headers, from.connections, from.headerTimeout, from.bodyIdle, from.idle};
}

// Fields of requests in which policies tell who asks: nobody else may be believed in them.
std::vector<std::string> identityFields(const Workspace &workspace)
{
    std::set<std::string> names;
    const auto take = [&](const config::FieldEdits &edits) {
        for (const auto *list : {&edits.set, &edits.add})
            for (const auto &[name, text] : *list)
                if (const auto value = policy::Expression::make(text); value && value->usesConsumer()) {
                    std::string folded = lower(name);
                    std::replace(folded.begin(), folded.end(), '_', '-');
                    names.insert(std::move(folded));
                }
    };
    config::forEachChain(workspace, [&](const std::vector<config::PolicyEntry> &entries) {
        for (const auto &entry : entries)
            if (entry.kind == "headers" && entry.record)
                take(entry.as<policy::Headers>().request);
    });
    for (const auto &route : workspace.routes)
        take(route.rewrite.headers);
    return {names.begin(), names.end()};
}

Settings settingsOf(const Workspace &workspace)
{
    const config::Settings &from = workspace.settings;
    Settings to;
    to.identityFields = identityFields(workspace);
    to.trustedProxies = from.trustedProxies;
    to.forwarded = static_cast<Settings::Forwarded>(from.forwarded);
    to.paths.dotSegments = static_cast<http::PathRules::Dots>(from.paths.dotSegments);
    to.paths.mergeSlashes = from.paths.mergeSlashes;
    to.paths.encodedSlash = static_cast<http::PathRules::EncodedSlash>(from.paths.encodedSlash);
    to.recording = {from.recording.bodies, from.recording.memory, from.recording.redact};
    return to;
}

Delivery deliveryOf(const config::Delivery &from)
{
    Delivery to;
    to.connect = from.connect;
    to.response = from.response;
    to.idle = from.idle;
    to.total = from.total;
    to.times = from.times;
    to.retries = from.times > 0;
    to.failures = 0;
    to.statuses.clear();
    for (const auto &on : from.failures)
        switch (on.failure) {
        case config::Failure::ConnectFailure: to.failures |= Delivery::ConnectFailure; break;
        case config::Failure::Reset: to.failures |= Delivery::Reset; break;
        case config::Failure::Timeout: to.failures |= Delivery::Timeout; break;
        case config::Failure::Status: to.statuses.push_back(static_cast<uint16_t>(on.status)); break;
        }
    to.methods = from.methods;
    to.perTry = from.perTry;
    to.backoffBase = from.backoffBase;
    to.backoffMax = from.backoffMax;
    to.jitter = from.jitter == config::Jitter::Full;
    to.budget = from.budget;
    return to;
}

class Compiler {
public:
    Compiler(const std::shared_ptr<const Workspace> &workspace, policy::StateStore &states, const Snapshot *before, const Clock &clock)
        : m_workspace(workspace), m_states(states), m_before(before), m_clock(clock), m_settings(settingsOf(*workspace))
    {
    }
    SnapshotPointer run(uint64_t revision);
    std::vector<schema::Problem> takeProblems();

private:
    struct Compiled { std::shared_ptr<const policy::FilterConfig> filter; std::shared_ptr<const policy::Condition> when; };

    void problem(const config::Origin &origin, const schema::Path &path, std::string message);
    std::shared_ptr<const ListenerPlan> listenerPlan(const config::Listener &listener);
    PlanPointer plan(const config::Listener *listener, const config::Route *route);
    std::string signatureOf(const std::vector<PlacedPolicy> &chain, const config::Route *route, const config::Group *group) const;
    PlanPointer kept(const std::string &listener, const config::Route *route, const std::string &signature) const;
    PlannedPolicy planned(const PlacedPolicy &place);
    const Compiled &compiled(const PlacedPolicy &place);
    void compileMatch(RoutePlan &plan, const config::Route *route, const config::Group *group);
    void compileTarget(RoutePlan &plan, const config::Route &route);
    void compileRewrite(RoutePlan &plan, const config::Route &route);
    policy::Expression expression(const std::string &text, const RoutePlan &plan, const config::Origin &origin, const schema::Path &path);
    std::vector<std::string> namedHosts(const config::Listener &listener) const;
    void findLoops();

    const std::shared_ptr<const Workspace> &m_workspace;
    policy::StateStore &m_states;
    const Snapshot *m_before;
    const Clock &m_clock;
    const Settings m_settings;
    std::vector<schema::Problem> m_problems;
    std::set<std::string> m_told;                  // one problem once, however many plans meet it
    std::map<std::string, Compiled> m_compiled;    // by place: one filter for all plans that share it
    std::map<std::string, PlanPointer> m_plans;    // by route and signature: one plan for all listeners without policies
    std::shared_ptr<const Router> m_lastRouter;
};

void Compiler::problem(const config::Origin &origin, const schema::Path &path, std::string message)
{
    if (!m_told.insert(path.text() + ": " + message).second)
        return;
    schema::Problem found;
    found.file = origin.file;
    found.line = origin.line;
    found.column = origin.line ? 1 : 0;
    found.path = path.text();
    found.message = std::move(message);
    m_problems.push_back(std::move(found));
}

std::vector<schema::Problem> Compiler::takeProblems()
{
    schema::sortProblems(m_problems);
    return std::move(m_problems);
}

SnapshotPointer Compiler::run(uint64_t revision)
{
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->revision = revision;
    snapshot->workspace = m_workspace;
    snapshot->settings = m_settings;
    if (m_workspace->listeners.empty()) // routes are still checked
        for (const auto &route : m_workspace->routes)
            plan(nullptr, &route);
    for (const auto &listener : m_workspace->listeners)
        snapshot->listeners.push_back(listenerPlan(listener));
    findLoops();
    return m_problems.empty() ? snapshot : nullptr;
}

void Compiler::findLoops()
{
    for (const auto &upstream : m_workspace->upstreams)
        for (size_t i = 0; i < upstream.endpoints.size(); ++i)
            if (const auto *listener = ownListener(*m_workspace, upstream.endpoints[i].url))
                problem(upstream.origin, upstream.origin.path / "endpoints" / schema::Step(i),
                        upstream.endpoints[i].url + " leads back to the listener " + listener->name + " (" + listener->address + "): requests would go round in circles");
}

std::vector<std::string> Compiler::namedHosts(const config::Listener &listener) const
{
    std::set<std::string> hosts;
    const auto add = [&](const std::vector<std::string> &list) {
        for (const auto &host : list)
            hosts.insert(lower(host));
    };
    add(listener.hosts);
    for (const auto &group : m_workspace->groups)
        add(group.hosts);
    for (const auto &route : m_workspace->routes)
        add(route.match.hosts);
    return {hosts.begin(), hosts.end()};
}

std::shared_ptr<const ListenerPlan> Compiler::listenerPlan(const config::Listener &listener)
{
    auto made = std::make_shared<ListenerPlan>();
    made->name = listener.name;
    made->interned = observe::internName(listener.name);
    made->record = std::shared_ptr<const config::Listener>(m_workspace, &listener);
    made->address = listener.address;
    const auto address = schema::parseAddress(listener.address);
    made->expose = listener.expose || (address && !address->loopback());
    made->proxyProtocol = listener.proxyProtocol;
    made->hosts = namedHosts(listener);
    made->limits = limitsOf(listener.limits);
    std::vector<PlanPointer> plans;
    for (const auto &route : m_workspace->routes)
        if (route.enabled)
            if (auto one = plan(&listener, &route))
                plans.push_back(std::move(one));
    made->unmatched = plan(&listener, nullptr);
    // The router before, or that of another listener, when it would be the same.
    const auto *before = m_before ? m_before->listener(listener.name) : nullptr;
    if (before && before->router->plans() == plans)
        made->router = before->router;
    else if (m_lastRouter && m_lastRouter->plans() == plans)
        made->router = m_lastRouter;
    else
        made->router = std::make_shared<Router>(std::move(plans));
    m_lastRouter = made->router;
    return made;
}

std::string Compiler::signatureOf(const std::vector<PlacedPolicy> &chain, const config::Route *route, const config::Group *group) const
{
    Signature signature;
    bool identities = false;
    for (const auto &place : chain) {
        signature.add(*place.entry, place.path.text()).add(place.owner).add(place.identity);
        identities = identities || (place.entry->kind == "key-auth" && place.entry->enabled);
    }
    if (identities)
        signature.addConsumers(m_workspace->consumers);
    const auto &paths = m_settings.paths;
    signature.add(std::to_string(int(paths.dotSegments)) + std::to_string(paths.mergeSlashes) + std::to_string(int(paths.encodedSlash)));
    if (group) {
        signature.add(group->name).add(group->prefix);
        for (const auto &host : group->hosts)
            signature.add(host);
    }
    if (route) {
        signature.add(route->origin.path.text()).add(config::routeShape()->write(*route));
        if (route->to.upstream)
            if (const auto *upstream = m_workspace->upstream(*route->to.upstream))
                signature.add(upstream->host).add(config::deliveryShape()->write(upstream->delivery));
        if (route->to.respond && route->to.respond->file)
            signature.add(readInside(m_workspace->folder, *route->to.respond->file).valueOr({}));
    }
    return signature.take();
}

PlanPointer Compiler::kept(const std::string &listener, const config::Route *route, const std::string &signature) const
{
    const auto *before = m_before ? m_before->listener(listener) : nullptr;
    if (!before)
        return nullptr;
    if (!route)
        return before->unmatched->signature == signature ? before->unmatched : nullptr;
    const PlanPointer *plan = before->router->find(route->name);
    return plan && (*plan)->signature == signature ? *plan : nullptr;
}

PlanPointer Compiler::plan(const config::Listener *listener, const config::Route *route)
{
    const config::Group *group = route && !route->group.empty() ? m_workspace->group(route->group) : nullptr;
    const auto chain = chainOf(listener, group, route);
    std::string signature = signatureOf(chain, route, group);
    PlanPointer &known = m_plans[(route ? route->name : std::string("(none)")) + "\n" + signature];
    if (known)
        return known;
    if (auto before = kept(listener ? listener->name : std::string(), route, signature))
        return known = before;
    auto made = std::make_shared<RoutePlan>();
    made->signature = std::move(signature);
    for (const auto &place : chain) {
        made->policies.push_back(planned(place));
        const auto &policy = made->policies.back();
        if (policy.filter) {
            made->interests |= policy.filter->interests();
            made->preflights = made->preflights || (policy.kind == "cors" && !policy.shadow);
        }
    }
    compileMatch(*made, route, group);
    if (route && made->match) {
        made->name = route->name;
        made->group = route->group;
        made->path = route->origin.path.text();
        made->interned = observe::internName(route->name);
        made->priority = route->priority;
        made->record = std::make_shared<const config::Route>(*route);
        compileTarget(*made, *route);
        compileRewrite(*made, *route);
    }
    if (!made->match)
        return nullptr;
    return known = made;
}

void Compiler::compileMatch(RoutePlan &plan, const config::Route *route, const config::Group *group)
{
    policy::Condition::Options options;
    options.paths = m_settings.paths;
    if (group) {
        options.prefix = group->prefix;
        options.hosts = group->hosts;
    }
    static const config::Condition always;
    auto match = policy::Condition::make(route ? route->match : always, options);
    if (match)
        plan.match = std::move(*match);
    else
        problem(route->origin, route->origin.path / "match", match.error().message);
    if (route && route->match.path && route->match.path->pattern.empty())
        problem(route->origin, route->origin.path / "match" / "path",
                "what a path captures can be asked in `when` and in mocks; a route's path is a template: /orders/{id}");
    if (plan.match && route && (plan.match->usesConsumers() || plan.match->usesBody()))
        problem(route->origin, route->origin.path / "match",
                plan.match->usesBody() ? "a route can't be chosen by the body; it is not there yet"
                                       : "a route can't be chosen by the consumer; who asks is known only once its policies run");
}

const Compiler::Compiled &Compiler::compiled(const PlacedPolicy &place)
{
    const auto &entry = *place.entry;
    const auto [it, fresh] = m_compiled.try_emplace(place.path.text());
    if (!fresh)
        return it->second;
    const schema::Path path = entry.reference.empty() ? place.path / entry.kind : place.path;
    const auto *kind = policy::find(entry.kind);
    if (!kind || !entry.record) {
        problem(entry.origin, path, "`" + entry.kind + "` is not built yet");
        return it->second;
    }
    auto filter = kind->compile({*m_workspace, entry, place.identity, m_states, m_clock});
    if (filter)
        it->second.filter = std::move(*filter);
    else
        problem(entry.origin, path, filter.error().message);
    if (entry.when) {
        policy::Condition::Options options;
        options.paths = m_settings.paths;
        auto when = policy::Condition::make(*entry.when, options);
        if (when)
            it->second.when = std::move(*when);
        else
            problem(entry.origin, place.path / "when", when.error().message);
    }
    return it->second;
}

PlannedPolicy Compiler::planned(const PlacedPolicy &place)
{
    const auto &entry = *place.entry;
    PlannedPolicy made;
    made.kind = entry.kind;
    made.name = entry.name.empty() ? entry.reference : entry.name;
    made.owner = place.owner;
    made.ownerKind = place.ownerKind;
    made.path = place.path.text();
    made.identity = place.identity;
    made.counters = observe::internName(place.identity);
    made.enabled = entry.enabled;
    made.shadow = entry.mode == config::PolicyMode::Shadow;
    made.onError = entry.onError == config::OnError::Closed ? OnError::Closed : OnError::Open;
    if (const auto *kind = policy::find(entry.kind)) {
        made.authenticates = kind->authenticates;
        made.limits = kind->limits;
    }
    const Compiled &parts = compiled(place); // what is off is checked too
    if (entry.enabled) {
        made.filter = parts.filter;
        made.when = parts.when;
    }
    return made;
}

policy::Expression Compiler::expression(const std::string &text, const RoutePlan &plan, const config::Origin &origin, const schema::Path &path)
{
    auto made = policy::Expression::make(text);
    if (!made) {
        problem(origin, path, made.error().message);
        return {};
    }
    const auto known = plan.match->path().variables();
    for (auto name : made->pathNames())
        if (std::find(known.begin(), known.end(), name) == known.end())
            problem(origin, path, "the route's path has no {" + std::string(name) + "}");
    return std::move(*made);
}

void Compiler::compileTarget(RoutePlan &plan, const config::Route &route)
{
    const auto &to = route.to;
    const schema::Path path = route.origin.path / "to";
    Target &target = plan.target;
    if (to.upstream) {
        target.kind = observe::TargetKind::Upstream;
        target.name = *to.upstream;
        const auto *upstream = m_workspace->upstream(*to.upstream);
        if (!upstream)
            return problem(route.origin, path / "upstream", "there is no upstream " + *to.upstream);
        plan.delivery = deliveryOf(config::merged(upstream->delivery, route.delivery));
        plan.hostMode = upstream->host == "keep" ? RoutePlan::Host::Keep : upstream->host == "upstream" ? RoutePlan::Host::Upstream : RoutePlan::Host::Fixed;
        if (plan.hostMode == RoutePlan::Host::Fixed)
            plan.hostText = upstream->host;
    } else if (to.mock) {
        target.kind = observe::TargetKind::Mock;
        target.name = *to.mock;
        if (!m_workspace->mock(*to.mock))
            problem(route.origin, path / "mock", "there is no mock " + *to.mock);
    } else if (to.respond) {
        target.kind = observe::TargetKind::Respond;
        target.name = std::to_string(to.respond->status);
        auto answer = fixedResponse(*to.respond, m_workspace->folder);
        if (answer)
            target.respond = std::move(*answer);
        else
            problem(route.origin, path / "respond" / "file", answer.error().message);
    } else if (to.redirect) {
        target.kind = observe::TargetKind::Redirect;
        target.name = to.redirect->location; // shown wherever the target is
        replaceAll(target.name, m_workspace->secretValues, observe::redactedMark);
        target.location = expression(to.redirect->location, plan, route.origin, path / "redirect" / "location");
        target.redirectStatus = static_cast<uint16_t>(to.redirect->status);
    }
    target.interned = observe::internName(target.name);
}

void Compiler::compileRewrite(RoutePlan &plan, const config::Route &route)
{
    const auto &from = route.rewrite;
    const schema::Path path = route.origin.path / "rewrite";
    Rewrite &to = plan.rewrite;
    if (from.path)
        to.path = expression(*from.path, plan, route.origin, path / "path");
    if (from.host)
        to.host = expression(*from.host, plan, route.origin, path / "host");
    to.stripPrefix = from.stripPrefix.value_or("");
    to.addPrefix = from.addPrefix.value_or("");
    const auto edit = [&](const config::FieldEdits &edits, policy::Edit::Of what, policy::Edit &into, const char *key) {
        auto made = policy::Edit::make(edits, what);
        if (made)
            into = std::move(*made);
        else
            problem(route.origin, path / key, made.error().message);
    };
    edit(from.query, policy::Edit::Of::Query, to.query, "query");
    edit(from.headers, policy::Edit::Of::RequestHeaders, to.headers, "headers");
}
} // namespace

Result<SnapshotPointer, std::vector<schema::Problem>> compile(std::shared_ptr<const Workspace> workspace, policy::StateStore &states,
                                                              const Snapshot *before, uint64_t revision, const Clock &clock)
{
    Compiler compiler(workspace, states, before, clock);
    if (auto snapshot = compiler.run(revision))
        return snapshot;
    return compiler.takeProblems();
}

} // namespace gatehouse::runtime
