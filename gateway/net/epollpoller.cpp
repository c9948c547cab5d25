// One epoll set, edge-triggered, each socket registered once. In a worker the thread's event dispatcher waits in that very set;
// where Qt made the dispatcher, the set is nested in its loop behind a single QSocketNotifier.
#include "gateway/net/epolldispatcher.h"
#include "gateway/net/poller.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QSocketNotifier>
#include <QtCore/QThread>

#include <algorithm>
#include <sys/epoll.h>
#include <unistd.h>

namespace gatehouse::net {

namespace {

class EpollPoller : public Poller {
public:
    explicit EpollPoller(int epoll) : m_epoll(epoll) { }
    bool add(int descriptor, uint64_t tag) override { return control(descriptor, tag, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET); }
    void remove(int, uint64_t) override { } // closing does it, without a system call of its own
    bool addListener(int descriptor, uint64_t tag) override { return control(descriptor, tag, EPOLLIN | EPOLLEXCLUSIVE); }
    void removeListener(int descriptor, uint64_t) override { epoll_ctl(m_epoll, EPOLL_CTL_DEL, descriptor, nullptr); }
    void wantRead(uint64_t) override { } // the next edge comes by itself
    void wantWrite(uint64_t) override { }
    int wait(Ready *events, int most) override
    {
        epoll_event got[atOnce];
        const int count = waitFor(got, std::min(most, atOnce));
        for (int i = 0; i < count; ++i) {
            const uint32_t flags = got[i].events;
            const bool over = flags & (EPOLLHUP | EPOLLERR);
            events[i] = {got[i].data.u64, over || (flags & (EPOLLIN | EPOLLRDHUP)), over || (flags & EPOLLOUT), over || (flags & EPOLLRDHUP),
                         (flags & EPOLLERR) != 0};
        }
        return std::max(count, 0);
    }
    std::string_view name() const override { return "epoll"; }

protected:
    virtual int waitFor(epoll_event *events, int most) = 0;
    const int m_epoll;

private:
    static constexpr int atOnce = 128;

    bool control(int descriptor, uint64_t tag, uint32_t flags)
    {
        epoll_event event{};
        event.events = flags;
        event.data.u64 = tag;
        return epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
    }
};

// The dispatcher calls the turn each time round, and the turn's first wait is where the thread rests.
class DispatcherPoller final : public EpollPoller {
public:
    DispatcherPoller(EpollDispatcher &dispatcher, Turn turn) : EpollPoller(dispatcher.epoll()), m_dispatcher(dispatcher)
    {
        m_dispatcher.setTurn(std::move(turn));
    }
    ~DispatcherPoller() override { m_dispatcher.setTurn({}); }
    bool isWorthAsking(int) const override { return false; } // the next turn asks, and rests with the same call
    void wake() override { m_dispatcher.turnSoon(); }

protected:
    int waitFor(epoll_event *events, int most) override { return m_dispatcher.wait(events, most); }

private:
    EpollDispatcher &m_dispatcher;
};

class NestedPoller final : public EpollPoller {
public:
    explicit NestedPoller(Turn turn) : EpollPoller(epoll_create1(EPOLL_CLOEXEC)), m_notifier(m_epoll, std::move(turn)) { }
    ~NestedPoller() override
    {
        m_notifier.setEnabled(false);
        ::close(m_epoll);
    }
    void wake() override { m_notifier.wake(); }

protected:
    int waitFor(epoll_event *events, int most) override { return epoll_wait(m_epoll, events, most, 0); }

private:
    // Overriding event() saves the emission of a signal per turn.
    class Notifier final : public QSocketNotifier {
    public:
        Notifier(int descriptor, Turn turn) : QSocketNotifier(descriptor, QSocketNotifier::Read), m_turn(std::move(turn)) { }
        void wake()
        {
            if (!m_woken)
                QCoreApplication::postEvent(this, new QEvent(QEvent::User));
            m_woken = true;
        }

    protected:
        bool event(QEvent *event) override
        {
            if (event->type() != QEvent::SockAct && event->type() != QEvent::User)
                return QSocketNotifier::event(event);
            if (event->type() == QEvent::User)
                m_woken = false;
            m_turn();
            return true;
        }

    private:
        Turn m_turn;
        bool m_woken = false;
    };

    Notifier m_notifier;
};

} // namespace

std::unique_ptr<Poller> makePoller(Poller::Turn turn)
{
    if (EpollDispatcher *dispatcher = EpollDispatcher::current(); dispatcher && !dispatcher->hasTurn())
        return std::make_unique<DispatcherPoller>(*dispatcher, std::move(turn));
    return std::make_unique<NestedPoller>(std::move(turn));
}

void prepareThread()
{
    if (!QAbstractEventDispatcher::instance())
        QThread::currentThread()->setEventDispatcher(new EpollDispatcher); // Qt's from here on
}

} // namespace gatehouse::net
