// What stands behind the method: paths, queries, authorities, cookies (RFC 3986, RFC 6265). No state, any thread.
// Views point into what was given, or into the arena where a text had to be changed.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::http {

// settings.paths of the workspace.
struct PathRules {
    enum class Dots : uint8_t { Resolve, Reject };
    enum class EncodedSlash : uint8_t { Keep, Reject, Decode };
    Dots dotSegments = Dots::Resolve;
    bool mergeSlashes = false;
    EncodedSlash encodedSlash = EncodedSlash::Keep;
    bool operator==(const PathRules &) const = default;
};

enum class PathError : uint8_t { NoSlash, BadEscape, ControlCharacter, AboveRoot, DotSegment, EncodedSlash };
std::string_view name(PathError error);     // stable: "above-root"
std::string_view sentence(PathError error);

// The one form of a path that router, policies and upstream all see: escapes in upper case, unreserved characters decoded, what
// may not stand plain encoded, dot segments resolved after decoding. The given view itself when it is in that form already.
Result<std::string_view, PathError> normalisePath(std::string_view path, const PathRules &rules, Arena &arena);

struct PathAndQuery {
    std::string_view path, query;
    bool hasQuery = false;
};
PathAndQuery splitTarget(std::string_view target);

// host[:port] (RFC 3986 3.2). IPv6 keeps its brackets. Nothing when malformed, user information included.
struct Authority {
    std::string_view host;
    uint16_t port = 0; // 0: none given
};
std::optional<Authority> parseAuthority(std::string_view text);
bool isIpLiteral(std::string_view host); // dotted IPv4 or bracketed IPv6
// localhost, anything under it, or a loopback literal.
bool isLocalHost(std::string_view host);

// name=value pairs between "&", as they are (still encoded).
class QueryReader {
public:
    explicit QueryReader(std::string_view query) : m_left(query) { }
    struct Pair { std::string_view name, value; bool hasValue; };
    std::optional<Pair> next();

private:
    std::string_view m_left;
};
// The first value of that (decoded) name, decoded; nothing when absent.
std::optional<std::string> queryValue(std::string_view query, std::string_view name);

// The pairs of one Cookie field.
class CookieReader {
public:
    explicit CookieReader(std::string_view field) : m_left(field) { }
    struct Pair { std::string_view name, value; };
    std::optional<Pair> next();

private:
    std::string_view m_left;
};

enum class Encode : uint8_t { Path, Segment, QueryPart }; // which characters stay plain: segment: not "/"; query part: nor "&=+"
std::string percentEncode(std::string_view octets, Encode what);
// Nothing when an escape is malformed. `plus`: "+" is a space (form encoding).
std::optional<std::string> percentDecode(std::string_view text, bool plus = false);

} // namespace gatehouse::http
