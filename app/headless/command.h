// A command of gatehouse-cli: one file each. The contract (names, options, exit codes, JSON) is what scripts rely on.
#pragma once

#include "app/headless/arguments.h"
#include "gateway/base/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::headless {

enum Exit : int { Done = 0, Bad = 1, Usage = 2 };

struct Command {
    std::string_view name;
    std::string_view synopsis; // "serve WORKSPACE"
    std::string_view summary;  // one line
    std::vector<OptionSpec> options;
    size_t leastPositional = 0, mostPositional = 0;
    int (*run)(const Arguments &) = nullptr; // returns an Exit
};

// In the order of the help.
const std::vector<Command> &commands();

const Command &serveCommand();
const Command &checkCommand();
const Command &formatCommand();
const Command &explainCommand();
const Command &exportCommand();
const Command &schemaCommand();
const Command &exchangesCommand();
const Command &ctlCommand();
const Command &secretCommand();

// To standard error, control characters escaped.
void complain(std::string_view message);
// To standard output, with a line end; control characters escaped unless it is JSON (which escapes them itself).
void print(std::string_view line);
void printJson(const json::Value &value, int indent = 0);

} // namespace gatehouse::headless
