// A matrix of known ways to make two parsers disagree about where a message ends, both directions, whole and cut at every place.
// Each is refused with the stated code before anything could have gone upstream, or read as exactly the stated number of messages.
#include "tests/gateway/http/script.h"

#include <QtTest/QTest>

#include <set>

using namespace gatehouse;
using namespace gatehouse::test;

class TestSmuggling : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matrix_data();
    void matrix();
    void isLargeEnough();

private:
    void both(const std::string &name, const std::string &fields, const std::string &body, const char *code);
    void request(const std::string &name, const std::string &octets, const char *code);
    void response(const std::string &name, const std::string &octets, const char *code);
    size_t m_rows = 0;
};

// `code`: a refusal's, or a number of messages.
void TestSmuggling::request(const std::string &name, const std::string &octets, const char *code)
{
    ++m_rows;
    QTest::newRow(("request: " + name).c_str()) << true << QByteArray::fromStdString(octets) << QByteArray(code);
}

void TestSmuggling::response(const std::string &name, const std::string &octets, const char *code)
{
    ++m_rows;
    QTest::newRow(("answer: " + name).c_str()) << false << QByteArray::fromStdString(octets) << QByteArray(code);
}

void TestSmuggling::both(const std::string &name, const std::string &fields, const std::string &body, const char *code)
{
    request(name, "POST / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body, code);
    response(name, "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body, code);
}

static std::string printable(const std::string &text)
{
    return QByteArray::fromStdString(text).toPercentEncoding(" :;,=\"\\/()<>[]{}").toStdString();
}

void TestSmuggling::matrix_data()
{
    QTest::addColumn<bool>("isRequest");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("code");
    m_rows = 0;
    const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

    // Both framings, in every order and spelling.
    for (const char *length : {"Content-Length: 5", "content-length: 5", "Content-Length: 0", "CONTENT-LENGTH:5", "Content-Length: bad", "Content-Length: 5, 5"}) {
        for (const char *coding : {"Transfer-Encoding: chunked", "transfer-encoding:chunked", "TRANSFER-ENCODING: CHUNKED", "Transfer-Encoding: identity", "Transfer-Encoding: x"}) {
            both(std::string(length) + " then " + coding, std::string(length) + "\r\n" + coding + "\r\n", "0\r\n\r\n" + hidden, "length-and-coding");
            both(std::string(coding) + " then " + length, std::string(coding) + "\r\n" + length + "\r\n", "0\r\n\r\n" + hidden, "length-and-coding");
        }
    }

    // Transfer-Encoding values.
    const std::pair<std::string, const char *> codings[] = {
        {"identity", "coding-not-last"}, {"xchunked", "coding-not-last"}, {"chunkedx", "coding-not-last"}, {"chunked-x", "coding-not-last"},
        {"gzip", "coding-not-last"}, {"chunked, gzip", "coding-not-last"}, {"chunked, identity", "coding-not-last"}, {"gzip, chunked", "unknown-coding"},
        {"identity, chunked", "unknown-coding"}, {"x, chunked", "unknown-coding"}, {"chunked, chunked", "bad-coding"}, {"chunked,chunked", "bad-coding"},
        {"", "bad-coding"}, {",", "bad-coding"}, {", chunked", "bad-coding"}, {"chunked,", "bad-coding"}, {"chunked;q=1", "bad-coding"}, {"chunked ; a", "bad-coding"},
        {"\"chunked\"", "bad-coding"}, {"'chunked'", "coding-not-last"}, {"chunked chunked", "bad-coding"}, {"chunk\ted", "bad-coding"}, {"ch unked", "bad-coding"},
        {"chunked\x0b", "bad-value"}, {"\x0b" "chunked", "bad-value"}, {"chunked\x0c", "bad-value"}, {std::string("chunked\0", 8), "bad-value"}, {"chunked\x7f", "bad-value"},
        {"chunked\xa0", "bad-coding"}, {"\xe2\x80\x8b" "chunked", "bad-coding"}, {"chunKed\xc5\xbf", "bad-coding"}, {"[chunked]", "bad-coding"}, {"chunked(x)", "bad-coding"},
        {"chunked\r", "bare-cr"}, {"\rchunked", "bare-cr"}, {"chunked\r\n ", "obs-fold"}, {"\r\n chunked", "obs-fold"}, {"x\r\n chunked", "obs-fold"}, {"chunked\n", "bare-lf"},
        {"\nchunked", "bare-lf"}, {"0chunked", "coding-not-last"}, {"tchunked", "coding-not-last"}, {"chunked\r\nTransfer-Encoding: chunked", "bad-coding"},
        {"chunked\r\nTransfer-Encoding: identity", "coding-not-last"}, {"identity\r\nTransfer-Encoding: chunked", "unknown-coding"}, {"chunked\r\nTransfer-Encoding:", "bad-coding"},
    };
    for (const auto &[value, code] : codings)
        both("coding " + printable(value), "Transfer-Encoding: " + value + "\r\n", "0\r\n\r\n" + hidden, code);
    for (const char *value : {"chunked", "Chunked", "CHUNKED", " chunked", "\tchunked", "chunked ", "chunked\t", " \t chunked \t "})
        both("coding " + printable(value), "Transfer-Encoding:" + std::string(value) + "\r\n", "0\r\n\r\n", "1");

    // Names that one reader takes for Transfer-Encoding or Content-Length and another does not.
    const std::pair<std::string, const char *> names[] = {
        {"Transfer-Encoding ", "space-before-colon"}, {"Transfer-Encoding\t", "space-before-colon"}, {" Transfer-Encoding", "obs-fold"}, {"\tTransfer-Encoding", "obs-fold"},
        {"Transfer-Encoding\r", "bare-cr"}, {"Transfer\rEncoding", "bare-cr"}, {"Transfer Encoding", "bad-name"}, {"Transfer-Encoding\x0b", "bad-name"},
        {"\x0bTransfer-Encoding", "bad-name"}, {std::string("Transfer-Encoding\0", 18), "bad-name"}, {"Transfer-Encoding\xa0", "bad-name"}, {"(Transfer-Encoding", "bad-name"},
        {"\"Transfer-Encoding\"", "bad-name"}, {"Transfer-Encoding;", "bad-name"}, {"Transfer-Encoding,", "bad-name"}, {"Transfer-Encoding/", "bad-name"}, {"", "bad-name"},
        {"Content-Length ", "space-before-colon"}, {"Content-Length\t", "space-before-colon"}, {" Content-Length", "obs-fold"}, {"Content Length", "bad-name"},
        {"Content-Length\r", "bare-cr"}, {std::string("Content-Length\0", 15), "bad-name"}, {"Content-Length\x85", "bad-name"}, {"Content-Length@", "bad-name"},
    };
    for (const auto &[name, code] : names)
        both("name " + printable(name), name + ": " + (name.find("Length") == std::string::npos ? "chunked" : "5") + "\r\nContent-Length: 40\r\n", hidden, code);

    // Content-Length values.
    const std::pair<std::string, const char *> lengths[] = {
        {"+5", "bad-length"}, {"-5", "bad-length"}, {"5,5", "bad-length"}, {"5, 5", "bad-length"}, {"5,6", "bad-length"}, {"0x5", "bad-length"}, {"5 5", "bad-length"},
        {"", "bad-length"}, {"5.0", "bad-length"}, {"5e0", "bad-length"}, {"\"5\"", "bad-length"}, {"5;a", "bad-length"}, {"a", "bad-length"}, {"5a", "bad-length"}, {"_5", "bad-length"}, {"1_0", "bad-length"},
        {"18446744073709551621", "bad-length"}, {"9223372036854775808", "bad-length"}, {"99999999999999999999999999", "bad-length"}, {"\xd9\xa5", "bad-length"}, {"5\xa0", "bad-length"},
        {"5\x0b", "bad-value"}, {std::string("5\0", 2), "bad-value"}, {"5\r", "bare-cr"}, {"\r5", "bare-cr"}, {"5\r\n 5", "obs-fold"}, {"\r\n 5", "obs-fold"}, {"5\n", "bare-lf"},
        {"5\r\nContent-Length: 5", "several-lengths"}, {"5\r\nContent-Length: 6", "several-lengths"}, {"5\r\ncontent-length: 5", "several-lengths"}, {"5\r\nContent-Length:", "several-lengths"},
    };
    for (const auto &[value, code] : lengths)
        both("length " + printable(value), "Content-Length: " + value + "\r\n", "12345" + hidden, code);
    for (const char *value : {"5", " 5", "5 ", "\t5\t", "05", "000005"})
        both("length " + printable(value), "Content-Length:" + std::string(value) + "\r\n", "12345", "1");

    // Chunks.
    const std::pair<std::string, const char *> chunks[] = {
        {"5 \r\n12345\r\n0\r\n\r\n", "bad-chunk-size"}, {" 5\r\n12345\r\n0\r\n\r\n", "bad-chunk-size"}, {"\t5\r\n", "bad-chunk-size"}, {"+5\r\n", "bad-chunk-size"}, {"-5\r\n", "bad-chunk-size"},
        {"0x5\r\n", "bad-chunk-size"}, {"5h\r\n", "bad-chunk-size"}, {"5_0\r\n", "bad-chunk-size"}, {"5.\r\n", "bad-chunk-size"}, {"\r\n", "bad-chunk-size"}, {";a\r\n", "bad-chunk-size"}, {"g\r\n", "bad-chunk-size"},
        {"5,5\r\n", "bad-chunk-size"}, {"\"5\"\r\n", "bad-chunk-size"}, {std::string("5\0\r\n", 4), "bad-chunk-size"}, {"5\x0b\r\n", "bad-chunk-size"}, {"5\xa0\r\n", "bad-chunk-size"},
        {"5\n12345\r\n0\r\n\r\n", "bare-lf"}, {"5\r12345\r\n", "bare-cr"}, {"5\r\r\n12345", "bare-cr"}, {"5;\n12345\r\n", "bare-lf"}, {"5;a\n12345", "bare-lf"}, {"5;a\rX\n12345", "bare-cr"},
        {"10000000000000005\r\n12345\r\n", "chunk-size-too-long"}, {"ffffffffffffffff\r\n", "chunk-size-too-long"}, {"00000000000000005\r\n", "chunk-size-too-long"}, {"8000000000000000\r\n", "chunk-size-too-long"},
        {"5\r\n123456\r\n0\r\n\r\n", "bad-chunk-end"}, {"5\r\n1234\r\n0\r\n\r\n", "bad-chunk-end"}, {"5\r\n12345\n0\r\n\r\n", "bad-chunk-end"}, {"5\r\n12345\r0\r\n", "bad-chunk-end"}, {"5\r\n123450\r\n\r\n", "bad-chunk-end"},
        {"5;\r\n", "bad-chunk-extension"}, {"5;=\r\n", "bad-chunk-extension"}, {"5;a=\r\n", "bad-chunk-extension"}, {"5;a=\"b\r\n", "bad-chunk-extension"}, {"5;a=\"\x01\"\r\n", "bad-chunk-extension"}, {"5;a b\r\n", "bad-chunk-extension"},
        {"5;a=b c\r\n", "bad-chunk-extension"}, {"5;a=\"b\"c\r\n", "bad-chunk-extension"}, {"5;a \r\n", "bad-chunk-extension"}, {std::string("5;a\0\r\n", 6), "bad-chunk-extension"}, {"5;" + std::string(300, 'a') + "\r\n", "chunk-extension-too-long"},
        {"0\n\n", "bare-lf"}, {"0\r\n\n", "bare-lf"}, {"0\r\n\r", "0"}, {"0\r\nA : b\r\n\r\n", "space-before-colon"}, {"0\r\n A: b\r\n\r\n", "obs-fold"}, {"0\r\nA: b\n\r\n", "bare-lf"}, {"0\r\nA: b\rc\r\n\r\n", "bare-cr"},
        {"0\r\nContent-Length: 5\r\n\r\n", "bad-trailer"}, {"0\r\nTransfer-Encoding: chunked\r\n\r\n", "bad-trailer"}, {"0\r\nHost: y\r\n\r\n", "bad-trailer"}, {"0\r\nConnection: close\r\n\r\n", "bad-trailer"},
        {"0\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n", "no-colon"},
        {"5\r\n12345\r\n0\r\n\r\n", "1"}, {"00005\r\n12345\r\n00\r\n\r\n", "1"}, {"5;a=b\r\n12345\r\n0;c\r\nT: 1\r\n\r\n", "1"}, {"5 ; a = \"b\\\"\" ;c\r\n12345\r\n0\r\n\r\n", "1"}, {"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "1"},
    };
    for (const auto &[body, code] : chunks)
        both("chunk " + printable(body.substr(0, 40)), "Transfer-Encoding: chunked\r\n", body, code);
    for (const char *old : {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: identity\r\n\r\n"})
        request("coding in 1.0 " + printable(old), old, "coding-in-1.0");
    response("coding in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "coding-in-1.0");

    // Line ends in the head.
    const std::pair<std::string, const char *> heads[] = {
        {"GET / HTTP/1.1\nHost: x\r\n\r\n", "bare-lf"}, {"GET / HTTP/1.1\r\nHost: x\n\r\n", "bare-lf"}, {"GET / HTTP/1.1\r\nHost: x\r\n\n", "bare-lf"}, {"GET / HTTP/1.1\r\nHost: x\r\n\rX\r\n\r\n", "bare-cr"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rTransfer-Encoding: chunked\r\n\r\n", "bare-cr"}, {"GET / HTTP/1.1\r\nHost: x\r\nA: b\nTransfer-Encoding: chunked\r\n\r\n", "bare-lf"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA\r\n: b\r\n\r\n", "no-colon"}, {"GET / HTTP/1.1\r\n\r\nHost: x\r\n\r\n", "no-host"}, {"\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "bare-lf"}, {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bad-method"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "several-hosts"}, {"GET / HTTP/1.1\r\nHost: a\r\n\thost: b\r\n\r\n", "obs-fold"}, {"GET / HTTP/1.1\r\nHost: a, b:c\r\n\r\n", "bad-host"}, {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "bad-host"},
        {"GET / HTTP/1.1 HTTP/1.1\r\nHost: x\r\n\r\n", "bad-request-line"}, {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", "bad-request-line"}, {"GET /\x0b HTTP/1.1\r\nHost: x\r\n\r\n", "bad-target"}, {"GET\x0b/ HTTP/1.1\r\nHost: x\r\n\r\n", "bad-method"},
        {"GET / HTTP/1.1\x0b\r\nHost: x\r\n\r\n", "bad-version"}, {"GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n", "bad-target"}, {"GET /#/../x HTTP/1.1\r\nHost: x\r\n\r\n", "bad-target"}, {"GET \\x HTTP/1.1\r\nHost: x\r\n\r\n", "bad-target"},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "unsupported-version"}, {"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", "connect-refused"}, {"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + hidden, "2"},
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(hidden.size()) + "\r\n\r\n" + hidden, "1"}, {"HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + hidden, "2"},
        {"POST / HTTP/1.1\r\nHost: x\r\n\r\n" + hidden, "2"}, {"POST / HTTP/1.0\r\nConnection: keep-alive\r\nHost: x\r\n\r\n" + hidden, "2"},
    };
    for (const auto &[octets, code] : heads)
        request("head " + printable(octets.substr(0, 90)), octets, code);

    // Answers that bring another one with them.
    const std::pair<std::string, const char *> answers[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "2"}, {"HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nhi", "bare-lf"}, {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "bad-status-line"},
        {"HTTP/1.1 101 Switching\r\n\r\n", "unexpected-upgrade"}, {"\r\nHTTP/1.1 200 OK\r\n\r\n", "bad-status-line"}, {"HTTP/1.1 200 OK\r\nX: a\r\n\tContent-Length: 0\r\n\r\n", "obs-fold"}, {"HTTP/1.1 200 O\rK\r\n\r\n", "bare-cr"},
        {"HTTP/1.1 099 X\r\n\r\n", "bad-status-line"}, {"HTTP/1.1 -20 X\r\n\r\n", "bad-status-line"}, {"ICY 200 OK\r\n\r\n", "bad-status-line"}, {"HTTP/1.1\t200 OK\r\n\r\n", "bad-status-line"},
    };
    for (const auto &[octets, code] : answers)
        response(printable(octets.substr(0, 60)), octets, code);
}

void TestSmuggling::matrix()
{
    QFETCH(bool, isRequest);
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, code);
    const std::string octets = input.toStdString();
    bool isCount = false;
    const int count = code.toInt(&isCount);
    Script script;
    const auto check = [&](size_t step, size_t first) {
        const std::string log = isRequest ? script.requests(octets, step, first) : script.responses(octets, step, first);
        const bool refused = log.find("error ") != std::string::npos;
        if (isCount)
            return !refused && script.complete == size_t(count) ? std::string() : log;
        return log.ends_with("error " + code.toStdString() + "\n") ? std::string() : log;
    };
    QCOMPARE(check(octets.size(), 0), std::string());
    QCOMPARE(check(1, 0), std::string());
    for (size_t cut = 1; cut < octets.size(); ++cut)
        QCOMPARE(check(octets.size(), cut), std::string());
}

void TestSmuggling::isLargeEnough()
{
    QVERIFY2(m_rows >= 300, qPrintable(QString::number(m_rows)));
}

QTEST_GUILESS_MAIN(TestSmuggling)
#include "tst_smuggling.moc"
