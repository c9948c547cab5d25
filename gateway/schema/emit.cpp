#include "gateway/schema/emit.h"

#include "gateway/base/json.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdio>

namespace gatehouse::schema {
namespace {

constexpr size_t lineWidth = 120;

// Whether a reader of YAML might take this plain text for something other than text.
bool looksTyped(std::string_view text)
{
    static const RE2 typed("(?i)~|null|true|false|yes|no|on|off|[-+]?\\.?[0-9][0-9_.,:eExXa-fA-F+-]*|[-+]?\\.(inf|nan)|=|<<");
    return text.empty() || RE2::FullMatch(re2::StringPiece(text.data(), text.size()), typed);
}

bool printable(std::string_view text)
{
    while (!text.empty()) {
        const size_t length = json::utf8Length(text);
        const auto first = static_cast<unsigned char>(text[0]);
        if (length == 0 || (length == 1 && (first < 0x20 || first == 0x7F)))
            return false;
        if (length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) // C1 and NEL
            return false;
        if (text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9") || text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF"))
            return false;
        text.remove_prefix(length);
    }
    return true;
}

// Whether YAML reads this text back the same without quotes.
bool plainPossible(std::string_view text, Context context)
{
    if (text.empty() || !printable(text) || text.front() == ' ' || text.back() == ' ' || text.back() == ':')
        return false;
    if (std::string_view("?:-").find(text[0]) != std::string_view::npos) {
        if (text.size() < 2 || text[1] == ' ' || context == Context::Flow || text[0] == '?')
            if (!(text[0] == '-' && text.size() > 1 && text[1] != ' ' && text[1] != '-'))
                return false;
    } else if (std::string_view(",[]{}#&*!|>'\"%@`").find(text[0]) != std::string_view::npos) {
        return false;
    }
    if (text.starts_with("---") || text.starts_with("..."))
        return false;
    if (context == Context::Flow && text.find_first_of(",[]{}?") != std::string_view::npos)
        return false;
    return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos;
}

std::string doubleQuoted(std::string_view text)
{
    std::string out = "\"";
    char buffer[16];
    while (!text.empty()) {
        const size_t length = json::utf8Length(text);
        const std::string_view one = text.substr(0, std::max<size_t>(length, 1));
        const auto first = static_cast<unsigned char>(one[0]);
        if (one == "\"" || one == "\\") {
            out += '\\';
            out += one;
        } else if (one == "\n") {
            out += "\\n";
        } else if (one == "\t") {
            out += "\\t";
        } else if (one == "\r") {
            out += "\\r";
        } else if (length <= 1 && (length == 0 || first < 0x20 || first == 0x7F)) {
            std::snprintf(buffer, sizeof buffer, "\\x%02X", static_cast<unsigned>(first));
            out += buffer;
        } else if (!printable(one)) {
            const auto at = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(one[i])); };
            const unsigned code = length == 2 ? (at(0) & 31) << 6 | (at(1) & 63) : (at(0) & 15) << 12 | (at(1) & 63) << 6 | (at(2) & 63);
            std::snprintf(buffer, sizeof buffer, "\\u%04X", code);
            out += buffer;
        } else {
            out += one;
        }
        text.remove_prefix(one.size());
    }
    return out + '"';
}

std::string singleQuoted(std::string_view text)
{
    std::string out = "'";
    for (char c : text) {
        out += c;
        if (c == '\'')
            out += c;
    }
    return out + '\'';
}

bool literalPossible(std::string_view text)
{
    if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n' || text.find('\r') != std::string_view::npos)
        return false;
    if (text.size() >= 2 && text.substr(text.size() - 2) == "\n\n")
        return false;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (!printable(line) || (!line.empty() && (line.back() == ' ' || line.find_first_not_of(' ') == std::string_view::npos)))
            return false;
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return true;
}

std::string literal(std::string_view text, size_t indent)
{
    std::string out = text.back() == '\n' ? "|" : "|-";
    if (text.back() == '\n')
        text.remove_suffix(1);
    for (;;) {
        const size_t at = text.find('\n');
        out += '\n';
        if (at != 0 && !text.empty())
            out += std::string(indent, ' ') + std::string(text.substr(0, at));
        if (at == std::string_view::npos)
            return out;
        text.remove_prefix(at + 1);
    }
}

Node keyNode(const Key &key) { return Node::scalar(key.text, key.quoting == Quoting::Literal || key.quoting == Quoting::Folded ? Quoting::Double : key.quoting); }

std::string emitKey(const Key &key, Context context)
{
    Node node = keyNode(key);
    if (node.quoting == Quoting::Plain && !plainPossible(node.text, context))
        node.quoting = Quoting::Double;
    return emitScalar(node, context);
}

bool hasComposite(const Node &list)
{
    return std::any_of(list.items.begin(), list.items.end(), [](const Node &item) { return !item.isScalar(); });
}

// Texts that only a block can hold well.
bool hasLines(const Node &node)
{
    if (node.isScalar())
        return node.quoting != Quoting::Double && node.quoting != Quoting::Single && literalPossible(node.text);
    return std::any_of(node.items.begin(), node.items.end(), hasLines)
        || std::any_of(node.members.begin(), node.members.end(), [](const Member &member) { return hasLines(member.value); });
}

bool blockInside(const Node &node)
{
    if (node.isList())
        return hasComposite(node);
    return std::any_of(node.members.begin(), node.members.end(), [](const Member &member) { return !member.value.isScalar() && blockInside(member.value); });
}

class Emitter {
public:
    explicit Emitter(const CommentTable *comments) : m_comments(comments) { }

    std::string value(const Node &node, size_t indent) const
    {
        if (node.isScalar()) {
            if (node.isNull() && node.text.empty())
                return {};
            const bool lines = (node.quoting != Quoting::Single && node.quoting != Quoting::Double) || node.line == 0;
            if (lines && node.quoting != Quoting::Plain && literalPossible(node.text))
                return ' ' + literal(node.text, indent + 2);
            return ' ' + emitScalar(node, Context::Block);
        }
        if (asFlow(node, indent))
            return ' ' + emitFlow(node);
        return '\n' + block(node, indent + 2);
    }

    std::string item(const Node &node, size_t indent) const
    {
        if (node.isMap() && !node.members.empty() && !keptFlow(node, indent + 2)) {
            std::string text = block(node, indent + 2, true);
            return text.substr(indent + 2);
        }
        if (node.isList() && !node.items.empty() && !asFlow(node, indent)) {
            std::string text = block(node, indent + 2);
            return text.substr(indent + 2);
        }
        const std::string text = value(node, indent);
        return text.empty() ? "~" : text.substr(1);
    }

    std::string block(const Node &node, size_t indent, bool inItem = false) const
    {
        std::string out;
        const std::string pad(indent, ' ');
        bool first = true;
        for (const Node &entry : node.items) {
            out += (first ? "" : "\n") + above(entry.span.begin, entry.line, pad, first) + pad + "- " + item(entry, indent) + beside(entry);
            first = false;
        }
        for (const Member &member : node.members) {
            // What stands above the first key of an item is the item's and is written above its dash.
            const std::string upper = inItem && member.key.span.begin == node.span.begin ? std::string() : above(member.key.span.begin, member.key.line, pad, first);
            out += (first ? "" : "\n") + (inItem && first ? std::string() : upper) + pad + emitKey(member.key, Context::Block) + ':';
            if (inItem && first && !upper.empty())
                out.insert(0, upper); // a key that was not first came first: its lines can't stand behind the dash
            out += withBeside(value(member.value, indent), besideText(member.key.span.begin, member.key.line));
            first = false;
        }
        return out;
    }

private:
    // A map of an item stays on the dash's line only where it was written so.
    bool keptFlow(const Node &node, size_t indent) const { return node.line > 0 && node.flow && fits(node, indent); }
    bool fits(const Node &node, size_t indent) const { return !hasLines(node) && emitFlow(node).size() + indent + 16 <= lineWidth; }
    bool asFlow(const Node &node, size_t indent) const
    {
        if (node.items.empty() && node.members.empty())
            return true;
        if (node.line > 0)
            return node.flow && fits(node, indent);
        return !blockInside(node) && fits(node, indent);
    }
    const Comments *commentsOf(size_t begin, uint32_t line) const
    {
        if (!m_comments || line == 0)
            return nullptr;
        const auto it = m_comments->of.find(begin);
        return it == m_comments->of.end() ? nullptr : &it->second;
    }
    std::string above(size_t begin, uint32_t line, const std::string &pad, bool first) const
    {
        std::string out;
        if (const Comments *comments = commentsOf(begin, line)) {
            bool top = first;
            for (const std::string &text : comments->above) {
                if (!(text.empty() && top))
                    out += text.empty() ? "\n" : pad + text + '\n';
                top = false;
            }
        }
        return out;
    }
    std::string besideText(size_t begin, uint32_t line) const
    {
        const Comments *comments = commentsOf(begin, line);
        return comments ? comments->beside : std::string();
    }
    // Only of scalars and flow collections: a map's belongs to its first key.
    std::string beside(const Node &entry) const
    {
        const std::string text = entry.isMap() && !entry.flow ? std::string() : besideText(entry.span.begin, entry.line);
        return text.empty() ? text : "  " + text;
    }
    static std::string withBeside(std::string value, const std::string &comment)
    {
        if (comment.empty())
            return value;
        const size_t lineEnd = std::min(value.find('\n'), value.size());
        return value.insert(lineEnd, "  " + comment);
    }
    const CommentTable *m_comments;
};

} // namespace

std::string emitScalar(const Node &scalar, Context context)
{
    const std::string &text = scalar.text;
    if (scalar.quoting == Quoting::Plain) {
        if (text.empty())
            return "null";
        return plainPossible(text, context) ? text : doubleQuoted(text);
    }
    if (scalar.line > 0 && scalar.quoting == Quoting::Double)
        return doubleQuoted(text);
    if (scalar.line > 0 && scalar.quoting == Quoting::Single && printable(text))
        return singleQuoted(text);
    return !looksTyped(text) && plainPossible(text, context) ? text : doubleQuoted(text);
}

std::string emitFlow(const Node &node)
{
    if (node.isScalar())
        return emitScalar(node, Context::Flow);
    std::string out;
    for (const Node &item : node.items)
        out += (out.empty() ? "[ " : ", ") + emitFlow(item);
    if (node.isList())
        return out.empty() ? "[]" : out + " ]";
    for (const Member &member : node.members)
        out += (out.empty() ? "{ " : ", ") + emitKey(member.key, Context::Flow) + ": " + emitFlow(member.value);
    return out.empty() ? "{}" : out + " }";
}

namespace {
json::Value jsonOf(const Node &node)
{
    json::Value out;
    if (node.isList()) {
        out.type = json::Type::Array;
        for (const Node &item : node.items)
            out.items.push_back(jsonOf(item));
    } else if (node.isMap()) {
        out.type = json::Type::Object;
        for (const Member &member : node.members)
            out.members.push_back({member.key.text, jsonOf(member.value), 0, 0, 0, 0});
    } else if (node.quoting == Quoting::Plain) {
        if (auto typed = json::parse(node.text); typed && !typed->isArray() && !typed->isObject())
            out = std::move(*typed);
        else if (!node.isNull())
            out = json::Value(node.text);
    } else {
        out = json::Value(node.text);
    }
    return out;
}
} // namespace

std::string emitJson(const Node &node, int indent)
{
    if (indent >= 0)
        return json::write(jsonOf(node), indent);
    if (node.isScalar())
        return json::write(jsonOf(node));
    std::string out;
    for (const Node &item : node.items)
        out += (out.empty() ? "" : ", ") + emitJson(item);
    if (node.isList())
        return '[' + out + ']';
    for (const Member &member : node.members)
        out += (out.empty() ? "" : ", ") + json::quote(member.key.text) + ": " + emitJson(member.value);
    return '{' + out + '}';
}

std::string emitValue(const Node &node, size_t indent) { return Emitter(nullptr).value(node, indent); }
std::string emitItem(const Node &node, size_t indent) { return Emitter(nullptr).item(node, indent); }

std::string emitDocument(const Node &root, const CommentTable *comments)
{
    const Emitter emitter(comments);
    std::string out;
    if (!root.isMap())
        return emitter.item(root, 0) + '\n';
    for (const Member &member : root.members) {
        Node section = Node::map();
        section.members.push_back(member);
        std::string text = emitter.block(section, 0);
        const size_t start = text.find_first_not_of('\n');
        text.erase(0, start == std::string::npos ? 0 : start);
        // Lone values (gatehouse, name) stand together.
        const bool together = &member != &root.members.front() && member.value.isScalar() && (&member - 1)->value.isScalar();
        out += (out.empty() || together ? "" : "\n") + text + '\n';
    }
    if (comments && !comments->atEnd.empty()) {
        for (const std::string &line : comments->atEnd)
            out += line + '\n';
    }
    return out.empty() ? std::string("{}\n") : out;
}

} // namespace gatehouse::schema
