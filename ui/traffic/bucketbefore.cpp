#include "ui/traffic/bucketbefore.h"

#include <algorithm>
#include <string_view>

namespace gatehouse::ui {
namespace {

constexpr int64_t spanMicros = 3'000'000;
constexpr uint64_t mostRows = 5000; // looked through
constexpr size_t mostAsked = 150;   // whose steps are asked for: each costs as much as a look at its Why

using observe::PolicyStep;

const PolicyStep *refusing(const observe::Explanation &why)
{
    for (const PolicyStep &step : why.policies)
        if (step.verdict == observe::StepVerdict::Refused && !step.shadow && step.gauge && step.gauge->capacity > 0)
            return &step;
    return nullptr;
}

std::string_view addressOf(std::string_view client) { return client.substr(0, client.rfind(':')); }

// Those whose steps may hold the same bucket, oldest first.
std::vector<observe::Row> rowsBefore(const api::Exchanges &exchanges, const observe::Row &row, bool sameClient)
{
    std::vector<observe::Row> rows;
    const uint64_t from = row.position > mostRows ? row.position - mostRows : 0;
    for (observe::Row &known : exchanges.since(from, mostRows + 1).rows) {
        const bool near = known.startedMicros >= row.startedMicros - spanMicros && known.startedMicros <= row.startedMicros && known.id != row.id;
        if (near && known.state == observe::State::Final && known.listener == row.listener && (!sameClient || addressOf(known.client) == addressOf(row.client)))
            rows.push_back(std::move(known));
    }
    if (rows.size() > mostAsked)
        rows.erase(rows.begin(), rows.end() - std::ptrdiff_t(mostAsked));
    return rows;
}

} // namespace

std::optional<BucketPast> bucketBefore(const api::Exchanges &exchanges, const api::ExchangeDetail &refused)
{
    const PolicyStep *limit = refusing(refused.why);
    if (!limit)
        return std::nullopt;
    BucketPast past;
    past.key = limit->gauge->key;
    past.capacity = limit->gauge->capacity;
    past.spanMicros = spanMicros;
    past.nextMicros = limit->gauge->nextMicros;
    for (const observe::Row &row : rowsBefore(exchanges, refused.row, addressOf(refused.row.client) == past.key)) {
        const auto detail = exchanges.detail(row.id);
        if (!detail)
            continue;
        for (const PolicyStep &step : detail->why.policies)
            if (step.kind == limit->kind && step.name == limit->name && step.owner == limit->owner && step.gauge && step.gauge->key == past.key)
                past.points.push_back({row.startedMicros - refused.row.startedMicros, step.gauge->level, step.verdict == observe::StepVerdict::Refused});
    }
    std::sort(past.points.begin(), past.points.end(), [](const auto &a, const auto &b) { return a.micros < b.micros; });
    past.points.push_back({0, limit->gauge->level, true});
    return past;
}

} // namespace gatehouse::ui
