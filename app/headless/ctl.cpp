// gatehouse-cli ctl: speaks to a running engine.
#include "app/headless/command.h"
#include "app/headless/controlclient.h"
#include "gateway/base/text.h"

#include <algorithm>

namespace gatehouse::headless {

namespace {

std::string text(const json::Value &object, std::string_view key)
{
    const json::Value *value = object.find(key);
    return !value ? std::string() : value->isString() || value->isNumber() ? value->text : value->type == json::Type::Bool ? (value->boolean ? "yes" : "no") : std::string();
}

void printStatus(const json::Value &status)
{
    print(text(status, "state") + ", revision " + text(status, "revision") + ", pid " + text(status, "pid") + ", version " + text(status, "version"));
    if (const json::Value *lastGood = status.find("last_good"); lastGood && lastGood->truth())
        print("The newest files have errors; the last good version runs on.");
    if (const json::Value *listeners = status.find("listeners"))
        for (const json::Value &listener : listeners->items)
            print("  " + text(listener, "name") + "  " + text(listener, "url") + (listener.find("error") ? "  " + text(listener, "error") : std::string()));
}

void printMetrics(const json::Value &metrics)
{
    const auto latency = [](const json::Value &of) {
        const json::Value *l = of.find("latency_us");
        return l ? "p50 " + humanDuration(l->find("p50")->integer()) + ", p99 " + humanDuration(l->find("p99")->integer()) : std::string();
    };
    print(text(metrics, "requests") + " requests, " + text(metrics, "per_second") + "/s, " + latency(metrics));
    if (const json::Value *recorder = metrics.find("recorder"))
        print(text(*recorder, "recorded") + " recorded of " + text(*recorder, "served") + " served, " + text(*recorder, "dropped_records") + " records and "
              + text(*recorder, "dropped_bodies") + " bodies dropped");
    if (const json::Value *routes = metrics.find("routes"))
        for (const json::Value &route : routes->items)
            print("  " + text(route, "route") + "  " + text(route, "requests") + " requests, " + text(route, "errors") + " errors, " + latency(route));
}

void printEndpoints(const json::Value &answer)
{
    if (const json::Value *endpoints = answer.find("endpoints"))
        for (const json::Value &endpoint : endpoints->items)
            print(text(endpoint, "upstream") + "/" + text(endpoint, "endpoint") + "  " + (text(endpoint, "out") == "yes" ? "out" : text(endpoint, "enabled") == "no" ? "disabled" : "in")
                  + "  " + text(endpoint, "requests") + " requests, " + text(endpoint, "errors") + " errors");
}

int problems(const json::Value &answer)
{
    bool ok = true;
    if (const json::Value *value = answer.find("ok"))
        ok = value->truth();
    if (const json::Value *list = answer.find("problems"))
        for (const json::Value &problem : list->items)
            complain(text(problem, "file") + ":" + text(problem, "line") + ":" + text(problem, "column") + ": " + (text(problem, "path").empty() ? std::string() : text(problem, "path") + ": ")
                     + (text(problem, "severity") == "warning" ? "warning: " : "") + text(problem, "message"));
    if (ok)
        print("Reloaded: revision " + text(answer, "revision") + ".");
    else
        complain("Nothing was changed; the last good version runs on.");
    return ok ? Done : Bad;
}

int run(const Arguments &arguments)
{
    const std::string &socket = arguments.positional()[0], &what = arguments.positional()[1];
    static const std::vector<std::string_view> known{"status", "reload", "metrics", "upstreams", "endpoint", "purge", "stop"};
    if (std::find(known.begin(), known.end(), what) == known.end()) {
        const std::string_view near = nearest(what, known);
        complain("\"" + what + "\" is not a command of ctl." + (near.empty() ? " gatehouse-cli help ctl lists them." : " Did you mean " + std::string(near) + "?"));
        return Usage;
    }
    json::Value command = json::Value::object({{"do", what}});
    if (what == "endpoint") {
        if (arguments.positional().size() != 4 || (arguments.positional()[3] != "out" && arguments.positional()[3] != "in")) {
            complain("Write: gatehouse-cli ctl SOCKET endpoint NAME out|in");
            return Usage;
        }
        command.set("name", arguments.positional()[2]);
        command.set("state", arguments.positional()[3]);
    } else if (arguments.positional().size() != 2) {
        complain("\"" + arguments.positional()[2] + "\" is one word too many.");
        return Usage;
    }
    const auto answer = ask(socket, command);
    if (!answer) {
        if (arguments.has("--json"))
            printJson(json::Value::object({{"ok", false}, {"error", answer.error().text()}}));
        complain(answer.error().text());
        return Bad;
    }
    if (arguments.has("--json")) {
        printJson(*answer);
        const json::Value *ok = answer->find("ok");
        return ok && !ok->truth(true) ? Bad : Done;
    }
    if (what == "status")
        printStatus(*answer);
    else if (what == "metrics")
        printMetrics(*answer);
    else if (what == "upstreams")
        printEndpoints(*answer);
    else if (what == "reload")
        return problems(*answer);
    return Done;
}

} // namespace

const Command &ctlCommand()
{
    static const Command command{"ctl", "ctl SOCKET COMMAND", "Speaks to a running engine: status, reload, metrics, upstreams, endpoint NAME out|in, stop.",
                                 {{"--json", "", "one JSON value on standard output"}}, 2, 4, run};
    return command;
}

} // namespace gatehouse::headless
