// Deadlines of one worker: adding and cancelling cost the same however many there are. Driven by one QTimer and the given clock.
// One thread, that of its construction (which must run a Qt event loop, or call advance()).
#pragma once

#include "gateway/base/clock.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <array>
#include <chrono>
#include <cstdint>

namespace gatehouse::net {

class TimerWheel;

// Put one as a member into what has the deadline; destroying it cancels. Neither copied nor moved.
class Timer {
public:
    Timer() = default;
    Timer(const Timer &) = delete;
    Timer &operator=(const Timer &) = delete;
    ~Timer() { cancel(); }

    bool active() const { return m_wheel != nullptr; }
    void cancel();

protected:
    // Called at or after the deadline, up to one tick late; the timer is not active then and may be started again or destroyed.
    virtual void expired() = 0;

private:
    friend class TimerWheel;
    TimerWheel *m_wheel = nullptr;
    Timer *m_next = nullptr, **m_link = nullptr; // in its slot
    uint64_t m_tick = 0;
    uint16_t m_slot = 0;
};

// Calls a member function: `MemberTimer<Exchange, &Exchange::onDeadline> m_deadline{this};`
template <typename T, void (T::*Function)()>
class MemberTimer final : public Timer {
public:
    explicit MemberTimer(T *object) : m_object(object) { }

private:
    void expired() override { (m_object->*Function)(); }
    T *m_object;
};

class TimerWheel : public QObject {
public:
    static constexpr std::chrono::milliseconds tick{4}; // how late a timer can be, besides the event loop's own delay

    explicit TimerWheel(const Clock &clock, QObject *parent = nullptr);
    ~TimerWheel() override; // cancels all

    // Starts it, or moves it when it is active. Zero or less: in the next turn.
    void start(Timer &timer, Duration after);
    void startAt(Timer &timer, MonotonicTime when);
    // Runs what is due by the clock; tests call it after advancing a fake clock. How many ran.
    size_t advance();
    size_t active() const { return m_active; }
    const Clock &clock() const { return m_clock; }

private:
    friend class Timer;
    static constexpr unsigned levels = 5, bits = 6, perLevel = 1u << bits; // 4 ms * 64^5: 49 days; longer waits are cut to that and go on
    uint64_t tickOf(MonotonicTime time, bool roundUp) const;
    void place(Timer &timer);
    void unlink(Timer &timer);
    void cascade(unsigned level);
    uint64_t nextBusyTick() const;
    void arm();

    const Clock &m_clock;
    QTimer m_timer;
    MonotonicTime m_start;
    uint64_t m_now = 0; // ticks that have run
    uint64_t m_armed = ~uint64_t(0);
    size_t m_active = 0;
    bool m_running = false;
    std::array<Timer *, levels * perLevel> m_slot{};
    std::array<uint64_t, levels> m_busy{}; // a bit per slot that is not empty
};

} // namespace gatehouse::net
