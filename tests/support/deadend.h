// An address that no connection can be made to.
#pragma once

#include <QtCore/QtGlobal>

#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace gatehouse::test {

// A port that is bound: nobody listens there, or somebody whose queue of connections is full, so that the system drops each new one.
class DeadEnd {
public:
    explicit DeadEnd(bool full) : m_descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto *any = reinterpret_cast<sockaddr *>(&address);
        socklen_t size = sizeof address;
        if (::bind(m_descriptor, any, size) != 0 || ::getsockname(m_descriptor, any, &size) != 0)
            qFatal("no port is free");
        m_url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        if (!full)
            return;
        ::listen(m_descriptor, 0);
        for (bool taken = true; taken && m_fillers.size() < 64;) {
            m_fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            ::connect(m_fillers.back(), any, size);
            pollfd one{m_fillers.back(), POLLOUT, 0};
            taken = ::poll(&one, 1, 100) > 0;
        }
    }
    DeadEnd(const DeadEnd &) = delete;
    DeadEnd &operator=(const DeadEnd &) = delete;
    ~DeadEnd()
    {
        for (const int descriptor : m_fillers)
            ::close(descriptor);
        ::close(m_descriptor);
    }
    const std::string &url() const { return m_url; }

private:
    int m_descriptor;
    std::vector<int> m_fillers;
    std::string m_url;
};

} // namespace gatehouse::test
