// gatehouse-cli explain: what would happen to a request, without sending it.
#include "app/headless/workspace.h"
#include "gateway/engine/explainer.h"
#include "gateway/importers/curl.h"
#include "gateway/observe/explanationjson.h"

namespace gatehouse::headless {

namespace {

std::string cells(const observe::Candidate &candidate)
{
    static constexpr const char *marks[] = {"ok", "NO", ".", "-"};
    std::string out;
    static constexpr const char *names[] = {"host", "path", "method", "headers", "query"};
    for (size_t i = 0; i < std::size(names); ++i)
        out += std::string(i ? "  " : "") + names[i] + " " + marks[static_cast<size_t>(candidate.cells[i])];
    return out;
}

void printText(const observe::Explanation &why)
{
    print(why.route ? "Route " + *why.route + " on listener " + why.listener + "." : "No route of listener " + why.listener + " matches.");
    for (const observe::Candidate &candidate : why.candidates) {
        std::string line = std::string(candidate.won ? "> " : "  ") + candidate.route + ": " + cells(candidate);
        for (const auto &[name, value] : candidate.captures)
            line += "  {" + name + "} = " + value;
        print(line);
        if (candidate.failed)
            print("      " + candidate.failed->condition + " wants " + candidate.failed->expected + ", got " + candidate.failed->actual.value_or("nothing"));
    }
    for (const observe::PolicyStep &policy : why.policies)
        if (policy.phase == observe::Phase::Request)
            print("  policy " + policy.kind + (policy.name.empty() ? std::string() : " " + policy.name) + " of " + policy.owner + ": " + std::string(name(policy.verdict))
                  + (policy.detail.empty() ? std::string() : ", " + policy.detail));
    if (why.route)
        print("  to " + std::string(name(why.target)) + " " + why.targetName);
    if (!why.url.empty()) {
        print("  " + why.method + " " + why.url);
        for (const auto &[name, value] : why.headers)
            print("    " + name + ": " + value);
    }
    if (!why.error.empty())
        print("  " + why.error);
}

int run(const Arguments &arguments)
{
    if (arguments.rest().empty()) {
        complain("Give the request behind --, for example: gatehouse-cli explain WORKSPACE -- curl http://127.0.0.1:8080/");
        return Usage;
    }
    const auto request = arguments.rest().size() == 1 ? importers::parseCurl(arguments.rest()[0]) : importers::parseCurl(arguments.rest());
    if (!request) {
        complain(request.error().text());
        return Usage;
    }
    const auto document = openWorkspace(arguments);
    if (!document)
        return Bad;
    const config::Resolved resolved = resolveWithoutSecrets(*document, arguments);
    if (!resolved) {
        if (arguments.has("--json"))
            printJson(json::Value::object({{"ok", false}, {"error", "The workspace has errors; gatehouse-cli check lists them."}}));
        printProblems(resolved.problems);
        return Bad;
    }
    api::RequestSketch sketch;
    sketch.method = request->method;
    sketch.url = request->url;
    sketch.headers = request->headers;
    sketch.body = request->body;
    sketch.listener = arguments.value("--listener");
    policy::StateStore states;
    const engine::Explainer explainer([] { return runtime::SnapshotPointer(); }, [](const std::string &) { return std::string(); }, systemClock(), states);
    const auto why = explainer.explain(sketch, *resolved.workspace);
    if (!why) {
        complain(why.error().text());
        return Bad;
    }
    if (arguments.has("--json"))
        printJson(observe::explanationJson(*why));
    else
        printText(*why);
    return Done;
}

} // namespace

const Command &explainCommand()
{
    static const Command command{"explain", "explain WORKSPACE -- CURL", "What would happen to this request, without sending it.",
                                 workspaceOptions({{"--listener", "NAME", "where several could take it"}}), 1, 1, run};
    return command;
}

} // namespace gatehouse::headless
