// Requests: octets in, events out, whole and cut at every place.
#include "tests/gateway/http/script.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::test;

class TestRequestParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void events_data();
    void events();
    void limits_data();
    void limits();
    void pipelinedRequestsStayUnread();
    void idleConnectionTakesNoMemory();
    void bodyLimitCanBeLoweredAfterTheHead();
    void manySmallChunksDoNotGrowTheArena();
    void refusalsAreDescribed();
};

static void row(const char *name, std::string_view input, std::string_view events)
{
    QTest::newRow(name) << QByteArray(input.data(), qsizetype(input.size())) << QByteArray(events.data(), qsizetype(events.size()));
}

void TestRequestParser::events_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("events");
    row("plain", "GET /a?b=c HTTP/1.1\r\nHost: x:81\r\nAccept: */*\r\n\r\n",
        "head GET /a?b=c 1.1 [Host=x:81, Accept=*/*] none host=x:81 path=/a?b=c\nend\n");
    row("1.0 closes", "GET / HTTP/1.0\r\n\r\n", "head GET / 1.0 [] none close host=:0 path=/\nend\n");
    row("1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
        "head GET / 1.0 [Connection=Keep-Alive] none host=:0 path=/\nend\n");
    row("close", "GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n",
        "head GET / 1.1 [Host=x, Connection=foo, Close] none close host=x:0 path=/\nend\n");
    row("length", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        "head PUT / 1.1 [Host=x, Content-Length=3] length 3 host=x:0 path=/\nbody abc\nend\n");
    row("length 0", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "head POST / 1.1 [Host=x, Content-Length=0] length 0 host=x:0 path=/\nend\n");
    row("chunked", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0A;x=\"y;\\\"\";z\r\n0123456789\r\n0\r\n\r\n",
        "head POST / 1.1 [Host=x, Transfer-Encoding=Chunked] chunked host=x:0 path=/\nbody abc0123456789\nend\n");
    row("trailers", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1 \r\nY:\r\n\r\n",
        "head POST / 1.1 [Host=x, Transfer-Encoding=chunked] chunked host=x:0 path=/\nbody a\nend [X-Sum=1, Y=]\n");
    row("pipelined", "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n",
        "head GET /1 1.1 [Host=x] none host=x:0 path=/1\nend\n"
        "head POST /2 1.1 [Host=x, Content-Length=1] length 1 host=x:0 path=/2\nbody z\nend\n"
        "head GET /3 1.1 [Host=x] none host=x:0 path=/3\nend\n");
    row("order, case and duplicates stay", "GET / HTTP/1.1\r\nhOst: x\r\nB: 1\r\na: 2\r\nb: 3\r\nEmpty:\r\nUtf: \xc3\xa9\r\n\r\n",
        "head GET / 1.1 [hOst=x, B=1, a=2, b=3, Empty=, Utf=\xc3\xa9] none host=x:0 path=/\nend\n");
    row("space around values", "GET / HTTP/1.1\r\nHost:x\r\nA: \t b \t c\t \r\n\r\n",
        "head GET / 1.1 [Host=x, A=b \t c] none host=x:0 path=/\nend\n");
    row("absolute form replaces Host", "GET http://shop.test:8080/p?q HTTP/1.1\r\nHost: other\r\n\r\n",
        "head GET http://shop.test:8080/p?q 1.1 [Host=shop.test:8080] none host=shop.test:8080 path=/p?q\nend\n");
    row("absolute form without path", "GET http://[::1]?q HTTP/1.1\r\nHost: [::1]\r\n\r\n",
        "head GET http://[::1]?q 1.1 [Host=[::1]] none host=[::1]:0 path=/?q\nend\n");
    row("absolute form in 1.0 brings its Host", "GET http://a/ HTTP/1.0\r\n\r\n",
        "head GET http://a/ 1.0 [Host=a] none close host=a:0 path=/\nend\n");
    row("asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "head OPTIONS * 1.1 [Host=x] none host=x:0 path=*\nend\n");
    row("absolute asterisk", "OPTIONS http://x HTTP/1.1\r\nHost: x\r\n\r\n", "head OPTIONS http://x 1.1 [Host=x] none host=x:0 path=*\nend\n");
    row("expect", "PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\na",
        "head PUT / 1.1 [Host=x, Expect=100-Continue, Content-Length=1] length 1 expects host=x:0 path=/\nbody a\nend\n");
    row("expect in 1.0 is ignored", "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
        "head PUT / 1.0 [Expect=100-continue, Content-Length=1] length 1 close host=:0 path=/\nbody a\nend\n");
    row("upgrade", "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "head GET / 1.1 [Host=x, Connection=Upgrade, Upgrade=websocket] none upgrade=websocket host=x:0 path=/\nend\n");
    row("upgrade that Connection does not name", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        "head GET / 1.1 [Host=x, Upgrade=websocket] none host=x:0 path=/\nend\n");
    row("unknown method", "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", "head BREW /pot 1.1 [Host=x] none host=x:0 path=/pot\nend\n");
    row("empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "head GET / 1.1 [Host=x] none host=x:0 path=/\nend\n");

    const auto bad = [](const char *name, std::string_view input, const char *code) {
        row(name, input, std::string("error ") + code + "\n");
    };
    bad("nothing but empty lines", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", "bad-request-line");
    bad("tls hello", "\x16\x03\x01\x02", "bad-method");
    bad("bare LF", "GET / HTTP/1.1\nHost: x\n\n", "bare-lf");
    bad("bare LF later", "GET / HTTP/1.1\r\nHost: x\n\r\n", "bare-lf");
    bad("bare CR in the request line", "GET / HTTP/1.1\rX\r\nHost: x\r\n\r\n", "bad-version");
    bad("bare CR in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", "bare-cr");
    bad("CR CR LF", "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n", "bare-cr");
    bad("NUL in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"sv, "bad-value");
    bad("DEL in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\x7f\r\n\r\n", "bad-value");
    bad("folded", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", "obs-fold");
    bad("space before the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", "obs-fold");
    bad("space before colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "space-before-colon");
    bad("empty name", "GET / HTTP/1.1\r\nHost: x\r\n: v\r\n\r\n", "bad-name");
    bad("name with a space", "GET / HTTP/1.1\r\nHost: x\r\nA B: v\r\n\r\n", "bad-name");
    bad("name in UTF-8", "GET / HTTP/1.1\r\nHost: x\r\n\xc3\xa9: v\r\n\r\n", "bad-name");
    bad("no colon", "GET / HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n", "no-colon");
    bad("no host", "GET / HTTP/1.1\r\n\r\n", "no-host");
    bad("two hosts", "GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", "several-hosts");
    for (const char *host : {"", "a b", "a/b", "a@b", "a:b", "a:99999", "a:0", "[::1", "::1", "[127.0.0.1]", "a,b:x", "a%zz", "[::1]x", "<a>"})
        bad((std::string("host ") + host).c_str(), "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n", "bad-host");
    bad("0.9", "GET /\r\n\r\n", "bad-request-line");
    bad("2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "unsupported-version");
    bad("1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", "unsupported-version");
    for (const char *version : {"HTTP/1", "HTTP/1.10", "HTTP/11", "http/1.1", "HTTPS/1.1", "HTTP/1.x", "HTTP /1.1", "", "HTTP/01.1"})
        bad((std::string("version ") + version).c_str(), "GET / " + std::string(version) + "\r\nHost: x\r\n\r\n",
            std::string_view(version) == "HTTP /1.1" ? "bad-request-line" : "bad-version");
    bad("two spaces before the version", "GET /  HTTP/1.1\r\nHost: x\r\n\r\n", "bad-request-line");
    bad("two spaces before the target", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "bad-request-line");
    bad("tab", "GET\t/\tHTTP/1.1\r\nHost: x\r\n\r\n", "bad-method");
    bad("trailing space", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", "bad-request-line");
    bad("method with a bracket", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", "bad-method");
    bad("method that never ends", std::string(33, 'A') + " / HTTP/1.1\r\nHost: x\r\n\r\n", "method-too-long");
    for (const char *target : {"a", "*", "/a#b", "/a\"b", "/a<", "/\xc3\xa9", "/\x01", "/a\\b", "/a?\x7f", "ftp://x/", "http://", "http:///a",
                               "http://u@x/", "http://x:y/", "//", "?a", "http:/x", "x:80"}) {
        if (std::string_view(target) != "//")
            bad((std::string("target ") + target).c_str(), "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n", "bad-target");
    }
    bad("CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", "connect-refused");
    bad("CONNECT without a port", "CONNECT x HTTP/1.1\r\nHost: x\r\n\r\n", "bad-target");
    bad("expectation", "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", "unknown-expectation");
}

void TestRequestParser::events()
{
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, events);
    const std::string octets = input.toStdString();
    Script script;
    script.detailed = true;
    QCOMPARE(QByteArray::fromStdString(script.requests(octets, octets.size())), events);
    QCOMPARE(QByteArray::fromStdString(script.requests(octets, 1)), events);
    QCOMPARE(QByteArray::fromStdString(script.requests(octets, 3)), events);
    for (size_t cut = 1; cut < octets.size(); ++cut)
        QCOMPARE(QByteArray::fromStdString(script.requests(octets, octets.size(), cut)), events);
}

void TestRequestParser::limits_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *name, const std::string &input, const char *code) {
        QTest::newRow(name) << QByteArray::fromStdString(input) << QByteArray(code);
    };
    const std::string line = "GET / HTTP/1.1\r\nHost: x\r\n", post = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    row("longest target", "GET /" + std::string(99, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "");
    row("target", "GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "target-too-long");
    row("target without end", "GET /" + std::string(180, 'a'), "target-too-long");
    row("line without end", line + "A: " + std::string(600, 'a'), "head-too-large");
    row("head", line + "A: " + std::string(500, 'a') + "\r\n\r\n", "head-too-large");
    row("most fields", line + "A: b\r\nA: b\r\nA: b\r\n\r\n", "");
    row("fields", line + "A: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", "too-many-fields");
    row("longest body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789", "");
    row("body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n0", "body-too-large");
    row("chunks", post + "8\r\n01234567\r\n3\r\n", "body-too-large");
    row("chunk", post + "ffffffffffffffff\r\n", "chunk-size-too-long");
    row("chunk near the top", post + "3ffffffffffffff\r\n", "body-too-large");
    row("digits", post + "00000000000000001\r\na\r\n", "chunk-size-too-long");
    row("extension", post + "1;" + std::string(30, 'a') + "\r\na\r\n0\r\n\r\n", "chunk-extension-too-long");
    row("trailers", post + "0\r\nA: " + std::string(600, 'a'), "head-too-large");
    row("trailer count", post + "0\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", "too-many-fields");
}

void TestRequestParser::limits()
{
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, code);
    http::Limits limits;
    limits.headerSize = 300;
    limits.headers = 4;
    limits.url = 100;
    limits.body = 10;
    limits.chunkExtension = 20;
    Script script(limits);
    for (size_t step : {size_t(input.size()), size_t(1), size_t(7)}) {
        const std::string events = script.requests(input.toStdString(), step);
        if (code.isEmpty())
            QVERIFY2(events.ends_with("end\n"), events.c_str());
        else
            QVERIFY2(events.ends_with("error " + code.toStdString() + "\n"), events.c_str());
    }
}

void TestRequestParser::pipelinedRequestsStayUnread()
{
    Arena arena;
    http::RequestParser parser;
    std::string_view in = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n";
    parser.start(arena);
    QCOMPARE(parser.next(in), http::Event::Head);
    QCOMPARE(parser.next(in), http::Event::End);
    QVERIFY(in.starts_with("GET /2"));
    QVERIFY(!parser.inMessage());
    QCOMPARE(parser.next(in), http::Event::NeedMore); // until start()
    QVERIFY(in.starts_with("GET /2"));
}

void TestRequestParser::idleConnectionTakesNoMemory()
{
    Arena arena(64);
    http::RequestParser parser;
    parser.start(arena);
    std::string_view nothing;
    QCOMPARE(parser.next(nothing), http::Event::NeedMore);
    QVERIFY(!parser.inMessage());
    QVERIFY(!parser.hasHead());
    QVERIFY(sizeof parser <= 256);
}

void TestRequestParser::bodyLimitCanBeLoweredAfterTheHead()
{
    Arena arena;
    http::RequestParser parser;
    std::string_view in = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n";
    parser.start(arena);
    QCOMPARE(parser.next(in), http::Event::Head);
    parser.limitBody(10);
    QCOMPARE(parser.next(in), http::Event::Error); // before a single octet of it was asked for
    QCOMPARE(parser.error().status, 413);
}

void TestRequestParser::manySmallChunksDoNotGrowTheArena()
{
    Arena arena(16 * 1024);
    http::RequestParser parser;
    parser.start(arena);
    std::string_view in = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    QCOMPARE(parser.next(in), http::Event::Head);
    const char *before = static_cast<const char *>(arena.allocate(1, 1));
    const std::string_view chunk = "1;a=b\r\nx\r\n";
    for (int i = 0; i < 100'000; ++i) {
        in = chunk.substr(size_t(i) % chunk.size(), 1);
        const auto event = parser.next(in);
        QVERIFY(event == http::Event::NeedMore || event == http::Event::Piece);
    }
    QCOMPARE(static_cast<const char *>(arena.allocate(1, 1)) - before, 1);
    QCOMPARE(parser.bodySeen(), uint64_t(10'000));
}

void TestRequestParser::refusalsAreDescribed()
{
    for (int i = 0; i <= int(http::Refusal::UnexpectedUpgrade); ++i) {
        const auto &error = http::describe(http::Refusal(i));
        QVERIFY(error.status >= 400 && !error.code.empty() && error.sentence.ends_with('.') && error.rule.starts_with("RFC "));
        for (int j = 0; j < i; ++j)
            QVERIFY(http::describe(http::Refusal(j)).code != error.code);
    }
}

QTEST_GUILESS_MAIN(TestRequestParser)
#include "tst_requestparser.moc"
