// Answers that nobody asked for: behind one that was, on a connection that is kept, before the request has left, before its content came.
// None ever becomes the answer to another request.
#include "tests/support/dataplane.h"
#include "tests/support/plainhttp.h"
#include "tests/support/support.h"
#include "tests/support/wires.h"

#include <QtTest/QTest>

#include <semaphore>

using namespace gatehouse;
using namespace gatehouse::test;
using namespace std::chrono_literals;

namespace {

const std::string hidden = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden";

// Holds the worker where a test wants it, so that several things happen to it at once.
class Holding final : public policy::FilterConfig, public policy::Filter {
public:
    uint32_t interests() const override { return policy::OnRequestHead; }
    policy::Filter *make(Arena &) const override { return const_cast<Holding *>(this); }
    policy::Flow onRequestHead(policy::Context &) override
    {
        reached.release();
        if (!go.try_acquire_for(10s))
            qWarning("the worker waited in vain to be let go");
        return policy::Flow::Continue;
    }
    std::counting_semaphore<> reached{0}, go{0};
};

} // namespace

class TestEarlyAnswers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void behindAnAnswer();
    void onAKeptConnection();
    void beforeTheRequestLeft_data();
    void beforeTheRequestLeft();
    void beforeAnyRequest();
    void closedBeforeTheRequestLeft();
    void beforeTheContent();

private:
    Wire &ask(const std::string &octets);
    Wire *arrivedWith(const std::string &target);
    std::string answerTo(Wire &client);
    void answer(Wire &upstream, const std::string &body);
    void hold();
    void answeredOnce(Wire *&client, Wire *&upstream);

    std::shared_ptr<Holding> m_holding;
    std::unique_ptr<Wires> m_wires;
    std::unique_ptr<DataPlane> m_plane;
};

void TestEarlyAnswers::init()
{
    m_plane.reset();
    m_wires = std::make_unique<Wires>();
    m_holding = std::make_shared<Holding>();
    DataPlane::Setup setup;
    setup.workspace.upstreams.push_back(upstreamOf("u", {"http://127.0.0.1:" + std::to_string(m_wires->port())}));
    setup.routes.push_back(under("/hold", toResponse(200, "held")));
    addFilter(setup.routes[0], m_holding);
    setup.routes.push_back(toUpstream("u"));
    setup.hosts = {"x"};
    m_plane = std::make_unique<DataPlane>(setup); // one worker
}

Wire &TestEarlyAnswers::ask(const std::string &octets)
{
    Wire &client = m_wires->connect(m_plane->port());
    m_wires->send(client, octets);
    return client;
}

// Null: it never came.
Wire *TestEarlyAnswers::arrivedWith(const std::string &target)
{
    Wire *found = nullptr;
    m_wires->until("a request at the upstream", [&] {
        for (const auto &wire : m_wires->arrived()) {
            PlainMessage message;
            size_t at = wire->taken;
            if (readPlain(wire->in, at, message) == PlainEnd::Complete && message.target() == target) {
                wire->taken = at;
                found = wire.get();
            }
        }
        return found != nullptr;
    });
    return found;
}

std::string TestEarlyAnswers::answerTo(Wire &client)
{
    PlainMessage message;
    size_t at = client.taken;
    m_wires->until("an answer", [&] {
        message = {};
        return readPlain(client.in, at, message, {.answer = true}) != PlainEnd::Unfinished || client.ended;
    });
    client.taken = at;
    return std::to_string(message.status()) + ' ' + message.body;
}

void TestEarlyAnswers::answer(Wire &upstream, const std::string &body)
{
    m_wires->send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void TestEarlyAnswers::hold()
{
    ask("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    QVERIFY(m_holding->reached.try_acquire_for(10s));
}

// A client that has its answer, and the connection that brought it: both are kept.
void TestEarlyAnswers::answeredOnce(Wire *&client, Wire *&upstream)
{
    client = &ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    Wire *const arrived = arrivedWith("/a");
    QVERIFY(arrived);
    answer(*arrived, "a");
    QCOMPARE(answerTo(*client), std::string("200 a"));
    upstream = arrived;
}

void TestEarlyAnswers::behindAnAnswer()
{
    Wire &client = ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    Wire *first = arrivedWith("/a");
    QVERIFY(first);
    m_wires->send(*first, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na" + hidden);
    QCOMPARE(answerTo(client), std::string("200 a"));
    m_wires->send(client, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    Wire *second = arrivedWith("/b");
    QVERIFY(second && second != first);
    answer(*second, "b");
    QCOMPARE(answerTo(client), std::string("200 b"));
    QVERIFY(first->ended);
}

void TestEarlyAnswers::onAKeptConnection()
{
    Wire *client = nullptr, *first = nullptr;
    answeredOnce(client, first);
    QVERIFY(first);
    m_wires->send(*first, hidden);
    QVERIFY(m_wires->until("the connection to be dropped", [&] { return first->ended; }));
    m_wires->send(*client, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    Wire *second = arrivedWith("/b");
    QVERIFY(second && second != first);
    answer(*second, "b");
    QCOMPARE(answerTo(*client), std::string("200 b"));
}

// The worker learns of both at once, of the request first: it takes the kept connection, and then there are octets on it already.
void TestEarlyAnswers::beforeTheRequestLeft_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("GET") << QByteArray("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    QTest::newRow("POST") << QByteArray("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
}
void TestEarlyAnswers::beforeTheRequestLeft()
{
    QFETCH(QByteArray, request);
    Wire *client = nullptr, *first = nullptr;
    answeredOnce(client, first);
    QVERIFY(first);
    hold();
    m_wires->send(*client, request.toStdString());
    m_wires->send(*first, hidden);
    m_holding->go.release();
    Wire *second = arrivedWith("/b");
    QVERIFY(second && second != first);
    answer(*second, "b");
    QCOMPARE(answerTo(*client), std::string("200 b"));
    QVERIFY(first->ended);
    QCOMPARE(first->taken, first->in.size()); // and of the request it saw nothing
}

// An upstream that speaks first is none of HTTP.
void TestEarlyAnswers::beforeAnyRequest()
{
    hold();
    Wire &client = ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    ask("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    m_holding->go.release(); // to the second, behind the client's request: the connection is on its way then
    QVERIFY(m_holding->reached.try_acquire_for(10s));
    QVERIFY(m_wires->until("the upstream's connection", [&] { return m_wires->arrived().size() == 1; }));
    m_wires->send(*m_wires->arrived()[0], hidden);
    m_holding->go.release();
    QVERIFY(answerTo(client).starts_with("502 "));
    QVERIFY(m_wires->until("the connection to be dropped", [&] { return m_wires->arrived()[0]->ended; }));
    QVERIFY(m_wires->arrived()[0]->in.empty());
}

// No octet of it can have arrived, so that it may be sent again whatever its method.
void TestEarlyAnswers::closedBeforeTheRequestLeft()
{
    Wire *client = nullptr, *first = nullptr;
    answeredOnce(client, first);
    QVERIFY(first);
    hold();
    m_wires->send(*client, "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    m_wires->close(*first);
    m_holding->go.release();
    Wire *second = arrivedWith("/b");
    QVERIFY(second && second != first);
    answer(*second, "b");
    QCOMPARE(answerTo(*client), std::string("200 b"));
}

// The answer came before the content: what the client sends now is content still, and no request to anybody.
void TestEarlyAnswers::beforeTheContent()
{
    const std::string content = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    Wire &client = ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n");
    QVERIFY(m_wires->until("the head at the upstream", [&] { return m_wires->arrived().size() == 1 && m_wires->arrived()[0]->in.ends_with("\r\n\r\n"); }));
    Wire &first = *m_wires->arrived()[0];
    answer(first, "a");
    QCOMPARE(answerTo(client), std::string("200 a"));
    QVERIFY(client.in.find("\r\nConnection: close\r\n") != std::string::npos);
    m_wires->send(client, content);
    QVERIFY(m_wires->until("the connection to be dropped", [&] { return first.ended; }));
    QVERIFY(m_wires->until("the client's connection to end", [&] { return client.ended; }));
    QVERIFY(first.in.find("hidden") == std::string::npos);
    Wire &other = ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    Wire *second = arrivedWith("/b");
    QVERIFY(second && second != &first);
    answer(*second, "b");
    QCOMPARE(answerTo(other), std::string("200 b"));
    QCOMPARE(m_wires->arrived().size(), size_t(2));
}

QTEST_GUILESS_MAIN(TestEarlyAnswers)
#include "tst_earlyanswers.moc"
