#include "tests/gateway/policy/fakecontext.h"
#include "gateway/policy/rate-limit/record.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;
using namespace std::chrono_literals;

namespace {
RateLimit limit(uint64_t requests, Duration per, std::vector<std::string> by = {"client-ip"})
{
    RateLimit record;
    record.requests = requests;
    record.per = per;
    record.by = std::move(by);
    return record;
}
} // namespace

class TestRateLimit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void refusesOverTheLimitAndSaysWhen()
    {
        Policy policy("rate-limit", limit(2, 1s), {}, "burst");
        for (int i = 0; i < 2; ++i) {
            FakeContext context(policy.clock);
            QCOMPARE(policy.request(context), Flow::Continue);
        }
        FakeContext refused(policy.clock);
        QCOMPARE(policy.request(refused), Flow::Respond);
        QCOMPARE(refused.status, uint16_t(429));
        QCOMPARE(*refused.verdict, observe::StepVerdict::Refused);
        QCOMPARE(refused.detail, std::string("the bucket of 127.0.0.1 is empty"));
        QCOMPARE(refused.gauges.capacity, 2.0);
        QCOMPARE(refused.gauges.nextMicros, int64_t(500'000));
        QCOMPARE(refused.answerFields.value("retry-after"), std::string_view("1"));
        QCOMPARE(refused.answerFields.value("ratelimit-policy"), std::string_view("\"burst\";q=2;w=1"));
        QCOMPARE(refused.answerFields.value("ratelimit"), std::string_view("\"burst\";r=0;t=1"));
        QCOMPARE(refused.answerFields.value("x-ratelimit-remaining"), std::string_view("0"));
        policy.clock.advance(500ms);
        FakeContext later(policy.clock);
        QCOMPARE(policy.request(later), Flow::Continue);
    }
    void marksAnswersThatPass()
    {
        auto record = limit(10, 1s);
        record.burst = 20;
        Policy policy("rate-limit", record);
        FakeContext context(policy.clock);
        QCOMPARE(policy.request(context), Flow::Continue);
        policy.response(context);
        QCOMPARE(context.response().fields.value("x-ratelimit-limit"), std::string_view("20"));
        QCOMPARE(context.response().fields.value("x-ratelimit-remaining"), std::string_view("19"));
        QCOMPARE(context.response().fields.value("ratelimit"), std::string_view("\"rate-limit\";r=19;t=1"));
        QCOMPARE(context.response().fields.value("ratelimit-policy"), std::string_view("\"rate-limit\";q=20;w=2"));
    }
    void severalLimitsTellTheTightest()
    {
        Policy wide("rate-limit", limit(100, 1s), {}, "wide"), tight("rate-limit", limit(3, 1s), {}, "tight");
        FakeContext context(wide.clock);
        wide.request(context);
        tight.request(context);
        tight.response(context);
        wide.response(context);
        QCOMPARE(context.response().fields.value("x-ratelimit-limit"), std::string_view("3"));
        QCOMPARE(context.response().fields.count("ratelimit"), size_t(2));
    }
    void headersAsWished_data()
    {
        QTest::addColumn<int>("headers");
        QTest::addColumn<bool>("ietf");
        QTest::addColumn<bool>("x");
        QTest::newRow("ietf") << int(RateLimit::Headers::Ietf) << true << false;
        QTest::newRow("x-ratelimit") << int(RateLimit::Headers::XRateLimit) << false << true;
        QTest::newRow("none") << int(RateLimit::Headers::None) << false << false;
    }
    void headersAsWished()
    {
        QFETCH(int, headers);
        auto record = limit(1, 1s);
        record.headers = static_cast<RateLimit::Headers>(headers);
        record.status = 503;
        Policy policy("rate-limit", record);
        FakeContext first(policy.clock), second(policy.clock);
        policy.request(first);
        QCOMPARE(policy.request(second), Flow::Respond);
        QCOMPARE(second.status, uint16_t(503));
        QTEST(second.answerFields.has("ratelimit"), "ietf");
        QTEST(second.answerFields.has("x-ratelimit-limit"), "x");
        QVERIFY(second.answerFields.has("retry-after"));
    }
    void countsByWhatItSays()
    {
        Policy policy("rate-limit", limit(1, 1s, {"header.x-tenant", "client-ip"}));
        const auto passes = [&](const char *tenant, const char *client) {
            FakeContext context(policy.clock, "/", tenant ? FakeContext::Pairs{{"X-Tenant", tenant}} : FakeContext::Pairs{});
            context.setClient(client);
            return policy.request(context) == Flow::Continue;
        };
        QVERIFY(passes("a", "10.0.0.1"));
        QVERIFY(!passes("a", "10.0.0.1"));
        QVERIFY(passes("a", "10.0.0.2"));
        QVERIFY(passes("b", "10.0.0.1"));
        QVERIFY(passes(nullptr, "10.0.0.1"));
        QVERIFY(!passes(nullptr, "10.0.0.1"));
        const auto gauges = policy.config->gauges(8);
        QCOMPARE(gauges.size(), size_t(4));
        QVERIFY(std::any_of(gauges.begin(), gauges.end(), [](const auto &g) { return g.key == "without x-tenant + 10.0.0.1"; }));
    }
    void longKeysDontGrowTheTable()
    {
        Policy policy("rate-limit", limit(1, 1s, {"header.k"}));
        const std::string a(5000, 'a'), b = a + "b";
        for (const auto &key : {a, b}) {
            FakeContext context(policy.clock, "/", {{"k", key}});
            QCOMPARE(policy.request(context), Flow::Continue);
        }
        for (const auto &gauge : policy.config->gauges(8))
            QVERIFY(gauge.key.size() < 110);
    }
    void countingGoesOnOverAReload()
    {
        Policy policy("rate-limit", limit(1, 1h));
        FakeContext first(policy.clock), second(policy.clock);
        policy.request(first);
        const auto before = policy.config; // the old snapshot lives until the new one runs
        policy.compile();
        QCOMPARE(policy.request(second), Flow::Respond);
    }
    void previewCountsNothing()
    {
        Policy policy("rate-limit", limit(1, 1h));
        for (int i = 0; i < 3; ++i) {
            FakeContext context(policy.clock);
            QCOMPARE(policy.config->preview(context), Flow::Continue);
            QVERIFY(!context.verdict);
            QCOMPARE(context.gauges.level, 1.0);
            QCOMPARE(policy.config->countedBy(context), std::string("127.0.0.1"));
        }
    }
};

QTEST_GUILESS_MAIN(TestRateLimit)
#include "tst_ratelimit.moc"
