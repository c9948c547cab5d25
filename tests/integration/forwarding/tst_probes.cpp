// Broken requests, odd ones and parts of good ones, sent to the real program over a bare socket as a conformance checker would: each
// has one right outcome. Beside the answers, what reached the upstream is counted.
#include "tests/support/gateway.h"
#include "tests/support/plainhttp.h"
#include "tests/support/support.h"
#include "tests/support/wires.h"

#include <QtTest/QTest>

using namespace gatehouse::test;

namespace {

struct Probe {
    const char *name;
    std::string octets;
    std::string outcome;   // statuses in order; "waits": nothing yet; "end": and the connection is closed then
    std::string more = {}; // sent once the first part of the outcome, before the "|", is there
};

const std::string host = "Host: localhost\r\n", end = "\r\n";
const std::string get = "GET / HTTP/1.1\r\n" + host + end;

std::string withField(const std::string &field) { return "GET / HTTP/1.1\r\n" + host + field + "\r\n" + end; }
std::string post(const std::string &fields, const std::string &body) { return "POST / HTTP/1.1\r\n" + host + fields + "\r\n" + end + body; }
std::string chunks(const std::string &body) { return post("Transfer-Encoding: chunked", body); }

std::vector<Probe> makeProbes()
{
    std::vector<Probe> probes{
        // Good ones.
        {"plain", get, "200"},
        {"name in another case, tab, empty value", "GET / HTTP/1.1\r\nhOsT:\tlocalhost\r\nX-Nothing:\r\n" + end, "200"},
        {"value with trailing blanks", withField("X: y  \t"), "200"},
        {"obs-text in a value", withField("X: \xe9"), "200"},
        {"blank line first", end + get, "200"},
        {"query", "GET /?a=b HTTP/1.1\r\n" + host + end, "200"},
        {"absolute form", "GET http://localhost/ HTTP/1.1\r\n" + host + end, "200"},
        {"absolute form, other Host", "GET http://localhost/ HTTP/1.1\r\nHost: other.test\r\n" + end, "200"},
        {"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + host + end, "204"}, // of the gateway as a whole: it answers itself,
        {"method nobody knows", "BREW / HTTP/1.1\r\n" + host + end, "200"},
        {"HEAD", "HEAD / HTTP/1.1\r\n" + host + end, "200"},
        {"1.0", "GET / HTTP/1.0\r\n" + host + end, "200 end"},
        {"1.0 kept", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n" + host + end, "200"},
        {"1.0 without Host", "GET / HTTP/1.0\r\n" + end, "200 end"},
        {"closing", withField("Connection: close"), "200 end"},
        {"content by length", post("Content-Length: 5", "hello"), "200"},
        {"content of no octets", post("Content-Length: 0", ""), "200"},
        {"content of a GET", withField("Content-Length: 5") + "hello", "200"},
        {"content in chunks", chunks("5\r\nhello\r\n0\r\n\r\n"), "200"},
        {"chunks with extensions and trailers", chunks("5;a=b;c=\"d\"\r\nhello\r\n0\r\nT: 1\r\n\r\n"), "200"},
        {"chunk sizes in both cases", chunks("A\r\n0123456789\r\na\r\n0123456789\r\n00\r\n\r\n"), "200"},
        {"several at once", get + post("Content-Length: 2", "hi") + get, "200 200 200"},
        {"another behind a closing one", withField("Connection: close") + get, "200 end"},
        {"Expect without content", withField("Expect: 100-continue"), "200"},
        {"Expect and its content later", post("Expect: 100-continue\r\nContent-Length: 5", ""), "100 | 200", "hello"},
        {"Expect and its content at once", post("Expect: 100-continue\r\nContent-Length: 5", "hello"), "200"},
        {"Expect in 1.0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + host + end + "hello", "200 end"},
        // Request lines.
        {"no version", "GET / \r\n\r\n", "400 end"},
        {"only a method", "GET\r\n\r\n", "400 end"},
        {"0.9", "GET /\r\n", "400 end"},
        {"version 9.9", "GET / HTTP/9.9\r\n" + host + end, "505 end"},
        {"version 2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 end"},
        {"version without dot", "GET / HTTP/11\r\n" + host + end, "400 end"},
        {"version in small letters", "GET / http/1.1\r\n" + host + end, "400 end"},
        {"words before the method", "some words " + get, "400 end"},
        {"two blanks", "GET  / HTTP/1.1\r\n" + host + end, "400 end"},
        {"tabs", "GET\t/\tHTTP/1.1\r\n" + host + end, "400 end"},
        {"blank in the target", "GET /a b HTTP/1.1\r\n" + host + end, "400 end"},
        {"control character in the target", "GET /\x01 HTTP/1.1\r\n" + host + end, "400 end"},
        {"fragment", "GET /#a HTTP/1.1\r\n" + host + end, "400 end"},
        {"target without slash", "GET a HTTP/1.1\r\n" + host + end, "400 end"},
        {"method that is no token", "G[]T / HTTP/1.1\r\n" + host + end, "400 end"},
        {"endless method", std::string(100, 'M') + " / HTTP/1.1\r\n" + host + end, "501 end"},
        {"endless target", "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n" + host + end, "414 end"},
        {"above the root", "GET /../a HTTP/1.1\r\n" + host + end, "400"},
        {"CONNECT", "CONNECT localhost:80 HTTP/1.1\r\n" + host + end, "501 end"},
        {"GET *", "GET * HTTP/1.1\r\n" + host + end, "400 end"},
        {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00", 7), "400 end"},
        // Fields.
        {"no Host", "GET / HTTP/1.1\r\n" + end, "400 end"},
        {"two Hosts", "GET / HTTP/1.1\r\n" + host + "Host: other.test\r\n" + end, "400 end"},
        {"Host of two", "GET / HTTP/1.1\r\nHost: localhost, other.test\r\n" + end, "400 end"},
        {"Host of nobody here", "GET / HTTP/1.1\r\nHost: other.test\r\n" + end, "421"},
        {"brackets in a name", withField("X[]: y"), "400 end"},
        {"blank before the colon", withField("X : y"), "400 end"},
        {"no colon", withField("X"), "400 end"},
        {"no name", withField(": y"), "400 end"},
        {"bell in a value", withField("X: y\x07"), "400 end"},
        {"NUL in a value", withField(std::string("X: y\0z", 6)), "400 end"},
        {"folded", withField("X: y\r\n z"), "400 end"},
        {"CR for a line end", "GET / HTTP/1.1\r\n" + host + "\rX: y\r\n" + end, "400 end"},
        {"LF for line ends", "GET / HTTP/1.1\nHost: localhost\n\n", "400 end"},
        {"endless field", withField("X: " + std::string(70000, 'y')), "431 end"},
        {"Expect of another thing", post("Expect: a-miracle\r\nContent-Length: 5", "hello"), "417 end"},
        // Lengths and chunks.
        {"length below zero", withField("Content-Length: -5"), "400 end"},
        {"length far below zero", withField("Content-Length: -99999999999999999999999999"), "400 end"},
        {"length of no number", withField("Content-Length: five"), "400 end"},
        {"length too large for a number", withField("Content-Length: 99999999999999999999999999"), "400 end"},
        {"two lengths", post("Content-Length: 5\r\nContent-Length: 6", "hello"), "400 end"},
        {"length and coding", post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), "400 end"},
        {"coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"), "400 end"},
        {"coding nobody knows", post("Transfer-Encoding: shrunk, chunked", "0\r\n\r\n"), "501 end"},
        {"chunked not last", post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"), "400 end"},
        {"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + host + end + "0\r\n\r\n", "400 end"},
        {"chunk size of no number", chunks("x\r\nhello\r\n0\r\n\r\n"), "400 end"},
        {"chunk longer than it says", chunks("5\r\nhello!\r\n0\r\n\r\n"), "400 end"},
        {"chunk size beyond all numbers", chunks("fffffffffffffffff\r\nhello\r\n0\r\n\r\n"), "400 end"},
        // What a request is refused for stays its own: neither its content nor the one behind it is taken for another.
        {"content of one for nobody here", "POST / HTTP/1.1\r\nHost: other.test\r\nContent-Length: " + std::to_string(get.size()) + end + end + get, "421 end"},
        {"content of one above the root", "POST /../a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n" + end + "23\r\n" + get + "\r\n0\r\n\r\n", "400 end"},
        {"content that nobody reads", "POST /ping HTTP/1.1\r\n" + host + "Content-Length: " + std::to_string(get.size()) + end + end + get + get, "204 200"},
        {"the same connection for nobody here", get + "GET / HTTP/1.1\r\nHost: other.test\r\n" + end + get, "200 421 200"},
        {"good, then garbage", get + "\x01\x02\x03", "200 400 end"},
    };
    // Parts of a good one: nothing is said until the rest is there, and then it is answered as if it had come whole.
    const std::string whole = "POST /a HTTP/1.1\r\n" + host + "Content-Length: 5\r\n" + end + "hello";
    for (size_t at = 1; at < whole.size(); at += at < 24 ? 1 : 5)
        probes.push_back({"part of one", whole.substr(0, at), "waits | 200", whole.substr(at)});
    return probes;
}

} // namespace

class TestProbes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void probes_data();
    void probes();
    void areEnough() { QVERIFY(m_probes.size() >= 33 + 24); }

private:
    void serve();
    std::string outcome(const Wire &client, bool head) const;
    Wire *connect();

    Wires m_wires;
    std::unique_ptr<GatewayProcess> m_gateway;
    const std::vector<Probe> m_probes = makeProbes();
    size_t m_served = 0;
};

void TestProbes::initTestCase()
{
    // One worker: an answer on one connection says that what came before on another has been read.
    m_gateway = std::make_unique<GatewayProcess>("gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nupstreams:\n  - name: u\n    endpoints: [ { url: \"http://127.0.0.1:"
                                                     + std::to_string(m_wires.port()) + "\" } ]\nroutes:\n  - name: ping\n    match: { path: /ping }\n    to: { respond: { status: 204 } }\n"
                                                       "  - name: all\n    match: { prefix: / }\n    to: { upstream: u }\n",
                                                 QStringList{QStringLiteral("--workers"), QStringLiteral("1")});
}

void TestProbes::probes_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < m_probes.size(); ++i)
        QTest::addRow("%zu %s", i, m_probes[i].name) << int(i);
}

void TestProbes::serve()
{
    for (const auto &wire : m_wires.arrived()) {
        PlainMessage message;
        const PlainEnd end = readPlain(wire->in, wire->taken, message);
        if (end == PlainEnd::Complete) {
            ++m_served;
            m_wires.send(*wire, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        } else if (message.count("expect") && message.body.empty() && wire->in.ends_with("\r\n\r\n")) {
            wire->in.insert(wire->in.size() - 2, "X-Continued: 1\r\n"); // once
            if (message.count("x-continued") == 0)
                m_wires.send(*wire, "HTTP/1.1 100 Continue\r\n\r\n");
        }
    }
}

// "200 400 end": what the client has so far.
std::string TestProbes::outcome(const Wire &client, bool head) const
{
    std::string text;
    size_t at = 0;
    for (PlainMessage message; readPlain(client.in, at, message, {.answer = true, .answersHead = head}) == PlainEnd::Complete; message = {})
        text += (text.empty() ? "" : " ") + std::to_string(message.status());
    if (at != client.in.size())
        text += " rest";
    return client.ended ? text + (client.reset ? " reset" : " end") : text;
}

Wire *TestProbes::connect()
{
    return &m_wires.connect(m_gateway->port());
}

void TestProbes::probes()
{
    QFETCH(int, index);
    const Probe &probe = m_probes[size_t(index)];
    const bool head = probe.octets.starts_with("HEAD");
    const size_t bar = probe.outcome.find(" | ");
    const std::string first = probe.outcome.substr(0, bar), last = bar == std::string::npos ? first : probe.outcome.substr(bar + 3);
    const auto ping = [&] {
        Wire *other = connect();
        m_wires.send(*other, "GET /ping HTTP/1.1\r\n" + host + end);
        const bool answered = m_wires.until("the ping", [&] {
            serve();
            return other->in.find("\r\n\r\n") != std::string::npos;
        });
        m_wires.drop(*other);
        return answered;
    };
    m_wires.settle();
    m_wires.forgetEnded();
    m_served = 0;
    Wire *client = connect();
    QVERIFY(m_wires.send(*client, probe.octets));
    std::string all = last;
    if (bar != std::string::npos) {
        if (first == "waits") {
            QVERIFY(ping() && ping()); // the first may have found it not accepted yet
            QCOMPARE(outcome(*client, head), std::string());
        } else {
            QVERIFY(m_wires.until("the first part", [&] { serve(); return outcome(*client, head) == first; }));
            all = first + ' ' + last;
        }
        QVERIFY(m_wires.send(*client, probe.more));
    }
    m_wires.until(probe.name, [&] {
        serve();
        return client->ended || outcome(*client, head).size() >= all.size();
    });
    QVERIFY(ping()); // and nothing more
    m_wires.settle();
    QCOMPARE(QString::fromStdString(outcome(*client, head)), QString::fromStdString(all));
    size_t good = 0;
    for (size_t at = all.find("200"); at != std::string::npos; at = all.find("200", at + 1))
        ++good;
    QCOMPARE(m_served, good);
    m_wires.drop(*client);
    for (const auto &wire : m_wires.arrived())
        QVERIFY2(wire->ended || wire->taken == wire->in.size(), "the upstream got a part of something");
}

QTEST_GUILESS_MAIN(TestProbes)
#include "tst_probes.moc"
