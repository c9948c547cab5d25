// Time comes from here, so that tests can advance it. Nothing else reads a system clock.
#pragma once

#include <cstdint> // first: moc 6.4 can't parse <chrono> alone

#include <chrono>

namespace gatehouse {

using Duration = std::chrono::nanoseconds;
// Since an arbitrary start, never going back.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// Thread-safe; outlives all that hold it.
class Clock {
public:
    virtual ~Clock() = default;
    virtual MonotonicTime monotonic() const = 0;
    // Microseconds since 1970-01-01T00:00:00Z.
    virtual int64_t wallMicros() const = 0;
};

// The machine's own clock, for the life of the process.
const Clock &systemClock();

} // namespace gatehouse
