// Each path through the filter interface, over real sockets: head, pieces, end and trailers on both sides, buffering, answers of a
// filter's own, suspending, shadow mode, conditions, and the end that comes exactly once.
#include "gateway/base/text.h"
#include "tests/support/dataplane.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtTest/QTest>

#include <mutex>

using namespace gatehouse;
using namespace gatehouse::test;
using namespace std::chrono_literals;
using observe::StepVerdict;
using observe::Verdict;
using policy::Context;
using policy::Flow;

namespace {

// A filter whose events are the test's functions; those that are not given are not asked for.
struct Hooks {
    std::function<Flow(Context &)> requestHead = nullptr, responseHead = nullptr, resume = nullptr;
    std::function<Flow(Context &, std::string_view &)> requestPiece = nullptr, responsePiece = nullptr;
    std::function<Flow(Context &, http::Fields &)> requestEnd = nullptr, responseEnd = nullptr;
    std::function<void(Context &)> done = nullptr;
};

class HookedFilter final : public policy::Filter {
public:
    explicit HookedFilter(const Hooks &hooks) : m_hooks(hooks) { }
    Flow onRequestHead(Context &c) override { return m_hooks.requestHead(c); }
    Flow onRequestPiece(Context &c, std::string_view &piece) override { return m_hooks.requestPiece(c, piece); }
    Flow onRequestEnd(Context &c, http::Fields &trailers) override { return m_hooks.requestEnd(c, trailers); }
    Flow onResponseHead(Context &c) override { return m_hooks.responseHead(c); }
    Flow onResponsePiece(Context &c, std::string_view &piece) override { return m_hooks.responsePiece(c, piece); }
    Flow onResponseEnd(Context &c, http::Fields &trailers) override { return m_hooks.responseEnd(c, trailers); }
    Flow onResume(Context &c) override { return m_hooks.resume ? m_hooks.resume(c) : Flow::Continue; }
    void onDone(Context &c) override { m_hooks.done(c); }

private:
    const Hooks &m_hooks;
};

class Hooked final : public policy::FilterConfig {
public:
    explicit Hooked(Hooks hooks) : m_hooks(std::move(hooks)) { }
    uint32_t interests() const override
    {
        const auto bit = [](const auto &hook, uint32_t interest) { return hook ? interest : 0; };
        return bit(m_hooks.requestHead, policy::OnRequestHead) | bit(m_hooks.requestPiece, policy::OnRequestPiece)
            | bit(m_hooks.requestEnd, policy::OnRequestEnd) | bit(m_hooks.responseHead, policy::OnResponseHead)
            | bit(m_hooks.responsePiece, policy::OnResponsePiece) | bit(m_hooks.responseEnd, policy::OnResponseEnd)
            | bit(m_hooks.done, policy::OnDone);
    }
    policy::Filter *make(Arena &arena) const override { return arena.make<HookedFilter>(m_hooks); }

private:
    const Hooks m_hooks;
};

// What filters saw, from the workers' threads.
class Log {
public:
    void add(const std::string &line)
    {
        const std::lock_guard lock(m_mutex);
        m_text += line + ' ';
    }
    std::string text() const
    {
        const std::lock_guard lock(m_mutex);
        return m_text;
    }

private:
    mutable std::mutex m_mutex;
    std::string m_text;
};

// An upstream that answers with "ok" and notes what it got, behind a plan with filters.
struct World {
    explicit World(std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        : upstream([this, answer = std::move(answer)](Peer &peer, int) {
            for (std::string message; !(message = peer.readMessage()).empty();) {
                upstream.note(message);
                peer.send(answer);
            }
        })
    {
        setup.workspace.upstreams.push_back(upstreamOf("u", {upstream.url()}));
        setup.routes.push_back(toUpstream("u"));
    }
    void filter(Hooks hooks) { addFilter(setup.routes[0], std::make_shared<Hooked>(std::move(hooks))); }
    runtime::PlannedPolicy &last() { return setup.routes[0].policies.back(); }
    DataPlane &start()
    {
        plane = std::make_unique<DataPlane>(setup);
        return *plane;
    }
    std::string ask(const std::string &octets = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n") { return request(plane->port(), octets); }
    ~World()
    {
        plane.reset(); // ends the kept connections, which the scripts wait on
    }
    FakeUpstream upstream;
    DataPlane::Setup setup;
    std::unique_ptr<DataPlane> plane;
};

const std::string post = "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";

Flow refuseWith(Context &context, uint16_t status)
{
    context.respondProblem(status, "No", "the test says so");
    return Flow::Respond;
}

} // namespace

class TestFilters : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orderAndChanges()
    {
        World world("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n");
        Log log;
        for (const std::string name : {"a", "b"})
            world.filter({.requestHead =
                              [&log, name](Context &c) {
                                  log.add(name + ">head");
                                  c.request().fields.add("X-From", name);
                                  c.changed("x-from");
                                  return Flow::Continue;
                              },
                          .responseHead =
                              [&log, name](Context &c) {
                                  log.add(name + "<head");
                                  c.response().fields.add("X-Back", name);
                                  return Flow::Continue;
                              },
                          .requestPiece =
                              [&log, name](Context &, std::string_view &piece) {
                                  log.add(name + ">" + std::string(piece));
                                  return Flow::Continue;
                              },
                          .responsePiece =
                              [&log, name](Context &, std::string_view &piece) {
                                  log.add(name + "<" + std::string(piece));
                                  return Flow::Continue;
                              },
                          .requestEnd =
                              [&log, name](Context &, http::Fields &trailers) {
                                  log.add(name + ">end" + std::string(trailers.value("x-t")));
                                  return Flow::Continue;
                              },
                          .responseEnd =
                              [&log, name](Context &, http::Fields &trailers) {
                                  log.add(name + "<end" + std::string(trailers.value("x-t")));
                                  trailers.add("X-More", name);
                                  return Flow::Continue;
                              },
                          .done = [&log, name](Context &) { log.add(name + ".done"); }});
        DataPlane &plane = world.start();
        const std::string answer = world.ask("POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 9\r\n\r\n");
        QCOMPARE(dechunk(bodyOf(answer)), std::string("ok"));
        QVERIFY(answer.ends_with("0\r\nX-T: 1\r\nX-More: b\r\nX-More: a\r\n\r\n"));
        const auto stored = plane.waitForFinal();
        QCOMPARE(log.text(), std::string("a>head b>head a>hello b>hello a>end9 b>end9 b<head a<head b<ok a<ok b<end1 a<end1 a.done b.done "));
        QVERIFY(answer.find("X-Back: b\r\nX-Back: a\r\n") != std::string::npos);
        QVERIFY(world.upstream.noted().at(0).find("X-From: a\r\nX-From: b\r\n") != std::string::npos);
        QCOMPARE(stored.steps.size(), size_t(4));
        QCOMPARE(int(stored.steps[0].verdict), int(StepVerdict::Acted));
        QCOMPARE(int(stored.steps[2].phase), int(observe::Phase::Response));
        QCOMPARE(stored.steps[2].policy, uint16_t(1));
    }

    void piecesAreReplaced()
    {
        World world;
        world.filter({.requestPiece = [](Context &c, std::string_view &piece) {
            std::string upper(piece);
            std::transform(upper.begin(), upper.end(), upper.begin(), [](char x) { return char(x - 32); });
            piece = c.arena().copy(upper);
            return Flow::Continue;
        }, .responsePiece = [](Context &c, std::string_view &piece) {
            piece = c.arena().copy("OK");
            return Flow::Continue;
        }});
        world.start();
        QCOMPARE(bodyOf(world.ask(post)), std::string("OK"));
        QVERIFY(world.upstream.noted().at(0).ends_with("\r\n\r\nHELLO"));
    }

    void aLengthThatChangedUnsaidIsNoRequest()
    {
        World world;
        world.filter({.requestPiece = [](Context &, std::string_view &piece) {
            piece = piece.substr(1);
            return Flow::Continue;
        }});
        world.start();
        QCOMPARE(statusOf(world.ask(post)), 500);
    }

    void wholeBodies()
    {
        World world("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n2\r\nay\r\n0\r\n\r\n");
        world.filter({.requestHead =
                          [](Context &c) {
                              c.buffer(1000);
                              return Flow::Continue;
                          },
                      .responseHead =
                          [](Context &c) {
                              c.buffer(1000);
                              return Flow::Continue;
                          },
                      .requestEnd =
                          [](Context &c, http::Fields &) {
                              c.setBody("<" + std::string(c.body()) + ">");
                              c.request().fields.set("X-Whole", "yes");
                              return Flow::Continue;
                          },
                      .responseEnd =
                          [](Context &c, http::Fields &) {
                              c.response().fields.set("X-Size", std::to_string(c.body().size()));
                              c.setBody("[" + std::string(c.body()) + "]");
                              return Flow::Continue;
                          }});
        world.start();
        Peer client = connectTo(world.plane->port());
        client.send("POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n");
        client.send("2\r\nlo\r\n0\r\n\r\n");
        const std::string answer = client.readMessage();
        QCOMPARE(bodyOf(answer), std::string("[okay]"));
        QCOMPARE(fieldOf(answer, "content-length"), std::string("6"));
        QCOMPARE(fieldOf(answer, "x-size"), std::string("4"));
        const std::string sent = world.upstream.noted().at(0);
        QVERIFY(sent.ends_with("\r\n\r\n<hello>"));
        QCOMPARE(fieldOf(sent, "content-length"), std::string("7"));
        QCOMPARE(fieldOf(sent, "x-whole"), std::string("yes"));
    }

    void bodiesOverTheLimit()
    {
        World world;
        world.filter({.requestHead = [](Context &c) {
            c.buffer(4);
            return Flow::Continue;
        }});
        DataPlane &plane = world.start();
        QCOMPARE(statusOf(world.ask(post)), 413);
        QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Malformed));
        QVERIFY(world.upstream.noted().empty());

        World other;
        other.filter({.responseHead = [](Context &c) {
            c.buffer(1);
            return Flow::Continue;
        }});
        other.start();
        QCOMPARE(statusOf(other.ask()), 502);
    }

    void anAnswerPassesThoseBefore()
    {
        World world;
        Log log;
        world.filter({.responseHead = [&](Context &c) {
            log.add("first" + std::string(c.responseIsLocal() ? " local" : ""));
            c.response().fields.add("X-Seen", "1");
            return Flow::Continue;
        }});
        world.filter({.requestHead = [](Context &c) { return refuseWith(c, 403); },
                      .responseHead = [&](Context &) {
                          log.add("itself");
                          return Flow::Continue;
                      }});
        world.filter({.requestHead = [&](Context &) {
            log.add("third");
            return Flow::Continue;
        }});
        DataPlane &plane = world.start();
        const std::string answer = world.ask();
        QCOMPARE(statusOf(answer), 403);
        QCOMPARE(fieldOf(answer, "x-seen"), std::string("1"));
        QCOMPARE(fieldOf(answer, "content-type"), std::string("application/problem+json"));
        QVERIFY(bodyOf(answer).find("\"title\":\"No\",\"status\":403,\"detail\":\"the test says so\"") != std::string::npos);
        QCOMPARE(log.text(), std::string("first local "));
        QCOMPARE(world.upstream.connections(), 0);
        const auto stored = plane.waitForFinal();
        QCOMPARE(int(stored.row.verdict), int(Verdict::Refused));
        QCOMPARE(int(stored.steps.at(0).verdict), int(StepVerdict::Refused));
        QCOMPARE(stored.response.body, bodyOf(answer));
    }

    void anAnswerInTheMiddleOfTheBody()
    {
        World world;
        world.filter({.requestPiece = [](Context &c, std::string_view &) { return refuseWith(c, 422); }});
        world.start();
        QCOMPARE(statusOf(world.ask(post)), 422);
        World late;
        late.filter({.requestEnd = [](Context &c, http::Fields &) { return refuseWith(c, 423); }});
        late.start();
        QCOMPARE(statusOf(late.ask(post)), 423);
    }

    void anAnswerInThePlaceOfTheUpstreams()
    {
        World world("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100000, 'x'));
        Log log;
        world.filter({.responseHead = [&](Context &c) {
            log.add("first " + std::to_string(c.response().status));
            return Flow::Continue;
        }});
        world.filter({.responseHead = [](Context &c) { return refuseWith(c, 451); }});
        world.start();
        QCOMPARE(statusOf(world.ask()), 451);
        QCOMPARE(log.text(), std::string("first 451 "));
    }

    void suspendedByTheTimer()
    {
        World world;
        Log log;
        world.filter({.requestHead =
                          [&](Context &c) {
                              log.add("head");
                              c.step(StepVerdict::Delayed, "20 ms");
                              c.services().resumer.resumeAfter(c.resumption(), 20ms);
                              return Flow::Suspend;
                          },
                      .resume =
                          [&](Context &) {
                              log.add("resumed");
                              return Flow::Continue;
                          },
                      .requestPiece =
                          [&](Context &, std::string_view &piece) {
                              log.add(std::string(piece));
                              return Flow::Continue;
                          }});
        DataPlane &plane = world.start();
        QCOMPARE(bodyOf(world.ask(post)), std::string("ok"));
        QCOMPARE(log.text(), std::string("head resumed hello "));
        QVERIFY(world.upstream.noted().at(0).ends_with("\r\n\r\nhello"));
        const auto stored = plane.waitForFinal();
        QCOMPARE(int(stored.row.verdict), int(Verdict::Delayed));
        QVERIFY(stored.row.durationMicros >= 20000);
    }

    void suspendedAtEveryEventAndResumedFromAnotherThread()
    {
        World world("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nokay");
        Log log;
        const auto away = [&](Context &c, const char *where) {
            log.add(where);
            c.services().blocking.run([] { }, [&resumer = c.services().resumer, which = c.resumption()] { resumer.resume(which); });
            return Flow::Suspend;
        };
        world.filter({.requestHead = [&](Context &c) { return away(c, "h"); },
                      .responseHead = [&](Context &c) { return away(c, "H"); },
                      .requestPiece = [&](Context &c, std::string_view &) { return away(c, "p"); },
                      .responsePiece = [&](Context &c, std::string_view &) { return away(c, "P"); },
                      .requestEnd = [&](Context &c, http::Fields &) { return away(c, "e"); },
                      .responseEnd = [&](Context &c, http::Fields &) { return away(c, "E"); }});
        world.start();
        for (int i = 0; i < 20; ++i) {
            QCOMPARE(bodyOf(world.ask(post)), std::string("okay"));
            QVERIFY(world.upstream.noted().back().ends_with("\r\n\r\nhello"));
        }
        QVERIFY(log.text().starts_with("h p e H P E h p e "));
    }

    void resumedIntoAnAnswer()
    {
        World world;
        world.filter({.requestHead =
                          [](Context &c) {
                              c.services().resumer.resumeAfter(c.resumption(), 1ms);
                              return Flow::Suspend;
                          },
                      .resume = [](Context &c) { return refuseWith(c, 402); }});
        world.start();
        QCOMPARE(statusOf(world.ask()), 402);
        QCOMPARE(world.upstream.connections(), 0);
    }

    void aStaleResumptionIsIgnored()
    {
        World world;
        std::mutex mutex;
        std::vector<std::pair<const policy::Resumer *, policy::Resumption>> seen;
        world.filter({.requestHead = [&](Context &c) {
            const std::lock_guard lock(mutex);
            seen.emplace_back(&c.services().resumer, c.resumption());
            for (const auto &[resumer, which] : seen)
                if (seen.size() > 1)
                    resumer->resume(seen.front().second); // of the exchange that is long over
            c.services().resumer.resumeAfter(c.resumption(), 5ms);
            return Flow::Suspend;
        }});
        DataPlane &plane = world.start();
        for (int i = 0; i < 3; ++i)
            QCOMPARE(bodyOf(world.ask()), std::string("ok"));
        QVERIFY(plane.waitForFinal(2).row.durationMicros >= 5000); // its own timer resumed it, not the stale one
    }

    void shadowOnlyWatches()
    {
        World world;
        world.filter({.requestHead = [](Context &c) {
            c.request().fields.set("X-Shadow", "1");
            c.info().requestId = "shadow";
            return refuseWith(c, 403);
        }, .responseHead = [](Context &c) {
            c.response().fields.set("X-Shadow", "1");
            return refuseWith(c, 500);
        }});
        world.last().shadow = true;
        DataPlane &plane = world.start();
        const std::string answer = world.ask();
        QCOMPARE(statusOf(answer), 200);
        QVERIFY(fieldOf(answer, "x-shadow").empty());
        QVERIFY(fieldOf(world.upstream.noted().at(0), "x-shadow").empty());
        const auto stored = plane.waitForFinal();
        QCOMPARE(int(stored.steps.at(0).verdict), int(StepVerdict::WouldRefuse));
        QCOMPARE(int(stored.row.verdict), int(Verdict::Allowed));
    }

    void onlyWhenItsConditionHolds()
    {
        World world;
        world.filter({.requestHead = [](Context &c) { return refuseWith(c, 403); }});
        config::Condition when;
        when.methods = {"POST"};
        world.last().when = *policy::Condition::make(when);
        world.filter({.requestHead = [](Context &c) { return refuseWith(c, 403); }});
        world.last().enabled = false;
        DataPlane &plane = world.start();
        QCOMPARE(statusOf(world.ask()), 200);
        QCOMPARE(statusOf(world.ask(post)), 403);
        const auto stored = plane.waitForFinal();
        QCOMPARE(int(stored.steps.at(0).verdict), int(StepVerdict::Skipped));
        QCOMPARE(int(stored.steps.at(1).verdict), int(StepVerdict::Off));
    }

    void doneComesOnceAlsoWhenTheClientLeaves()
    {
        World world;
        std::atomic<int> done{0}, suspended{0};
        world.filter({.requestHead =
                          [&](Context &) {
                              ++suspended;
                              return Flow::Suspend; // nobody will resume it
                          },
                      .done = [&](Context &) { ++done; }});
        DataPlane &plane = world.start();
        Peer client = connectTo(plane.port());
        client.send(post);
        QVERIFY(waitFor("the filter to suspend", [&] { return suspended == 1; }));
        client.reset();
        QCOMPARE(int(plane.waitForFinal().row.verdict), int(Verdict::Cancelled));
        QCOMPARE(done.load(), 1);
    }

    void refusalsOfLimitsAreThrottled()
    {
        World world;
        world.filter({.requestHead = [](Context &c) {
            const http::Field retry{"Retry-After", "1"};
            c.respondProblem(429, "Too Many Requests", "slower", {&retry, 1});
            c.gauge(0, 10, 1000000);
            return Flow::Respond;
        }});
        world.last().limits = true;
        DataPlane &plane = world.start();
        const std::string answer = world.ask();
        QCOMPARE(statusOf(answer), 429);
        QCOMPARE(fieldOf(answer, "retry-after"), std::string("1"));
        const auto stored = plane.waitForFinal();
        QCOMPARE(int(stored.row.verdict), int(Verdict::Throttled));
        QCOMPARE(stored.steps.at(0).capacity, 10.0);
    }

    // What follows a switch of protocols is not HTTP: filters see its heads, and a wish to hold a body back finds none.
    void tunnelsShowTheirHeadsOnly()
    {
        std::atomic<int> heads{0}, pieces{0}, done{0};
        World world("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nwelcome");
        world.filter({.responseHead =
                          [&](Context &c) {
                              ++heads;
                              c.buffer(1000);
                              c.response().fields.set("X-Seen", std::to_string(c.response().status));
                              return Flow::Continue;
                          },
                      .requestPiece = [&](Context &, std::string_view &) { ++pieces; return Flow::Continue; },
                      .responsePiece = [&](Context &, std::string_view &) { ++pieces; return Flow::Continue; },
                      .done = [&](Context &) { ++done; }});
        DataPlane &plane = world.start();
        Peer client = connectTo(plane.port());
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        const std::string head = client.readHead();
        QCOMPARE(statusOf(head), 101);
        QCOMPARE(fieldOf(head, "x-seen"), std::string("101"));
        QCOMPARE(client.read(7), std::string("welcome"));
        client.send("bye");
        client.close();
        QCOMPARE(int(plane.waitForFinal().row.status), 101);
        QCOMPARE(heads.load(), 1);
        QCOMPARE(pieces.load(), 0);
        QCOMPARE(done.load(), 1);
    }

    void aTunnelCanBeRefused()
    {
        World world("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nwelcome");
        world.filter({.responseHead = [&](Context &c) {
            c.respondProblem(403, "Forbidden", "not this one");
            return Flow::Respond;
        }});
        DataPlane &plane = world.start();
        Peer client = connectTo(plane.port());
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        const std::string answer = client.readMessage();
        QCOMPARE(statusOf(answer), 403);
        QVERIFY(answer.find("welcome") == std::string::npos);
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); // HTTP goes on
        QVERIFY(statusOf(client.readMessage()) != 101);
        QCOMPARE(int(plane.waitForFinal(0).row.status), 403);
    }
};

QTEST_GUILESS_MAIN(TestFilters)
#include "tst_filters.moc"
