#include "gateway/policy/headers/filter.h"

#include "gateway/config/records.h"
#include "gateway/policy/edit.h"
#include "gateway/policy/headers/record.h"

namespace gatehouse::policy {

namespace {
class HeadersConfig final : public FilterConfig {
public:
    HeadersConfig(Edit request, Edit response) : m_request(std::move(request)), m_response(std::move(response)) { }
    uint32_t interests() const override
    {
        return (m_request.empty() ? 0u : uint32_t(OnRequestHead)) | (m_response.empty() ? 0u : uint32_t(OnResponseHead));
    }
    Filter *make(Arena &arena) const override;
    Flow preview(Context &context) const override { return editRequest(context); }

    Flow editRequest(Context &context) const
    {
        const bool changed = m_request.apply(context.request().fields, viewOf(context));
        context.step(changed ? observe::StepVerdict::Acted : observe::StepVerdict::Passed);
        if (changed)
            context.changed("headers, request");
        return Flow::Continue;
    }
    Flow editResponse(Context &context) const
    {
        const bool changed = m_response.apply(context.response().fields, viewOf(context));
        context.step(changed ? observe::StepVerdict::Acted : observe::StepVerdict::Passed);
        return Flow::Continue;
    }

private:
    Edit m_request, m_response;
};

class HeadersFilter final : public Filter {
public:
    explicit HeadersFilter(const HeadersConfig &config) : m_config(config) { }
    Flow onRequestHead(Context &context) override { return m_config.editRequest(context); }
    Flow onResponseHead(Context &context) override { return m_config.editResponse(context); }

private:
    const HeadersConfig &m_config;
};

Filter *HeadersConfig::make(Arena &arena) const { return arena.make<HeadersFilter>(*this); }
} // namespace

Result<std::shared_ptr<const FilterConfig>> compileHeaders(const CompileContext &context)
{
    const auto &record = context.entry.as<Headers>();
    auto request = Edit::make(record.request, Edit::Of::RequestHeaders);
    if (!request)
        return request.error();
    auto response = Edit::make(record.response, Edit::Of::ResponseHeaders);
    if (!response)
        return response.error();
    return std::shared_ptr<const FilterConfig>(std::make_shared<HeadersConfig>(std::move(*request), std::move(*response)));
}

} // namespace gatehouse::policy
