#include "gateway/mock/mock.h"

#include "gateway/base/arena.h"
#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/mock/latency.h"
#include "gateway/policy/condition.h"
#include "gateway/runtime/content.h"

#include <algorithm>
#include <atomic>

namespace gatehouse::mock {

namespace {

using Position = std::atomic<uint64_t>;

class Plan final : public MockPlan {
public:
    struct Entry {
        std::shared_ptr<const policy::Condition> when; // null: always
        Response response;
        config::Latency latency;
    };
    Plan(std::string name, config::MockMode mode, std::vector<Entry> entries, std::shared_ptr<Position> position)
        : m_name(std::move(name)), m_mode(mode), m_entries(std::move(entries)), m_position(std::move(position))
    {
        for (const auto &entry : m_entries)
            m_needsBody = m_needsBody || (entry.when && entry.when->usesBody());
    }

    const std::string &name() const override { return m_name; }
    bool needsBody() const override { return m_needsBody; }
    size_t responseCount() const override { return m_entries.size(); }
    const Response &response(size_t index) const override { return m_entries[index].response; }
    Duration latency(size_t index, policy::Random &random) const override { return draw(m_entries[index].latency, random); }
    std::optional<size_t> choose(const Request &request, policy::Random &random) const override;
    std::vector<observe::Candidate> explain(const Request &request, std::optional<size_t> chosen) const override;

private:
    bool holds(size_t index, const policy::RequestView &view, Arena &arena) const
    {
        return !m_entries[index].when || m_entries[index].when->matches(view, arena);
    }

    const std::string m_name;
    const config::MockMode m_mode;
    const std::vector<Entry> m_entries;
    const std::shared_ptr<Position> m_position; // of a sequence: how many it has given
    bool m_needsBody = false;
};

policy::RequestView viewOf(const Request &request) { return {request.head.method, request.head.fields, request.info, request.body}; }

std::optional<size_t> Plan::choose(const Request &request, policy::Random &random) const
{
    Arena arena(512);
    const auto view = viewOf(request);
    std::vector<size_t> holding; // of sequence and random: one of these
    for (size_t i = 0; i < m_entries.size(); ++i) {
        if (!holds(i, view, arena))
            continue;
        if (m_mode == config::MockMode::FirstMatch)
            return i;
        holding.push_back(i);
    }
    if (holding.empty())
        return {};
    if (m_mode == config::MockMode::Random)
        return holding[static_cast<size_t>(unit(random) * static_cast<double>(holding.size()))];
    return holding[m_position->fetch_add(1, std::memory_order_relaxed) % holding.size()];
}

std::vector<observe::Candidate> Plan::explain(const Request &request, std::optional<size_t> chosen) const
{
    Arena arena(512);
    const auto view = viewOf(request);
    std::vector<observe::Candidate> rows;
    std::vector<size_t> holding;
    for (size_t i = 0; i < m_entries.size(); ++i) {
        observe::Candidate row;
        row.route = "responses[" + std::to_string(i) + "]";
        if (m_entries[i].when) {
            auto examined = m_entries[i].when->examine(view, arena);
            row.cells = examined.cells;
            row.failed = std::move(examined.failed);
        } else {
            row.cells.fill(observe::Cell::NoCondition);
        }
        row.matched = !row.failed;
        if (row.matched)
            holding.push_back(i);
        rows.push_back(std::move(row));
    }
    if (chosen && *chosen < rows.size() && rows[*chosen].failed) { // it did answer: what it asks for is masked or cut in the record
        rows[*chosen].failed.reset();
        rows[*chosen].matched = true;
        for (observe::Cell &cell : rows[*chosen].cells)
            cell = cell == observe::Cell::NoCondition ? cell : observe::Cell::Passed;
        holding.insert(std::upper_bound(holding.begin(), holding.end(), *chosen), *chosen);
    }
    if (!chosen && !holding.empty() && m_mode != config::MockMode::Random)
        chosen = m_mode == config::MockMode::FirstMatch ? holding.front() : holding[m_position->load(std::memory_order_relaxed) % holding.size()];
    for (const size_t i : holding) {
        const bool won = chosen == i;
        rows[i].won = won;
        rows[i].decided = holding.size() == 1 ? observe::Precedence::OnlyMatch : observe::Precedence::FileOrder;
        if (holding.size() > 1 && chosen)
            rows[i].against = won ? rows[holding[0] == i ? holding[1] : holding[0]].route : rows[*chosen].route;
    }
    return rows;
}

} // namespace

Result<std::shared_ptr<const MockPlan>> MockPlan::compile(const config::Mock &mock, const config::Workspace &workspace, policy::StateStore &states)
{
    policy::Condition::Options options;
    options.paths.dotSegments = static_cast<http::PathRules::Dots>(workspace.settings.paths.dotSegments);
    options.paths.mergeSlashes = workspace.settings.paths.mergeSlashes;
    options.paths.encodedSlash = static_cast<http::PathRules::EncodedSlash>(workspace.settings.paths.encodedSlash);
    std::vector<Plan::Entry> entries;
    for (const auto &record : mock.responses) {
        const auto place = [&](std::string message) {
            return Error::make(ErrorKind::BadInput, "responses[" + std::to_string(entries.size()) + "]: " + std::move(message));
        };
        Plan::Entry entry;
        if (record.when) {
            auto when = policy::Condition::make(*record.when, options);
            if (!when)
                return place(when.error().message);
            entry.when = std::move(when).value();
        }
        auto fixed = runtime::fixedResponse({record.status, record.headers, record.body, record.json, record.file}, workspace.folder);
        if (!fixed)
            return place(fixed.error().message);
        entry.response = {fixed->status, std::move(fixed->fields), std::move(fixed->body)};
        entry.latency = record.latency;
        entries.push_back(std::move(entry));
    }
    auto position = states.acquire<Position>("mock:" + mock.name, std::to_string(entries.size()), [] { return std::make_shared<Position>(0); });
    return std::shared_ptr<const MockPlan>(std::make_shared<Plan>(mock.name, mock.mode, std::move(entries), std::move(position)));
}

} // namespace gatehouse::mock
