// Inside of exchange/: see Exchange.
#pragma once

#include "gateway/exchange/exchange.h"

namespace gatehouse::exchange {

// Around everything that enters an exchange from outside. At the end of the outermost one, and as the very last thing, the
// connection is told that the exchange is over; it may begin another in the same object then.
class Exchange::Turn {
public:
    explicit Turn(Exchange &exchange)
        : m_exchange(exchange)
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
};

} // namespace gatehouse::exchange
