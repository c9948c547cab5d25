// The fixed answers of a workspace: body, JSON or file, with the Content-Type that goes with it.
#pragma once

#include "gateway/base/result.h"
#include "gateway/config/records.h"
#include "gateway/runtime/plan.h"

#include <string>
#include <string_view>

namespace gatehouse::runtime {

// The file's octets. It must lie inside `folder` after links are resolved, and be at most 64 MiB.
Result<std::string> readInside(const std::string &folder, const std::string &file);
// By the ending of the name; application/octet-stream for others.
std::string_view contentTypeOf(std::string_view file);
Result<FixedResponse> fixedResponse(const config::Respond &respond, const std::string &folder);

} // namespace gatehouse::runtime
