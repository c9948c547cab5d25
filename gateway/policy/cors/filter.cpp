#include "gateway/policy/cors/filter.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/policy/cors/record.h"

#include <algorithm>

namespace gatehouse::policy {

namespace {
std::string joined(const std::vector<std::string> &texts)
{
    std::string out;
    for (const auto &text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out;
}

bool isCorsField(const http::Field &field, const void *) { return startsWithIgnoreCase(field.name, "access-control-"); }

void vary(http::Fields &fields, std::string_view name)
{
    for (auto part : split(fields.combined("vary"), ','))
        if (const auto named = trim(part); named == "*" || equalsIgnoreCase(named, name))
            return;
    fields.add("Vary", name);
}

class CorsConfig final : public FilterConfig {
public:
    explicit CorsConfig(Cors record)
        : m_record(std::move(record)), m_any(std::find(m_record.origins.begin(), m_record.origins.end(), "*") != m_record.origins.end()),
          m_methods(joined(m_record.methods)), m_headers(joined(m_record.headers)), m_expose(joined(m_record.expose)),
          m_maxAge(std::to_string(std::chrono::duration_cast<std::chrono::seconds>(m_record.maxAge).count()))
    {
    }
    uint32_t interests() const override { return OnRequestHead | OnResponseHead; }
    Filter *make(Arena &arena) const override;
    Flow preview(Context &context) const override { return onRequest(context); }
    bool allowsOrigin(std::string_view origin) const override
    {
        return m_any || std::any_of(m_record.origins.begin(), m_record.origins.end(), [&](const auto &one) { return equalsIgnoreCase(one, origin); });
    }

    Flow onRequest(Context &context) const;
    void onResponse(Context &context) const;

private:
    static bool isPreflight(const http::RequestHead &head)
    {
        return head.known == http::Method::Options && head.fields.has("origin") && head.fields.has("access-control-request-method");
    }
    void allow(http::Fields &fields, std::string_view origin) const
    {
        fields.set("Access-Control-Allow-Origin", m_any ? std::string_view("*") : origin);
        if (m_record.credentials)
            fields.set("Access-Control-Allow-Credentials", "true");
    }
    bool allowsMethod(std::string_view method) const
    {
        return std::find(m_record.methods.begin(), m_record.methods.end(), method) != m_record.methods.end();
    }
    // The first field asked for that is not allowed; empty: all are.
    std::string_view refusedHeader(std::string_view asked) const
    {
        for (auto part : split(asked, ',')) {
            const std::string_view name = trim(part);
            const auto is = [&](std::string_view known) { return equalsIgnoreCase(known, name); };
            // Those that are safelisted by the Fetch standard need no mention.
            if (!name.empty() && std::none_of(m_record.headers.begin(), m_record.headers.end(), is) && !is("accept") && !is("accept-language")
                && !is("content-language") && !is("content-type") && !is("range"))
                return name;
        }
        return {};
    }
    Flow preflight(Context &context, std::string_view origin) const;
    Flow refuse(Context &context, const std::string &detail) const;

    const Cors m_record;
    const bool m_any;
    const std::string m_methods, m_headers, m_expose, m_maxAge;
};

Flow CorsConfig::refuse(Context &context, const std::string &detail) const
{
    context.step(observe::StepVerdict::Refused, detail);
    const http::Field field{"Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"};
    context.respondProblem(403, "Forbidden", "This request from another site is not allowed: " + detail + ".", {&field, 1});
    return Flow::Respond;
}

Flow CorsConfig::preflight(Context &context, std::string_view origin) const
{
    const http::Fields &asked = context.request().fields;
    const std::string_view method = asked.value("access-control-request-method");
    if (!allowsOrigin(origin))
        return refuse(context, "origin " + std::string(origin) + " is not in origins");
    if (!allowsMethod(method))
        return refuse(context, std::string(method) + " is not in methods");
    if (const auto name = refusedHeader(asked.combined("access-control-request-headers")); !name.empty())
        return refuse(context, std::string(name) + " is not in headers");
    const bool network = asked.value("access-control-request-private-network") == "true";
    if (network && !m_record.privateNetwork)
        return refuse(context, "private-network is off");
    http::Fields fields(context.arena());
    allow(fields, origin);
    fields.add("Access-Control-Allow-Methods", m_methods);
    if (!m_headers.empty())
        fields.add("Access-Control-Allow-Headers", m_headers);
    if (network)
        fields.add("Access-Control-Allow-Private-Network", "true");
    fields.add("Access-Control-Max-Age", m_maxAge);
    fields.add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    context.step(observe::StepVerdict::Answered, context.arena().join({"preflight of ", origin, " for ", method}));
    context.respond(204, {fields.begin(), fields.size()}, {});
    return Flow::Respond;
}

Flow CorsConfig::onRequest(Context &context) const
{
    const http::RequestHead &head = context.request();
    const std::string_view origin = head.fields.value("origin");
    if (isPreflight(head))
        return preflight(context, origin);
    context.step(observe::StepVerdict::Passed, origin.empty() ? "no Origin: not from another site's page"
                     : allowsOrigin(origin)               ? std::string_view()
                                                          : "this origin's pages may not read the answer");
    return Flow::Continue;
}

// What the upstream says of it is replaced: the policy is the one place that decides.
void CorsConfig::onResponse(Context &context) const
{
    http::Fields &fields = context.response().fields;
    fields.removeIf(isCorsField, nullptr);
    if (!m_any)
        vary(fields, "Origin");
    const std::string_view origin = context.request().fields.value("origin");
    if (origin.empty() || !allowsOrigin(origin))
        return;
    allow(fields, origin);
    if (!m_expose.empty())
        fields.set("Access-Control-Expose-Headers", m_expose);
}

class CorsFilter final : public Filter {
public:
    explicit CorsFilter(const CorsConfig &config) : m_config(config) { }
    Flow onRequestHead(Context &context) override { return m_config.onRequest(context); }
    Flow onResponseHead(Context &context) override
    {
        m_config.onResponse(context);
        return Flow::Continue;
    }

private:
    const CorsConfig &m_config;
};

Filter *CorsConfig::make(Arena &arena) const { return arena.make<CorsFilter>(*this); }
} // namespace

Result<std::shared_ptr<const FilterConfig>> compileCors(const CompileContext &context)
{
    return std::shared_ptr<const FilterConfig>(std::make_shared<CorsConfig>(context.entry.as<Cors>()));
}

} // namespace gatehouse::policy
