// Token buckets by key, counted over all workers together. Exact: whole numbers only, no rounding.
#pragma once

#include "gateway/base/clock.h"

#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::policy {

// Thread-safe: a short lock on one of many shards. Bounded: at most `maxKeys` buckets; full ones that were not used for longest go
// first, then (under attack) the least recently used.
class Buckets {
public:
    // `requests` tokens come in every `per`; at most `burst` are kept. All greater than 0.
    Buckets(uint64_t requests, Duration per, uint64_t burst, size_t maxKeys = 65'536);
    Buckets(const Buckets &) = delete;
    Buckets &operator=(const Buckets &) = delete;

    struct Answer {
        bool allowed = false;
        double level = 0;  // tokens left after this
        Duration next{};   // until `cost` could be taken (refused), or the next token could; 0: now; negative: never
        Duration full{};   // until the bucket is full again
    };
    Answer take(std::string_view key, uint64_t cost, MonotonicTime now);
    // The same without taking anything.
    Answer peek(std::string_view key, uint64_t cost, MonotonicTime now) const;

    struct State { std::string key; Answer answer; };
    std::vector<State> emptiest(size_t most, MonotonicTime now) const;
    size_t size() const;
    uint64_t capacity() const { return m_burst; }

private:
    // In units of which `m_per` make a token and `m_requests` come in every nanosecond.
    __extension__ typedef unsigned __int128 Units;
    struct Bucket { std::string key; Units level = 0; int64_t at = 0; };
    using Order = std::list<Bucket>; // the last used in front
    struct Shard {
        mutable std::mutex mutex;
        Order order;                                                  // guarded by mutex
        std::unordered_map<std::string_view, Order::iterator> byKey; // keys are those of the list's buckets; guarded by mutex
    };
    Units levelAt(const Bucket &bucket, int64_t now) const;
    Answer answer(Units level, uint64_t cost) const;
    Duration timeFor(Units missing) const;
    Bucket &find(Shard &shard, std::string_view key, int64_t now);
    void makeRoom(Shard &shard, int64_t now);
    Shard &shardOf(std::string_view key) { return m_shards[std::hash<std::string_view>{}(key) % m_shards.size()]; }
    const Shard &shardOf(std::string_view key) const { return m_shards[std::hash<std::string_view>{}(key) % m_shards.size()]; }

    const uint64_t m_requests, m_per, m_burst;
    const Units m_full;
    const size_t m_maxPerShard;
    std::array<Shard, 64> m_shards;
};

} // namespace gatehouse::policy
