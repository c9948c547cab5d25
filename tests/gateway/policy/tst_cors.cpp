#include "tests/gateway/policy/fakecontext.h"
#include "gateway/policy/cors/record.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;

namespace {
Cors shop()
{
    Cors record;
    record.origins = {"https://shop.test"};
    record.methods = {"GET", "PUT"};
    record.headers = {"x-tenant"};
    record.expose = {"x-total"};
    record.credentials = true;
    return record;
}
FakeContext::Pairs preflight(const char *origin, const char *method, const char *headers = "")
{
    FakeContext::Pairs fields{{"Origin", origin}, {"Access-Control-Request-Method", method}};
    if (*headers)
        fields.emplace_back("Access-Control-Request-Headers", headers);
    return fields;
}
} // namespace

class TestCors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answersPreflights()
    {
        Policy policy("cors", shop());
        FakeContext context(policy.clock, "/", preflight("https://shop.test", "PUT", "X-Tenant, content-type"), "OPTIONS");
        QCOMPARE(policy.request(context), Flow::Respond);
        QCOMPARE(context.status, uint16_t(204));
        QCOMPARE(*context.verdict, observe::StepVerdict::Answered);
        QCOMPARE(context.answerFields.value("access-control-allow-origin"), std::string_view("https://shop.test"));
        QCOMPARE(context.answerFields.value("access-control-allow-methods"), std::string_view("GET, PUT"));
        QCOMPARE(context.answerFields.value("access-control-allow-headers"), std::string_view("x-tenant"));
        QCOMPARE(context.answerFields.value("access-control-allow-credentials"), std::string_view("true"));
        QCOMPARE(context.answerFields.value("access-control-max-age"), std::string_view("600"));
        QVERIFY(context.answerFields.value("vary").find("Origin") != std::string_view::npos);
    }
    void refusesPreflights_data()
    {
        QTest::addColumn<QString>("origin");
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("headers");
        QTest::newRow("origin") << "https://evil.test" << "GET" << "";
        QTest::newRow("suffix") << "https://shop.test.evil.test" << "GET" << "";
        QTest::newRow("scheme") << "http://shop.test" << "GET" << "";
        QTest::newRow("null") << "null" << "GET" << "";
        QTest::newRow("method") << "https://shop.test" << "DELETE" << "";
        QTest::newRow("header") << "https://shop.test" << "GET" << "x-other";
    }
    void refusesPreflights()
    {
        QFETCH(QString, origin);
        QFETCH(QString, method);
        QFETCH(QString, headers);
        Policy policy("cors", shop());
        FakeContext context(policy.clock, "/", preflight(qPrintable(origin), qPrintable(method), qPrintable(headers)), "OPTIONS");
        QCOMPARE(policy.request(context), Flow::Respond);
        QCOMPARE(context.status, uint16_t(403));
        QVERIFY(!context.answerFields.has("access-control-allow-origin"));
    }
    void privateNetworkOnlyWhenSaid()
    {
        for (bool allowed : {false, true}) {
            auto record = shop();
            record.privateNetwork = allowed;
            Policy policy("cors", record);
            auto fields = preflight("https://shop.test", "GET");
            fields.emplace_back("Access-Control-Request-Private-Network", "true");
            FakeContext context(policy.clock, "/", fields, "OPTIONS");
            policy.request(context);
            QCOMPARE(context.status, uint16_t(allowed ? 204 : 403));
            QCOMPARE(context.answerFields.has("access-control-allow-private-network"), allowed);
        }
    }
    void marksAnswersAndReplacesTheUpstreams()
    {
        Policy policy("cors", shop());
        FakeContext context(policy.clock, "/", {{"origin", "https://shop.test"}});
        QCOMPARE(policy.request(context), Flow::Continue);
        context.response().fields.add("Access-Control-Allow-Origin", "*");
        context.response().fields.add("Vary", "Accept-Encoding");
        policy.response(context);
        const auto &fields = context.response().fields;
        QCOMPARE(fields.count("access-control-allow-origin"), size_t(1));
        QCOMPARE(fields.value("access-control-allow-origin"), std::string_view("https://shop.test"));
        QCOMPARE(fields.value("access-control-expose-headers"), std::string_view("x-total"));
        QCOMPARE(fields.combined("vary"), std::string_view("Accept-Encoding, Origin"));
    }
    void othersMayNotRead()
    {
        Policy policy("cors", shop());
        FakeContext context(policy.clock, "/", {{"origin", "https://evil.test"}});
        QCOMPARE(policy.request(context), Flow::Continue);
        context.response().fields.add("Access-Control-Allow-Origin", "*");
        policy.response(context);
        QVERIFY(!context.response().fields.has("access-control-allow-origin"));
        QCOMPARE(context.response().fields.value("vary"), std::string_view("Origin"));
        QVERIFY(!policy.config->allowsOrigin("https://evil.test"));
        QVERIFY(policy.config->allowsOrigin("https://shop.test"));
    }
    void optionsThatAreNoPreflightPass()
    {
        Policy policy("cors", shop());
        FakeContext context(policy.clock, "/", {{"origin", "https://shop.test"}}, "OPTIONS");
        QCOMPARE(policy.request(context), Flow::Continue);
    }
};

QTEST_GUILESS_MAIN(TestCors)
#include "tst_cors.moc"
