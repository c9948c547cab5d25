// Live figures as values: what the dashboard, the tables' rate columns and `ctl metrics` read. Made by Metrics (metrics.h); what
// Metrics can't know (weights, pools, buckets) is filled in by the engine. Any thread.
#pragma once

#include "gateway/observe/explanation.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::observe {

// Microseconds, from log-linear buckets: off by at most 6%. max is exact.
struct Percentiles { int64_t p50 = 0, p90 = 0, p99 = 0, max = 0; uint64_t count = 0; };

// Rates are means over the last 10 whole seconds; counts since the start; latency over the last 30 to 60 s.
struct RouteLive { std::string name; double perSecond = 0, errorsPerSecond = 0; uint64_t requests = 0, errors = 0; Percentiles latency; };

struct PolicyLive {
    std::string owner, path, kind, name;             // path in the document: "routes[3].policies[1]"
    double passedPerSecond = 0, stoppedPerSecond = 0, delayedPerSecond = 0;
    uint64_t passed = 0, stopped = 0, delayed = 0;
    std::vector<Gauge> gauges;                       // the fullest buckets, at most 8
};

struct EndpointLive {
    std::string upstream, endpoint, url;
    bool out = false;                                // taken out by hand
    bool enabled = true;                             // as the workspace says
    double perSecond = 0, errorsPerSecond = 0;
    uint64_t requests = 0, errors = 0;
    uint32_t inFlight = 0, busy = 0, idle = 0, max = 0; // connections; max 0: unbounded
    double share = 0, weight = 1;                    // of the upstream's requests in the last 10 s, 0..1
    Percentiles latency;
    std::string lastError;                           // and how long ago
    int64_t lastErrorMicros = 0;                     // wall clock; 0: never
    std::vector<bool> recent;                        // the last 18 answers, newest last: true for a good one
};

// The rows of a heat map: ten to a decade (10, 12.5, 16, 20, 25, 32, 40, 50, 64, 80), from 10 µs to 10 s. What is below counts in
// the first, what is above in the last.
inline constexpr size_t latencyBands = 60;
// Where band `band` begins, in microseconds; of latencyBands: where the last ends.
constexpr double latencyBandFrom(size_t band)
{
    constexpr double steps[] = {10, 12.5, 16, 20, 25, 32, 40, 50, 64, 80};
    double from = steps[band % 10];
    for (size_t decade = band / 10; decade > 0; --decade)
        from *= 10;
    return from;
}

// One second of everything, for charts; kept for an hour.
struct Second {
    int64_t startMicros = 0;                         // wall clock, whole second
    std::array<uint32_t, 6> byClass{};               // by StatusClass
    Percentiles latency;
    Percentiles gateway;                             // of those that no mock answered, the gateway's own part; off by at most 12%
    std::array<uint32_t, latencyBands> byLatency{};
    uint32_t allowed = 0, refused = 0, delayed = 0;  // by limits
    uint64_t bytesIn = 0, bytesOut = 0;
    uint32_t inFlight = 0;
};

struct Totals { double perSecond = 0; Percentiles latency; uint64_t requests = 0; uint32_t inFlight = 0, connections = 0; };

} // namespace gatehouse::observe
