// What explanations say of requests that were not sent, of those that were, and how a request is rewritten on its way out.
#include "tests/gateway/runtime/build.h"
#include "gateway/observe/explanationjson.h"
#include "gateway/policy/headers/record.h"
#include "gateway/policy/key-auth/record.h"
#include "gateway/policy/rate-limit/record.h"
#include "gateway/runtime/explain.h"
#include "gateway/runtime/forward.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;
using namespace std::chrono_literals;
using observe::StepVerdict;

namespace {
// The example of the workspace format, as far as it concerns get-order.
config::Workspace shop()
{
    auto made = workspace();
    config::Group group;
    group.name = "public";
    group.hosts = {"api.shop.localhost"};
    group.prefix = "/v1";
    RateLimit limit;
    limit.requests = 10;
    auto burst = entry("rate-limit", limit, "burst");
    burst.reference = "burst";
    group.policies = {burst};
    made.groups = {group};
    config::Condition match;
    match.path = pathTemplate("/orders/{id}");
    match.methods = {"GET"};
    auto beta = route("get-order-beta", match), order = route("get-order", match);
    beta.match.headers = {{"x-beta", is("1")}};
    order.policies = {entry("key-auth", KeyAuth{})};
    order.rewrite.path = "/orders/{path.id}";
    order.rewrite.host = "orders.internal";
    beta.group = order.group = "public";
    auto old = route("legacy", {});
    old.match.prefix = "/old";
    old.to = {};
    old.to.redirect = config::Redirect{"/v1{path-rest}", 308};
    made.routes = {beta, order, old};
    config::Consumer web;
    web.name = "web-app";
    web.apiKeys = {{"s3cret", "${secret:web}"}};
    made.consumers = {web};
    return made;
}
runtime::Sketch get(std::string target, std::vector<std::pair<std::string, std::string>> fields = {}, std::string host = "api.shop.localhost")
{
    runtime::Sketch sketch;
    sketch.target = std::move(target);
    sketch.host = std::move(host);
    sketch.fields = std::move(fields);
    return sketch;
}
std::string changesOf(const observe::Explanation &why)
{
    std::string text;
    for (const auto &change : why.changes)
        if (change.kind != observe::Change::Kind::Same)
            text += std::string(change.kind == observe::Change::Kind::Added ? "+ " : "- ") + change.line + "  [" + change.setting + "]\n";
    return text;
}
} // namespace

class TestExplain : public QObject {
    Q_OBJECT
    Runtime m_runtime;
    runtime::SnapshotPointer m_snapshot;
    observe::Explanation explain(const runtime::Sketch &sketch) { return runtime::explain(*m_snapshot, *m_snapshot->listeners[0], sketch, m_runtime.clock); }

private Q_SLOTS:
    void init()
    {
        m_snapshot = m_runtime.compile(shop());
        QVERIFY2(m_snapshot, m_runtime.problems.c_str());
    }
    void asTheContractHasIt()
    {
        const auto why = explain(get("/v1/orders/42", {{"X-API-Key", "s3cret"}, {"accept", "*/*"}}));
        QCOMPARE(*why.route, std::string("get-order"));
        QCOMPARE(why.url, std::string("http://orders.internal/orders/42"));
        QCOMPARE(why.target, observe::TargetKind::Upstream);
        QCOMPARE(why.policies.size(), size_t(2));
        QCOMPARE(why.policies[0].name, std::string("burst"));
        QCOMPARE(why.policies[0].verdict, StepVerdict::WouldRun);
        QCOMPARE(why.policies[0].gauge->key, std::string("127.0.0.1"));
        QCOMPARE(why.policies[1].detail, std::string("consumer web-app"));
        const std::string changes = changesOf(why);
        QCOMPARE(changes, std::string("- GET /v1/orders/42 HTTP/1.1  [rewrite.path]\n"
                                             "+ GET /orders/42 HTTP/1.1  [rewrite.path]\n"
                                             "- host: api.shop.localhost  [rewrite.host]\n"
                                             "+ host: orders.internal  [rewrite.host]\n"
                                             "- x-api-key: [redacted]  [key-auth, hide]\n"
                                             "+ x-forwarded-for: 127.0.0.1  [settings.forwarded]\n"
                                             "+ x-forwarded-proto: http  [settings.forwarded]\n"
                                             "+ x-forwarded-host: api.shop.localhost  [settings.forwarded]\n"
                                             "+ via: 1.1 gatehouse  [via]\n"));
        // The shape of cli.md.
        const auto json = observe::explanationJson(why);
        QCOMPARE(json::at(json, "/listener")->string(), std::string_view("main"));
        QCOMPARE(json::at(json, "/route")->string(), std::string_view("get-order"));
        QCOMPARE(json::at(json, "/candidates/0/captures/id")->string(), std::string_view("42"));
        QCOMPARE(json::at(json, "/candidates/1/route")->string(), std::string_view("get-order-beta"));
        QCOMPARE(json::at(json, "/candidates/1/matched")->truth(true), false);
        QCOMPARE(json::at(json, "/candidates/1/failed/condition")->string(), std::string_view("headers.x-beta"));
        QCOMPARE(json::at(json, "/candidates/1/failed/expected")->string(), std::string_view("1"));
        QVERIFY(json::at(json, "/candidates/1/failed/actual")->isNull());
        QCOMPARE(json::at(json, "/policies/0/kind")->string(), std::string_view("rate-limit"));
        QCOMPARE(json::at(json, "/policies/0/verdict")->string(), std::string_view("would-run"));
        QCOMPARE(json::at(json, "/target/kind")->string(), std::string_view("upstream"));
        QCOMPARE(json::at(json, "/request/url")->string(), std::string_view("http://orders.internal/orders/42"));
        QCOMPARE(json::at(json, "/request/headers/0/1")->string(), std::string_view("orders.internal"));
        QVERIFY(json::write(json).find("s3cret") == std::string::npos);
    }
    void countsNothing()
    {
        for (int i = 0; i < 50; ++i)
            explain(get("/v1/orders/1", {{"x-api-key", "s3cret"}}));
        QCOMPARE(explain(get("/v1/orders/1")).policies[0].gauge->level, 10.0);
    }
    void aRefusalSaysSoAndStillShowsTheWay()
    {
        const auto why = explain(get("/v1/orders/42"));
        QCOMPARE(why.policies[1].verdict, StepVerdict::Refused);
        QCOMPARE(why.verdict, observe::Verdict::Refused);
        QCOMPARE(why.status, uint16_t(401));
        QCOMPARE(why.url, std::string("http://orders.internal/orders/42"));
    }
    void shadowAndOffAndWhen()
    {
        auto made = shop();
        made.routes[1].policies[0].mode = config::PolicyMode::Shadow;
        Headers edits;
        edits.request.set = {{"x-a", "1"}};
        auto off = entry("headers", edits), skipped = entry("headers", edits);
        off.enabled = false;
        skipped.when.emplace();
        skipped.when->consumer = {"nobody"};
        made.routes[1].policies.push_back(off);
        made.routes[1].policies.push_back(skipped);
        m_snapshot = m_runtime.compile(made);
        QVERIFY2(m_snapshot, m_runtime.problems.c_str());
        const auto why = explain(get("/v1/orders/42"));
        QCOMPARE(why.policies[1].verdict, StepVerdict::WouldRefuse);
        QCOMPARE(why.policies[2].verdict, StepVerdict::Off);
        QCOMPARE(why.policies[3].verdict, StepVerdict::Skipped);
        QCOMPARE(why.policies[3].detail, std::string("consumer wants nobody, got nothing"));
        QCOMPARE(why.verdict, observe::Verdict::Allowed);
        QVERIFY(changesOf(why).find("x-a") == std::string::npos);
    }
    void otherEnds()
    {
        auto why = explain(get("/old/a%2Fb?x=1"));
        QCOMPARE(why.targetName, std::string("/v1/a%2Fb"));
        QCOMPARE(why.status, uint16_t(308));
        why = explain(get("/nowhere"));
        QVERIFY(!why.route);
        QCOMPARE(why.status, uint16_t(404));
        QCOMPARE(why.candidates.size(), size_t(3)); // all of them, nearest first
        QVERIFY(observe::explanationJson(why).find("route")->isNull());
        why = explain(get("/v1/orders/1", {}, "evil.test"));
        QCOMPARE(why.verdict, observe::Verdict::RefusedHost);
        QCOMPARE(why.refusedHost, std::string("evil.test"));
        why = explain(get("/../../etc"));
        QCOMPARE(why.verdict, observe::Verdict::Malformed);
        auto post = get("/old", {{"origin", "https://evil.test"}});
        post.method = "POST";
        QCOMPARE(explain(post).verdict, observe::Verdict::RefusedCrossSite);
    }
    void whatHappenedIsToldWithItsOwnFigures()
    {
        observe::Row row;
        row.listener = "main";
        row.route = "get-order";
        row.method = "GET";
        row.path = "/v1/orders/42";
        row.client = "127.0.0.1:52114";
        row.consumer = "web-app";
        row.status = 200;
        row.target = observe::TargetKind::Upstream;
        row.targetName = "up";
        observe::Message request, forwarded;
        request.startLine = "GET /v1/orders/42 HTTP/1.1";
        request.fields = {{"Host", "api.shop.localhost"}, {"X-API-Key", "[redacted]"}};
        forwarded.startLine = "GET /orders/42 HTTP/1.1";
        forwarded.fields = {{"host", "orders.internal"}, {"X-Forwarded-For", "127.0.0.1"}, {"Via", "1.1 gatehouse-77"}};
        std::vector<observe::StepRecord> steps(3);
        steps[0] = {0, observe::Phase::Request, StepVerdict::Passed, 10, 900, {}, 7, 10, 0};
        steps[1] = {1, observe::Phase::Request, StepVerdict::Acted, 12, 800, "consumer web-app", 0, 0, 0};
        steps[2] = {0, observe::Phase::Response, StepVerdict::Passed, 900, 100, {}, 0, 0, 0};
        std::vector<observe::AttemptRecord> attempts(1);
        attempts[0].endpoint = "127.0.0.1:9001";
        attempts[0].status = 200;
        const auto why = runtime::explain(*m_snapshot, nullptr, {row, request, forwarded, steps, attempts, {}}, m_runtime.clock);
        QCOMPARE(*why.route, std::string("get-order"));
        QVERIFY(why.candidates[0].won);
        QCOMPARE(why.policies.size(), size_t(3));
        QCOMPARE(why.policies[0].gauge->key, std::string("127.0.0.1"));
        QCOMPARE(why.policies[0].durationNanos, int64_t(900));
        QCOMPARE(why.policies[2].phase, observe::Phase::Response);
        QCOMPARE(why.attempts[0].endpoint, std::string("127.0.0.1:9001"));
        QCOMPARE(why.url, std::string("http://orders.internal/orders/42"));
        const std::string changes = changesOf(why);
        QCOMPARE(changes, std::string("- GET /v1/orders/42 HTTP/1.1  [rewrite.path]\n"
                                             "+ GET /orders/42 HTTP/1.1  [rewrite.path]\n"
                                             "- host: api.shop.localhost  [rewrite.host]\n"
                                             "+ host: orders.internal  [rewrite.host]\n"
                                             "- x-api-key: [redacted]  [key-auth, hide]\n"
                                             "+ x-forwarded-for: 127.0.0.1  [settings.forwarded]\n"
                                             "+ via: 1.1 gatehouse-77  [via]\n"));
    }

    void forwarding_data()
    {
        QTest::addColumn<QString>("stripPrefix");
        QTest::addColumn<QString>("addPrefix");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("expected");
        const QString none;
        QTest::newRow("as it came") << none << none << none << "/a/b?x=1" << "/a/b?x=1";
        QTest::newRow("empty query") << none << none << none << "/a?" << "/a?";
        QTest::newRow("normalised") << none << none << none << "/a/./%62/../c%c3%a9" << "/a/c%C3%A9";
        QTest::newRow("strip") << "/a" << none << none << "/a/b?x=1" << "/b?x=1";
        QTest::newRow("strip all") << "/a/" << none << none << "/a" << "/";
        QTest::newRow("strip on segments") << "/a" << none << none << "/ab" << "/ab";
        QTest::newRow("add") << none << "/v2/" << none << "/b" << "/v2/b";
        QTest::newRow("both") << "/a" << "/z" << none << "/a/b" << "/z/b";
        QTest::newRow("path keeps the query") << none << none << "/x{path-rest}" << "/a/b?q=1" << "/x/a/b?q=1";
        QTest::newRow("path with a query") << none << none << "/x?y={query.q}&z" << "/a?q=1%262" << "/x?y=1%262&z";
        QTest::newRow("a value can't climb") << none << none << "/files/{query.f}/x" << "/a?f=.." << "/files//x?f=..";
        QTest::newRow("a value can't add segments") << none << none << "/files/{query.f}" << "/a?f=b/c%3Fd" << "/files/b%2Fc%3Fd?f=b/c%3Fd";
        QTest::newRow("a value can't climb by encoded slashes") << none << none << "/files/{query.f}" << "/a?f=..%2f..%2Fetc" << "/files/?f=..%2f..%2Fetc";
    }
    void forwarding()
    {
        QFETCH(QString, stripPrefix);
        QFETCH(QString, addPrefix);
        QFETCH(QString, path);
        QFETCH(QString, target);
        QFETCH(QString, expected);
        auto one = route("r", {});
        one.match.prefix = "/";
        if (!stripPrefix.isEmpty())
            one.rewrite.stripPrefix = stripPrefix.toStdString();
        if (!addPrefix.isEmpty())
            one.rewrite.addPrefix = addPrefix.toStdString();
        if (!path.isEmpty())
            one.rewrite.path = path.toStdString();
        m_snapshot = m_runtime.compile(workspace({one}));
        const auto why = explain(get(target.toStdString(), {}, "localhost"));
        QCOMPARE(QString::fromStdString(why.url), QStringLiteral("http://localhost") + expected);
    }
    void queriesAndHopByHop()
    {
        auto one = route("r", {});
        one.rewrite.query.remove = {"drop me"};
        one.rewrite.query.rename = {{"old", "new"}};
        one.rewrite.query.set = {{"set", "{client.ip}"}};
        one.rewrite.query.add = {{"b", "&"}};
        m_snapshot = m_runtime.compile(workspace({one}));
        const auto why = explain(get("/?a=%20x&drop+me=1&old=2&set=3&set=4&b", {{"Connection", "close, X-Mine"}, {"x-mine", "1"}, {"TE", "gzip"}}, "localhost"));
        QCOMPARE(why.url, std::string("http://localhost/?a=%20x&new=2&set=127.0.0.1&b&b=&"));
        for (const auto &[name, value] : why.headers)
            QVERIFY2(name != "connection" && name != "x-mine" && name != "te", name.c_str());
        QVERIFY(changesOf(why).find("- x-mine: 1  [hop-by-hop]") != std::string::npos);
    }
    void proxyFieldsAreBelievedOnlyFromTrusted()
    {
        for (bool trusted : {false, true}) {
            auto made = workspace({route("r", {})});
            made.settings.forwarded = config::Forwarded::Both;
            if (trusted)
                made.settings.trustedProxies = {*Cidr::parse("127.0.0.0/8"), *Cidr::parse("10.0.0.0/8")};
            m_snapshot = m_runtime.compile(made);
            const auto why = explain(get("/", {{"X-Forwarded-For", "6.6.6.6, 203.0.113.7, 10.0.0.2"}, {"X-Forwarded-Proto", "https"}, {"X-Real-IP", "6.6.6.6"}}, "localhost:8080"));
            std::map<std::string, std::string> fields(why.headers.begin(), why.headers.end());
            QCOMPARE(fields["x-forwarded-for"], trusted ? std::string("6.6.6.6, 203.0.113.7, 10.0.0.2, 127.0.0.1") : std::string("127.0.0.1"));
            QCOMPARE(fields["x-forwarded-proto"], std::string(trusted ? "https" : "http"));
            QCOMPARE(fields["forwarded"], trusted ? std::string("for=127.0.0.1;host=\"localhost:8080\";proto=https") : std::string("for=127.0.0.1;host=\"localhost:8080\";proto=http"));
            QCOMPARE(fields.count("x-real-ip"), size_t(trusted ? 1 : 0));

            Asked asked("GET", "localhost", "/", {{"X-Forwarded-For", "6.6.6.6, 203.0.113.7, 10.0.0.2"}});
            http::RequestHead head(asked.arena);
            head.fields = asked.fields.clone(asked.arena);
            runtime::believe(head, asked.info, m_snapshot->settings, *IpAddress::parse("127.0.0.1"));
            QCOMPARE(asked.info.client.text(), std::string(trusted ? "203.0.113.7" : "127.0.0.1"));
        }
    }
    void redirectsCantBeTurnedElsewhere()
    {
        auto one = route("r", {});
        one.match.prefix = "/";
        one.to = {};
        one.to.redirect = config::Redirect{"{path-rest}", 302};
        m_snapshot = m_runtime.compile(workspace({one}));
        QCOMPARE(explain(get("//evil.test/x", {}, "localhost")).targetName, std::string("/evil.test/x"));
    }
};

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_explain.moc"
