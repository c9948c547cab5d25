#include "tests/gateway/runtime/build.h"
#include "tests/gateway/policy/fakecontext.h"
#include "gateway/policy/cors/record.h"
#include "gateway/policy/headers/record.h"
#include "gateway/policy/ip-filter/record.h"
#include "gateway/policy/key-auth/record.h"
#include "gateway/policy/rate-limit/record.h"
#include "gateway/runtime/chain.h"

#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;
using namespace std::chrono_literals;

namespace {
config::Condition under(std::string prefix)
{
    config::Condition made;
    made.prefix = std::move(prefix);
    return made;
}
RateLimit hourly(uint64_t requests)
{
    RateLimit record;
    record.requests = requests;
    record.per = 1h;
    return record;
}
const runtime::RoutePlan &plan(const runtime::SnapshotPointer &snapshot, std::string_view route)
{
    return **snapshot->listeners[0]->router->find(route);
}
std::string chain(const runtime::RoutePlan &plan)
{
    std::string text;
    for (const auto &policy : plan.policies)
        text += (text.empty() ? "" : " ") + policy.owner + "/" + (policy.name.empty() ? policy.kind : policy.name) + (policy.enabled ? "" : "(off)");
    return text;
}
config::PolicyEntry corsEntry()
{
    Cors record;
    record.origins = {"https://shop.test"};
    return entry("cors", record);
}
// One request through the first policy, and how many buckets it has now.
void take(const runtime::RoutePlan &plan, const Clock &clock)
{
    FakeContext context(clock);
    plan.policies[0].filter->make(context.arena())->onRequestHead(context);
}
size_t counted(const runtime::RoutePlan &plan) { return plan.policies[0].filter->gauges(8).size(); }
} // namespace

class TestCompiler : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sharesWhatDidNotChange()
    {
        auto first = workspace({route("a", under("/a")), route("b", under("/b"))});
        first.routes[0].policies.push_back(entry("rate-limit", hourly(5)));
        Runtime runtime;
        const auto before = runtime.compile(first);
        QVERIFY2(before, runtime.problems.c_str());
        const auto same = runtime.compile(first, before.get());
        QCOMPARE(same->listeners[0]->router, before->listeners[0]->router);
        QCOMPARE(same->listeners[0]->unmatched, before->listeners[0]->unmatched);
        auto edited = first;
        edited.routes[1].rewrite.addPrefix = "/x";
        const auto after = runtime.compile(edited, before.get());
        QCOMPARE(*after->listeners[0]->router->find("a"), *before->listeners[0]->router->find("a"));
        QVERIFY(*after->listeners[0]->router->find("b") != *before->listeners[0]->router->find("b"));
        auto delivered = first; // an upstream's delivery is part of each plan that goes there
        delivered.upstreams[0].delivery.timeout.connect = 1s;
        const auto other = runtime.compile(delivered, before.get());
        QVERIFY(*other->listeners[0]->router->find("a") != *before->listeners[0]->router->find("a"));
        QCOMPARE(plan(other, "a").delivery.connect, Duration(1s));
    }
    void oneRouterForListenersWithoutPolicies()
    {
        auto made = workspace({route("a", under("/a"))});
        made.listeners.push_back(made.listeners[0]);
        made.listeners[1].name = "second";
        Runtime runtime;
        const auto snapshot = runtime.compile(made);
        QCOMPARE(snapshot->listeners[0]->router, snapshot->listeners[1]->router);
        made.listeners[1].policies.push_back(entry("rate-limit", hourly(5)));
        const auto apart = runtime.compile(made);
        QCOMPARE(chain(**apart->listeners[1]->router->find("a")), std::string("second/rate-limit"));
        QCOMPARE(chain(**apart->listeners[0]->router->find("a")), std::string());
        QCOMPARE(chain(*apart->listeners[1]->unmatched), std::string("second/rate-limit"));
    }
    void consumersReachOnlyPlansThatAskForThem()
    {
        auto first = workspace({route("open", under("/a")), route("closed", under("/b"))});
        first.routes[1].policies.push_back(entry("key-auth", KeyAuth{}));
        config::Consumer consumer;
        consumer.name = "web";
        consumer.apiKeys = {{"one", "${secret:one}"}};
        first.consumers.push_back(consumer);
        Runtime runtime;
        const auto before = runtime.compile(first);
        auto edited = first;
        edited.consumers[0].apiKeys[0].value = "two";
        const auto after = runtime.compile(edited, before.get());
        QCOMPARE(*after->listeners[0]->router->find("open"), *before->listeners[0]->router->find("open"));
        QVERIFY(*after->listeners[0]->router->find("closed") != *before->listeners[0]->router->find("closed"));
    }
    void countsSurviveAnUnrelatedEditAndResetWithTheirOwn()
    {
        auto first = workspace({route("a", under("/a"))});
        first.routes[0].policies.push_back(entry("rate-limit", hourly(5)));
        Runtime runtime;
        auto before = runtime.compile(first);
        take(plan(before, "a"), runtime.clock);
        QCOMPARE(counted(plan(before, "a")), size_t(1));
        auto edited = first;
        edited.routes[0].description = "edited";
        edited.routes[0].rewrite.addPrefix = "/x"; // a new plan, the same limit
        auto after = runtime.compile(edited, before.get());
        before.reset();
        QCOMPARE(counted(plan(after, "a")), size_t(1));
        auto status = edited;
        auto record = hourly(5);
        record.status = 503; // does not concern what was counted
        status.routes[0].policies[0] = entry("rate-limit", record);
        after = runtime.compile(status, after.get());
        QCOMPARE(counted(plan(after, "a")), size_t(1));
        status.routes[0].policies[0] = entry("rate-limit", hourly(6)); // does
        after = runtime.compile(status, after.get());
        QCOMPARE(counted(plan(after, "a")), size_t(0));
    }
    void aSharedPolicyCountsOnceWhereverItStands()
    {
        auto made = workspace({route("a", under("/a")), route("b", under("/b")), route("own", under("/c"))});
        auto shared = entry("rate-limit", hourly(5), "burst");
        shared.reference = "burst";
        made.routes[0].policies.push_back(shared);
        made.routes[1].policies.push_back(shared);
        made.routes[2].policies.push_back(entry("rate-limit", hourly(5), "burst"));
        Runtime runtime;
        const auto snapshot = runtime.compile(made);
        take(plan(snapshot, "a"), runtime.clock);
        QCOMPARE(counted(plan(snapshot, "b")), size_t(1));
        QCOMPARE(counted(plan(snapshot, "own")), size_t(0));
        QCOMPARE(plan(snapshot, "a").policies[0].identity, plan(snapshot, "b").policies[0].identity);
    }
    void overridesStandWhereWhatTheyReplaceStood()
    {
        auto made = workspace({route("a", under("/a"))});
        config::Group group;
        group.name = "g";
        group.policies = {entry("key-auth", KeyAuth{}), entry("rate-limit", hourly(5), "burst"), entry("rate-limit", hourly(50), "day")};
        made.groups.push_back(group);
        made.listeners[0].policies.push_back(entry("ip-filter", IpFilter{}));
        made.routes[0].group = "g";
        Runtime runtime;
        QCOMPARE(chain(plan(runtime.compile(made), "a")), std::string("main/ip-filter g/key-auth g/burst g/day"));
        const auto overridden = [&](config::PolicyEntry one) {
            one.override = true;
            made.routes[0].policies = {one};
            return chain(plan(runtime.compile(made), "a"));
        };
        QCOMPARE(overridden(entry("key-auth", KeyAuth{})), std::string("main/ip-filter a/key-auth g/burst g/day"));
        QCOMPARE(overridden(entry("rate-limit", hourly(1), "day")), std::string("main/ip-filter g/key-auth g/burst a/day"));
        QCOMPARE(overridden(entry("rate-limit", hourly(1))), std::string("main/ip-filter g/key-auth a/rate-limit"));
        QCOMPARE(overridden(entry("headers", Headers{})), std::string("main/ip-filter g/key-auth g/burst g/day a/headers"));
        auto off = entry("key-auth", KeyAuth{});
        off.enabled = false;
        QCOMPARE(overridden(off), std::string("main/ip-filter a/key-auth(off) g/burst g/day"));
    }
    void identitiesAreOwnerKindAndNameOrOrdinal()
    {
        auto made = route("a", under("/a"));
        made.policies = {entry("rate-limit", hourly(1)), entry("rate-limit", hourly(2), "named"), entry("rate-limit", hourly(3)), entry("headers", Headers{})};
        std::vector<std::string> identities;
        for (const auto &placed : runtime::chainOf(nullptr, nullptr, &made))
            identities.push_back(placed.identity);
        QCOMPARE(identities, (std::vector<std::string>{"route:a/rate-limit#0", "route:a/rate-limit/named", "route:a/rate-limit#1", "route:a/headers#0"}));
    }
    void tellsAllThatIsWrongAtOnce()
    {
        auto made = workspace({route("a", under("/a")), route("b", under("/b")), route("c", under("/c"))});
        Headers bad;
        bad.request.set = {{"content-length", "1"}};
        made.routes[0].policies.push_back(entry("headers", bad));
        made.routes[1].rewrite.path = "/x/{path.id}";
        made.routes[2].match.consumer = {"web"};
        Runtime runtime;
        QVERIFY(!runtime.compile(made));
        QVERIFY2(runtime.problems.find("routes[0].policies[0].headers: `content-length`") != std::string::npos, runtime.problems.c_str());
        QVERIFY2(runtime.problems.find("routes[1].rewrite.path: the route's path has no {id}") != std::string::npos, runtime.problems.c_str());
        QVERIFY2(runtime.problems.find("routes[2].match: ") != std::string::npos, runtime.problems.c_str());
    }
    void answersOnlyForNamedHostsOnLoopback()
    {
        config::Condition named;
        named.hosts = {"api.shop.test", "*.wild.test"};
        auto made = workspace({route("a", named)});
        Runtime runtime;
        const auto snapshot = runtime.compile(made);
        const auto &listener = *snapshot->listeners[0];
        for (auto host : {"api.shop.test", "x.y.wild.test", "localhost", "a.localhost", "127.0.0.1", "[::1]", "192.168.0.1"})
            QVERIFY2(listener.answersFor(host), host);
        for (auto host : {"evil.test", "shop.test", "wild.test", "localhost.evil.test", ""})
            QVERIFY2(!listener.answersFor(host), host);
        made.listeners[0].address = "0.0.0.0:80";
        made.listeners[0].expose = true;
        QVERIFY(runtime.compile(made)->listeners[0]->answersFor("evil.test"));
    }
    void preflightsFollowTheMethodTheyAskFor()
    {
        config::Condition get = under("/a");
        get.methods = {"GET"};
        auto made = workspace({route("plain", get), route("cors", get)});
        made.routes[1].policies.push_back(corsEntry());
        Runtime runtime;
        const auto snapshot = runtime.compile(made);
        QVERIFY2(snapshot, runtime.problems.c_str());
        Asked preflight("OPTIONS", "a.localhost", "/a", {{"origin", "https://shop.test"}, {"access-control-request-method", "GET"}});
        QCOMPARE(preflight.routeIn(*snapshot->listeners[0]->router), std::string("cors"));
        QCOMPARE(Asked("OPTIONS", "a.localhost", "/a").routeIn(*snapshot->listeners[0]->router), std::string("-"));
        QVERIFY(plan(snapshot, "cors").allowsOrigin("https://shop.test", preflight.view(), preflight.arena));
        QVERIFY(!plan(snapshot, "plain").allowsOrigin("https://shop.test", preflight.view(), preflight.arena));
    }
};

QTEST_GUILESS_MAIN(TestCompiler)
#include "tst_compiler.moc"
