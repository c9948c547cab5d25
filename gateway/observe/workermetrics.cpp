// The writing side: one worker's counts.
#include "gateway/observe/shard.h"

#include <algorithm>

namespace gatehouse::observe {

WorkerMetrics::WorkerMetrics(Metrics &metrics) : m_metrics(metrics)
{
    {
        const std::lock_guard lock(metrics.m_impl->mutex);
        auto &shards = metrics.m_impl->shards;
        const auto free = std::find_if(shards.begin(), shards.end(), [](const auto &shard) { return !shard->taken; });
        m_shard = free != shards.end() ? *free : shards.emplace_back(std::make_shared<Shard>());
        m_shard->taken = true;
    }
    tick();
}

WorkerMetrics::~WorkerMetrics()
{
    const std::lock_guard lock(m_metrics.m_impl->mutex);
    m_shard->inFlight = 0;
    m_shard->connections = 0;
    m_shard->taken = false;
}

void WorkerMetrics::tick()
{
    m_shard->wallMicros = m_metrics.m_impl->clock.wallMicros();
    const auto inFlight = m_shard->inFlight.load(std::memory_order_relaxed);
    m_shard->at(m_shard->wallMicros / 1'000'000).inFlight.store(static_cast<uint32_t>(std::max(inFlight, 0)), std::memory_order_relaxed);
}

void WorkerMetrics::connections(int change) { bump(m_shard->connections, change); }
void WorkerMetrics::started() { bump(m_shard->inFlight, 1); }

// Which of a policy's three counts a step belongs to; none: it did not run.
static int countOf(StepVerdict verdict)
{
    switch (verdict) {
    case StepVerdict::Passed:
    case StepVerdict::Acted:
    case StepVerdict::WouldRefuse:
    case StepVerdict::FailedOpen: return 0;
    case StepVerdict::Refused:
    case StepVerdict::Answered:
    case StepVerdict::FailedClosed: return 1;
    case StepVerdict::Delayed: return 2;
    case StepVerdict::WouldRun:
    case StepVerdict::Skipped:
    case StepVerdict::Off:
    case StepVerdict::NotReached: return -1;
    }
    return -1;
}

void WorkerMetrics::finished(const Record &record, MetricId route, std::span<const MetricId> policies)
{
    Shard &shard = *m_shard;
    const int64_t second = shard.wallMicros / 1'000'000;
    SecondSlot &slot = shard.at(second);
    bump(shard.inFlight, -1);
    bump(shard.requests, 1);
    bump(slot.byClass[static_cast<size_t>(classOf(record.status, true))], 1);
    bump(slot.bytesIn, record.requestBytes);
    bump(slot.bytesOut, record.responseBytes);
    // Of a tunnel the answer is its opening: how long it was used for is no latency.
    const uint32_t took = record.status == 101 && record.firstByteMicros >= 0 ? uint32_t(record.firstByteMicros) : record.durationMicros;
    slot.latency.add(took);
    if (record.target != TargetKind::Mock) // a mock's latency is wanted, not added
        slot.gateway.add(record.gatewayMicros);
    if (route != 0) {
        Series &series = shard.series.write(route);
        series.count(0, second);
        if (record.status == 0 || record.status >= 500)
            series.count(1, second);
        series.took(took, second);
    }
    bool limited = false;
    uint64_t counted = 0; // policies by index, so that one that acts both ways counts once
    for (const auto &step : record.steps) {
        limited = limited || step.capacity > 0;
        const int which = countOf(step.verdict);
        const uint64_t bit = uint64_t(1) << (step.policy % 64);
        if (which < 0 || step.policy >= policies.size() || policies[step.policy] == 0 || (counted & bit))
            continue;
        counted |= bit;
        shard.series.write(policies[step.policy]).count(static_cast<size_t>(which), second);
    }
    if (record.verdict == Verdict::Throttled)
        bump(slot.refused, 1);
    else if (record.verdict == Verdict::Delayed)
        bump(slot.delayed, 1);
    else if (limited)
        bump(slot.allowed, 1);
}

void WorkerMetrics::endpointStarted(MetricId endpoint)
{
    if (endpoint != 0)
        bump(m_shard->series.write(endpoint).inFlight, 1);
}

void WorkerMetrics::endpointFinished(MetricId endpoint, bool good, int64_t micros, std::string_view error)
{
    if (endpoint == 0)
        return;
    const int64_t second = m_shard->wallMicros / 1'000'000;
    Series &series = m_shard->series.write(endpoint);
    bump(series.inFlight, -1);
    series.count(0, second);
    series.took(micros, second);
    series.answered(good, m_shard->wallMicros);
    if (!good)
        series.count(1, second);
    if (error.empty())
        return;
    const std::lock_guard lock(m_metrics.m_impl->mutex); // failures are few, or slow
    auto &info = m_metrics.m_impl->infos[endpoint];
    info.lastError = error;
    info.lastErrorMicros = m_shard->wallMicros;
}

void WorkerMetrics::mockHit(MetricId first, size_t response)
{
    if (first != 0)
        m_shard->series.write(first + static_cast<MetricId>(response)).count(0, m_shard->wallMicros / 1'000'000);
}

} // namespace gatehouse::observe
