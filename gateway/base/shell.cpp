#include "gateway/base/shell.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace gatehouse {

namespace {

// Reads the inside of one quote; `at` stands behind the opening quote and is left behind the closing one.
class QuoteReader {
public:
    QuoteReader(std::string_view line, size_t at, std::string &word) : m_line(line), m_at(at), m_word(word) { }

    // False: it is not closed.
    bool single()
    {
        const size_t end = m_line.find('\'', m_at);
        if (end == std::string_view::npos)
            return false;
        m_word += m_line.substr(m_at, end - m_at);
        m_at = end + 1;
        return true;
    }
    bool doubled() // "…": the backslash quotes only a few
    {
        while (m_at < m_line.size()) {
            char c = m_line[m_at++];
            if (c == '"')
                return true;
            if (c == '\\' && m_at < m_line.size()) {
                c = m_line[m_at++];
                if (c == '\n')
                    continue;
                if (std::string_view("\"\\$`").find(c) == std::string_view::npos)
                    m_word += '\\';
            }
            m_word += c;
        }
        return false;
    }
    bool ansi() // $'…': escapes as in C
    {
        while (m_at < m_line.size()) {
            const char c = m_line[m_at++];
            if (c == '\'')
                return true;
            if (c == '\\' && m_at < m_line.size())
                escape(m_line[m_at++]);
            else
                m_word += c;
        }
        return false;
    }
    size_t at() const { return m_at; }

private:
    void escape(char kind)
    {
        static constexpr std::string_view from = "nrtabfve", to = "\n\r\t\a\b\f\v\x1b";
        if (const size_t known = from.find(kind); known != std::string_view::npos)
            m_word += to[known];
        else if (kind == 'x')
            m_word += static_cast<char>(hex(2));
        else if (kind == 'u')
            codePoint(hex(4));
        else
            m_word += kind;
    }
    unsigned hex(size_t most)
    {
        unsigned value = 0;
        for (size_t digits = 0; digits < most && m_at < m_line.size() && std::isxdigit(static_cast<unsigned char>(m_line[m_at])); ++digits) {
            const char d = lower(m_line[m_at++]);
            value = value * 16 + static_cast<unsigned>(d <= '9' ? d - '0' : d - 'a' + 10);
        }
        return value;
    }
    void codePoint(unsigned value)
    {
        const auto add = [this](unsigned octet) { m_word += static_cast<char>(octet); };
        if (value < 0x80) {
            add(value);
        } else if (value < 0x800) {
            add(0xC0 | value >> 6);
            add(0x80 | (value & 63));
        } else {
            add(0xE0 | value >> 12);
            add(0x80 | (value >> 6 & 63));
            add(0x80 | (value & 63));
        }
    }

    std::string_view m_line;
    size_t m_at;
    std::string &m_word;
};

// Octets at the head of `text` that a terminal or a reader may take for something else than they are: a control character (C0, DEL,
// C1), one that turns the direction of writing, broken UTF-8. 0: it begins with a character that shows itself.
size_t unprintableLength(std::string_view text)
{
    const auto octet = [&](size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(text[at])); };
    switch (json::utf8Length(text)) {
    case 0: return 1;
    case 1: return octet(0) < 0x20 || octet(0) == 0x7F ? 1 : 0;
    case 2: {
        const unsigned code = (octet(0) & 0x1F) << 6 | (octet(1) & 0x3F);
        return code < 0xA0 || code == 0x061C ? 2 : 0;
    }
    case 3: {
        const unsigned code = (octet(0) & 0x0F) << 12 | (octet(1) & 0x3F) << 6 | (octet(2) & 0x3F);
        return code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ? 3 : 0;
    }
    default: return 0;
    }
}

} // namespace

Result<std::vector<std::string>> splitShellWords(std::string_view line)
{
    std::vector<std::string> words;
    std::string word;
    bool inWord = false;
    for (size_t i = 0; i < line.size();) {
        const char c = line[i];
        const bool ansi = c == '$' && i + 1 < line.size() && line[i + 1] == '\'';
        if (c == '\'' || c == '"' || ansi) {
            QuoteReader reader(line, i + (ansi ? 2 : 1), word);
            if (!(ansi ? reader.ansi() : c == '"' ? reader.doubled() : reader.single()))
                return Error::make(ErrorKind::BadInput, std::string("The ") + (ansi ? '\'' : c) + " at character " + std::to_string(i + 1) + " is not closed.",
                                   Side::Client);
            i = reader.at();
            inWord = true;
        } else if (c == '\\' && i + 1 < line.size()) {
            const bool crlf = line.substr(i + 1, 2) == "\r\n";
            const char next = line[i + 1];
            if (next != '\n' && !crlf) {
                word += next;
                inWord = true;
            }
            i += crlf ? 3 : 2;
        } else if (std::string_view(" \t\r\n").find(c) != std::string_view::npos) {
            if (inWord)
                words.push_back(std::move(word));
            word.clear();
            inWord = false;
            ++i;
        } else {
            word += c;
            inWord = true;
            ++i;
        }
    }
    if (inWord)
        words.push_back(std::move(word));
    return words;
}

std::string quoteForShell(std::string_view word)
{
    const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("-_./:@%+,=").find(c) != std::string_view::npos; };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain))
        return std::string(word);
    std::string quoted; // as $'…' has it
    bool ansi = false;
    for (size_t at = 0; at < word.size();) {
        const size_t hidden = unprintableLength(word.substr(at));
        for (char c : word.substr(at, hidden)) {
            char buffer[8];
            std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
            quoted += buffer;
        }
        ansi = ansi || hidden > 0;
        const size_t shown = hidden ? 0 : json::utf8Length(word.substr(at));
        if (word[at] == '\'' || word[at] == '\\')
            quoted += '\\';
        quoted += word.substr(at, shown);
        at += hidden + shown;
    }
    if (ansi)
        return "$'" + quoted + "'";
    std::string out = "'";
    for (char c : word)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

} // namespace gatehouse
