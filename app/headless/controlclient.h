// Speaks to a running engine over its control socket, one JSON object a line.
#pragma once

#include "gateway/base/json.h"
#include "gateway/base/result.h"

#include <functional>
#include <string>

namespace gatehouse::headless {

// Sends one command and hands every line of the answer to `line` until that returns false or the other side closes. Blocks: the
// command line has nothing else to do. Errors say how to start an engine with a control socket.
Result<void> talk(const std::string &socket, const json::Value &command, const std::function<bool(json::Value)> &line);
// For commands that answer with one line.
Result<json::Value> ask(const std::string &socket, const json::Value &command);

} // namespace gatehouse::headless
