#include "gateway/base/json.h"

#include <QtTest/QTest>

using namespace gatehouse;
using json::Value;

namespace {
std::string again(std::string_view text)
{
    auto value = json::parse(text);
    return value ? json::write(*value) : "error: " + value.error().message;
}
} // namespace

class TestJson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsWhatWasSaid()
    {
        for (std::string text : {"{\"b\":1,\"a\":2}", "9007199254740993", "18446744073709551615", "1.0", "1E5", "0.1000000000000000055", "1e400", "-0",
                 "1234567890123456789012345678901", "{\"a\":1,\"a\":2}", "[]", "{}", "null", "true", "false", "[[],{\"\":\"\"}]"})
            QCOMPARE(again(text), text);
    }
    void strings()
    {
        QCOMPARE(json::parse("\"\\ud83d\\ude00\"")->text, std::string("\xF0\x9F\x98\x80"));
        QCOMPARE(json::parse("\"\\ud83dx\"")->text, std::string("\xEF\xBF\xBDx"));
        QCOMPARE(json::parse("\"\\u0000\"")->text, std::string("\0", 1));
        QCOMPARE(json::parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")->text, std::string("\"\\/\b\f\n\r\t"));
        QCOMPARE(json::quote("a\x01\"\\\n\xFF"), std::string("\"a\\u0001\\\"\\\\\\n\xEF\xBF\xBD\""));
    }
    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("column");
        QTest::newRow("empty") << QByteArray("") << 1 << 1;
        QTest::newRow("trailing comma") << QByteArray("[1,\n ]") << 2 << 2;
        QTest::newRow("second value") << QByteArray("1 2") << 1 << 3;
        QTest::newRow("leading zero") << QByteArray("[01]") << 1 << 2;
        QTest::newRow("plus") << QByteArray("+1") << 1 << 1;
        QTest::newRow("point") << QByteArray("1.") << 1 << 3;
        QTest::newRow("open text") << QByteArray("[\"a") << 1 << 2;
        QTest::newRow("control") << QByteArray("\"a\nb\"") << 1 << 3;
        QTest::newRow("bad escape") << QByteArray("\"\\x41\"") << 1 << 2;
        QTest::newRow("bad hex") << QByteArray("\"\\u+123\"") << 1 << 2;
        QTest::newRow("not UTF-8") << QByteArray("\"\xC3\xA9\xFF\"") << 1 << 3;
        QTest::newRow("overlong") << QByteArray("\"\xC0\x80\"") << 1 << 2;
        QTest::newRow("comment") << QByteArray("// x\n1") << 1 << 1;
        QTest::newRow("word") << QByteArray("nul") << 1 << 1;
        QTest::newRow("key") << QByteArray("{a:1}") << 1 << 2;
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(int, column);
        const auto value = json::parse({text.constData(), static_cast<size_t>(text.size())});
        QVERIFY(!value.ok());
        QCOMPARE(static_cast<int>(value.error().line), line);
        QCOMPARE(static_cast<int>(value.error().column), column);
    }
    void depth()
    {
        QVERIFY(json::parse(std::string(64, '[') + std::string(64, ']')).ok());
        QVERIFY(!json::parse(std::string(65, '[') + std::string(65, ']')).ok());
        QVERIFY(!json::parse(std::string(1'000'000, '[')).ok());
        QVERIFY(!json::parse("[1,2,3]", {64, 3}).ok());
    }
    void duplicatesAndPlaces()
    {
        std::vector<json::ParseError> duplicates;
        const auto value = json::parse("{\"\xC3\xA9\": 1,\n \"b\": [true], \"b\": 2}", {}, &duplicates);
        QVERIFY(value.ok());
        QCOMPARE(duplicates.size(), size_t(1));
        QCOMPARE(duplicates[0].line, 2u);
        QCOMPARE(duplicates[0].column, 15u);
        QCOMPARE(value->find("b")->integer(), int64_t(2));
        QCOMPARE(value->members[0].value.column, 7u);
        QCOMPARE(value->members[1].value.items[0].line, 2u);
    }
    void fiftyThousandKeys()
    {
        std::string text = "{";
        for (int i = 0; i < 50'000; ++i)
            text += (i ? ",\"" : "\"") + std::to_string(i) + "\":0";
        std::vector<json::ParseError> duplicates;
        QVERIFY(json::parse(text + "}", {}, &duplicates).ok()); // quadratic would take minutes
        QVERIFY(duplicates.empty());
    }
    void pointer() // RFC 6901, section 5
    {
        const auto root = json::parse("{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}");
        QVERIFY(root.ok());
        QCOMPARE(json::at(*root, "")->members.size(), size_t(10));
        QCOMPARE(json::at(*root, "/foo/1")->text, std::string("baz"));
        const std::pair<const char *, int64_t> all[] = {{"/", 0}, {"/a~1b", 1}, {"/c%d", 2}, {"/e^f", 3}, {"/g|h", 4}, {"/i\\j", 5}, {"/k\"l", 6}, {"/ ", 7}, {"/m~0n", 8}};
        for (const auto &[path, number] : all)
            QCOMPARE(json::at(*root, path)->integer(), number);
        for (const char *path : {"foo", "/foo/2", "/foo/01", "/foo/-", "/foo/bar", "/m~n", "/nothing"})
            QVERIFY(!json::at(*root, path));
        QCOMPARE(json::pointerToken("a/~b"), std::string("a~1~0b"));
    }
    void making()
    {
        Value value = Value::object({{"a", 1}, {"b", Value::array({true, nullptr, "x", 0.5})}});
        value.set("a", "y");
        value.set("c", 2u);
        QCOMPARE(json::write(value), std::string("{\"a\":\"y\",\"b\":[true,null,\"x\",0.5],\"c\":2}"));
        QCOMPARE(json::write(Value::object({{"a", Value::array({1})}, {"b", Value::object()}}), 2), std::string("{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}"));
        QVERIFY(Value(1.0 / 0.0 * 0).isNull());
    }
};

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
