#include "gateway/runtime/explain.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/http/target.h"
#include "gateway/observe/redaction.h"
#include "gateway/runtime/crosssite.h"
#include "gateway/runtime/secrecy.h"
#include "gateway/runtime/trial.h"

#include <algorithm>

namespace gatehouse::runtime {

using observe::Explanation;
using observe::StepVerdict;
using observe::TargetKind;
using observe::Verdict;

namespace {
std::shared_ptr<const observe::Redactor> redactorFor(const Snapshot &snapshot)
{
    auto made = redactorOf(snapshot);
    if (!made)
        made = observe::Redactor::make(); // what the workspace adds was refused when it was loaded
    return *made;
}

std::string maskedLine(const observe::Redactor &redactor, const std::string &line)
{
    std::string masked;
    const size_t colon = line.find(": ");
    if (colon == std::string::npos || line.find(' ') < colon)
        return redactor.url(line, masked) ? masked : line;
    return redactor.field(line.substr(0, colon), line.substr(colon + 2), masked) ? line.substr(0, colon + 2) + masked : line;
}

void setTarget(Explanation &out, const RoutePlan &plan)
{
    out.target = plan.target.kind;
    out.targetName = plan.target.name;
    if (plan.target.kind == TargetKind::Upstream)
        out.balancer = "round-robin";
}

void takeHead(Explanation &out, const http::RequestHead &head, std::string_view scheme, const observe::Redactor &redactor)
{
    out.method = head.method;
    const std::string url = std::string(scheme) + "://" + std::string(head.fields.value("host")) + (head.target == "*" ? "" : std::string(head.target));
    if (!redactor.url(url, out.url))
        out.url = url;
    for (const auto &field : head.fields) {
        std::string value;
        if (!redactor.field(field.name, field.value, value))
            value = field.value;
        out.headers.emplace_back(lower(field.name), std::move(value));
    }
}

// Each policy in turn; after one that answers the others are not reached, and are told so.
bool tryPolicies(Explanation &out, Trial &trial, const RoutePlan &plan)
{
    bool answered = false;
    for (const auto &policy : plan.policies) {
        if (answered) {
            auto step = describe(policy);
            step.verdict = policy.enabled ? StepVerdict::NotReached : StepVerdict::Off;
            out.policies.push_back(std::move(step));
            continue;
        }
        auto tried = trial.tryPolicy(policy);
        if (tried.flow == policy::Flow::Respond) {
            answered = true;
            out.verdict = tried.step.verdict == StepVerdict::Answered ? Verdict::Local : policy.limits ? Verdict::Throttled : Verdict::Refused;
            out.status = trial.refusedStatus();
        }
        out.policies.push_back(std::move(tried.step));
    }
    return answered;
}

void judge(Explanation &out, Verdict verdict, uint16_t status, std::string error = {})
{
    out.verdict = verdict;
    out.status = status;
    out.error = std::move(error);
}

// Where it would go, as if the policies had let it through; `answered`: they did not, and have set the verdict.
void explainTarget(Explanation &out, Trial &trial, const RoutePlan &plan, const observe::Redactor &redactor, bool answered)
{
    setTarget(out, plan);
    if (plan.target.kind == TargetKind::Upstream) {
        trial.forward(plan);
        takeHead(out, trial.head(), "http", redactor);
        out.changes = trial.tracker().changes(linesOf(trial.head()));
        for (auto &change : out.changes)
            change.line = maskedLine(redactor, change.line);
        return;
    }
    takeHead(out, trial.head(), trial.requestInfo().scheme, redactor);
    if (plan.target.kind == TargetKind::Redirect)
        out.targetName = redirectLocation(plan, trial.view(), trial.memory());
    if (answered)
        return;
    if (plan.target.kind == TargetKind::Mock)
        out.verdict = Verdict::Mocked;
    else if (plan.target.kind == TargetKind::Respond)
        judge(out, Verdict::Local, plan.target.respond.status);
    else if (plan.target.kind == TargetKind::Redirect)
        judge(out, Verdict::Local, plan.target.redirectStatus);
    else
        judge(out, Verdict::NoRoute, 404, "No route matches this request.");
}
} // namespace

namespace {
Explanation tried(const Snapshot &snapshot, const ListenerPlan &listener, const Sketch &sketch, const Clock &clock, std::string_view always,
                  const AskMock &askMock, const observe::Redactor &redactor)
{
    Explanation out;
    out.listener = listener.name;
    out.protocol = "HTTP/1.1";
    Trial trial(snapshot, sketch, clock);
    if (!trial.error().empty()) {
        judge(out, Verdict::Malformed, 400, trial.error());
        return out;
    }
    out.routeCount = listener.router->plans().size();
    out.candidates = listener.router->explain(trial.view(), trial.memory(), 8, always);
    const Match match = trial.route(listener);
    const RoutePlan &plan = match ? **match.plan : *listener.unmatched;
    const std::string host(trial.requestInfo().host);
    if (!listener.answersFor(host)) { // before any route is asked
        judge(out, Verdict::RefusedHost, 421, "This listener does not answer for " + host + ". Add it to the hosts of the listener or of a route.");
        out.refusedHost = host;
        return out;
    }
    if (match)
        out.route = plan.name;
    const bool foreign = isCrossSite(trial.head(), trial.view(), listener, plan, trial.memory());
    const bool answered = tryPolicies(out, trial, plan);
    explainTarget(out, trial, plan, redactor, answered || foreign);
    if (askMock && plan.target.kind == TargetKind::Mock && !answered && !foreign)
        askMock(out, {plan.target.name, trial.head(), trial.requestInfo(), sketch.body});
    if (foreign)
        judge(out, Verdict::RefusedCrossSite, 403,
              "A page of another site made the browser send this request. Allow its origin with a cors policy.");
    return out;
}
} // namespace

Explanation explain(const Snapshot &snapshot, const ListenerPlan &listener, const Sketch &sketch, const Clock &clock, std::string_view always,
                    const AskMock &askMock)
{
    const auto redactor = redactorFor(snapshot);
    Explanation out = tried(snapshot, listener, sketch, clock, always, askMock, *redactor);
    withoutSecrets(out, *redactor);
    return out;
}

// ---- of what happened

namespace {
Sketch sketchOf(const Happened &happened)
{
    Sketch sketch;
    const auto words = split(happened.request.startLine, ' ');
    sketch.method = happened.row.method;
    sketch.target = words.size() >= 2 ? std::string(words[1]) : std::string(happened.row.path);
    if (const size_t scheme = sketch.target.find("://"); scheme != std::string::npos) { // absolute form
        const size_t path = sketch.target.find('/', scheme + 3);
        sketch.host = sketch.target.substr(scheme + 3, path == std::string::npos ? path : path - scheme - 3);
        sketch.target = path == std::string::npos ? "/" : sketch.target.substr(path);
    }
    sketch.scheme = happened.row.scheme.empty() ? "http" : std::string(happened.row.scheme);
    sketch.fields = happened.request.fields;
    std::string_view client = happened.row.client; // address:port
    if (const size_t colon = client.rfind(':'); colon != std::string_view::npos && (client.find(':') == colon || client.starts_with('[')))
        client = client.substr(0, colon);
    if (client.starts_with('[') && client.ends_with(']'))
        client = client.substr(1, client.size() - 2);
    sketch.client = client;
    return sketch;
}

observe::PolicyStep happenedStep(const PlannedPolicy &policy, const observe::StepRecord &record, Trial &trial)
{
    auto step = describe(policy);
    step.phase = record.phase;
    step.verdict = record.verdict;
    step.startMicros = record.startMicros;
    step.durationNanos = record.durationNanos;
    step.detail = record.detail;
    if (record.capacity > 0)
        step.gauge = observe::Gauge{trial.countedBy(policy), record.level, record.capacity, record.nextMicros};
    return step;
}

// In the order of the chain on the way in, then the answer's steps as they came. What has no step was not reached.
void takeSteps(Explanation &out, Trial &trial, const RoutePlan &plan, std::span<const observe::StepRecord> steps)
{
    for (size_t i = 0; i < plan.policies.size(); ++i) {
        const auto &policy = plan.policies[i];
        const auto record = std::find_if(steps.begin(), steps.end(),
                                         [&](const observe::StepRecord &s) { return s.policy == i && s.phase == observe::Phase::Request; });
        if (record != steps.end()) {
            out.policies.push_back(happenedStep(policy, *record, trial));
            const bool acted = record->verdict == StepVerdict::Acted && policy.enabled && !policy.shadow;
            if (acted) // for the changes' settings; a masked credential makes it refuse here, which changes nothing
                trial.tryPolicy(policy);
            continue;
        }
        auto step = describe(policy);
        const bool onlyResponse = policy.filter && !(policy.filter->interests() & (policy::OnRequestHead | policy::OnRequestPiece | policy::OnRequestEnd));
        step.verdict = !policy.enabled ? StepVerdict::Off : onlyResponse ? StepVerdict::Passed : StepVerdict::NotReached;
        out.policies.push_back(std::move(step));
    }
    for (const auto &record : steps)
        if (record.phase == observe::Phase::Response && record.policy < plan.policies.size())
            out.policies.push_back(happenedStep(plan.policies[record.policy], record, trial));
}

Lines linesOf(const observe::Message &message)
{
    Lines lines{message.startLine};
    for (const auto &[name, value] : message.fields)
        lines.push_back(lower(name) + ": " + value);
    return lines;
}

// A field that went and that no simulated step took: an authentication policy hid it (the record holds it masked).
void nameHidden(std::vector<observe::Change> &changes, const RoutePlan &plan)
{
    for (auto &change : changes)
        if (change.kind == observe::Change::Kind::Removed && change.setting.empty())
            for (const auto &policy : plan.policies)
                if (policy.authenticates && policy.enabled && policy.kind == "key-auth")
                    change.setting = "key-auth, hide";
}

void takeForwarded(Explanation &out, Trial &trial, const RoutePlan &plan, const Happened &happened)
{
    const auto &message = happened.forwarded;
    const auto words = split(message.startLine, ' ');
    out.method = words.empty() ? std::string() : std::string(words[0]);
    std::string host;
    for (const auto &[name, value] : message.fields) {
        if (host.empty() && equalsIgnoreCase(name, "host"))
            host = value;
        out.headers.emplace_back(lower(name), value);
    }
    out.url = "http://" + host + (words.size() > 1 && words[1] != "*" ? std::string(words[1]) : std::string());
    trial.forward(plan);
    out.changes = trial.tracker().changes(linesOf(happened.request), linesOf(message));
    nameHidden(out.changes, plan);
}

void takeAttempts(Explanation &out, std::span<const observe::AttemptRecord> attempts)
{
    for (const auto &record : attempts)
        out.attempts.push_back({std::string(record.endpoint), record.startMicros, record.durationMicros, record.waitMicros, record.connectMicros,
                                record.status, std::string(record.error), record.abandoned, std::string(record.why)});
}

Explanation happenedSo(const Snapshot &snapshot, const RoutePlan *plan, const Happened &happened, const Clock &clock, std::string_view always,
                       const AskMock &askMock)
{
    const observe::Row &row = happened.row;
    Explanation out;
    out.listener = row.listener;
    out.client = row.client;
    out.protocol = row.protocol;
    out.verdict = row.verdict;
    out.status = row.status;
    out.error = row.error;
    if (row.verdict == Verdict::RefusedHost)
        out.refusedHost = row.host;
    out.target = row.target;
    out.targetName = row.targetName;
    out.phases = happened.phases;
    out.decidedNanos = happened.phases.route < 0 ? -1 : happened.phases.route * 1000;
    if (!row.route.empty())
        out.route = std::string(row.route);
    takeAttempts(out, happened.attempts);

    Trial trial(snapshot, sketchOf(happened), clock);
    const ListenerPlan *listener = snapshot.listener(row.listener);
    if (listener && trial.error().empty()) {
        out.routeCount = listener->router->plans().size();
        out.candidates = listener->router->explain(trial.view(), trial.memory(), 8, always);
        const Match match = trial.route(*listener);
        if (!plan)
            plan = match && (*match.plan)->name == row.route ? match.plan->get() : row.route.empty() ? listener->unmatched.get() : nullptr;
    }
    if (!plan)
        return out;
    if (!plan->name.empty() && trial.requestInfo().captures.empty())
        trial.requestInfo().captures = plan->match->path().captures(trial.requestInfo().path, trial.memory());
    trial.requestInfo().route = plan->name;
    if (snapshot.workspace)
        trial.requestInfo().consumer = snapshot.workspace->consumer(row.consumer);
    takeSteps(out, trial, *plan, happened.steps);
    if (askMock && plan->target.kind == TargetKind::Mock && row.verdict == Verdict::Mocked)
        askMock(out, {plan->target.name, trial.head(), trial.requestInfo(), happened.request.body});
    if (plan->target.kind == TargetKind::Upstream)
        out.balancer = "round-robin";
    if (!happened.forwarded.startLine.empty())
        takeForwarded(out, trial, *plan, happened);
    return out;
}
} // namespace

Explanation explain(const Snapshot &snapshot, const RoutePlan *plan, const Happened &happened, const Clock &clock, std::string_view always,
                    const AskMock &askMock)
{
    Explanation out = happenedSo(snapshot, plan, happened, clock, always, askMock);
    if (snapshot.workspace && !snapshot.workspace->secretValues.empty())
        withoutSecrets(out, *redactorFor(snapshot));
    return out;
}

} // namespace gatehouse::runtime
