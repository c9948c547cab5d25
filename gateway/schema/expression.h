// The small languages inside texts: path templates (/orders/{id:int}), expressions ("/v2/{path.id}"), counting keys (header.x),
// URLs. Parsed here once, for the reader's errors, the runtime and the exporters alike.
#pragma once

#include "gateway/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::schema {

// A segment of a path template, between two slashes.
struct Segment {
    enum class Type : uint8_t { Literal, Any, Integer, Rest };
    Type type = Type::Literal;
    std::string text; // the literal, or the name of what is captured
    bool operator==(const Segment &) const = default;
};
// "/" is one empty literal. Rest stands last and also takes nothing. Errors are sentences without the text itself.
Result<std::vector<Segment>> parsePathTemplate(std::string_view text);

// Where a value of a request comes from.
enum class Source : uint8_t {
    Literal, Path, Query, Header, Cookie, Claim, Consumer, ClientIp, RequestId, RequestMethod, RequestHost, RequestScheme, RequestPath, PathRest,
    Route, Global, // of counting keys only
};
struct Part {
    Source source = Source::Literal;
    std::string text; // the literal, or the NAME of path.NAME and its like (header names lower-case)
    bool operator==(const Part &) const = default;
};
// A text with {…} in it; neighbouring literals are one part; {{ and }} stand for a brace, one alone is an error.
Result<std::vector<Part>> parseExpression(std::string_view text);
// What a limit counts by: client-ip, consumer, route, global, header.NAME, query.NAME, cookie.NAME, path.NAME, claim.NAME.
Result<Part> parseCountingKey(std::string_view text);
std::string printCountingKey(const Part &key);

// An absolute URL with an authority, or unix:/path of a socket. No user information (credentials don't belong in a URL).
struct Url {
    std::string scheme; // lower-case
    std::string host;   // lower-case; IPv6 without brackets
    uint16_t port = 0;  // 0: not given
    std::string path;   // as written, with the query; may be empty
    std::string socket; // of unix: the socket's path, and nothing else is set but the scheme
};
Result<Url> parseUrl(std::string_view text);

// "127.0.0.1:8080", "[::1]:0" or "unix:/path".
struct Address {
    std::string host; // IPv6 without brackets; empty for a socket file
    uint16_t port = 0;
    std::string socket; // path of a Unix-domain socket; empty otherwise
    bool loopback() const;
};
Result<Address> parseAddress(std::string_view text);

bool isToken(std::string_view text); // RFC 9110, 5.6.2

} // namespace gatehouse::schema
