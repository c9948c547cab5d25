#include "gateway/policy/rate-limit/record.h"

namespace gatehouse::policy {

schema::Ptr<RateLimit> rateLimitShape()
{
    using namespace schema;
    using namespace std::chrono_literals;
    static const auto shape = record<RateLimit>("rate-limit",
        field("requests", &RateLimit::requests, required, resets, range(1, 1'000'000'000), label(QT_TRANSLATE_NOOP("shape", "Requests"))),
        field("per", &RateLimit::per, required, resets, duration(1ms, 24h * 366), label(QT_TRANSLATE_NOOP("shape", "Per")),
              help(QT_TRANSLATE_NOOP("shape", "The time in which that many requests may come."))),
        field("burst", &RateLimit::burst, resets, range(1, 1'000'000'000), label(QT_TRANSLATE_NOOP("shape", "Burst")), defaultText(QT_TRANSLATE_NOOP("shape", "as requests")),
              help(QT_TRANSLATE_NOOP("shape", "How many may come at once after a quiet time."))),
        field("by", &RateLimit::by, resets, list(countingKey(), ListOptions{1, 8, true, true}), label(QT_TRANSLATE_NOOP("shape", "Counted by"))),
        field("algorithm", &RateLimit::algorithm, resets, advanced, label(QT_TRANSLATE_NOOP("shape", "Algorithm")),
              oneOfNames<RateLimit::Algorithm>("rate-limit-algorithm", {{"token-bucket", RateLimit::Algorithm::TokenBucket}}, {"fixed-window", "sliding-window", "leaky-bucket"})),
        field("cost", &RateLimit::cost, advanced, range(1, 1'000'000), label(QT_TRANSLATE_NOOP("shape", "Cost")), help(QT_TRANSLATE_NOOP("shape", "How many a request counts for."))),
        field("status", &RateLimit::status, advanced, range(400, 599), label(QT_TRANSLATE_NOOP("shape", "Status when refused"))),
        field("headers", &RateLimit::headers, advanced, label(QT_TRANSLATE_NOOP("shape", "Headers")),
              oneOfNames<RateLimit::Headers>("rate-limit-headers", {{"ietf", RateLimit::Headers::Ietf}, {"x-ratelimit", RateLimit::Headers::XRateLimit}, {"both", RateLimit::Headers::Both}, {"none", RateLimit::Headers::None}})),
        planned({"delay"}));
    return shape;
}

} // namespace gatehouse::policy
