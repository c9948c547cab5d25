// gatehouse-cli format: the canonical form of a workspace's files.
#include "app/headless/workspace.h"
#include "gateway/config/format.h"

namespace gatehouse::headless {

namespace {

int run(const Arguments &arguments)
{
    const auto document = openWorkspace(arguments);
    if (!document)
        return Bad;
    const bool only = arguments.has("--check");
    json::Value changed = json::Value::array();
    bool failed = false;
    for (const std::string &file : document->files()) {
        if (file.starts_with("environments/"))
            continue;
        const auto text = config::formatted(*document, file);
        if (!text) {
            complain(file + ": " + text.error().text());
            failed = true;
            continue;
        }
        if (*text == document->text(file))
            continue;
        changed.append(file);
        if (!only) {
            if (auto written = config::writeFileSafely(document->folder() + "/" + file, *text); !written) {
                complain(written.error().text());
                failed = true;
                continue;
            }
        }
        if (!arguments.has("--json"))
            print(only ? file + " is not in canonical form." : "Wrote " + file + ".");
    }
    const bool ok = !failed && (!only || changed.items.empty());
    if (arguments.has("--json"))
        printJson(json::Value::object({{"ok", ok}, {"files", std::move(changed)}}));
    else if (ok && changed.items.empty())
        print("Already in canonical form.");
    return ok ? Done : Bad;
}

} // namespace

const Command &formatCommand()
{
    static const Command command{"format", "format WORKSPACE", "Writes the files in canonical form; comments stay.",
                                 {{"--check", "", "write nothing, only say whether they are"}, {"--json", "", "one JSON value on standard output"}}, 1, 1, run};
    return command;
}

} // namespace gatehouse::headless
