#include "gateway/http/target.h"

#include "gateway/base/ip.h"
#include "gateway/base/text.h"
#include "gateway/http/scan.h"

namespace gatehouse::http {

namespace {

constexpr char hexUpper[] = "0123456789ABCDEF";

char *putEscape(char *at, uint8_t octet)
{
    *at++ = '%';
    *at++ = hexUpper[octet >> 4];
    *at++ = hexUpper[octet & 15];
    return at;
}

// The value of "%XX" at `at`, or -1.
int escapeAt(std::string_view text, size_t at)
{
    if (at + 2 >= text.size())
        return -1;
    const int high = scan::hexDigit(text[at + 1]), low = scan::hexDigit(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool isNormal(std::string_view path, const PathRules &rules)
{
    char before = 0;
    for (char c : path) {
        if (!scan::is(c, scan::Plain) || (before == '/' && (c == '.' || (c == '/' && rules.mergeSlashes))))
            return false;
        before = c;
    }
    return true;
}

// Decodes and encodes into `to`, which has room for three times the path.
std::optional<PathError> mendEscapes(std::string_view path, const PathRules &rules, char *&to)
{
    for (size_t i = 0; i < path.size(); ++i) {
        const char c = path[i];
        if (c != '%') {
            if (scan::isControl(c) || c == '\t')
                return PathError::ControlCharacter;
            if (scan::is(c, scan::Plain))
                *to++ = c;
            else
                to = putEscape(to, uint8_t(c));
            continue;
        }
        const int octet = escapeAt(path, i);
        if (octet < 0)
            return PathError::BadEscape;
        i += 2;
        if (octet < 0x20 || octet == 0x7f)
            return PathError::ControlCharacter;
        if (octet == '/' && rules.encodedSlash == PathRules::EncodedSlash::Reject)
            return PathError::EncodedSlash;
        if (octet == '/' && rules.encodedSlash == PathRules::EncodedSlash::Decode)
            *to++ = '/';
        else if (scan::is(char(octet), scan::Unreserved))
            *to++ = char(octet);
        else
            to = putEscape(to, uint8_t(octet));
    }
    return {};
}

// "..%2Fx" is one segment here and may be two for the upstream, which would then climb where no policy looked; one that takes
// parameters off its segments first reads "..;x" as "..", and ".;x" as nothing.
bool hidesDots(std::string_view segment)
{
    for (;;) {
        const size_t slash = std::min(segment.find("%2F"), segment.find("%5C"));
        const std::string_view piece = segment.substr(0, slash);
        const size_t parameters = std::min(piece.find(';'), piece.find("%3B"));
        const std::string_view name = piece.substr(0, parameters);
        if (name == ".." || (name == "." && parameters != std::string_view::npos))
            return true;
        if (slash == std::string_view::npos)
            return false;
        segment.remove_prefix(slash + 3);
    }
}

// In place. `path` begins with "/".
std::optional<PathError> resolveSegments(char *path, char *&end, const PathRules &rules)
{
    char *to = path;
    for (char *at = path; at != end;) {
        // A segment with the slash before it.
        char *segmentEnd = at + 1;
        while (segmentEnd != end && *segmentEnd != '/')
            ++segmentEnd;
        const std::string_view segment(at + 1, size_t(segmentEnd - at - 1));
        const bool last = segmentEnd == end;
        if (segment == "." || segment == "..") {
            if (rules.dotSegments == PathRules::Dots::Reject)
                return PathError::DotSegment;
            if (segment == "..") {
                if (to == path)
                    return PathError::AboveRoot;
                while (*--to != '/') { }
            }
            if (last)
                *to++ = '/';
        } else if (hidesDots(segment)) {
            return PathError::DotSegment;
        } else if (!(segment.empty() && !last && rules.mergeSlashes)) {
            if (!(segment.empty() && last && rules.mergeSlashes && to != path && to[-1] == '/')) {
                std::memmove(to, at, size_t(segmentEnd - at));
                to += segmentEnd - at;
            }
        }
        at = segmentEnd;
    }
    end = to;
    return {};
}

} // namespace

std::string_view name(PathError error)
{
    switch (error) {
    case PathError::NoSlash: return "no-slash";
    case PathError::BadEscape: return "bad-escape";
    case PathError::ControlCharacter: return "control-character";
    case PathError::AboveRoot: return "above-root";
    case PathError::DotSegment: return "dot-segment";
    case PathError::EncodedSlash: return "encoded-slash";
    }
    return {};
}

std::string_view sentence(PathError error)
{
    switch (error) {
    case PathError::NoSlash: return "The path does not begin with a slash.";
    case PathError::BadEscape: return "The path holds a percent sign without two hexadecimal digits.";
    case PathError::ControlCharacter: return "The path holds a control character.";
    case PathError::AboveRoot: return "The path climbs above its root.";
    case PathError::DotSegment: return "The path holds a dot segment.";
    case PathError::EncodedSlash: return "The path holds an encoded slash.";
    }
    return {};
}

Result<std::string_view, PathError> normalisePath(std::string_view path, const PathRules &rules, Arena &arena)
{
    if (path.empty() || path.front() != '/')
        return PathError::NoSlash;
    if (isNormal(path, rules))
        return path;
    char *const buffer = static_cast<char *>(arena.allocate(path.size() * 3, 1));
    char *end = buffer;
    if (const auto error = mendEscapes(path, rules, end))
        return *error;
    if (const auto error = resolveSegments(buffer, end, rules))
        return *error;
    return std::string_view(buffer, size_t(end - buffer));
}

PathAndQuery splitTarget(std::string_view target)
{
    const size_t mark = target.find('?');
    if (mark == std::string_view::npos)
        return {target, {}, false};
    return {target.substr(0, mark), target.substr(mark + 1), true};
}

std::optional<Authority> parseAuthority(std::string_view text)
{
    Authority authority;
    size_t hostSize = 0;
    if (!text.empty() && text.front() == '[') {
        const size_t bracket = text.find(']');
        // With a colon: a bracketed IPv4 address is none of RFC 3986's forms.
        if (bracket == std::string_view::npos || text.find(':') > bracket || !IpAddress::parse(text.substr(1, bracket - 1)))
            return {};
        hostSize = bracket + 1;
    } else {
        while (hostSize < text.size() && text[hostSize] != ':') {
            if (text[hostSize] == '%') {
                const int octet = escapeAt(text, hostSize);
                if (octet < 0x21 || octet == 0x7f)
                    return {};
                hostSize += 2;
            } else if (!scan::is(text[hostSize], scan::HostChar)) {
                return {};
            }
            ++hostSize;
        }
    }
    if (hostSize == 0)
        return {};
    authority.host = text.substr(0, hostSize);
    std::string_view port = text.substr(hostSize);
    if (port.empty() || port == ":") // port = *DIGIT
        return authority;
    port.remove_prefix(1);
    const auto number = text[hostSize] == ':' && port.size() <= 5 ? parseUnsigned(port) : std::nullopt;
    if (!number || *number == 0 || *number > 65535)
        return {};
    authority.port = uint16_t(*number);
    return authority;
}

bool isIpLiteral(std::string_view host)
{
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        return IpAddress::parse(host.substr(1, host.size() - 2)).has_value();
    return host.find(':') == std::string_view::npos && IpAddress::parse(host).has_value();
}

bool isLocalHost(std::string_view host)
{
    if (!host.empty() && host.back() == '.') // a fully qualified name
        host.remove_suffix(1);
    static constexpr std::string_view localhost = "localhost", under = ".localhost";
    if (equalsIgnoreCase(host, localhost))
        return true;
    if (host.size() > under.size() && equalsIgnoreCase(host.substr(host.size() - under.size()), under))
        return true;
    return host == "[::1]" || (host.starts_with("127.") && isIpLiteral(host));
}

std::optional<QueryReader::Pair> QueryReader::next()
{
    while (!m_left.empty()) {
        const size_t end = std::min(m_left.find('&'), m_left.size());
        const std::string_view part = m_left.substr(0, end);
        m_left.remove_prefix(std::min(end + 1, m_left.size()));
        if (part.empty())
            continue;
        const size_t equals = part.find('=');
        if (equals == std::string_view::npos)
            return Pair{part, {}, false};
        return Pair{part.substr(0, equals), part.substr(equals + 1), true};
    }
    return {};
}

std::optional<std::string> queryValue(std::string_view query, std::string_view name)
{
    QueryReader reader(query);
    while (const auto pair = reader.next()) {
        const auto decoded = percentDecode(pair->name, true);
        if (decoded ? *decoded == name : pair->name == name) {
            auto value = percentDecode(pair->value, true);
            return value ? std::move(value) : std::string(pair->value);
        }
    }
    return {};
}

std::optional<CookieReader::Pair> CookieReader::next()
{
    while (!m_left.empty()) {
        const size_t end = std::min(m_left.find(';'), m_left.size());
        const std::string_view part = scan::trimmed(m_left.data(), m_left.data() + end);
        m_left.remove_prefix(std::min(end + 1, m_left.size()));
        const size_t equals = part.find('=');
        if (equals == std::string_view::npos || equals == 0)
            continue; // RFC 6265 5.2: no name, no cookie
        const std::string_view name = scan::trimmed(part.data(), part.data() + equals);
        std::string_view value = scan::trimmed(part.data() + equals + 1, part.data() + part.size());
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return Pair{name, value};
    }
    return {};
}

std::string percentEncode(std::string_view octets, Encode what)
{
    std::string text;
    text.reserve(octets.size() + octets.size() / 4);
    for (char c : octets) {
        bool plain = scan::is(c, scan::Unreserved);
        if (!plain && what == Encode::Path)
            plain = scan::is(c, scan::Plain);
        else if (!plain && what == Encode::Segment)
            plain = scan::is(c, scan::Plain) && c != '/';
        else if (!plain)
            plain = c == '/' || c == ':' || c == '@' || c == ',' || c == '!' || c == '$' || c == '*' || c == '(' || c == ')';
        if (plain) {
            text += c;
        } else {
            char escape[3];
            putEscape(escape, uint8_t(c));
            text.append(escape, 3);
        }
    }
    return text;
}

std::optional<std::string> percentDecode(std::string_view text, bool plus)
{
    std::string octets;
    octets.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int octet = escapeAt(text, i);
            if (octet < 0)
                return {};
            octets += char(octet);
            i += 2;
        } else {
            octets += plus && text[i] == '+' ? ' ' : text[i];
        }
    }
    return octets;
}

} // namespace gatehouse::http
