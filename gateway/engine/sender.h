// Sends single requests, as the explorer does: over a real connection to a listener of ours, or straight to where the URL leads.
#pragma once

#include "gateway/api/api.h"

#include <QtCore/QObject>

#include <map>
#include <memory>

namespace gatehouse::engine {

// On the engine's thread; nothing blocks. Requests under way are dropped with it.
class Sender final : public QObject, public api::Send {
public:
    struct Listener {
        std::string address;     // "127.0.0.1:8080" or "unix:/path"; empty: none listens
        bool introduced = false; // connections have to begin with a PROXY header
        bool isUnixSocket() const { return address.starts_with("unix:"); }
    };
    // Finds a listener by its name; an empty one is the first that listens.
    using FindListener = std::function<Listener(const std::string &name)>;

    // The newest exchange recorded for a client's address ("127.0.0.1:52114"), which is ours; 0: not (yet) recorded.
    using FindExchange = std::function<uint64_t(const std::string &client)>;

    // A consumer's credential for a header that a recording masked; empty: none.
    using FindCredential = std::function<std::string(const std::string &consumer, const std::string &header)>;

    Sender(FindListener findListener, FindExchange findExchange, FindCredential findCredential, QObject *parent = nullptr);
    ~Sender() override;

    uint64_t send(const api::RequestSketch &request, Via via, std::function<void(api::Sent)> done) override;
    void cancel(uint64_t send) override;

    // Longest wait for an answer, and most octets kept of its body.
    static constexpr int timeoutMillis = 120'000;
    static constexpr size_t mostBody = 64 * 1024 * 1024;

private:
    class Call;
    FindListener m_findListener;
    FindExchange m_findExchange;
    FindCredential m_findCredential;
    std::map<uint64_t, std::unique_ptr<Call>> m_calls;
    uint64_t m_next = 1;
};

} // namespace gatehouse::engine
