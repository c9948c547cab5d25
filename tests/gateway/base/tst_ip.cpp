#include "gateway/base/ip.h"

#include <QtTest/QTest>

using namespace gatehouse;

class TestIp : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parsesAndPrints()
    {
        QCOMPARE(IpAddress::parse("127.0.0.1")->text(), std::string("127.0.0.1"));
        QCOMPARE(IpAddress::parse("::ffff:10.0.0.1")->text(), std::string("10.0.0.1"));
        QCOMPARE(IpAddress::parse("2001:db8:0:0::1")->text(), std::string("2001:db8::1"));
        for (auto bad : {"", "127.1", "1.2.3.256", "[::1]", "::1%lo", "localhost"})
            QVERIFY2(!IpAddress::parse(bad), bad);
        QVERIFY(IpAddress::parse("::1")->isLoopback());
        QVERIFY(IpAddress::parse("127.8.8.8")->isLoopback());
        QVERIFY(!IpAddress::parse("128.0.0.1")->isLoopback());
        QVERIFY(IpAddress::parse("0.0.0.0")->isUnspecified());
    }
    void blocksContain()
    {
        const Cidr ten = *Cidr::parse("10.0.0.0/8");
        QVERIFY(ten.contains(*IpAddress::parse("10.255.1.2")));
        QVERIFY(!ten.contains(*IpAddress::parse("11.0.0.0")));
        QVERIFY(Cidr::parse("10.1.2.3")->contains(*IpAddress::parse("10.1.2.3")));
        QVERIFY(Cidr::parse("::/0")->contains(*IpAddress::parse("2001:db8::1")));
        QCOMPARE(ten.text(), std::string("10.0.0.0/8"));
        QVERIFY(Cidr::parse("192.168.0.0/23")->contains(*IpAddress::parse("192.168.1.9")));
        for (auto bad : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "::1/129", "x/8"})
            QVERIFY2(!Cidr::parse(bad), bad);
    }
};

QTEST_GUILESS_MAIN(TestIp)
#include "tst_ip.moc"
