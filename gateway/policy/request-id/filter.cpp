#include "gateway/policy/request-id/filter.h"

#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/policy/request-id/ids.h"
#include "gateway/policy/request-id/record.h"
#include "gateway/policy/services.h"

#include <atomic>
#include <cstdio>

namespace gatehouse::policy {

namespace {
class RequestIdConfig final : public FilterConfig {
public:
    RequestIdConfig(RequestId record, std::shared_ptr<std::atomic<uint64_t>> counter) : m_record(std::move(record)), m_counter(std::move(counter)) { }
    uint32_t interests() const override { return OnRequestHead | OnResponseHead; }
    Filter *make(Arena &arena) const override;
    Flow preview(Context &context) const override
    {
        give(context, "(made when it is sent)");
        return Flow::Continue;
    }

    void name(Context &context) const
    {
        if (m_record.format == RequestId::Format::Counter) {
            char text[24];
            const int size = std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(m_counter->fetch_add(1, std::memory_order_relaxed) + 1));
            return give(context, {text, static_cast<size_t>(size)}, true);
        }
        const int64_t now = context.services().clock.wallMicros();
        Random &random = context.services().random;
        give(context, m_record.format == RequestId::Format::Ulid ? ulid(now, random) : uuid7(now, random), true);
    }
    // The id that came, where it may be kept, else `made`.
    bool keep(Context &context) const
    {
        if (!m_record.accept || context.request().fields.count(m_record.header) != 1)
            return false;
        const std::string_view sent = context.request().fields.value(m_record.header);
        if (!isAcceptableId(sent))
            return false;
        context.info().requestId = sent;
        context.step(observe::StepVerdict::Passed, context.arena().join({"kept ", sent}));
        return true;
    }
    void echo(Context &context) const { context.response().fields.set(m_record.header, context.info().requestId); }

private:
    void give(Context &context, std::string_view made, bool sent = false) const
    {
        if (!sent && keep(context))
            return;
        const std::string_view id = context.arena().copy(made);
        context.info().requestId = id;
        context.request().fields.set(m_record.header, id);
        context.step(observe::StepVerdict::Acted, sent ? context.arena().join({"made ", id}) : std::string_view("makes one"));
        context.changed("request-id");
    }
    RequestId m_record;
    std::shared_ptr<std::atomic<uint64_t>> m_counter;
};

class RequestIdFilter final : public Filter {
public:
    explicit RequestIdFilter(const RequestIdConfig &config) : m_config(config) { }
    Flow onRequestHead(Context &context) override
    {
        if (!m_config.keep(context))
            m_config.name(context);
        return Flow::Continue;
    }
    Flow onResponseHead(Context &context) override
    {
        m_config.echo(context);
        return Flow::Continue;
    }

private:
    const RequestIdConfig &m_config;
};

Filter *RequestIdConfig::make(Arena &arena) const { return arena.make<RequestIdFilter>(*this); }
} // namespace

Result<std::shared_ptr<const FilterConfig>> compileRequestId(const CompileContext &context)
{
    auto counter = context.states.acquire<std::atomic<uint64_t>>(context.identity, "counter", [] { return std::make_shared<std::atomic<uint64_t>>(0); });
    return std::shared_ptr<const FilterConfig>(std::make_shared<RequestIdConfig>(context.entry.as<RequestId>(), std::move(counter)));
}

} // namespace gatehouse::policy
