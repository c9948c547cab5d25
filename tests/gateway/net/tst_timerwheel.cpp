// Deadlines on a fake clock, against a plain sorted list.
#include "gateway/net/timerwheel.h"
#include "tests/support/fakeclock.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

#include <functional>
#include <random>

using namespace gatehouse;
using namespace std::chrono_literals;

namespace {

class TestTimer final : public net::Timer {
public:
    std::function<void()> action;

private:
    void expired() override { action(); }
};

} // namespace

class TestTimerWheel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsAtItsDeadlineAndNotBefore();
    void cancelledOnesDoNotRun();
    void destroyedOnesDoNotRun();
    void mayBeStartedAgainFromItsOwnCall();
    void mayDestroyOthersFromItsCall();
    void wheelMayGoFirst();
    void veryLongWaits();
    void agreesWithASortedList();
    void isDrivenByTheEventLoop();

private:
    test::FakeClock m_clock;
};

void TestTimerWheel::runsAtItsDeadlineAndNotBefore()
{
    net::TimerWheel wheel(m_clock);
    for (const Duration wait : {Duration(0ms), Duration(1ms), Duration(4ms), Duration(250ms), Duration(256ms), Duration(1s), Duration(30s), Duration(75s), Duration(3h), Duration(48h)}) {
        int ran = 0;
        TestTimer timer;
        timer.action = [&] { ++ran; };
        wheel.start(timer, wait);
        QVERIFY(timer.active());
        if (wait > 0ms) {
            m_clock.advance(wait - 1ns);
            wheel.advance();
            QCOMPARE(ran, 0);
            m_clock.advance(1ns);
        }
        m_clock.advance(2 * net::TimerWheel::tick);
        QCOMPARE(wheel.advance(), size_t(1));
        QCOMPARE(ran, 1);
        QVERIFY(!timer.active());
        QCOMPARE(wheel.active(), size_t(0));
    }
}

void TestTimerWheel::cancelledOnesDoNotRun()
{
    net::TimerWheel wheel(m_clock);
    TestTimer a, b;
    int ran = 0;
    a.action = b.action = [&] { ++ran; };
    wheel.start(a, 1s);
    wheel.start(b, 1s);
    a.cancel();
    a.cancel();
    wheel.start(b, 10s); // moved
    m_clock.advance(5s);
    QCOMPARE(wheel.advance(), size_t(0));
    m_clock.advance(6s);
    QCOMPARE(wheel.advance(), size_t(1));
    QCOMPARE(ran, 1);
}

void TestTimerWheel::destroyedOnesDoNotRun()
{
    net::TimerWheel wheel(m_clock);
    {
        TestTimer timer;
        timer.action = [] { QFAIL("ran"); };
        wheel.start(timer, 1s);
    }
    QCOMPARE(wheel.active(), size_t(0));
    m_clock.advance(2s);
    QCOMPARE(wheel.advance(), size_t(0));
}

void TestTimerWheel::mayBeStartedAgainFromItsOwnCall()
{
    net::TimerWheel wheel(m_clock);
    TestTimer timer;
    int ran = 0;
    timer.action = [&] {
        ++ran;
        wheel.start(timer, 0s); // in the next turn at the earliest: advance() must come back
    };
    wheel.start(timer, 0s);
    m_clock.advance(8ms);
    wheel.advance();
    QVERIFY(ran >= 1 && ran <= 2);
    m_clock.advance(8ms);
    wheel.advance();
    QVERIFY(ran >= 2 && ran <= 4);
}

void TestTimerWheel::mayDestroyOthersFromItsCall()
{
    net::TimerWheel wheel(m_clock);
    auto a = std::make_unique<TestTimer>(), b = std::make_unique<TestTimer>();
    int ran = 0;
    a->action = [&] { ++ran; b.reset(); };
    b->action = [&] { ++ran; a.reset(); };
    wheel.start(*a, 1s);
    wheel.start(*b, 1s);
    m_clock.advance(2s);
    wheel.advance();
    QCOMPARE(ran, 1);
}

void TestTimerWheel::wheelMayGoFirst()
{
    TestTimer timer;
    {
        net::TimerWheel wheel(m_clock);
        wheel.start(timer, 1s);
    }
    QVERIFY(!timer.active());
}

void TestTimerWheel::veryLongWaits()
{
    net::TimerWheel wheel(m_clock);
    TestTimer never, year;
    int ran = 0;
    never.action = [] { QFAIL("ran"); };
    year.action = [&] { ++ran; };
    wheel.start(never, Duration::max());
    wheel.start(year, 24h * 365);
    for (int day = 0; day < 364; ++day) {
        m_clock.advance(24h);
        wheel.advance();
    }
    QCOMPARE(ran, 0);
    m_clock.advance(25h);
    wheel.advance();
    QCOMPARE(ran, 1);
}

void TestTimerWheel::agreesWithASortedList()
{
    net::TimerWheel wheel(m_clock);
    std::mt19937_64 random(7);
    struct Entry {
        TestTimer timer;
        MonotonicTime due;
        bool wanted = false;
        int ran = 0;
    };
    std::vector<Entry> entries(500);
    for (auto &entry : entries) {
        entry.timer.action = [&] {
            QVERIFY(entry.wanted);
            QVERIFY(m_clock.monotonic() >= entry.due);
            entry.wanted = false;
            ++entry.ran;
        };
    }
    size_t ran = 0;
    for (int step = 0; step < 20'000; ++step) {
        Entry &entry = entries[random() % entries.size()];
        switch (random() % 4) {
        case 0:
            entry.timer.cancel();
            entry.wanted = false;
            break;
        case 1:
        case 2: {
            const Duration wait(int64_t(random() % (uint64_t(1) << (random() % 44))));
            wheel.start(entry.timer, wait);
            entry.due = m_clock.monotonic() + wait;
            entry.wanted = true;
            break;
        }
        default:
            m_clock.advance(Duration(int64_t(random() % (uint64_t(1) << (random() % 38)))));
            ran += wheel.advance();
            for (const auto &other : entries)
                QVERIFY2(!other.wanted || other.due + net::TimerWheel::tick > m_clock.monotonic(), "one that is due has not run");
        }
        size_t active = 0;
        for (const auto &other : entries) {
            active += other.wanted;
            QCOMPARE(other.timer.active(), other.wanted);
        }
        QCOMPARE(wheel.active(), active);
    }
    QVERIFY(ran > 1000);
}

void TestTimerWheel::isDrivenByTheEventLoop()
{
    net::TimerWheel wheel(systemClock());
    TestTimer timer;
    bool ran = false;
    timer.action = [&] { ran = true; };
    const auto start = systemClock().monotonic();
    wheel.start(timer, 20ms);
    QVERIFY(test::waitFor("the timer", [&] { return ran; }));
    QVERIFY(systemClock().monotonic() - start >= 20ms);
}

QTEST_GUILESS_MAIN(TestTimerWheel)
#include "tst_timerwheel.moc"
