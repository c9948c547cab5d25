// Requests: what stands around the framing, and what comes behind a message.
#include "tests/support/smuggling.h"

namespace gatehouse::test {

namespace {

const std::string host = "Host: x\r\n\r\n";

std::string repeated(const std::string &text, int count)
{
    std::string all;
    for (int i = 0; i < count; ++i)
        all += text;
    return all;
}

void addLineEnds(SmugglingTable &table)
{
    const std::pair<std::string, const char *> heads[] = {
        {"GET / HTTP/1.1\nHost: x\r\n\r\n", "bare-lf"}, {"GET / HTTP/1.1\r\nHost: x\n\r\n", "bare-lf"}, {"GET / HTTP/1.1\r\nHost: x\r\n\n", "bare-lf"}, {"GET / HTTP/1.1\r\nHost: x\r\n\rX\r\n\r\n", "bare-cr"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rTransfer-Encoding: chunked\r\n\r\n", "bare-cr"}, {"GET / HTTP/1.1\r\nHost: x\r\nA: b\nTransfer-Encoding: chunked\r\n\r\n", "bare-lf"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA\r\n: b\r\n\r\n", "no-colon"}, {"GET / HTTP/1.1\r\n\r\nHost: x\r\n\r\n", "no-host"}, {"\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "bare-lf"}, {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bad-method"},
        {"GET / HTTP/1.1\n\n", "bare-lf"}, {"GET / HTTP/1.1\r\r\nHost: x\r\n\r\n", "bad-version"}, {"GET / HTTP/1.1\n\rHost: x\r\n\r\n", "bare-lf"}, {"GET / HTTP/1.1\r\nHost: x\r\r\n\r\n", "bare-cr"},
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\r\n", "bare-cr"}, {"GET / HTTP/1.1\r\nHost: x\n\n", "bare-lf"}, {"GET / HTTP/1.1\rHost: x\r\r" + hiddenRequest, "bad-request-line"}, {"\r\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "bare-cr"},
        {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", "obs-fold"}, {"GET / HTTP/1.1\r\n\tX: y\r\nHost: x\r\n\r\n", "obs-fold"}, {"GET / HTTP/1.1\r\nHost: x\r\n \r\n\r\n", "obs-fold"}, {"GET / HTTP/1.1\r\nHost: x\r\n\t\r\n\r\n", "obs-fold"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n", "obs-fold"}, {repeated("\r\n", 9) + "GET / HTTP/1.1\r\n" + host, "bad-request-line"}, {"\r\n\r\nGET / HTTP/1.1\r\n" + host, "1"},
    };
    for (const auto &[octets, code] : heads)
        table.request("line ends " + printable(octets.substr(0, 90)), octets, code);
}

void addRequestLines(SmugglingTable &table)
{
    const std::pair<std::string, const char *> lines[] = {
        {"GET / HTTP/1.1 HTTP/1.1", "bad-request-line"}, {"GET /a b HTTP/1.1", "bad-request-line"}, {"GET /\x0b HTTP/1.1", "bad-target"}, {"GET\x0b/ HTTP/1.1", "bad-method"},
        {"GET\t/ HTTP/1.1", "bad-method"}, {"GET  / HTTP/1.1", "bad-request-line"}, {"GET /  HTTP/1.1", "bad-request-line"}, {"GET / HTTP/1.1 ", "bad-request-line"}, {"GET /\tHTTP/1.1", "bad-request-line"},
        {"GET / HTTP/1.1\t", "bad-version"}, {"GET \t/ HTTP/1.1", "bad-target"}, {"GET / \tHTTP/1.1", "bad-version"}, {"GET", "bad-request-line"}, {"GET ", "bad-request-line"}, {"GET /", "bad-request-line"}, {"GET / ", "bad-version"},
        {"/ HTTP/1.1", "bad-method"}, {"GET HTTP/1.1", "bad-request-line"}, {"GET / HTTP/1.1\x0b", "bad-version"}, {"GET\xa0/ HTTP/1.1", "bad-method"}, {"GET /\xa0HTTP/1.1", "bad-request-line"},
        {"GET / HTTP/0.9", "unsupported-version"}, {"GET / HTTP/1.2", "unsupported-version"}, {"GET / HTTP/2.0", "unsupported-version"}, {"GET / HTTP/3.0", "unsupported-version"}, {"GET / HTTP/9.9", "unsupported-version"},
        {"GET / HTTP/1.10", "bad-version"}, {"GET / HTTP/01.1", "bad-version"}, {"GET / HTTP/1.01", "bad-version"}, {"GET / HTTP/1.1.1", "bad-version"}, {"GET / HTTP/1,1", "bad-version"}, {"GET / HTTP/11", "bad-version"},
        {"GET / HTTP/1", "bad-version"}, {"GET / HTTP/1.", "bad-version"}, {"GET / HTTP/.1", "bad-version"}, {"GET / HTTP/", "bad-version"}, {"GET / http/1.1", "bad-version"}, {"GET / Http/1.1", "bad-version"}, {"GET / HTTPS/1.1", "bad-version"},
        {"GET / XTTP/1.1", "bad-version"}, {"GET / HTTP /1.1", "bad-request-line"}, {"GET / HTTP/ 1.1", "bad-request-line"}, {"GET / HTTP/+1.1", "bad-version"}, {"GET / HTTP/-1.1", "bad-version"}, {"GET / HTTP/x.y", "bad-version"},
        {"GET / HTTP/1.\xd9\xa1", "bad-version"}, {"GET / RTSP/1.0", "bad-version"}, {"GET / ICE/1.0", "bad-version"}, {"GET / HTTP\\1.1", "bad-version"}, {std::string("GET / HTTP/1.1\0", 15), "bad-version"},
        {"G T / HTTP/1.1", "bad-request-line"}, {"GE(T / HTTP/1.1", "bad-method"}, {"G:T / HTTP/1.1", "bad-method"}, {"\"GET\" / HTTP/1.1", "bad-method"}, {"GET@ / HTTP/1.1", "bad-method"}, {"G\xc3\x89T / HTTP/1.1", "bad-method"},
        {std::string("G\0T / HTTP/1.1", 14), "bad-method"}, {"G\x7fT / HTTP/1.1", "bad-method"}, {repeated("M", 33) + " / HTTP/1.1", "method-too-long"}, {"GET/ / HTTP/1.1", "bad-method"}, {"GET, / HTTP/1.1", "bad-method"},
        {"\x16\x03\x01\x02", "bad-method"}, {"{} / HTTP/1.1", "bad-method"}, {"GET /" + repeated("a", 9000) + " HTTP/1.1", "target-too-long"},
        {"get / HTTP/1.1", "1"}, {"M-SEARCH / HTTP/1.1", "1"}, {"!#$%&'*+-.^_`|~ / HTTP/1.1", "1"}, {repeated("M", 32) + " / HTTP/1.1", "1"}, {"HTTP/1.1 / HTTP/1.1", "bad-method"},
    };
    for (const auto &[line, code] : lines)
        table.request("line " + printable(line.substr(0, 60)), line + "\r\n" + host, code);
    table.request("HTTP/0.9", "GET /\r\n", "bad-request-line");
    table.request("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "unsupported-version");
}

void addTargets(SmugglingTable &table)
{
    const std::pair<std::string, const char *> targets[] = {
        {"http://a@b/", "bad-target"}, {"http://a:b@x/", "bad-target"}, {"http://@x/", "bad-target"}, {"http://x@/", "bad-target"}, {"http://x#f", "bad-target"}, {"http://x/#f", "bad-target"}, {"http:/x/", "bad-target"},
        {"http:x", "bad-target"}, {"http://", "bad-target"}, {"http:///x", "bad-target"}, {"http://?x", "bad-target"}, {"http://x:99999/", "bad-target"}, {"http://x:-1/", "bad-target"}, {"http://x:8a/", "bad-target"}, {"http://x:0/", "bad-target"},
        {"http://[::1/", "bad-target"}, {"http://[x]/", "bad-target"}, {"http://::1/", "bad-target"}, {"http://x\\y/", "bad-target"}, {"http://x%00/", "bad-target"}, {"http://x%0d%0a/", "bad-target"}, {"http://x\x01/", "bad-target"},
        {"ftp://x/", "bad-target"}, {"file:///etc/passwd", "bad-target"}, {"javascript:alert(1)", "bad-target"}, {"ws://x/", "bad-target"}, {"http//x/", "bad-target"}, {"://x/", "bad-target"}, {"h ttp://x/", "bad-request-line"},
        {"x/y", "bad-target"}, {"x", "bad-target"}, {"?q", "bad-target"}, {"#", "bad-target"}, {"x:80", "bad-target"}, {"*", "bad-target"}, {"*x", "bad-target"}, {"/*#", "bad-target"}, {"/#/../x", "bad-target"}, {"\\x", "bad-target"},
        {"/a\x01", "bad-target"}, {"/a\x7f", "bad-target"}, {"/\x80", "bad-target"}, {"/\xc3\xa9", "bad-target"}, {"/<x>", "bad-target"}, {"/{x}", "bad-target"}, {"/\"x\"", "bad-target"}, {"/a\\b", "bad-target"}, {"/a^b", "bad-target"},
        {"/a`b", "bad-target"}, {"/?a\x01", "bad-target"}, {"/?a#b", "bad-target"}, {"/?\"", "bad-target"}, {"/?\xff", "bad-target"}, {"/?<", "bad-target"}, {std::string("/a\0b", 4), "bad-target"}, {std::string("/?\0", 3), "bad-target"},
        {"/a\rb", "bare-cr"}, {"/a\nb", "bare-lf"}, {"/?a\rb", "bare-cr"}, {"/\r", "bare-cr"},
    };
    for (const auto &[target, code] : targets)
        table.request("target " + printable(target), "GET " + target + " HTTP/1.1\r\n" + host, code);
    // Well-formed, and no path that every reader resolves alike.
    for (const char *target : {"/../x", "/a/../../x", "/%2e%2e/x", "/.%2e/x", "/%2E./x", "/a/..%2f..%2fx", "/a/..%2Fx", "/a/..%5cx", "/a%5c../x", "/..;/x", "/..;a=b/x", "/%2e%2e;/x", "/..%3b/x", "/.;/x", "/a%00b", "/a%0d%0aX:%20y",
                               "/a%0a", "/a%0d", "/a%1f", "/a%7f", "/%", "/%2", "/%zz", "/a%g0", "/%u002e", "/a%%32e", "http://x/../y", "http://x/%00"})
        table.request("path " + std::string(target), "GET " + std::string(target) + " HTTP/1.1\r\n" + host, "1").refusedBy(400);
    const std::pair<const char *, const char *> passed[] = {
        {"/a/../b", "/b"}, {"/a/./b", "/a/b"}, {"/a/..", "/"}, {"/a/.", "/a/"}, {"/%41%7e", "/A~"}, {"/a%2fb", "/a%2Fb"}, {"/a%5cb", "/a%5Cb"}, {"/a/%2e%2e/b", "/b"}, {"/a%252e%252e/b", "/a%252e%252e/b"}, {"/a%3fb", "/a%3Fb"}, {"/a%23b", "/a%23b"},
        {"/a//b", "/a//b"}, {"//y.test/z", "//y.test/z"}, {"/a?b=%0d%0aX:y", "/a?b=%0d%0aX:y"}, {"/a?../b", "/a?../b"}, {"/?", "/?"}, {"/a|b", "/a%7Cb"}, {"/...", "/..."}, {"/a;b=c/d", "/a;b=c/d"}, {"/a%20b", "/a%20b"}, {"/%c3%a9", "/%C3%A9"},
        {"http://x/y?z", "/y?z"}, {"http://x", "/"}, {"http://x?y", "/?y"}, {"HTTP://x:80/", "/"}, {"http://x:/y", "/y"},
    };
    for (const auto &[target, goesOn] : passed)
        table.request("path " + std::string(target), "GET " + std::string(target) + " HTTP/1.1\r\n" + host, "1").sentOnAs(goesOn);
    table.request("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + host, "1");
    table.request("OPTIONS without a path", "OPTIONS http://x HTTP/1.1\r\n" + host, "1").sentOnAs("*");
    for (const auto &[line, code] : std::initializer_list<std::pair<const char *, const char *>>{
             {"CONNECT x:80", "connect-refused"}, {"CONNECT [::1]:80", "connect-refused"}, {"CONNECT /", "bad-target"}, {"CONNECT x", "bad-target"}, {"CONNECT http://x:80/", "bad-target"}, {"CONNECT a@x:80", "bad-target"}, {"CONNECT *", "bad-target"},
             {"OPTIONS *?x", "bad-target"}, {"OPTIONS **", "bad-target"}, {"POST *", "bad-target"}, {"HEAD *", "bad-target"}})
        table.request(line, std::string(line) + " HTTP/1.1\r\n" + host + hiddenRequest, code);
}

void addHosts(SmugglingTable &table)
{
    const std::pair<std::string, const char *> hosts[] = {
        {"a, b:c", "bad-host"}, {"a@b", "bad-host"}, {"", "bad-host"}, {"x y", "bad-host"}, {"x\ty", "bad-host"}, {"x/y", "bad-host"}, {"x?y", "bad-host"}, {"x#y", "bad-host"}, {"x\\y", "bad-host"}, {"http://x", "bad-host"}, {"x:80:80", "bad-host"},
        {"x:a", "bad-host"}, {"x:99999", "bad-host"}, {"x:+80", "bad-host"}, {"x:-80", "bad-host"}, {"x:0", "bad-host"}, {"x: 80", "bad-host"}, {":80", "bad-host"}, {"[::1", "bad-host"}, {"[::1]x", "bad-host"}, {"[::1]:x", "bad-host"}, {"::1", "bad-host"},
        {"[127.0.0.1]", "bad-host"}, {"[]", "bad-host"}, {"[x]", "bad-host"}, {"x%", "bad-host"}, {"x%0", "bad-host"}, {"x%00", "bad-host"}, {"x%0d%0aX:y", "bad-host"}, {"x%20y", "bad-host"}, {"x<y", "bad-host"}, {"x|y", "bad-host"}, {"x\"", "bad-host"},
        {"x^y", "bad-host"}, {"x{y}", "bad-host"}, {"\xc3\xa9.test", "bad-host"}, {"x\xa0", "bad-host"}, {"x\x01", "bad-value"}, {std::string("x\0y", 3), "bad-value"}, {"x\x7f", "bad-value"}, {"x\r\n y", "obs-fold"}, {"x\n", "bare-lf"},
        {"x\r\nHost: x", "several-hosts"}, {"x\r\nHost: y", "several-hosts"}, {"x\r\nHOST: x", "several-hosts"}, {"x\r\nhost:", "several-hosts"}, {"x\r\nHost : x", "space-before-colon"}, {"x\r\n Host: y", "obs-fold"}, {"x\r\nX: y\r\nHost: y", "several-hosts"},
    };
    for (const auto &[value, code] : hosts)
        table.request("host " + printable(value), "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n", code);
    table.request("host none", "GET / HTTP/1.1\r\nX: y\r\n\r\n", "no-host");
    table.request("host none in an absolute form", "GET http://x/ HTTP/1.1\r\n\r\n", "no-host");
    table.request("host bad beside an absolute form", "GET http://x/ HTTP/1.1\r\nHost: a b\r\n\r\n", "bad-host");
    table.request("hosts in 1.0", "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n", "several-hosts");
    table.request("host bad in 1.0", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n", "bad-host");
    for (const char *value : {"x, y", "evil.test", "x.evil.test", "x,y", "localhost.evil", "127.0.0.1.evil.test"})
        table.request("host " + std::string(value), "GET / HTTP/1.1\r\nHost: " + std::string(value) + "\r\n\r\n", std::string(value).find(' ') == std::string::npos ? "1" : "bad-host")
            .refusedBy(std::string(value).find(' ') == std::string::npos ? 421 : 400);
    for (const char *value : {"x", "X", "x:80", "x:", "  x\t", "127.0.0.1:1", "[::1]:80"})
        table.request("host " + std::string(value), "GET / HTTP/1.1\r\nHost:" + std::string(value) + "\r\n\r\n", "1");
    table.request("host other than the target's", "GET http://x/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", "1").sentOnAs("/");
    table.request("host in 1.0 only in the target", "GET http://x/ HTTP/1.0\r\n\r\n", "1").isLast().sentOnAs("/");
}

void addFields(SmugglingTable &table)
{
    const std::pair<std::string, const char *> fields[] = {
        {"X y: z", "bad-name"}, {"X\x01: y", "bad-name"}, {"(x): y", "bad-name"}, {"X\x80: y", "bad-name"}, {": y", "bad-name"}, {":", "bad-name"}, {"X", "no-colon"}, {"X;", "no-colon"}, {"X : y", "space-before-colon"}, {"X\t: y", "space-before-colon"},
        {"X: \x01", "bad-value"}, {"X: y\x0bz", "bad-value"}, {"X: y\x7f", "bad-value"}, {std::string("X: y\0z", 6), "bad-value"}, {"X: \x1b[0m", "bad-value"}, {"X: y\rz", "bare-cr"}, {"X: y\nz", "bare-lf"}, {"X: y\r", "bare-cr"}, {"X: \x08", "bad-value"},
        {"GET /hidden HTTP/1.1", "no-colon"}, {"X: y\r\nGET /hidden HTTP/1.1", "no-colon"}, {repeated("A: b\r\n", 100) + "A: b", "too-many-fields"}, {"X: " + repeated("y", 33000), "head-too-large"},
        {"Content_Length: 40", "disguised-framing"}, {"content_length: 40", "disguised-framing"}, {"Transfer_Encoding: chunked", "disguised-framing"}, {"TRANSFER_ENCODING: x", "disguised-framing"},
        {"Expect: x", "unknown-expectation"}, {"Expect:", "unknown-expectation"}, {"Expect: 100-continue, x", "unknown-expectation"}, {"Expect: x, 100-continue", "unknown-expectation"}, {"Expect: 100-continue;q=1", "unknown-expectation"},
        {"Expect: y 100-continue", "unknown-expectation"}, {"Expect: 100-continue x", "unknown-expectation"}, {"Expect: 100continue", "unknown-expectation"}, {"Expect: 200-ok", "unknown-expectation"}, {"Expect: \"100-continue\"", "unknown-expectation"},
        {"Expect: x\r\nExpect: 100-continue", "unknown-expectation"}, {"Expect: 100-continue\r\nExpect: x", "unknown-expectation"}, {"Expect: 100-continue,", "unknown-expectation"}, {"Expect:100-continue\x0b", "bad-value"}, {"Expect: 100-continue\r\n x", "obs-fold"},
        {"Expect : 100-continue", "space-before-colon"},
    };
    for (const auto &[field, code] : fields)
        table.request("field " + printable(field.substr(0, 60)), "POST / HTTP/1.1\r\nHost: x\r\n" + field + "\r\nContent-Length: 2\r\n\r\nhi" + hiddenRequest, code);
    // Fields that a name in Connection may not take away, and ones that end here.
    for (const char *field : {"Connection: Content-Length", "Connection: content-length, host", "Connection: Host", "Connection: X-Forwarded-For, Via", "Connection: Transfer-Encoding", "Connection: ,,", "Connection: x y", "Connection: \"close\"",
                              "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers, chunked", "Connection: TE\r\nTE: trailers", "Connection: X-Hop\r\nX-Hop: 1", "Expect: 100-continue", "Expect: 100-Continue", "X: \xff\xfe", "X:", "X:\ty \t",
                              "Content-Encoding: chunked", "X-Http-Method-Override: TRACE", "X-Content-Length: 40", "Trailer: X", "Max-Forwards: 9", "Content-Length-: 9", "Transfer-Encodin: chunked", "Content.Length: 40", "Upgrade: h2c", "Upgrade: websocket"})
        table.request("field " + printable(field), "POST / HTTP/1.1\r\nHost: x\r\n" + std::string(field) + "\r\nContent-Length: 2\r\n\r\nhi" + hiddenRequest, "2");
    for (const char *field : {"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", "Upgrade: h2c\r\nConnection: upgrade"})
        table.request("field " + printable(field), "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(field) + "\r\n\r\n", "1");
}

void addPipelines(SmugglingTable &table)
{
    const std::string get = "GET /a HTTP/1.1\r\n" + host, length = std::to_string(hiddenRequest.size());
    table.request("two", get + hiddenRequest, "2");
    table.request("three", get + get + get, "3");
    table.request("hidden in content", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + hiddenRequest, "1");
    for (const char *method : {"HEAD", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "REPORT"})
        table.request("hidden in content of " + std::string(method), std::string(method) + " / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + hiddenRequest, "1");
    table.request("hidden in a chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n21\r\n" + hiddenRequest + "\r\n0\r\n\r\n", "1");
    table.request("content, then another", "HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + hiddenRequest, "2");
    table.request("no length, so no content", "POST / HTTP/1.1\r\nHost: x\r\n\r\n" + hiddenRequest, "2");
    table.request("length 0", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" + hiddenRequest, "2");
    table.request("no length in 1.0", "POST / HTTP/1.0\r\nConnection: keep-alive\r\nHost: x\r\n\r\n" + hiddenRequest, "2");
    table.request("blank line between", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi\r\n" + hiddenRequest, "2");
    table.request("chunks, then another", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" + hiddenRequest, "2");
    table.request("last by Connection", "GET / HTTP/1.1\r\nConnection: close\r\n" + host + hiddenRequest, "after-close").after(1).isLast();
    table.request("last by Connection among others", "GET / HTTP/1.1\r\nConnection: x, CLOSE, keep-alive\r\n" + host + hiddenRequest, "after-close").after(1).isLast();
    table.request("last of 1.0", "GET / HTTP/1.0\r\n" + host + hiddenRequest, "after-close").after(1).isLast();
    table.request("last of 1.0 with content", "POST / HTTP/1.0\r\nContent-Length: 2\r\n" + host + "hi" + hiddenRequest, "after-close").after(1).isLast();
    // A good one first: it is answered, and what follows is not let through for its sake.
    for (const auto &[octets, code] : std::initializer_list<std::pair<std::string, const char *>>{
             {"POST /hidden HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "length-and-coding"}, {"GET /hidden HTTP/1.1\nHost: x\n\n", "bare-lf"}, {"0\r\n\r\n" + hiddenRequest, "bad-request-line"},
             {"hi" + hiddenRequest, "2"}, {" " + hiddenRequest, "bad-method"}, {"\n" + hiddenRequest, "bare-lf"}, {std::string("\0", 1) + hiddenRequest, "bad-method"}, {"HTTP/1.1 200 OK\r\n\r\n", "bad-method"}})
        table.request("good, then " + printable(octets.substr(0, 40)), get + octets, code).after(std::string_view(code) == "2" ? 2 : 1);
    for (const char *old : {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: identity\r\n\r\n"})
        table.request("coding in 1.0 " + printable(old), old, "coding-in-1.0");
    for (const char *part : {"G", "GET / HT", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\nHost: x", "GET / HTTP/1.1\r\nHost: x\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r"})
        table.request("unfinished " + printable(part), part, "0");
    table.request("unfinished content", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n" + hiddenRequest, "0").isInBody();
}

} // namespace

void addRequestCases(SmugglingTable table)
{
    addLineEnds(table);
    addRequestLines(table);
    addTargets(table);
    addHosts(table);
    addFields(table);
    addPipelines(table);
}

} // namespace gatehouse::test
