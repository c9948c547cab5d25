// How long a mock's answer waits: drawn from the distribution that the workspace gives.
#pragma once

#include "gateway/config/records.h"
#include "gateway/policy/services.h"

namespace gatehouse::mock {

// 0 <= x < 1, evenly.
double unit(policy::Random &random);
// Never negative, at most ten minutes whatever the distribution draws.
Duration draw(const config::Latency &latency, policy::Random &random);

} // namespace gatehouse::mock
