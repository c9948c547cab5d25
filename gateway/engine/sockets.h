// The listening sockets of the running configuration, and how they become those of the next one without losing a connection.
#pragma once

#include "gateway/api/api.h"
#include "gateway/net/listener.h"
#include "gateway/runtime/snapshot.h"
#include "gateway/server/workers.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse::engine {

// On the engine's thread.
class Sockets {
public:
    explicit Sockets(std::function<void()> changed) : m_changed(std::move(changed)) { }

    // New addresses are bound before anything is let go. Where an old one is in the way of a new one (127.0.0.1:P and 0.0.0.0:P)
    // it is let go first, and taken back when the new one can't be had. All or nothing: with problems (a listener's own sentence)
    // nothing has changed. Then `swap` is run, which gives the workers the configuration and answers when all have it.
    using Swap = std::function<void(std::function<void()> done)>;
    void become(server::Workers &workers, const runtime::Snapshot &snapshot, Swap swap, std::function<void(std::vector<schema::Problem>)> done);
    // Nothing is accepted any more.
    void close(server::Workers &workers, std::function<void()> done);

    std::vector<api::ListenerState> states(const runtime::Snapshot *snapshot) const;
    std::string addressOf(const std::string &listener) const; // "127.0.0.1:8080"; empty: it does not listen

private:
    struct Open {
        std::string name;
        std::string written; // the address as the workspace says
        std::unique_ptr<net::Listener> socket;
    };
    struct Change;
    static constexpr size_t none = ~size_t(0);
    std::vector<size_t> socketsOf(const runtime::Snapshot &snapshot) const; // for each listener its place in m_open, or none
    void bindNew(std::shared_ptr<Change> change);
    void restore(std::shared_ptr<Change> change);
    void switchOver(std::shared_ptr<Change> change);

    std::function<void()> m_changed;
    std::vector<Open> m_open;
    std::vector<api::ListenerState> m_failed; // why the last attempt failed, with a port that is free instead
};

} // namespace gatehouse::engine
