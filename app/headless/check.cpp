// gatehouse-cli check: all errors and warnings of a workspace.
#include "app/headless/workspace.h"
#include "gateway/engine/control.h"
#include "gateway/policy/services.h"
#include "gateway/runtime/compiler.h"

#include <algorithm>

namespace gatehouse::headless {

namespace {

// What only compiling can show, too: regexes together, mocks' files, routes that can never match.
config::Problems problemsOf(const config::Document &document, const Arguments &arguments)
{
    config::Resolved resolved = resolveWithoutSecrets(document, arguments);
    if (!resolved)
        return resolved.problems;
    policy::StateStore states;
    if (auto snapshot = runtime::compile(resolved.workspace, states, nullptr, 1, systemClock()); !snapshot)
        resolved.problems.insert(resolved.problems.end(), snapshot.error().begin(), snapshot.error().end());
    schema::sortProblems(resolved.problems);
    return resolved.problems;
}

int run(const Arguments &arguments)
{
    const auto document = openWorkspace(arguments);
    if (!document)
        return Bad;
    const config::Problems problems = problemsOf(*document, arguments);
    const bool strict = arguments.has("--strict");
    const bool ok = strict ? problems.empty() : !schema::hasErrors(problems);
    if (arguments.has("--json")) {
        printJson(engine::toJson(problems, ok));
        return ok ? Done : Bad;
    }
    // The report is the output of this command.
    for (const config::Problem &problem : problems)
        print(problem.text());
    const auto errors = std::count_if(problems.begin(), problems.end(), [&](const config::Problem &p) { return strict || p.severity == config::Severity::Error; });
    if (errors)
        complain(std::to_string(errors) + (errors == 1 ? " error." : " errors."));
    else
        print("No errors" + (problems.empty() ? std::string(".") : ", " + std::to_string(problems.size()) + (problems.size() == 1 ? " warning." : " warnings.")));
    return ok ? Done : Bad;
}

} // namespace

const Command &checkCommand()
{
    static const Command command{"check", "check WORKSPACE", "All errors and warnings, with file, line and column.",
                                 workspaceOptions({{"--strict", "", "warnings are errors"}}), 1, 1, run};
    return command;
}

} // namespace gatehouse::headless
