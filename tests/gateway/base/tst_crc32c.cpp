#include "gateway/base/crc32c.h"

#include <QtTest/QTest>

#include <numeric>
#include <string>

using namespace gatehouse;

class TestCrc32c : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownValues() // RFC 3720 B.4, and the check value of the catalogues
    {
        QCOMPARE(crc32c(""), 0u);
        QCOMPARE(crc32c("123456789"), 0xe3069283u);
        QCOMPARE(crc32c(std::string(32, '\0')), 0x8a9136aau);
        QCOMPARE(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
        std::string rising(32, '\0');
        std::iota(rising.begin(), rising.end(), '\0');
        QCOMPARE(crc32c(rising), 0x46dd794eu);
    }
    void goesOn()
    {
        const std::string_view text = "123456789";
        for (size_t at = 0; at <= text.size(); ++at)
            QCOMPARE(crc32c(text.substr(at), crc32c(text.substr(0, at))), 0xe3069283u);
    }
};

QTEST_GUILESS_MAIN(TestCrc32c)
#include "tst_crc32c.moc"
