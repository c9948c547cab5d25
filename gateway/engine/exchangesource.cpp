#include "gateway/engine/exchangesource.h"

#include "gateway/runtime/explain.h"

#include <algorithm>

namespace gatehouse::engine {

std::optional<api::ExchangeDetail> ExchangeSource::detail(uint64_t id) const
{
    std::optional<observe::StoredExchange> stored = m_store.detail(id);
    if (!stored)
        return {};
    api::ExchangeDetail out;
    const runtime::SnapshotPointer then = m_findSnapshot(stored->revision);
    out.configKept = then != nullptr;
    if (const runtime::SnapshotPointer snapshot = then ? then : m_findSnapshot(0))
        out.why = why(*stored, *snapshot, out.configKept);
    out.row = stored->row;
    out.request = std::move(stored->request);
    out.forwarded = std::move(stored->forwarded);
    out.response = std::move(stored->response);
    return out;
}

std::optional<observe::Explanation> ExchangeSource::explainAgain(uint64_t id) const
{
    const std::optional<observe::StoredExchange> stored = m_store.detail(id);
    const runtime::SnapshotPointer now = m_findSnapshot(0);
    if (!stored || !now)
        return {};
    return why(*stored, *now, false);
}

std::optional<observe::Candidate> ExchangeSource::candidate(uint64_t id, const std::string &route) const
{
    const std::optional<observe::StoredExchange> stored = m_store.detail(id);
    if (!stored)
        return {};
    const runtime::SnapshotPointer then = m_findSnapshot(stored->revision);
    const runtime::SnapshotPointer snapshot = then ? then : m_findSnapshot(0);
    if (!snapshot)
        return {};
    const observe::Explanation all = why(*stored, *snapshot, then != nullptr, route);
    const auto found = std::find_if(all.candidates.begin(), all.candidates.end(), [&](const observe::Candidate &known) { return known.route == route; });
    return found == all.candidates.end() ? std::nullopt : std::optional(*found);
}

observe::Explanation ExchangeSource::why(const observe::StoredExchange &exchange, const runtime::Snapshot &snapshot, bool then, std::string_view always) const
{
    const runtime::Happened happened{exchange.row, exchange.request, exchange.forwarded, exchange.steps, exchange.attempts, exchange.phases};
    // The plan belongs to the configuration that ran; with another one its indices would mean something else.
    return runtime::explain(snapshot, then ? static_cast<const runtime::RoutePlan *>(exchange.plan.get()) : nullptr, happened, m_clock, always,
                            m_mocks.ofRecorded(snapshot, exchange.mockResponse, then));
}

} // namespace gatehouse::engine
