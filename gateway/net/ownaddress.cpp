#include "gateway/net/sockaddr.h"

#include <ifaddrs.h>

#include <algorithm>

namespace gatehouse::net {

namespace {

Address unmapped(const Address &address)
{
    static constexpr std::array<uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address.kind != Address::Kind::V6 || !std::equal(prefix.begin(), prefix.end(), address.octets.begin()))
        return address;
    Address v4{Address::Kind::V4, address.port, 0, {}, {}};
    std::copy_n(address.octets.begin() + 12, 4, v4.octets.begin());
    return v4;
}

bool isOfThisMachine(const Address &address)
{
    if (address.isLoopback())
        return true;
    ifaddrs *all = nullptr;
    if (getifaddrs(&all) != 0)
        return false;
    bool found = false;
    for (const ifaddrs *at = all; at && !found; at = at->ifa_next) {
        if (!at->ifa_addr || (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6))
            continue;
        SocketAddress one;
        const socklen_t size = at->ifa_addr->sa_family == AF_INET ? sizeof one.v4 : sizeof one.v6;
        std::memcpy(&one, at->ifa_addr, size);
        const Address own = fromSystem(one, size);
        found = own.kind == address.kind && own.octets == address.octets;
    }
    freeifaddrs(all);
    return found;
}

} // namespace

bool leadsTo(const Address &to, const Address &listener)
{
    if (to.kind == Address::Kind::Unix || listener.kind == Address::Kind::Unix)
        return to == listener;
    if (to.kind == Address::Kind::None || to.port != listener.port)
        return false;
    Address target = unmapped(to);
    const Address at = unmapped(listener);
    if (target.isAny())
        target = target.kind == Address::Kind::V4 ? Address::loopback(target.port) : Address::loopback6(target.port);
    if (target.kind != at.kind)
        return false;
    return target.octets == at.octets || (at.isAny() && isOfThisMachine(target));
}

} // namespace gatehouse::net
