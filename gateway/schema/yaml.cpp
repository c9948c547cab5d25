#include "gateway/schema/yaml.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"

#include <yaml.h>

#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace gatehouse::schema {
namespace {

Problem problemAt(const std::string &name, uint32_t line, uint32_t column, std::string message, const Path &path = {})
{
    return {Severity::Error, name, line, column, path.text(), std::move(message), {}};
}

std::optional<Problem> tooLarge(std::string_view text, const std::string &name, const ParseLimits &limits)
{
    if (text.size() <= limits.bytes)
        return {};
    return problemAt(name, 1, 1, "the file has " + humanSize(text.size()) + "; the most is " + humanSize(limits.bytes));
}

std::pair<uint32_t, uint32_t> placeOf(std::string_view text, size_t offset)
{
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++column;
        }
    }
    return {line, column};
}

// libyaml's marks count characters; nodes count bytes.
class Offsets {
public:
    explicit Offsets(std::string_view text)
    {
        m_size = text.size(); // a byte order mark counts as a character: the encoding is given, not guessed
        bool ascii = true;
        for (char c : text)
            ascii = ascii && static_cast<unsigned char>(c) < 0x80;
        if (ascii)
            return;
        for (size_t i = 0; i < text.size(); ++i)
            if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80)
                m_table.push_back(static_cast<uint32_t>(i));
    }
    size_t of(const yaml_mark_t &mark) const
    {
        if (m_table.empty())
            return std::min(mark.index, m_size);
        return mark.index < m_table.size() ? m_table[mark.index] : m_size;
    }

private:
    std::vector<uint32_t> m_table;
    size_t m_size = 0;
};

struct Event {
    yaml_event_t raw{};
    Event() = default;
    Event(const Event &) = delete;
    Event &operator=(const Event &) = delete;
    ~Event() { yaml_event_delete(&raw); }
};

size_t countNodes(const Node &node)
{
    size_t count = 1;
    for (const Node &item : node.items)
        count += countNodes(item);
    for (const Member &member : node.members)
        count += countNodes(member.value);
    return count;
}

class Builder {
public:
    Builder(std::string_view text, uint16_t file, const std::string &name, const ParseLimits &limits)
        : m_text(text), m_file(file), m_name(name), m_limits(limits), m_offsets(text)
    {
        yaml_parser_initialize(&m_parser);
        yaml_parser_set_encoding(&m_parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&m_parser, reinterpret_cast<const unsigned char *>(text.data()), text.size());
    }
    Builder(const Builder &) = delete;
    Builder &operator=(const Builder &) = delete;
    ~Builder() { yaml_parser_delete(&m_parser); }

    Result<Node, Problems> run()
    {
        Node root;
        if (readStream(root) && m_problems.empty())
            return root;
        sortProblems(m_problems);
        return m_problems;
    }

private:
    bool readStream(Node &root)
    {
        bool seen = false;
        for (;;) {
            Event event;
            if (!next(event))
                return false;
            switch (event.raw.type) {
            case YAML_STREAM_END_EVENT:
                if (!seen)
                    root = emptyMap();
                return true;
            case YAML_DOCUMENT_START_EVENT:
                if (seen) {
                    tell(event.raw.start_mark, "a second document begins here; a file holds one");
                    return false;
                }
                seen = true;
                if (!readNode(root, 0))
                    return false;
                if (root.isNull())
                    root = emptyMap();
                break;
            default: break;
            }
        }
    }

    Node emptyMap() const
    {
        Node node = Node::map();
        node.file = m_file;
        node.line = node.column = 1;
        node.span = {m_text.size(), m_text.size()};
        return node;
    }

    void tell(const yaml_mark_t &mark, std::string message)
    {
        m_problems.push_back(problemAt(m_name, static_cast<uint32_t>(mark.line + 1), static_cast<uint32_t>(mark.column + 1), std::move(message), m_path));
    }

    bool next(Event &event)
    {
        if (yaml_parser_parse(&m_parser, &event.raw))
            return true;
        tellSyntax();
        return false;
    }

    void tellSyntax()
    {
        const std::string_view problem = m_parser.problem ? m_parser.problem : "not YAML";
        const std::string_view context = m_parser.context ? m_parser.context : "";
        if (m_parser.error == YAML_READER_ERROR) {
            const auto [line, column] = placeOf(m_text, m_parser.problem_offset);
            m_problems.push_back(problemAt(m_name, line, column, problem.find("control") != std::string_view::npos
                    ? "a control character can't stand in YAML" : "not well-formed UTF-8"));
            return;
        }
        const size_t at = m_offsets.of(m_parser.problem_mark);
        m_problems.push_back(problemAt(m_name, static_cast<uint32_t>(m_parser.problem_mark.line + 1),
            static_cast<uint32_t>(m_parser.problem_mark.column + 1), explain(problem, context, at < m_text.size() ? m_text[at] : '\0'), m_path));
    }

    std::string explain(std::string_view problem, std::string_view context, char at) const
    {
        const auto says = [&](std::string_view words) { return problem.find(words) != std::string_view::npos; };
        const bool flow = context.find("flow") != std::string_view::npos;
        if (context.find("alias") != std::string_view::npos)
            return "* begins an alias in YAML; quote the value, as in \"*.shop.test\"";
        if (context.find("anchor") != std::string_view::npos)
            return "& begins an anchor in YAML; quote the value";
        if (says("cannot start any token") && at == '\t')
            return "a tab can't stand here; indent with spaces";
        if (says("cannot start any token"))
            return std::string("a value can't begin with ") + (at ? std::string(1, at) : "this") + "; quote the value";
        if (flow)
            return "expected a comma or the closing bracket; inside [ ] and { } a value that holds { } [ ] or , must be quoted, as in \"/orders/{id}\"";
        if (says("mapping values are not allowed"))
            return "a colon is not expected here: the indentation is off, or text that holds \": \" needs quotes";
        if (says("did not find expected key") || says("could not find expected ':'"))
            return "expected `key: value` here: the indentation is off, or a colon is missing";
        if (says("did not find expected '-' indicator"))
            return "expected an item that begins with - here: the indentation is off";
        if (says("block sequence entries are not allowed"))
            return "an item that begins with - can't stand here";
        if (context.find("quoted scalar") != std::string_view::npos && says("end of stream"))
            return "the closing quote is missing";
        if (context.find("quoted scalar") != std::string_view::npos)
            return "not an escape that YAML knows; in double quotes \\ is written \\\\";
        std::string message = "not YAML: " + std::string(problem);
        return context.empty() ? message : message + ' ' + std::string(context);
    }

    void place(Node &node, const yaml_event_t &event) const
    {
        node.file = m_file;
        node.line = static_cast<uint32_t>(event.start_mark.line + 1);
        node.column = static_cast<uint32_t>(event.start_mark.column + 1);
        node.span = {m_offsets.of(event.start_mark), m_offsets.of(event.end_mark)};
    }

    // With m_ahead where the event has been read already.
    bool readNode(Node &node, unsigned depth)
    {
        Event event;
        return next(event) && readNode(node, event, depth);
    }

    bool readNode(Node &node, Event &event, unsigned depth)
    {
        const yaml_event_t &raw = event.raw;
        if (depth >= m_limits.depth) {
            tell(raw.start_mark, "nested deeper than " + std::to_string(m_limits.depth) + " levels");
            return false;
        }
        if (++m_count > m_limits.nodes) {
            tell(raw.start_mark, "more than " + std::to_string(m_limits.nodes) + " values in one file");
            return false;
        }
        place(node, raw);
        const yaml_char_t *anchor = nullptr, *tag = nullptr;
        bool ok = false;
        switch (raw.type) {
        case YAML_ALIAS_EVENT: return readAlias(node, raw);
        case YAML_SCALAR_EVENT:
            anchor = raw.data.scalar.anchor;
            tag = raw.data.scalar.tag;
            readScalar(node, raw);
            ok = true;
            break;
        case YAML_SEQUENCE_START_EVENT:
            anchor = raw.data.sequence_start.anchor;
            tag = raw.data.sequence_start.tag;
            node.kind = NodeKind::List;
            node.flow = raw.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
            ok = readList(node, depth);
            break;
        case YAML_MAPPING_START_EVENT:
            anchor = raw.data.mapping_start.anchor;
            tag = raw.data.mapping_start.tag;
            node.kind = NodeKind::Map;
            node.flow = raw.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
            ok = readMap(node, depth);
            break;
        default: tell(raw.start_mark, "a value is missing"); return false;
        }
        if (tag)
            tell(raw.start_mark, "tags (" + escapeControls(reinterpret_cast<const char *>(tag)) + ") have no meaning here; remove it");
        if (anchor && ok) // one that is too large for any alias is kept as nothing: copies of it, one in another, would fill the memory
            m_anchors[reinterpret_cast<const char *>(anchor)] = countNodes(node) <= m_limits.aliasNodes ? std::make_shared<Node>(node) : nullptr;
        return ok && m_problems.size() < m_limits.problems;
    }

    void readScalar(Node &node, const yaml_event_t &raw)
    {
        node.text.assign(reinterpret_cast<const char *>(raw.data.scalar.value), raw.data.scalar.length);
        switch (raw.data.scalar.style) {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: node.quoting = Quoting::Single; break;
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: node.quoting = Quoting::Double; break;
        case YAML_LITERAL_SCALAR_STYLE: node.quoting = Quoting::Literal; break;
        case YAML_FOLDED_SCALAR_STYLE: node.quoting = Quoting::Folded; break;
        default: node.quoting = Quoting::Plain;
        }
        if (node.quoting == Quoting::Literal || node.quoting == Quoting::Folded) {
            // The mark lies behind the empty lines that follow. The last line break is not the value's own, for splicing.
            const std::string_view header = m_text.substr(node.span.begin, m_text.substr(node.span.begin).find('\n'));
            const bool keep = header.substr(0, 4).find('+') != std::string_view::npos;
            const auto last = [&] { return node.span.end > node.span.begin ? m_text[node.span.end - 1] : 'x'; };
            if (keep && last() == '\n')
                --node.span.end;
            while (!keep && (last() == '\n' || last() == ' ' || last() == '\r' || last() == '\t'))
                --node.span.end;
        }
        // An anchor or tag in front belongs to the value; it is not seen in plain ones' marks otherwise.
    }

    bool readAlias(Node &node, const yaml_event_t &raw)
    {
        const std::string name = reinterpret_cast<const char *>(raw.data.alias.anchor);
        const auto it = m_anchors.find(name);
        if (it == m_anchors.end()) {
            tell(raw.start_mark, "*" + escapeControls(name) + " is an alias of nothing; quote the value if it is text");
            node.unresolved = true;
            return true;
        }
        m_aliased += it->second ? countNodes(*it->second) : m_limits.aliasNodes + 1;
        if (m_aliased > m_limits.aliasNodes) {
            tell(raw.start_mark, "aliases make more than " + std::to_string(m_limits.aliasNodes) + " values");
            return false;
        }
        const Node here = node;
        node = *it->second;
        node.alias = true;
        node.file = here.file;
        node.line = here.line;
        node.column = here.column;
        node.span = here.span;
        return true;
    }

    bool readList(Node &node, unsigned depth)
    {
        for (;;) {
            Event event;
            if (!next(event))
                return false;
            if (event.raw.type == YAML_SEQUENCE_END_EVENT) {
                node.span.end = node.flow ? m_offsets.of(event.raw.end_mark) : node.items.empty() ? node.span.end : node.items.back().span.end;
                return true;
            }
            m_path.push(Step(node.items.size()));
            Node item;
            const bool ok = readNode(item, event, depth + 1);
            m_path.pop();
            node.items.push_back(std::move(item));
            if (!ok)
                return false;
        }
    }

    bool readMap(Node &node, unsigned depth)
    {
        std::unordered_map<std::string, uint32_t> seen;
        for (;;) {
            Event event;
            if (!next(event))
                return false;
            if (event.raw.type == YAML_MAPPING_END_EVENT) {
                if (node.flow)
                    node.span.end = m_offsets.of(event.raw.end_mark);
                else if (!node.members.empty())
                    node.span.end = std::max(node.members.back().value.span.end, node.members.back().key.span.end);
                return true;
            }
            if (event.raw.type != YAML_SCALAR_EVENT) {
                tell(event.raw.start_mark, "a key must be text");
                return false;
            }
            Node key;
            if (!readNode(key, event, depth + 1))
                return false;
            Member member{{key.text, key.quoting, key.span, key.line, key.column}, {}};
            m_path.push(Step(key.text));
            const auto [it, fresh] = seen.emplace(key.text, key.line);
            if (!fresh)
                tell(event.raw.start_mark, '`' + escapeControls(key.text) + "` stands here twice; it is also in line " + std::to_string(it->second));
            const bool ok = readNode(member.value, depth + 1);
            m_path.pop();
            if (fresh)
                node.members.push_back(std::move(member));
            if (!ok || m_problems.size() >= m_limits.problems)
                return false;
        }
    }

    std::string_view m_text;
    uint16_t m_file;
    const std::string &m_name;
    const ParseLimits &m_limits;
    Offsets m_offsets;
    yaml_parser_t m_parser{};
    Problems m_problems;
    Path m_path;
    std::unordered_map<std::string, std::shared_ptr<const Node>> m_anchors;
    size_t m_aliased = 0, m_count = 0;
};

Node fromJson(const json::Value &value, uint16_t file)
{
    Node node;
    node.file = file;
    node.line = value.line;
    node.column = value.column;
    node.span = {value.offset, value.end};
    node.flow = true;
    switch (value.type) {
    case json::Type::Null: node.text = "null"; break;
    case json::Type::Bool: node.text = value.boolean ? "true" : "false"; break;
    case json::Type::Number: node.text = value.text; break;
    case json::Type::String:
        node.text = value.text;
        node.quoting = Quoting::Double;
        break;
    case json::Type::Array:
        node.kind = NodeKind::List;
        for (const json::Value &item : value.items)
            node.items.push_back(fromJson(item, file));
        break;
    case json::Type::Object:
        node.kind = NodeKind::Map;
        for (const json::Member &member : value.members)
            node.members.push_back({{member.key, Quoting::Double, {member.keyOffset, member.keyEnd}, member.keyLine, member.keyColumn}, fromJson(member.value, file)});
        break;
    }
    if (node.isScalar())
        node.flow = false;
    return node;
}

} // namespace

Result<Node, Problems> parseYaml(std::string_view text, uint16_t file, const std::string &name, const ParseLimits &limits)
{
    if (auto problem = tooLarge(text, name, limits))
        return Problems{std::move(*problem)};
    return Builder(text, file, name, limits).run();
}

Result<Node, Problems> parseJson(std::string_view text, uint16_t file, const std::string &name, const ParseLimits &limits)
{
    if (auto problem = tooLarge(text, name, limits))
        return Problems{std::move(*problem)};
    Problems problems;
    std::vector<json::ParseError> duplicates;
    auto value = json::parse(text, {limits.depth, limits.nodes}, &duplicates);
    for (const json::ParseError &duplicate : duplicates)
        problems.push_back(problemAt(name, duplicate.line, duplicate.column, duplicate.message));
    if (!value)
        problems.push_back(problemAt(name, value.error().line, value.error().column, value.error().message));
    if (!problems.empty())
        return problems;
    return fromJson(*value, file);
}

bool isJsonFile(std::string_view name) { return name.size() > 5 && name.substr(name.size() - 5) == ".json"; }

Result<Node, Problems> parseDocument(std::string_view text, uint16_t file, const std::string &name, const ParseLimits &limits)
{
    return isJsonFile(name) ? parseJson(text, file, name, limits) : parseYaml(text, file, name, limits);
}

} // namespace gatehouse::schema
