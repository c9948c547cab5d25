// Small requests at a fixed rate, and what stands beside them when fairness is measured.
//
//   bench_load sink                          reads whole requests and answers 200; prints its port, ends with its input
//   bench_load run PORT SECONDS RATE BESIDE  RATE requests a second for /1k over 16 connections; with BESIDE 1 one connection
//                                            uploads at full speed and one client on 3G loads /64k and uploads; prints JSON
//
// A loop that asks again once it was answered (wrk) slows down with what it measures and so hides the queue. Here requests leave
// when they are due, and one that finds its connection still busy counts from then. Uploader and sink run at the lowest priority:
// what is measured is the proxy's fairness, not how the system shares the other cores.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using namespace std::chrono_literals;

constexpr size_t smallConnections = 16;
constexpr size_t uploadPiece = 256 * 1024;
constexpr auto oneWay = 75ms;                             // 3G: half of what there and back takes
constexpr size_t downPerSecond = 1600 * 1000 / 8, upPerSecond = 768 * 1000 / 8;
constexpr auto paceEvery = 20ms;
constexpr size_t slowUpload = 64 * 1024;

[[noreturn]] void fail(const char *what) { throw std::runtime_error(std::string(what) + ": " + std::strerror(errno)); }

sockaddr_in loopback(uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int connectTo(uint16_t port, int receiveBuffer = 0)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    if (receiveBuffer)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{10, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const sockaddr_in address = loopback(port);
    if (connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) < 0)
        fail("connect");
    return fd;
}

void sendAll(int fd, std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t sent = send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            fail("send");
        octets.remove_prefix(size_t(sent));
    }
}

std::string request(std::string_view method, std::string_view path, std::string_view fields = {})
{
    return std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: bench.localhost\r\n" + std::string(fields) + "\r\n";
}

// Where a head ends in `text`, and the length it announces; end 0: not yet.
struct Head {
    size_t end = 0;
    uint64_t length = 0;
    bool ok = false; // status 200, of an answer
};

Head readHead(std::string_view text)
{
    Head head;
    const size_t end = text.find("\r\n\r\n");
    if (end == text.npos)
        return head;
    head.end = end + 4;
    head.ok = text.starts_with("HTTP/1.1 200");
    std::string lower(text.substr(0, head.end));
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 32) : c; });
    if (const size_t at = lower.find("content-length:"); at != lower.npos)
        head.length = std::strtoull(lower.c_str() + at + 15, nullptr, 10);
    return head;
}

// --- the sink

void serveSink(int fd)
{
    std::string rest;
    char buffer[16 * 1024];
    while (true) {
        Head head = readHead(rest);
        while (!head.end) {
            const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
            if (got <= 0) {
                close(fd);
                return;
            }
            rest.append(buffer, size_t(got));
            head = readHead(rest);
        }
        uint64_t left = head.length;
        const uint64_t there = std::min<uint64_t>(left, rest.size() - head.end);
        rest.erase(0, head.end + size_t(there));
        left -= there;
        while (left) {
            // MSG_TRUNC: dropped in the kernel, uncopied. A sink that is slower than the proxy would measure itself.
            const ssize_t got = recv(fd, nullptr, size_t(std::min<uint64_t>(left, 4 << 20)), MSG_TRUNC);
            if (got <= 0) {
                close(fd);
                return;
            }
            left -= uint64_t(got);
        }
        const std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) {
            close(fd);
            return;
        }
    }
}

void sink()
{
    setpriority(PRIO_PROCESS, 0, 19);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr *>(&address), size) < 0 || listen(listener, 64) < 0
        || getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) < 0)
        fail("listen");
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    std::thread([] {
        char octet;
        while (read(STDIN_FILENO, &octet, 1) > 0) { }
        std::_Exit(0);
    }).detach();
    while (true) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd >= 0)
            std::thread(serveSink, fd).detach();
    }
}

// --- beside the small requests

void upload(uint16_t port, const std::atomic<bool> &stop, std::atomic<uint64_t> &octets)
{
    setpriority(PRIO_PROCESS, 0, 19); // of this thread alone
    const std::string piece(uploadPiece, 'u');
    const int fd = connectTo(port);
    sendAll(fd, request("POST", "/upload", "Content-Length: 1000000000000000\r\n"));
    while (!stop) {
        const ssize_t sent = send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            fail("upload");
        octets += uint64_t(sent);
    }
    close(fd);
}

// Waits for the head of the next answer, then takes its body no faster than 3G does.
void takeSlowly(int fd, const std::atomic<bool> &stop, std::atomic<uint64_t> &octets)
{
    std::string text;
    char buffer[downPerSecond / 50];
    Head head;
    for (Time next = Clock::now() + paceEvery; !stop && !(head.end && text.size() >= head.end + head.length); next += paceEvery) {
        const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0)
            fail("slow client");
        text.append(buffer, size_t(got));
        octets += uint64_t(got);
        if (!head.end)
            head = readHead(text);
        std::this_thread::sleep_until(next);
    }
}

void slowClient(uint16_t port, const std::atomic<bool> &stop, std::atomic<uint64_t> &octets)
{
    const int fd = connectTo(port, 8 * 1024);
    const std::string body(slowUpload, 's');
    const std::string head = request("POST", "/upload", "Content-Length: " + std::to_string(body.size()) + "\r\n");
    constexpr size_t part = upPerSecond / 50;
    while (!stop) {
        std::this_thread::sleep_for(oneWay);
        sendAll(fd, request("GET", "/64k"));
        std::this_thread::sleep_for(oneWay);
        takeSlowly(fd, stop, octets);
        std::this_thread::sleep_for(oneWay);
        sendAll(fd, head);
        Time next = Clock::now();
        for (size_t at = 0; at < body.size() && !stop; at += part) {
            sendAll(fd, std::string_view(body).substr(at, part));
            octets += std::min(part, body.size() - at);
            std::this_thread::sleep_until(next += paceEvery);
        }
        if (!stop)
            takeSlowly(fd, stop, octets);
    }
    close(fd);
}

// --- the small requests

class Small {
public:
    Small(uint16_t port, int rate, std::chrono::seconds lasting)
        : m_every(std::chrono::nanoseconds(1s) / rate), m_count(size_t(rate) * size_t(lasting.count())), m_ask(request("GET", "/1k"))
    {
        for (size_t i = 0; i < smallConnections; ++i) {
            m_sockets.push_back({connectTo(port), POLLIN, 0});
            m_users.emplace_back();
        }
    }
    void run()
    {
        prctl(PR_SET_TIMERSLACK, 1UL); // wakes when asked to, not within 50 us of it
        const Time start = Clock::now();
        size_t due = 0;
        while (m_latencies.size() + m_failed < m_count) {
            for (; due < m_count && start + m_every * int64_t(due) <= Clock::now(); ++due)
                ask(due % smallConnections, start + m_every * int64_t(due));
            wait(due < m_count ? start + m_every * int64_t(due) : Clock::now() + 10s);
        }
    }
    void print() const
    {
        std::vector<double> sorted = m_latencies;
        std::sort(sorted.begin(), sorted.end());
        const auto at = [&](double share) { return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, size_t(share * double(sorted.size())))]; };
        std::printf("\"requests\": %zu, \"failed\": %zu, \"p50\": %.4f, \"p90\": %.4f, \"p99\": %.4f, \"max\": %.4f", sorted.size(), m_failed, at(0.5),
                    at(0.9), at(0.99), at(1));
    }

private:
    struct User {
        std::deque<Time> waiting; // requests that found the connection busy, by when they were due
        std::string got;
        Time asked;
        bool busy = false;
    };

    void ask(size_t which, Time due)
    {
        User &user = m_users[which];
        if (user.busy) {
            user.waiting.push_back(due);
            return;
        }
        send(which, Clock::now()); // the loop's own lateness is not the proxy's
    }
    void send(size_t which, Time since)
    {
        m_users[which].busy = true;
        m_users[which].asked = since;
        sendAll(m_sockets[which].fd, m_ask);
    }
    void wait(Time until)
    {
        const auto left = std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(until - Clock::now()));
        const timespec patience{left / 1s, (left % 1s).count()};
        const int ready = ppoll(m_sockets.data(), m_sockets.size(), &patience, nullptr);
        if (!ready && left > 5s)
            throw std::runtime_error("small requests: no answer within ten seconds");
        for (size_t i = 0; ready > 0 && i < m_sockets.size(); ++i) {
            if (m_sockets[i].revents)
                take(i);
        }
    }
    void take(size_t which)
    {
        User &user = m_users[which];
        char buffer[4096];
        const ssize_t got = recv(m_sockets[which].fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got <= 0)
            fail("small request");
        user.got.append(buffer, size_t(got));
        const Head head = readHead(user.got);
        if (!head.end || user.got.size() < head.end + head.length)
            return;
        user.got.clear();
        user.busy = false;
        if (head.ok)
            m_latencies.push_back(std::chrono::duration<double, std::milli>(Clock::now() - user.asked).count());
        else
            ++m_failed;
        if (!user.waiting.empty()) {
            const Time due = user.waiting.front();
            user.waiting.pop_front();
            send(which, due);
        }
    }

    const std::chrono::nanoseconds m_every;
    const size_t m_count;
    const std::string m_ask;
    std::vector<pollfd> m_sockets;
    std::vector<User> m_users;
    std::vector<double> m_latencies; // milliseconds
    size_t m_failed = 0;
};

void run(uint16_t port, int seconds, int rate, bool beside)
{
    std::atomic<bool> stop = false;
    std::atomic<uint64_t> uploaded = 0, slow = 0;
    std::vector<std::thread> others;
    Small small(port, rate, std::chrono::seconds(seconds));
    if (beside) {
        others.emplace_back([&] { upload(port, stop, uploaded); });
        others.emplace_back([&] { slowClient(port, stop, slow); });
        std::this_thread::sleep_for(300ms); // until they are under way
        uploaded = slow = 0;
    }
    const Time start = Clock::now();
    small.run();
    const double took = std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("{");
    small.print();
    std::printf(", \"seconds\": %.2f, \"upload_mib_s\": %.1f, \"slow_kib_s\": %.1f}\n", took, double(uploaded) / took / (1 << 20), double(slow) / took / 1024);
    std::fflush(stdout);
    stop = true;
    std::_Exit(0); // the uploader may hang in a send that nobody reads any more
}

} // namespace

int main(int argc, char **argv)
{
    try {
        if (argc == 2 && std::string_view(argv[1]) == "sink") {
            sink();
            return 0;
        }
        if (argc == 6 && std::string_view(argv[1]) == "run") {
            run(uint16_t(std::atoi(argv[2])), std::atoi(argv[3]), std::atoi(argv[4]), argv[5][0] == '1');
            return 0;
        }
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 1;
    }
    std::fprintf(stderr, "bench_load sink | run PORT SECONDS RATE BESIDE\n");
    return 2;
}
