// An explanation as the JSON that cli.md fixes ("explain --json"); the trace of an exchange is the same object with more filled in.
#pragma once

#include "gateway/base/json.h"
#include "gateway/observe/explanation.h"

#include <string_view>

namespace gatehouse::observe {

std::string_view name(Aspect aspect);         // "host", "path", …
std::string_view name(Cell cell);             // "passed", "failed", "not-asked", "none"
std::string_view name(Precedence precedence); // "only-match", "priority", …

// What is not known (no duration, no gauge, no attempt yet) is left out.
json::Value explanationJson(const Explanation &explanation);
json::Value candidateJson(const Candidate &candidate);

} // namespace gatehouse::observe
