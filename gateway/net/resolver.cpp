#include "gateway/net/resolver.h"

#include "gateway/base/mailbox.h"
#include "gateway/base/text.h"
#include "gateway/base/threadname.h"

#ifdef _WIN32
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace gatehouse::net {

namespace {

Result<Resolver::Addresses> lookUp(const std::string &host, uint16_t port)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM; // one entry an address, not one for each protocol
    addrinfo *found = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (error)
        return Error::make(ErrorKind::Resolve, "\"" + host + "\" has no address: " + gai_strerror(error) + ".", Side::Upstream, error == EAI_AGAIN);
    Resolver::Addresses addresses;
    for (const addrinfo *at = found; at; at = at->ai_next) {
        Address address;
        address.port = port;
        if (at->ai_family == AF_INET) {
            address.kind = Address::Kind::V4;
            std::memcpy(address.octets.data(), &reinterpret_cast<const sockaddr_in *>(at->ai_addr)->sin_addr, 4);
        } else if (at->ai_family == AF_INET6) {
            const auto *v6 = reinterpret_cast<const sockaddr_in6 *>(at->ai_addr);
            address.kind = Address::Kind::V6;
            address.scope = v6->sin6_scope_id;
            std::memcpy(address.octets.data(), &v6->sin6_addr, 16);
        } else {
            continue;
        }
        addresses.push_back(address);
    }
    freeaddrinfo(found);
    if (addresses.empty())
        return Error::make(ErrorKind::Resolve, "\"" + host + "\" has no address.", Side::Upstream);
    return addresses;
}

// getaddrinfo() blocks for as long as a name server is silent: a few threads for the whole process, so that one slow name does not
// hold up the others. Started when first needed.
class LookUps {
public:
    static LookUps &instance()
    {
        static LookUps &lookUps = *new LookUps; // never destroyed: the end of the process must not wait for a silent name server
        return lookUps;
    }
    void add(std::function<void()> work)
    {
        {
            std::lock_guard lock(m_mutex);
            m_work.push_back(std::move(work));
            if (m_idle < m_work.size() && m_threads.size() < 4)
                m_threads.emplace_back([this] { run(); });
        }
        m_wake.notify_one();
    }

private:
    void run()
    {
        nameThread("names");
        std::unique_lock lock(m_mutex);
        for (;;) {
            ++m_idle;
            m_wake.wait(lock, [this] { return !m_work.empty(); });
            --m_idle;
            auto work = std::move(m_work.front());
            m_work.pop_front();
            lock.unlock();
            work();
            work = nullptr;
            lock.lock();
        }
    }
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_work; // guarded by m_mutex
    size_t m_idle = 0;                        // guarded by m_mutex
    std::vector<std::jthread> m_threads;      // guarded by m_mutex
};

} // namespace

// Shared with the threads that look up, which carry only an id: what the caller gave is called and destroyed on its own thread.
struct Resolver::State {
    std::mutex mutex;
    std::unique_ptr<Mailbox> mailbox; // guarded by mutex; gone once the resolver is
    std::unordered_map<uint64_t, Done> waiting; // the resolver's thread only
    uint64_t lastId = 0;

    void answer(uint64_t id, Result<Addresses> result)
    {
        std::lock_guard lock(mutex);
        if (mailbox)
            mailbox->post([this, id, result = std::move(result)]() mutable { finish(id, std::move(result)); });
    }
    void finish(uint64_t id, Result<Addresses> result)
    {
        if (auto done = waiting.extract(id))
            done.mapped()(std::move(result));
    }
};

Resolver::Resolver() : m_state(std::make_shared<State>())
{
    m_state->mailbox = std::make_unique<Mailbox>();
}

Resolver::~Resolver()
{
    std::unique_ptr<Mailbox> mailbox;
    {
        std::lock_guard lock(m_state->mutex);
        mailbox = std::move(m_state->mailbox);
    }
    m_state->waiting.clear();
}

Resolver::Addresses Resolver::known(std::string_view host, uint16_t port)
{
    if (const auto literal = Address::fromIp(host, port))
        return {*literal};
    if (!host.empty() && host.back() == '.')
        host.remove_suffix(1);
    constexpr std::string_view under = ".localhost";
    if (equalsIgnoreCase(host, "localhost") || (host.size() > under.size() && equalsIgnoreCase(host.substr(host.size() - under.size()), under)))
        return {Address::loopback(port), Address::loopback6(port)};
    return {};
}

void Resolver::resolve(std::string_view host, uint16_t port, Done done)
{
    const uint64_t id = ++m_state->lastId;
    m_state->waiting.emplace(id, std::move(done));
    if (auto addresses = known(host, port); !addresses.empty()) {
        m_state->answer(id, std::move(addresses));
        return;
    }
    LookUps::instance().add([weak = std::weak_ptr(m_state), host = std::string(host), port, id] {
        auto result = lookUp(host, port);
        if (const auto state = weak.lock())
            state->answer(id, std::move(result));
    });
}

} // namespace gatehouse::net
