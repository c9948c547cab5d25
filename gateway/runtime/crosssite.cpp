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
} // namespace

bool isCrossSite(const http::RequestHead &head, std::string_view host, const ListenerPlan &listener, const RoutePlan &plan)
{
    if (listener.expose || (http::isSafe(head.known) && head.upgrade.empty()))
        return false;
    const std::string_view origin = head.fields.value("origin");
    bool foreign = equalsIgnoreCase(head.fields.value("sec-fetch-site"), "cross-site");
    if (!foreign && head.fields.has("origin")) {
        const std::string_view from = originHost(origin);
        foreign = from.empty() || !(http::isLocalHost(from) || equalsIgnoreCase(from, host));
    }
    return foreign && !plan.allowsOrigin(origin);
}

} // namespace gatehouse::runtime
