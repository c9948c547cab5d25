// What Metrics and WorkerMetrics share: a worker's shard, and what is known of each series. Private to metrics.
#pragma once

#include "gateway/observe/histogram.h"
#include "gateway/observe/metrics.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace gatehouse::observe {

inline constexpr int64_t keptSeconds = 3600;
inline constexpr int64_t readableSeconds = keptSeconds - 10; // older slots may be taken for a new second while they are read
inline constexpr int64_t rateSeconds = 10;
inline constexpr int64_t latencySpan = 30;                   // seconds of one half of the window
inline constexpr size_t recentAnswers = 18;

// Of one second, by one worker.
struct SecondSlot {
    std::atomic<int64_t> second{-1};
    std::array<std::atomic<uint32_t>, 6> byClass{};
    std::atomic<uint32_t> allowed{0}, refused{0}, delayed{0}, inFlight{0};
    std::atomic<uint64_t> bytesIn{0}, bytesOut{0};
    Histogram latency;
    CoarseHistogram gateway;

    void begin(int64_t now)
    {
        for (auto &count : byClass)
            count.store(0, std::memory_order_relaxed);
        for (auto *count : {&allowed, &refused, &delayed, &inFlight})
            count->store(0, std::memory_order_relaxed);
        bytesIn.store(0, std::memory_order_relaxed);
        bytesOut.store(0, std::memory_order_relaxed);
        latency.reset();
        gateway.reset();
        second.store(now, std::memory_order_release);
    }
};

using Three = std::array<uint64_t, 3>;

// What is counted of one named thing, by one worker: three counts, their last seconds, and latency where there is one.
struct Series {
    struct Moment { std::atomic<int64_t> second{-1}; std::array<std::atomic<uint32_t>, 3> counts{}; };
    struct Window { std::atomic<int64_t> begin{-1}; Histogram latency; };
    std::array<std::atomic<uint64_t>, 3> counts{};
    std::array<Moment, 16> moments;
    std::array<std::atomic<Window *>, 2> windows{};
    std::atomic<int32_t> inFlight{0};
    std::array<std::atomic<int64_t>, recentAnswers> recent{}; // wall micros * 2 + good; 0: none
    uint32_t recentNext = 0;

    ~Series()
    {
        for (auto &window : windows)
            delete window.load(std::memory_order_relaxed);
    }
    void count(size_t which, int64_t second)
    {
        bump(counts[which], 1);
        Moment &moment = moments[static_cast<size_t>(second) % moments.size()];
        if (moment.second.load(std::memory_order_relaxed) != second) {
            for (auto &c : moment.counts)
                c.store(0, std::memory_order_relaxed);
            moment.second.store(second, std::memory_order_release);
        }
        bump(moment.counts[which], 1);
    }
    void took(int64_t micros, int64_t second)
    {
        const int64_t begin = second / latencySpan;
        auto &place = windows[static_cast<size_t>(begin) % 2];
        Window *window = place.load(std::memory_order_relaxed);
        if (!window) {
            window = new Window;
            place.store(window, std::memory_order_release);
        }
        if (window->begin.load(std::memory_order_relaxed) != begin) {
            window->latency.reset();
            window->begin.store(begin, std::memory_order_relaxed);
        }
        window->latency.add(micros);
    }
    void answered(bool good, int64_t wallMicros)
    {
        recent[recentNext++ % recentAnswers].store(wallMicros * 2 + good, std::memory_order_relaxed);
    }
};

// A worker's series by id: pages are made when first written, and never move.
class SeriesTable {
public:
    ~SeriesTable()
    {
        for (auto &page : m_pages) {
            if (auto *made = page.load(std::memory_order_relaxed)) {
                for (auto &series : *made)
                    delete series.load(std::memory_order_relaxed);
                delete made;
            }
        }
    }
    static constexpr size_t most() { return pageSize * pageSize; }
    Series &write(MetricId id)
    {
        auto &place = m_pages[id / pageSize];
        Page *page = place.load(std::memory_order_relaxed);
        if (!page) {
            page = new Page();
            place.store(page, std::memory_order_release);
        }
        auto &slot = (*page)[id % pageSize];
        Series *series = slot.load(std::memory_order_relaxed);
        if (!series) {
            series = new Series;
            slot.store(series, std::memory_order_release);
        }
        return *series;
    }
    const Series *read(MetricId id) const
    {
        const Page *page = m_pages[id / pageSize].load(std::memory_order_acquire);
        return page ? (*page)[id % pageSize].load(std::memory_order_acquire) : nullptr;
    }

private:
    static constexpr size_t pageSize = 256;
    using Page = std::array<std::atomic<Series *>, pageSize>;
    std::array<std::atomic<Page *>, pageSize> m_pages{};
};

struct WorkerMetrics::Shard {
    ~Shard()
    {
        for (auto &slot : seconds)
            delete slot.load(std::memory_order_relaxed);
    }
    // The slot of a second, made or taken over when it is new.
    SecondSlot &at(int64_t second)
    {
        auto &place = seconds[static_cast<size_t>(second % keptSeconds)];
        SecondSlot *slot = place.load(std::memory_order_relaxed);
        if (!slot) {
            slot = new SecondSlot;
            slot->begin(second);
            place.store(slot, std::memory_order_release);
        } else if (slot->second.load(std::memory_order_relaxed) != second) {
            slot->begin(second);
        }
        return *slot;
    }

    std::array<std::atomic<SecondSlot *>, keptSeconds> seconds{};
    SeriesTable series;
    std::atomic<int32_t> inFlight{0}, connections{0};
    std::atomic<uint64_t> requests{0};
    bool taken = true;      // by a worker; under Metrics' lock
    int64_t wallMicros = 0; // of the last tick; the worker's
};

struct Metrics::Impl {
    enum class Kind : uint8_t { Route, Policy, Endpoint, Mock };
    struct Info {
        Kind kind;
        std::string name, owner, path, policyKind, url; // owner: of an endpoint its upstream
        size_t responses = 0;
        std::string lastError;
        int64_t lastErrorMicros = 0;
    };

    const Clock &clock;
    const int64_t startedSecond;
    mutable std::mutex mutex; // guards all below
    std::vector<std::shared_ptr<WorkerMetrics::Shard>> shards;
    std::unordered_map<std::string, MetricId> ids;
    std::unordered_map<MetricId, Info> infos;
    MetricId next = 1;
    Metrics::Listed listed;
    std::vector<std::pair<int64_t, uint64_t>> reloads;

    explicit Impl(const Clock &c) : clock(c), startedSecond(c.wallMicros() / 1'000'000) { }

    MetricId find(const std::string &key, size_t count, Info info)
    {
        const std::lock_guard lock(mutex);
        auto &id = ids[key];
        if (id == 0 || infos[id].responses < info.responses) {
            if (next + count >= SeriesTable::most())
                return 0; // more than anybody looks at: no longer counted
            id = next;
            next += static_cast<MetricId>(count);
            infos[id] = std::move(info);
        } else {
            infos[id].path = std::move(info.path);
            infos[id].responses = info.responses;
        }
        return id;
    }
    int64_t second() const { return clock.wallMicros() / 1'000'000; }
    double perSecond(uint64_t count, int64_t now) const
    {
        return static_cast<double>(count) / static_cast<double>(std::clamp<int64_t>(now - startedSecond, 1, rateSeconds));
    }

    struct Sum {
        Three counts{}, last{};
        HistogramSum latency;
        int64_t inFlight = 0;
        std::vector<int64_t> recent;
    };
    Sum sum(MetricId id, int64_t now) const
    {
        Sum sum;
        for (const auto &shard : shards) {
            const Series *series = shard->series.read(id);
            if (!series)
                continue;
            for (size_t i = 0; i < 3; ++i)
                sum.counts[i] += series->counts[i].load(std::memory_order_relaxed);
            for (const auto &moment : series->moments) {
                const int64_t second = moment.second.load(std::memory_order_acquire);
                if (second < now - rateSeconds || second >= now)
                    continue;
                for (size_t i = 0; i < 3; ++i)
                    sum.last[i] += moment.counts[i].load(std::memory_order_relaxed);
            }
            for (const auto &place : series->windows) {
                const auto *window = place.load(std::memory_order_acquire);
                if (window && window->begin.load(std::memory_order_relaxed) >= now / latencySpan - 1)
                    sum.latency.add(window->latency);
            }
            sum.inFlight += series->inFlight.load(std::memory_order_relaxed);
            for (const auto &answer : series->recent) {
                if (const int64_t value = answer.load(std::memory_order_relaxed))
                    sum.recent.push_back(value);
            }
        }
        return sum;
    }
};

} // namespace gatehouse::observe
