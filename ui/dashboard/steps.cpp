#include "ui/dashboard/steps.h"

#include <QtCore/QDateTime>
#include <QtCore/QTimer>

#include <algorithm>
#include <numeric>

namespace gatehouse::ui {
namespace {

constexpr int64_t keptSeconds = 3600;
constexpr size_t mostColumns = 60, mostListed = 8, mostKeys = 4;

int64_t secondOf(const api::Second &second) { return second.startMicros / 1'000'000; }

// Which of `count` steps the second falls into; they are counted from the end, so that the last is whole.
size_t stepOf(const ChartSpan &span, int64_t second, int64_t step, size_t count) { return count - 1 - size_t((span.endSecond - second) / step); }

bool isIn(const ChartSpan &span, int64_t second) { return second >= span.firstSecond() && second <= span.endSecond; }

} // namespace

double Step::all() const { return std::accumulate(byClass.begin(), byClass.end(), 0.0); }

std::vector<Step> stepsOf(const std::vector<api::Second> &seconds, const ChartSpan &span)
{
    std::vector<Step> steps(span.count());
    std::vector<int> counted(steps.size());
    for (const api::Second &second : seconds) {
        if (!isIn(span, secondOf(second)))
            continue;
        const size_t at = stepOf(span, secondOf(second), span.step, steps.size());
        Step &step = steps[at];
        step.known = true;
        ++counted[at];
        for (size_t c = 0; c < step.byClass.size(); ++c) {
            step.byClass[c] += second.byClass[c];
            step.requests += second.byClass[c];
        }
        step.allowed += second.allowed;
        step.refused += second.refused;
        step.delayed += second.delayed;
        if (second.latency.count) { // the worst second of a step stands for it
            const auto worst = [](double &kept, int64_t micros) { kept = std::isnan(kept) ? double(micros) * 1000 : std::max(kept, double(micros) * 1000); };
            worst(step.p50, second.latency.p50);
            worst(step.p90, second.latency.p90);
            worst(step.p99, second.latency.p99);
            worst(step.gateway, second.gateway.p99);
        }
    }
    for (size_t i = 0; i < steps.size(); ++i) {
        const double n = std::max(1, counted[i]);
        for (double &value : steps[i].byClass)
            value /= n;
        for (double *value : {&steps[i].allowed, &steps[i].refused, &steps[i].delayed})
            *value /= n;
    }
    return steps;
}

HeatData heatOf(const std::vector<api::Second> &seconds, const ChartSpan &span)
{
    const auto step = std::max<int64_t>(1, (span.seconds + int64_t(mostColumns) - 1) / int64_t(mostColumns));
    HeatData heat;
    heat.end = span.endSecond * 1000;
    heat.step = step * 1000;
    heat.live = span.live;
    size_t bands = 50; // up to a second
    const size_t columns = size_t((span.seconds + step - 1) / step);
    const auto shown = [&](const api::Second &second) { return secondOf(second) <= span.endSecond && secondOf(second) > span.endSecond - int64_t(columns) * step; };
    for (const api::Second &second : seconds)
        for (size_t band = bands; shown(second) && band < observe::latencyBands; ++band)
            if (second.byLatency[band] > 0)
                bands = observe::latencyBands;
    for (size_t band = 0; band <= bands; ++band)
        heat.bounds.push_back(observe::latencyBandFrom(band) * 1000);
    heat.columns.assign(columns, std::vector<unsigned>(bands));
    for (const api::Second &second : seconds) {
        if (!shown(second))
            continue;
        auto &column = heat.columns[stepOf(span, secondOf(second), step, heat.columns.size())];
        for (size_t band = 0; band < bands; ++band)
            column[band] += second.byLatency[band];
    }
    return heat;
}

// --- buckets ---------------------------------------------------------------------------------------------------------

void BucketHistory::look(int64_t second, const std::vector<api::PolicyLive> &policies)
{
    for (const api::PolicyLive &policy : policies) {
        if (policy.gauges.empty())
            continue;
        const std::string name = policy.name.empty() ? policy.owner + ", " + policy.kind : policy.name;
        auto found = std::find_if(m_limits.begin(), m_limits.end(), [&](const auto &known) { return known.first == name; });
        if (found == m_limits.end())
            found = m_limits.insert(m_limits.end(), {name, {}});
        Limit &limit = found->second;
        limit.looked[second] = policy.gauges.size() < mostListed;
        for (const observe::Gauge &gauge : policy.gauges) {
            limit.capacity = gauge.capacity;
            limit.levels[gauge.key][second] = gauge.level;
        }
    }
    for (auto &[name, limit] : m_limits) {
        limit.looked.erase(limit.looked.begin(), limit.looked.lower_bound(second - keptSeconds));
        for (auto key = limit.levels.begin(); key != limit.levels.end();) {
            key->second.erase(key->second.begin(), key->second.lower_bound(second - keptSeconds));
            key = key->second.empty() ? limit.levels.erase(key) : std::next(key);
        }
    }
}

const BucketHistory::Limit *BucketHistory::find(const std::string &limit) const
{
    const auto found = std::find_if(m_limits.begin(), m_limits.end(), [&](const auto &known) { return known.first == limit; });
    return found == m_limits.end() ? nullptr : &found->second;
}

std::vector<std::string> BucketHistory::limits() const
{
    std::vector<std::string> names;
    for (const auto &[name, limit] : m_limits)
        if (!limit.looked.empty())
            names.push_back(name);
    return names;
}

double BucketHistory::capacity(const std::string &limit) const
{
    const Limit *known = find(limit);
    return known ? known->capacity : 0;
}

std::vector<std::string> BucketHistory::keys(const std::string &limit) const
{
    const Limit *known = find(limit);
    if (!known)
        return {};
    std::vector<std::pair<double, std::string>> byLevel;
    for (const auto &[key, levels] : known->levels)
        byLevel.emplace_back(levels.rbegin()->second, key);
    std::sort(byLevel.begin(), byLevel.end());
    std::vector<std::string> keys;
    for (size_t i = 0; i < std::min(byLevel.size(), mostKeys); ++i)
        keys.push_back(byLevel[i].second);
    std::sort(keys.begin(), keys.end()); // a series keeps its place
    return keys;
}

std::vector<double> BucketHistory::values(const std::string &limit, const std::string &key, const ChartSpan &span) const
{
    std::vector<double> values(span.count(), std::nan(""));
    const Limit *known = find(limit);
    if (!known)
        return values;
    const auto levels = known->levels.find(key);
    for (auto look = known->looked.lower_bound(span.firstSecond()); look != known->looked.end() && look->first <= span.endSecond; ++look) {
        double &value = values[stepOf(span, look->first, span.step, values.size())];
        double level = look->second ? known->capacity : std::nan("");
        if (levels != known->levels.end())
            if (const auto at = levels->second.find(look->first); at != levels->second.end())
                level = at->second;
        value = std::isnan(value) ? level : std::min(value, std::isnan(level) ? value : level); // the emptiest second stands for a step
    }
    return values;
}

BucketWatch::BucketWatch(const api::Live &live) : m_live(live)
{
    auto *second = new QTimer(this);
    connect(second, &QTimer::timeout, this, &BucketWatch::look);
    second->start(1000);
    look();
}

void BucketWatch::look() { m_history.look(QDateTime::currentMSecsSinceEpoch() / 1000 - 1, m_live.policies()); } // as the last whole second ended

} // namespace gatehouse::ui
