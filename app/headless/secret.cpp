// gatehouse-cli secret: what a workspace refers to as ${secret:NAME}, in the system keychain. Values come from the terminal or from
// standard input, never from the command line, where other users could read them.
#include "app/headless/workspace.h"
#include "gateway/config/document.h"
#include "gateway/config/resolve.h"
#include "gateway/engine/secretstore.h"

#include <QtCore/QEventLoop>

#include <cstdio>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace gatehouse::headless {

namespace {

// Without echo on a terminal.
std::string readValue(const std::string &name)
{
    const bool terminal = isatty(STDIN_FILENO);
    termios before{};
    if (terminal) {
        std::fprintf(stderr, "Value of %s: ", name.c_str());
        tcgetattr(STDIN_FILENO, &before);
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    std::string value;
    if (terminal) {
        std::getline(std::cin, value);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::fputc('\n', stderr);
    } else {
        value.assign(std::istreambuf_iterator<char>(std::cin), {});
        if (!value.empty() && value.back() == '\n')
            value.pop_back();
    }
    return value;
}

// The keychain answers through the event loop; a command has nothing else to do meanwhile.
template <typename T, typename Start>
Result<T> wait(Start start)
{
    QEventLoop loop;
    std::optional<Result<T>> answer;
    start([&](Result<T> result) {
        answer.emplace(std::move(result));
        loop.quit();
    });
    if (!answer)
        loop.exec();
    return std::move(*answer);
}

std::string workspaceName(const Arguments &arguments, bool *ok)
{
    const std::string folder = arguments.has("--workspace") ? arguments.value("--workspace") : ".";
    auto document = config::Document::open(folder);
    *ok = document.ok();
    if (!document) {
        complain(document.error().text() + " Secrets belong to a workspace: name it with --workspace FOLDER.");
        return {};
    }
    return config::workspaceName(**document);
}

int run(const Arguments &arguments)
{
    const std::string &what = arguments.positional()[0];
    const bool lists = what == "list";
    if (what != "set" && what != "delete" && !lists) {
        complain("\"" + what + "\" is not one of set, delete, list.");
        return Usage;
    }
    if (lists != (arguments.positional().size() == 1)) {
        complain(lists ? "list takes no name." : "Name the secret: gatehouse-cli secret " + what + " NAME");
        return Usage;
    }
    bool ok = false;
    const std::string workspace = workspaceName(arguments, &ok);
    if (!ok)
        return Bad;
    engine::SecretStore store;
    if (lists) {
        const auto names = wait<std::vector<std::string>>([&](auto done) { store.names(workspace, std::move(done)); });
        if (!names) {
            complain(names.error().text());
            return Bad;
        }
        json::Value list = json::Value::array();
        for (const std::string &name : *names) {
            if (arguments.has("--json"))
                list.append(name);
            else
                print(name);
        }
        if (arguments.has("--json"))
            printJson(list);
        return Done;
    }
    const std::string &name = arguments.positional()[1];
    Result<void> result;
    if (what == "set") {
        std::string value = readValue(name);
        if (value.empty()) {
            complain("An empty value is not kept. To take a secret away: gatehouse-cli secret delete " + name);
            return Bad;
        }
        result = wait<void>([&](auto done) { store.set(workspace, name, std::move(value), std::move(done)); });
    } else {
        result = wait<void>([&](auto done) { store.remove(workspace, name, std::move(done)); });
    }
    if (!result) {
        complain(result.error().text());
        return Bad;
    }
    return Done;
}

} // namespace

const Command &secretCommand()
{
    static const Command command{"secret", "secret set|delete|list [NAME]", "Secrets of a workspace in the system keychain.",
                                 {{"--workspace", "FOLDER", "whose secrets (default: the current folder)"}, {"--json", "", "one JSON value on standard output"}},
                                 1, 2, run};
    return command;
}

} // namespace gatehouse::headless
