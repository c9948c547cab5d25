#include "tests/gateway/policy/fakecontext.h"
#include "gateway/policy/request-id/ids.h"
#include "gateway/policy/request-id/record.h"

#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

#ifndef Q_MOC_RUN
#include <set>
#endif

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;

class TestRequestId : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void makesAndEchoes()
    {
        Policy policy("request-id", RequestId{});
        FakeContext context(policy.clock);
        QCOMPARE(policy.request(context), Flow::Continue);
        const std::string id(context.request().fields.value("x-request-id"));
        QVERIFY2(QRegularExpression(QStringLiteral("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))
                     .match(QString::fromStdString(id)).hasMatch(), id.c_str());
        QCOMPARE(context.info().requestId, std::string_view(id));
        policy.response(context);
        QCOMPARE(context.response().fields.value("x-request-id"), std::string_view(id));
    }
    void keepsOneThatCame()
    {
        Policy policy("request-id", RequestId{});
        FakeContext context(policy.clock, "/", {{"X-Request-Id", "abc-1"}});
        policy.request(context);
        QCOMPARE(context.info().requestId, std::string_view("abc-1"));
        QVERIFY(context.changes.empty());
    }
    void replacesWhatMayNotBeKept()
    {
        for (const std::string &sent : {std::string("a b"), std::string(200, 'x'), std::string("<script>"), std::string()}) {
            Policy policy("request-id", RequestId{});
            FakeContext context(policy.clock, "/", {{"x-request-id", sent}});
            policy.request(context);
            QVERIFY(context.info().requestId != sent);
            QCOMPARE(context.request().fields.count("x-request-id"), size_t(1));
        }
        RequestId record;
        record.accept = false;
        Policy policy("request-id", record);
        FakeContext context(policy.clock, "/", {{"x-request-id", "abc"}});
        policy.request(context);
        QVERIFY(context.info().requestId != "abc");
    }
    void countersGoOnOverAReload()
    {
        RequestId record;
        record.format = RequestId::Format::Counter;
        Policy policy("request-id", record);
        FakeContext first(policy.clock), second(policy.clock), seen(policy.clock);
        policy.request(first);
        const auto before = policy.config;
        policy.compile();
        policy.config->preview(seen); // counts nothing
        policy.request(second);
        QCOMPARE(first.info().requestId, std::string_view("1"));
        QCOMPARE(second.info().requestId, std::string_view("2"));
    }
    void idsSortByTime()
    {
        std::string last7, lastUlid;
        std::set<std::string> all;
        for (int64_t millis = 1'769'860'800'000; millis < 1'769'860'800'500; ++millis) {
            const std::string id7 = uuid7(millis * 1000, systemRandom()), idUlid = ulid(millis * 1000, systemRandom());
            QVERIFY(id7 > last7 && idUlid > lastUlid);
            QCOMPARE(idUlid.size(), size_t(26));
            last7 = id7;
            lastUlid = idUlid;
            all.insert({id7, idUlid});
        }
        QCOMPARE(all.size(), size_t(1000));
    }
    void ulidAsSpecified()
    {
        struct Ones final : Random {
            void fill(std::span<std::byte> to) override { std::fill(to.begin(), to.end(), std::byte(0xFF)); }
        } ones;
        QCOMPARE(ulid(1'469'918'176'385'000, ones), std::string("01ARYZ6S41ZZZZZZZZZZZZZZZZ")); // the time of the specification's example
    }
};

QTEST_GUILESS_MAIN(TestRequestId)
#include "tst_requestid.moc"
