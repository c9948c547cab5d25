// A QTcpServer that never accepts: the workers do, on its descriptor. It is bound here, so that an error says why, and with options that
// what is accepted inherits. A Unix socket, of which a QTcpServer knows nothing, is held as it is.
#include "gateway/net/listener.h"

#include "gateway/net/sockaddr.h"

#include <QtNetwork/QTcpServer>

#include <cerrno>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::net {

namespace {

class TcpListener final : public Listener {
public:
    // False: it can't be taken over, and is still the caller's.
    bool take(Address address, int descriptor)
    {
        if (!m_server.setSocketDescriptor(descriptor))
            return false;
        m_server.pauseAccepting();
        m_address = std::move(address);
        return true;
    }
    const Address &address() const override { return m_address; }
    qintptr descriptor() const override { return m_server.socketDescriptor(); }

private:
    Address m_address;
    QTcpServer m_server;
};

class UnixListener final : public Listener {
public:
    UnixListener(Address address, int descriptor) : m_address(std::move(address)), m_descriptor(descriptor) { }
    ~UnixListener() override
    {
        ::close(m_descriptor);
        if (!m_address.path.starts_with('@'))
            ::unlink(m_address.path.c_str());
    }
    const Address &address() const override { return m_address; }
    qintptr descriptor() const override { return m_descriptor; }

private:
    Address m_address;
    int m_descriptor;
};

// A socket file that nobody answers at was left by a process that was killed.
void removeStale(const SocketAddress &address, socklen_t size, const std::string &path)
{
    struct stat status{};
    if (path.starts_with('@') || ::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode))
        return;
    const int probe = openSocket(AF_UNIX);
    if (probe >= 0 && ::connect(probe, &address.any, size) < 0 && errno == ECONNREFUSED)
        ::unlink(path.c_str());
    if (probe >= 0)
        ::close(probe);
}

Error cannotBind(const Address &address, int error)
{
    const std::string where = address.kind == Address::Kind::Unix ? address.path : "Port " + std::to_string(address.port);
    if (error == EADDRINUSE) {
        const auto owner = address.kind == Address::Kind::Unix ? std::nullopt : findPortOwner(address.port);
        if (owner && owner->pid)
            return Error::make(ErrorKind::InUse, where + " is taken by " + owner->process + " (pid " + std::to_string(owner->pid) + ").", Side::Gateway);
        return Error::make(ErrorKind::InUse, where + " is taken by another process.", Side::Gateway);
    }
    if (error == EACCES || error == EPERM) {
        return Error::make(ErrorKind::NotAllowed,
                           address.port && address.port < 1024 ? where + " is reserved for the administrator: choose one from 1024 up."
                                                               : where + " may not be listened on by this user.",
                           Side::Gateway);
    }
    if (error == EADDRNOTAVAIL)
        return Error::make(ErrorKind::BadInput, address.ip() + " is not an address of this machine.", Side::Gateway);
    return Error::make(ErrorKind::System, "Can't listen on " + address.text() + ": " + std::strerror(error) + ".", Side::Gateway);
}

} // namespace

Result<std::unique_ptr<Listener>> Listener::bind(const Address &address, int backlog)
{
    SocketAddress system;
    socklen_t size = toSystem(address, system);
    if (!size)
        return Error::make(ErrorKind::BadInput, "\"" + address.text() + "\" is no address to listen on.");
    const int descriptor = openSocket(system.any.sa_family);
    if (descriptor < 0)
        return cannotBind(address, errno);
    const int on = 1;
    if (address.kind == Address::Kind::Unix) {
        removeStale(system, size, address.path);
    } else {
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // inherited by what it accepts: a call less each
        if (address.kind == Address::Kind::V6)
            setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on); // 0.0.0.0 and [::] are two listeners
    }
    bool bound = ::bind(descriptor, &system.any, size) == 0;
    // Before listen(): nobody can have connected while it was open to others.
    if (bound && address.kind == Address::Kind::Unix && !address.path.starts_with('@'))
        bound = ::chmod(address.path.c_str(), 0600) == 0;
    if (!bound || ::listen(descriptor, backlog) != 0) {
        const int error = errno;
        ::close(descriptor);
        return cannotBind(address, error);
    }
    if (address.kind == Address::Kind::Unix)
        return std::unique_ptr<Listener>(std::make_unique<UnixListener>(address, descriptor));
    size = sizeof system;
    getsockname(descriptor, &system.any, &size);
    auto listener = std::make_unique<TcpListener>();
    if (!listener->take(fromSystem(system, size), descriptor)) {
        ::close(descriptor);
        return cannotBind(address, EINVAL);
    }
    return std::unique_ptr<Listener>(std::move(listener));
}

} // namespace gatehouse::net
