#include "gateway/runtime/trial.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"

#include <algorithm>

namespace gatehouse::runtime {

using observe::StepVerdict;

namespace {
// A preview sends nothing and waits for nothing.
class NoFetch final : public policy::Fetch {
    void fetch(std::string_view, std::string_view, std::span<const http::Field>, std::string_view, Duration, std::function<void(Result<Answer>)> done) const override
    {
        done(Error::make(ErrorKind::Cancelled, "an explanation sends nothing"));
    }
};
class NoBlocking final : public policy::Blocking {
    void run(std::function<void()>, std::function<void()>) const override { }
};
class NoResumer final : public policy::Resumer {
    void resume(policy::Resumption) const override { }
    void resumeAfter(policy::Resumption, Duration) const override { }
};

// Of the first endpoint that may be asked, as a Host field wants it.
std::string authorityOf(const config::Upstream &upstream)
{
    for (const auto &endpoint : upstream.endpoints) {
        const auto url = schema::parseUrl(endpoint.url);
        if (!endpoint.enabled || !url)
            continue;
        if (!url->socket.empty())
            return "localhost";
        std::string host = url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]";
        return url->port && url->port != 80 ? host + ":" + std::to_string(url->port) : host;
    }
    return {};
}

const NoFetch noFetch;
const NoBlocking noBlocking;
const NoResumer noResumer;
} // namespace

observe::PolicyStep describe(const PlannedPolicy &policy)
{
    observe::PolicyStep step;
    step.kind = policy.kind;
    step.name = policy.name;
    step.owner = policy.owner;
    step.ownerKind = policy.ownerKind;
    step.path = policy.path;
    step.shadow = policy.shadow;
    return step;
}

Trial::Trial(const Snapshot &snapshot, const Sketch &sketch, const Clock &clock)
    : m_snapshot(snapshot), m_services{clock, policy::systemRandom(), noFetch, noBlocking, noResumer}
{
    m_head.method = m_arena.copy(sketch.method);
    m_head.known = http::knownMethod(m_head.method);
    // As clients send it, Host comes first; a Host field of the sketch's own is taken where no host is given.
    const auto own = std::find_if(sketch.fields.begin(), sketch.fields.end(), [](const auto &field) { return equalsIgnoreCase(field.first, "host"); });
    m_head.fields.add("host", !sketch.host.empty() ? sketch.host : own != sketch.fields.end() ? own->second : std::string("localhost"));
    for (const auto &[name, value] : sketch.fields)
        if (!equalsIgnoreCase(name, "host") && !m_head.fields.add(name, trim(value)))
            m_error = "The field \"" + name + "\" can't stand in a request.";
    m_info.scheme = m_arena.copy(sketch.scheme);
    readTarget(sketch);
    m_tracker.emplace(m_head);
    m_peer = IpAddress::parse(sketch.client).value_or(*IpAddress::parse("127.0.0.1"));
    m_peerText = m_info.clientText = m_arena.copy(m_peer.text());
    believe(m_head, m_info, snapshot.settings, m_peer, &*m_tracker);
}

void Trial::readTarget(const Sketch &sketch)
{
    m_head.target = m_arena.copy(sketch.target);
    const auto parts = http::splitTarget(m_head.target);
    m_head.path = parts.path;
    m_head.query = parts.query;
    m_head.hasQuery = parts.hasQuery;
    m_head.authority = m_head.fields.value("host");
    const auto authority = http::parseAuthority(m_head.authority);
    if (!authority && m_error.empty())
        m_error = "\"" + std::string(m_head.authority) + "\" is no host.";
    if (authority) {
        m_head.host = authority->host;
        m_head.port = authority->port;
    }
    m_info.host = m_arena.copy(lower(m_head.host));
    m_info.port = m_head.port;
    m_info.query = m_head.query;
    m_info.path = m_head.path;
    if (m_head.path == "*")
        return;
    const auto path = http::normalisePath(m_head.path, m_snapshot.settings.paths, m_arena);
    if (path)
        m_info.path = *path;
    else if (m_error.empty())
        m_error = std::string(http::sentence(path.error()));
}

Match Trial::route(const ListenerPlan &listener)
{
    m_info.listener = listener.name;
    const Match match = listener.router->match(view(), m_arena);
    m_info.captures = match.captures;
    m_info.route = match ? std::string_view((*match.plan)->name) : std::string_view();
    return match;
}

void Trial::step(StepVerdict verdict, std::string_view detail)
{
    if (verdict != StepVerdict::Passed && verdict != StepVerdict::Acted)
        m_trying->step.verdict = verdict;
    m_trying->step.detail = detail;
}

void Trial::gauge(double level, double capacity, int64_t nextMicros)
{
    m_trying->step.gauge = observe::Gauge{{}, level, capacity, nextMicros};
}

void Trial::changed(std::string_view setting)
{
    if (m_request == &m_head)
        m_tracker->after(setting, m_head);
}

Trial::Tried Trial::tryPolicy(const PlannedPolicy &policy)
{
    Tried tried{describe(policy)};
    if (!policy.enabled) {
        tried.step.verdict = StepVerdict::Off;
        return tried;
    }
    if (policy.when) {
        auto examined = policy.when->examine(view(), m_arena);
        if (examined.failed) {
            tried.step.verdict = StepVerdict::Skipped;
            tried.step.detail = examined.failed->condition + " wants " + examined.failed->expected + ", got " + examined.failed->actual.value_or("nothing");
            return tried;
        }
    }
    m_trying = &tried;
    const uint16_t before = m_status;
    http::RequestHead copy(m_arena);
    policy::RequestInfo info = m_info;
    if (policy.shadow) { // decides on a copy, changes nothing
        http::Fields fields = m_head.fields.clone(m_arena);
        copy.method = m_head.method;
        copy.known = m_head.known;
        copy.target = m_head.target;
        copy.path = m_head.path;
        copy.query = m_head.query;
        copy.hasQuery = m_head.hasQuery;
        copy.fields = std::move(fields);
        m_request = &copy;
        m_seen = &info;
    }
    tried.flow = policy.filter->preview(*this);
    if (tried.step.gauge)
        tried.step.gauge->key = policy.filter->countedBy(*this);
    m_request = &m_head;
    m_seen = &m_info;
    m_trying = nullptr;
    if (policy.shadow && tried.flow == policy::Flow::Respond) {
        tried.step.verdict = StepVerdict::WouldRefuse;
        tried.flow = policy::Flow::Continue;
        m_status = before;
    }
    return tried;
}

std::string Trial::countedBy(const PlannedPolicy &policy) { return policy.filter ? policy.filter->countedBy(*this) : std::string(); }

void Trial::forward(const RoutePlan &plan)
{
    const config::Upstream *upstream = m_snapshot.workspace ? m_snapshot.workspace->upstream(plan.target.name) : nullptr;
    const std::string_view endpoint = upstream ? m_arena.copy(authorityOf(*upstream)) : std::string_view();
    prepare(m_head, {plan, m_snapshot.settings, m_info, m_peer, m_peerText, "gatehouse", endpoint}, &*m_tracker);
}

} // namespace gatehouse::runtime
