// One epoll set, edge-triggered, each socket registered once, behind a single QSocketNotifier.
#include "gateway/net/poller.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QSocketNotifier>

#include <algorithm>
#include <sys/epoll.h>
#include <unistd.h>

namespace gatehouse::net {

namespace {

class EpollPoller final : public Poller {
public:
    explicit EpollPoller(Turn turn) : m_epoll(epoll_create1(EPOLL_CLOEXEC)), m_notifier(m_epoll, std::move(turn)) { }
    ~EpollPoller() override
    {
        m_notifier.setEnabled(false);
        ::close(m_epoll);
    }
    bool add(int descriptor, uint64_t tag) override { return control(descriptor, tag, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET); }
    void remove(int, uint64_t) override { } // closing does it, without a system call of its own
    bool addListener(int descriptor, uint64_t tag) override { return control(descriptor, tag, EPOLLIN | EPOLLEXCLUSIVE); }
    void removeListener(int descriptor, uint64_t) override { epoll_ctl(m_epoll, EPOLL_CTL_DEL, descriptor, nullptr); }
    void wantRead(uint64_t) override { } // the next edge comes by itself
    void wantWrite(uint64_t) override { }
    int wait(Ready *events, int most) override
    {
        epoll_event got[atOnce];
        const int count = epoll_wait(m_epoll, got, std::min(most, atOnce), 0);
        for (int i = 0; i < count; ++i) {
            const uint32_t flags = got[i].events;
            const bool over = flags & (EPOLLHUP | EPOLLERR);
            events[i] = {got[i].data.u64, over || (flags & (EPOLLIN | EPOLLRDHUP)), over || (flags & EPOLLOUT), over || (flags & EPOLLRDHUP),
                         (flags & EPOLLERR) != 0};
        }
        return std::max(count, 0);
    }
    void wake() override { m_notifier.wake(); }
    std::string_view name() const override { return "epoll"; }

private:
    static constexpr int atOnce = 128;

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

    bool control(int descriptor, uint64_t tag, uint32_t flags)
    {
        epoll_event event{};
        event.events = flags;
        event.data.u64 = tag;
        return epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
    }

    int m_epoll;
    Notifier m_notifier;
};

} // namespace

std::unique_ptr<Poller> makePoller(Poller::Turn turn)
{
    return std::make_unique<EpollPoller>(std::move(turn));
}

} // namespace gatehouse::net
