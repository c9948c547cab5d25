#include "gateway/runtime/snapshot.h"

#include <algorithm>

namespace gatehouse::runtime {

bool Delivery::maySendAgain(std::string_view method) const
{
    if (methods.empty())
        return http::isIdempotent(http::knownMethod(method));
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool Delivery::retriesStatus(int status) const
{
    return std::any_of(statuses.begin(), statuses.end(), [&](uint16_t one) { return one == status; });
}

bool RoutePlan::allowsOrigin(std::string_view origin, const policy::RequestView &request, Arena &arena) const
{
    return std::any_of(policies.begin(), policies.end(), [&](const PlannedPolicy &policy) {
        return policy.enabled && !policy.shadow && policy.filter->allowsOrigin(origin) && (!policy.when || policy.when->matches(request, arena));
    });
}

bool ListenerPlan::answersFor(std::string_view host) const
{
    if (expose || http::isIpLiteral(host) || http::isLocalHost(host))
        return true;
    return std::any_of(hosts.begin(), hosts.end(), [&](const std::string &pattern) { return policy::hostMatches(host, pattern); });
}

bool Settings::trusts(const IpAddress &peer) const
{
    return std::any_of(trustedProxies.begin(), trustedProxies.end(), [&](const Cidr &block) { return block.contains(peer); });
}

bool Settings::believesIntroduction(const IpAddress &peer, const IpAddress &client) const
{
    return trusts(peer) || ((peer.isLoopback() || peer == IpAddress{}) && !trusts(client));
}

const ListenerPlan *Snapshot::listener(std::string_view name) const
{
    for (const auto &plan : listeners)
        if (plan->name == name)
            return plan.get();
    return nullptr;
}

} // namespace gatehouse::runtime
