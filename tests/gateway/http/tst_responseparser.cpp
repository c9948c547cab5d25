// Answers of upstreams: as strict as requests, whole and cut at every place.
#include "tests/gateway/http/script.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::test;

class TestResponseParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void events_data();
    void events();
    void excessStaysInTheInput();
    void idleGarbage();
    void interimFlood();
};

void TestResponseParser::events_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("events");
    QTest::addColumn<int>("method");
    QTest::addColumn<bool>("upgrading");
    QTest::addColumn<bool>("eof");
    const auto row = [](const char *name, std::string_view input, std::string_view events, http::Method method = http::Method::Get,
                        bool upgrading = false, bool eof = false) {
        QTest::newRow(name) << QByteArray(input.data(), qsizetype(input.size())) << QByteArray(events.data(), qsizetype(events.size()))
                            << int(method) << upgrading << eof;
    };
    using enum http::Method;
    row("length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "head 200 OK 1.1 [Content-Length=2] length 2\nbody hi\nend\n");
    row("no reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "head 200 1.1 [Content-Length=0] length 0\nend\n");
    row("no reason, no space", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "head 200 1.1 [Content-Length=0] length 0\nend\n");
    row("chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: 1\r\n\r\n",
        "head 200 OK 1.1 [Transfer-Encoding=chunked] chunked\nbody hi\nend [T=1]\n");
    row("until close", "HTTP/1.1 200 OK\r\n\r\nabc", "head 200 OK 1.1 [] until-close close\nbody abc\nend\n", Get, false, true);
    row("until close, empty", "HTTP/1.0 200 OK\r\n\r\n", "head 200 OK 1.0 [] until-close close\nend\n", Get, false, true);
    row("1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        "head 200 OK 1.0 [Connection=keep-alive, Content-Length=0] length 0\nend\n");
    row("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "head 200 OK 1.1 [Content-Length=9] none\nend\n", Head);
    row("HEAD chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "head 200 OK 1.1 [Transfer-Encoding=chunked] none\nend\n", Head);
    row("204", "HTTP/1.1 204 No Content\r\n\r\n", "head 204 No Content 1.1 [] none\nend\n");
    row("204 with a length closes", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "head 204 No Content 1.1 [Content-Length=5] none close\nend\n");
    row("304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "head 304 Not Modified 1.1 [Content-Length=5] none\nend\n");
    row("interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "head 100 Continue 1.1 [] none\nhead 103 Early Hints 1.1 [Link=</a>] none\nhead 200 OK 1.1 [Content-Length=1] length 1\nbody x\nend\n");
    row("101", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x01",
        "head 101 Switching Protocols 1.1 [Connection=upgrade, Upgrade=websocket] tunnel close\nbody \x81\x01\nend\n", Get, true, true);
    row("101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "error unexpected-upgrade\n");
    row("CONNECT", "HTTP/1.1 200 OK\r\n\r\nraw", "head 200 OK 1.1 [] tunnel close\nbody raw\nend\n", Connect, false, true);
    row("cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "head 200 OK 1.1 [Content-Length=5] length 5\nbody ab\nerror early-close\n", Get, false, true);
    row("cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "head 200 OK 1.1 [Transfer-Encoding=chunked] chunked\nbody ab\nerror early-close\n", Get, false, true);
    row("cut before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "head 200 OK 1.1 [Transfer-Encoding=chunked] chunked\nbody ab\nerror early-close\n", Get, false, true);
    row("cut in the head", "HTTP/1.1 200 OK\r\nContent-", "error early-close\n", Get, false, true);
    row("cut after an interim", "HTTP/1.1 100 Continue\r\n\r\n", "head 100 Continue 1.1 [] none\nerror early-close\n", Get, false, true);
    row("both", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "error length-and-coding\n");
    row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "error several-lengths\n");
    row("unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "error unknown-coding\n");
    row("coding until close", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "error coding-not-last\n");
    row("coding in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "error coding-in-1.0\n");
    row("split by a bare LF", "HTTP/1.1 200 OK\r\nA: b\nSet-Cookie: c\r\n\r\n", "error bare-lf\n");
    row("split by a bare CR", "HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: c\r\n\r\n", "error bare-cr\n");
    row("folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "error obs-fold\n");
    row("space before colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "error space-before-colon\n");
    row("garbage", "<html>", "error bad-status-line\n");
    row("status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "error bad-status-line\n");
    row("status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "error bad-status-line\n");
    row("status 600", "HTTP/1.1 600 OK\r\n\r\n", "error bad-status-line\n");
    row("two spaces", "HTTP/1.1  200 OK\r\n\r\n", "error bad-status-line\n");
    row("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", "error unsupported-version\n");
    row("control character in the reason", "HTTP/1.1 200 O\x01K\r\n\r\n", "error bad-status-line\n");
}

void TestResponseParser::events()
{
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, events);
    QFETCH(int, method);
    QFETCH(bool, upgrading);
    QFETCH(bool, eof);
    const std::string octets = input.toStdString();
    Script script;
    script.method = http::Method(method);
    script.upgrading = upgrading;
    script.eof = eof;
    QCOMPARE(QByteArray::fromStdString(script.responses(octets, octets.size())), events);
    QCOMPARE(QByteArray::fromStdString(script.responses(octets, 1)), events);
    for (size_t cut = 1; cut < octets.size(); ++cut)
        QCOMPARE(QByteArray::fromStdString(script.responses(octets, octets.size(), cut)), events);
}

void TestResponseParser::excessStaysInTheInput()
{
    Arena arena;
    http::ResponseParser parser;
    parser.start(arena, http::Method::Get);
    std::string_view in = "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    QCOMPARE(parser.next(in), http::Event::Head);
    QCOMPARE(parser.next(in), http::Event::End);
    QVERIFY(in.starts_with("HTTP/1.1 200"));
    QVERIFY(!parser.inMessage());
}

void TestResponseParser::idleGarbage()
{
    Arena arena;
    http::ResponseParser parser;
    parser.start(arena, http::Method::Get);
    QCOMPARE(parser.eof(), http::Event::Error);
    QCOMPARE(parser.error().code, "early-close"sv);
    QVERIFY(!parser.hasHead());
}

void TestResponseParser::interimFlood()
{
    std::string input;
    for (int i = 0; i < 20; ++i)
        input += "HTTP/1.1 102 Processing\r\n\r\n";
    Script script;
    QVERIFY(script.responses(input, input.size()).ends_with("error too-many-interim\n"));
}

QTEST_GUILESS_MAIN(TestResponseParser)
#include "tst_responseparser.moc"
