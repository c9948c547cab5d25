#include "gateway/base/json.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <tuple>
#include <unordered_set>

namespace gatehouse::json {

Value::Value(double number)
{
    if (!std::isfinite(number))
        return;
    type = Type::Number;
    char buffer[40];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
    text.assign(buffer, result.ptr);
}

Value Value::number(std::string textOfNumber)
{
    Value value;
    value.type = Type::Number;
    value.text = std::move(textOfNumber);
    return value;
}

Value Value::array() { return array(std::vector<Value>()); }
Value Value::object() { return object(std::vector<std::pair<std::string, Value>>()); }

Value Value::array(std::vector<Value> items)
{
    Value value;
    value.type = Type::Array;
    value.items = std::move(items);
    return value;
}

Value Value::object(std::vector<std::pair<std::string, Value>> members)
{
    Value value;
    value.type = Type::Object;
    value.members.reserve(members.size());
    for (auto &[key, member] : members)
        value.members.push_back({std::move(key), std::move(member)});
    return value;
}

const Value *Value::find(std::string_view key) const
{
    for (auto it = members.rbegin(); it != members.rend(); ++it)
        if (it->key == key)
            return &it->value;
    return nullptr;
}

Value *Value::find(std::string_view key)
{
    return const_cast<Value *>(static_cast<const Value *>(this)->find(key));
}

Value &Value::set(std::string_view key, Value value)
{
    type = Type::Object;
    if (Value *old = find(key))
        return *old = std::move(value);
    members.push_back({std::string(key), std::move(value)});
    return members.back().value;
}

Value &Value::append(Value value)
{
    type = Type::Array;
    items.push_back(std::move(value));
    return items.back();
}

std::string_view Value::string(std::string_view otherwise) const
{
    return type == Type::String ? std::string_view(text) : otherwise;
}

int64_t Value::integer(int64_t otherwise) const
{
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return type == Type::Number && error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

double Value::real(double otherwise) const
{
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return type == Type::Number && error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

bool operator==(const Value &a, const Value &b)
{
    if (a.type != b.type || a.boolean != b.boolean || a.text != b.text || a.items != b.items || a.members.size() != b.members.size())
        return false;
    for (size_t i = 0; i < a.members.size(); ++i)
        if (a.members[i].key != b.members[i].key || !(a.members[i].value == b.members[i].value))
            return false;
    return true;
}

size_t utf8Length(std::string_view text)
{
    const auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto tail = [&](size_t i) { return (at(i) & 0xC0u) == 0x80u; };
    const unsigned a = at(0), b = at(1);
    if (text.empty())
        return 0;
    if (a < 0x80)
        return 1;
    if (a >= 0xC2 && a <= 0xDF)
        return tail(1) ? 2 : 0;
    if (a >= 0xE0 && a <= 0xEF) {
        const bool second = a == 0xE0 ? b >= 0xA0 && b <= 0xBF : a == 0xED ? b >= 0x80 && b <= 0x9F : tail(1);
        return second && tail(2) ? 3 : 0;
    }
    if (a >= 0xF0 && a <= 0xF4) {
        const bool second = a == 0xF0 ? b >= 0x90 && b <= 0xBF : a == 0xF4 ? b >= 0x80 && b <= 0x8F : tail(1);
        return second && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

void appendUtf8(std::string &out, uint32_t c)
{
    const auto put = [&](uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 63));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 63));
        put(0x80 | (c & 63));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 63));
        put(0x80 | (c >> 6 & 63));
        put(0x80 | (c & 63));
    }
}

namespace {

class Parser {
public:
    Parser(std::string_view text, const Limits &limits, std::vector<ParseError> *duplicates)
        : m_text(text), m_limits(limits), m_duplicates(duplicates)
    {
    }

    Result<Value, ParseError> run()
    {
        Value value;
        skipSpace();
        if (!parseValue(value, 0))
            return m_error;
        skipSpace();
        if (m_at < m_text.size()) {
            fail("unexpected text after the value");
            return m_error;
        }
        return value;
    }

private:
    char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }

    bool fail(std::string message)
    {
        const auto [line, column] = place(m_at);
        m_error = {m_at, line, column, std::move(message)};
        return false;
    }

    // Counts on from where it counted last; places are asked for in rising order, except by errors.
    std::pair<uint32_t, uint32_t> place(size_t offset)
    {
        if (offset < m_counted) {
            m_counted = 0;
            m_line = m_column = 1;
        }
        for (; m_counted < offset; ++m_counted) {
            if (m_text[m_counted] == '\n') {
                ++m_line;
                m_column = 1;
            } else if ((static_cast<unsigned char>(m_text[m_counted]) & 0xC0) != 0x80) {
                ++m_column;
            }
        }
        return {m_line, m_column};
    }

    void skipSpace()
    {
        while (m_at < m_text.size() && (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r'))
            ++m_at;
    }

    bool parseValue(Value &value, unsigned depth)
    {
        value.offset = m_at;
        std::tie(value.line, value.column) = place(m_at);
        if (depth >= m_limits.depth)
            return fail("nested deeper than " + std::to_string(m_limits.depth) + " levels");
        if (++m_nodes > m_limits.nodes)
            return fail("more than " + std::to_string(m_limits.nodes) + " values");
        if (m_at >= m_text.size())
            return fail("a value is missing at the end");
        bool ok = false;
        switch (peek()) {
        case '{': ok = parseObject(value, depth); break;
        case '[': ok = parseArray(value, depth); break;
        case '"':
            value.type = Type::String;
            ok = parseString(value.text);
            break;
        case 't':
            value = withPlace(Value(true), value);
            ok = parseWord("true");
            break;
        case 'f':
            value = withPlace(Value(false), value);
            ok = parseWord("false");
            break;
        case 'n': ok = parseWord("null"); break;
        default:
            value.type = Type::Number;
            ok = parseNumber(value.text);
        }
        value.end = m_at;
        return ok;
    }

    static Value withPlace(Value value, const Value &place)
    {
        value.offset = place.offset;
        value.line = place.line;
        value.column = place.column;
        return value;
    }

    bool parseWord(std::string_view word)
    {
        if (m_text.substr(m_at, word.size()) != word)
            return fail("not a JSON value; text needs double quotes");
        m_at += word.size();
        return true;
    }

    bool parseNumber(std::string &out)
    {
        const size_t start = m_at;
        const auto digits = [&] {
            const size_t first = m_at;
            while (peek() >= '0' && peek() <= '9')
                ++m_at;
            return m_at - first;
        };
        if (peek() == '-')
            ++m_at;
        const size_t integerAt = m_at;
        const size_t integer = digits();
        if (integer == 0) {
            m_at = start;
            return fail("not a JSON value; text needs double quotes");
        }
        if (integer > 1 && m_text[integerAt] == '0') {
            m_at = start;
            return fail("a number can't begin with 0");
        }
        if (peek() == '.') {
            ++m_at;
            if (!digits())
                return fail("digits are missing after the point");
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            if (peek() == '+' || peek() == '-')
                ++m_at;
            if (!digits())
                return fail("digits are missing in the exponent");
        }
        out.assign(m_text.substr(start, m_at - start));
        return true;
    }

    std::optional<uint32_t> hex4(size_t at) const
    {
        uint32_t code = 0;
        if (at + 4 > m_text.size())
            return {};
        const auto [end, error] = std::from_chars(m_text.data() + at, m_text.data() + at + 4, code, 16);
        if (error != std::errc() || end != m_text.data() + at + 4)
            return {};
        return code;
    }

    bool parseEscape(std::string &out)
    {
        static constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
        const char c = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
        if (const size_t i = names.find(c); c && i != std::string_view::npos) {
            out += values[i];
            m_at += 2;
            return true;
        }
        auto code = c == 'u' ? hex4(m_at + 2) : std::nullopt;
        if (!code)
            return fail("not an escape that JSON knows");
        m_at += 6;
        if (*code >= 0xD800 && *code < 0xDC00 && m_text.substr(m_at, 2) == "\\u") {
            const auto low = hex4(m_at + 2);
            if (low && *low >= 0xDC00 && *low < 0xE000) {
                code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
                m_at += 6;
            }
        }
        appendUtf8(out, *code >= 0xD800 && *code < 0xE000 ? 0xFFFD : *code);
        return true;
    }

    bool parseString(std::string &out)
    {
        const size_t start = m_at++;
        for (;;) {
            size_t run = m_at;
            while (run < m_text.size() && m_text[run] != '"' && m_text[run] != '\\' && static_cast<unsigned char>(m_text[run]) >= 0x20
                   && static_cast<unsigned char>(m_text[run]) < 0x80)
                ++run;
            out.append(m_text, m_at, run - m_at);
            m_at = run;
            if (m_at >= m_text.size()) {
                m_at = start;
                return fail("the closing quote is missing");
            }
            if (peek() == '"') {
                ++m_at;
                return true;
            }
            if (peek() == '\\') {
                if (!parseEscape(out))
                    return false;
                continue;
            }
            const size_t length = static_cast<unsigned char>(peek()) < 0x20 ? 0 : utf8Length(m_text.substr(m_at));
            if (!length)
                return fail(static_cast<unsigned char>(peek()) < 0x20 ? "a control character in text must be escaped" : "not well-formed UTF-8");
            out.append(m_text, m_at, length);
            m_at += length;
        }
    }

    bool parseArray(Value &value, unsigned depth)
    {
        value.type = Type::Array;
        ++m_at;
        skipSpace();
        if (peek() == ']') {
            ++m_at;
            return true;
        }
        for (;;) {
            skipSpace();
            if (!parseValue(value.items.emplace_back(), depth + 1))
                return false;
            skipSpace();
            if (peek() == ']') {
                ++m_at;
                return true;
            }
            if (peek() != ',')
                return fail("a comma or ] is missing");
            ++m_at;
        }
    }

    bool parseMember(Value &value, unsigned depth)
    {
        skipSpace();
        if (peek() != '"')
            return fail("a key in double quotes is missing");
        Member member;
        member.keyOffset = m_at;
        std::tie(member.keyLine, member.keyColumn) = place(m_at);
        if (!parseString(member.key))
            return false;
        member.keyEnd = m_at;
        skipSpace();
        if (peek() != ':')
            return fail("a colon is missing after the key");
        ++m_at;
        skipSpace();
        value.members.push_back(std::move(member));
        return parseValue(value.members.back().value, depth + 1);
    }

    bool parseObject(Value &value, unsigned depth)
    {
        value.type = Type::Object;
        ++m_at;
        skipSpace();
        if (peek() == '}') {
            ++m_at;
            return true;
        }
        for (;;) {
            if (!parseMember(value, depth))
                return false;
            skipSpace();
            if (peek() == '}')
                break;
            if (peek() != ',')
                return fail("a comma or } is missing");
            ++m_at;
        }
        ++m_at;
        if (m_duplicates)
            reportDuplicates(value);
        return true;
    }

    void reportDuplicates(const Value &value)
    {
        std::unordered_set<std::string_view> seen;
        for (const Member &member : value.members)
            if (!seen.insert(member.key).second)
                m_duplicates->push_back({member.keyOffset, member.keyLine, member.keyColumn, "the key \"" + member.key + "\" stands here twice"});
    }

    std::string_view m_text;
    const Limits &m_limits;
    std::vector<ParseError> *m_duplicates;
    size_t m_at = 0;
    size_t m_nodes = 0;
    size_t m_counted = 0;
    uint32_t m_line = 1;
    uint32_t m_column = 1;
    ParseError m_error;
};

void writeTo(std::string &out, const Value &value, int indent, int level)
{
    const auto newline = [&](int depth) {
        if (indent > 0) {
            out += '\n';
            out.append(static_cast<size_t>(indent * depth), ' ');
        }
    };
    const bool array = value.type == Type::Array;
    switch (value.type) {
    case Type::Null: out += "null"; return;
    case Type::Bool: out += value.boolean ? "true" : "false"; return;
    case Type::Number: out += value.text; return;
    case Type::String: out += quote(value.text); return;
    case Type::Array:
    case Type::Object: break;
    }
    const size_t count = array ? value.items.size() : value.members.size();
    out += array ? '[' : '{';
    for (size_t i = 0; i < count; ++i) {
        if (i)
            out += ',';
        newline(level + 1);
        if (!array) {
            out += quote(value.members[i].key);
            out += indent > 0 ? ": " : ":";
        }
        writeTo(out, array ? value.items[i] : value.members[i].value, indent, level + 1);
    }
    if (count)
        newline(level);
    out += array ? ']' : '}';
}

} // namespace

Result<Value, ParseError> parse(std::string_view text, const Limits &limits, std::vector<ParseError> *duplicates)
{
    return Parser(text, limits, duplicates).run();
}

std::string write(const Value &value, int indent)
{
    std::string out;
    writeTo(out, value, indent, 0);
    return out;
}

std::string quote(std::string_view text)
{
    std::string out = "\"";
    while (!text.empty()) {
        const char c = text[0];
        size_t length = 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
                char buffer[8];
                std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
                out += buffer;
            } else if ((length = utf8Length(text)) == 0) {
                appendUtf8(out, 0xFFFD); // JSON is UTF-8: what is not can't be told otherwise
                length = 1;
            } else if (length == 2 && c == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0) {
                char buffer[8]; // C1: some terminals obey these
                std::snprintf(buffer, sizeof buffer, "\\u00%02x", static_cast<unsigned>(static_cast<unsigned char>(text[1])));
                out += buffer;
            } else {
                out += text.substr(0, length);
            }
        }
        text.remove_prefix(length);
    }
    out += '"';
    return out;
}

const Value *at(const Value &root, std::string_view pointer)
{
    if (pointer.empty())
        return &root;
    if (pointer[0] != '/')
        return nullptr;
    const Value *value = &root;
    for (std::string_view token : split(pointer.substr(1), '/')) {
        std::string key;
        for (size_t i = 0; i < token.size(); ++i) {
            if (token[i] != '~') {
                key += token[i];
                continue;
            }
            if (i + 1 >= token.size() || (token[i + 1] != '0' && token[i + 1] != '1'))
                return nullptr;
            key += token[++i] == '0' ? '~' : '/';
        }
        if (value->type == Type::Object) {
            value = value->find(key);
        } else if (value->type == Type::Array) {
            const auto index = parseUnsigned(key);
            if (!index || (key.size() > 1 && key[0] == '0') || *index >= value->items.size())
                return nullptr;
            value = &value->items[*index];
        } else {
            return nullptr;
        }
        if (!value)
            return nullptr;
    }
    return value;
}

std::string pointerToken(std::string_view key)
{
    std::string out;
    for (char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

} // namespace gatehouse::json
