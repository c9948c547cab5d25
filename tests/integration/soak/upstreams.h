// The upstreams of the soak test: what they answer, and what they do wrong when the path asks for it.
#pragma once

#include "tests/integration/soak/ledger.h"
#include "tests/support/peers.h"

#include <condition_variable>
#include <string>
#include <thread>

namespace gatehouse::soak {

// A thread for each connection, which ends with it. Paths: /up/TOKEN/SIZE/FRAMING, /echo/TOKEN/SIZE/FRAMING, /sum/TOKEN, /fault/KIND/TOKEN/SIZE.
// FRAMING: length, chunked, trailers, close, hints (103 before it).
class Upstream {
public:
    explicit Upstream(Ledger &ledger);
    ~Upstream(); // when the gateway has ended: waits for the connections
    uint16_t port() const { return m_port; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }

private:
    struct Request {
        std::string method, target, head, body;
        std::vector<std::string> parts; // of the path
        Token token = 0;
        bool whole = false;
    };
    enum class Then : uint8_t { Next, Close };
    void accept();
    void serve(test::Peer &peer);
    bool readHead(test::Peer &peer, Request &request);
    void readBody(test::Peer &peer, Request &request);
    void judge(const Request &request);
    Then answer(test::Peer &peer, const Request &request);
    Then fault(test::Peer &peer, Request &request);

    Ledger &m_ledger;
    int m_descriptor = -1;
    uint16_t m_port = 0;
    std::atomic<bool> m_ending{false};
    std::mutex m_mutex;
    std::condition_variable m_none;
    int m_connections = 0; // guarded by m_mutex
    std::thread m_acceptor;
};

} // namespace gatehouse::soak
