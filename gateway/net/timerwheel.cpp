#include "gateway/net/timerwheel.h"

#include <algorithm>
#include <bit>

namespace gatehouse::net {

void Timer::cancel()
{
    if (m_wheel) {
        m_wheel->unlink(*this);
        --m_wheel->m_active;
        m_wheel = nullptr;
    }
}

TimerWheel::TimerWheel(const Clock &clock, QObject *parent) : QObject(parent), m_clock(clock), m_start(clock.monotonic())
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_armed = ~uint64_t(0);
        advance();
    });
}

TimerWheel::~TimerWheel()
{
    for (Timer *&first : m_slot) {
        while (first)
            first->cancel();
    }
}

uint64_t TimerWheel::tickOf(MonotonicTime time, bool roundUp) const
{
    const auto elapsed = std::max(time - m_start, Duration::zero());
    const Duration step = tick;
    return uint64_t(elapsed / step) + uint64_t(roundUp && elapsed % step != Duration::zero());
}

void TimerWheel::start(Timer &timer, Duration after)
{
    // Saturating: a deadline of "never" must not wrap around.
    const auto now = m_clock.monotonic();
    startAt(timer, after > MonotonicTime::max() - now ? MonotonicTime::max() : now + std::max(after, Duration::zero()));
}

void TimerWheel::startAt(Timer &timer, MonotonicTime when)
{
    timer.cancel();
    if (!m_active && !m_running)
        m_now = std::max(m_now, tickOf(m_clock.monotonic(), false)); // nothing to run on the way: catch up at once
    timer.m_wheel = this;
    timer.m_tick = std::max(tickOf(when, true), m_now + 1); // never in the tick that is being run: no timer can starve the loop
    ++m_active;
    place(timer);
    if (!m_running && timer.m_tick < m_armed)
        arm();
}

// A timer lies in the level whose slot is the coarsest that still tells its tick from now.
void TimerWheel::place(Timer &timer)
{
    const uint64_t longest = (uint64_t(1) << (bits * levels)) - 1;
    const uint64_t tick = std::min(timer.m_tick, m_now + longest);
    const uint64_t differs = tick ^ m_now;
    unsigned level = differs ? unsigned(63 - std::countl_zero(differs)) / bits : 0;
    unsigned slot = unsigned(tick >> (bits * std::min(level, levels - 1))) & (perLevel - 1);
    level = std::min(level, levels - 1);
    timer.m_slot = uint16_t(level * perLevel + slot);
    Timer *&first = m_slot[timer.m_slot];
    timer.m_next = first;
    timer.m_link = &first;
    if (first)
        first->m_link = &timer.m_next;
    first = &timer;
    m_busy[level] |= uint64_t(1) << slot;
}

void TimerWheel::unlink(Timer &timer)
{
    *timer.m_link = timer.m_next;
    if (timer.m_next)
        timer.m_next->m_link = timer.m_link;
    if (!m_slot[timer.m_slot])
        m_busy[timer.m_slot / perLevel] &= ~(uint64_t(1) << (timer.m_slot % perLevel));
    timer.m_next = nullptr;
    timer.m_link = nullptr;
}

// The coarse slot that begins now is dealt out to the finer levels.
void TimerWheel::cascade(unsigned level)
{
    const unsigned slot = unsigned(m_now >> (bits * level)) & (perLevel - 1);
    Timer *list = m_slot[level * perLevel + slot];
    m_slot[level * perLevel + slot] = nullptr;
    m_busy[level] &= ~(uint64_t(1) << slot);
    while (list) {
        Timer *timer = list;
        list = timer->m_next;
        place(*timer);
    }
}

// The next tick at which a slot has to be run or dealt out; never later than the next deadline.
uint64_t TimerWheel::nextBusyTick() const
{
    uint64_t next = ~uint64_t(0);
    for (unsigned level = 0; level < levels; ++level) {
        if (!m_busy[level])
            continue;
        const unsigned shift = bits * level, current = unsigned(m_now >> shift) & (perLevel - 1);
        // Slots after the current one come in this turn of the level, the others in the next.
        const unsigned ahead = unsigned(std::countr_zero(std::rotr(m_busy[level], int((current + 1) % perLevel)))) + 1;
        next = std::min(next, ((m_now >> shift) + ahead) << shift);
    }
    return next;
}

size_t TimerWheel::advance()
{
    if (m_running)
        return 0;
    m_running = true;
    size_t ran = 0;
    const uint64_t target = tickOf(m_clock.monotonic(), false);
    while (m_now < target && m_active) {
        m_now = std::min(target, nextBusyTick());
        for (unsigned level = levels - 1; level > 0; --level) {
            if ((m_now & ((uint64_t(1) << (bits * level)) - 1)) == 0)
                cascade(level);
        }
        Timer *&due = m_slot[m_now & (perLevel - 1)];
        while (due && due->m_tick <= m_now) {
            Timer *timer = due;
            timer->cancel();
            ++ran;
            timer->expired();
        }
        if (due) { // cut to the wheel's span: go round again
            Timer *list = due;
            due = nullptr;
            m_busy[0] &= ~(uint64_t(1) << (m_now & (perLevel - 1)));
            while (list) {
                Timer *timer = list;
                list = timer->m_next;
                place(*timer);
            }
        }
    }
    m_now = std::max(m_now, target);
    m_running = false;
    m_armed = ~uint64_t(0);
    arm();
    return ran;
}

void TimerWheel::arm()
{
    if (!m_active) {
        m_timer.stop();
        m_armed = ~uint64_t(0);
        return;
    }
    const uint64_t next = nextBusyTick();
    if (next == m_armed)
        return;
    m_armed = next;
    const auto when = m_start + tick * int64_t(std::min<uint64_t>(next, uint64_t(1) << 40));
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(when - m_clock.monotonic());
    m_timer.start(std::clamp(wait, std::chrono::milliseconds(0), std::chrono::milliseconds(24 * 3600 * 1000)));
}

} // namespace gatehouse::net
