// IP addresses and CIDR blocks as values: what conditions, trusted proxies and limits compare. Not for sockets: see net/address.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// IPv4 is kept as its v4-mapped IPv6 form, so that ::ffff:10.0.0.1 and 10.0.0.1 are the same client.
struct IpAddress {
    std::array<uint8_t, 16> octets{};

    bool isV4() const;
    bool isLoopback() const; // 127.0.0.0/8 and ::1
    bool isUnspecified() const; // 0.0.0.0 and ::
    std::string text() const; // RFC 5952
    static std::optional<IpAddress> parse(std::string_view text); // no brackets, no zone, no port
    auto operator<=>(const IpAddress &) const = default;
};

// "10.0.0.0/8", "::1/128"; a lone address is a block of one.
struct Cidr {
    IpAddress network;
    uint8_t bits = 128; // of the 16 octets: an IPv4 /8 is 104

    bool contains(const IpAddress &address) const;
    std::string text() const;
    static std::optional<Cidr> parse(std::string_view text); // nothing when host bits are set or the length is out of range
    bool operator==(const Cidr &) const = default;
};

} // namespace gatehouse
