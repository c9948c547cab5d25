// The event dispatcher of a worker's thread does what Qt's would: posted events, timers, notifiers, waking and quitting from elsewhere.
#include "gateway/net/epolldispatcher.h"
#include "gateway/net/loop.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>
#include <QtCore/QSocketNotifier>
#include <QtCore/QThread>
#include <QtCore/QTimer>
#include <QtTest/QTest>

#include <atomic>
#include <functional>
#include <latch>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace gatehouse;
using net::EpollDispatcher;
using namespace std::chrono_literals;

namespace {

class Receiver final : public QObject {
public:
    std::function<void()> onEvent;

protected:
    void customEvent(QEvent *) override
    {
        if (onEvent)
            onEvent();
    }
};

// Runs `body` in a prepared thread and waits for its end.
void inThread(const std::function<void()> &body)
{
    std::jthread([&] {
        net::prepareThread();
        QVERIFY(EpollDispatcher::current());
        body();
    }).join();
}

} // namespace

class TestDispatcher : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isNotForThreadsThatHaveOne();
    void postedFromAnotherThreadWakesIt();
    void manyPostsAreAllDelivered();
    void quitFromAnotherThread();
    void timersFireInTime();
    void aTimerMayStopItselfAndOthers();
    void remainingTimeIsTold();
    void notifiersOfBothKinds();
    void aNotifierMayBeSwitchedOff();
    void deletedLater();
    void doesNotSpin();
};

void TestDispatcher::isNotForThreadsThatHaveOne()
{
    QEventLoop makesOne;
    net::prepareThread();
    QVERIFY(!EpollDispatcher::current());
}

void TestDispatcher::postedFromAnotherThreadWakesIt()
{
    std::latch ready(1);
    Receiver *receiver = nullptr;
    std::thread::id where;
    std::jthread worker([&] {
        net::prepareThread();
        QEventLoop loop;
        Receiver here;
        here.onEvent = [&] {
            where = std::this_thread::get_id();
            loop.quit();
        };
        receiver = &here;
        ready.count_down();
        loop.exec();
    });
    ready.wait();
    QThread::msleep(20); // it rests by now: the wake is what is tested
    QCoreApplication::postEvent(receiver, new QEvent(QEvent::User));
    const auto id = worker.get_id();
    worker.join();
    QVERIFY(where == id);
}

void TestDispatcher::manyPostsAreAllDelivered()
{
    constexpr int each = 20'000, threads = 3;
    std::latch ready(1);
    Receiver *receiver = nullptr;
    int got = 0;
    std::jthread worker([&] {
        net::prepareThread();
        QEventLoop loop;
        Receiver here;
        here.onEvent = [&] {
            if (++got == each * threads)
                loop.quit();
        };
        receiver = &here;
        ready.count_down();
        loop.exec();
    });
    ready.wait();
    {
        std::vector<std::jthread> posters;
        for (int i = 0; i < threads; ++i) {
            posters.emplace_back([&] {
                for (int n = 0; n < each; ++n) {
                    QCoreApplication::postEvent(receiver, new QEvent(QEvent::User));
                    if (n % 64 == 0)
                        std::this_thread::yield(); // so that it comes to rest now and then
                }
            });
        }
    }
    worker.join();
    QCOMPARE(got, each * threads);
}

void TestDispatcher::quitFromAnotherThread()
{
    std::latch ready(1);
    QEventLoop *loop = nullptr;
    std::jthread worker([&] {
        net::prepareThread();
        QEventLoop here;
        loop = &here;
        ready.count_down();
        here.exec();
    });
    ready.wait();
    QThread::msleep(20);
    QMetaObject::invokeMethod(loop, "quit", Qt::QueuedConnection);
    worker.join();
}

void TestDispatcher::timersFireInTime()
{
    inThread([] {
        QEventLoop loop;
        QElapsedTimer clock;
        clock.start();
        std::vector<int> order;
        QTimer often;
        QObject::connect(&often, &QTimer::timeout, &often, [&] { order.push_back(0); });
        often.start(10ms);
        QTimer::singleShot(35ms, &loop, [&] { order.push_back(1); });
        QTimer::singleShot(0, &loop, [&] { order.push_back(2); });
        QTimer::singleShot(60ms, &loop, [&] { loop.quit(); });
        loop.exec();
        QVERIFY(clock.elapsed() >= 60);
        QCOMPARE(order.front(), 2);
        QCOMPARE(std::count(order.begin(), order.end(), 1), 1);
        const auto ticks = std::count(order.begin(), order.end(), 0);
        QVERIFY2(ticks >= 1 && ticks <= 6, qPrintable(QString::number(ticks))); // never early, and none twice for one interval
    });
}

void TestDispatcher::aTimerMayStopItselfAndOthers()
{
    inThread([] {
        QEventLoop loop;
        QTimer first, second;
        int firsts = 0, seconds = 0;
        QObject::connect(&first, &QTimer::timeout, &first, [&] {
            ++firsts;
            first.stop();
            second.stop();
        });
        QObject::connect(&second, &QTimer::timeout, &second, [&] { ++seconds; });
        first.start(5ms);
        second.start(5ms);
        QThread::msleep(10); // both are due in the same round
        QTimer::singleShot(30ms, &loop, &QEventLoop::quit);
        loop.exec();
        QCOMPARE(firsts, 1);
        QCOMPARE(seconds, 0);
    });
}

void TestDispatcher::remainingTimeIsTold()
{
    inThread([] {
        QTimer timer;
        QCOMPARE(timer.remainingTime(), -1);
        timer.start(10'000ms);
        QVERIFY(timer.remainingTime() > 9'000 && timer.remainingTime() <= 10'000);
        QCOMPARE(EpollDispatcher::current()->registeredTimers(&timer).size(), 1);
        timer.stop();
        QVERIFY(EpollDispatcher::current()->registeredTimers(&timer).isEmpty());
    });
}

void TestDispatcher::notifiersOfBothKinds()
{
    inThread([] {
        int ends[2];
        QCOMPARE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        {
            QEventLoop loop;
            QSocketNotifier reads(ends[0], QSocketNotifier::Read), writes(ends[0], QSocketNotifier::Write);
            std::string got;
            int written = 0;
            QObject::connect(&writes, &QSocketNotifier::activated, &writes, [&] {
                ++written;
                writes.setEnabled(false);
                QCOMPARE(::write(ends[1], "hello", 5), 5);
            });
            QObject::connect(&reads, &QSocketNotifier::activated, &reads, [&] {
                char text[2];
                const auto size = ::read(ends[0], text, sizeof text); // level-triggered: told until it is empty
                got.append(text, size_t(size));
                if (got.size() == 5)
                    loop.quit();
            });
            loop.exec();
            QCOMPARE(got, std::string("hello"));
            QCOMPARE(written, 1);
        }
        ::close(ends[0]);
        ::close(ends[1]);
    });
}

void TestDispatcher::aNotifierMayBeSwitchedOff()
{
    inThread([] {
        int ends[2];
        QCOMPARE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        {
            QEventLoop loop;
            QSocketNotifier reads(ends[0], QSocketNotifier::Read);
            int told = 0;
            QObject::connect(&reads, &QSocketNotifier::activated, &reads, [&] { ++told; });
            reads.setEnabled(false);
            QCOMPARE(::write(ends[1], "x", 1), 1);
            QTimer::singleShot(20ms, &loop, &QEventLoop::quit);
            loop.exec();
            QCOMPARE(told, 0);
            reads.setEnabled(true);
            QObject::connect(&reads, &QSocketNotifier::activated, &loop, &QEventLoop::quit);
            loop.exec();
            QVERIFY(told > 0);
        }
        ::close(ends[0]);
        ::close(ends[1]);
    });
}

void TestDispatcher::deletedLater()
{
    inThread([] {
        QEventLoop loop;
        bool gone = false;
        QTimer::singleShot(0, &loop, [&] {
            auto *object = new QObject;
            QObject::connect(object, &QObject::destroyed, &loop, [&] {
                gone = true;
                loop.quit();
            });
            object->deleteLater();
        });
        loop.exec();
        QVERIFY(gone);
    });
}

// A loop that has nothing to do rests: turns are counted over a while in which only one timer runs.
void TestDispatcher::doesNotSpin()
{
    inThread([] {
        QEventLoop loop;
        auto sockets = net::makeLoop();
        QTimer::singleShot(100ms, &loop, &QEventLoop::quit);
        loop.exec();
        QVERIFY2(sockets->counters().turns < 20, qPrintable(QString::number(sockets->counters().turns)));
    });
}

QTEST_GUILESS_MAIN(TestDispatcher)
#include "tst_dispatcher.moc"
