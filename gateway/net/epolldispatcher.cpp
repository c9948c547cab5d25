#include "gateway/net/epolldispatcher.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QSocketNotifier>

#include <algorithm>
#include <climits>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace gatehouse::net {

namespace {

constexpr uint64_t wakeTag = EpollDispatcher::ownTags, notifiersTag = EpollDispatcher::ownTags + 1;

void add(int epoll, int descriptor, uint64_t tag, uint32_t flags)
{
    epoll_event event{};
    event.events = flags;
    event.data.u64 = tag;
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

uint32_t flagOf(size_t type)
{
    switch (QSocketNotifier::Type(type)) {
    case QSocketNotifier::Read: return EPOLLIN | EPOLLRDHUP;
    case QSocketNotifier::Write: return EPOLLOUT;
    case QSocketNotifier::Exception: return EPOLLPRI;
    }
    return 0;
}

} // namespace

EpollDispatcher::EpollDispatcher()
    : m_epoll(epoll_create1(EPOLL_CLOEXEC)), m_notifierEpoll(epoll_create1(EPOLL_CLOEXEC)), m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    add(m_epoll, m_wake, wakeTag, EPOLLIN | EPOLLET); // each write is an edge: nobody has to read it
    add(m_epoll, m_notifierEpoll, notifiersTag, EPOLLIN);
}

EpollDispatcher::~EpollDispatcher()
{
    ::close(m_wake);
    ::close(m_notifierEpoll);
    ::close(m_epoll);
}

EpollDispatcher *EpollDispatcher::current() { return dynamic_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance()); }

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted = false;
    Q_EMIT awake();
    const bool posted = m_woken.exchange(false); // what is posted from here on sets it again
    QCoreApplication::sendPostedEvents();
    m_mayBlock = (flags & QEventLoop::WaitForMoreEvents) && !m_interrupted && !m_woken && !m_turnWanted;
    if (m_mayBlock)
        Q_EMIT aboutToBlock();
    m_turnWanted = false;
    if (m_turn) {
        m_turn();
    } else {
        epoll_event none[8];
        wait(none, 8);
    }
    if (m_notifiersReady)
        tellNotifiers();
    return fireTimers() || posted;
}

int EpollDispatcher::wait(epoll_event *events, int most)
{
    const int got = epoll_wait(m_epoll, events, most, std::exchange(m_mayBlock, false) ? timeout() : 0);
    int count = 0;
    for (int i = 0; i < got; ++i) {
        if (events[i].data.u64 < ownTags)
            events[count++] = events[i];
        else if (events[i].data.u64 == notifiersTag)
            m_notifiersReady = true;
    }
    return count;
}

void EpollDispatcher::wakeUp()
{
    if (m_woken.exchange(true))
        return;
    const uint64_t one = 1;
    // It can't fail but for a count of 2^64; that somebody woke it is told all the same.
    [[maybe_unused]] const ssize_t written = write(m_wake, &one, sizeof one);
}

void EpollDispatcher::interrupt()
{
    m_interrupted = true;
    wakeUp();
}

// Timers

int EpollDispatcher::timeout() const
{
    if (m_timers.empty())
        return -1;
    Time first = Time::max();
    for (const Timer &timer : m_timers) {
        if (!timer.firing)
            first = std::min(first, timer.due);
    }
    if (first == Time::max())
        return -1;
    // Rounded up: a timer that wakes too early would be asked again until it is due.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - std::chrono::steady_clock::now()).count();
    return int(std::clamp<int64_t>(left, 0, INT_MAX));
}

bool EpollDispatcher::fireTimers()
{
    if (m_timers.empty())
        return false;
    const Time now = std::chrono::steady_clock::now();
    std::vector<int> due;
    for (const Timer &timer : m_timers) {
        if (!timer.firing && timer.due <= now)
            due.push_back(timer.id);
    }
    const auto find = [this](int id) { return std::find_if(m_timers.begin(), m_timers.end(), [id](const Timer &timer) { return timer.id == id; }); };
    for (const int id : due) {
        const auto timer = find(id);
        if (timer == m_timers.end())
            continue; // one before it stopped it
        timer->due = now + timer->interval;
        timer->firing = true;
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer->object, &event);
        if (const auto still = find(id); still != m_timers.end())
            still->firing = false;
    }
    return !due.empty();
}

void EpollDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    const std::chrono::milliseconds every(interval);
    m_timers.push_back({id, every, type, object, std::chrono::steady_clock::now() + every, false});
}

bool EpollDispatcher::unregisterTimer(int id)
{
    return std::erase_if(m_timers, [id](const Timer &timer) { return timer.id == id; }) > 0;
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    return std::erase_if(m_timers, [object](const Timer &timer) { return timer.object == object; }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    QList<TimerInfo> found;
    for (const Timer &timer : m_timers) {
        if (timer.object == object)
            found.append(TimerInfo(timer.id, int(timer.interval.count()), timer.type));
    }
    return found;
}

int EpollDispatcher::remainingTime(int id)
{
    for (const Timer &timer : m_timers) {
        if (timer.id == id)
            return int(std::max<int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(timer.due - std::chrono::steady_clock::now()).count()));
    }
    return -1;
}

// Notifiers: level-triggered, in a set of their own that stands in the other.

void EpollDispatcher::watchDescriptor(int descriptor)
{
    epoll_event event{};
    event.data.fd = descriptor;
    const auto found = m_notifiers.find(descriptor);
    for (size_t type = 0; type < found->second.size(); ++type)
        event.events |= found->second[type] ? flagOf(type) : 0;
    if (!event.events) {
        m_notifiers.erase(found);
        epoll_ctl(m_notifierEpoll, EPOLL_CTL_DEL, descriptor, nullptr);
    } else if (epoll_ctl(m_notifierEpoll, EPOLL_CTL_MOD, descriptor, &event) < 0) {
        epoll_ctl(m_notifierEpoll, EPOLL_CTL_ADD, descriptor, &event);
    }
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    const int descriptor = int(notifier->socket());
    m_notifiers[descriptor][size_t(notifier->type())] = notifier;
    watchDescriptor(descriptor);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const auto found = m_notifiers.find(int(notifier->socket()));
    if (found == m_notifiers.end() || found->second[size_t(notifier->type())] != notifier)
        return;
    found->second[size_t(notifier->type())] = nullptr;
    watchDescriptor(found->first);
}

void EpollDispatcher::tellNotifiers()
{
    m_notifiersReady = false;
    epoll_event events[16];
    const int count = epoll_wait(m_notifierEpoll, events, 16, 0);
    for (int i = 0; i < count; ++i) {
        const bool over = events[i].events & (EPOLLHUP | EPOLLERR);
        for (size_t type = 0; type < 3; ++type) {
            const auto found = m_notifiers.find(events[i].data.fd); // anew: whoever was told may have ended the others
            if (found == m_notifiers.end() || !found->second[type] || !(over || (events[i].events & flagOf(type))))
                continue;
            QEvent event(QEvent::SockAct);
            QCoreApplication::sendEvent(found->second[type], &event);
        }
    }
}

} // namespace gatehouse::net
