// Latencies in log-linear buckets, up to about two minutes. 16 to an octave of microseconds: a percentile read from them is off by
// at most 6%; 4 to an octave, where there is one more for every second: 25% wide, off by at most 12%. One writer, any readers.
#pragma once

#include "gateway/observe/live.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace gatehouse::observe {

template <size_t perOctave>
inline constexpr size_t bucketCount = (28 - static_cast<size_t>(std::bit_width(perOctave - 1))) * perOctave;
inline constexpr size_t latencyBuckets = bucketCount<16>;

template <size_t perOctave = 16>
constexpr size_t latencyBucket(uint64_t micros)
{
    if (micros < perOctave)
        return static_cast<size_t>(micros);
    const auto octave = static_cast<size_t>(std::bit_width(micros)) - static_cast<size_t>(std::bit_width(perOctave)); // of the first: 0
    const size_t bucket = (octave + 1) * perOctave + static_cast<size_t>(micros >> octave) - perOctave;
    return bucket < bucketCount<perOctave> ? bucket : bucketCount<perOctave> - 1;
}

// The middle of a bucket.
template <size_t perOctave = 16>
constexpr int64_t latencyOf(size_t bucket)
{
    if (bucket < perOctave)
        return static_cast<int64_t>(bucket);
    const size_t octave = bucket / perOctave - 1;
    const uint64_t low = static_cast<uint64_t>(perOctave + bucket % perOctave) << octave;
    return static_cast<int64_t>(low + ((uint64_t(1) << octave) - 1) / 2);
}

// Plain store: there is one writer.
template <typename T, typename N>
void bump(std::atomic<T> &counter, N by)
{
    counter.store(static_cast<T>(counter.load(std::memory_order_relaxed) + static_cast<T>(by)), std::memory_order_relaxed);
}

template <size_t perOctave>
struct HistogramOf {
    std::array<std::atomic<uint32_t>, bucketCount<perOctave>> buckets{};
    std::atomic<int64_t> max{0};

    void add(int64_t micros)
    {
        bump(buckets[latencyBucket<perOctave>(micros < 0 ? 0 : static_cast<uint64_t>(micros))], 1);
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

using Histogram = HistogramOf<16>;
using CoarseHistogram = HistogramOf<4>;

// The sum of several, by a reader.
template <size_t perOctave>
struct HistogramSumOf {
    std::array<uint64_t, bucketCount<perOctave>> buckets{};
    int64_t max = 0;

    void add(const HistogramOf<perOctave> &other)
    {
        for (size_t i = 0; i < buckets.size(); ++i)
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
            for (size_t i = 0; i < buckets.size() && wanted > 0; ++i) {
                passed += buckets[i];
                if (passed >= wanted)
                    return latencyOf<perOctave>(i) < max ? latencyOf<perOctave>(i) : max;
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
using HistogramSum = HistogramSumOf<16>;
using CoarseHistogramSum = HistogramSumOf<4>;

} // namespace gatehouse::observe
