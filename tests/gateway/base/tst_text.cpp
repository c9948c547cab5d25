#include "gateway/base/text.h"

#include <QtTest/QTest>

using namespace gatehouse;

class TestText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void trims()
    {
        QCOMPARE(trim(" \ta b\t "), std::string_view("a b"));
        QCOMPARE(trim("  "), std::string_view());
    }
    void parsesUnsigned()
    {
        QCOMPARE(parseUnsigned("18446744073709551615").value(), UINT64_MAX);
        QVERIFY(!parseUnsigned("18446744073709551616"));
        QVERIFY(!parseUnsigned("+1"));
        QVERIFY(!parseUnsigned(""));
    }
    void escapesWhatATerminalWouldObey()
    {
        QCOMPARE(escapeControls("a\x1b[31mb"), std::string("a\\x1B[31mb"));
        QCOMPARE(escapeControls("gr\xC3\xBC\xC3\x9F"), std::string("gr\xC3\xBC\xC3\x9F"));
        QCOMPARE(escapeControls("\xC2\x9B"
                                "m"),
                 std::string("\\xC2\\x9Bm"));
        QCOMPARE(escapeControls("\xFF\xC3"), std::string("\\xFF\\xC3"));
    }
    void suggestsTheNearest()
    {
        QCOMPARE(nearest("adress", {"address", "hosts", "name"}), std::string_view("address"));
        QVERIFY(nearest("zzz", {"address", "hosts", "name"}).empty());
    }
    void base64RoundTrip()
    {
        for (std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
            QCOMPARE(fromBase64(base64(text)).value(), text);
        QCOMPARE(base64("foob"), std::string("Zm9vYg=="));
        QVERIFY(!fromBase64("Zm9=Yg=="));
    }
    void humanFigures()
    {
        QCOMPARE(humanSize(312), std::string("312 B"));
        QCOMPARE(humanSize(6041), std::string("5.9 KiB"));
        QCOMPARE(humanDuration(90), std::string("90 µs"));
        QCOMPARE(humanDuration(2'000'000), std::string("2.00 s"));
        QCOMPARE(isoTime(1'769'860'800'000'123), std::string("2026-01-31T12:00:00.000123Z"));
    }
};

QTEST_GUILESS_MAIN(TestText)
#include "tst_text.moc"
