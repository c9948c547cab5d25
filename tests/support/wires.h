// Both ends of a gateway in the test's own thread: clients that connect, and a socket that an upstream's connections arrive at. Nothing
// blocks and nothing runs beside the test, so what has arrived is known and not guessed. Every wait has an end and says what it was for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::test {

struct Wire {
    int descriptor = -1;
    std::string in;          // octets that came
    size_t taken = 0;        // of them, by whoever plays this end
    bool ended = false;      // the other side has closed, or reset it
    bool reset = false;
};

class Wires {
public:
    Wires();
    ~Wires();
    Wires(const Wires &) = delete;
    Wires &operator=(const Wires &) = delete;

    uint16_t port() const { return m_port; }  // where upstream connections arrive
    const std::vector<std::unique_ptr<Wire>> &arrived() const { return m_arrived; }
    Wire &connect(uint16_t port);
    bool send(Wire &wire, std::string_view octets);
    void close(Wire &wire);                   // orderly: the other side reads the end behind what was sent
    void drop(Wire &wire);                    // with a reset, so that no port waits for a minute; the wire is gone
    void forgetEnded();                       // arrived ones that have ended; of the others, what has been taken

    // Lets octets move until `done`; false after ten seconds, having said what was waited for.
    bool until(const char *what, const std::function<bool()> &done);
    // Takes what is there already, without waiting.
    void settle();

private:
    void pump(int timeoutMs);
    void receive(Wire &wire);

    int m_listening = -1;
    uint16_t m_port = 0;
    std::vector<std::unique_ptr<Wire>> m_connected, m_arrived;
};

} // namespace gatehouse::test
