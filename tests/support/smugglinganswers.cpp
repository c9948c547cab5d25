// Answers of an upstream that bring another one with them, end early, or are none.
#include "tests/support/smuggling.h"

namespace gatehouse::test {

namespace {

const std::string another = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden";

void addStatusLines(SmugglingTable &table)
{
    const std::pair<std::string, const char *> lines[] = {
        {"HTTP/1.1 200 O\rK", "bare-cr"}, {"HTTP/1.1 099 X", "bad-status-line"}, {"HTTP/1.1 -20 X", "bad-status-line"}, {"ICY 200 OK", "bad-status-line"}, {"HTTP/1.1\t200 OK", "bad-status-line"}, {"HTTP/1.1 200OK", "bad-status-line"},
        {"HTTP/1.1 20 OK", "bad-status-line"}, {"HTTP/1.1 2000 OK", "bad-status-line"}, {"HTTP/1.1  200 OK", "bad-status-line"}, {"HTTP/1.1 600 X", "bad-status-line"}, {"HTTP/1.1 999 X", "bad-status-line"}, {"HTTP/1.1 000 X", "bad-status-line"},
        {"HTTP/1.1 +20 X", "bad-status-line"}, {"HTTP/1.1 0x2 X", "bad-status-line"}, {"HTTP/1.1 2 0 X", "bad-status-line"}, {"HTTP/1.1 OK 200", "bad-status-line"}, {"HTTP/1.1 200\tOK", "bad-status-line"}, {"HTTP/1.1", "bad-status-line"},
        {"HTTP/1.1 ", "bad-status-line"}, {"http/1.1 200 OK", "bad-status-line"}, {"HTTP/2.0 200 OK", "unsupported-version"}, {"HTTP/2 200 OK", "unsupported-version"}, {"HTTP/1.2 200 OK", "unsupported-version"}, {"HTTP/0.9 200 OK", "unsupported-version"},
        {"HTTP/11 200 OK", "unsupported-version"}, {"HTTP /1.1 200 OK", "bad-status-line"}, {" HTTP/1.1 200 OK", "bad-status-line"}, {"\tHTTP/1.1 200 OK", "bad-status-line"}, {"XHTTP/1.1 200 OK", "bad-status-line"}, {"\xef\xbb\xbfHTTP/1.1 200 OK", "bad-status-line"},
        {"RTSP/1.0 200 OK", "bad-status-line"}, {std::string("HTTP/1.1 200 O\0K", 16), "bad-status-line"}, {"HTTP/1.1 200 O\x01K", "bad-status-line"}, {"HTTP/1.1 200 O\x7fK", "bad-status-line"}, {"HTTP/1.1 200 OK\x1b", "bad-status-line"},
        {"HTTP/1.1 200 OK\nX: y", "bare-lf"}, {"<html>", "bad-status-line"}, {"SSH-2.0-OpenSSH_9.2", "bad-status-line"}, {"220 x ESMTP", "bad-status-line"}, {"\x15\x03\x01", "bad-status-line"}, {"GET / HTTP/1.1", "bad-status-line"},
        {"Content-Length: 2", "bad-status-line"}, {"0", "bad-status-line"},
    };
    for (const auto &[line, code] : lines)
        table.answer("line " + printable(line), line + "\r\nContent-Length: 2\r\n\r\nhi", code);
    table.answer("blank line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", "bad-status-line");
    table.answer("LF first", "\nHTTP/1.1 200 OK\r\n\r\n", "bad-status-line");
    table.answer("LF only", "HTTP/1.1 200 OK\n\n", "bare-lf");
    table.answer("LF behind the status", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nhi", "bare-lf");
    for (const char *line : {"HTTP/1.1 200 OK", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.1 299 \xc3\xa9\t!", "HTTP/1.1 404 Not Found", "HTTP/1.1 599 X", "HTTP/1.1 205 Reset Content"})
        table.answer("line " + printable(line), std::string(line) + "\r\nContent-Length: 2\r\n\r\nhi", "1");
}

void addFields(SmugglingTable &table)
{
    const std::pair<std::string, const char *> fields[] = {
        {"X: a\r\n\tContent-Length: 0", "obs-fold"}, {"X: a\rSet-Cookie: b", "bare-cr"}, {"X: a\nSet-Cookie: b", "bare-lf"}, {"X: a\r\r\nSet-Cookie: b", "bare-cr"}, {std::string("X: a\0b", 6), "bad-value"}, {"X: a\x0b", "bad-value"},
        {"X : a", "space-before-colon"}, {"X y: a", "bad-name"}, {": a", "bad-name"}, {"X", "no-colon"}, {"Location: /\r\n\r", "bare-cr"}, {"X\x01: a", "bad-name"}, {" X: a", "obs-fold"}, {"HTTP/1.1 200 OK", "no-colon"}, {"X: \x1b[2J", "bad-value"},
        {"Set-Cookie: a=b\x7f", "bad-value"},
    };
    for (const auto &[field, code] : fields)
        table.answer("field " + printable(field), "HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Length: 2\r\n\r\nhi", code);
    for (const char *field : {"X:", "X: \xff", "Connection: X\r\nX: y", "Connection: Content-Length", "Keep-Alive: timeout=9", "Content_Length: 9", "Proxy-Connection: close", "Set-Cookie: a=b\r\nSet-Cookie: c=d", "Upgrade: h2c", "Trailer: X"})
        table.answer("field " + printable(field), "HTTP/1.1 200 OK\r\n" + std::string(field) + "\r\nContent-Length: 2\r\n\r\nhi", "1");
    std::string many, large = "X: " + std::string(66000, 'y') + "\r\n";
    for (int i = 0; i < 257; ++i)
        many += "A: b\r\n";
    table.answer("too many fields", "HTTP/1.1 200 OK\r\n" + many + "\r\n", "too-many-fields");
    table.answer("head too large", "HTTP/1.1 200 OK\r\n" + large + "\r\n", "head-too-large");
}

void addInterims(SmugglingTable &table)
{
    const std::string final = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    table.answer("100 first", "HTTP/1.1 100 Continue\r\n\r\n" + final, "1");
    table.answer("several 1xx first", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 199 X\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + final, "1");
    std::string endless;
    for (int i = 0; i < 18; ++i)
        endless += "HTTP/1.1 100 Continue\r\n\r\n";
    table.answer("1xx without end", endless + final, "too-many-interim");
    table.answer("1xx and no more", "HTTP/1.1 100 Continue\r\n\r\n", "0").isLast();
    table.answer("101 not asked for", "HTTP/1.1 101 Switching\r\n\r\n", "unexpected-upgrade");
    table.answer("101 not asked for, with Upgrade", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n" + another, "unexpected-upgrade");
    table.answer("101 behind 100", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching\r\n\r\n", "unexpected-upgrade");
    table.answer("1xx with content", "HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\nhello" + final, "interim-with-content");
    table.answer("1xx with an answer for content", "HTTP/1.1 103 X\r\nContent-Length: 44\r\n\r\n" + another + final, "interim-with-content");
    table.answer("1xx in chunks", "HTTP/1.1 103 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + final, "interim-with-content");
    table.answer("1xx with a length of 0", "HTTP/1.1 103 X\r\nContent-Length: 0\r\n\r\n" + final, "1");
    table.answer("1xx malformed", "HTTP/1.1 103 X\nX: y\r\n\r\n" + final, "bare-lf");
    table.answer("1xx, then garbage", "HTTP/1.1 103 X\r\n\r\n" "hi" + final, "bad-status-line");
}

void addContents(SmugglingTable &table)
{
    table.answer("another behind it", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" + another, "2");
    table.answer("another behind chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" + another, "2");
    table.answer("two behind it", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + another + another, "3");
    for (const std::string &extra : {std::string("x"), std::string("\r\n"), std::string("\0", 1), std::string("HTTP/1.1 200 O\nK")}) {
        const std::string code = extra.starts_with("HTTP") ? "bare-lf" : "bad-status-line";
        table.answer("octets behind a length: " + printable(extra), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" + extra, code).after(1);
        table.answer("octets behind chunks: " + printable(extra), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" + extra, code).after(1);
    }
    // No content whatever the fields say: what follows is another answer, that nobody asked for.
    for (const char *status : {"204 No Content", "304 Not Modified"}) {
        const std::string line = "HTTP/1.1 " + std::string(status) + "\r\n";
        table.answer(std::string(status) + " with a length", line + "Content-Length: 5\r\n\r\n", "1");
        table.answer(std::string(status) + " with content", line + "Content-Length: 5\r\n\r\nhello", "bad-status-line").after(1);
        table.answer(std::string(status) + " with an answer for content", line + "Content-Length: 44\r\n\r\n" + another, "2");
        table.answer(std::string(status) + " with chunks", line + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "bad-status-line").after(1);
        table.answer(std::string(status) + " with both", line + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "length-and-coding");
        table.answer(std::string(status), line + "\r\n", "1");
    }
    const auto head = [&table](const std::string &name, const std::string &octets, const char *code) -> SmugglingCase & { return table.answer("HEAD " + name, octets, code).to(http::Method::Head); };
    head("with a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "1");
    head("with a coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1");
    head("with content", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "bad-status-line").after(1);
    head("with an answer for content", "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n" + another, "bad-status-line").after(2);
    head("with chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "bad-status-line").after(1);
    head("with both", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "length-and-coding");
    // To the end of the connection, or cut short by it.
    table.answer("until close", "HTTP/1.1 200 OK\r\n\r\nhello", "1").isLast();
    table.answer("until close, an answer for content", "HTTP/1.1 200 OK\r\n\r\n" + another, "1").isLast();
    table.answer("until close in 1.0", "HTTP/1.0 200 OK\r\n\r\n" + another, "1").isLast();
    table.answer("1.0 with a length", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "1");
    table.answer("1.0 kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", "1");
    table.answer("1.0 kept, another behind it", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi" + another, "2");
    table.answer("coding in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "coding-in-1.0");
    table.answer("last by Connection", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi" + another, "2");
    for (const char *part : {"HTTP/1.1", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r"})
        table.answer("cut " + printable(part), part, "0").isLast();
    for (const char *part : {"Content-Length: 9\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n9\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "Content-Length: 1\r\n\r\n"})
        table.answer("cut " + printable(part), "HTTP/1.1 200 OK\r\n" + std::string(part), "0").isInBody().isLast();
}

} // namespace

void addAnswerCases(SmugglingTable table)
{
    addStatusLines(table);
    addFields(table);
    addInterims(table);
    addContents(table);
}

} // namespace gatehouse::test
