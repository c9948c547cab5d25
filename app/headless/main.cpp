// gatehouse-cli: the engine without a window.
#include "app/headless/command.h"
#include "gateway/base/text.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cstdio>

namespace gatehouse::headless {

const std::vector<Command> &commands()
{
    static const std::vector<Command> all{
        serveCommand(), checkCommand(), formatCommand(), explainCommand(), exportCommand(),
        schemaCommand(), exchangesCommand(), ctlCommand(), secretCommand(),
    };
    return all;
}

void complain(std::string_view message)
{
    std::string text = "gatehouse-cli: ";
    for (std::string_view line : split(message, '\n'))
        text += escapeControls(line) + "\n";
    std::fputs(text.c_str(), stderr);
}

void print(std::string_view line)
{
    std::fprintf(stdout, "%s\n", escapeControls(line).c_str());
    std::fflush(stdout);
}

void printJson(const json::Value &value, int indent)
{
    std::fprintf(stdout, "%s\n", json::write(value, indent).c_str());
    std::fflush(stdout);
}

namespace {

void help(const Command &command)
{
    std::printf("Usage: gatehouse-cli %s\n\n%s\n", std::string(command.synopsis).c_str(), std::string(command.summary).c_str());
    if (command.options.empty())
        return;
    std::printf("\nOptions:\n");
    for (const OptionSpec &option : command.options) {
        std::string left(option.name);
        if (!option.valueName.empty())
            left += " " + std::string(option.valueName);
        std::printf("  %-24s %s\n", left.c_str(), std::string(option.help).c_str());
    }
}

void help()
{
    std::printf("gatehouse-cli %s: an API gateway for your own machine.\n\nUsage: gatehouse-cli COMMAND …\n\n", GATEHOUSE_VERSION);
    for (const Command &command : commands())
        std::printf("  %-40s %s\n", std::string(command.synopsis).c_str(), std::string(command.summary).c_str());
    std::printf("\ngatehouse-cli help COMMAND says more. WORKSPACE is a folder or its gatehouse.yaml.\n"
                "Exit status: 0 done, 1 the input or the outcome is bad, 2 wrong usage.\n");
}

const Command *find(std::string_view name)
{
    const auto at = std::find_if(commands().begin(), commands().end(), [&](const Command &c) { return c.name == name; });
    return at == commands().end() ? nullptr : &*at;
}

// An option in front of the command: one that is misspelt, or that belongs behind it.
int unknownOption(const std::string &word)
{
    const std::string name = word.substr(0, word.find('='));
    std::vector<std::string_view> known{"--help", "--version"};
    for (const Command &command : commands())
        for (const OptionSpec &option : command.options) {
            if (option.name == name) {
                complain(name + " stands behind its command: gatehouse-cli " + std::string(command.name) + " … " + name + ".");
                return Usage;
            }
            known.push_back(option.name);
        }
    const std::string_view near = nearest(name, known);
    complain(escapeControls(name) + " is not an option." + (near.empty() ? " gatehouse-cli help lists commands." : " Did you mean " + std::string(near) + "?"));
    return Usage;
}

int unknown(const std::string &name)
{
    if (name.starts_with("-"))
        return unknownOption(name);
    std::vector<std::string_view> known;
    for (const Command &command : commands())
        known.push_back(command.name);
    const std::string_view near = nearest(name, known);
    complain("\"" + name + "\" is not a command." + (near.empty() ? " gatehouse-cli help lists them." : " Did you mean " + std::string(near) + "?"));
    return Usage;
}

int run(const std::vector<std::string> &words)
{
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || (words[0] == "help" && words.size() == 1)) {
        help();
        return words.empty() ? Usage : Done;
    }
    if (words[0] == "--version") {
        std::printf("gatehouse-cli %s\n", GATEHOUSE_VERSION);
        return Done;
    }
    const bool wantsHelp = words[0] == "help";
    const Command *command = find(wantsHelp ? words[1] : words[0]);
    if (!command)
        return unknown(wantsHelp ? words[1] : words[0]);
    const auto ownWords = std::find(words.begin() + 1, words.end(), "--");
    if (wantsHelp || std::find(words.begin() + 1, ownWords, "--help") != ownWords) {
        help(*command);
        return Done;
    }
    auto arguments = Arguments::parse({words.begin() + 1, words.end()}, command->options, command->leastPositional, command->mostPositional);
    if (!arguments) {
        complain(arguments.error().message + "\nUsage: gatehouse-cli " + std::string(command->synopsis));
        return Usage;
    }
    return command->run(*arguments);
}

} // namespace
} // namespace gatehouse::headless

int main(int argc, char **argv)
{
    // A worker under the glib dispatcher pays for each idle connection.
    qputenv("QT_NO_THREADED_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("gatehouse"));
    QCoreApplication::setApplicationVersion(QStringLiteral(GATEHOUSE_VERSION));
    return gatehouse::headless::run({argv + 1, argv + argc});
}
