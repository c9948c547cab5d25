#include "tests/gateway/policy/fakecontext.h"
#include "gateway/policy/ip-filter/record.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;

class TestIpFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void filters_data()
    {
        QTest::addColumn<QString>("client");
        QTest::addColumn<bool>("passes");
        QTest::newRow("in allow") << "10.1.2.3" << true;
        QTest::newRow("deny wins") << "10.9.0.1" << false;
        QTest::newRow("not in allow") << "192.168.0.1" << false;
        QTest::newRow("v6") << "2001:db8::1" << true;
        QTest::newRow("mapped") << "::ffff:10.9.0.1" << false;
    }
    void filters()
    {
        QFETCH(QString, client);
        QFETCH(bool, passes);
        IpFilter record;
        record.allow = {*Cidr::parse("10.0.0.0/8"), *Cidr::parse("2001:db8::/32")};
        record.deny = {*Cidr::parse("10.9.0.0/16")};
        Policy policy("ip-filter", record);
        FakeContext context(policy.clock);
        context.setClient(client.toStdString());
        QCOMPARE(policy.request(context), passes ? Flow::Continue : Flow::Respond);
        QCOMPARE(context.status, uint16_t(passes ? 0 : 403));
        QVERIFY(passes || context.detail.find(client.toStdString()) == 0);
    }
    void onlyDeny()
    {
        IpFilter record;
        record.deny = {*Cidr::parse("10.9.0.0/16")};
        Policy policy("ip-filter", record);
        FakeContext context(policy.clock);
        QCOMPARE(policy.request(context), Flow::Continue);
    }
};

QTEST_GUILESS_MAIN(TestIpFilter)
#include "tst_ipfilter.moc"
