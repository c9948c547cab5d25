// Exchanges of the invented shop that the design's pictures show: rows, details and explanations made from a seed, so that
// panels, models and sentences are tested with what real traffic looks like. Deterministic.
#pragma once

#include "gateway/api/api.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse::test {

// Rows with ids firstId… in the order of arrival, `gapMicros` apart from `startMicros` on; the strings live in one chunk for
// every 1,024 rows. The first 23 of seed 0 are those of the picture; number 6 was tried again, number 11 is in flight.
std::vector<observe::Row> sampleRows(size_t count, uint64_t firstId = 1, int64_t startMicros = 1'795'528'957'418'000,
                                     int64_t gapMicros = 2'400, uint64_t seed = 0);

// Head, body and reason that fit the row, as the engine would give them.
api::ExchangeDetail sampleDetail(const observe::Row &row);
observe::Explanation sampleExplanation(const observe::Row &row);

// The same before anything is sent: what `explain` says. An unknown path finds no route.
observe::Explanation sampleSketch(const api::RequestSketch &request);

} // namespace gatehouse::test
