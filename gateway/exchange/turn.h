// Inside of exchange/: see Exchange.
#pragma once

#include "gateway/exchange/exchange.h"

namespace gatehouse::exchange {

// Around everything that enters an exchange from outside. At the end of the outermost one, and as the very last thing, the
// connection is told that the exchange is over; it may begin another in the same object then.
class Exchange::Turn {
public:
    // Gather: more comes at once, or onCallSettle does; what was written waits for it, so that head and body leave together.
    enum class Ends : uint8_t { Flush, Gather };
    explicit Turn(Exchange &exchange, Ends ends = Ends::Flush)
        : m_exchange(exchange)
        , m_ends(ends)
    {
        ++m_exchange.m_depth;
    }
    ~Turn()
    {
        if (--m_exchange.m_depth)
            return;
        Downstream *down = m_exchange.m_down;
        if (!down)
            return;
        if (m_exchange.m_state != State::Done) {
            if (m_ends == Ends::Gather)
                return;
            m_exchange.m_turnTimed = false;
            m_exchange.updateFlow();
            down->flush();
            return;
        }
        m_exchange.m_down = nullptr;
        down->flush();
        down->exchangeDone();
    }
    Turn(const Turn &) = delete;
    Turn &operator=(const Turn &) = delete;

private:
    Exchange &m_exchange;
    const Ends m_ends;
};

} // namespace gatehouse::exchange
