// Serialising, fields, and the proof that what is written is read back as the same.
#include "gateway/http/parser.h"
#include "gateway/http/writer.h"
#include "tests/gateway/http/script.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace std::literals;

namespace {

template <typename Head, typename... Options>
std::string written(const Head &head, const Options &...options)
{
    std::string text(http::sizeBound(head), 0);
    text.resize(http::writeHead(text, head, options...));
    return text;
}

} // namespace

class TestWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_arena.reset(); }
    void fields();
    void fieldsRefuseInjection();
    void requests();
    void requestsRefuseInjection();
    void responses();
    void lengthsOfAnswersWithoutBody();
    void tooSmall();
    void chunks();
    void hopByHop();
    void dates();
    void everyPhraseIsKnown();
    void roundTrip();

private:
    Arena m_arena;
};

void TestWriter::fields()
{
    http::Fields fields(m_arena);
    QVERIFY(fields.add("A", "1") && fields.add("b", "2") && fields.add("a", "3") && fields.add("C", ""));
    QCOMPARE(test::describeFields(fields), "[A=1, b=2, a=3, C=]"s);
    QCOMPARE(fields.value("a"), "1"sv);
    QCOMPARE(fields.count("a"), size_t(2));
    QCOMPARE(fields.combined("A"), "1, 3"sv);
    QVERIFY(fields.combined("b").data() == fields.value("B").data()); // no copy of a single one
    QVERIFY(!fields.has("x") && fields.value("x").empty() && fields.combined("x").empty());
    QVERIFY(fields.set("a", "9"));
    QCOMPARE(test::describeFields(fields), "[A=9, b=2, C=]"s);
    QVERIFY(fields.set("new", "n"));
    QVERIFY(fields.rename("B", "Z") && !fields.rename("B", "Z"));
    QCOMPARE(fields.remove("c"), size_t(1));
    QCOMPARE(test::describeFields(fields), "[A=9, Z=2, new=n]"s);
    Arena other;
    http::Fields copy = fields.clone(other);
    fields.clear();
    for (int i = 0; i < 100; ++i)
        QVERIFY(copy.add("n" + std::to_string(i), "v"));
    QCOMPARE(copy.size(), size_t(103));
    QCOMPARE(copy.value("N99"), "v"sv);
}

void TestWriter::fieldsRefuseInjection()
{
    http::Fields fields(m_arena);
    QVERIFY(fields.add("ok", "v"));
    for (std::string_view value : {"a\r\nEvil: 1"sv, "a\nb"sv, "a\rb"sv, "a\0b"sv, "\x7f"sv, " a"sv, "a\t"sv, "\x01"sv}) {
        QVERIFY(!fields.add("x", value));
        QVERIFY(!fields.set("ok", value));
    }
    for (std::string_view name : {""sv, "a b"sv, "a:"sv, "a\r\nb"sv, "\xc3\xa9"sv, "a\0"sv}) {
        QVERIFY(!fields.add(name, "v"));
        QVERIFY(!fields.set(name, "v"));
        QVERIFY(!fields.rename("ok", name));
    }
    QCOMPARE(test::describeFields(fields), "[ok=v]"s);
    QVERIFY(fields.set("ok", "tab\tinside and \xc3\xa9"));
}

void TestWriter::requests()
{
    http::RequestHead head(m_arena);
    head.method = "POST";
    head.target = "/a?b";
    head.fields.add("Host", "x");
    head.fields.add("Content-Length", "99"); // the framing's word counts, not the field's
    head.fields.add("transfer-encoding", "chunked");
    head.fields.add("Connection", "close, X");
    head.fields.add("Keep-Alive", "1");
    head.fields.add("Proxy-Connection", "keep-alive");
    head.fields.add("X", "y");
    QCOMPARE(written(head), "POST /a?b HTTP/1.1\r\nHost: x\r\nX: y\r\n\r\n"s);
    head.framing = http::Framing::Length;
    head.length = 7;
    QCOMPARE(written(head), "POST /a?b HTTP/1.1\r\nHost: x\r\nX: y\r\nContent-Length: 7\r\n\r\n"s);
    head.framing = http::Framing::Chunked;
    head.keepAlive = false;
    QCOMPARE(written(head), "POST /a?b HTTP/1.1\r\nHost: x\r\nX: y\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"s);
    head.framing = http::Framing::None;
    head.upgrade = "websocket";
    QCOMPARE(written(head), "POST /a?b HTTP/1.1\r\nHost: x\r\nX: y\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"s);
}

void TestWriter::requestsRefuseInjection()
{
    http::RequestHead head(m_arena);
    head.method = "GET";
    head.target = "/";
    QVERIFY(!written(head).empty());
    for (std::string_view target : {""sv, "/ HTTP/1.1\r\nEvil: 1"sv, "/a b"sv, "/\n"sv, "/\0"sv, "/\xc3\xa9"sv}) {
        head.target = target;
        QVERIFY(written(head).empty());
    }
    head.target = "/";
    for (std::string_view method : {""sv, "GET /"sv, "G\r\n"sv}) {
        head.method = method;
        QVERIFY(written(head).empty());
    }
    head.method = "GET";
    head.upgrade = "a\r\nEvil: 1";
    QVERIFY(written(head).empty());
    http::ResponseHead answer(m_arena);
    answer.reason = "OK\r\nEvil: 1";
    QVERIFY(written(answer).empty());
    answer.reason = {};
    for (int status : {-1, 0, 99, 1000}) {
        answer.status = status;
        QVERIFY(written(answer).empty());
    }
}

void TestWriter::responses()
{
    http::ResponseHead head(m_arena);
    head.fields.add("A", "b");
    head.framing = http::Framing::Length;
    head.length = 5;
    QCOMPARE(written(head), "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\n"s);
    QCOMPARE(written(head, http::WriteOptions{"today", false}), "HTTP/1.1 200 OK\r\nA: b\r\nDate: today\r\nContent-Length: 5\r\n\r\n"s);
    head.fields.add("date", "then");
    head.reason = "Fine";
    head.version = http::Version::Http10;
    QCOMPARE(written(head, http::WriteOptions{"today", false}), "HTTP/1.1 200 Fine\r\nA: b\r\ndate: then\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n"s);
    head.keepAlive = false;
    head.framing = http::Framing::UntilClose;
    QCOMPARE(written(head), "HTTP/1.1 200 Fine\r\nA: b\r\ndate: then\r\nConnection: close\r\n\r\n"s);
    http::ResponseHead interim(m_arena);
    interim.status = 103;
    interim.fields.add("Link", "</a>");
    QCOMPARE(written(interim, http::WriteOptions{"today", false}), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"s);
    http::ResponseHead upgrade(m_arena);
    upgrade.status = 101;
    upgrade.upgrade = "websocket";
    upgrade.framing = http::Framing::Tunnel;
    upgrade.keepAlive = false;
    QCOMPARE(written(upgrade), "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"s);
}

void TestWriter::lengthsOfAnswersWithoutBody()
{
    http::ResponseHead head(m_arena);
    QCOMPARE(written(head), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"s); // else a client would wait
    head.status = 204;
    head.fields.add("Content-Length", "0");
    QCOMPARE(written(head), "HTTP/1.1 204 No Content\r\n\r\n"s); // RFC 9110 8.6: MUST NOT
    head.status = 304;
    head.fields.set("Content-Length", "42");
    QCOMPARE(written(head), "HTTP/1.1 304 Not Modified\r\nContent-Length: 42\r\n\r\n"s);
    head.status = 200;
    QCOMPARE(written(head, http::WriteOptions{{}, true}), "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n"s);
    head.fields.remove("content-length");
    head.framing = http::Framing::Chunked;
    QCOMPARE(written(head, http::WriteOptions{{}, true}), "HTTP/1.1 200 OK\r\n\r\n"s);
}

void TestWriter::tooSmall()
{
    http::RequestHead head(m_arena);
    head.method = "GET";
    head.target = "/";
    head.fields.add("Host", "example.org");
    const std::string whole = written(head);
    for (size_t size = 0; size < whole.size(); ++size) {
        std::string text(size, '#');
        QCOMPARE(http::writeHead(text, head), size_t(0));
    }
    std::string exact(whole.size(), 0);
    QCOMPARE(http::writeHead(exact, head), whole.size());
    QCOMPARE(exact, whole);
}

void TestWriter::chunks()
{
    char text[http::chunkStartSize];
    QCOMPARE(std::string_view(text, http::writeChunkStart(text, 0x1a2b)), "1a2b\r\n"sv);
    QCOMPARE(std::string_view(text, http::writeChunkStart(text, ~uint64_t(0))), "ffffffffffffffff\r\n"sv);
    QCOMPARE(http::writeChunkStart(text, 0), size_t(0)); // would end the body
    http::Fields trailers(m_arena);
    trailers.add("X-Sum", "1");
    trailers.add("Content-Length", "5");
    trailers.add("Set-Cookie", "a=b");
    std::string last(http::sizeBound(trailers), 0);
    last.resize(http::writeLastChunk(last, trailers));
    QCOMPARE(last, "0\r\nX-Sum: 1\r\n\r\n"s);
}

void TestWriter::hopByHop()
{
    http::Fields fields(m_arena);
    for (auto [name, value] : {std::pair{"Host", "x"}, {"Connection", "close, X-Hop, host"}, {"X-Hop", "1"}, {"Keep-Alive", "5"}, {"TE", "trailers"},
                               {"Transfer-Encoding", "chunked"}, {"Upgrade", "h2c"}, {"Proxy-Connection", "close"}, {"x-hop", "2"},
                               {"connection", "Y-Hop,,"}, {"Y-Hop", "3"}, {"Content-Length", "1"}, {"Z", "kept"}})
        QVERIFY(fields.add(name, value));
    http::removeHopByHop(fields);
    QCOMPARE(test::describeFields(fields), "[Host=x, Content-Length=1, Z=kept]"s);
}

void TestWriter::dates()
{
    http::DateCache cache;
    QCOMPARE(cache.at(784111777'000'000), "Sun, 06 Nov 1994 08:49:37 GMT"sv);
    QCOMPARE(cache.at(784111777'999'999), "Sun, 06 Nov 1994 08:49:37 GMT"sv);
    QCOMPARE(cache.at(951782400'000'000), "Tue, 29 Feb 2000 00:00:00 GMT"sv);
    QCOMPARE(cache.at(0), "Thu, 01 Jan 1970 00:00:00 GMT"sv);
}

void TestWriter::everyPhraseIsKnown()
{
    for (int i = 0; i <= int(http::Refusal::UnexpectedUpgrade); ++i)
        QVERIFY(!http::reasonPhrase(http::describe(http::Refusal(i)).status).empty());
    QVERIFY(http::reasonPhrase(299).empty());
}

// What one hop writes, the next reads as the same message.
void TestWriter::roundTrip()
{
    const std::string input = "PUT http://shop.test:81/a%2Fb?x=1&y HTTP/1.1\r\nHost: ignored\r\nA: 1\r\na: \t2\r\nConnection: close\r\nContent-Length: 3\r\n\r\n";
    http::RequestParser parser;
    parser.start(m_arena);
    std::string_view in = input;
    QCOMPARE(parser.next(in), http::Event::Head);
    const std::string text = written(parser.head());
    test::Script script;
    QCOMPARE(script.requests(text + "abc", 1),
             "head PUT http://shop.test:81/a%2Fb?x=1&y 1.1 [Host=shop.test:81, A=1, a=2, Content-Length=3, Connection=close] length 3 close\nbody abc\nend\n"s);
}

QTEST_GUILESS_MAIN(TestWriter)
#include "tst_writer.moc"
