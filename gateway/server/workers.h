// The threads that serve: the door of the data plane. Values cross to them by mailboxes; there is no lock on the way of a request.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/exchange/binding.h"
#include "gateway/net/listener.h"
#include "gateway/observe/metrics.h"
#include "gateway/observe/recorder.h"

#include <functional>
#include <memory>
#include <string>

namespace gatehouse::server {

// All outlive the workers.
struct Surroundings {
    const Clock &clock;
    observe::ExchangeStore &store;
    observe::Metrics &metrics;
};

// Belongs to the thread that makes it, which runs an event loop; every `done` is called there, later. Order:
// swap() a configuration, listen() on its sockets; unlisten() and close what is gone; stop().
class Workers {
public:
    // Starts so many threads; 0: one for each core.
    Workers(const Surroundings &surroundings, unsigned count);
    ~Workers(); // stops at once if stop() was not called
    Workers(const Workers &) = delete;
    Workers &operator=(const Workers &) = delete;

    // Each worker takes the new configuration between two events; exchanges that have a route keep theirs. `done`: all have it, and
    // what only the one before held has been let go.
    void swap(exchange::BoundPointer bound, std::function<void()> done = {});
    // Accept on that socket for the listener of that name. The socket stays alive until unlisten() is done.
    void listen(net::Listener &socket, const std::string &name, std::function<void(bool)> done);
    // No worker touches the socket after `done`. Connections that it gave finish what they have begun.
    void unlisten(net::Listener &socket, std::function<void()> done);
    // Idle connections close at once, the others after what is under way, at the latest after `drain`. `done`: the threads are gone.
    void stop(Duration drain, std::function<void()> done);
    unsigned count() const;
    // What of this process stands in Via: a request that shows it has been here before.
    const std::string &pseudonym() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace gatehouse::server
