// What a worker writes of one exchange, and where it goes. The writing side of the recorder; observe/exchange.h is the reading side.
#pragma once

#include "gateway/http/message.h"
#include "gateway/observe/exchange.h"
#include "gateway/observe/explanation.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace gatehouse::observe {

// What the hot path stores of a policy's step: only what the router can't recompute later. detail points into the exchange's arena.
struct StepRecord {
    uint16_t policy = 0;  // index into the plan's chain
    Phase phase = Phase::Request;
    StepVerdict verdict = StepVerdict::Passed;
    uint32_t startMicros = 0;
    uint32_t durationNanos = 0;
    std::string_view detail;
    double level = 0, capacity = 0; // gauge; capacity 0: none
    int64_t nextMicros = 0;
};

struct AttemptRecord {
    std::string_view endpoint;
    uint32_t startMicros = 0, durationMicros = 0, waitMicros = 0;
    int32_t connectMicros = -1;
    uint16_t status = 0;
    bool abandoned = false;
    std::string_view error, why;
};

using FieldView = http::Field; // so that a message's own list can be shown without copying it

// One exchange as its worker knows it at one moment. Views point into the exchange's arena; the recorder copies (and redacts)
// before publish() returns.
struct Record {
    uint64_t id = 0;
    State state = State::Final;
    int64_t startedMicros = 0;
    uint32_t durationMicros = 0, gatewayMicros = 0;
    int32_t routeMicros = -1, policiesInMicros = -1, connectMicros = -1, firstByteMicros = -1, transferMicros = -1, policiesOutMicros = -1;
    Verdict verdict = Verdict::Allowed;
    TargetKind target = TargetKind::None;
    uint16_t status = 0;
    std::string_view method, scheme, host, path, query, protocol, client, consumer, endpoint, error, contentType;
    uint64_t revision = 0;          // of the configuration that ran
    uint32_t listener = 0, route = 0, targetName = 0; // names interned with internName(); 0: none
    std::shared_ptr<const void> plan; // the route plan, so that Why can be computed when somebody looks; may be null
    uint64_t requestBytes = 0, responseBytes = 0;
    std::string_view requestLine;   // as on the wire
    std::span<const FieldView> requestFields, forwardedFields, responseFields;
    std::string_view forwardedLine, statusLine;
    std::string_view requestBody, responseBody; // what was kept of them, up to the cap
    std::span<const StepRecord> steps;
    std::span<const AttemptRecord> attempts;
    uint16_t mockResponse = 0; // which of the mock's responses answered, from 1; 0: none did
};

// Names of listeners, routes, upstreams, mocks: few, kept for the life of the process. Thread-safe.
uint32_t internName(std::string_view name);
std::string_view internedName(uint32_t id);

} // namespace gatehouse::observe
