#include "gateway/policy/rate-limit/filter.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/policy/limitkey.h"
#include "gateway/policy/rate-limit/buckets.h"
#include "gateway/policy/rate-limit/record.h"
#include "gateway/policy/services.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>

namespace gatehouse::policy {

namespace {
int64_t microsUp(Duration time) { return time.count() < 0 ? -1 : (time.count() + 999) / 1000; }
int64_t secondsUp(Duration time) { return (time.count() + 999'999'999) / 1'000'000'000; }

// Texts and numbers side by side, on the stack: these fields stand on every answer. What does not fit is cut.
class Text {
public:
    template <typename... Parts>
    explicit Text(const Parts &...parts)
    {
        (add(parts), ...);
    }
    operator std::string_view() const { return {m_data.data(), m_size}; }

private:
    void add(std::string_view text)
    {
        m_size += text.copy(m_data.data() + m_size, m_data.size() - m_size);
    }
    template <std::integral Number>
    void add(Number number)
    {
        const auto written = std::to_chars(m_data.data() + m_size, m_data.data() + m_data.size(), number);
        if (written.ec == std::errc())
            m_size = size_t(written.ptr - m_data.data());
    }
    std::array<char, 128> m_data; // a name has at most 63 octets
    size_t m_size = 0;
};

class RateLimitConfig final : public FilterConfig {
public:
    RateLimitConfig(const RateLimit &record, LimitKey key, std::string name, std::shared_ptr<Buckets> buckets, const Clock &clock)
        : m_record(record), m_key(std::move(key)), m_buckets(std::move(buckets)), m_clock(clock),
          m_policyField("\"" + name + "\";q=" + std::to_string(m_buckets->capacity()) + ";w=" + std::to_string(window())),
          m_name(std::move(name))
    {
    }
    uint32_t interests() const override { return m_record.headers == RateLimit::Headers::None ? OnRequestHead : OnRequestHead | OnResponseHead; }
    Filter *make(Arena &arena) const override;
    std::vector<observe::Gauge> gauges(size_t most) const override
    {
        std::vector<observe::Gauge> gauges;
        for (const auto &state : m_buckets->emptiest(most, m_clock.monotonic()))
            gauges.push_back({m_key.shown(state.key), state.answer.level, capacity(), microsUp(state.answer.next)});
        return gauges;
    }
    std::string countedBy(Context &context) const override { return m_key.shown(m_key.of(viewOf(context), context.arena())); }
    Flow preview(Context &context) const override
    {
        const std::string_view key = m_key.of(viewOf(context), context.arena());
        const auto answer = m_buckets->peek(key, m_record.cost, context.now());
        if (!answer.allowed)
            return refuseEmpty(context, key, answer);
        context.gauge(answer.level, capacity(), microsUp(answer.next));
        return Flow::Continue;
    }

    Flow decide(Context &context, Buckets::Answer &answer) const
    {
        const std::string_view key = m_key.of(viewOf(context), context.arena());
        answer = m_buckets->take(key, m_record.cost, context.now());
        if (answer.allowed) {
            context.step(observe::StepVerdict::Passed);
            context.gauge(answer.level, capacity(), microsUp(answer.next));
            return Flow::Continue;
        }
        return refuseEmpty(context, key, answer);
    }

    Flow refuseEmpty(Context &context, std::string_view key, const Buckets::Answer &answer) const
    {
        context.step(observe::StepVerdict::Refused, "the bucket of " + m_key.shown(key) + " is empty");
        context.gauge(answer.level, capacity(), microsUp(answer.next));
        refuse(context, answer);
        return Flow::Respond;
    }
    void mark(http::Fields &fields, const Buckets::Answer &answer) const;

private:
    double capacity() const { return static_cast<double>(m_buckets->capacity()); }
    // Seconds in which an empty bucket fills: what the draft calls the window of its quota.
    int64_t window() const
    {
        const long double seconds = std::chrono::duration<long double>(m_record.per).count() * static_cast<long double>(m_buckets->capacity())
            / static_cast<long double>(m_record.requests);
        const auto whole = static_cast<int64_t>(seconds);
        return std::max<int64_t>(1, whole + (static_cast<long double>(whole) < seconds ? 1 : 0));
    }
    void refuse(Context &context, const Buckets::Answer &answer) const;

    const RateLimit m_record;
    const LimitKey m_key;
    const std::shared_ptr<Buckets> m_buckets;
    const Clock &m_clock;
    const std::string m_policyField, m_name;
};

// draft-ietf-httpapi-ratelimit-headers-10: quota, window, remaining and seconds until it is whole again. The older X-RateLimit-*
// name one limit only: of several on a route the tightest is told.
void RateLimitConfig::mark(http::Fields &fields, const Buckets::Answer &answer) const
{
    using Headers = RateLimit::Headers;
    const auto left = static_cast<uint64_t>(answer.level);
    const int64_t seconds = secondsUp(answer.full);
    if (m_record.headers == Headers::Ietf || m_record.headers == Headers::Both) {
        fields.add("RateLimit-Policy", m_policyField);
        fields.add("RateLimit", Text("\"", std::string_view(m_name).substr(0, 63), "\";r=", left, ";t=", seconds));
    }
    if (m_record.headers != Headers::XRateLimit && m_record.headers != Headers::Both)
        return;
    if (const auto *told = fields.find("x-ratelimit-remaining"); told && parseUnsigned(told->value).value_or(UINT64_MAX) <= left)
        return;
    fields.set("X-RateLimit-Limit", Text(m_buckets->capacity()));
    fields.set("X-RateLimit-Remaining", Text(left));
    fields.set("X-RateLimit-Reset", Text(seconds));
}

void RateLimitConfig::refuse(Context &context, const Buckets::Answer &answer) const
{
    http::Fields fields(context.arena());
    std::string detail = "The limit of " + std::to_string(m_record.requests) + " requests per " + schema::printDuration(m_record.per) + " is reached.";
    if (answer.next.count() >= 0) {
        fields.add("Retry-After", Text(std::max<int64_t>(1, secondsUp(answer.next))));
        detail += " The next is let in after " + humanDuration(microsUp(answer.next)) + ".";
    } else {
        detail = "This request costs more than the limit ever holds.";
    }
    mark(fields, answer);
    const auto status = static_cast<uint16_t>(m_record.status);
    context.respondProblem(status, status == 429 ? "Too Many Requests" : status == 503 ? "Service Unavailable" : "Refused by a rate limit", detail,
                           {fields.begin(), fields.size()});
}

class RateLimitFilter final : public Filter {
public:
    explicit RateLimitFilter(const RateLimitConfig &config) : m_config(config) { }
    Flow onRequestHead(Context &context) override { return m_config.decide(context, m_answer); }
    Flow onResponseHead(Context &context) override
    {
        m_config.mark(context.response().fields, m_answer);
        return Flow::Continue;
    }

private:
    const RateLimitConfig &m_config;
    Buckets::Answer m_answer;
};

Filter *RateLimitConfig::make(Arena &arena) const { return arena.make<RateLimitFilter>(*this); }
} // namespace

Result<std::shared_ptr<const FilterConfig>> compileRateLimit(const CompileContext &context)
{
    const auto &record = context.entry.as<RateLimit>();
    auto key = LimitKey::make(record.by);
    if (!key)
        return key.error();
    const uint64_t burst = record.burst.value_or(record.requests);
    std::string counted;
    for (const auto &by : record.by)
        counted += by + " ";
    const std::string fingerprint = std::to_string(record.requests) + " " + std::to_string(record.per.count()) + " " + std::to_string(burst) + " " + counted;
    auto buckets = context.states.acquire<Buckets>(context.identity, fingerprint,
                                                   [&] { return std::make_shared<Buckets>(record.requests, record.per, burst); });
    return std::shared_ptr<const FilterConfig>(std::make_shared<RateLimitConfig>(
        record, std::move(*key), context.entry.name.empty() ? "rate-limit" : context.entry.name, std::move(buckets), context.clock));
}

} // namespace gatehouse::policy
