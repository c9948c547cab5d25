#include <QtTest/QTest>

#ifndef Q_MOC_RUN // moc 6.4 fails on <chrono> when it comes first
#include "gateway/policy/rate-limit/buckets.h"

#include <random>
#include <thread>
#endif

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace std::chrono_literals;

namespace {
__extension__ typedef __int128 wide;
// The same in the plainest way: a step of one nanosecond gives `requests` parts of which `per` make a token.
struct StraightCounter {
    uint64_t requests, per, burst;
    int64_t at = 0;
    wide parts = 0;
    void start(int64_t now)
    {
        parts = static_cast<wide>(burst) * static_cast<wide>(per);
        at = now;
    }
    bool take(uint64_t cost, int64_t now)
    {
        const wide full = static_cast<wide>(burst) * static_cast<wide>(per);
        for (; at < now; ++at) {
            parts += static_cast<wide>(requests);
            if (parts > full)
                parts = full;
        }
        const wide wanted = static_cast<wide>(cost) * static_cast<wide>(per);
        if (parts < wanted)
            return false;
        parts -= wanted;
        return true;
    }
};
MonotonicTime at(int64_t nanos) { return MonotonicTime(Duration(nanos)); }
} // namespace

class TestBuckets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreesWithAStraightCounter()
    {
        std::mt19937_64 random(7);
        for (int round = 0; round < 50; ++round) {
            const uint64_t requests = 1 + random() % 20, per = 1 + random() % 3000, burst = 1 + random() % 30;
            Buckets buckets(requests, Duration(per), burst);
            StraightCounter counter{requests, per, burst};
            int64_t now = 1'000'000;
            counter.start(now);
            for (int i = 0; i < 400; ++i) {
                now += static_cast<int64_t>(random() % (per / requests + 3));
                const uint64_t cost = random() % 4;
                QCOMPARE(buckets.take("k", cost, at(now)).allowed, counter.take(cost, now));
            }
        }
    }
    void saysWhenTheNextIsLetIn()
    {
        Buckets buckets(10, 1s, 2);
        QVERIFY(buckets.take("a", 1, at(0)).allowed);
        QVERIFY(buckets.take("a", 1, at(0)).allowed);
        const auto refused = buckets.take("a", 1, at(0));
        QVERIFY(!refused.allowed);
        QCOMPARE(refused.next, Duration(100ms));
        QCOMPARE(refused.full, Duration(200ms));
        QVERIFY(!buckets.take("a", 1, at(99'999'999)).allowed);
        QVERIFY(buckets.take("a", 1, at(100'000'000)).allowed);
        QVERIFY(buckets.take("b", 1, at(0)).allowed); // other keys are not concerned
    }
    void aCostOverTheBurstNeverPasses()
    {
        Buckets buckets(10, 1s, 5);
        const auto answer = buckets.take("a", 6, at(0));
        QVERIFY(!answer.allowed);
        QVERIFY(answer.next < Duration(0));
        QVERIFY(buckets.take("a", 5, at(0)).allowed);
    }
    void timeGoingBackTakesNothing()
    {
        Buckets buckets(1, 1s, 1);
        QVERIFY(buckets.take("a", 1, at(5'000'000'000)).allowed);
        QVERIFY(!buckets.take("a", 1, at(4'000'000'000)).allowed);
        QVERIFY(buckets.take("a", 1, at(6'000'000'000)).allowed);
    }
    void hugeFiguresDontOverflow()
    {
        Buckets buckets(1'000'000'000, std::chrono::hours(24 * 365), 1'000'000'000);
        QVERIFY(buckets.take("a", 1'000'000'000, at(0)).allowed);
        QVERIFY(!buckets.take("a", 1, at(1)).allowed);
        QVERIFY(buckets.take("a", 1'000'000'000, at(INT64_MAX / 2)).allowed);
    }
    void peekTakesNothing()
    {
        Buckets buckets(1, 1s, 1);
        for (int i = 0; i < 3; ++i)
            QVERIFY(buckets.peek("a", 1, at(0)).allowed);
        QCOMPARE(buckets.size(), size_t(0));
        QVERIFY(buckets.take("a", 1, at(0)).allowed);
        QVERIFY(!buckets.peek("a", 1, at(0)).allowed);
    }
    void keysAreBounded()
    {
        Buckets buckets(1, 1s, 1, 6400);
        for (int i = 0; i < 50'000; ++i)
            buckets.take("key" + std::to_string(i), 1, at(i));
        QVERIFY(buckets.size() <= 6400);
        // Those that are full again make room as others come.
        for (int i = 0; i < 6400; ++i)
            buckets.take("later" + std::to_string(i), 1, at(10'000'000'000));
        QVERIFY(buckets.size() <= 6400);
        for (const auto &state : buckets.emptiest(10'000, at(10'000'000'000)))
            QVERIFY2(state.key.starts_with("later"), state.key.c_str());
    }
    void emptiestComeFirst()
    {
        Buckets buckets(1, 1s, 10);
        for (int i = 0; i < 5; ++i)
            buckets.take("a", 1, at(0));
        buckets.take("b", 7, at(0));
        buckets.take("c", 1, at(0));
        const auto states = buckets.emptiest(2, at(0));
        QCOMPARE(states.size(), size_t(2));
        QCOMPARE(states[0].key, std::string("b"));
        QCOMPARE(states[0].answer.level, 3.0);
        QCOMPARE(states[1].key, std::string("a"));
    }
    void threadsTogetherNeverGetMoreThanThereIs()
    {
        Buckets buckets(1000, 1s, 500);
        std::atomic<uint64_t> taken{0};
        std::atomic<int64_t> now{0};
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 20'000; ++i)
                    taken += buckets.take("shared", 1, at(now.fetch_add(20'000))).allowed ? 1 : 0;
            });
        threads.clear();
        // 80,000 steps of 20 µs are 1.6 s: 500 at first, then 1,000 a second.
        QVERIFY2(taken <= 500 + 1600, qPrintable(QString::number(taken)));
        QVERIFY2(taken >= 500 + 1598, qPrintable(QString::number(taken)));
    }
};

QTEST_GUILESS_MAIN(TestBuckets)
#include "tst_buckets.moc"
