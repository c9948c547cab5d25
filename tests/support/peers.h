// The two ends of a wire under test, as scripts: a client that sends what it is told, and an upstream that runs a function for each
// connection. Octets in, octets out; every wait has an end and says what it waited for.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gatehouse::test {

// A connected socket with blocking calls. One thread. Moves only.
class Peer {
public:
    explicit Peer(int descriptor = -1) : m_descriptor(descriptor) { }
    Peer(Peer &&other) noexcept;
    Peer &operator=(Peer &&other) noexcept;
    ~Peer() { close(); }

    bool send(std::string_view octets); // false: the other side is gone
    size_t sendNow(std::string_view octets); // how many the system took without waiting
    // Up to and with `marker`; what came before the end, when the other side ends first.
    std::string readUntil(std::string_view marker);
    std::string readHead() { return readUntil("\r\n\r\n"); }
    std::string read(size_t octets);
    std::string readAll();              // to the end of the connection
    void unread(const std::string &octets) { m_buffer.insert(0, octets); } // to be read next
    // The head and a body by its Content-Length or chunks; those are left in. Empty: the connection ended before.
    std::string readMessage(bool hasBody = true);
    bool hasOctets() const;             // that can be read without waiting, or the end
    bool closedByPeer();                // waits for the end or a reset; false when octets came instead
    bool wasReset() const { return m_reset; }
    void shutdownSend();
    void close();
    void reset();                       // the other side sees RST
    bool isOpen() const { return m_descriptor >= 0; }

private:
    bool more();                        // octets into m_buffer; false: the end
    int m_descriptor = -1;
    std::string m_buffer;
    bool m_ended = false, m_reset = false;
};

Peer connectTo(uint16_t port);
// Sends and reads one answer on a connection of its own, which is closed by asking for it.
std::string request(uint16_t port, std::string_view octets, bool hasBody = true);
std::string bodyOf(const std::string &message); // behind the head, as it is
int statusOf(const std::string &message);
std::string fieldOf(const std::string &message, std::string_view name); // the first; empty: there is none
std::string dechunk(std::string_view body);

// Each connection runs the script in a thread of its own; the number counts connections from 0.
class FakeUpstream {
public:
    using Script = std::function<void(Peer &, int)>;
    explicit FakeUpstream(Script script, bool ipv6 = false);
    ~FakeUpstream(); // ends listening and waits for the scripts
    uint16_t port() const { return m_port; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    int connections() const { return m_connections; }
    // Heads and bodies that scripts have noted.
    void note(std::string text);
    std::vector<std::string> noted() const;

private:
    void run();
    Script m_script;
    int m_descriptor = -1;
    uint16_t m_port = 0;
    std::atomic<int> m_connections{0};
    std::atomic<bool> m_ending{false};
    mutable std::mutex m_mutex;
    std::vector<std::string> m_noted;       // guarded by m_mutex
    std::vector<std::thread> m_threads;     // of m_acceptor
    std::thread m_acceptor;
};

// Answers every request on a connection with 200 and that body, and notes what it was sent.
FakeUpstream::Script answering(FakeUpstream *&self, std::string body);

} // namespace gatehouse::test
