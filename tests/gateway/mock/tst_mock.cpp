#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/mock/latency.h"
#include "gateway/mock/mock.h"
#include "tests/support/support.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <cstring>
#include <random>

using namespace gatehouse;
using namespace gatehouse::mock;

namespace {
class Seeded final : public policy::Random {
public:
    explicit Seeded(uint64_t seed) : m_engine(seed) { }
    void fill(std::span<std::byte> to) override
    {
        for (auto &byte : to)
            byte = static_cast<std::byte>(m_engine() & 0xff);
    }

private:
    std::mt19937_64 m_engine;
};

// A request over its own texts.
struct Asked {
    Arena arena;
    http::RequestHead head{arena};
    policy::RequestInfo info;
    std::vector<std::pair<std::string_view, std::string_view>> captures;
    std::string_view body;
    explicit Asked(std::string_view method = "GET", std::string_view path = "/v1/products/a")
    {
        head.method = method;
        info.path = path;
        info.host = "localhost";
    }
    Request get()
    {
        info.captures = captures;
        return {head, info, body};
    }
};

config::MockResponse answering(int status, std::optional<config::Condition> when = {})
{
    config::MockResponse response;
    response.status = status;
    response.body = std::to_string(status);
    response.when = std::move(when);
    return response;
}

config::TextMatch equals(std::string text)
{
    config::TextMatch match;
    match.equals = std::move(text);
    return match;
}
} // namespace

class TestMock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void firstMatchWins();
    void looksAtTheBody();
    void sequenceGoesOnOverReload();
    void randomIsEvenAndRepeatable();
    void bodiesAndTheirTypes();
    void filesStayInside();
    void drawsLatencies();
};

void TestMock::firstMatchWins()
{
    config::Condition missing, posted;
    missing.path.emplace();
    missing.path->captures.emplace_back("sku", equals("missing"));
    posted.methods = {"POST"};
    posted.headers.emplace_back("x-beta", equals("1"));
    config::Mock record;
    record.name = "product";
    record.responses = {answering(404, missing), answering(201, posted)};
    policy::StateStore states;
    Seeded random(1);
    const auto plan = MockPlan::compile(record, {}, states).value();
    QCOMPARE(plan->name(), std::string("product"));
    QVERIFY(!plan->needsBody());

    Asked asked("POST");
    asked.captures = {{"sku", "missing"}};
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(0));
    asked.captures = {{"sku", "a"}};
    QVERIFY(!plan->choose(asked.get(), random).has_value());
    auto rows = plan->explain(asked.get());
    QCOMPARE(rows.size(), 2u);
    QCOMPARE(rows[1].route, std::string("responses[1]"));
    QCOMPARE(rows[0].failed->condition, std::string("path.sku"));
    QCOMPARE(rows[0].failed->actual, std::optional<std::string>("a"));
    QCOMPARE(rows[1].failed->condition, std::string("headers.x-beta"));
    QVERIFY(!rows[1].failed->actual && !rows[1].won);

    asked.head.fields.add("X-Beta", "1");
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(1));
    rows = plan->explain(asked.get());
    QVERIFY(rows[1].won && rows[1].decided == observe::Precedence::OnlyMatch);
    asked.captures = {{"sku", "missing"}};
    rows = plan->explain(asked.get());
    QVERIFY(rows[0].won && !rows[1].won && rows[1].matched);
    QCOMPARE(rows[1].against, std::string("responses[0]"));
    QCOMPARE(*rows[0].decided, observe::Precedence::FileOrder);
}

void TestMock::looksAtTheBody()
{
    config::Condition holds;
    holds.body.emplace();
    holds.body->contains = "sku";
    config::Mock record;
    record.responses = {answering(200, holds), answering(400)};
    policy::StateStore states;
    Seeded random(1);
    const auto plan = MockPlan::compile(record, {}, states).value();
    QVERIFY(plan->needsBody());
    Asked asked("POST");
    asked.body = R"({"sku": 1})";
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(0));
    asked.body = "{}";
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(1));
}

void TestMock::sequenceGoesOnOverReload()
{
    config::Condition get;
    get.methods = {"GET"};
    config::Mock record;
    record.name = "steps";
    record.mode = config::MockMode::Sequence;
    record.responses = {answering(503), answering(503, get), answering(200)};
    policy::StateStore states;
    Seeded random(1);
    Asked asked;
    auto plan = MockPlan::compile(record, {}, states).value();
    QVERIFY(plan->explain(asked.get())[0].won);
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(0));
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(1));
    record.responses[2].status = 204; // an edit
    plan = MockPlan::compile(record, {}, states).value();
    QVERIFY(plan->explain(asked.get())[2].won);
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(2));
    QCOMPARE(plan->choose(asked.get(), random), std::optional<size_t>(0));
    QVERIFY(plan->explain(asked.get(), 0)[0].won); // the one that did answer
}

void TestMock::randomIsEvenAndRepeatable()
{
    config::Mock record;
    record.mode = config::MockMode::Random;
    record.responses = {answering(200), answering(201), answering(202)};
    policy::StateStore states;
    const auto plan = MockPlan::compile(record, {}, states).value();
    Asked asked;
    std::vector<size_t> first, second, counts(3);
    for (auto *list : {&first, &second}) {
        Seeded random(42);
        for (int i = 0; i < 3000; ++i)
            list->push_back(*plan->choose(asked.get(), random));
    }
    QVERIFY(first == second);
    for (const size_t index : first)
        ++counts[index];
    for (const size_t count : counts)
        QVERIFY(count > 900 && count < 1100);
    for (const auto &row : plan->explain(asked.get()))
        QVERIFY(row.matched && !row.won);
}

void TestMock::bodiesAndTheirTypes()
{
    config::Mock record;
    record.responses.resize(3);
    record.responses[0].json = json::Value::object({{"a", json::Value(1)}});
    record.responses[1].json = json::Value(true);
    record.responses[1].headers = {{"content-type", "application/vnd.shop+json"}, {"x-a", "b"}};
    policy::StateStore states;
    const auto plan = MockPlan::compile(record, {}, states).value();
    QCOMPARE(plan->response(0).body, std::string(R"({"a":1})"));
    QCOMPARE(plan->response(0).fields[0].second, std::string("application/json"));
    QCOMPARE(plan->response(1).fields.size(), 2u);
    QVERIFY(plan->response(2).body.empty() && plan->response(2).fields.empty());
}

void TestMock::filesStayInside()
{
    QTemporaryDir folder, outside;
    test::writeFile(folder.filePath(QStringLiteral("a.json")), "{}");
    test::writeFile(outside.filePath(QStringLiteral("secret")), "x");
    QVERIFY(QFile::link(outside.filePath(QStringLiteral("secret")), folder.filePath(QStringLiteral("link"))));
    config::Workspace workspace;
    workspace.folder = folder.path().toStdString();
    policy::StateStore states;
    config::Mock record;
    record.responses.resize(1);
    record.responses[0].file = "a.json";
    const auto plan = MockPlan::compile(record, workspace, states);
    QVERIFY(plan.ok());
    QCOMPARE(plan.value()->response(0).body, std::string("{}"));
    for (const std::string &file : {outside.filePath(QStringLiteral("secret")).toStdString(), std::string("link"), std::string("../x"), std::string("none")}) {
        record.responses[0].file = file;
        const auto refused = MockPlan::compile(record, workspace, states);
        QVERIFY2(!refused.ok(), file.c_str());
        QVERIFY(refused.error().message.starts_with("responses[0]: "));
    }
}

void TestMock::drawsLatencies()
{
    using namespace std::chrono_literals;
    using Type = config::Latency::Type;
    Seeded random(5);
    const auto drawMany = [&](const config::Latency &latency) {
        std::vector<double> all;
        for (int i = 0; i < 20'001; ++i)
            all.push_back(static_cast<double>(draw(latency, random).count()) / 1e6);
        std::sort(all.begin(), all.end());
        return all;
    };
    config::Latency latency;
    QCOMPARE(draw(latency, random), Duration::zero());
    latency.type = Type::Fixed;
    latency.fixed = 20ms;
    QCOMPARE(draw(latency, random), Duration(20ms));
    latency.type = Type::Uniform;
    latency.min = 10ms;
    latency.max = 30ms;
    auto all = drawMany(latency);
    QVERIFY(all.front() >= 10 && all.back() < 30 && std::abs(all[10'000] - 20) < 0.5);
    latency.type = Type::Lognormal;
    latency.median = 80ms;
    latency.sigma = 0.3;
    all = drawMany(latency);
    QVERIFY(std::abs(all[10'000] - 80) < 2);
    QVERIFY(std::abs(all[19'800] / (80 * std::exp(0.3 * 2.326)) - 1) < 0.06); // p99
    latency.type = Type::Normal;
    latency.mean = 5ms;
    latency.deviation = 10ms;
    all = drawMany(latency);
    QCOMPARE(all.front(), 0.0);
    QVERIFY(std::abs(all[10'000] - 5) < 0.6);
}

QTEST_GUILESS_MAIN(TestMock)
#include "tst_mock.moc"
