#include "tests/gateway/policy/fakecontext.h"
#include "gateway/policy/key-auth/record.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;

namespace {
config::Workspace consumers()
{
    config::Workspace workspace;
    config::Consumer web, other;
    web.name = "web-app";
    web.apiKeys = {{"s3cret", "${secret:web}"}, {"second", "${secret:second}"}};
    other.name = "other";
    other.apiKeys = {{"", "${secret:empty}"}};
    workspace.consumers = {web, other};
    return workspace;
}
} // namespace

class TestKeyAuth : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void findsTheConsumerAndHidesTheKey()
    {
        Policy policy("key-auth", KeyAuth{}, consumers());
        for (const char *key : {"s3cret", "second"}) {
            FakeContext context(policy.clock, "/", {{"X-API-Key", key}, {"accept", "*/*"}});
            QCOMPARE(policy.request(context), Flow::Continue);
            QCOMPARE(context.info().consumer->name, std::string("web-app"));
            QVERIFY(!context.request().fields.has("x-api-key"));
            QVERIFY(context.request().fields.has("accept"));
            QCOMPARE(context.detail, std::string("consumer web-app"));
            QCOMPARE(context.changes, std::vector<std::string>{"key-auth, hide"});
        }
    }
    void refuses_data()
    {
        QTest::addColumn<QString>("key");
        QTest::newRow("none") << QString();
        QTest::newRow("wrong") << QStringLiteral("s3cre");
        QTest::newRow("longer") << QStringLiteral("s3cretx");
        QTest::newRow("case") << QStringLiteral("S3CRET");
    }
    void refuses()
    {
        QFETCH(QString, key);
        Policy policy("key-auth", KeyAuth{}, consumers());
        FakeContext context(policy.clock, "/", key.isNull() ? FakeContext::Pairs{} : FakeContext::Pairs{{"x-api-key", key.toStdString()}});
        QCOMPARE(policy.request(context), Flow::Respond);
        QCOMPARE(context.status, uint16_t(401));
        QVERIFY(context.answerFields.has("www-authenticate"));
        QVERIFY(!context.info().consumer);
        QVERIFY(key.isNull() || (context.detail + context.answer).find(key.toStdString()) == std::string::npos); // keys are never told
    }
    void anEmptyKeyIsNobodys()
    {
        Policy policy("key-auth", KeyAuth{}, consumers());
        FakeContext context(policy.clock, "/", {{"x-api-key", ""}});
        QCOMPARE(policy.request(context), Flow::Respond);
    }
    void twoKeysAreRefused()
    {
        Policy policy("key-auth", KeyAuth{}, consumers());
        FakeContext context(policy.clock, "/", {{"x-api-key", "s3cret"}, {"x-api-key", "guess"}});
        QCOMPARE(policy.request(context), Flow::Respond);
    }
    void fromQuery()
    {
        KeyAuth record;
        record.query = "key";
        Policy policy("key-auth", record, consumers());
        FakeContext context(policy.clock, "/a?x=%20&k%65y=s3cret&y", {});
        QCOMPARE(policy.request(context), Flow::Continue);
        QCOMPARE(context.request().target, std::string_view("/a?x=%20&y"));
        QCOMPARE(context.info().query, std::string_view("x=%20&y"));
        FakeContext alone(policy.clock, "/a?key=s3cret");
        policy.request(alone);
        QCOMPARE(alone.request().target, std::string_view("/a"));
    }
    void fromCookie()
    {
        KeyAuth record;
        record.cookie = "key";
        Policy policy("key-auth", record, consumers());
        FakeContext context(policy.clock, "/", {{"cookie", "a=1; key=s3cret; b=2"}});
        QCOMPARE(policy.request(context), Flow::Continue);
        QCOMPARE(context.request().fields.value("cookie"), std::string_view("a=1; b=2"));
    }
    void mayBeShown()
    {
        KeyAuth record;
        record.hide = false;
        Policy policy("key-auth", record, consumers());
        FakeContext context(policy.clock, "/", {{"x-api-key", "s3cret"}});
        QCOMPARE(policy.request(context), Flow::Continue);
        QVERIFY(context.request().fields.has("x-api-key"));
        QVERIFY(context.changes.empty());
    }
};

QTEST_GUILESS_MAIN(TestKeyAuth)
#include "tst_keyauth.moc"
