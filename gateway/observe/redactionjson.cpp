#include "gateway/observe/redactionjson.h"

#include <algorithm>

namespace gatehouse::observe {

namespace {

constexpr size_t deepest = 256; // frames whose keys are kept for paths
constexpr int deepestEmbedding = 3;

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

int hexValue(std::string_view digits)
{
    int value = 0;
    for (const char c : digits) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

// The characters of a string's inside. Characters beyond ASCII that are written as \u come out as '?': no name of ours has any.
std::string unescaped(std::string_view inside)
{
    std::string out;
    for (size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] != '\\' || i + 1 == inside.size()) {
            out += inside[i];
            continue;
        }
        const char c = inside[++i];
        if (c == 'u' && i + 4 < inside.size()) {
            const int value = hexValue(inside.substr(i + 1, 4));
            out += value >= 0 && value < 128 ? static_cast<char>(value) : '?';
            i += 4;
        } else {
            out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
        }
    }
    return out;
}

std::string escaped(std::string_view text)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += digits[c >> 4];
            out += digits[c & 15];
        } else {
            out += c;
        }
    }
    return out;
}

} // namespace

bool Redactor::JsonWalk::run(std::string &out)
{
    while (m_at < m_text.size()) {
        switch (m_text[m_at]) {
        case '"':
            string();
            break;
        case '{':
        case '[':
            if (m_frames.size() < deepest)
                m_frames.push_back({m_text[m_at] == '[', {}});
            else
                ++m_deeper;
            ++m_at;
            break;
        case '}':
        case ']':
            if (m_deeper > 0)
                --m_deeper;
            else if (!m_frames.empty())
                m_frames.pop_back();
            ++m_at;
            break;
        default:
            // An element may be secret by its place alone: json.$.keys[*]
            if (!isSpace(m_text[m_at]) && m_text[m_at] != ',' && m_text[m_at] != ':' && !m_frames.empty() && m_frames.back().array
                && m_redactor.m_anyMember && secret("*")) {
                const size_t end = endOfValue(m_at);
                mask(m_at, end, "\"[redacted]\"");
                m_at = end;
            } else {
                ++m_at;
            }
        }
    }
    if (!m_masked)
        return false;
    m_out.append(m_text.substr(m_copied));
    out = std::move(m_out);
    return true;
}

void Redactor::JsonWalk::string()
{
    const size_t begin = m_at, end = endOfString(begin);
    const bool closed = end - begin >= 2 && m_text[end - 1] == '"';
    const auto inside = m_text.substr(begin + 1, end - begin - (closed ? 2 : 1));
    const size_t colon = skipSpace(end);
    m_at = end;
    if (colon < m_text.size() && m_text[colon] == ':') {
        const std::string key = inside.find('\\') == std::string_view::npos ? std::string(inside) : unescaped(inside);
        if (!m_frames.empty())
            m_frames.back().key = key;
        m_at = colon + 1;
        if (secret(key)) {
            const size_t value = skipSpace(m_at);
            m_at = endOfValue(value);
            if (m_at > value)
                mask(value, m_at, "\"[redacted]\"");
        }
    } else if (m_redactor.m_anyMember && !m_frames.empty() && m_frames.back().array && secret("*")) {
        mask(begin, end, "\"[redacted]\"");
    } else if (inside.find('\\') != std::string_view::npos) {
        embedded(begin + 1, begin + 1 + inside.size());
    } else if (std::string masked; inside.find("://") != std::string_view::npos && m_redactor.urlByName(inside, masked)) {
        mask(begin + 1, begin + 1 + inside.size(), masked);
    }
}

void Redactor::JsonWalk::mask(size_t begin, size_t end, std::string_view with)
{
    m_out.append(m_text.substr(m_copied, begin - m_copied)).append(with);
    m_copied = end;
    m_masked = true;
}

bool Redactor::JsonWalk::secret(const std::string &key)
{
    if (key != "*" && m_redactor.secretMember(key))
        return true;
    if (m_redactor.m_paths.empty())
        return false;
    m_path.clear();
    for (size_t i = 0; i + 1 < m_frames.size(); ++i)
        m_path.push_back(m_frames[i].array ? "*" : m_frames[i].key);
    m_path.push_back(key);
    return m_redactor.secretPath(m_path);
}

// A string that holds JSON itself: what is secret in it is secret too.
void Redactor::JsonWalk::embedded(size_t begin, size_t end)
{
    if (m_embedded >= deepestEmbedding)
        return;
    const std::string text = unescaped(m_text.substr(begin, end - begin));
    std::string masked;
    if ((m_redactor.mayHoldSecret(text) && JsonWalk(m_redactor, text, m_embedded + 1).run(masked))
        || (text.find("://") != std::string::npos && m_redactor.urlByName(text, masked)))
        mask(begin, end, escaped(masked));
}

size_t Redactor::JsonWalk::skipSpace(size_t at) const
{
    while (at < m_text.size() && isSpace(m_text[at]))
        ++at;
    return at;
}

size_t Redactor::JsonWalk::endOfString(size_t at) const
{
    for (++at; at < m_text.size(); ++at) {
        if (m_text[at] == '\\')
            ++at;
        else if (m_text[at] == '"')
            return at + 1;
    }
    return m_text.size();
}

size_t Redactor::JsonWalk::endOfValue(size_t at) const
{
    if (at >= m_text.size())
        return m_text.size();
    if (m_text[at] == '"')
        return endOfString(at);
    if (m_text[at] == '{' || m_text[at] == '[') {
        size_t depth = 0;
        while (at < m_text.size()) {
            const char c = m_text[at];
            if (c == '"') {
                at = endOfString(at);
                continue;
            }
            ++at;
            if (c == '{' || c == '[')
                ++depth;
            else if ((c == '}' || c == ']') && --depth == 0)
                return at;
        }
        return at;
    }
    while (at < m_text.size() && m_text[at] != ',' && m_text[at] != '}' && m_text[at] != ']' && m_text[at] != '\n')
        ++at;
    return at;
}

} // namespace gatehouse::observe
