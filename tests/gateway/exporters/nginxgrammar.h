// nginx's configuration grammar, as little as a test needs: what nginx would read of a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::test {

struct Directive {
    std::vector<std::string> words; // unquoted
    std::vector<Directive> block;
    bool hasBlock = false;
    uint32_t line = 0;
};

// Nothing when it does not parse.
class NginxGrammar {
public:
    static std::optional<std::vector<Directive>> parse(std::string_view text)
    {
        NginxGrammar grammar(text);
        auto all = grammar.block(false);
        return grammar.m_bad ? std::nullopt : std::optional(all);
    }

private:
    explicit NginxGrammar(std::string_view text) : m_text(text) { }
    std::vector<Directive> block(bool inside)
    {
        std::vector<Directive> out;
        while (!m_bad) {
            Directive directive;
            char end = 0;
            while (true) {
                skip();
                if (m_at == m_text.size())
                    break;
                const char c = m_text[m_at];
                if (c == ';' || c == '{' || c == '}') {
                    end = c;
                    ++m_at;
                    break;
                }
                if (directive.words.empty())
                    directive.line = m_line;
                directive.words.push_back(word());
            }
            if (directive.words.empty() && (end == 0 || end == '}')) {
                m_bad = m_bad || (end == '}') != inside;
                return out;
            }
            if (directive.words.empty() || end == 0 || end == '}') {
                m_bad = true;
                return out;
            }
            if (end == '{') {
                directive.hasBlock = true;
                directive.block = block(true);
            }
            out.push_back(std::move(directive));
        }
        return out;
    }
    void skip()
    {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '#') {
                while (m_at < m_text.size() && m_text[m_at] != '\n')
                    ++m_at;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                m_line += c == '\n';
                ++m_at;
            } else {
                return;
            }
        }
    }
    std::string word()
    {
        std::string out;
        const char quote = m_text[m_at] == '"' || m_text[m_at] == '\'' ? m_text[m_at++] : 0;
        for (; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '\0')
                m_bad = true;
            if (c == '\\' && m_at + 1 < m_text.size()) {
                const char next = m_text[++m_at];
                if (next == '"' || next == '\'' || next == '\\')
                    out += next;
                else if (next == 't' || next == 'r' || next == 'n')
                    out += next == 't' ? '\t' : next == 'r' ? '\r' : '\n';
                else
                    (out += '\\') += next;
                continue;
            }
            if (quote ? c == quote : c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || (c == '{' && !out.ends_with('$'))) {
                if (quote) {
                    ++m_at;
                    if (m_at < m_text.size() && std::string_view(" \t\r\n;{)").find(m_text[m_at]) == std::string_view::npos)
                        m_bad = true;
                }
                break;
            }
            m_line += c == '\n';
            out += c;
        }
        m_bad = m_bad || out.size() > 4096;
        return out;
    }
    std::string_view m_text;
    size_t m_at = 0;
    uint32_t m_line = 1;
    bool m_bad = false;
};

} // namespace gatehouse::test
