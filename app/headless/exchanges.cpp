// gatehouse-cli exchanges: lists what a running engine has recorded, and follows it.
#include "app/headless/command.h"
#include "app/headless/controlclient.h"
#include "gateway/base/text.h"
#include "gateway/observe/filter.h"

#include <cstdio>

namespace gatehouse::headless {

namespace {

std::string text(const json::Value &exchange, std::string_view key)
{
    const json::Value *value = exchange.find(key);
    return value && !value->isNull() ? value->text : std::string("-");
}

// 2026-01-31T12:00:00.000123Z 200 GET http://… -> upstream:orders 1.2 ms 512 B allowed
void printLine(const json::Value &exchange)
{
    const json::Value *duration = exchange.find("duration_us"), *size = exchange.find("response_bytes");
    print(text(exchange, "time") + " " + text(exchange, "status") + " " + text(exchange, "method") + " " + text(exchange, "url") + " " + text(exchange, "route")
          + " -> " + text(exchange, "target") + " " + humanDuration(duration ? duration->integer() : 0) + " "
          + humanSize(size ? static_cast<uint64_t>(size->integer()) : 0) + " " + text(exchange, "verdict"));
}

int run(const Arguments &arguments)
{
    const bool fromOption = arguments.has("--control");
    if (fromOption == !arguments.positional().empty()) {
        complain("Name one control socket: gatehouse-cli exchanges SOCKET, or --control SOCKET.");
        return Usage;
    }
    const std::string socket = fromOption ? arguments.value("--control") : arguments.positional()[0];
    const std::string filter = arguments.value("--filter");
    if (auto parsed = observe::Filter::parse(filter); !parsed) {
        complain(parsed.error().message);
        return Usage;
    }
    const bool follow = arguments.has("--follow"), count = arguments.has("--count"), asJson = arguments.has("--json");
    if (follow && count) {
        complain("--count has an end, --follow has none. Choose one.");
        return Usage;
    }
    uint64_t seen = 0;
    std::string failure;
    const json::Value command = json::Value::object({{"do", "exchanges"}, {"filter", filter}, {"follow", follow}});
    const auto talked = talk(socket, command, [&](json::Value line) {
        if (const json::Value *ok = line.find("ok")) {
            if (!ok->truth())
                failure = line.find("error") ? std::string(line.find("error")->string()) : std::string("The engine refused.");
            return false;
        }
        ++seen;
        if (count)
            return true;
        if (asJson)
            printJson(line);
        else
            printLine(line);
        return !std::ferror(stdout); // nobody reads any more: head, less
    });
    if (!talked || !failure.empty()) {
        complain(!talked ? talked.error().text() : failure);
        return Bad;
    }
    if (count)
        print(std::to_string(seen));
    return Done;
}

} // namespace

const Command &exchangesCommand()
{
    static const Command command{"exchanges", "exchanges SOCKET", "Lists what a running engine has recorded.",
                                 {{"--control", "SOCKET", "the running engine's control socket"},
                                  {"--filter", "EXPR", "only these: status:5xx method:POST path:/v1/* took:>200ms …"},
                                  {"--count", "", "only how many"},
                                  {"--follow", "", "go on with what comes"},
                                  {"--json", "", "one exchange a line, as JSON"}},
                                 0, 1, run};
    return command;
}

} // namespace gatehouse::headless
