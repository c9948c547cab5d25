// Every kind of failure has a defined outcome: what the client gets, what is recorded, that the connection is not used again, and
// that the next request is served. The rows stand in clientfailures.cpp and upstreamfailures.cpp; README's table says the same.
#include "tests/integration/forwarding/failures.h"
#include "tests/support/gateway.h"
#include "tests/support/program.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <chrono>
#include <map>
#include <thread>

namespace gatehouse::test {

bool eventually(const std::function<bool()> &condition)
{
    using namespace std::chrono_literals;
    for (int i = 0; i < 2000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

std::string getOf(const std::string &path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

std::string postOf(const std::string &path, size_t length)
{
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

Got untilEnd(Client client, const std::string &octets)
{
    client.peer.send(octets);
    std::string answer = client.peer.readAll();
    if (!client.peer.closedByPeer())
        return {std::move(answer), Ends::Keeps};
    return {std::move(answer), client.peer.wasReset() ? Ends::Reset : Ends::Closed};
}

Got ask(Client client, const std::string &octets)
{
    client.peer.send(octets);
    const std::string answer = client.peer.readMessage();
    if (fieldOf(answer, "connection") == "close" || answer.empty()) {
        const bool ended = client.peer.closedByPeer();
        return {answer, !ended ? Ends::Keeps : client.peer.wasReset() ? Ends::Reset : Ends::Closed};
    }
    client.peer.send(getOf("/alive"));
    return {answer, statusOf(client.peer.readMessage()) == 200 ? Ends::Keeps : Ends::Gone};
}

} // namespace gatehouse::test

using namespace gatehouse::test;

namespace {

// One row under way: its upstream, and what came of it.
struct Case {
    explicit Case(Failure failure) : row(std::move(failure)), upstream([this](Peer &peer, int number) { serve(peer, number); }) { }
    void serve(Peer &peer, int number)
    {
        if (row.upstream && number == 0) {
            if (!row.atOnce)
                eventually([&] { return peer.hasOctets(); });
            ++begun;
            row.upstream(peer);
        } else {
            while (!peer.readMessage().empty())
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain");
        }
        ++ended;
    }
    void run(uint16_t port)
    {
        const std::string path = "/" + row.name;
        Peer peer = connectTo(port);
        const Client client{peer, port, path, [this] { return eventually([this] { return begun > 0; }); }};
        got = row.client ? row.client(client) : ask(client, getOf(path));
        // Each connection but one that is fit for use again is dropped.
        dropped = eventually([this] { return upstream.connections() == row.connections && ended == row.connections - row.reused; });
        peer.close();
        before = upstream.connections();
        const bool waits = row.limits.starts_with("connections"); // until the gateway has seen that the client is gone
        eventually([&] { return statusOf(next = request(port, row.introduction + getOf(path + "/next"))) == 200 || !waits; });
        after = upstream.connections();
    }

    Failure row;
    std::atomic<int> begun{0}, ended{0};
    FakeUpstream upstream;
    Got got;
    bool dropped = false;
    int before = 0, after = 0;
    std::string next;
};

const char *const parts[] = {"keeps", "closed", "reset", "gone"};

// What README's table says of it: "502", "200, cut short, then reset", "nothing, and the connection is closed".
std::string told(const Failure &row)
{
    if (row.verdict == "allowed")
        return "the answer";
    if (row.error == "client stopped reading")
        return "the connection is closed";
    if (row.verdict == "cancelled" || (row.verdict.empty() && row.ends == Ends::Gone))
        return "(it left)";
    if (!row.status)
        return "nothing; the connection is closed";
    return std::to_string(row.status) + (row.cut ? row.ends == Ends::Reset ? ", then a reset" : ", cut short" : "");
}

std::string recorded(const Failure &row) { return row.verdict.empty() ? "nothing" : row.error.empty() ? row.verdict : row.verdict + ": " + row.error; }

} // namespace

class TestFailures : public QObject {
    Q_OBJECT
    std::map<std::string, std::unique_ptr<Case>> m_cases;
    std::unique_ptr<GatewayProcess> m_gateway;
    std::map<std::string, std::vector<QJsonObject>> m_records; // by path
    QTemporaryDir m_folder;

    std::string workspace() const
    {
        std::string listeners, upstreams, routes;
        for (const auto &[name, one] : m_cases) {
            const Failure &row = one->row;
            listeners += "  - name: " + name + "\n    address: 127.0.0.1:0\n" + (row.limits.empty() ? "" : "    limits: { " + row.limits + " }\n")
                + (row.listenerKeys.empty() ? "" : "    " + row.listenerKeys + "\n");
            upstreams += "  - name: " + name + "\n    endpoints: [ { url: \"" + (row.endpoint.empty() ? one->upstream.url() : row.endpoint) + "\" } ]\n"
                + (row.upstreamKeys.empty() ? "" : "    " + row.upstreamKeys + "\n") + (row.delivery.empty() ? "" : "    delivery: { " + row.delivery + " }\n");
            routes += "  - name: " + name + "\n    match: { exact: /" + name + " }\n    to: { " + (row.to.empty() ? "upstream: " + name : row.to) + " }\n";
            // What stands beside the row goes to the scripted upstream, or to nobody where it has none that answers.
            routes += "  - name: " + name + "-beside\n    match: { prefix: /" + name + " }\n    to: { "
                + (row.endpoint.empty() ? "upstream: " + name : std::string("respond: { status: 200, body: again }")) + " }\n";
        }
        return "gatehouse: 1\nname: t\nlisteners:\n" + listeners + "upstreams:\n" + upstreams
            + "mocks:\n  - name: reading\n    responses: [ { when: { body: { contains: needle } }, status: 200 }, { status: 201 } ]\nroutes:\n" + routes
            + "  - name: alive\n    match: { exact: /alive }\n    to: { respond: { status: 200, body: alive } }\n";
    }

    void fetchRecords(const QString &socket)
    {
        waitFor("every row's record", [&] {
            m_records.clear();
            for (const QByteArray &line : runCli({QStringLiteral("exchanges"), socket, QStringLiteral("--json")}).out.split('\n')) {
                const QJsonObject record = QJsonDocument::fromJson(line).object();
                const QString path = record.value(QLatin1String("url")).toString().section(QLatin1Char('/'), 3);
                if (record.isEmpty() || path == QLatin1String("alive") || path.contains(QLatin1Char('/')))
                    continue;
                m_records[record.value(QLatin1String("listener")).toString().toStdString()].push_back(record);
            }
            return std::all_of(m_cases.begin(), m_cases.end(), [&](const auto &one) { return one.second->row.verdict.empty() || m_records.contains(one.first); });
        });
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &rows : {clientFailures(), upstreamFailures(), retries()})
            for (const Failure &row : rows)
                m_cases.emplace(row.name, std::make_unique<Case>(row));
        const QString socket = m_folder.filePath(QStringLiteral("c.sock"));
        if (!sanitized)
            qputenv("LD_PRELOAD", GATEHOUSE_SILENT_RESOLVER);
        m_gateway = std::make_unique<GatewayProcess>(workspace(), QStringList{QStringLiteral("--trust"), QStringLiteral("--workers"), QStringLiteral("1"), QStringLiteral("--control"), socket});
        qunsetenv("LD_PRELOAD");
        std::vector<std::jthread> threads;
        for (const auto &[name, one] : m_cases)
            threads.emplace_back([&, port = m_gateway->port(QString::fromStdString(name)), running = one.get()] { running->run(port); });
        threads.clear(); // each of their waits has an end
        fetchRecords(socket);
    }

    void outcome_data()
    {
        QTest::addColumn<std::string>("name");
        for (const auto &one : m_cases)
            QTest::newRow(one.first.c_str()) << one.first;
    }
    void outcome()
    {
        QFETCH(std::string, name);
        const Case &one = *m_cases.at(name);
        const Failure &row = one.row;
        if (sanitized && name == "upstream-is-looked-up-slowly")
            QSKIP("a sanitizer's runtime leaves no room for a resolver that is silent");
        // The client.
        QCOMPARE(statusOf(one.got.answer), row.status);
        QCOMPARE(parts[size_t(one.got.ends)], parts[size_t(row.ends)]);
        const bool own = !row.detail.empty();
        QCOMPARE(fieldOf(one.got.answer, "content-type") == "application/problem+json", own);
        if (own) {
            const QJsonObject problem = QJsonDocument::fromJson(QByteArray::fromStdString(bodyOf(one.got.answer))).object();
            QCOMPARE(problem.value(QLatin1String("status")).toInt(), row.status);
            QCOMPARE(problem.value(QLatin1String("type")).toString(), QStringLiteral("about:blank"));
            QVERIFY2(problem.value(QLatin1String("detail")).toString().contains(QString::fromStdString(row.detail)), bodyOf(one.got.answer).c_str());
        }
        if (row.cut && fieldOf(one.got.answer, "transfer-encoding") == "chunked")
            QVERIFY(!one.got.answer.ends_with("\r\n0\r\n\r\n"));
        // The upstream's connections, and the next request.
        QVERIFY2(one.dropped, ("the upstream has had " + std::to_string(one.before) + " connections, of which " + std::to_string(one.ended) + " have ended by now").c_str());
        QCOMPARE(bodyOf(one.next), std::string("again"));
        QCOMPARE(one.after, one.before + (row.endpoint.empty() && !row.reused));
        // The record.
        const auto at = m_records.find(name);
        QCOMPARE(at == m_records.end() ? size_t(0) : at->second.size(), size_t(!row.verdict.empty()));
        if (row.verdict.empty())
            return;
        const QJsonObject &record = at->second[0];
        QCOMPARE(record.value(QLatin1String("verdict")).toString().toStdString(), row.verdict);
        const std::string error = record.value(QLatin1String("error")).toString().toStdString();
        if (row.orError.empty() || error != row.orError)
            QCOMPARE(error, row.error);
        if (row.verdict != "cancelled")
            QCOMPARE(record.value(QLatin1String("status")).toInt(), row.status);
        QCOMPARE(int(record.value(QLatin1String("trace")).toObject().value(QLatin1String("attempts")).toArray().size()), row.tries);
    }

    // Both ways: each row's line is there and says the same, and each line is some row's.
    void readmeSaysTheSame()
    {
        std::map<std::string, std::string> lines; // "who it is | what it does" -> "what the client gets | what is recorded"
        const QString text = QString::fromStdString(readFile(sourceDir() + QStringLiteral("/gateway/README.md")));
        for (const QString &line : text.section(QStringLiteral("## When something fails"), 1).section(QStringLiteral("\n## "), 0, 0).split(QLatin1Char('\n')))
            if (const QStringList cells = line.split(QLatin1Char('|')); cells.size() == 6 && !line.contains(QLatin1String("---")) && !line.contains(QLatin1String("the client gets")))
                lines[(cells[1].trimmed() + QLatin1String(" | ") + cells[2].trimmed()).toStdString()] = (cells[3].trimmed() + QLatin1String(" | ") + cells[4].trimmed()).toStdString();
        std::map<std::string, std::string> rows;
        for (const auto &[name, one] : m_cases) {
            const std::string key = (name.starts_with("client") ? "client | " : "upstream | ") + one->row.line;
            const std::string says = told(one->row) + " | " + recorded(one->row);
            const auto [at, isNew] = rows.emplace(key, says);
            QVERIFY2(isNew || at->second == says, (name + " differs from other rows of " + key + ": " + says).c_str());
        }
        for (const auto &[key, says] : rows)
            QVERIFY2(lines[key] == says, ("README's line should be | " + key + " | " + says + " |, and is " + lines[key]).c_str());
        QCOMPARE(lines.size(), rows.size());
    }

    void cleanupTestCase()
    {
        const bool ended = m_gateway->stop();
        m_cases.clear();
        QVERIFY(ended);
    }
};

QTEST_GUILESS_MAIN(TestFailures)
#include "tst_failures.moc"
