#include "gateway/net/address.h"

#include "gateway/base/text.h"

#include <algorithm>

namespace gatehouse::net {

std::optional<Address> Address::fromIp(std::string_view ip, uint16_t port)
{
    if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']')
        ip = ip.substr(1, ip.size() - 2);
    const bool v6 = ip.find(':') != std::string_view::npos;
    const auto parsed = IpAddress::parse(ip);
    if (!parsed)
        return {};
    Address address;
    address.port = port;
    if (v6) {
        address.kind = Kind::V6;
        address.octets = parsed->octets;
    } else {
        address.kind = Kind::V4;
        std::copy_n(parsed->octets.begin() + 12, 4, address.octets.begin());
    }
    return address;
}

std::optional<Address> Address::parse(std::string_view text)
{
    if (text.starts_with("unix:")) {
        text.remove_prefix(5);
        if (text.empty())
            return {};
        return unixSocket(text);
    }
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return {};
    const auto port = parseUnsigned(text.substr(colon + 1));
    if (!port || *port > 65535)
        return {};
    const std::string_view host = text.substr(0, colon);
    if (host.empty())
        return loopback(uint16_t(*port));
    if (host == "*")
        return Address{Kind::V4, uint16_t(*port), 0, {}, {}};
    if (host.front() != '[' && host.find(':') != std::string_view::npos)
        return {}; // which colon would be the port's?
    return fromIp(host, uint16_t(*port));
}

IpAddress toIp(const Address &address)
{
    IpAddress ip;
    ip.octets = address.octets;
    if (address.kind == Address::Kind::V4) {
        ip.octets = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        std::copy_n(address.octets.begin(), 4, ip.octets.begin() + 12);
    }
    return ip;
}

bool Address::isLoopback() const
{
    return kind == Kind::Unix || (kind != Kind::None && toIp(*this).isLoopback());
}

bool Address::isAny() const
{
    return (kind == Kind::V4 || kind == Kind::V6) && octets == std::array<uint8_t, 16>{};
}

bool Address::isLinkLocal() const
{
    return (kind == Kind::V4 && octets[0] == 169 && octets[1] == 254) || (kind == Kind::V6 && octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80);
}

std::string Address::ip() const
{
    if (kind == Kind::Unix)
        return path;
    return kind == Kind::None ? std::string() : toIp(*this).text();
}

std::string Address::text() const
{
    switch (kind) {
    case Kind::None: return {};
    case Kind::Unix: return "unix:" + path;
    case Kind::V4: return ip() + ":" + std::to_string(port);
    case Kind::V6: return "[" + ip() + "]:" + std::to_string(port);
    }
    return {};
}

} // namespace gatehouse::net
