// Between Address and the system's socket addresses, and what differs between systems in opening sockets. Unix only; internal to gateway/net.
#pragma once

#include "gateway/net/address.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace gatehouse::net {

union SocketAddress {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un local;
    sockaddr_storage storage;
};

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 // macOS: SO_NOSIGPIPE below
#endif

// Non-blocking, and not inherited by other programs. -1 and errno.
inline int prepared(int descriptor)
{
#ifndef __linux__
    if (descriptor >= 0) {
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
        const int on = 1;
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    }
#endif
    return descriptor;
}
inline int openSocket(int family)
{
#ifdef __linux__
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
    return prepared(socket(family, SOCK_STREAM, 0));
#endif
}
inline int acceptFrom(int listener, SocketAddress &peer, socklen_t &size)
{
#ifdef __linux__
    return accept4(listener, &peer.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    return prepared(accept(listener, &peer.any, &size));
#endif
}

// 0 when a Unix path is too long for the system (108 octets on Linux).
inline socklen_t toSystem(const Address &address, SocketAddress &to)
{
    std::memset(&to, 0, sizeof to);
    switch (address.kind) {
    case Address::Kind::None: return 0;
    case Address::Kind::V4:
        to.v4.sin_family = AF_INET;
        to.v4.sin_port = htons(address.port);
        std::memcpy(&to.v4.sin_addr, address.octets.data(), 4);
        return sizeof to.v4;
    case Address::Kind::V6:
        to.v6.sin6_family = AF_INET6;
        to.v6.sin6_port = htons(address.port);
        to.v6.sin6_scope_id = address.scope;
        std::memcpy(&to.v6.sin6_addr, address.octets.data(), 16);
        return sizeof to.v6;
    case Address::Kind::Unix:
        if (address.path.size() >= sizeof to.local.sun_path)
            return 0;
        to.local.sun_family = AF_UNIX;
        std::memcpy(to.local.sun_path, address.path.data(), address.path.size());
        if (!address.path.empty() && address.path[0] == '@') {
            to.local.sun_path[0] = '\0';
            return socklen_t(offsetof(sockaddr_un, sun_path) + address.path.size());
        }
        return socklen_t(offsetof(sockaddr_un, sun_path) + address.path.size() + 1);
    }
    return 0;
}

inline Address fromSystem(const SocketAddress &from, socklen_t size)
{
    Address address;
    switch (from.any.sa_family) {
    case AF_INET:
        address.kind = Address::Kind::V4;
        address.port = ntohs(from.v4.sin_port);
        std::memcpy(address.octets.data(), &from.v4.sin_addr, 4);
        break;
    case AF_INET6:
        address.port = ntohs(from.v6.sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&from.v6.sin6_addr)) { // a dual-stack listener's IPv4 client is that client
            address.kind = Address::Kind::V4;
            std::memcpy(address.octets.data(), from.v6.sin6_addr.s6_addr + 12, 4);
            break;
        }
        address.kind = Address::Kind::V6;
        address.scope = from.v6.sin6_scope_id;
        std::memcpy(address.octets.data(), &from.v6.sin6_addr, 16);
        break;
    case AF_UNIX: {
        address.kind = Address::Kind::Unix;
        const size_t length = size > offsetof(sockaddr_un, sun_path) ? size - offsetof(sockaddr_un, sun_path) : 0;
        if (length && from.local.sun_path[0] == '\0')
            address.path = "@" + std::string(from.local.sun_path + 1, length - 1);
        else
            address.path.assign(from.local.sun_path, strnlen(from.local.sun_path, length));
        break;
    }
    default: break;
    }
    return address;
}

} // namespace gatehouse::net
