// Reading YAML: what it says, where it stands, what is refused; values and small languages of scalars.
#include "gateway/schema/emit.h"
#include "gateway/schema/expression.h"
#include "gateway/schema/values.h"
#include "gateway/schema/yaml.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::schema;
using namespace std::chrono_literals;

namespace {
Node read(std::string_view text)
{
    auto node = parseYaml(text, 0, "f");
    if (!node)
        qFatal("%s", node.error()[0].text().c_str());
    return std::move(*node);
}
std::string refused(std::string_view text, const ParseLimits &limits = {})
{
    auto node = parseYaml(text, 0, "f", limits);
    std::string out;
    if (!node)
        for (const Problem &problem : node.error())
            out += problem.text() + '\n';
    return out;
}
std::string bytes(const Node &node, std::string_view text) { return std::string(text.substr(node.span.begin, node.span.end - node.span.begin)); }
} // namespace

class TestYaml : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void spansAreBytes()
    {
        const std::string text = "\xEF\xBB\xBF# gr\xC3\xBC\xC3\x9F\r\na: \"\xF0\x9F\x98\x80 x\"  # c\r\nb:\r\n  - c: { d: 'e', f: [ g, h ] }\r\n  # after\r\nl: |\r\n  one\r\n\r\n  two\r\n\r\nn:\r\n";
        const Node root = read(text);
        QCOMPARE(bytes(*root.find("a"), text), std::string("\"\xF0\x9F\x98\x80 x\""));
        QCOMPARE(root.find("a")->line, 2u);
        QCOMPARE(root.find("a")->column, 4u);
        QCOMPARE(bytes(*root.at(Path::of("b[0].c")), text), std::string("{ d: 'e', f: [ g, h ] }"));
        QCOMPARE(bytes(*root.at(Path::of("b[0].c.f[1]")), text), std::string("h"));
        QCOMPARE(bytes(*root.find("b"), text), std::string("- c: { d: 'e', f: [ g, h ] }"));
        QCOMPARE(bytes(*root.find("l"), text), std::string("|\r\n  one\r\n\r\n  two"));
        QCOMPARE(root.find("l")->text, std::string("one\n\ntwo\n"));
        QVERIFY(root.find("n")->isNull());
        QCOMPARE(root.members[2].key.line, 6u);
    }
    void emptyIsAMap()
    {
        for (const char *text : {"", "# only\n", "---\n", "~\n"})
            QVERIFY(read(text).isMap());
    }
    void aliasesAreBounded()
    {
        const Node root = read("a: &x { b: 1 }\nc: *x\n");
        QCOMPARE(root.at(Path::of("c.b"))->text, std::string("1"));
        QVERIFY(root.find("c")->alias);
        std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
        for (char c = 'b'; c < 'k'; ++c)
            bomb += std::string(1, c) + ": &" + c + " [*" + std::string(1, static_cast<char>(c - 1)) + ",*" + static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) + "]\n";
        QVERIFY(refused(bomb).find("aliases make more than 10000 values") != std::string::npos);
        QVERIFY(refused("a: &a [ *a ]\n").find("alias of nothing") != std::string::npos); // inside itself
    }
    void limits()
    {
        QVERIFY(refused(std::string(70, '[') + std::string(70, ']')).find("nested deeper than 64 levels") != std::string::npos);
        QVERIFY(refused("a: 1\n", {3, 10, 64}).find("the most is 3 B") != std::string::npos);
        QVERIFY(refused(std::string(100'000, '[')).find("nested deeper") != std::string::npos);
        QVERIFY(refused("%\xD4").find("not well-formed UTF-8") != std::string::npos);
        QVERIFY(refused("a: \x01\n").find("f:1:4: a control character") != std::string::npos);
        QVERIFY(refused("? [ a ]\n: b\n").find("a key must be text") != std::string::npos);
    }
    void readsWhatItWrites()
    {
        for (std::string text : {"x", "true", "1", "1.5e3", "", " a", "a ", "a: b", "a #b", "#a", "- a", "-a", "--", "---", "...", "?a", "?", ":", "a:", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "'a", "\"a", "{a", "a}", "[a", "a]", "a,b", ",",
                 "null", "~", "yes", "off", "0x1f", "0o7", ".5", "+1", "=", "<<", "a\nb", "a\n\nb\n", "\ta", "a\tb", "\x7f", "\xC2\x85", "\xE2\x80\xA8", "\xEF\xBB\xBF", "\xC3\xBC", "a\\b", "${x}", "$${x}", "/orders/{id}", "2026-01-01", "12:30:00", "x\r\ny"}) {
            for (const bool block : {true, false}) {
                const Node value = Node::map({{"k", Node::list({Node::string(text)})}, {text + "k2", Node::map({{"z", Node::string(text)}})}});
                const std::string written = block ? emitDocument(value) : emitFlow(value) + '\n';
                auto again = parseYaml(written, 0, "f");
                QVERIFY2(again.ok(), written.c_str());
                QVERIFY2(sameContent(*again, value), written.c_str());
            }
        }
    }
    void durationsAndSizes()
    {
        QCOMPARE(parseDuration("250ms").value(), Duration(250ms));
        QCOMPARE(parseDuration("1.5s").value(), Duration(1500ms));
        QCOMPARE(parseDuration("1d").value(), Duration(24h));
        QCOMPARE(parseDuration("0").value(), Duration(0));
        for (const char *text : {"", "5", "5 s", "-5s", "s", "1e3s", "5S", "1.s", ".5s", "99999999999d", "1s2ms"})
            QVERIFY2(!parseDuration(text), text);
        for (const Duration value : {Duration(1ns), Duration(1ms), Duration(1500ms), Duration(60s), Duration(90s), Duration(36h), Duration(0)})
            QCOMPARE(parseDuration(printDuration(value)).value(), value);
        QCOMPARE(parseSize("64KiB").value(), uint64_t(65536));
        QCOMPARE(parseSize("1MB").value(), uint64_t(1'000'000));
        QCOMPARE(parseSize("7").value(), uint64_t(7));
        for (const char *text : {"", "-1", "1 KiB", "KiB", "1kib", "99999999TiB"})
            QVERIFY2(!parseSize(text), text);
        for (const uint64_t value : {uint64_t(0), uint64_t(1), uint64_t(1000), uint64_t(1024), uint64_t(1536), uint64_t(1) << 40})
            QCOMPARE(parseSize(printSize(value)).value(), value);
        QCOMPARE(parseRate("1MiB/s").value(), uint64_t(1 << 20));
        QVERIFY(!parseRate("1MiB"));
        QCOMPARE(parseShare("20%").value(), 0.2);
        QCOMPARE(printShare(0.2), std::string("20%"));
        QCOMPARE(printShare(0.005), std::string("0.5%"));
        QVERIFY(!parseShare("101%") && !parseShare("0.2") && !parseShare("-1%"));
        QCOMPARE(parseStatusRange("200-299").value(), (StatusRange{200, 299}));
        QVERIFY(!parseStatusRange("299-200") && !parseStatusRange("99") && !parseStatusRange("600") && !parseStatusRange("2xx"));
    }
    void smallLanguages()
    {
        const auto segments = parsePathTemplate("/a/{b}/{c:int}/{d*}");
        QVERIFY(segments.ok());
        QCOMPARE(*segments, (std::vector<Segment>{{Segment::Type::Literal, "a"}, {Segment::Type::Any, "b"}, {Segment::Type::Integer, "c"}, {Segment::Type::Rest, "d"}}));
        for (const char *text : {"a", "", "/{}", "/{a", "/a}", "/{a:float}", "/{1a}", "/{a}{b}", "/a?b", "/a b", "/{a*}/b", "/{a}/{a}"})
            QVERIFY2(!parsePathTemplate(text).ok(), text);
        const auto parts = parseExpression("a{{{path.id}}}-{header.X-A}");
        QVERIFY(parts.ok());
        QCOMPARE(*parts, (std::vector<Part>{{Source::Literal, "a{"}, {Source::Path, "id"}, {Source::Literal, "}-"}, {Source::Header, "x-a"}}));
        for (const char *text : {"{", "}", "{x}", "{path.}", "{header.a b}", "{claim.sub}", "a{path.b"})
            QVERIFY2(!parseExpression(text).ok(), text);
        QCOMPARE(printCountingKey(parseCountingKey("header.X-A").value()), std::string("header.x-a"));
        QVERIFY(!parseCountingKey("request.id").ok());
        QCOMPARE(parseUrl("http://[::1]:80/a?b").value().host, std::string("::1"));
        for (const char *text : {"", "http://", "http:///a", "http://a:b", "http://u@a", "http://a b", "http://a#f", "a.test", "http://[::1", "http://[x]"})
            QVERIFY2(!parseUrl(text).ok(), text);
        QVERIFY(parseAddress("[::1]:0").value().loopback());
        QVERIFY(!parseAddress("[::]:0").value().loopback());
        QVERIFY(!parseAddress("::1:0").ok() && !parseAddress("127.0.0.1").ok() && !parseAddress("a:1").ok());
    }
    void paths()
    {
        for (std::string text : {"", "a", "a.b[3].c", "a[\"x.y\"][0]", "[\"\"].a", "[0][1]", "[\"q\\\"]\"]"})
            QCOMPARE(Path::parse(text).value().text(), text);
        for (const char *text : {".a", "a.", "a[", "a[x]", "a[\"x]", "a..b", "a[0]b"})
            QVERIFY2(!Path::parse(text).ok(), text);
    }
};

QTEST_GUILESS_MAIN(TestYaml)
#include "tst_yaml.moc"
