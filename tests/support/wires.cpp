#include "tests/support/wires.h"

#include <QtCore/QtGlobal>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace gatehouse::test {

namespace {

constexpr std::chrono::seconds patience{10};

sockaddr_in loopback(uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void sendAtOnce(int descriptor)
{
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace

Wires::Wires()
{
    m_listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto *any = reinterpret_cast<sockaddr *>(&address);
    if (::bind(m_listening, any, size) != 0 || ::listen(m_listening, 128) != 0 || ::getsockname(m_listening, any, &size) != 0)
        qFatal("the upstream's end can't listen");
    m_port = ntohs(address.sin_port);
}

Wires::~Wires()
{
    while (!m_connected.empty())
        drop(*m_connected.back());
    for (const auto &wire : m_arrived)
        close(*wire);
    ::close(m_listening);
}

Wire &Wires::connect(uint16_t port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port);
    if (::connect(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        qFatal("can't connect to port %u", port);
    sendAtOnce(descriptor);
    m_connected.push_back(std::make_unique<Wire>());
    m_connected.back()->descriptor = descriptor;
    return *m_connected.back();
}

bool Wires::send(Wire &wire, std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t sent = ::send(wire.descriptor, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0 && errno != EINTR && errno != EAGAIN)
            return false;
        octets.remove_prefix(size_t(std::max<ssize_t>(sent, 0)));
    }
    return true;
}

void Wires::close(Wire &wire)
{
    if (wire.descriptor >= 0)
        ::close(std::exchange(wire.descriptor, -1));
}

void Wires::drop(Wire &wire)
{
    const linger now{1, 0};
    if (wire.descriptor >= 0)
        ::setsockopt(wire.descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(wire);
    std::erase_if(m_connected, [&](const auto &each) { return each.get() == &wire; });
}

void Wires::forgetEnded()
{
    for (const auto &wire : m_arrived) {
        if (wire->ended)
            close(*wire);
        wire->in.erase(0, std::exchange(wire->taken, 0));
    }
    std::erase_if(m_arrived, [](const auto &wire) { return wire->descriptor < 0; });
}

void Wires::receive(Wire &wire)
{
    char octets[65536];
    const ssize_t got = ::recv(wire.descriptor, octets, sizeof octets, MSG_DONTWAIT);
    if (got > 0) {
        wire.in.append(octets, size_t(got));
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        wire.ended = true;
        wire.reset = got < 0;
    }
}

void Wires::pump(int timeoutMs)
{
    std::vector<pollfd> polled{{m_listening, POLLIN, 0}};
    std::vector<Wire *> wires{nullptr};
    for (const auto *list : {&m_connected, &m_arrived}) {
        for (const auto &wire : *list) {
            if (wire->descriptor < 0 || wire->ended)
                continue;
            polled.push_back({wire->descriptor, POLLIN, 0});
            wires.push_back(wire.get());
        }
    }
    if (::poll(polled.data(), polled.size(), timeoutMs) <= 0)
        return;
    for (size_t i = 1; i < polled.size(); ++i) {
        if (polled[i].revents)
            receive(*wires[i]);
    }
    if (!polled[0].revents)
        return;
    for (int descriptor; (descriptor = ::accept4(m_listening, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        sendAtOnce(descriptor);
        m_arrived.push_back(std::make_unique<Wire>());
        m_arrived.back()->descriptor = descriptor;
    }
}

bool Wires::until(const char *what, const std::function<bool()> &done)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            qWarning("waited in vain for: %s", what);
            return false;
        }
        pump(int(left.count()));
    }
    return true;
}

void Wires::settle()
{
    // Connections that wait to be accepted first, then what they brought.
    const auto amount = [this] {
        size_t sum = m_arrived.size();
        for (const auto &wire : m_arrived)
            sum += wire->in.size() + wire->ended;
        return sum;
    };
    for (size_t before = ~size_t(0); before != amount();) {
        before = amount();
        pump(0);
    }
}

} // namespace gatehouse::test
