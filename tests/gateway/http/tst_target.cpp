// Paths, authorities, queries, cookies, percent encoding.
#include "gateway/http/target.h"

#include <QtTest/QTest>

#include <random>

using namespace gatehouse;
using http::PathRules;
using namespace std::literals;

class TestTarget : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void normalises_data();
    void normalises();
    void normalIsAFixedPoint();
    void normalPathIsNotCopied();
    void authorities_data();
    void authorities();
    void localHosts();
    void queries();
    void cookies();
    void percent();

private:
    static QByteArray bytes(std::string_view text) { return QByteArray(text.data(), qsizetype(text.size())); }
};

void TestTarget::normalises_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("rules"); // letters: r reject dots, m merge, j reject and d decode encoded slashes
    QTest::addColumn<QByteArray>("expected"); // an error's name when it does not begin with "/"
    const auto row = [](std::string_view path, const char *rules, std::string_view expected) {
        QTest::newRow((std::string(rules) + " " + std::string(path)).c_str()) << bytes(path) << QByteArray(rules) << bytes(expected);
    };
    row("/", "", "/");
    row("/a/b", "", "/a/b");
    row("", "", "no-slash");
    row("a", "", "no-slash");
    row("/%c3%a9", "", "/%C3%A9");
    row("/%61%2d%5f%7E", "", "/a-_~");
    row("/a|b[1]", "", "/a%7Cb%5B1%5D");
    row("/a:@!$&'()*+,;=", "", "/a:@!$&'()*+,;=");
    row("/%25", "", "/%25");
    row("/%2561", "", "/%2561"); // decoded once, never twice
    row("/%", "", "bad-escape");
    row("/%4", "", "bad-escape");
    row("/%zz", "", "bad-escape");
    row("/%00", "", "control-character");
    row("/%0a", "", "control-character");
    row("/%7f", "", "control-character");
    row("/a/./b", "", "/a/b");
    row("/a/../b", "", "/b");
    row("/a/b/..", "", "/a/");
    row("/a/b/.", "", "/a/b/");
    row("/a/%2e%2E/b", "", "/b");
    row("/.", "", "/");
    row("/a/..", "", "/");
    row("/..", "", "above-root");
    row("/a/../../b", "", "above-root");
    row("/%2e%2e/etc", "", "above-root");
    row("/.../..a/a..", "", "/.../..a/a..");
    row("/.well-known/x", "", "/.well-known/x");
    row("/.well-known/x", "r", "/.well-known/x");
    row("/a/./b", "r", "dot-segment");
    row("/a/%2e%2e/b", "r", "dot-segment");
    row("//a///b//", "", "//a///b//");
    row("//a///b//", "m", "/a/b/");
    row("//", "m", "/");
    row("/a//../b", "", "/a/b");
    row("/a//../b", "m", "/b");
    row("/a%2fb", "", "/a%2Fb");
    row("/a%2fb", "j", "encoded-slash");
    row("/a%2fb", "d", "/a/b");
    row("/a%2f..%2fb", "d", "/b");
    row("/a%2f..%2fb", "", "dot-segment");
    row("/..%2f", "", "dot-segment");
    row("/a%5c..%5cb", "", "dot-segment");
    row("/%2e%2e%2f", "", "dot-segment");
    row("/%2f", "d", "//");
    row("/%2f", "dm", "/");
    row("/a b", "", "/a%20b");
    row("/a\x01", "", "control-character");
    row("/\xc3\xa9", "", "/%C3%A9");
}

static PathRules rulesOf(const QByteArray &letters)
{
    PathRules rules;
    if (letters.contains('r'))
        rules.dotSegments = PathRules::Dots::Reject;
    rules.mergeSlashes = letters.contains('m');
    if (letters.contains('j'))
        rules.encodedSlash = PathRules::EncodedSlash::Reject;
    if (letters.contains('d'))
        rules.encodedSlash = PathRules::EncodedSlash::Decode;
    return rules;
}

void TestTarget::normalises()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, rules);
    QFETCH(QByteArray, expected);
    Arena arena;
    const auto result = http::normalisePath({path.data(), size_t(path.size())}, rulesOf(rules), arena);
    QCOMPARE(result ? bytes(*result) : bytes(http::name(result.error())), expected);
    if (!result)
        QVERIFY(http::sentence(result.error()).ends_with('.'));
}

void TestTarget::normalIsAFixedPoint()
{
    std::mt19937 random(3);
    Arena arena;
    const std::string_view pieces[] = {"/", "a", ".", "..", "%2e", "%2F", "%41", "%c3", "b", "//", "%25", "~", "|", "%5c", ";", "%7e"};
    int normal = 0;
    for (int i = 0; i < 50'000; ++i) {
        arena.reset();
        std::string path = "/";
        for (auto n = random() % 10; n; --n)
            path += pieces[random() % std::size(pieces)];
        for (const char *letters : {"", "m", "d", "dm", "j"}) {
            const PathRules rules = rulesOf(letters);
            const auto once = http::normalisePath(path, rules, arena);
            if (!once)
                continue;
            ++normal;
            const auto twice = http::normalisePath(*once, rules, arena);
            QVERIFY2(twice.ok() && *twice == *once, (path + " -> " + std::string(*once) + " with " + letters).c_str());
            QVERIFY2(once->find("/../") == std::string_view::npos && !once->ends_with("/..") && once->find("/./") == std::string_view::npos, path.c_str());
        }
    }
    QVERIFY(normal > 50'000);
}

void TestTarget::normalPathIsNotCopied()
{
    Arena arena;
    const std::string_view path = "/shop/items/42;v=1@x";
    QVERIFY(http::normalisePath(path, {}, arena)->data() == path.data());
}

void TestTarget::authorities_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("host"); // empty: refused
    QTest::addColumn<int>("port");
    const auto row = [](const char *text, const char *host, int port = 0) { QTest::newRow(text) << QByteArray(text) << QByteArray(host) << port; };
    row("a", "a");
    row("shop.test:8080", "shop.test", 8080);
    row("shop.test:", "shop.test");
    row("a_b~c-d.e", "a_b~c-d.e");
    row("a%41b", "a%41b");
    row("127.0.0.1:1", "127.0.0.1", 1);
    row("[::1]", "[::1]");
    row("[2001:db8::1]:65535", "[2001:db8::1]", 65535);
    for (const char *bad : {"", ":80", "a:65536", "a:0", "a:x", "a:-1", "a:000080", "a b", "a/b", "a?b", "a#b", "user@a", "[::1", "::1", "[::1]80",
                            "[::1]x:80", "[]", "[a]", "[127.0.0.1]", "[v1.x]", "[fe80::1%25eth0]", "a%", "a%4", "a%0a", "a%20", "a\\b", "a\"", "a,b:c:d"})
        row(bad, "");
}

void TestTarget::authorities()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, host);
    QFETCH(int, port);
    const auto authority = http::parseAuthority({text.data(), size_t(text.size())});
    QCOMPARE(authority ? bytes(authority->host) : QByteArray(), host);
    QCOMPARE(authority ? int(authority->port) : 0, port);
}

void TestTarget::localHosts()
{
    for (const char *local : {"localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.255.255.255", "[::1]"})
        QVERIFY2(http::isLocalHost(local), local);
    for (const char *other : {"localhost.evil.test", "evillocalhost", ".localhost", "127.0.0.1.evil.test", "128.0.0.1", "[::2]", ""})
        QVERIFY2(!http::isLocalHost(other), other);
    QVERIFY(http::isIpLiteral("10.0.0.1") && http::isIpLiteral("[::1]") && !http::isIpLiteral("::1") && !http::isIpLiteral("a.b"));
}

void TestTarget::queries()
{
    http::QueryReader reader("a=1&b&&c=%20x=y&=z");
    std::string text;
    while (const auto pair = reader.next())
        text += "(" + std::string(pair->name) + (pair->hasValue ? "=" : "") + std::string(pair->value) + ")";
    QCOMPARE(text, "(a=1)(b)(c=%20x=y)(=z)"s);
    QCOMPARE(http::queryValue("a+b=c+d%21&a+b=2", "a b").value(), "c d!"s);
    QCOMPARE(http::queryValue("x", "x").value(), ""s);
    QCOMPARE(http::queryValue("x=%zz", "x").value(), "%zz"s);
    QVERIFY(!http::queryValue("", "x") && !http::queryValue("xy=1", "x"));
    const auto split = http::splitTarget("/a?b?c");
    QVERIFY(split.path == "/a" && split.query == "b?c" && split.hasQuery);
    QVERIFY(!http::splitTarget("/a").hasQuery);
    QVERIFY(http::splitTarget("/a?").hasQuery);
}

void TestTarget::cookies()
{
    http::CookieReader reader("a=1; b=\"2\";c = 3 ;;d;=e; f=");
    std::string text;
    while (const auto pair = reader.next())
        text += "(" + std::string(pair->name) + "=" + std::string(pair->value) + ")";
    QCOMPARE(text, "(a=1)(b=2)(c=3)(f=)"s);
}

void TestTarget::percent()
{
    QCOMPARE(http::percentEncode("a b/c?d&e=\xc3\xa9", http::Encode::Path), "a%20b/c%3Fd&e=%C3%A9"s);
    QCOMPARE(http::percentEncode("a/b", http::Encode::Segment), "a%2Fb"s);
    QCOMPARE(http::percentEncode("a&b=c+d #", http::Encode::QueryPart), "a%26b%3Dc%2Bd%20%23"s);
    QCOMPARE(http::percentDecode("a%20b+c").value(), "a b+c"s);
    QCOMPARE(http::percentDecode("a%20b+c", true).value(), "a b c"s);
    QVERIFY(!http::percentDecode("%4") && !http::percentDecode("%") && !http::percentDecode("%g0"));
    for (int c = 0; c < 256; ++c) {
        const std::string octet(1, char(c));
        for (auto what : {http::Encode::Path, http::Encode::Segment, http::Encode::QueryPart})
            QCOMPARE(http::percentDecode(http::percentEncode(octet, what)).value(), octet);
    }
}

QTEST_GUILESS_MAIN(TestTarget)
#include "tst_target.moc"
