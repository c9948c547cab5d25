#include "gateway/observe/explanationjson.h"

#include "gateway/observe/exchangejson.h"

namespace gatehouse::observe {

using json::Value;

std::string_view name(Aspect aspect)
{
    static constexpr std::string_view names[] = {"host", "path", "method", "headers", "query", "other"};
    return names[static_cast<size_t>(aspect)];
}

std::string_view name(Cell cell)
{
    static constexpr std::string_view names[] = {"passed", "failed", "not-asked", "none"};
    return names[static_cast<size_t>(cell)];
}

std::string_view name(Precedence precedence)
{
    static constexpr std::string_view names[] = {"only-match", "priority", "host", "path", "method", "header-count", "query-count", "file-order"};
    return names[static_cast<size_t>(precedence)];
}

json::Value candidateJson(const Candidate &candidate)
{
    Value out = Value::object({{"route", candidate.route}});
    if (!candidate.group.empty())
        out.set("group", candidate.group);
    out.set("matched", candidate.matched);
    if (candidate.won)
        out.set("won", true);
    if (candidate.failed) {
        out.set("failed", Value::object({{"condition", candidate.failed->condition},
                                         {"expected", candidate.failed->expected},
                                         {"actual", candidate.failed->actual ? Value(*candidate.failed->actual) : Value()}}));
    }
    if (candidate.matched) {
        Value captures = Value::object();
        for (const auto &[key, value] : candidate.captures)
            captures.set(key, value);
        out.set("captures", std::move(captures));
    }
    if (candidate.decided)
        out.set("decided", name(*candidate.decided));
    if (!candidate.against.empty())
        out.set("against", candidate.against);
    Value cells = Value::object();
    for (size_t i = 0; i < aspectCount; ++i)
        if (candidate.cells[i] != Cell::NoCondition)
            cells.set(std::string(name(static_cast<Aspect>(i))), name(candidate.cells[i]));
    out.set("cells", std::move(cells));
    return out;
}

namespace {
Value stepJson(const PolicyStep &step)
{
    static constexpr std::string_view owners[] = {"listener", "group", "route"};
    Value out = Value::object({{"kind", step.kind}, {"name", step.name.empty() ? Value() : Value(step.name)}, {"verdict", name(step.verdict)}});
    out.set("owner", step.owner);
    out.set("owner_kind", owners[static_cast<size_t>(step.ownerKind)]);
    out.set("path", step.path);
    if (step.phase == Phase::Response)
        out.set("phase", "response");
    if (step.shadow)
        out.set("shadow", true);
    if (step.durationNanos >= 0) {
        out.set("start_us", step.startMicros);
        out.set("duration_ns", step.durationNanos);
    }
    if (!step.detail.empty())
        out.set("detail", step.detail);
    if (step.gauge)
        out.set("gauge", Value::object({{"key", step.gauge->key},
                                        {"level", step.gauge->level},
                                        {"capacity", step.gauge->capacity},
                                        {"next_us", step.gauge->nextMicros}}));
    return out;
}

Value attemptJson(const Attempt &attempt)
{
    Value out = Value::object({{"endpoint", attempt.endpoint},
                               {"start_us", attempt.startMicros},
                               {"duration_us", attempt.durationMicros},
                               {"wait_us", attempt.waitMicros},
                               {"connect_us", attempt.connectMicros < 0 ? Value() : Value(attempt.connectMicros)},
                               {"status", attempt.status ? Value(attempt.status) : Value()},
                               {"error", attempt.error.empty() ? Value() : Value(attempt.error)}});
    if (attempt.abandoned)
        out.set("abandoned", true);
    if (!attempt.why.empty())
        out.set("why", attempt.why);
    return out;
}

Value requestJson(const Explanation &explanation)
{
    Value headers = Value::array();
    for (const auto &[key, value] : explanation.headers)
        headers.append(Value::array({key, value}));
    return Value::object({{"method", explanation.method}, {"url", explanation.url}, {"headers", std::move(headers)}});
}

Value changesJson(const std::vector<Change> &changes)
{
    Value out = Value::array();
    for (const auto &change : changes) {
        if (change.kind == Change::Kind::Same)
            continue;
        Value one = Value::object({{change.kind == Change::Kind::Added ? "added" : "removed", change.line}});
        if (!change.setting.empty())
            one.set("setting", change.setting);
        out.append(std::move(one));
    }
    return out;
}

template <typename T>
Value listJson(const std::vector<T> &all, Value (*one)(const T &))
{
    Value out = Value::array();
    for (const T &each : all)
        out.append(one(each));
    return out;
}
} // namespace

json::Value explanationJson(const Explanation &explanation)
{
    Value out = Value::object({{"listener", explanation.listener}, {"route", explanation.route ? Value(*explanation.route) : Value()}});
    out.set("candidates", listJson(explanation.candidates, candidateJson));
    out.set("routes", explanation.routeCount);
    out.set("policies", listJson(explanation.policies, stepJson));
    Value target = Value::object({{"kind", name(explanation.target)}, {"name", explanation.targetName.empty() ? Value() : Value(explanation.targetName)}});
    if (!explanation.balancer.empty())
        target.set("balancer", explanation.balancer);
    out.set("target", std::move(target));
    out.set("request", explanation.method.empty() ? Value() : requestJson(explanation));
    out.set("changes", changesJson(explanation.changes));
    if (!explanation.mockRules.empty())
        out.set("mock", listJson(explanation.mockRules, candidateJson));
    if (!explanation.attempts.empty())
        out.set("attempts", listJson(explanation.attempts, attemptJson));
    if (explanation.phases.total >= 0)
        out.set("phases", phasesJson(explanation.phases));
    out.set("verdict", name(explanation.verdict));
    out.set("status", explanation.status ? Value(explanation.status) : Value());
    if (!explanation.error.empty())
        out.set("error", explanation.error);
    return out;
}

} // namespace gatehouse::observe
