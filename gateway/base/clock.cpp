#include "gateway/base/clock.h"

namespace gatehouse {

namespace {
class SystemClock final : public Clock {
public:
    MonotonicTime monotonic() const override { return std::chrono::steady_clock::now(); }
    int64_t wallMicros() const override
    {
        using namespace std::chrono;
        return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    }
};
} // namespace

const Clock &systemClock()
{
    static const SystemClock clock;
    return clock;
}

} // namespace gatehouse
