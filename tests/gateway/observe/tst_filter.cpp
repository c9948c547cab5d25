#include "gateway/observe/exchangejson.h"
#include "gateway/observe/filter.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::observe;

class TestFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void picks_data();
    void picks();
    void saysWhereItCantRead_data();
    void saysWhereItCantRead();
    void knowsPlacesOfTerms();
    void writesTheLine();
};

static Row sample()
{
    Row row;
    row.id = 17;
    row.startedMicros = 1'769'860'800'000'123;
    row.durationMicros = 234'000;
    row.status = 503;
    row.verdict = Verdict::RefusedHost;
    row.target = TargetKind::Upstream;
    row.method = "POST";
    row.scheme = "http";
    row.host = "api.shop.test";
    row.path = "/v1/Orders/42";
    row.query = "expand=lines";
    row.listener = "main";
    row.route = "get-order";
    row.targetName = "orders";
    row.endpoint = "127.0.0.1:9001";
    row.client = "127.0.0.1:52114";
    row.responseBytes = 2048;
    return row;
}

void TestFilter::picks_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("hit");
    const auto yes = [](const char *text) { QTest::newRow(text) << QString::fromUtf8(text) << true; };
    const auto no = [](const char *text) { QTest::newRow(text) << QString::fromUtf8(text) << false; };
    yes("");
    yes("orders");
    yes("ORDERS 503");
    no("orders 504");
    yes("expand");
    yes("\"get-order\"");
    no("-orders");
    yes("-customers");
    yes("status:5xx");
    yes("status:404,500-503");
    no("status:404");
    no("status:none");
    yes("method:post");
    no("method:GET,PUT");
    yes("path:/v1/*");
    no("path:/v1");
    yes("path:*42");
    yes("host:*.shop.test");
    no("host:shop.test");
    no("-host:api.*");
    yes("route:get-order -route:other");
    yes("verdict:refused");
    yes("verdict:\"refused: host\"");
    no("verdict:throttled");
    yes("took:>200ms");
    no("took:>234ms");
    yes("took:>=234ms");
    yes("took:0.2s..1s");
    no("took:<1ms");
    yes("size:>1KiB size:<=2KiB");
    no("size:>2KiB");
    yes("client:127.0.0.1");
    yes("endpoint:127.0.0.1:9001 upstream:orders listener:main");
    yes("-localhost:8080"); // text: no field is called so
    no("http://api.shop.test/v1");
    no("\"status:5xx\"");
}

void TestFilter::picks()
{
    QFETCH(QString, text);
    QFETCH(bool, hit);
    const auto filter = Filter::parse(text.toStdString());
    QVERIFY2(filter.ok(), filter.ok() ? "" : filter.error().message.c_str());
    QCOMPARE(filter.value().matches(sample()), hit);
}

void TestFilter::saysWhereItCantRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("offset");
    QTest::addColumn<int>("length");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *text, int offset, int length, const char *message) {
        QTest::newRow(text) << QString::fromUtf8(text) << offset << length << QString::fromUtf8(message);
    };
    row("get stauts:500", 4, 6, "stauts is no field of an exchange. Did you mean status?");
    row("status:6xx", 7, 3, "Write a status as 404, 5xx, 400-499 or none.");
    row("a status:", 2, 7, "A value is missing after status:.");
    row("took:fast", 5, 4, "Write a time as >200ms, <=1s or 10ms..50ms.");
    row("took:>5", 5, 2, "Write a time as >200ms, <=1s or 10ms..50ms.");
    row("size:>1XB", 5, 4, "Write a size as >1KiB, <=64B or 1KiB..2MiB.");
    row("verdict:throtled", 8, 8, "throtled is no verdict. Did you mean throttled?");
    row("path:\"/a b", 5, 5, "The quote is not closed.");
}

void TestFilter::saysWhereItCantRead()
{
    QFETCH(QString, text);
    QFETCH(int, offset);
    QFETCH(int, length);
    QFETCH(QString, message);
    const auto filter = Filter::parse(text.toStdString());
    QVERIFY(!filter.ok());
    QCOMPARE(QString::fromStdString(filter.error().message), message);
    QCOMPARE(static_cast<int>(filter.error().offset), offset);
    QCOMPARE(static_cast<int>(filter.error().length), length);
}

void TestFilter::knowsPlacesOfTerms()
{
    const auto filter = Filter::parse(" a  -host:x ").value();
    QCOMPARE(filter.terms().size(), 2u);
    QCOMPARE(filter.terms()[1].offset, 4u);
    QCOMPARE(filter.terms()[1].length, 7u);
    QVERIFY(filter.terms()[1].negated);
}

void TestFilter::writesTheLine()
{
    Phases phases;
    phases.route = 2;
    phases.total = 234'000;
    QCOMPARE(json::write(exchangeJson(sample(), phases)),
             std::string(R"({"id":17,"time":"2026-01-31T12:00:00.000123Z","listener":"main","route":"get-order","consumer":null,"method":"POST",)"
                         R"("url":"http://api.shop.test/v1/Orders/42?expand=lines","status":503,"target":"upstream:orders","endpoint":"127.0.0.1:9001",)"
                         R"("duration_us":234000,"phases":{"route":2,"total":234000},"request_bytes":0,"response_bytes":2048,"verdict":"refused: host","error":null,"trace":null})"));
    QCOMPARE(json::write(*exchangeJson(Row()).find("status")), std::string("null"));
}

QTEST_GUILESS_MAIN(TestFilter)
#include "tst_filter.moc"
