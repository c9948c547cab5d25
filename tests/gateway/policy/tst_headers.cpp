#include "tests/gateway/policy/fakecontext.h"
#include "gateway/policy/headers/record.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;

class TestHeaders : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void editsTheRequest()
    {
        Headers record;
        record.request.remove = {"X-Gone"};
        record.request.rename = {{"x-old", "X-New"}};
        record.request.set = {{"X-Client", "{client.ip} at {header.x-new}"}, {"x-q", "{query.name}"}};
        record.request.add = {{"X-Many", "b"}};
        Policy policy("headers", record);
        FakeContext context(policy.clock, "/?name=a%0D%0Ab%20c", {{"x-gone", "1"}, {"X-Old", "o"}, {"x-new", "n"}, {"x-many", "a"}});
        QCOMPARE(policy.request(context), Flow::Continue);
        const auto &fields = context.request().fields;
        QVERIFY(!fields.has("x-gone") && !fields.has("x-old"));
        QCOMPARE(fields.value("x-client"), std::string_view("127.0.0.1 at n")); // as the request came in
        QCOMPARE(fields.value("x-q"), std::string_view("ab c"));                // nothing that could end a line gets through
        QCOMPARE(fields.combined("x-many"), std::string_view("a, b"));
        QCOMPARE(*context.verdict, observe::StepVerdict::Acted);
    }
    void editsTheResponse()
    {
        Headers record;
        record.response.set = {{"x-served-by", "{request.host}"}};
        record.response.remove = {"server"};
        Policy policy("headers", record);
        QCOMPARE(policy.config->interests(), uint32_t(OnResponseHead));
        FakeContext context(policy.clock);
        context.response().fields.add("Server", "x");
        policy.request(context);
        policy.response(context);
        QVERIFY(!context.response().fields.has("server"));
        QCOMPARE(context.response().fields.value("x-served-by"), std::string_view("a.test"));
    }
    void refusesWhatFramesAMessage()
    {
        for (const char *name : {"Content-Length", "transfer-encoding", "Connection", "Upgrade", "TE", "Trailer", "Keep-Alive", "Host"}) {
            Headers set, remove, rename;
            set.request.set = {{name, "1"}};
            remove.request.remove = {name};
            rename.request.rename = {{"x-a", name}};
            for (const auto &record : {set, remove, rename}) {
                Policy policy("headers", record);
                QVERIFY2(!policy.config, name);
                QVERIFY2(lower(policy.error).find(lower(std::string_view(name))) != std::string::npos, policy.error.c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestHeaders)
#include "tst_headers.moc"
