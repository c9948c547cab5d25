#include "gateway/config/expand.h"

#include "gateway/base/text.h"

namespace gatehouse::config {

using schema::Member;
using schema::Node;
using schema::Path;
using schema::Step;

std::vector<Placeholder> placeholders(std::string_view text, std::string &wrong)
{
    std::vector<Placeholder> found;
    for (size_t at = 0; (at = text.find("${", at)) != std::string_view::npos;) {
        if (at > 0 && text[at - 1] == '$') { // $${ is a literal ${
            at += 2;
            continue;
        }
        const size_t close = text.find('}', at);
        if (close == std::string_view::npos) {
            wrong = "${ has no } after it; a literal ${ is written $${";
            return found;
        }
        std::string_view name = text.substr(at + 2, close - at - 2);
        Placeholder placeholder{Placeholder::Type::Variable, {}, at, close + 1};
        if (name.starts_with("env:")) {
            placeholder.type = Placeholder::Type::Environment;
            name.remove_prefix(4);
        } else if (name.starts_with("secret:")) {
            placeholder.type = Placeholder::Type::Secret;
            name.remove_prefix(7);
        }
        if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") != std::string_view::npos) {
            wrong = "${" + escapeControls(text.substr(at + 2, close - at - 2)) + "} names nothing: ${NAME}, ${env:NAME} or ${secret:NAME}";
            return found;
        }
        placeholder.name = std::string(name);
        found.push_back(std::move(placeholder));
        at = close + 1;
    }
    return found;
}

namespace {

class Expander {
public:
    Expander(const std::vector<std::string> &files, const Lookup &lookup, Problems &problems) : m_files(files), m_lookup(lookup), m_problems(problems) { }

    void run(Node &node)
    {
        if (node.isScalar()) {
            if (node.text.find("${") != std::string::npos)
                scalar(node);
            return;
        }
        for (size_t i = 0; i < node.items.size(); ++i)
            below(node.items[i], Step(i));
        for (Member &member : node.members)
            below(member.value, Step(member.key.text));
    }

private:
    void below(Node &node, Step step)
    {
        m_path.push(std::move(step));
        run(node);
        m_path.pop();
    }

    void tell(Node &node, std::string message)
    {
        node.unresolved = true;
        if (!message.empty()) // else it is told by who keeps the value back
            m_problems.push_back({Severity::Error, m_files[node.file], node.line, node.column, m_path.text(), std::move(message), {}});
    }

    void scalar(Node &node)
    {
        std::string wrong, out;
        const auto all = placeholders(node.text, wrong);
        if (!wrong.empty())
            tell(node, wrong);
        size_t at = 0;
        const auto literal = [&](size_t end) {
            while (at < end) {
                if (node.text.compare(at, 3, "$${") == 0)
                    ++at;
                out += node.text[at++];
            }
        };
        for (const Placeholder &placeholder : all) {
            literal(placeholder.begin);
            std::string missing;
            if (auto value = m_lookup(placeholder, missing))
                out += *value;
            else
                tell(node, missing);
            at = placeholder.end;
        }
        literal(node.text.size());
        node.written = node.text;
        node.text = std::move(out);
    }

    const std::vector<std::string> &m_files;
    const Lookup &m_lookup;
    Problems &m_problems;
    Path m_path;
};

void visit(const Node &node, Path &path, const std::function<void(const Node &, const Path &, const Placeholder &)> &call)
{
    if (node.isScalar()) {
        std::string wrong;
        for (const Placeholder &placeholder : placeholders(node.text, wrong))
            call(node, path, placeholder);
    }
    for (size_t i = 0; i < node.items.size(); ++i) {
        path.push(Step(i));
        visit(node.items[i], path, call);
        path.pop();
    }
    for (const Member &member : node.members) {
        path.push(Step(member.key.text));
        visit(member.value, path, call);
        path.pop();
    }
}

} // namespace

void expand(Node &root, const std::vector<std::string> &files, const Lookup &lookup, Problems &problems) { Expander(files, lookup, problems).run(root); }

void visitPlaceholders(const Node &root, const std::function<void(const Node &, const Path &, const Placeholder &)> &call)
{
    Path path;
    visit(root, path, call);
}

} // namespace gatehouse::config
