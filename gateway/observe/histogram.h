// Latencies in log-linear buckets: 16 to an octave of microseconds, up to about two minutes, so that a percentile read from them is
// off by at most 6%. One writer, any readers.
#pragma once

#include "gateway/observe/live.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace gatehouse::observe {

inline constexpr size_t latencyBuckets = 24 * 16;

constexpr size_t latencyBucket(uint64_t micros)
{
    if (micros < 16)
        return static_cast<size_t>(micros);
    const auto octave = static_cast<size_t>(std::bit_width(micros)) - 5; // of 16..31: 0
    const size_t bucket = (octave + 1) * 16 + static_cast<size_t>(micros >> octave) - 16;
    return bucket < latencyBuckets ? bucket : latencyBuckets - 1;
}

// The middle of a bucket.
constexpr int64_t latencyOf(size_t bucket)
{
    if (bucket < 16)
        return static_cast<int64_t>(bucket);
    const size_t octave = bucket / 16 - 1;
    const uint64_t low = static_cast<uint64_t>(16 + bucket % 16) << octave;
    return static_cast<int64_t>(low + ((uint64_t(1) << octave) - 1) / 2);
}

// Plain store: there is one writer.
template <typename T, typename N>
void bump(std::atomic<T> &counter, N by)
{
    counter.store(static_cast<T>(counter.load(std::memory_order_relaxed) + static_cast<T>(by)), std::memory_order_relaxed);
}

struct Histogram {
    std::array<std::atomic<uint32_t>, latencyBuckets> buckets{};
    std::atomic<int64_t> max{0};

    void add(int64_t micros)
    {
        bump(buckets[latencyBucket(micros < 0 ? 0 : static_cast<uint64_t>(micros))], 1);
        if (micros > max.load(std::memory_order_relaxed))
            max.store(micros, std::memory_order_relaxed);
    }
    void reset()
    {
        for (auto &bucket : buckets)
            bucket.store(0, std::memory_order_relaxed);
        max.store(0, std::memory_order_relaxed);
    }
};

// The sum of several, by a reader.
struct HistogramSum {
    std::array<uint64_t, latencyBuckets> buckets{};
    int64_t max = 0;

    void add(const Histogram &other)
    {
        for (size_t i = 0; i < latencyBuckets; ++i)
            buckets[i] += other.buckets[i].load(std::memory_order_relaxed);
        const auto theirs = other.max.load(std::memory_order_relaxed);
        max = theirs > max ? theirs : max;
    }
    Percentiles percentiles() const
    {
        Percentiles result;
        for (const auto count : buckets)
            result.count += count;
        const auto at = [&](uint64_t perHundred) {
            const uint64_t wanted = (result.count * perHundred + 99) / 100; // rank, from 1
            uint64_t passed = 0;
            for (size_t i = 0; i < latencyBuckets && wanted > 0; ++i) {
                passed += buckets[i];
                if (passed >= wanted)
                    return latencyOf(i) < max ? latencyOf(i) : max;
            }
            return int64_t(0);
        };
        result.p50 = at(50);
        result.p90 = at(90);
        result.p99 = at(99);
        result.max = max;
        return result;
    }
};

} // namespace gatehouse::observe
