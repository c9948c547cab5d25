// Ids for requests: sortable by time, unique without asking anybody.
#pragma once

#include "gateway/policy/services.h"

#include <cstdint>
#include <string>

namespace gatehouse::policy {

// RFC 9562 section 5.7: "0193a2b4-…", 36 characters.
std::string uuid7(int64_t wallMicros, Random &random);
// 26 characters of Crockford's base 32: 48 bits of milliseconds, 80 random ones.
std::string ulid(int64_t wallMicros, Random &random);
// What may be taken over from a request: 1 to 128 visible characters that need no quoting anywhere.
bool isAcceptableId(std::string_view id);

} // namespace gatehouse::policy
