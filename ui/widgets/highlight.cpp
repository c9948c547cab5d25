#include "ui/widgets/highlight.h"

#include "ui/shell/tokens.h"

#include <algorithm>
#include <array>
#include <string>

namespace gatehouse::ui {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool isNameChar(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.'
        || static_cast<unsigned char>(c) >= 0x80;
}

bool isNumber(std::string_view text)
{
    if (!text.empty() && (text[0] == '-' || text[0] == '+'))
        text.remove_prefix(1);
    return !text.empty() && isDigit(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
        return isDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
    });
}

bool isConstant(std::string_view text) { return text == "true" || text == "false" || text == "null"; }

bool isKeyword(std::string_view text)
{
    static constexpr std::array words = { std::string_view("break"), std::string_view("const"),
        std::string_view("else"), std::string_view("end"), std::string_view("false"), std::string_view("for"),
        std::string_view("function"), std::string_view("if"), std::string_view("in"), std::string_view("let"),
        std::string_view("local"), std::string_view("new"), std::string_view("nil"), std::string_view("null"),
        std::string_view("return"), std::string_view("then"), std::string_view("true"), std::string_view("var"),
        std::string_view("while") };
    return std::find(words.begin(), words.end(), text) != words.end();
}

class Scanner {
public:
    Scanner(Language language, std::string_view line)
        : m_language(language)
        , m_line(line)
    {
    }
    std::vector<Span> run();

private:
    void add(size_t begin, size_t end, Token token)
    {
        if (end > begin && token != Token::Text)
            m_spans.push_back({ begin, end - begin, token });
    }
    char at(size_t i) const { return i < m_line.size() ? m_line[i] : '\0'; }
    size_t skipSpace(size_t i) const
    {
        while (i < m_line.size() && isSpace(m_line[i]))
            ++i;
        return i;
    }
    size_t wordEnd(size_t i) const
    {
        while (i < m_line.size() && isNameChar(m_line[i]))
            ++i;
        return i;
    }
    // The end of "${…}" or "{{…}}" that starts at i, or i.
    size_t variableEnd(size_t i) const
    {
        const std::string_view rest = m_line.substr(i);
        const bool dollar = rest.substr(0, 2) == "${", braces = rest.substr(0, 2) == "{{";
        if (!dollar && !braces)
            return i;
        const size_t close = m_line.find(dollar ? "}" : "}}", i + 2);
        return close == std::string_view::npos ? i : close + (dollar ? 1 : 2);
    }
    size_t quotedEnd(size_t i) const
    {
        const char quote = m_line[i];
        for (++i; i < m_line.size(); ++i) {
            if (m_line[i] == '\\')
                ++i;
            else if (m_line[i] == quote)
                return i + 1;
        }
        return m_line.size();
    }
    // A string in pieces, its variables as words.
    void addString(size_t begin, size_t end, Token token)
    {
        size_t from = begin;
        for (size_t i = begin; i < end; ++i) {
            const size_t close = variableEnd(i);
            if (close == i || close > end)
                continue;
            add(from, i, token);
            add(i, close, Token::Word);
            from = close;
            i = close - 1;
        }
        add(from, end, token);
    }
    void json(size_t from, size_t end);
    void yaml();
    void nginx();
    void http();
    void xml();
    void script();
    void yamlValue(size_t begin);

    Language m_language;
    std::string_view m_line;
    std::vector<Span> m_spans;
};

void Scanner::json(size_t from, size_t stop)
{
    const std::string_view whole = m_line;
    m_line = m_line.substr(0, stop);
    for (size_t i = from; i < m_line.size();) {
        const char c = m_line[i];
        if (const size_t end = variableEnd(i); end > i) {
            add(i, end, Token::Word);
            i = end;
        } else if (c == '"') {
            const size_t end = quotedEnd(i);
            addString(i, end, at(skipSpace(end)) == ':' ? Token::Key : Token::String);
            i = end;
        } else if (isDigit(c) || c == '-') {
            size_t end = i + 1;
            while (end < m_line.size()
                && (isDigit(m_line[end]) || std::string_view(".eE+-").find(m_line[end]) != std::string_view::npos))
                ++end;
            add(i, end, Token::Number);
            i = end;
        } else if (c == '/' && at(i + 1) == '/') {
            add(i, m_line.size(), Token::Note);
            i = m_line.size();
        } else if (isNameChar(c)) {
            const size_t end = wordEnd(i);
            if (isConstant(m_line.substr(i, end - i)))
                add(i, end, Token::Word);
            i = end;
        } else {
            ++i;
        }
    }
    m_line = whole;
}

void Scanner::yamlValue(size_t begin)
{
    size_t i = skipSpace(begin);
    if (i >= m_line.size())
        return;
    if (m_line[i] == '"' || m_line[i] == '\'') {
        const size_t end = quotedEnd(i);
        addString(i, end, Token::String);
        i = skipSpace(end);
        if (at(i) == '#')
            add(i, m_line.size(), Token::Note);
        return;
    }
    size_t note = m_line.find(" #", i);
    if (m_line[i] == '#')
        note = i;
    const size_t end = std::min(note, m_line.size());
    size_t last = end;
    while (last > i && isSpace(m_line[last - 1]))
        --last;
    const std::string_view value = m_line.substr(i, last - i);
    if (isNumber(value))
        add(i, last, Token::Number);
    else if (isConstant(value) || (!value.empty() && (value[0] == '&' || value[0] == '*' || value[0] == '!')))
        add(i, last, Token::Word);
    else if (!value.empty() && (value[0] == '[' || value[0] == '{') && value.substr(0, 2) != "{{")
        json(i, last);
    else
        addString(i, last, value == "|" || value == ">" ? Token::Text : Token::String);
    if (note < m_line.size())
        add(note, m_line.size(), Token::Note);
}

void Scanner::yaml()
{
    size_t i = skipSpace(0);
    while (at(i) == '-' && (isSpace(at(i + 1)) || at(i + 1) == '\0'))
        i = skipSpace(i + 1);
    if (at(i) == '#') {
        add(i, m_line.size(), Token::Note);
        return;
    }
    if (m_line.substr(i, 3) == "---" || m_line.substr(i, 1) == "%") {
        add(i, m_line.size(), Token::Note);
        return;
    }
    size_t end = i;
    if (at(i) == '"' || at(i) == '\'')
        end = quotedEnd(i);
    else
        while (end < m_line.size() && !(m_line[end] == ':' && (end + 1 == m_line.size() || isSpace(m_line[end + 1])))
            && m_line[end] != '#' && !(end == i && (m_line[end] == '[' || m_line[end] == '{')))
            ++end;
    if (at(end) == ':' && end > i) {
        add(i, end, Token::Key);
        yamlValue(end + 1);
    } else {
        yamlValue(i);
    }
}

void Scanner::nginx()
{
    size_t i = skipSpace(0);
    bool first = true;
    while (i < m_line.size()) {
        const char c = m_line[i];
        if (c == '#') {
            add(i, m_line.size(), Token::Note);
            return;
        }
        if (c == '"' || c == '\'') {
            const size_t end = quotedEnd(i);
            addString(i, end, Token::String);
            i = end;
        } else if (c == '$') {
            const size_t braced = variableEnd(i), end = braced > i ? braced : wordEnd(i + 1);
            add(i, end, Token::Word);
            i = end;
        } else if (isNameChar(c)) {
            const size_t end = wordEnd(i);
            const std::string_view word = m_line.substr(i, end - i);
            if (first)
                add(i, end, Token::Key);
            else if (isDigit(word[0]))
                add(i, end, Token::Number);
            first = false;
            i = end;
        } else {
            if (c == ';' || c == '{' || c == '}')
                first = true;
            ++i;
        }
    }
}

void Scanner::http()
{
    const size_t colon = m_line.find(':');
    const size_t space = m_line.find(' ');
    if (colon != std::string_view::npos && (space == std::string_view::npos || colon < space)) {
        add(0, colon, Token::Key);
        addString(colon + 1, m_line.size(), Token::Text);
        return;
    }
    if (space != std::string_view::npos)
        add(0, space, m_line.substr(0, 5) == "HTTP/" ? Token::Note : Token::Word);
    addString(space == std::string_view::npos ? 0 : space, m_line.size(), Token::Text);
}

void Scanner::xml()
{
    for (size_t i = 0; i < m_line.size();) {
        if (m_line.substr(i, 4) == "<!--") {
            const size_t close = m_line.find("-->", i);
            const size_t end = close == std::string_view::npos ? m_line.size() : close + 3;
            add(i, end, Token::Note);
            i = end;
        } else if (m_line[i] == '<') {
            size_t end = i + 1;
            while (end < m_line.size() && m_line[end] != '>' && !isSpace(m_line[end]))
                ++end;
            add(i, end, Token::Key);
            i = end;
        } else if (m_line[i] == '"' && i > 0 && m_line[i - 1] == '=') {
            const size_t end = quotedEnd(i);
            addString(i, end, Token::String);
            i = end;
        } else if (m_line[i] == '>' && i > 0) {
            add(i, i + 1, Token::Key);
            ++i;
        } else {
            ++i;
        }
    }
}

void Scanner::script()
{
    for (size_t i = 0; i < m_line.size();) {
        const char c = m_line[i];
        if (c == '#' || m_line.substr(i, 2) == "//" || m_line.substr(i, 2) == "--") {
            add(i, m_line.size(), Token::Note);
            return;
        }
        if (c == '"' || c == '\'' || c == '`') {
            const size_t end = quotedEnd(i);
            addString(i, end, Token::String);
            i = end;
        } else if (isDigit(c)) {
            const size_t end = wordEnd(i);
            add(i, end, Token::Number);
            i = end;
        } else if (isNameChar(c)) {
            size_t end = i;
            while (end < m_line.size() && isNameChar(m_line[end]) && m_line[end] != '.' && m_line[end] != '-')
                ++end;
            end = std::max(end, i + 1);
            if (isKeyword(m_line.substr(i, end - i)))
                add(i, end, Token::Word);
            else if (at(end) == '(')
                add(i, end, Token::Key);
            i = end;
        } else {
            ++i;
        }
    }
}

std::vector<Span> Scanner::run()
{
    switch (m_language) {
    case Language::Plain: break;
    case Language::Json: json(0, m_line.size()); break;
    case Language::Yaml: yaml(); break;
    case Language::Nginx: nginx(); break;
    case Language::Http: http(); break;
    case Language::Xml: xml(); break;
    case Language::Script: script(); break;
    }
    return std::move(m_spans);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

} // namespace

std::vector<Span> highlightLine(Language language, std::string_view line) { return Scanner(language, line).run(); }

Language languageOf(std::string_view contentType)
{
    std::string type(contentType.substr(0, contentType.find(';')));
    std::transform(type.begin(), type.end(), type.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (contains(type, "json"))
        return Language::Json;
    if (contains(type, "yaml"))
        return Language::Yaml;
    if (contains(type, "xml") || contains(type, "html"))
        return Language::Xml;
    if (contains(type, "javascript"))
        return Language::Script;
    return Language::Plain;
}

Language languageOfFile(std::string_view name)
{
    const auto ends = [name](std::string_view tail) {
        return name.size() >= tail.size() && name.substr(name.size() - tail.size()) == tail;
    };
    if (ends(".json"))
        return Language::Json;
    if (ends(".yaml") || ends(".yml") || ends(".toml"))
        return Language::Yaml;
    if (ends(".conf") || ends(".cfg") || ends("Caddyfile"))
        return Language::Nginx;
    if (ends(".xml") || ends(".html"))
        return Language::Xml;
    if (ends(".js") || ends(".lua") || ends(".sh") || ends(".py") || ends(".rego"))
        return Language::Script;
    return Language::Plain;
}

QColor colorOf(Token token)
{
    const Tokens &t = Tokens::current();
    switch (token) {
    case Token::Key: return t.synKey;
    case Token::String: return t.synString;
    case Token::Number: return t.synNumber;
    case Token::Word: return t.synWord;
    case Token::Note: return t.synNote;
    case Token::Text: break;
    }
    return t.text;
}

} // namespace gatehouse::ui
