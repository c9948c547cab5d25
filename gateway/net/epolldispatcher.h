// Qt's event loop of a worker, waiting in the very epoll set that holds its sockets: one system call a turn. Behind a notifier on
// that set each turn takes two, and passes through all that Qt does for loops with many kinds of sources. Internal to gateway/net.
#pragma once

#include <QtCore/QAbstractEventDispatcher>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <unordered_map>
#include <vector>

struct epoll_event;

namespace gatehouse::net {

// Timers and socket notifiers work as anywhere in Qt; there are few of them here, so they stand in plain lists. All but wakeUp() and
// interrupt() is called on its own thread. Handlers run no event loop of their own.
class EpollDispatcher final : public QAbstractEventDispatcher {
public:
    EpollDispatcher();
    ~EpollDispatcher() override;
    // This thread's, or null where Qt made another kind.
    static EpollDispatcher *current();

    // The tags from here on are its own; a loop's are below.
    static constexpr uint64_t ownTags = ~uint64_t(0) - 1;
    int epoll() const { return m_epoll; }
    // Called each turn until it is set to nothing; it calls wait().
    void setTurn(std::function<void()> turn) { m_turn = std::move(turn); }
    bool hasTurn() const { return m_turn != nullptr; } // one loop a thread
    // The first call of a turn blocks until something happens or a timer is due, further ones do not. Own events are taken out.
    int wait(epoll_event *events, int most);
    void turnSoon() { m_turnWanted = true; } // the next wait does not block

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int id) override;
    void wakeUp() override;
    void interrupt() override;

private:
    using Time = std::chrono::steady_clock::time_point;
    struct Timer {
        int id;
        std::chrono::milliseconds interval;
        Qt::TimerType type;
        QObject *object;
        Time due;
        bool firing;
    };

    int timeout() const; // milliseconds for epoll_wait
    bool fireTimers();
    void tellNotifiers();
    void watchDescriptor(int descriptor);

    const int m_epoll, m_notifierEpoll, m_wake;
    std::function<void()> m_turn;
    std::vector<Timer> m_timers;
    std::unordered_map<int, std::array<QSocketNotifier *, 3>> m_notifiers; // by descriptor and type
    std::atomic<bool> m_woken = false, m_interrupted = false;
    bool m_turnWanted = false, m_mayBlock = false, m_notifiersReady = false;
};

} // namespace gatehouse::net
