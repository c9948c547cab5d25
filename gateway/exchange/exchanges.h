// The exchanges of one worker: objects to use again, those in flight, and the way back to a suspended one.
#pragma once

#include "gateway/exchange/exchange.h"

#include <memory>
#include <vector>

namespace gatehouse::exchange {

// One worker's thread. Destroyed after the connections, before what the environment names.
class Exchanges {
public:
    explicit Exchanges(Environment &environment)
        : m_environment(environment)
    {
    }
    // In flight from here until give().
    Exchange *take();
    void give(Exchange *exchange); // recycles it
    // A stale one is ignored.
    void resume(policy::Resumption which);
    // Publishes those that have been in flight for long, as they stand.
    void sweep();
    size_t inFlight() const { return m_all.size() - m_spare.size(); }

private:
    Environment &m_environment;
    std::vector<std::unique_ptr<Exchange>> m_all; // by slot
    std::vector<Exchange *> m_spare;              // the last one is warm
    Exchange *m_first = nullptr, *m_last = nullptr; // in flight, oldest first
};

} // namespace gatehouse::exchange
