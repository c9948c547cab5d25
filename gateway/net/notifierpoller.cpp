// The portable source of readiness: two QSocketNotifiers a socket, each switched off when it has told and on when it is asked again.
// Not QTcpSocket: that closes both directions when the peer closes one, and half-closed connections are to be served.
#include "gateway/net/poller.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace gatehouse::net {

namespace {

class NotifierPoller final : public QObject, public Poller {
public:
    explicit NotifierPoller(Turn turn) : m_turn(std::move(turn)) { }
    bool add(int descriptor, uint64_t tag) override
    {
        m_pairs[tag] = {std::make_unique<Teller>(descriptor, QSocketNotifier::Read, tag, *this),
                        std::make_unique<Teller>(descriptor, QSocketNotifier::Write, tag, *this)};
        return true;
    }
    void remove(int, uint64_t tag) override
    {
        m_pairs.erase(tag);
        std::erase_if(m_ready, [=](const Ready &ready) { return ready.tag == tag; });
    }
    bool addListener(int descriptor, uint64_t tag) override
    {
        m_listeners[tag] = std::make_unique<Teller>(descriptor, QSocketNotifier::Read, tag, *this);
        return true;
    }
    void removeListener(int descriptor, uint64_t tag) override
    {
        m_listeners.erase(tag);
        remove(descriptor, tag);
    }
    void wantRead(uint64_t tag) override
    {
        if (const auto found = m_pairs.find(tag); found != m_pairs.end())
            found->second.read->setEnabled(true);
    }
    void wantWrite(uint64_t tag) override
    {
        if (const auto found = m_pairs.find(tag); found != m_pairs.end())
            found->second.write->setEnabled(true);
    }
    int wait(Ready *events, int most) override
    {
        const size_t count = std::min(size_t(most), m_ready.size());
        std::copy_n(m_ready.begin(), count, events);
        m_ready.erase(m_ready.begin(), m_ready.begin() + ptrdiff_t(count));
        for (auto &[tag, listener] : m_listeners)
            listener->setEnabled(true);
        if (!m_ready.empty())
            wake();
        return int(count);
    }
    void wake() override
    {
        if (!m_woken)
            QCoreApplication::postEvent(this, new QEvent(QEvent::User));
        m_woken = true;
    }
    std::string_view name() const override { return "notifiers"; }

protected:
    void customEvent(QEvent *) override
    {
        m_woken = false;
        m_turn();
    }

private:
    class Teller final : public QSocketNotifier {
    public:
        Teller(int descriptor, Type type, uint64_t tag, NotifierPoller &poller) : QSocketNotifier(descriptor, type), m_tag(tag), m_poller(poller) { }

    protected:
        bool event(QEvent *event) override
        {
            if (event->type() != QEvent::SockAct && event->type() != QEvent::SockClose)
                return QSocketNotifier::event(event);
            setEnabled(false);
            m_poller.m_ready.push_back({m_tag, type() == Read, type() == Write, false, type() == Read});
            m_poller.wake(); // several that tell in one round of Qt's loop share a turn
            return true;
        }

    private:
        uint64_t m_tag;
        NotifierPoller &m_poller;
    };
    struct Pair { std::unique_ptr<Teller> read, write; };

    Turn m_turn;
    std::vector<Ready> m_ready;
    std::unordered_map<uint64_t, Pair> m_pairs;
    std::unordered_map<uint64_t, std::unique_ptr<Teller>> m_listeners;
    bool m_woken = false;
};

} // namespace

std::unique_ptr<Poller> makePoller(Poller::Turn turn)
{
    return std::make_unique<NotifierPoller>(std::move(turn));
}

void prepareThread() { } // Qt's own dispatcher does

} // namespace gatehouse::net
