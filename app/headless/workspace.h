// Opening a workspace for a command: the options that they share, and problems on the terminal.
#pragma once

#include "app/headless/command.h"
#include "gateway/config/resolve.h"

#include <memory>
#include <string>

namespace gatehouse::headless {

// --env, --trust, --secrets-dir: put these into a command's options.
std::vector<OptionSpec> workspaceOptions(std::vector<OptionSpec> further);

// The document of the command's first word; what is wrong is said, and null returned, where there is none.
std::unique_ptr<config::Document> openWorkspace(const Arguments &arguments);

// Records without looking secrets up: for commands that send nothing. Each secret's value is a text that says so.
config::Resolved resolveWithoutSecrets(const config::Document &document, const Arguments &arguments);

// `file:line:column: path: message`, a line each, to standard error; warnings are marked.
void printProblems(const config::Problems &problems);

} // namespace gatehouse::headless
