#include "gateway/exporters/nginx/quote.h"

#include "gateway/base/text.h"

#include <cstdio>

namespace gatehouse::exporters::nginx {

namespace {
bool isAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
std::string hex(char c, const char *format)
{
    char text[8];
    std::snprintf(text, sizeof text, format, static_cast<unsigned>(static_cast<unsigned char>(c)));
    return text;
}
} // namespace

std::string quoted(std::string_view token)
{
    std::string out = "\"";
    for (const char c : token) {
        switch (c) {
        case '"':
        case '\\': (out += '\\') += c; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\0': break;
        default: out += c;
        }
    }
    return out += '"';
}

std::string literal(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '$')
            out += "${gh_dollar}";
        else if (c != '\0')
            out += c;
    }
    return out;
}

bool writable(std::string_view text) { return text.find('\0') == std::string_view::npos; }

std::string pattern(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (isAlnum(c) || c == '_' || c == '/' || c == '-' || c == '~' || static_cast<unsigned char>(c) >= 0x80)
            out += c;
        else if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '"')
            out += hex(c, "\\x%02x");
        else
            (out += '\\') += c;
    }
    return out;
}

std::string encodedPattern(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (isAlnum(c)) {
            out += c;
            continue;
        }
        out += "(?:" + pattern({&c, 1}) + "|%(?i:" + hex(c, "%02x") + ")" + (c == ' ' ? "|\\+" : "") + ")";
    }
    return out;
}

std::string regexKey(std::string_view regex) { return quoted("~" + std::string(regex)); }

std::string renamedGroups(std::string_view regex, unsigned number, std::vector<std::string> &names)
{
    std::string out;
    bool inClass = false;
    for (size_t i = 0; i < regex.size(); ++i) {
        if (regex[i] == '\\' && i + 1 < regex.size()) {
            out += regex.substr(i++, 2);
            continue;
        }
        if (regex[i] == '[')
            inClass = true;
        else if (regex[i] == ']')
            inClass = false;
        const auto at = regex.substr(i);
        const size_t intro = at.starts_with("(?P<") ? 4 : at.starts_with("(?<") && !at.starts_with("(?<=") && !at.starts_with("(?<!") ? 3 : 0;
        const size_t end = intro && !inClass ? at.find('>') : std::string_view::npos;
        if (end == std::string_view::npos) {
            out += regex[i];
            continue;
        }
        names.emplace_back(at.substr(intro, end - intro));
        out += "(?<gh_g" + std::to_string(number) + "_" + std::to_string(names.size() - 1) + ">";
        i += end;
    }
    return out;
}

std::string comment(std::string_view text) { return escapeControls(text); }

std::string duration(Duration time)
{
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    if (millis <= 0)
        return time.count() > 0 ? "1ms" : "1d";
    return millis % 1000 == 0 ? std::to_string(millis / 1000) + "s" : std::to_string(millis) + "ms";
}

std::string variable(std::string_view name) { return "${" + std::string(name) + "}"; }

std::string headerVariable(std::string_view header, std::string_view prefix)
{
    std::string name(prefix);
    for (const char c : header) {
        if (!isAlnum(c) && c != '-' && c != '_')
            return {};
        name += c == '-' ? '_' : lower(c);
    }
    return variable(name);
}

} // namespace gatehouse::exporters::nginx
