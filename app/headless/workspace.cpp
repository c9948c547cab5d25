#include "app/headless/workspace.h"

#include "gateway/base/text.h"
#include "gateway/policy/shapes.h"

#include <cstdio>

namespace gatehouse::headless {

std::vector<OptionSpec> workspaceOptions(std::vector<OptionSpec> further)
{
    std::vector<OptionSpec> options{{"--env", "NAME", "variables from environments/NAME.yaml"},
                                    {"--trust", "", "grant what the workspace asks trust for"},
                                    {"--secrets-dir", "FOLDER", "read secrets from files of this folder"},
                                    {"--json", "", "one JSON value on standard output"}};
    options.insert(options.end(), further.begin(), further.end());
    return options;
}

std::unique_ptr<config::Document> openWorkspace(const Arguments &arguments)
{
    policy::registerShapes();
    auto document = config::Document::open(arguments.positional().at(0));
    if (document)
        return std::move(document).value();
    if (arguments.has("--json"))
        printJson(json::Value::object({{"ok", false}, {"problems", json::Value::array()}, {"error", document.error().text()}}));
    complain(document.error().text());
    return nullptr;
}

config::Resolved resolveWithoutSecrets(const config::Document &document, const Arguments &arguments)
{
    config::ResolveOptions options;
    options.environment = arguments.value("--env");
    options.secrets = [](const std::string &name) { return std::optional("(the secret " + name + ")"); };
    return config::resolve(document, options);
}

void printProblems(const config::Problems &problems)
{
    for (const config::Problem &problem : problems)
        std::fprintf(stderr, "%s\n", escapeControls(problem.text()).c_str());
}

} // namespace gatehouse::headless
