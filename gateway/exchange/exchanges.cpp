#include "gateway/exchange/exchanges.h"

namespace gatehouse::exchange {

namespace {
constexpr std::chrono::milliseconds publishedAfter{100};
}

Exchange *Exchanges::take()
{
    if (m_spare.empty()) {
        m_all.push_back(std::make_unique<Exchange>(m_environment, uint32_t(m_all.size())));
        m_spare.push_back(m_all.back().get());
    }
    Exchange *exchange = m_spare.back();
    m_spare.pop_back();
    exchange->previous = m_last;
    exchange->next = nullptr;
    (m_last ? m_last->next : m_first) = exchange;
    m_last = exchange;
    return exchange;
}

void Exchanges::give(Exchange *exchange)
{
    (exchange->previous ? exchange->previous->next : m_first) = exchange->next;
    (exchange->next ? exchange->next->previous : m_last) = exchange->previous;
    exchange->recycle();
    m_spare.push_back(exchange);
}

void Exchanges::resume(policy::Resumption which)
{
    if (which.slot < m_all.size())
        m_all[which.slot]->resumed(which.generation);
}

void Exchanges::sweep()
{
    const MonotonicTime before = m_environment.clock.monotonic() - publishedAfter;
    // Oldest first: the first that is too young ends it.
    for (Exchange *exchange = m_first; exchange && exchange->startedBefore(before); exchange = exchange->next)
        exchange->publishUnfinished();
}

} // namespace gatehouse::exchange
