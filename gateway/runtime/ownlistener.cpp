#include "gateway/runtime/ownlistener.h"

#include "gateway/http/target.h"
#include "gateway/schema/expression.h"

#include <algorithm>
#include <arpa/inet.h>
#include <vector>

namespace gatehouse::runtime {

namespace {

// Where a host leads without asking anybody: also the spellings that only the system's resolver takes for addresses.
std::vector<IpAddress> addressesOf(std::string host)
{
    if (host.ends_with('.'))
        host.pop_back();
    const IpAddress loopback4 = *IpAddress::parse("127.0.0.1"), loopback6 = *IpAddress::parse("::1");
    auto literal = IpAddress::parse(host);
    if (in_addr old{}; !literal && inet_aton(host.c_str(), &old) != 0) {
        char text[INET_ADDRSTRLEN] = {};
        literal = IpAddress::parse(inet_ntop(AF_INET, &old, text, sizeof text));
    }
    if (literal)
        return {!literal->isUnspecified() ? *literal : literal->isV4() ? loopback4 : loopback6};
    return http::isLocalHost(host) ? std::vector{loopback4, loopback6} : std::vector<IpAddress>();
}

bool takes(const IpAddress &listener, const IpAddress &target)
{
    if (listener.octets == target.octets)
        return true;
    return listener.isUnspecified() && listener.isV4() == target.isV4() && target.isLoopback(); // other addresses: when connecting
}

} // namespace

const config::Listener *ownListener(const config::Workspace &workspace, std::string_view text)
{
    const auto url = schema::parseUrl(text);
    if (!url)
        return nullptr;
    const uint16_t port = url->port ? url->port : 80;
    const auto targets = addressesOf(url->host);
    for (const config::Listener &listener : workspace.listeners) {
        const auto address = schema::parseAddress(listener.address);
        if (address && !url->socket.empty() && address->socket == url->socket)
            return &listener;
        const auto at = address ? IpAddress::parse(address->host) : std::nullopt;
        if (at && address->port == port && std::any_of(targets.begin(), targets.end(), [&](const IpAddress &one) { return takes(*at, one); }))
            return &listener;
    }
    return nullptr;
}

} // namespace gatehouse::runtime
