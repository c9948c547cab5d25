#include "gateway/schema/expression.h"

#include "gateway/base/ip.h"
#include "gateway/base/text.h"

#include <algorithm>

namespace gatehouse::schema {
namespace {

Error bad(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message)); }

bool isIdentifier(std::string_view text)
{
    if (text.empty() || (text[0] >= '0' && text[0] <= '9'))
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

Result<Segment> parseSegment(std::string_view text)
{
    if (text.find_first_of("{}") == std::string_view::npos)
        return Segment{Segment::Type::Literal, std::string(text)};
    if (text.front() == '{' && text.find('}') == std::string_view::npos)
        return bad("the { is not closed; write " + std::string(text) + "}, or " + std::string(text) + ":int} for digits only");
    if (text.front() != '{' || text.back() != '}' || std::count(text.begin(), text.end(), '{') != 1 || std::count(text.begin(), text.end(), '}') != 1)
        return bad("{name} stands for a whole segment, between two slashes");
    std::string_view inside = text.substr(1, text.size() - 2);
    auto type = Segment::Type::Any;
    if (!inside.empty() && inside.back() == '*') {
        type = Segment::Type::Rest;
        inside.remove_suffix(1);
    } else if (const size_t colon = inside.find(':'); colon != std::string_view::npos) {
        if (inside.substr(colon + 1) != "int")
            return bad("the only type is int: {" + std::string(inside.substr(0, colon)) + ":int}");
        type = Segment::Type::Integer;
        inside = inside.substr(0, colon);
    }
    if (!isIdentifier(inside))
        return bad("a name in braces begins with a letter and holds letters, digits, - and _");
    return Segment{type, std::string(inside)};
}

struct Name {
    std::string_view text;
    Source source;
};
constexpr Name prefixes[] = {{"path.", Source::Path}, {"query.", Source::Query}, {"header.", Source::Header},
                             {"cookie.", Source::Cookie}, {"claim.", Source::Claim}};
constexpr Name words[] = {{"consumer", Source::Consumer}, {"client.ip", Source::ClientIp}, {"request.id", Source::RequestId},
                          {"request.method", Source::RequestMethod}, {"request.host", Source::RequestHost},
                          {"request.scheme", Source::RequestScheme}, {"request.path", Source::RequestPath}, {"path-rest", Source::PathRest}};
constexpr Name countingWords[] = {{"client-ip", Source::ClientIp}, {"consumer", Source::Consumer}, {"route", Source::Route}, {"global", Source::Global}};

Result<Part> parseName(std::string_view name, bool counting)
{
    std::vector<std::string_view> known;
    const auto find = [&](const auto &table) -> const Name * {
        for (const Name &entry : table) {
            known.push_back(entry.text);
            if (entry.text == name)
                return &entry;
        }
        return nullptr;
    };
    if (const Name *word = counting ? find(countingWords) : find(words))
        return Part{word->source, {}};
    for (const Name &prefix : prefixes) {
        if (!name.starts_with(prefix.text))
            continue;
        const std::string_view rest = name.substr(prefix.text.size());
        if (prefix.source == Source::Claim)
            return bad("`claim.…` is part of the format but not built yet in this version");
        if (rest.empty() || (prefix.source == Source::Header && !isToken(rest)))
            return bad("a name is missing after \"" + std::string(prefix.text) + '"');
        return Part{prefix.source, prefix.source == Source::Header ? lower(rest) : std::string(rest)};
    }
    const auto near = nearest(name, known);
    std::string message = "\"" + escapeControls(name) + "\" is not one of path.NAME, query.NAME, header.NAME, cookie.NAME";
    for (auto word : known)
        message += ", " + std::string(word);
    if (!near.empty())
        message += "; did you mean " + std::string(near) + "?";
    return bad(std::move(message));
}

} // namespace

bool isToken(std::string_view text)
{
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
    });
}

Result<std::vector<Segment>> parsePathTemplate(std::string_view text)
{
    if (text.empty() || text[0] != '/')
        return bad("a path begins with /");
    if (text.find_first_of("?#") != std::string_view::npos)
        return bad("a path holds no ? or #; conditions on the query have a key of their own");
    for (char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
            return bad("spaces and control characters of a path are written as %20 and the like");
    std::vector<Segment> segments;
    for (std::string_view piece : split(text.substr(1), '/')) {
        auto segment = parseSegment(piece);
        if (!segment)
            return segment.error();
        if (!segments.empty() && segments.back().type == Segment::Type::Rest)
            return bad("{" + segments.back().text + "*} takes the remainder and stands last");
        for (const Segment &before : segments)
            if (before.type != Segment::Type::Literal && segment->type != Segment::Type::Literal && before.text == segment->text)
                return bad("{" + segment->text + "} stands here twice");
        segments.push_back(std::move(*segment));
    }
    return segments;
}

Result<std::vector<Part>> parseExpression(std::string_view text)
{
    std::vector<Part> parts;
    const auto literal = [&](std::string_view more) {
        if (parts.empty() || parts.back().source != Source::Literal)
            parts.push_back({});
        parts.back().text += more;
    };
    while (!text.empty()) {
        const size_t open = text.find_first_of("{}");
        if (open == 0 && text.size() > 1 && text[1] == text[0]) { // {{ and }} stand for a brace
            literal(text.substr(0, 1));
            text.remove_prefix(2);
            continue;
        }
        if (open != 0)
            literal(text.substr(0, open));
        if (open == std::string_view::npos)
            break;
        if (open != 0) {
            text.remove_prefix(open);
            continue;
        }
        const size_t close = text.find('}', open);
        if (text[open] == '}' || close == std::string_view::npos)
            return bad(text[open] == '}' ? "} has no { before it" : "{ has no } after it");
        auto part = parseName(text.substr(open + 1, close - open - 1), false);
        if (!part)
            return part.error();
        parts.push_back(std::move(*part));
        text.remove_prefix(close + 1);
    }
    return parts;
}

Result<Part> parseCountingKey(std::string_view text) { return parseName(text, true); }

std::string printCountingKey(const Part &key)
{
    for (const Name &word : countingWords)
        if (word.source == key.source)
            return std::string(word.text);
    for (const Name &prefix : prefixes)
        if (prefix.source == key.source)
            return std::string(prefix.text) + key.text;
    return {};
}

namespace {
// host[:port] of a URL or an address.
Result<Url> parseAuthority(std::string_view text)
{
    Url url;
    std::string_view host = text, port;
    bool hasPort = false;
    if (!text.empty() && text[0] == '[') {
        const size_t close = text.find(']');
        if (close == std::string_view::npos)
            return bad("] is missing after the IPv6 address");
        host = text.substr(1, close - 1);
        std::string_view rest = text.substr(close + 1);
        hasPort = !rest.empty();
        if (hasPort && rest[0] != ':')
            return bad("only :PORT may follow ]");
        port = hasPort ? rest.substr(1) : rest;
        if (!IpAddress::parse(host) || host.find(':') == std::string_view::npos)
            return bad("what stands in [ ] is not an IPv6 address");
    } else if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        hasPort = true;
    }
    if (host.empty())
        return bad("the host is missing");
    for (char c : host)
        if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F || std::string_view("/\\@?#%\"<>^`{|}").find(c) != std::string_view::npos)
            return bad("the host holds a character that hosts can't have");
    if (hasPort) {
        const auto number = parseUnsigned(port);
        if (!number || *number > 65535)
            return bad("the port is not a number from 0 to 65535");
        url.port = static_cast<uint16_t>(*number);
    }
    url.host = lower(host);
    return url;
}
} // namespace

Result<Url> parseUrl(std::string_view text)
{
    if (text.starts_with("unix:")) {
        auto socket = parseAddress(text);
        if (!socket)
            return socket.error();
        Url url;
        url.scheme = "unix";
        url.socket = std::move(socket->socket);
        return url;
    }
    const size_t colon = text.find("://");
    if (colon == std::string_view::npos || colon == 0)
        return bad("a URL looks like http://host:port");
    const std::string scheme = lower(text.substr(0, colon));
    std::string_view rest = text.substr(colon + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    rest.remove_prefix(authority.size());
    if (authority.find('@') != std::string_view::npos)
        return bad("a URL holds no user name or password; credentials belong into a policy");
    auto url = parseAuthority(authority);
    if (!url)
        return url;
    for (char c : rest)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
            return bad("spaces and control characters of a URL are written as %20 and the like");
    if (rest.find('#') != std::string_view::npos)
        return bad("a fragment (#) means nothing here");
    url->scheme = scheme;
    url->path = std::string(rest);
    return url;
}

bool Address::loopback() const
{
    if (!socket.empty())
        return true;
    const auto ip = IpAddress::parse(host);
    return ip && ip->isLoopback();
}

Result<Address> parseAddress(std::string_view text)
{
    Address address;
    if (text.starts_with("unix:")) {
        address.socket = std::string(text.substr(5));
        if (!address.socket.starts_with('/') || address.socket.size() > 107)
            return bad("unix: is followed by an absolute path of at most 107 bytes");
        if (std::any_of(address.socket.begin(), address.socket.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
            return bad("the path of unix: holds a control character");
        return address;
    }
    if (text.find(':') == std::string_view::npos)
        return bad("an address looks like 127.0.0.1:8080; the port is missing");
    auto parts = parseAuthority(text);
    if (!parts)
        return parts.error();
    if (text[0] != '[' && !IpAddress::parse(parts->host))
        return bad("an address is IP:PORT, such as 127.0.0.1:8080 or [::1]:8080");
    if (text.back() == ']')
        return bad("an address looks like [::1]:8080; the port is missing");
    address.host = parts->host;
    address.port = parts->port;
    return address;
}

} // namespace gatehouse::schema
