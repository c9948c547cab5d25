// The reading side: shards added up.
#include "gateway/observe/shard.h"

#include <algorithm>

namespace gatehouse::observe {

namespace {
// The band that each bucket of a second's histogram falls into.
const std::array<uint8_t, latencyBuckets> bandOf = [] {
    std::array<uint8_t, latencyBuckets> bands{};
    size_t band = 0;
    for (size_t bucket = 0; bucket < bands.size(); ++bucket) {
        while (band + 1 < latencyBands && static_cast<double>(latencyOf(bucket)) >= latencyBandFrom(band + 1))
            ++band;
        bands[bucket] = static_cast<uint8_t>(band);
    }
    return bands;
}();
} // namespace

Metrics::Metrics(const Clock &clock) : m_impl(std::make_unique<Impl>(clock)) { }
Metrics::~Metrics() = default;

MetricId Metrics::route(std::string_view name)
{
    Impl::Info info{Impl::Kind::Route, std::string(name), {}, {}, {}, {}, 0, {}, 0};
    return m_impl->find("route\n" + info.name, 1, info);
}

MetricId Metrics::policy(std::string_view identity, std::string_view owner, std::string_view path, std::string_view kind, std::string_view name)
{
    return m_impl->find("policy\n" + std::string(identity), 1,
                        {Impl::Kind::Policy, std::string(name), std::string(owner), std::string(path), std::string(kind), {}, 0, {}, 0});
}

MetricId Metrics::endpoint(std::string_view upstream, std::string_view endpoint, std::string_view url)
{
    Impl::Info info{Impl::Kind::Endpoint, std::string(endpoint), std::string(upstream), {}, {}, std::string(url), 0, {}, 0};
    return m_impl->find("endpoint\n" + info.owner + '\n' + info.name + '\n' + info.url, 1, info);
}

MetricId Metrics::mock(std::string_view name, size_t responses)
{
    Impl::Info info{Impl::Kind::Mock, std::string(name), {}, {}, {}, {}, responses, {}, 0};
    return m_impl->find("mock\n" + info.name, std::max<size_t>(responses, 1), info);
}

void Metrics::list(Listed listed)
{
    const std::lock_guard lock(m_impl->mutex);
    m_impl->listed = std::move(listed);
}

void Metrics::reloaded(uint64_t revision)
{
    const int64_t now = m_impl->clock.wallMicros();
    const std::lock_guard lock(m_impl->mutex);
    auto &reloads = m_impl->reloads;
    std::erase_if(reloads, [&](const auto &reload) { return reload.first < now - keptSeconds * 1'000'000; });
    reloads.emplace_back(now, revision);
}

std::vector<std::pair<int64_t, uint64_t>> Metrics::reloads() const
{
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->reloads;
}

std::vector<Second> Metrics::seconds(int64_t sinceMicros) const
{
    const std::lock_guard lock(m_impl->mutex);
    const int64_t now = m_impl->second();
    const int64_t first = std::max({(sinceMicros + 999'999) / 1'000'000, now - readableSeconds, int64_t(0)});
    std::vector<Second> result;
    for (int64_t second = first; second < now; ++second) {
        Second sum;
        sum.startMicros = second * 1'000'000;
        HistogramSum latency;
        CoarseHistogramSum gateway;
        bool any = false;
        for (const auto &shard : m_impl->shards) {
            const auto *slot = shard->seconds[static_cast<size_t>(second % keptSeconds)].load(std::memory_order_acquire);
            if (!slot || slot->second.load(std::memory_order_acquire) != second)
                continue;
            any = true;
            for (size_t i = 0; i < sum.byClass.size(); ++i)
                sum.byClass[i] += slot->byClass[i].load(std::memory_order_relaxed);
            sum.allowed += slot->allowed.load(std::memory_order_relaxed);
            sum.refused += slot->refused.load(std::memory_order_relaxed);
            sum.delayed += slot->delayed.load(std::memory_order_relaxed);
            sum.inFlight += slot->inFlight.load(std::memory_order_relaxed);
            sum.bytesIn += slot->bytesIn.load(std::memory_order_relaxed);
            sum.bytesOut += slot->bytesOut.load(std::memory_order_relaxed);
            latency.add(slot->latency);
            gateway.add(slot->gateway);
        }
        if (!any)
            continue; // nothing ran: a gap
        sum.latency = latency.percentiles();
        sum.gateway = gateway.percentiles();
        for (size_t i = 0; i < latency.buckets.size(); ++i)
            if (latency.buckets[i] > 0)
                sum.byLatency[bandOf[i]] += static_cast<uint32_t>(latency.buckets[i]);
        result.push_back(sum);
    }
    return result;
}

std::vector<RouteLive> Metrics::routes() const
{
    const std::lock_guard lock(m_impl->mutex);
    const int64_t now = m_impl->second();
    std::vector<RouteLive> result;
    for (const MetricId id : m_impl->listed.routes) {
        const auto sum = m_impl->sum(id, now);
        result.push_back({m_impl->infos[id].name, m_impl->perSecond(sum.last[0], now), m_impl->perSecond(sum.last[1], now), sum.counts[0],
                          sum.counts[1], sum.latency.percentiles()});
    }
    return result;
}

std::vector<PolicyLive> Metrics::policies() const
{
    const std::lock_guard lock(m_impl->mutex);
    const int64_t now = m_impl->second();
    std::vector<PolicyLive> result;
    for (const MetricId id : m_impl->listed.policies) {
        const auto sum = m_impl->sum(id, now);
        const auto &info = m_impl->infos[id];
        result.push_back({info.owner, info.path, info.policyKind, info.name, m_impl->perSecond(sum.last[0], now),
                          m_impl->perSecond(sum.last[1], now), m_impl->perSecond(sum.last[2], now), sum.counts[0], sum.counts[1],
                          sum.counts[2], {}});
    }
    return result;
}

std::vector<MetricId> Metrics::policyIds() const
{
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->listed.policies;
}

std::vector<EndpointLive> Metrics::endpoints() const
{
    const std::lock_guard lock(m_impl->mutex);
    const int64_t now = m_impl->second();
    std::vector<EndpointLive> result;
    std::unordered_map<std::string, double> whole; // of an upstream, per second
    for (const MetricId id : m_impl->listed.endpoints) {
        auto sum = m_impl->sum(id, now);
        const auto &info = m_impl->infos[id];
        EndpointLive live;
        live.upstream = info.owner;
        live.endpoint = info.name;
        live.url = info.url;
        live.requests = sum.counts[0];
        live.errors = sum.counts[1];
        live.perSecond = m_impl->perSecond(sum.last[0], now);
        live.errorsPerSecond = m_impl->perSecond(sum.last[1], now);
        live.inFlight = static_cast<uint32_t>(std::max<int64_t>(sum.inFlight, 0));
        live.latency = sum.latency.percentiles();
        live.lastError = info.lastError;
        live.lastErrorMicros = info.lastErrorMicros;
        std::sort(sum.recent.begin(), sum.recent.end());
        const size_t skip = sum.recent.size() > recentAnswers ? sum.recent.size() - recentAnswers : 0;
        for (size_t i = skip; i < sum.recent.size(); ++i)
            live.recent.push_back(sum.recent[i] & 1);
        whole[live.upstream] += live.perSecond;
        result.push_back(std::move(live));
    }
    for (auto &live : result)
        live.share = whole[live.upstream] > 0 ? live.perSecond / whole[live.upstream] : 0;
    return result;
}

std::vector<std::pair<std::string, std::vector<uint64_t>>> Metrics::mockHits() const
{
    const std::lock_guard lock(m_impl->mutex);
    const int64_t now = m_impl->second();
    std::vector<std::pair<std::string, std::vector<uint64_t>>> result;
    for (const MetricId id : m_impl->listed.mocks) {
        const auto &info = m_impl->infos[id];
        auto &hits = result.emplace_back(info.name, std::vector<uint64_t>()).second;
        for (size_t i = 0; i < info.responses; ++i)
            hits.push_back(m_impl->sum(id + static_cast<MetricId>(i), now).counts[0]);
    }
    return result;
}

Totals Metrics::totals() const
{
    const std::lock_guard lock(m_impl->mutex);
    const int64_t now = m_impl->second();
    Totals totals;
    HistogramSum latency;
    int64_t inFlight = 0, connections = 0;
    uint64_t last = 0;
    for (const auto &shard : m_impl->shards) {
        totals.requests += shard->requests.load(std::memory_order_relaxed);
        inFlight += shard->inFlight.load(std::memory_order_relaxed);
        connections += shard->connections.load(std::memory_order_relaxed);
        for (int64_t second = now - rateSeconds; second < now; ++second) {
            const auto *slot = shard->seconds[static_cast<size_t>(second % keptSeconds)].load(std::memory_order_acquire);
            if (!slot || slot->second.load(std::memory_order_acquire) != second)
                continue;
            for (const auto &count : slot->byClass)
                last += count.load(std::memory_order_relaxed);
            latency.add(slot->latency);
        }
    }
    totals.perSecond = m_impl->perSecond(last, now);
    totals.latency = latency.percentiles();
    totals.inFlight = static_cast<uint32_t>(std::max<int64_t>(inFlight, 0));
    totals.connections = static_cast<uint32_t>(std::max<int64_t>(connections, 0));
    return totals;
}

} // namespace gatehouse::observe
