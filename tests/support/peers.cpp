#include "tests/support/peers.h"

#include "gateway/base/text.h"

#include <QtCore/QtGlobal>

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace gatehouse::test {

namespace {

constexpr int patienceMs = 10000;

bool waitReadable(int descriptor, const char *what)
{
    pollfd poll{descriptor, POLLIN, 0};
    const int ready = ::poll(&poll, 1, patienceMs);
    if (ready == 0)
        qWarning("waited %d ms in vain for: %s", patienceMs, what);
    return ready > 0;
}

} // namespace

Peer::Peer(Peer &&other) noexcept { *this = std::move(other); }

Peer &Peer::operator=(Peer &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_buffer, other.m_buffer);
    std::swap(m_ended, other.m_ended);
    std::swap(m_reset, other.m_reset);
    return *this;
}

bool Peer::send(std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t sent = ::send(m_descriptor, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        octets.remove_prefix(size_t(sent));
    }
    return true;
}

size_t Peer::sendNow(std::string_view octets)
{
    const ssize_t sent = ::send(m_descriptor, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? size_t(sent) : 0;
}

bool Peer::more()
{
    if (m_ended || m_descriptor < 0 || !waitReadable(m_descriptor, "octets from the other side"))
        return false;
    char octets[65536];
    const ssize_t got = ::recv(m_descriptor, octets, sizeof octets, 0);
    if (got <= 0) {
        m_ended = true;
        m_reset = got < 0;
        return false;
    }
    m_buffer.append(octets, size_t(got));
    return true;
}

std::string Peer::readUntil(std::string_view marker)
{
    size_t at;
    while ((at = m_buffer.find(marker)) == std::string::npos)
        if (!more())
            return std::exchange(m_buffer, {});
    std::string text = m_buffer.substr(0, at + marker.size());
    m_buffer.erase(0, text.size());
    return text;
}

std::string Peer::read(size_t octets)
{
    while (m_buffer.size() < octets && more()) { }
    std::string text = m_buffer.substr(0, octets);
    m_buffer.erase(0, text.size());
    return text;
}

std::string Peer::readAll()
{
    while (more()) { }
    return std::exchange(m_buffer, {});
}

std::string Peer::readMessage(bool hasBody)
{
    std::string message = readHead();
    if (!hasBody || !message.ends_with("\r\n\r\n"))
        return message;
    if (equalsIgnoreCase(fieldOf(message, "transfer-encoding"), "chunked")) {
        while (true) {
            const std::string line = readUntil("\r\n");
            message += line;
            size_t size = 0;
            std::from_chars(line.data(), line.data() + line.size(), size, 16);
            if (!line.ends_with("\r\n"))
                return message;
            if (!size)
                break;
            message += read(size + 2);
        }
        std::string line;
        do
            message += line = readUntil("\r\n");
        while (line.size() > 2 && line.ends_with("\r\n"));
        return message;
    }
    if (const std::string length = fieldOf(message, "content-length"); !length.empty())
        message += read(std::stoul(length));
    return message;
}

bool Peer::hasOctets() const
{
    pollfd one{m_descriptor, POLLIN, 0};
    return !m_buffer.empty() || ::poll(&one, 1, 0) > 0;
}

bool Peer::closedByPeer()
{
    if (!m_buffer.empty())
        return false;
    return !more() && m_ended;
}

void Peer::shutdownSend() { ::shutdown(m_descriptor, SHUT_WR); }

void Peer::close()
{
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

void Peer::reset()
{
    const linger now{1, 0};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

Peer connectTo(uint16_t port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        qFatal("can't connect to port %u", port);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return Peer(descriptor);
}

std::string request(uint16_t port, std::string_view octets, bool hasBody)
{
    Peer client = connectTo(port);
    client.send(octets);
    return client.readMessage(hasBody);
}

std::string bodyOf(const std::string &message)
{
    const size_t end = message.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : message.substr(end + 4);
}

int statusOf(const std::string &message)
{
    return message.size() > 12 && message.starts_with("HTTP/1.1 ") ? std::atoi(message.c_str() + 9) : 0;
}

std::string fieldOf(const std::string &message, std::string_view name)
{
    const std::string head = message.substr(0, message.find("\r\n\r\n"));
    for (std::string_view line : split(head, '\n')) {
        const size_t colon = line.find(':');
        if (colon != std::string_view::npos && equalsIgnoreCase(line.substr(0, colon), name))
            return std::string(trim(line.substr(colon + 1, line.find('\r') - colon - 1)));
    }
    return {};
}

std::string dechunk(std::string_view body)
{
    std::string content;
    while (!body.empty()) {
        size_t size = 0;
        std::from_chars(body.data(), body.data() + body.size(), size, 16);
        const size_t line = body.find("\r\n");
        if (!size || line == std::string_view::npos)
            break;
        content += body.substr(line + 2, size);
        body.remove_prefix(std::min(body.size(), line + 2 + size + 2));
    }
    return content;
}

FakeUpstream::FakeUpstream(Script script, bool ipv6) : m_script(std::move(script))
{
    m_descriptor = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_storage storage{};
    socklen_t size = ipv6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (ipv6) {
        auto *address = reinterpret_cast<sockaddr_in6 *>(&storage);
        address->sin6_family = AF_INET6;
        address->sin6_addr = in6addr_loopback;
    } else {
        auto *address = reinterpret_cast<sockaddr_in *>(&storage);
        address->sin_family = AF_INET;
        address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    auto *any = reinterpret_cast<sockaddr *>(&storage);
    if (::bind(m_descriptor, any, size) != 0 || ::listen(m_descriptor, 128) != 0 || ::getsockname(m_descriptor, any, &size) != 0)
        qFatal("the fake upstream can't listen");
    m_port = ntohs(ipv6 ? reinterpret_cast<sockaddr_in6 *>(&storage)->sin6_port : reinterpret_cast<sockaddr_in *>(&storage)->sin_port);
    m_acceptor = std::thread([this] { run(); });
}

FakeUpstream::~FakeUpstream()
{
    m_ending = true;
    ::shutdown(m_descriptor, SHUT_RDWR);
    m_acceptor.join();
    for (std::thread &thread : m_threads)
        thread.join();
    ::close(m_descriptor);
}

void FakeUpstream::run()
{
    while (!m_ending) {
        const int descriptor = ::accept4(m_descriptor, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0)
            continue;
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const int number = m_connections++;
        m_threads.emplace_back([this, descriptor, number] {
            Peer peer(descriptor);
            m_script(peer, number);
        });
    }
}

void FakeUpstream::note(std::string text)
{
    const std::lock_guard lock(m_mutex);
    m_noted.push_back(std::move(text));
}

std::vector<std::string> FakeUpstream::noted() const
{
    const std::lock_guard lock(m_mutex);
    return m_noted;
}

FakeUpstream::Script answering(FakeUpstream *&self, std::string body)
{
    return [&self, body = std::move(body)](Peer &peer, int) {
        while (true) {
            const std::string message = peer.readMessage();
            if (message.empty())
                return;
            self->note(message);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        }
    };
}

} // namespace gatehouse::test
