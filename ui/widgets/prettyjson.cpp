#include "ui/widgets/prettyjson.h"

namespace gatehouse::ui {

void PrettyJson::newLine(std::string &out) const
{
    out += '\n';
    out.append(m_stack.size() * 2, ' ');
}

bool PrettyJson::open(char c, std::string &out)
{
    if (m_stack.size() >= 512)
        return false;
    if (m_empty)
        newLine(out);
    out += c;
    m_stack += c == '{' ? '}' : ']';
    m_empty = true;
    return true;
}

bool PrettyJson::close(char c, std::string &out)
{
    if (m_stack.empty() || m_stack.back() != c)
        return false;
    m_stack.pop_back();
    if (!m_empty)
        newLine(out);
    m_empty = false;
    out += c;
    m_done = m_stack.empty();
    return true;
}

// A string begins or a number or constant goes on; false for what no JSON has there.
bool PrettyJson::addsToValue(char c)
{
    if (c == '"') {
        if (m_word != Word::None)
            return false;
        m_word = Word::Ended; // a string is followed by a sign, like the others
        return true;
    }
    const bool bare = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '-' || c == '+' || c == '.';
    if (!bare || m_word == Word::Ended)
        return false;
    m_word = Word::Open;
    return true;
}

bool PrettyJson::feed(std::string_view piece, std::string &out)
{
    for (const char c : piece) {
        if (m_inString) {
            out += c;
            if (m_escaped)
                m_escaped = false;
            else if (c == '\\')
                m_escaped = true;
            else if (c == '"') {
                m_inString = false;
                m_done = m_stack.empty();
            }
            continue;
        }
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (m_word == Word::Open)
                m_word = Word::Ended;
            continue;
        }
        // A lone number or word reads no better laid out, and may be no JSON at all.
        if (!m_started && c != '{' && c != '[' && c != '"')
            return false;
        if (m_done && !m_stack.empty())
            return false;
        const bool sign = c == '{' || c == '[' || c == '}' || c == ']' || c == ',' || c == ':';
        if ((c == '{' || c == '[') && m_word != Word::None)
            return false;
        if (sign)
            m_word = c == '}' || c == ']' ? Word::Ended : Word::None;
        switch (c) {
        case '{':
        case '[':
            if (m_started && m_stack.empty())
                return false;
            if (!open(c, out))
                return false;
            break;
        case '}':
        case ']':
            if (!close(c, out))
                return false;
            break;
        case ',':
            if (m_stack.empty() || m_empty)
                return false;
            out += c;
            newLine(out);
            break;
        case ':':
            if (m_stack.empty() || m_stack.back() != '}')
                return false;
            out += ": ";
            break;
        default:
            if (m_done)
                return false;
            if (!addsToValue(c))
                return false;
            if (m_empty) {
                newLine(out);
                m_empty = false;
            }
            out += c;
            m_inString = c == '"';
            break;
        }
        m_started = true;
    }
    return true;
}

bool PrettyJson::finish() const { return m_started && m_stack.empty() && !m_inString; }

} // namespace gatehouse::ui
