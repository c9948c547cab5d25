#include "gateway/mock/latency.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gatehouse::mock {

namespace {
// Mean 0, deviation 1 (Box-Muller).
double normal(policy::Random &random)
{
    const double radius = std::sqrt(-2 * std::log(1 - unit(random)));
    return radius * std::cos(2 * std::numbers::pi * unit(random));
}
double nanos(Duration duration) { return static_cast<double>(duration.count()); }
} // namespace

double unit(policy::Random &random)
{
    uint64_t bits = 0;
    random.fill(std::as_writable_bytes(std::span(&bits, 1)));
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

Duration draw(const config::Latency &latency, policy::Random &random)
{
    using Type = config::Latency::Type;
    constexpr double longest = 600e9;
    double drawn = 0;
    switch (latency.type) {
    case Type::None: return {};
    case Type::Fixed: return latency.fixed;
    case Type::Uniform: drawn = nanos(latency.min) + unit(random) * nanos(latency.max - latency.min); break;
    case Type::Normal: drawn = nanos(latency.mean) + normal(random) * nanos(latency.deviation); break;
    case Type::Lognormal: drawn = nanos(latency.median) * std::exp(normal(random) * latency.sigma); break;
    }
    return Duration(static_cast<int64_t>(std::clamp(drawn, 0.0, longest)));
}

} // namespace gatehouse::mock
