// What an exchange has around it: the parts of its worker.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/net/loop.h"
#include "gateway/net/timerwheel.h"
#include "gateway/observe/metrics.h"
#include "gateway/observe/recorder.h"
#include "gateway/policy/services.h"
#include "gateway/upstream/client.h"

#include <string>

namespace gatehouse::exchange {

// One per worker; outlives its exchanges.
struct Environment {
    uint32_t worker = 0;
    const Clock &clock;
    net::Loop &loop;
    net::TimerWheel &wheel;
    upstream::Client &client;
    observe::WorkerRecorder &recorder;
    observe::WorkerMetrics &metrics;
    const policy::Services &services;
    std::string pseudonym; // for Via: "gatehouse-1f3a9c20", the same for all workers and unlike any other instance's
};

} // namespace gatehouse::exchange
