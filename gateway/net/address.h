// Where a socket listens or connects to. A value; any thread.
#pragma once

#include "gateway/base/ip.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::net {

struct Address {
    enum class Kind : uint8_t { None, V4, V6, Unix };
    Kind kind = Kind::None;
    uint16_t port = 0;                // host order
    uint32_t scope = 0;               // of link-local IPv6
    std::array<uint8_t, 16> octets{}; // network order; V4: the first four
    std::string path;                 // of Unix; "@name" is Linux' abstract namespace

    // "127.0.0.1:80", "[::1]:80", "*:80" (any v4), "[::]:80", ":80" (127.0.0.1), "unix:/run/x.sock". Names are the resolver's.
    static std::optional<Address> parse(std::string_view text);
    // "127.0.0.1", "::1", "[::1]".
    static std::optional<Address> fromIp(std::string_view ip, uint16_t port);
    static Address loopback(uint16_t port) { return {Kind::V4, port, 0, {127, 0, 0, 1}, {}}; }
    static Address loopback6(uint16_t port) { return {Kind::V6, port, 0, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, {}}; }
    static Address unixSocket(std::string_view path) { return {Kind::Unix, 0, 0, {}, std::string(path)}; }

    bool isLoopback() const; // 127/8, ::1, a Unix socket, also v4 mapped into v6
    bool isAny() const;
    bool isLinkLocal() const;
    std::string ip() const;   // "127.0.0.1", "::1"; the path of Unix
    std::string text() const; // as parse() reads it
    bool operator==(const Address &) const = default;
};

// Without port and scope; nothing (::) of a Unix socket.
IpAddress toIp(const Address &address);

// Whether a connection to `to` arrives at a socket that listens at `listener`: 0.0.0.0 leads to 127.0.0.1, [::ffff:127.0.0.1] is
// 127.0.0.1, and a wildcard takes every address of this machine (the system is asked which those are).
bool leadsTo(const Address &to, const Address &listener);

} // namespace gatehouse::net
