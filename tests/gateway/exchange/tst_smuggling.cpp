// The smuggling matrix through a gateway and real sockets, each case whole, octet by octet and cut in two. The client gets the answers it
// is due and nothing else; the upstream sees the requests that the client framed, equal and in one spelling, and of what is malformed at
// most the beginning of one, cut off; nothing where a policy wants the whole body first. What went over the wires is read by a reader of
// the tests' own.
#include "tests/support/dataplane.h"
#include "tests/support/plainhttp.h"
#include "tests/support/smuggling.h"
#include "tests/support/support.h"
#include "tests/support/wires.h"

#include <QtTest/QTest>

#include <algorithm>
#include <optional>
#include <set>

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

constexpr size_t cutsOfEach = sanitized ? 1 : 6;

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return text;
}

// What ends at each hop, and what a gateway says of its own.
bool isOfTheHop(const std::string &name, const PlainMessage &sent)
{
    static const std::set<std::string> names{"connection", "keep-alive", "proxy-connection", "te", "upgrade", "transfer-encoding", "content-length",
                                             "via", "forwarded", "x-real-ip", "host", "date"};
    if (names.contains(name) || name.starts_with("x-forwarded-"))
        return true;
    std::string named = lowered(sent.value("connection"));
    named.erase(std::remove(named.begin(), named.end(), ' '), named.end());
    return (',' + named + ',').find(',' + name + ',') != std::string::npos;
}

std::vector<PlainMessage::Field> endToEnd(const PlainMessage &message, const PlainMessage &sent, bool held)
{
    std::vector<PlainMessage::Field> fields;
    for (const auto &field : message.fields)
        if (!isOfTheHop(lowered(field.first), sent) && !(held && lowered(field.first) == "expect")) // met by who holds the content
            fields.push_back(field);
    return fields;
}

// Nothing: `got` says what `sent` said. `held`: as one piece, which has no trailers.
std::string difference(const PlainMessage &sent, const PlainMessage &got, bool held)
{
    if (endToEnd(sent, sent, held) != endToEnd(got, sent, held))
        return "other fields";
    if (sent.body != got.body)
        return "another body";
    if (held ? !got.trailers.empty() : sent.trailers != got.trailers)
        return "other trailers";
    return {};
}

// Where it is cut: in two at some places, spread over the case and differently for each.
std::vector<size_t> cutsOf(size_t size, size_t index)
{
    std::vector<size_t> cuts;
    for (size_t i = 0; i < cutsOfEach && size > 1; ++i)
        cuts.push_back(1 + (index * 7919 + i * (size - 1) / cutsOfEach) % (size - 1));
    return cuts;
}

// The next final one; an expectation may have been met before it.
PlainEnd nextAnswer(const Wire &client, size_t &at, PlainMessage &answer, bool toHead)
{
    PlainEnd end;
    do {
        answer = {};
        end = readPlain(client.in, at, answer, {.answer = true, .answersHead = toHead, .closed = client.ended});
    } while (end == PlainEnd::Complete && answer.status() < 200);
    return end;
}

// Wants to see whole bodies before anything goes on.
class WholeBodies final : public policy::FilterConfig, public policy::Filter {
public:
    uint32_t interests() const override { return policy::OnRequestHead | policy::OnRequestEnd | policy::OnResponseHead | policy::OnResponseEnd; }
    policy::Filter *make(Arena &) const override { return const_cast<WholeBodies *>(this); }
    policy::Flow onRequestHead(policy::Context &context) override { return wanting(context); }
    policy::Flow onResponseHead(policy::Context &context) override { return wanting(context); }
    policy::Flow onRequestEnd(policy::Context &, http::Fields &) override { return policy::Flow::Continue; }
    policy::Flow onResponseEnd(policy::Context &, http::Fields &) override { return policy::Flow::Continue; }

private:
    static policy::Flow wanting(policy::Context &context)
    {
        context.buffer(1024 * 1024);
        return policy::Flow::Continue;
    }
};

constexpr size_t whole = ~size_t(0), octetByOctet = 0; // or the place of the cut

} // namespace

class TestSmuggling : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void requests_data() { rows(false); }
    void requests() { play(&TestSmuggling::playRequest); }
    void answers_data() { rows(true); }
    void answers() { play(&TestSmuggling::playAnswer); }
    void heldRequests_data() { rows(false); }
    void heldRequests() { play(&TestSmuggling::playRequest, true); }
    void heldAnswers_data() { rows(true); }
    void heldAnswers() { play(&TestSmuggling::playAnswer, true); }
    void connectionsAreKept();

private:
    using Play = std::string (TestSmuggling::*)(const SmugglingCase &test, size_t cut);
    void rows(bool answers);
    void open(bool held);
    void play(Play play, bool held = false);
    std::string playRequest(const SmugglingCase &test, size_t cut);
    std::string playAnswer(const SmugglingCase &test, size_t cut);
    std::string sawOnly(const SmugglingCase &test, const std::vector<std::string> &streams, const std::vector<bool> &ended);
    std::string gaveOnly(const SmugglingCase &test, const Wire &client);
    void serve();
    bool ping();
    bool send(Wire &wire, const std::string &octets, size_t cut);
    std::string nextIsRight();
    Wire *asking(const std::string &target);

    std::unique_ptr<Wires> m_wires;
    std::unique_ptr<DataPlane> m_plane;
    Wire *m_pinger = nullptr;
    bool m_serving = true, m_held = false;
    size_t m_number = 0, m_keptUsed = 0;
};

void TestSmuggling::open(bool held)
{
    if (m_plane && m_held == held)
        return;
    m_held = held;
    m_plane.reset();
    m_wires = std::make_unique<Wires>();
    DataPlane::Setup setup;
    setup.workspace.upstreams.push_back(upstreamOf("u", {"http://127.0.0.1:" + std::to_string(m_wires->port())}));
    setup.routes.push_back(under("/ping", toResponse(200, "pong")));
    setup.routes.push_back(toUpstream("u"));
    if (held)
        addFilter(setup.routes.back(), std::make_shared<WholeBodies>());
    setup.hosts = {"x"};
    m_plane = std::make_unique<DataPlane>(setup); // one worker: see ping()
    m_pinger = &m_wires->connect(m_plane->port());
}

void TestSmuggling::cleanup()
{
    if (!QTest::currentTestFailed())
        return;
    m_plane.reset(); // a case that failed leaves nothing behind for the next
    m_wires.reset();
}

void TestSmuggling::rows(bool answers)
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < smugglingCases().size(); ++i)
        if (smugglingCases()[i].answer == answers)
            QTest::newRow(smugglingCases()[i].name.c_str()) << int(i);
}

void TestSmuggling::play(Play play, bool held)
{
    open(held);
    QFETCH(int, index);
    const SmugglingCase &test = smugglingCases()[size_t(index)];
    std::vector<size_t> cuts;
    if (!held)
        cuts = cutsOf(test.octets.size(), size_t(index));
    cuts.push_back(whole);
    if (test.octets.size() < 2048)
        cuts.push_back(octetByOctet);
    for (const size_t cut : cuts) {
        const std::string wrong = (this->*play)(test, cut);
        QVERIFY2(wrong.empty(), qPrintable(QStringLiteral("cut %1: %2").arg(qint64(cut)).arg(QString::fromLatin1(wrong.c_str()))));
    }
}

// Answers each request that has arrived, by what it asked for.
void TestSmuggling::serve()
{
    for (const auto &wire : m_wires->arrived()) {
        PlainMessage message;
        while (m_serving && wire->descriptor >= 0 && readPlain(wire->in, wire->taken, message) == PlainEnd::Complete) {
            const std::string body = message.method() + ' ' + message.target();
            m_wires->send(*wire, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nX-For: " + std::to_string(m_number) + "\r\n\r\n"
                                     + (message.method() == "HEAD" ? std::string() : body));
            message = {};
        }
    }
}

// What was sent before has been read by the worker: it has one only, and answers what became readable later after it.
bool TestSmuggling::ping()
{
    static const std::string question = "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n";
    m_pinger->in.clear();
    return m_wires->send(*m_pinger, question) && m_wires->until("the ping", [this] { return m_pinger->in.ends_with("pong"); });
}

bool TestSmuggling::send(Wire &wire, const std::string &octets, size_t cut)
{
    if (cut == whole)
        return m_wires->send(wire, octets);
    if (!ping()) // a new connection has been accepted
        return false;
    const size_t step = cut == octetByOctet ? 1 : cut;
    for (size_t at = 0, size = step; at < octets.size(); at += size, size = cut == octetByOctet ? 1 : octets.size()) {
        if (!m_wires->send(wire, octets.substr(at, size)))
            return true; // it has heard enough
        if (!ping())
            return false;
    }
    return true;
}

// A request by somebody else gets its own answer.
std::string TestSmuggling::nextIsRight()
{
    const std::string target = "/next-" + std::to_string(++m_number);
    const std::string body = "GET " + target;
    Wire &client = m_wires->connect(m_plane->port());
    m_wires->send(client, "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    PlainMessage answer;
    size_t at = 0;
    const bool came = m_wires->until("the next client's answer", [&] {
        serve();
        answer = {};
        return readPlain(client.in, at, answer, {.answer = true, .closed = client.ended}) != PlainEnd::Unfinished || client.ended;
    });
    const bool right = came && answer.status() == 200 && answer.body == body && at == client.in.size() && answer.value("x-for") == std::to_string(m_number);
    const std::string got = client.in;
    m_wires->drop(client);
    return right ? std::string() : "the next client got " + printable(got);
}

// --- what a client sends

// The client's answers: one for each good request, then the refusal if there is one, and the end where there is to be one.
std::string TestSmuggling::gaveOnly(const SmugglingCase &test, const Wire &client)
{
    const size_t good = test.status && test.refusal.empty() ? 0 : test.messages;
    size_t at = 0, sentAt = 0;
    for (size_t i = 0; i < good; ++i) {
        PlainMessage sent, answer;
        if (readPlain(test.octets, sentAt, sent) != PlainEnd::Complete)
            return "the case itself is no HTTP";
        if (nextAnswer(client, at, answer, sent.method() == "HEAD") != PlainEnd::Complete)
            return "no answer " + std::to_string(i + 1);
        if (answer.status() != 200)
            return "answer " + std::to_string(i + 1) + " is " + answer.start;
        const std::string target = !test.target.empty() ? test.target : sent.target();
        if (sent.method() != "HEAD" && answer.body != sent.method() + ' ' + target)
            return "answer " + std::to_string(i + 1) + " is for " + answer.body;
    }
    if (test.status) {
        PlainMessage answer;
        const bool head = std::string_view(test.octets).substr(sentAt).starts_with("HEAD ");
        if (nextAnswer(client, at, answer, head) != PlainEnd::Complete)
            return "no refusal";
        if (answer.status() != test.status)
            return "the refusal is " + answer.start + ' ' + answer.body;
        if (lowered(answer.value("connection")) != "close" && !test.refusal.empty())
            return "the refusal does not say that it is the last";
    }
    if (at != client.in.size())
        return "more answers than requests: " + printable(client.in.substr(at));
    const bool ends = !test.refusal.empty() || test.closes;
    return ends == client.ended ? std::string() : ends ? "the connection stays open" : "the connection was closed";
}

// The upstream's side, since the case began.
std::string TestSmuggling::sawOnly(const SmugglingCase &test, const std::vector<std::string> &streams, const std::vector<bool> &ended)
{
    std::vector<PlainMessage> seen;
    for (size_t i = 0; i < streams.size(); ++i) {
        size_t at = 0;
        for (;;) {
            PlainMessage message;
            const size_t begin = at;
            const PlainEnd end = readPlain(streams[i], at, message);
            if (end == PlainEnd::Odd)
                return "the upstream got no HTTP: " + printable(streams[i].substr(begin));
            if (end == PlainEnd::Unfinished)
                break;
            if (message.canonical() != streams[i].substr(begin, at - begin))
                return "the upstream got another spelling: " + printable(streams[i].substr(begin));
            if (!message.target().starts_with("/next-"))
                seen.push_back(std::move(message));
        }
        const std::string rest = streams[i].substr(at);
        if (rest.empty())
            continue;
        if (!test.inBody || m_held)
            return "the upstream got octets of what was refused: " + printable(rest);
        if (!isCutCanonical(rest))
            return "the upstream got odd framing: " + printable(rest);
        if (!ended[i])
            return "the upstream waits for the rest of what was refused";
        if (!test.refusal.empty() && rest.find("hidden") != std::string::npos)
            return "the upstream got what was hidden: " + printable(rest);
    }
    const size_t good = test.status && test.refusal.empty() ? 0 : test.messages;
    if (seen.size() != good)
        return "the upstream got " + std::to_string(seen.size()) + " requests";
    size_t at = 0;
    for (size_t i = 0; i < good; ++i) {
        PlainMessage sent;
        readPlain(test.octets, at, sent);
        const PlainMessage &got = seen[i];
        std::string target = !test.target.empty() ? test.target : sent.target();
        if (got.start != sent.method() + ' ' + target + " HTTP/1.1")
            return "the upstream was asked " + printable(got.start);
        const bool absolute = sent.target().find("://") < sent.target().find_first_of("/?");
        if (got.count("host") != 1 || (!absolute && sent.count("host") && got.value("host") != sent.value("host")) || (absolute && !lowered(got.value("host")).starts_with("x")))
            return "the upstream got host " + got.value("host");
        const bool framed = sent.count("content-length") + sent.count("transfer-encoding") > 0;
        if (framed != (got.count("content-length") + got.count("transfer-encoding") > 0) || (sent.chunked && !m_held) != got.chunked)
            return "the upstream got other framing";
        for (const char *field : {"connection", "upgrade", "te", "keep-alive", "proxy-connection"})
            if (got.count(field))
                return std::string("the upstream got ") + field;
        if (const std::string other = difference(sent, got, m_held); !other.empty())
            return "the upstream got " + other + ": " + printable(got.canonical());
    }
    return {};
}

std::string TestSmuggling::playRequest(const SmugglingCase &test, size_t cut)
{
    m_wires->settle();
    m_wires->forgetEnded();
    Wire &client = m_wires->connect(m_plane->port());
    m_serving = true;
    // While it is cut, answers go out as the requests come.
    if (!send(client, test.octets, cut))
        return "nobody reads";
    const bool ends = !test.refusal.empty() || test.closes;
    const size_t answers = test.status && test.refusal.empty() ? 1 : test.messages;
    const bool came = m_wires->until("the client's answers", [&] {
        serve();
        if (ends)
            return client.ended;
        size_t at = 0, count = 0;
        for (PlainMessage answer; count < answers && nextAnswer(client, at, answer, test.octets.starts_with("HEAD ") && count == 0) == PlainEnd::Complete;)
            ++count;
        return count == answers || client.ended;
    });
    if (!came)
        return "no end; the client got " + printable(client.in);
    if (!ping()) // whatever else there is for the client is on its way by now
        return "nobody answers";
    m_wires->settle();
    std::string wrong = client.reset ? std::string("the client was reset") : gaveOnly(test, client);
    m_wires->drop(client);
    if (wrong.empty())
        wrong = nextIsRight(); // and with it, everything the upstream was sent before has been sent
    m_wires->settle();
    std::vector<std::string> streams;
    std::vector<bool> ended;
    for (const auto &wire : m_wires->arrived()) {
        streams.push_back(wire->in);
        ended.push_back(wire->ended);
    }
    return wrong.empty() ? sawOnly(test, streams, ended) : wrong;
}

// --- what an upstream answers

// The upstream connection on which that was asked for, wholly.
Wire *TestSmuggling::asking(const std::string &target)
{
    Wire *found = nullptr;
    m_wires->until("the request at the upstream", [&] {
        for (const auto &wire : m_wires->arrived()) {
            PlainMessage message;
            if (readPlain(wire->in, wire->taken, message) == PlainEnd::Complete && message.target() == target)
                found = wire.get();
        }
        return found != nullptr;
    });
    return found;
}

std::string TestSmuggling::playAnswer(const SmugglingCase &test, size_t cut)
{
    m_wires->settle();
    m_wires->forgetEnded();
    m_serving = false;
    const size_t keptBefore = m_wires->arrived().size();
    const bool head = test.asked == http::Method::Head;
    const std::string target = "/case-" + std::to_string(++m_number);
    Wire &client = m_wires->connect(m_plane->port());
    m_wires->send(client, (head ? "HEAD " : "GET ") + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    Wire *const upstream = asking(target);
    if (!upstream)
        return "the request did not arrive";
    m_keptUsed += keptBefore > 0 && m_wires->arrived().size() == keptBefore;
    if (!send(*upstream, test.octets, cut))
        return "nobody reads";
    // What the first answer is, by the other reader; interim ones before it are passed on.
    PlainMessage first;
    size_t at = 0;
    PlainEnd end;
    do {
        first = {};
        end = readPlain(test.octets, at, first, {.answer = true, .answersHead = head, .closed = test.closes});
    } while (end == PlainEnd::Complete && first.status() < 200);
    const bool good = test.messages > 0;
    if (good && end != PlainEnd::Complete) // of what is malformed it takes some: it is simple, and no judge
        return "the case itself is no HTTP";
    const bool kept = good && test.messages == 1 && test.refusal.empty() && at == test.octets.size() && !first.untilClose && !test.closes
        && !(first.status() == 204 && first.count("content-length")) // who sends what it must not is not trusted with another request
        && (first.start.starts_with("HTTP/1.1") || !first.value("connection").empty()) && lowered(first.value("connection")) != "close";
    const bool closes = test.closes || (!good && test.refusal.empty()); // what is unfinished is cut off then
    if (closes)
        m_wires->close(*upstream);
    PlainMessage answer;
    size_t read = 0;
    PlainEnd got{};
    const bool came = m_wires->until("the client's answer", [&] {
        read = 0;
        got = nextAnswer(client, read, answer, head);
        return got != PlainEnd::Unfinished || client.ended;
    });
    if (!came)
        return "no answer";
    if (!ping())
        return "nobody answers";
    m_wires->settle();
    const std::string all = client.in;
    const bool ended = client.ended;
    m_wires->drop(client);
    if (got == PlainEnd::Odd)
        return "the client got no HTTP: " + printable(all);
    if (got == PlainEnd::Complete && read != all.size())
        return "the client got more than one answer: " + printable(all);
    if (good) {
        if (got != PlainEnd::Complete || answer.status() != first.status())
            return "the client got " + printable(all);
        if (const std::string other = difference(first, answer, m_held); !other.empty())
            return "the client got " + other + ": " + printable(all);
    } else if (got == PlainEnd::Complete) {
        if (answer.status() != 502 || answer.value("content-type") != (std::string("application/problem+json")))
            return "the client got a whole answer: " + printable(all);
    } else if (!test.inBody || !ended || m_held) {
        return "the client got a part: " + printable(all);
    }
    if (all.find("hidden") != std::string::npos && first.body.find("hidden") == std::string::npos)
        return "the client got what was hidden: " + printable(all);
    if (!kept && !closes && !m_wires->until("the upstream's connection to be dropped", [&] { return upstream->ended; }))
        return "the upstream's connection lives on";
    if (kept && upstream->ended)
        return "the upstream's connection was dropped";
    m_serving = true;
    return nextIsRight();
}

// Else "dropped" would say nothing above.
void TestSmuggling::connectionsAreKept()
{
    QVERIFY2(m_keptUsed > 100, qPrintable(QString::number(m_keptUsed)));
}

QTEST_GUILESS_MAIN(TestSmuggling)
#include "tst_smuggling.moc"
