// A clock that stands still until a test advances it.
#pragma once

#include "gateway/base/clock.h"

#include <atomic>

namespace gatehouse::test {

// Thread-safe. Starts at 2026-01-31T12:00:00Z.
class FakeClock final : public Clock {
public:
    MonotonicTime monotonic() const override { return MonotonicTime(Duration(m_elapsed.load())); }
    int64_t wallMicros() const override { return 1'769'860'800'000'000 + m_elapsed.load() / 1000; }
    void advance(Duration by) { m_elapsed += by.count(); }

private:
    std::atomic<int64_t> m_elapsed{1'000'000'000};
};

} // namespace gatehouse::test
