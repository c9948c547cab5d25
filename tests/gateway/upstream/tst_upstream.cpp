#include "gateway/upstream/upstream.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::upstream;
using namespace std::chrono_literals;

class TestUpstream : public QObject {
    Q_OBJECT
    observe::Metrics m_metrics{systemClock()};
    Registry m_registry{m_metrics};

    std::shared_ptr<const Upstream> acquire(std::vector<EndpointSettings> endpoints)
    {
        auto acquired = m_registry.acquire({"u", std::move(endpoints), {}});
        return acquired ? *acquired : nullptr;
    }

private Q_SLOTS:
    void locations()
    {
        const auto one = Location::parse("http://Orders.test:9001/base/");
        QVERIFY(one);
        QCOMPARE(one->host, std::string("orders.test"));
        QCOMPARE(one->port, uint16_t(9001));
        QCOMPARE(one->authority, std::string("orders.test:9001"));
        QCOMPARE(one->base, std::string("/base"));
        QCOMPARE(Location::parse("http://[::1]")->host, std::string("::1"));
        QCOMPARE(Location::parse("http://[::1]")->authority, std::string("[::1]"));
        QCOMPARE(Location::parse("http://a/")->base, std::string());
        QCOMPARE(Location::parse("unix:/run/a.sock")->socket.path, std::string("/run/a.sock"));
        for (auto bad : {"https://a", "a:80", "http://", "http://u@a", "unix:a", "http://a:99999"})
            QVERIFY2(!Location::parse(bad), bad);
    }
    void sharesFollowWeights()
    {
        const auto upstream = acquire({{"a", "http://127.0.0.1:1", 5, true}, {"b", "http://127.0.0.1:2", 1, true}, {"c", "http://127.0.0.1:3", 1, true}});
        RoundRobin turn(upstream);
        std::string order;
        for (int i = 0; i < 14; ++i)
            order += turn.next()->endpoint->name;
        QCOMPARE(order, std::string("aabacaaaabacaa")); // well mixed, and the same again
    }
    void outAndDisabledAreSkipped()
    {
        const auto upstream = acquire({{"a", "http://127.0.0.1:1", 1, true}, {"b", "http://127.0.0.1:2", 1, false}, {"c", "http://127.0.0.1:3", 1, true}});
        RoundRobin turn(upstream);
        upstream->members[2].endpoint->setOut(true);
        for (int i = 0; i < 5; ++i)
            QCOMPARE(turn.next()->endpoint->name, std::string("a"));
        QCOMPARE(turn.next(upstream->members[0].endpoint.get())->endpoint->name, std::string("a")); // no other: the same again
        upstream->members[0].endpoint->setOut(true);
        QVERIFY(!turn.next());
        upstream->members[2].endpoint->setOut(false);
        upstream->members[0].endpoint->setOut(false);
        QCOMPARE(turn.next(upstream->members[0].endpoint.get())->endpoint->name, std::string("c"));
    }
    void endpointsOutliveAnEdit()
    {
        const auto before = acquire({{"a", "http://127.0.0.1:11", 1, true}, {"", "http://127.0.0.1:12", 1, true}});
        before->members[0].endpoint->setOut(true);
        QCOMPARE(acquire({{"a", "http://127.0.0.1:11", 1, true}, {"", "http://127.0.0.1:12", 1, true}}), before); // nothing changed
        const auto after = acquire({{"", "http://127.0.0.1:12", 9, true}, {"a", "http://127.0.0.1:11", 3, true}});
        QVERIFY(after != before);
        QCOMPARE(after->members[1].endpoint, before->members[0].endpoint);
        QCOMPARE(after->members[0].endpoint, before->members[1].endpoint);
        QVERIFY(after->members[1].endpoint->out());
        const auto moved = acquire({{"a", "http://127.0.0.1:17", 3, true}});
        QVERIFY(!moved->members[0].endpoint->out()); // another place is another endpoint
        QCOMPARE(m_registry.find("u", "a"), moved->members[0].endpoint);
        QVERIFY(!m_registry.find("u", "127.0.0.1:12"));
    }
    void retriesAreAShareOfRequests()
    {
        RetryBudget budget;
        const MonotonicTime now{1000s};
        int allowed = 0;
        for (int i = 0; i < 1000; ++i) {
            budget.request();
            allowed += budget.allow(0.2, now);
        }
        QVERIFY2(allowed >= 195 && allowed <= 205, qPrintable(QString::number(allowed)));
        QVERIFY(budget.percent() <= 20);
        RetryBudget quiet;
        quiet.request();
        QVERIFY(quiet.allow(0.2, now)); // a few are always allowed
    }
};

QTEST_GUILESS_MAIN(TestUpstream)
#include "tst_upstream.moc"
