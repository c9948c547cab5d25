#include "gateway/runtime/crosssite.h"

#include "gateway/base/text.h"
#include "gateway/http/target.h"

namespace gatehouse::runtime {

namespace {
std::string_view originHost(std::string_view origin)
{
    const size_t slashes = origin.find("://");
    if (slashes == std::string_view::npos)
        return {};
    const auto authority = http::parseAuthority(origin.substr(slashes + 3));
    return authority ? authority->host : std::string_view();
}

// What a browser takes for the site of a local name: the label under .localhost, or the whole host.
std::string_view siteOf(std::string_view host)
{
    static constexpr std::string_view under = ".localhost";
    if (!host.empty() && host.back() == '.')
        host.remove_suffix(1);
    if (host.size() <= under.size() || !equalsIgnoreCase(host.substr(host.size() - under.size()), under))
        return host;
    const size_t dot = host.rfind('.', host.size() - under.size() - 1);
    return dot == std::string_view::npos ? host : host.substr(dot + 1);
}

// Browsers say themselves what comes from another site, but not of WebSockets: there the sites are compared here.
bool isNear(std::string_view from, std::string_view host, bool upgrade)
{
    return http::isLocalHost(from) && (!upgrade || equalsIgnoreCase(siteOf(from), siteOf(host)));
}
} // namespace

bool isCrossSite(const http::RequestHead &head, const policy::RequestView &request, const ListenerPlan &listener, const RoutePlan &plan, Arena &arena)
{
    if (listener.expose)
        return false;
    if (http::isSafe(head.known) && head.upgrade.empty()
        && (head.known != http::Method::Options || !head.fields.has("access-control-request-private-network")))
        return false;
    const std::string_view origin = head.fields.value("origin");
    bool foreign = equalsIgnoreCase(head.fields.value("sec-fetch-site"), "cross-site");
    if (!foreign && head.fields.has("origin")) {
        const std::string_view from = originHost(origin);
        foreign = from.empty() || !(isNear(from, request.info.host, !head.upgrade.empty()) || equalsIgnoreCase(from, request.info.host));
    }
    return foreign && !plan.allowsOrigin(origin, request, arena);
}

} // namespace gatehouse::runtime
