#include "gateway/policy/pathpattern.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using Kind = PathPattern::Kind;

namespace {
PathPattern pattern(Kind kind, std::string_view written, std::string_view under = {})
{
    auto made = PathPattern::make(kind, written, under);
    if (!made)
        qFatal("%s", made.error().message.c_str());
    return *made;
}
std::string captured(const PathPattern &pattern, std::string_view path)
{
    if (!pattern.matches(path))
        return "-";
    Arena arena;
    std::string text;
    for (const auto &[name, value] : pattern.captures(path, arena))
        text += (text.empty() ? "" : " ") + std::string(name) + "=" + std::string(value);
    return text;
}
} // namespace

class TestPathPattern : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void templates_data()
    {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("expected"); // captures, or - for no match
        const auto row = [](const char *written, const char *path, const char *expected) {
            QTest::addRow("%s on %s", written, path) << QString::fromUtf8(written) << QString::fromUtf8(path) << QString::fromUtf8(expected);
        };
        row("/orders/{id}", "/orders/42", "id=42");
        row("/orders/{id}", "/orders/", "-");
        row("/orders/{id}", "/orders", "-");
        row("/orders/{id}", "/orders/42/", "-");
        row("/orders/{id}", "/orders/4/2", "-");
        row("/orders/{id:int}", "/orders/042", "id=042");
        row("/orders/{id:int}", "/orders/4x", "-");
        row("/orders/{id:int}", "/orders/-4", "-");
        row("/files/{rest*}", "/files/a/b/", "rest=a/b/");
        row("/files/{rest*}", "/files/", "rest=");
        row("/files/{rest*}", "/files", "-");
        row("/{rest*}", "/", "rest=");
        row("/a/{x}/c/{y:int}", "/a/b/c/7", "x=b y=7");
        row("/a/{x}/c/{y:int}", "/a/b/d/7", "-");
        row("/a", "/a", "");
        row("/a", "/a/", "-");
        row("/a/", "/a/", "");
        row("/", "/", "");
        row("/caf%c3%a9/{x}", "/caf%C3%A9/%20", "x=%20");
        row("/a/{x}", "/a//", "-");
        row("/a/{x}", "*", "-");
    }
    void templates()
    {
        QFETCH(QString, written);
        QFETCH(QString, path);
        QFETCH(QString, expected);
        QCOMPARE(captured(pattern(Kind::Template, written.toStdString()), path.toStdString()), expected.toStdString());
    }
    void prefixesMatchOnSegments()
    {
        for (std::string written : {"/orders", "/orders/"}) {
            const auto orders = pattern(Kind::Prefix, written);
            for (auto path : {"/orders", "/orders/", "/orders/1"})
                QVERIFY2(orders.matches(path), path);
            for (auto path : {"/orders2", "/order", "/", "*"})
                QVERIFY2(!orders.matches(path), path);
            QCOMPARE(orders.rest("/orders/1"), std::string_view("/1"));
            QCOMPARE(orders.rest("/orders"), std::string_view());
            QCOMPARE(orders.literalLength(), size_t(7));
        }
        QVERIFY(pattern(Kind::Prefix, "/").matches("/x"));
        QVERIFY(!pattern(Kind::Prefix, "/").matches("*"));
        QCOMPARE(pattern(Kind::Prefix, "/").rest("/x"), std::string_view("/x"));
    }
    void groupsPrefixStandsBefore()
    {
        QCOMPARE(pattern(Kind::Template, "/orders/{id}", "/v1/").text(), std::string("/v1/orders/{id}"));
        QVERIFY(pattern(Kind::Exact, "/home", "/v1").matches("/v1/home"));
        QVERIFY(pattern(Kind::Any, {}, "/v1").matches("/v1/x"));
        QVERIFY(!pattern(Kind::Any, {}, "/v1").matches("/v2"));
        const auto regex = pattern(Kind::Regex, "^/o[0-9]+$", "/v1");
        QVERIFY(regex.matches("/v1/o12"));
        QVERIFY(!regex.matches("/o12"));
        QVERIFY(!regex.matches("/v1/v1/o12"));
    }
    void regexesAreAnchoredAsWritten()
    {
        QVERIFY(pattern(Kind::Regex, "ord").matches("/my/orders"));
        QVERIFY(!pattern(Kind::Regex, "^/ord$").matches("/my/orders"));
        QCOMPARE(captured(pattern(Kind::Regex, "^/o/(?P<id>[0-9]+)(?P<more>/x)?"), "/o/12"), std::string("id=12 more="));
    }
    void lengthsOfLiterals()
    {
        QCOMPARE(pattern(Kind::Template, "/orders/{id}/items").literalLength(), size_t(13));
        QCOMPARE(pattern(Kind::Template, "/orders/{id}").literalLength(), size_t(7));
        QCOMPARE(pattern(Kind::Prefix, "/").literalLength(), size_t(0));
    }
    void mistakesSayWhatWouldBeRight()
    {
        const auto message = [](Kind kind, std::string_view written) {
            const auto made = PathPattern::make(kind, written);
            return made ? std::string("accepted") : made.error().message;
        };
        QVERIFY(message(Kind::Template, "/orders/{id").find("is not closed") != std::string::npos);
        QVERIFY(message(Kind::Template, "/a/{x*}/b").find("last") != std::string::npos);
        QVERIFY(message(Kind::Template, "/a/{x}/{x}").find("twice") != std::string::npos);
        QVERIFY(message(Kind::Template, "/a/../{x}").find("can't hold") != std::string::npos);
        QVERIFY(message(Kind::Template, "/a/{x:uuid}").find("{x:int}") != std::string::npos);
        QVERIFY(message(Kind::Prefix, "a").find("begins with /") != std::string::npos);
        QVERIFY(message(Kind::Regex, "(").find("can't be read") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestPathPattern)
#include "tst_pathpattern.moc"
