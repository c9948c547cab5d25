#include "gateway/observe/exchangejson.h"

#include "gateway/base/text.h"

namespace gatehouse::observe {

json::Value phasesJson(const Phases &phases)
{
    auto result = json::Value::object();
    const std::pair<const char *, int64_t> all[] = {
        {"route", phases.route},       {"policies_in", phases.policiesIn}, {"connect", phases.connect},
        {"first_byte", phases.firstByte}, {"transfer", phases.transfer}, {"policies_out", phases.policiesOut},
        {"gateway", phases.gateway},   {"total", phases.total},
    };
    for (const auto &[key, micros] : all) {
        if (micros >= 0)
            result.set(key, micros);
    }
    return result;
}

json::Value exchangeJson(const Row &row, const Phases &phases, json::Value trace)
{
    const auto orNull = [](std::string_view text) { return text.empty() ? json::Value() : json::Value(text); };
    std::string url;
    if (!row.host.empty())
        url.append(row.scheme.empty() ? std::string_view("http") : row.scheme).append("://").append(row.host);
    url.append(row.path);
    if (!row.query.empty())
        url.append("?").append(row.query);
    std::string target(name(row.target));
    if (!row.targetName.empty())
        target.append(":").append(row.targetName);

    auto line = json::Value::object();
    line.set("id", row.id);
    line.set("time", isoTime(row.startedMicros));
    line.set("listener", orNull(row.listener));
    line.set("route", orNull(row.route));
    line.set("consumer", orNull(row.consumer));
    line.set("method", row.method);
    line.set("url", std::move(url));
    line.set("status", row.status == 0 ? json::Value() : json::Value(row.status));
    line.set("target", row.target == TargetKind::None ? json::Value() : json::Value(std::move(target)));
    line.set("endpoint", orNull(row.endpoint));
    line.set("duration_us", row.durationMicros);
    line.set("phases", phasesJson(phases));
    line.set("request_bytes", row.requestBytes);
    line.set("response_bytes", row.responseBytes);
    line.set("verdict", name(row.verdict));
    line.set("error", orNull(row.error));
    line.set("trace", std::move(trace));
    return line;
}

} // namespace gatehouse::observe
