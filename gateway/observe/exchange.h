// What one request and its answer looked like, as tables and detail panes read it.
#pragma once

#include "gateway/observe/verdict.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::observe {

enum class State : uint8_t { Started, Updated, Final };

// What a table, a filter and a chart read, without touching heads or bodies. The views live as long as the chunk they stand in
// (Row::chunk keeps it). Any thread.
struct Row {
    uint64_t id = 0;
    uint64_t position = 0;      // in the store's order: what ExchangePage::firstKept and next count
    int64_t startedMicros = 0;  // since 1970
    int64_t durationMicros = 0; // so far, while in flight
    int64_t gatewayMicros = 0;  // the part that is the gateway's own
    State state = State::Final;
    Verdict verdict = Verdict::Allowed;
    TargetKind target = TargetKind::None;
    uint16_t status = 0;        // 0: none (yet)
    uint8_t tries = 0;          // upstream attempts
    std::string_view method, scheme, host, path, query; // path as it came, without query
    std::string_view listener, route, consumer, targetName, endpoint, client, protocol, contentType;
    uint64_t requestBytes = 0, responseBytes = 0; // of bodies, as transferred, whole
    std::string_view error;     // empty: none
    std::shared_ptr<const void> chunk;

    StatusClass statusClass() const { return classOf(status, state == State::Final); }
};

struct Message {
    std::string startLine;      // as on the wire: "GET /v1/orders?x=1 HTTP/1.1"
    std::vector<std::pair<std::string, std::string>> fields; // order, case and duplicates as on the wire; redacted ones masked
    std::vector<bool> redacted; // beside fields
    std::string body;           // up to the cap
    uint64_t bodySize = 0;      // real size
    bool bodyCut = false;       // body is shorter than bodySize because of the cap or because it was let go
};

// New rows since a position, oldest first. A row whose id came before (Started, Updated) replaces it.
struct ExchangePage {
    std::vector<Row> rows;
    uint64_t next = 0;      // give this to the next call
    uint64_t firstKept = 0; // rows whose position is smaller were let go
};

// Exchanges that have ended, since the start or the last clear(). served = recorded + droppedRecords at any moment.
struct RecorderState {
    uint64_t served = 0, recorded = 0;              // recorded: held now
    uint64_t droppedRecords = 0, droppedBodies = 0; // sums of the kinds below
    uint64_t bytes = 0, bytesMax = 0;               // memory held and its bound
    bool recording = true;
    // By kind.
    uint64_t letGoRecords = 0; // were held, and made room for newer ones
    uint64_t notRecorded = 0;  // while recording was off
    uint64_t tooLarge = 0;     // heads alone do not fit a chunk
    uint64_t letGoBodies = 0;  // exchanges whose bodies made room
    uint64_t cutBodies = 0;    // bodies longer than the cap; not in droppedBodies: their beginning is held
};

} // namespace gatehouse::observe
