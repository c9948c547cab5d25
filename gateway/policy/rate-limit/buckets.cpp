#include "gateway/policy/rate-limit/buckets.h"

#include <algorithm>

namespace gatehouse::policy {

Buckets::Buckets(uint64_t requests, Duration per, uint64_t burst, size_t maxKeys)
    : m_requests(requests), m_per(static_cast<uint64_t>(per.count())), m_burst(burst), m_full(Units(burst) * m_per),
      m_maxPerShard(std::max<size_t>(1, maxKeys / 64))
{
}

Buckets::Units Buckets::levelAt(const Bucket &bucket, int64_t now) const
{
    if (now <= bucket.at) // another worker's turn of the loop began later
        return bucket.level;
    return std::min(m_full, bucket.level + Units(static_cast<uint64_t>(now - bucket.at)) * m_requests);
}

Duration Buckets::timeFor(Units missing) const
{
    const Units nanos = (missing + m_requests - 1) / m_requests;
    return Duration(nanos > Units(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(nanos));
}

Buckets::Answer Buckets::answer(Units level, uint64_t cost) const
{
    const Units wanted = Units(cost) * m_per;
    Answer result;
    result.level = static_cast<double>(level) / static_cast<double>(m_per);
    result.next = cost > m_burst ? Duration(-1) : level >= wanted ? Duration(0) : timeFor(wanted - level);
    result.full = timeFor(m_full - level);
    return result;
}

void Buckets::makeRoom(Shard &shard, int64_t now)
{
    // Up to two that are full again, so that idle keys go by themselves; the oldest in any case when there is no room.
    for (int i = 0; i < 2 && !shard.order.empty(); ++i) {
        const Bucket &oldest = shard.order.back();
        if (shard.order.size() < m_maxPerShard && levelAt(oldest, now) < m_full)
            return;
        shard.byKey.erase(oldest.key);
        shard.order.pop_back();
    }
}

Buckets::Bucket &Buckets::find(Shard &shard, std::string_view key, int64_t now)
{
    if (const auto it = shard.byKey.find(key); it != shard.byKey.end()) {
        shard.order.splice(shard.order.begin(), shard.order, it->second);
        return *it->second;
    }
    makeRoom(shard, now);
    shard.order.push_front({std::string(key), m_full, now});
    shard.byKey.emplace(shard.order.front().key, shard.order.begin());
    return shard.order.front();
}

Buckets::Answer Buckets::take(std::string_view key, uint64_t cost, MonotonicTime time)
{
    const int64_t now = time.time_since_epoch().count();
    Shard &shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    Bucket &bucket = find(shard, key, now);
    bucket.level = levelAt(bucket, now);
    bucket.at = std::max(bucket.at, now);
    const Units wanted = Units(cost) * m_per;
    if (bucket.level < wanted)
        return answer(bucket.level, cost);
    bucket.level -= wanted;
    Answer result = answer(bucket.level, 1);
    result.allowed = true;
    return result;
}

Buckets::Answer Buckets::peek(std::string_view key, uint64_t cost, MonotonicTime time) const
{
    const Shard &shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.byKey.find(key);
    const Units level = it == shard.byKey.end() ? m_full : levelAt(*it->second, time.time_since_epoch().count());
    Answer result = answer(level, cost);
    result.allowed = result.next.count() == 0;
    return result;
}

std::vector<Buckets::State> Buckets::emptiest(size_t most, MonotonicTime time) const
{
    const int64_t now = time.time_since_epoch().count();
    std::vector<State> states;
    for (const Shard &shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        for (const Bucket &bucket : shard.order)
            if (const Units level = levelAt(bucket, now); level < m_full)
                states.push_back({bucket.key, answer(level, 1)});
    }
    const size_t kept = std::min(most, states.size());
    std::partial_sort(states.begin(), states.begin() + static_cast<ptrdiff_t>(kept), states.end(), [](const State &a, const State &b) {
        return a.answer.level != b.answer.level ? a.answer.level < b.answer.level : a.key < b.key;
    });
    states.resize(kept);
    return states;
}

size_t Buckets::size() const
{
    size_t count = 0;
    for (const Shard &shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        count += shard.order.size();
    }
    return count;
}

} // namespace gatehouse::policy
