// Whether who is at the other end of a connection has only ended its sending side, or is gone: the octets look the same, but of a
// peer on this machine the system knows (Linux: sock_diag(7)).
#include "gateway/net/peerstate.h"

#include "gateway/net/sockaddr.h"

#include <poll.h>

#ifdef __linux__
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace gatehouse::net {

#ifdef __linux__

namespace {

// The v4 address of a v4 socket or of one that is mapped into v6, else all 16 octets.
bool endOf(const SocketAddress &from, __be32 (&address)[4], __be16 &port)
{
    std::memset(address, 0, sizeof address);
    if (from.any.sa_family == AF_INET) {
        std::memcpy(address, &from.v4.sin_addr, 4);
        port = from.v4.sin_port;
        return true;
    }
    port = from.v6.sin6_port;
    if (IN6_IS_ADDR_V4MAPPED(&from.v6.sin6_addr)) {
        std::memcpy(address, from.v6.sin6_addr.s6_addr + 12, 4);
        return true;
    }
    std::memcpy(address, &from.v6.sin6_addr, 16);
    return false;
}

// The peer's own socket, looked up by the two addresses: gone when no program holds it.
bool tcpPeerIsGone(int descriptor)
{
    SocketAddress ours, theirs;
    socklen_t ourSize = sizeof ours, theirSize = sizeof theirs;
    if (getsockname(descriptor, &ours.any, &ourSize) != 0 || getpeername(descriptor, &theirs.any, &theirSize) != 0)
        return errno == ENOTCONN;
    struct {
        nlmsghdr header;
        inet_diag_req_v2 body;
    } request = {};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_states = ~0U;
    request.body.id.idiag_cookie[0] = request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    const bool v4 = endOf(theirs, request.body.id.idiag_src, request.body.id.idiag_sport);
    endOf(ours, request.body.id.idiag_dst, request.body.id.idiag_dport);
    request.body.sdiag_family = v4 ? AF_INET : AF_INET6;

    const int asking = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (asking < 0)
        return false;
    alignas(nlmsghdr) char answer[1024];
    ssize_t got = send(asking, &request, sizeof request, 0);
    if (got == ssize_t(sizeof request))
        got = recv(asking, answer, sizeof answer, MSG_DONTWAIT); // the kernel has answered within send()
    ::close(asking);
    if (got < ssize_t(sizeof(nlmsghdr)))
        return false;
    const auto *header = reinterpret_cast<const nlmsghdr *>(answer);
    if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY && got >= ssize_t(NLMSG_LENGTH(sizeof(inet_diag_msg))))
        return static_cast<const inet_diag_msg *>(NLMSG_DATA(header))->idiag_inode == 0;
    if (header->nlmsg_type != NLMSG_ERROR || got < ssize_t(NLMSG_LENGTH(sizeof(nlmsgerr))))
        return false;
    // No such socket: that says something only where it would have to be here.
    return static_cast<const nlmsgerr *>(NLMSG_DATA(header))->error == -ENOENT && fromSystem(theirs, theirSize).isLoopback();
}

} // namespace

#endif

bool peerIsGone(int descriptor)
{
    SocketAddress ours;
    socklen_t size = sizeof ours;
    if (getsockname(descriptor, &ours.any, &size) != 0)
        return false;
    if (ours.any.sa_family == AF_UNIX) {
        pollfd one{descriptor, 0, 0}; // POLLHUP: both directions have ended
        return poll(&one, 1, 0) == 1 && (one.revents & (POLLHUP | POLLERR));
    }
#ifdef __linux__
    return tcpPeerIsGone(descriptor);
#else
    return false;
#endif
}

} // namespace gatehouse::net
