// One request through real sockets: what the upstream gets, what the client gets back, and what is recorded of it.
#include "gateway/base/text.h"
#include "tests/support/dataplane.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::test;
using namespace std::chrono_literals;
using observe::Verdict;

namespace {

// Any number of requests on a connection, each noted and answered with those octets.
FakeUpstream::Script saying(FakeUpstream *&self, std::string answer)
{
    return [&self, answer = std::move(answer)](Peer &peer, int) {
        for (std::string message; !(message = peer.readMessage()).empty();) {
            self->note(message);
            peer.send(answer);
        }
    };
}

const std::string get = "GET /a?b=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";

} // namespace

class TestForwarding : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hopByHopFieldsGoAndProxyFieldsCome()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(saying(self, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=5\r\nX-Secret-Hop: 1\r\n"
                                           "Connection: keep-alive, x-secret-hop\r\nX-End: 2\r\n\r\nok"));
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        const std::string answer = request(plane.port(), "GET /a?b=1 HTTP/1.1\r\nHost: localhost:1234\r\nConnection: x-mine, keep-alive\r\n"
                                                         "X-Mine: 1\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nAccept: */*\r\n\r\n");
        QCOMPARE(statusOf(answer), 200);
        QCOMPARE(bodyOf(answer), std::string("ok"));
        QCOMPARE(fieldOf(answer, "x-end"), std::string("2"));
        QVERIFY(fieldOf(answer, "x-secret-hop").empty());
        QVERIFY(fieldOf(answer, "keep-alive").empty());
        const std::string sent = upstream.noted().at(0);
        QVERIFY(sent.starts_with("GET /a?b=1 HTTP/1.1\r\n"));
        QCOMPARE(fieldOf(sent, "host"), std::string("localhost:1234"));
        QVERIFY(fieldOf(sent, "x-mine").empty());
        QVERIFY(fieldOf(sent, "forwarded").empty());
        QCOMPARE(fieldOf(sent, "x-forwarded-for"), std::string("127.0.0.1"));
        QVERIFY(fieldOf(sent, "via").starts_with("1.1 gatehouse-"));
        const auto stored = plane.waitForFinal();
        QCOMPARE(int(stored.row.verdict), int(Verdict::Allowed));
        QCOMPARE(stored.row.status, uint16_t(200));
        QCOMPARE(stored.request.startLine, std::string("GET /a?b=1 HTTP/1.1"));
        QCOMPARE(stored.request.fields.size(), size_t(6));
        QCOMPARE(stored.response.body, std::string("ok"));
        QCOMPARE(stored.attempts.size(), size_t(1));
        QCOMPARE(plane.finals().size(), size_t(1));
    }

    void ownViaIsALoop()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(saying(self, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        request(plane.port(), get);
        const std::string via = fieldOf(upstream.noted().at(0), "via");
        const std::string answer = request(plane.port(), "GET / HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 other, " + via + "\r\n\r\n");
        QCOMPARE(statusOf(answer), 508);
        QCOMPARE(int(plane.waitForFinal(1).row.verdict), int(Verdict::Loop));
    }

    void hostsAndForeignPages()
    {
        DataPlane::Setup setup;
        setup.routes.push_back(toResponse(200, "here"));
        setup.hosts = {"shop.test", "*.shop.test"};
        DataPlane plane(setup);
        const auto host = [&](const std::string &name) { return statusOf(request(plane.port(), "GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n")); };
        for (const char *good : {"localhost", "a.localhost:99", "127.0.0.1:1", "[::1]", "SHOP.test", "x.y.shop.test"})
            QCOMPARE(host(good), 200);
        for (const char *bad : {"evil.test", "shop.test.evil.test", "localhost.evil"})
            QCOMPARE(host(bad), 421);
        const auto from = [&](const std::string &method, const std::string &fields) {
            return statusOf(request(plane.port(), method + " / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n" + fields + "\r\n"));
        };
        QCOMPARE(from("POST", "Origin: http://evil.test\r\n"), 403);
        QCOMPARE(from("POST", "Origin: null\r\n"), 403);
        QCOMPARE(from("DELETE", "Sec-Fetch-Site: cross-site\r\n"), 403);
        QCOMPARE(from("GET", "Sec-Fetch-Site: cross-site\r\n"), 200);
        QCOMPARE(from("GET", "Connection: upgrade\r\nUpgrade: websocket\r\nOrigin: http://evil.test\r\n"), 403);
        QCOMPARE(from("POST", "Origin: http://localhost:3000\r\n"), 200);
        QCOMPARE(from("POST", "Sec-Fetch-Site: same-origin\r\n"), 200);
    }

    void bodiesBothWays_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<bool>("chunkedUp");
        QTest::addColumn<QString>("down"); // length, chunked, close
        for (const char *version : {"1.0", "1.1"})
            for (bool up : {false, true})
                for (const char *down : {"length", "chunked", "close"})
                    if (!(up && qstrcmp(version, "1.0") == 0)) // 1.0 knows no chunks
                        QTest::addRow("%s %s up, %s down", version, up ? "chunked" : "length", down) << QString::fromLatin1(version) << up << QString::fromLatin1(down);
    }
    void bodiesBothWays()
    {
        QFETCH(QString, version);
        QFETCH(bool, chunkedUp);
        QFETCH(QString, down);
        const std::string big(100000, 'x');
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int) {
            self->note(peer.readMessage());
            if (down == QLatin1String("length"))
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + big);
            else if (down == QLatin1String("chunked"))
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + big.substr(0, 5) + "\r\n1869b\r\n" + big.substr(5) + "\r\n0\r\nX-Sum: 9\r\n\r\n");
            else
                peer.send("HTTP/1.1 200 OK\r\n\r\n" + big);
        });
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        const std::string head = "POST /x HTTP/" + version.toStdString() + "\r\nHost: localhost\r\n";
        if (chunkedUp)
            client.send(head + "Transfer-Encoding: chunked\r\n\r\n186a0\r\n" + big + "\r\n0\r\nX-Up: 1\r\n\r\n");
        else
            client.send(head + "Content-Length: 100000\r\n\r\n" + big);
        const bool old = version == QLatin1String("1.0");
        const std::string answer = old ? client.readAll() : client.readMessage();
        QCOMPARE(statusOf(answer), 200);
        const bool chunkedDown = equalsIgnoreCase(fieldOf(answer, "transfer-encoding"), "chunked");
        QCOMPARE(chunkedDown, !old && down != QLatin1String("length"));
        QCOMPARE(chunkedDown ? dechunk(bodyOf(answer)) : bodyOf(answer), big);
        if (chunkedDown && down == QLatin1String("chunked"))
            QVERIFY(answer.ends_with("0\r\nX-Sum: 9\r\n\r\n"));
        const std::string sent = upstream.noted().at(0);
        QCOMPARE(chunkedUp ? dechunk(bodyOf(sent)) : bodyOf(sent), big);
        if (chunkedUp)
            QVERIFY(sent.ends_with("0\r\nX-Up: 1\r\n\r\n"));
        const auto stored = plane.waitForFinal();
        QCOMPARE(stored.row.requestBytes, uint64_t(100000));
        QCOMPARE(stored.row.responseBytes, uint64_t(100000));
        QCOMPARE(stored.request.body, big);
        QCOMPARE(stored.response.body, big);
    }

    // Octets that are sent a few at a time share the memory that they wait in.
    void tinyChunksArriveWhole()
    {
        std::string content, chunks;
        for (size_t i = 0; content.size() < 60000; ++i) {
            const std::string part = std::to_string(i).substr(0, 1 + i % 5);
            content += part;
            chunks += std::to_string(part.size()) + "\r\n" + part + "\r\n";
        }
        chunks += "0\r\n\r\n";
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(saying(self, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks));
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        for (size_t i = 0; i < 2; ++i) { // while the upstream is being connected to, and over a connection that is there
            client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
            QVERIFY(dechunk(bodyOf(client.readMessage())) == content);
            QVERIFY(dechunk(bodyOf(upstream.noted().at(i))) == content);
        }
        QCOMPARE(upstream.connections(), 1);
    }

    void answersWithoutBody()
    {
        FakeUpstream upstream([&](Peer &peer, int) {
            for (std::string head; !(head = peer.readHead()).empty();) {
                if (head.starts_with("HEAD"))
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 123\r\n\r\n");
                else if (head.find("/204") != std::string::npos)
                    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
                else
                    peer.send("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
            }
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port()); // all on one connection: a body that is not there would confuse the next
        client.send("HEAD /h HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(fieldOf(client.readMessage(false), "content-length"), std::string("123"));
        client.send("GET /204 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const std::string none = client.readMessage(false);
        QCOMPARE(statusOf(none), 204);
        QVERIFY(fieldOf(none, "transfer-encoding").empty() && fieldOf(none, "content-length").empty());
        client.send("GET /304 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(fieldOf(client.readMessage(false), "etag"), std::string("\"x\""));
        client.send("HEAD /h HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(statusOf(client.readMessage(false)), 200);
        QCOMPARE(upstream.connections(), 1);
    }

    void continueAndEarlyHints()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int) {
            std::string message = peer.readHead();
            peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
            message += peer.read(5);
            self->note(message);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        QVERIFY(client.readHead().starts_with("HTTP/1.1 103"));
        QVERIFY(client.readHead().starts_with("HTTP/1.1 100"));
        client.send("hello");
        QCOMPARE(bodyOf(client.readMessage()), std::string("ok"));
        QVERIFY(upstream.noted().at(0).ends_with("\r\n\r\nhello"));
    }

    void continueWhenTheUpstreamIsSilent()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(saying(self, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        QVERIFY(client.readHead().starts_with("HTTP/1.1 100"));
        client.send("hello");
        QCOMPARE(bodyOf(client.readMessage()), std::string("ok"));
    }

    void refusedBeforeTheBody()
    {
        FakeUpstream upstream([](Peer &peer, int) {
            peer.readHead();
            peer.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        const std::string answer = client.readMessage();
        QCOMPARE(statusOf(answer), 417);
        QCOMPARE(fieldOf(answer, "connection"), std::string("close"));
        QVERIFY(client.closedByPeer());
    }

    void pipelinedInOrder()
    {
        FakeUpstream upstream([&](Peer &peer, int) {
            for (std::string head; !(head = peer.readHead()).empty();) {
                const std::string path = head.substr(4, head.find(' ', 4) - 4);
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(path.size()) + "\r\n\r\n" + path);
            }
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        std::string all;
        for (int i = 0; i < 50; ++i)
            all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        client.send(all);
        for (int i = 0; i < 50; ++i)
            QCOMPARE(bodyOf(client.readMessage()), "/" + std::to_string(i));
    }

    void upstreamGone_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<bool>("reset");
        QTest::addColumn<int>("status"); // 0: the answer had begun
        QTest::newRow("closes without a word") << QString() << false << 502;
        QTest::newRow("resets") << QString() << true << 502;
        QTest::newRow("half a head") << QStringLiteral("HTTP/1.1 200 OK\r\nConte") << false << 502;
        QTest::newRow("not HTTP") << QStringLiteral("SSH-2.0-OpenSSH\r\n\r\n") << false << 502;
        QTest::newRow("two lengths") << QStringLiteral("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx") << false << 502;
        QTest::newRow("half a body") << QStringLiteral("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345") << false << 0;
        QTest::newRow("half a chunk") << QStringLiteral("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123") << false << 0;
    }
    void upstreamGone()
    {
        QFETCH(QString, before);
        QFETCH(bool, reset);
        QFETCH(int, status);
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(before.toStdString());
            reset ? peer.reset() : peer.close();
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(get);
        if (status) {
            const std::string answer = client.readMessage();
            QCOMPARE(statusOf(answer), status);
            QCOMPARE(fieldOf(answer, "content-type"), std::string("application/problem+json"));
            QVERIFY(bodyOf(answer).find("\"status\":502") != std::string::npos);
        } else {
            const std::string part = client.readAll(); // ends, though it is not complete
            QCOMPARE(statusOf(part), 200);
            QVERIFY(!part.ends_with("0\r\n\r\n"));
        }
        QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Failed));
    }

    void nobodyListens()
    {
        uint16_t port = 0;
        {
            FakeUpstream gone([](Peer &, int) { });
            port = gone.port();
        }
        DataPlane::Setup setup;
        setup.workspace.upstreams.push_back(upstreamOf("u", {"http://127.0.0.1:" + std::to_string(port)}));
        setup.routes.push_back(toUpstream("u"));
        DataPlane plane(setup);
        Peer client = connectTo(plane.port());
        client.send(get + get);
        QCOMPARE(statusOf(client.readMessage()), 502);
        QCOMPARE(statusOf(client.readMessage()), 502); // the client's connection lives on
        const auto stored = plane.waitForFinal();
        QCOMPARE(stored.attempts.size(), size_t(1));
        QCOMPARE(stored.attempts[0].error, std::string_view("refused"));
    }

    void localhostOnEitherFamily()
    {
        for (bool ipv6 : {false, true}) {
            FakeUpstream upstream([](Peer &peer, int) {
                peer.readHead();
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                peer.closedByPeer();
            }, ipv6);
            DataPlane::Setup setup;
            setup.workspace.upstreams.push_back(upstreamOf("u", {"http://localhost:" + std::to_string(upstream.port())}));
            setup.routes.push_back(toUpstream("u"));
            DataPlane plane(setup);
            QCOMPARE(bodyOf(request(plane.port(), get)), std::string("ok"));
            plane.stop(Duration::zero()); // ends the kept connection, and with it the script
        }
    }

    void deadlines_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<int>("status");
        QTest::newRow("no answer") << QString() << 504;
        QTest::newRow("half a head") << QStringLiteral("HTTP/1.1 200 OK\r\n") << 504;
        QTest::newRow("body stalls") << QStringLiteral("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx") << 200;
    }
    void deadlines()
    {
        QFETCH(QString, answer);
        QFETCH(int, status);
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            peer.send(answer.toStdString());
            peer.closedByPeer();
        });
        DataPlane::Setup setup = through(upstream.url());
        setup.routes[0].delivery.response = 50ms;
        setup.routes[0].delivery.idle = 50ms;
        DataPlane plane(setup);
        Peer client = connectTo(plane.port());
        client.send(get);
        const std::string got = status == 504 ? client.readMessage() : client.readAll();
        QCOMPARE(statusOf(got), status);
        const auto stored = plane.waitForFinal();
        QCOMPARE(int(stored.row.verdict), int(Verdict::Failed));
        QVERIFY(stored.row.error.find("timeout") != std::string_view::npos);
    }

    void retriesElsewhere()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream good(saying(self, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        self = &good;
        FakeUpstream bad([](Peer &peer, int) {
            while (!peer.readMessage().empty())
                peer.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        });
        DataPlane::Setup setup;
        setup.workspace.upstreams.push_back(upstreamOf("u", {bad.url(), good.url()}));
        setup.routes.push_back(toUpstream("u"));
        setup.routes[0].delivery.retries = true;
        setup.routes[0].delivery.backoffBase = 1ms;
        DataPlane plane(setup);
        for (int i = 0; i < 6; ++i)
            QCOMPARE(bodyOf(request(plane.port(), get)), std::string("ok"));
        // A body that is small enough is sent again; a POST never is.
        QCOMPARE(bodyOf(request(plane.port(), "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc")), std::string("ok"));
        QVERIFY(good.noted().back().ends_with("\r\n\r\nabc"));
        int refused = 0;
        for (int i = 0; i < 2; ++i)
            refused += statusOf(request(plane.port(), "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc")) == 503;
        QCOMPARE(refused, 1);
        const auto stored = plane.waitForFinal();
        QCOMPARE(stored.attempts.size(), size_t(2));
        QVERIFY(stored.attempts[0].abandoned);
        QCOMPARE(stored.attempts[0].status, uint16_t(503));
        QVERIFY(stored.attempts[0].why.starts_with("GET, idempotent, retry budget"));
    }

    // Whether a connection can be used again is each side's own matter.
    void eachSideKeepsItsOwnConnection()
    {
        const auto serve = [](bool close) {
            return [close](Peer &peer, int) {
                while (!peer.readHead().empty()) {
                    peer.send(std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n") + (close ? "Connection: close\r\n" : "") + "\r\nok");
                    if (close)
                        return;
                }
            };
        };
        FakeUpstream keeps(serve(false));
        DataPlane first(through(keeps.url()));
        for (int i = 0; i < 3; ++i) {
            Peer client = connectTo(first.port());
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            const std::string answer = client.readMessage();
            QCOMPARE(fieldOf(answer, "connection"), std::string("close"));
            QVERIFY(client.closedByPeer());
        }
        QCOMPARE(keeps.connections(), 1);

        FakeUpstream closes(serve(true));
        DataPlane second(through(closes.url()));
        Peer client = connectTo(second.port());
        for (int i = 0; i < 3; ++i) {
            client.send(get);
            const std::string answer = client.readMessage();
            QCOMPARE(bodyOf(answer), std::string("ok"));
            QCOMPARE(fieldOf(answer, "connection"), std::string());
        }
        QCOMPARE(closes.connections(), 3);
    }

    void staleConnection()
    {
        // The kept connection is reset as the second request arrives on it: an idempotent one is sent again on a fresh connection.
        FakeUpstream *self = nullptr;
        FakeUpstream upstream([&](Peer &peer, int number) {
            self->note(peer.readMessage());
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            const std::string second = peer.readMessage();
            if (number % 2 == 0 && !second.empty())
                peer.reset();
        });
        self = &upstream;
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(get);
        QCOMPARE(bodyOf(client.readMessage()), std::string("ok"));
        client.send(get);
        QCOMPARE(bodyOf(client.readMessage()), std::string("ok"));
        QCOMPARE(upstream.connections(), 2);
        client.close();
        plane.stop(Duration::zero());

        FakeUpstream *other = nullptr;
        FakeUpstream again([&](Peer &peer, int) {
            other->note(peer.readMessage());
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            if (!peer.readMessage().empty())
                peer.reset();
        });
        other = &again;
        DataPlane second(through(again.url()));
        Peer poster = connectTo(second.port());
        const std::string post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi";
        poster.send(post);
        QCOMPARE(bodyOf(poster.readMessage()), std::string("ok"));
        poster.send(post);
        QCOMPARE(statusOf(poster.readMessage()), 502); // may have been done: never twice
        QCOMPARE(again.connections(), 1);
    }

    void limits_data()
    {
        QTest::addColumn<QString>("octets");
        QTest::addColumn<int>("status");
        const QString host = QStringLiteral("Host: localhost\r\n");
        QTest::newRow("long header") << QStringLiteral("GET / HTTP/1.1\r\n") + host + QStringLiteral("X: ") + QString(5000, QLatin1Char('a')) + QStringLiteral("\r\n\r\n") << 431;
        QTest::newRow("many headers") << QStringLiteral("GET / HTTP/1.1\r\n") + host + QStringLiteral("X: 1\r\n").repeated(30) + QStringLiteral("\r\n") << 431;
        QTest::newRow("long url") << QStringLiteral("GET /") + QString(600, QLatin1Char('a')) + QStringLiteral(" HTTP/1.1\r\n") + host + QStringLiteral("\r\n") << 414;
        QTest::newRow("both framings") << QStringLiteral("POST / HTTP/1.1\r\n") + host + QStringLiteral("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") << 400;
        QTest::newRow("no host") << QStringLiteral("GET / HTTP/1.1\r\n\r\n") << 400;
        QTest::newRow("above the root") << QStringLiteral("GET /../x HTTP/1.1\r\n") + host + QStringLiteral("\r\n") << 400;
    }
    void limits()
    {
        QFETCH(QString, octets);
        QFETCH(int, status);
        DataPlane::Setup setup;
        setup.routes.push_back(toResponse(200, "here"));
        setup.limits.headerSize = 4096;
        setup.limits.headers = 20;
        setup.limits.url = 512;
        DataPlane plane(setup);
        const std::string answer = request(plane.port(), octets.toStdString());
        QCOMPARE(statusOf(answer), status);
        QCOMPARE(fieldOf(answer, "content-type"), std::string("application/problem+json"));
        QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Malformed));
    }

    void drainingLetsTheAnswerOut()
    {
        std::atomic<bool> arrived{false}, go{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            arrived = true;
            go.wait(false);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(get);
        QVERIFY(waitFor("the request at the upstream", [&] { return arrived.load(); }));
        std::thread later([&] {
            go = true;
            go.notify_all();
        });
        plane.stop(10s);
        later.join();
        const std::string answer = client.readMessage();
        QCOMPARE(bodyOf(answer), std::string("ok"));
        QVERIFY(client.closedByPeer());
        QCOMPARE(plane.finals().size(), size_t(1));
    }

    void longExchangesShowBeforeTheyEnd()
    {
        std::atomic<bool> go{false};
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readHead();
            go.wait(false);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        DataPlane plane(through(upstream.url()));
        Peer client = connectTo(plane.port());
        client.send(get);
        QVERIFY(waitFor("a started record", [&] {
            const auto rows = plane.store.since(0).rows;
            return !rows.empty() && rows[0].state == observe::State::Started && rows[0].path == "/a";
        }));
        go = true;
        go.notify_all();
        QCOMPARE(bodyOf(client.readMessage()), std::string("ok"));
        QCOMPARE(plane.waitForFinal().row.status, uint16_t(200));
        QCOMPARE(plane.finals().size(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestForwarding)
#include "tst_forwarding.moc"
