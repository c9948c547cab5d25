// `rate-limit`: at most so many requests in a time, counted by a key.
#pragma once

#include "gateway/schema/define.h"

#include <optional>
#include <string>
#include <vector>

namespace gatehouse::policy {

struct RateLimit {
    enum class Algorithm : uint8_t { TokenBucket };
    enum class Headers : uint8_t { Ietf, XRateLimit, Both, None };
    uint64_t requests = 1;
    Duration per = std::chrono::seconds(1);
    std::optional<uint64_t> burst; // none: as requests
    std::vector<std::string> by{"client-ip"}; // counting keys: schema::parseCountingKey
    Algorithm algorithm = Algorithm::TokenBucket;
    uint64_t cost = 1; // tokens of a request
    int status = 429;
    Headers headers = Headers::Both;
};

schema::Ptr<RateLimit> rateLimitShape();

} // namespace gatehouse::policy
