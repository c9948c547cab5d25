// `key-auth`: who asks is known by a key of a consumer, in a header, a query parameter or a cookie.
#pragma once

#include "gateway/schema/define.h"

#include <optional>
#include <string>

namespace gatehouse::policy {

inline constexpr const char *defaultKeyHeader = "x-api-key";

struct KeyAuth {
    std::optional<std::string> header, query, cookie; // at most one; none: defaultKeyHeader
    bool hide = true; // the upstream does not see the key
};

schema::Ptr<KeyAuth> keyAuthShape();

} // namespace gatehouse::policy
