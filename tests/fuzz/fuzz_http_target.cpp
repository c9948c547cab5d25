// Paths, authorities, queries and cookies: never out of bounds, and a normal path is normal for good.
#include "gateway/http/target.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace gatehouse;
    if (size < 1)
        return 0;
    const std::string text(reinterpret_cast<const char *>(data) + 1, size - 1);
    http::PathRules rules;
    rules.dotSegments = http::PathRules::Dots(data[0] & 1);
    rules.mergeSlashes = data[0] & 2;
    rules.encodedSlash = http::PathRules::EncodedSlash((data[0] >> 2) % 3);
    Arena arena;
    if (const auto once = http::normalisePath(text, rules, arena)) {
        const auto twice = http::normalisePath(*once, rules, arena);
        if (!twice || *twice != *once || once->find("/../") != std::string_view::npos || once->ends_with("/.."))
            std::abort();
    }
    http::parseAuthority(text);
    http::QueryReader query(text);
    while (query.next()) { }
    http::CookieReader cookies(text);
    while (cookies.next()) { }
    const auto decoded = http::percentDecode(http::percentEncode(text, http::Encode::QueryPart));
    if (!decoded || *decoded != text)
        std::abort();
    return 0;
}
