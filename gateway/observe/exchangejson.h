// One exchange as the line of JSON that cli.md fixes ("exchanges --json").
#pragma once

#include "gateway/base/json.h"
#include "gateway/observe/exchange.h"
#include "gateway/observe/explanation.h"

#include <string>

namespace gatehouse::observe {

// What happened only, in microseconds; a value any thread may make.
json::Value phasesJson(const Phases &phases);

// Without a line break. `trace` is the explanation's JSON, null where there is none. `url` is as the client asked for it.
json::Value exchangeJson(const Row &row, const Phases &phases = {}, json::Value trace = {});

} // namespace gatehouse::observe
