// gatehouse-cli export: the same configuration for another gateway, and what differs there.
#include "app/headless/workspace.h"
#include "gateway/base/text.h"
#include "gateway/exporters/exporter.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

namespace gatehouse::headless {

namespace {

int list(bool asJson)
{
    json::Value targets = json::Value::array();
    for (const exporters::Exporter &exporter : exporters::exporters()) {
        if (asJson)
            targets.append(json::Value::object({{"name", std::string(exporter.name)}, {"title", std::string(exporter.title)}}));
        else
            print(std::string(exporter.name) + "  " + std::string(exporter.title));
    }
    if (asJson)
        printJson(targets);
    return Done;
}

bool writeFiles(const exporters::Export &made, const std::string &folder)
{
    for (const exporters::File &file : made.files) {
        const std::string path = folder + "/" + file.name;
        QDir().mkpath(QFileInfo(QString::fromStdString(path)).path());
        if (auto written = config::writeFileSafely(path, file.text); !written) {
            complain(written.error().text());
            return false;
        }
    }
    return true;
}

// The worst level that is still fine; Level::Unsupported: all are.
Result<exporters::Level> worstAllowed(const Arguments &arguments)
{
    if (!arguments.has("--fail-on"))
        return exporters::Level::Unsupported;
    const std::string level = arguments.value("--fail-on");
    if (level == "approximated")
        return exporters::Level::Exact;
    if (level == "unsupported")
        return exporters::Level::Approximated;
    return Error::make(ErrorKind::BadInput, "--fail-on is approximated or unsupported.");
}

// An export is handed on: what a stranger's workspace takes out of this process would go with it.
bool mayReadVariables(const config::Document &document, const Arguments &arguments)
{
    if (arguments.has("--trust"))
        return true;
    bool none = true;
    for (const config::Wish &wish : config::trustWishes(document)) {
        if (wish.kind != config::Wish::Kind::Variable)
            continue;
        complain(wish.at.file + ":" + std::to_string(wish.at.line) + ": " + wish.at.path.text() + ": " + wish.what);
        none = false;
    }
    if (!none)
        complain("This workspace asks for what is listed above, and the export would hold it. If you trust it, say --trust.");
    return none;
}

int run(const Arguments &arguments)
{
    if (arguments.has("--list"))
        return list(arguments.has("--json"));
    const auto worst = worstAllowed(arguments);
    if (!worst || arguments.positional().empty() || !arguments.has("--to") || (!arguments.has("--out") && !arguments.has("--json"))) {
        complain(!worst ? worst.error().message : "Write: gatehouse-cli export WORKSPACE --to TARGET --out FOLDER. gatehouse-cli export --list lists targets.");
        return Usage;
    }
    const std::string target = arguments.value("--to");
    const exporters::Exporter *exporter = exporters::find(target);
    if (!exporter) {
        std::vector<std::string_view> known;
        for (const exporters::Exporter &e : exporters::exporters())
            known.push_back(e.name);
        const std::string_view near = nearest(target, known);
        complain("There is no target " + target + "." + (near.empty() ? " gatehouse-cli export --list lists them." : " Did you mean " + std::string(near) + "?"));
        return Usage;
    }
    const auto document = openWorkspace(arguments);
    if (!document)
        return Bad;
    if (!mayReadVariables(*document, arguments))
        return Bad;
    const config::Resolved resolved = resolveWithoutSecrets(*document, arguments);
    if (!resolved) {
        if (arguments.has("--json"))
            printJson(json::Value::object({{"ok", false}, {"error", "The workspace has errors; gatehouse-cli check lists them."}}));
        printProblems(resolved.problems);
        return Bad;
    }
    const auto made = exporter->run(*resolved.workspace);
    if (!made) {
        complain(made.error().text());
        return Bad;
    }
    if (arguments.has("--out") && !writeFiles(*made, arguments.value("--out")))
        return Bad;
    bool fine = true;
    for (const exporters::Finding &finding : made->findings) {
        fine = fine && finding.level <= *worst;
        if (!arguments.has("--json") && finding.level != exporters::Level::Exact)
            print(std::string(name(finding.level)) + ": " + finding.file + ":" + std::to_string(finding.line) + ": " + finding.where + ": " + finding.message
                  + (finding.remedy.empty() ? std::string() : " " + finding.remedy));
    }
    if (arguments.has("--json"))
        printJson(exporters::exportJson(*exporter, *made));
    return fine ? Done : Bad;
}

} // namespace

const Command &exportCommand()
{
    static const Command command{"export", "export WORKSPACE --to TARGET --out FOLDER", "The same configuration for another gateway, and what differs there.",
                                 workspaceOptions({{"--to", "TARGET", "nginx; --list lists all"},
                                                   {"--out", "FOLDER", "where the files go; made if missing"},
                                                   {"--fail-on", "approximated|unsupported", "exit 1 when there is such a finding"},
                                                   {"--list", "", "the targets"}}),
                                 0, 1, run};
    return command;
}

} // namespace gatehouse::headless
