#include "gateway/config/resolve.h"

#include "gateway/config/expand.h"
#include "gateway/config/names.h"
#include "gateway/config/policykinds.h"
#include "gateway/config/shapes.h"
#include "gateway/config/ties.h"
#include "gateway/config/trust.h"
#include "gateway/schema/expression.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>

namespace gatehouse::config {

using schema::Node;
using schema::Path;
using schema::Step;

namespace {

std::string environmentWish(std::string_view name) { return "reads the variable " + std::string(name) + " of the process"; }
constexpr size_t leastSecret = 4; // shorter values stand everywhere by chance: those are masked by their place alone

class Resolver {
public:
    Resolver(const Document &document, const ResolveOptions &options) : m_document(document), m_options(options), m_reader(document.fileNames()) { }

    Resolved run()
    {
        readEnvironment();
        takeTextProblems();
        if (!m_document.folder().empty())
            m_reader.checkFile = [this](std::string_view name) {
                auto path = resolveInside(m_document.folder(), name);
                return path ? std::string() : path.error().message;
            };
        for (const std::string &name : m_document.files())
            readFile(name);
        if (m_whole)
            checkNames(m_reader.names, m_document.fileNames(), m_reader.problems);
        for (const Problem &problem : m_document.problems()) // of includes, which only the document knows
            if (problem.path.starts_with("include[") && problem.file == m_document.entry())
                m_reader.problems.push_back(problem);
        tellWishes();
        Resolved resolved;
        if (!schema::hasErrors(m_reader.problems)) {
            finish();
            m_workspace.secretValues.assign(m_secrets.begin(), m_secrets.end());
            tellTies(m_workspace, m_document, m_reader.problems);
            resolved.workspace = std::make_shared<const Workspace>(std::move(m_workspace));
        }
        schema::sortProblems(m_reader.problems);
        resolved.problems = std::move(m_reader.problems);
        withoutSecrets(resolved.problems, {m_secrets.begin(), m_secrets.end()});
        return resolved;
    }

private:
    bool isGranted(const std::string &what) const { return m_options.trusted || (m_options.granted && m_options.granted(what)); }
    bool withholds() const { return !m_options.trusted && m_options.granted; }

    void tellWishes()
    {
        if (m_options.trusted)
            return;
        for (Wish &wish : trustWishes(m_document)) {
            if (isGranted(wish.what))
                continue;
            if (withholds())
                m_reader.problems.push_back({Severity::Warning, wish.at.file, wish.at.line, 1, wish.at.path.text(), "held back until this folder is trusted: it " + wish.what, {}});
            else
                m_reader.problems.push_back({Severity::Error, wish.at.file, wish.at.line, 1, wish.at.path.text(), "this workspace is not trusted, and here it " + wish.what, {}});
            m_withheld.push_back(std::move(wish));
        }
    }

    void takeTextProblems()
    {
        for (const std::string &name : m_document.files()) {
            if (m_document.root(name))
                continue;
            m_whole = false;
            for (const Problem &problem : m_document.problems())
                if (problem.file == name)
                    m_reader.problems.push_back(problem);
        }
    }

    void readEnvironment()
    {
        if (m_options.environment.empty())
            return;
        const std::string name = "environments/" + m_options.environment + ".yaml";
        const Node *root = m_document.root(name);
        if (!root) {
            m_reader.allowUnexpanded = true; // what the variables would give is not known
            const auto files = m_document.files();
            if (std::find(files.begin(), files.end(), name) == files.end()) // else its text is told to be wrong
                tellMissingEnvironment();
            return;
        }
        Node expanded = *root;
        expand(expanded, m_document.fileNames(), [this](const Placeholder &placeholder, std::string &wrong) -> std::optional<std::string> {
            if (placeholder.type == Placeholder::Type::Environment)
                return lookup(placeholder, wrong);
            wrong = placeholder.type == Placeholder::Type::Secret ? "an environment holds no secrets; name ${secret:" + placeholder.name + "} where it is used"
                                                                  : "a variable can't be made of another";
            return {};
        }, m_reader.problems);
        for (const schema::Member &member : expanded.members) {
            if (member.value.isScalar() && member.value.unresolved && withholds())
                m_withheldVariables.push_back({member.key.text, "uses the variable " + member.key.text + ", which reads one of the process"});
            else if (member.value.isScalar())
                m_variables.push_back({member.key.text, member.value.text});
        }
    }

    // At the first place that needs it; where nothing does, at the beginning.
    void tellMissingEnvironment()
    {
        const auto known = m_document.environments();
        const auto near = nearest(m_options.environment, {known.begin(), known.end()});
        std::string message = "there is no environment \"" + m_options.environment + '"';
        if (known.empty())
            message += "; it would stand in environments/" + m_options.environment + ".yaml";
        for (size_t i = 0; i < known.size(); ++i)
            message += (i ? ", " : known.size() == 1 ? "; the only one is " : "; there are ") + known[i];
        Problem problem{Severity::Error, m_document.entry(), 1, 1, {}, std::move(message), std::string(near)};
        bool placed = false;
        for (const std::string &file : m_document.files())
            if (const Node *root = m_document.root(file); root && !file.starts_with("environments/"))
                visitPlaceholders(*root, [&](const Node &node, const Path &path, const Placeholder &placeholder) {
                    if (placeholder.type != Placeholder::Type::Variable || std::exchange(placed, true))
                        return;
                    problem.file = file;
                    problem.line = node.line;
                    problem.column = node.column;
                    problem.path = path.text();
                });
        m_reader.problems.push_back(std::move(problem));
    }

    std::optional<std::string> lookup(const Placeholder &placeholder, std::string &wrong) const
    {
        const std::string &name = placeholder.name;
        switch (placeholder.type) {
        case Placeholder::Type::Environment: {
            if (!isGranted(environmentWish(name)))
                return {}; // tellWishes() says so
            const char *value = m_options.variables ? nullptr : std::getenv(name.c_str());
            auto found = m_options.variables ? m_options.variables(name) : value ? std::optional<std::string>(value) : std::nullopt;
            if (!found)
                wrong = "the variable " + name + " of the process is not set";
            return found;
        }
        case Placeholder::Type::Secret: {
            if (!isGranted(secretWish(name)))
                return {};
            auto found = m_options.secrets ? m_options.secrets(name) : std::nullopt;
            if (found && found->size() >= leastSecret)
                m_secrets.insert(*found);
            if (!found && m_options.whyNoSecret)
                wrong = m_options.whyNoSecret(name);
            if (!found && wrong.empty())
                wrong = "the secret \"" + name + "\" is not set; set it with: gatehouse-cli secret set " + name;
            return found;
        }
        case Placeholder::Type::Variable: break;
        }
        if (m_reader.allowUnexpanded) // there is no such environment, which is told once
            return "${" + name + '}';
        std::vector<std::string_view> known;
        for (const auto &[variable, why] : m_withheldVariables)
            if (variable == name)
                return {};
        for (const auto &[variable, value] : m_variables) {
            if (variable == name)
                return value;
            known.push_back(variable);
        }
        const auto near = nearest(name, known);
        wrong = m_options.environment.empty() ? "${" + name + "} needs an environment; choose one (--env NAME)"
                                              : "the environment \"" + m_options.environment + "\" has no variable \"" + name + '"' + (near.empty() ? std::string() : "; did you mean \"" + std::string(near) + "\"?");
        return {};
    }

    void readFile(const std::string &name)
    {
        const Node *root = m_document.root(name);
        if (!root)
            return;
        Node expanded = *root;
        if (name.starts_with("environments/")) {
            const bool allow = m_reader.allowUnexpanded;
            m_reader.allowUnexpanded = true;
            m_document.shapeOf(name)->check(expanded, m_reader);
            m_reader.allowUnexpanded = allow;
            return;
        }
        expand(expanded, m_document.fileNames(), [this](const Placeholder &placeholder, std::string &wrong) { return lookup(placeholder, wrong); }, m_reader.problems);
        if (withholds())
            withholdIn(name, *root, expanded);
        WorkspaceFile file;
        (name == m_document.entry() ? workspaceShape() : includeShape())->read(expanded, file, m_reader);
        if (name == m_document.entry()) {
            m_workspace.name = file.name;
            m_workspace.settings = std::move(file.settings);
        }
        take(file.listeners, m_workspace.listeners, name, expanded, "listeners");
        take(file.upstreams, m_workspace.upstreams, name, expanded, "upstreams");
        take(file.consumers, m_workspace.consumers, name, expanded, "consumers");
        take(file.policies, m_workspace.policies, name, expanded, "policies");
        take(file.groups, m_workspace.groups, name, expanded, "groups");
        take(file.routes, m_workspace.routes, name, expanded, "routes");
        take(file.mocks, m_workspace.mocks, name, expanded, "mocks");
    }

    void withholdIn(const std::string &file, const Node &root, Node &expanded)
    {
        for (schema::Member &member : expanded.members)
            if (member.key.text == "settings")
                dropUnresolved(member.value);
        if (!m_withheldVariables.empty())
            visitPlaceholders(root, [&](const Node &node, const Path &path, const Placeholder &placeholder) {
                for (const auto &[variable, why] : m_withheldVariables)
                    if (placeholder.type == Placeholder::Type::Variable && placeholder.name == variable)
                        m_withheld.push_back({why, {file, path, node.line}, Wish::Kind::Variable});
            });
    }

    // What a setting may not know is left at its default.
    static void dropUnresolved(Node &node)
    {
        const auto unresolved = [](const Node &value) { return value.isScalar() && value.unresolved; };
        std::erase_if(node.items, unresolved);
        std::erase_if(node.members, [&](const schema::Member &member) { return unresolved(member.value); });
        for (Node &item : node.items)
            dropUnresolved(item);
        for (schema::Member &member : node.members)
            dropUnresolved(member.value);
    }

    template <typename T>
    void take(std::vector<T> &from, std::vector<T> &into, const std::string &file, const Node &root, const char *section)
    {
        const Node *list = root.find(section);
        for (size_t i = 0; i < from.size(); ++i) {
            const Node *node = list && i < list->items.size() ? &list->items[i] : nullptr;
            from[i].origin = {file, Path{section, i}, node ? node->line : 0};
            if constexpr (requires { from[i].policies; })
                placePolicies(from[i].policies, from[i].origin, node ? node->find("policies") : nullptr);
            into.push_back(std::move(from[i]));
        }
    }

    static void placePolicies(std::vector<PolicyEntry> &entries, const Origin &owner, const Node *list)
    {
        for (size_t i = 0; i < entries.size(); ++i)
            entries[i].origin = {owner.file, owner.path / Step("policies") / Step(i), list && i < list->items.size() ? list->items[i].line : owner.line};
    }

    // What only the whole can give: references followed, defaults that depend on others.
    void finish()
    {
        m_workspace.folder = m_document.folder();
        if (m_workspace.name.empty())
            m_workspace.name = std::filesystem::path(m_workspace.folder).filename().string();
        if (withholds())
            withhold(m_workspace, m_withheld);
        for (PolicyEntry &entry : m_workspace.policies)
            setOnError(entry);
        for (Listener &listener : m_workspace.listeners) {
            listener.limits = merged(m_workspace.settings.limits, listener.limitsGiven);
            follow(listener.policies);
        }
        for (Group &group : m_workspace.groups)
            follow(group.policies);
        for (Route &route : m_workspace.routes)
            follow(route.policies);
    }

    static void setOnError(PolicyEntry &entry)
    {
        const PolicyKind *kind = policyKind(entry.kind);
        entry.onError = entry.onErrorWritten.value_or(kind && kind->closedOnError ? OnError::Closed : OnError::Open);
    }

    void follow(std::vector<PolicyEntry> &entries) const
    {
        for (PolicyEntry &entry : entries) {
            if (!entry.reference.empty()) {
                const auto shared = std::find_if(m_workspace.policies.begin(), m_workspace.policies.end(), [&](const PolicyEntry &one) { return one.name == entry.reference; });
                if (shared == m_workspace.policies.end())
                    continue; // told as a reference to nothing
                Origin origin = entry.origin;
                std::string reference = entry.reference;
                entry = *shared;
                entry.origin = std::move(origin);
                entry.reference = std::move(reference);
            }
            setOnError(entry);
        }
    }

    const Document &m_document;
    const ResolveOptions &m_options;
    schema::Reader m_reader;
    std::vector<std::pair<std::string, std::string>> m_variables;
    std::vector<std::pair<std::string, std::string>> m_withheldVariables; // and why
    std::vector<Wish> m_withheld;
    mutable std::set<std::string> m_secrets; // values that were looked up
    Workspace m_workspace;
    bool m_whole = true;
};

bool loopbackTarget(std::string_view text)
{
    const auto url = schema::parseUrl(text);
    if (!url)
        return true; // an error of its own, or not known before variables are
    if (!url->socket.empty())
        return false; // behind many a socket stands the whole machine: a container engine's, for one
    const auto ip = IpAddress::parse(url->host);
    return ip ? ip->isLoopback() : url->host == "localhost" || url->host.ends_with(".localhost");
}

} // namespace

void withoutSecrets(Problems &problems, const std::vector<std::string> &values)
{
    for (Problem &problem : problems) {
        replaceAll(problem.message, values, "[redacted]");
        replaceAll(problem.suggestion, values, "[redacted]");
    }
}

Resolved resolve(const Document &document, const ResolveOptions &options) { return Resolver(document, options).run(); }

std::string secretWish(std::string_view name) { return "reads the secret \"" + std::string(name) + '"'; }

std::string workspaceName(const Document &document)
{
    const Node *root = document.root(document.entry());
    const Node *name = root ? root->find("name") : nullptr;
    if (name && name->isScalar() && !name->text.empty())
        return name->text;
    return std::filesystem::path(document.folder()).filename().string();
}

std::vector<std::string> secretNames(const Document &document)
{
    std::vector<std::string> names;
    for (const std::string &file : document.files())
        if (const Node *root = document.root(file))
            visitPlaceholders(*root, [&](const Node &, const Path &, const Placeholder &placeholder) {
                if (placeholder.type == Placeholder::Type::Secret)
                    names.push_back(placeholder.name);
            });
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::vector<Wish> trustWishes(const Document &document)
{
    std::vector<Wish> wishes;
    for (const std::string &file : document.files()) {
        const Node *root = document.root(file);
        if (!root)
            continue;
        const auto wish = [&](Wish::Kind kind, std::string what, const Node &at, const Path &path) { wishes.push_back({std::move(what), {file, path, at.line}, kind}); };
        visitPlaceholders(*root, [&](const Node &node, const Path &path, const Placeholder &placeholder) {
            if (placeholder.type == Placeholder::Type::Secret)
                wish(Wish::Kind::Secret, secretWish(placeholder.name), node, path);
            else if (placeholder.type == Placeholder::Type::Environment)
                wish(Wish::Kind::Variable, environmentWish(placeholder.name), node, path);
        });
        const Node *listeners = root->find("listeners"), *upstreams = root->find("upstreams");
        for (size_t i = 0; listeners && i < listeners->items.size(); ++i) {
            if (const Node *address = listeners->items[i].find("address"); address && address->text.starts_with("unix:"))
                wish(Wish::Kind::Expose, "listens at the socket " + escapeControls(address->text.substr(5)), *address, Path{"listeners", i, "address"});
            if (const Node *expose = listeners->items[i].find("expose"); expose && expose->text != "false")
                wish(Wish::Kind::Expose, "listens where other machines reach it", *expose, Path{"listeners", i, "expose"});
        }
        for (size_t i = 0; upstreams && i < upstreams->items.size(); ++i) {
            const Node *endpoints = upstreams->items[i].find("endpoints");
            for (size_t j = 0; endpoints && j < endpoints->items.size(); ++j) {
                const Node &endpoint = endpoints->items[j];
                const Node *url = endpoint.isScalar() ? &endpoint : endpoint.find("url");
                if (url && url->isScalar() && !loopbackTarget(url->text))
                    wish(Wish::Kind::Target, "sends requests to " + escapeControls(url->text), *url, Path{"upstreams", i, "endpoints", j});
                else if (url && url->isScalar() && url->text.find("${") != std::string::npos)
                    wish(Wish::Kind::Target, "sends requests to where " + escapeControls(url->text) + " leads", *url, Path{"upstreams", i, "endpoints", j});
            }
        }
    }
    return wishes;
}

} // namespace gatehouse::config
