#include "gateway/observe/histogram.h"
#include "gateway/observe/metrics.h"
#include "tests/support/fakeclock.h"

#include <QtTest/QTest>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <thread>

using namespace gatehouse;
using namespace gatehouse::observe;
using namespace std::chrono_literals;

class TestMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bucketsAreNearTheTruth();
    void agreesWithAStraightCounter();
    void anIdleSecondIsNoGap();
    void ratesCoverTenSeconds();
    void countsPoliciesOnce();
    void watchesEndpoints();
    void countsMocks();
    void goesOnOverReloadAndWorkers();
    void workersAndReadersTogether();
};

static Record finished(uint16_t status, uint32_t micros)
{
    Record record;
    record.status = status;
    record.durationMicros = micros;
    return record;
}

void TestMetrics::bucketsAreNearTheTruth()
{
    size_t last = 0;
    for (uint64_t micros = 0; micros < 130'000'000; micros += 1 + micros / 50) {
        const size_t bucket = latencyBucket(micros);
        QVERIFY(bucket >= last && bucket < latencyBuckets);
        last = bucket;
        const double off = static_cast<double>(latencyOf(bucket)) - static_cast<double>(micros);
        QVERIFY2(std::abs(off) <= static_cast<double>(micros) * 0.0626, qPrintable(QString::number(micros)));
    }
    QCOMPARE(latencyBucket(UINT64_MAX), latencyBuckets - 1);
    for (uint64_t micros = 0; micros < 130'000'000; micros += 1 + micros / 50) {
        const double off = static_cast<double>(latencyOf<4>(latencyBucket<4>(micros))) - static_cast<double>(micros);
        QVERIFY2(std::abs(off) <= static_cast<double>(micros) * 0.126, qPrintable(QString::number(micros)));
    }
    QCOMPARE(latencyBandFrom(0), 10.0);
    QCOMPARE(latencyBandFrom(19), 800.0);
    QCOMPARE(latencyBandFrom(latencyBands), 1e7);
}

// Three workers, random exchanges over an advancing clock, against sums kept beside.
void TestMetrics::agreesWithAStraightCounter()
{
    test::FakeClock clock;
    Metrics metrics(clock);
    std::vector<std::unique_ptr<WorkerMetrics>> workers;
    for (int i = 0; i < 3; ++i)
        workers.push_back(std::make_unique<WorkerMetrics>(metrics));
    const MetricId route = metrics.route("a");
    metrics.list({.routes = {route}, .policies = {}, .endpoints = {}, .mocks = {}});
    std::mt19937 random(3);
    const auto pick = [&](uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random); };
    const uint16_t statuses[] = {200, 204, 302, 404, 429, 500, 0};
    struct Kept { int64_t second; StatusClass cls; int64_t micros; uint64_t in, out; Verdict verdict; };
    std::vector<Kept> kept;
    for (int i = 0; i < 5000; ++i) {
        clock.advance(std::chrono::microseconds(pick(4000)));
        auto &worker = *workers[pick(3)];
        worker.tick();
        Record record = finished(statuses[pick(7)], pick(200'000));
        record.gatewayMicros = record.durationMicros / 3;
        record.requestBytes = pick(1000);
        record.responseBytes = pick(10'000);
        record.verdict = record.status == 429 ? Verdict::Throttled : Verdict::Allowed;
        worker.started();
        worker.finished(record, route, {});
        kept.push_back({clock.wallMicros() / 1'000'000, classOf(record.status, true), record.durationMicros, record.requestBytes, record.responseBytes, record.verdict});
    }
    clock.advance(1s);
    for (auto &worker : workers)
        worker->tick();

    const auto seconds = metrics.seconds(0);
    QVERIFY(seconds.size() >= 9);
    uint64_t seen = 0;
    for (const auto &second : seconds) {
        Second expected;
        std::vector<int64_t> latencies;
        std::array<uint32_t, latencyBands> least{}, most{}; // of each band, as a bucket at its edge may fall to either side
        for (const auto &k : kept) {
            if (k.second * 1'000'000 != second.startMicros)
                continue;
            ++expected.byClass[static_cast<size_t>(k.cls)];
            expected.bytesIn += k.in;
            expected.bytesOut += k.out;
            expected.refused += k.verdict == Verdict::Throttled;
            latencies.push_back(k.micros);
            for (size_t band = 0; band < latencyBands; ++band) {
                const double micros = static_cast<double>(k.micros), from = latencyBandFrom(band), to = latencyBandFrom(band + 1);
                const bool first = band == 0;
                least[band] += (first || micros >= from * 1.07) && micros < to / 1.07;
                most[band] += (first || micros >= from / 1.07 - 1) && micros < to * 1.07 + 1;
            }
        }
        QVERIFY(second.byClass == expected.byClass);
        QCOMPARE(second.bytesIn, expected.bytesIn);
        QCOMPARE(second.bytesOut, expected.bytesOut);
        QCOMPARE(second.refused, expected.refused);
        QCOMPARE(second.latency.count, latencies.size());
        QCOMPARE(second.gateway.count, latencies.size());
        QCOMPARE(std::accumulate(second.byLatency.begin(), second.byLatency.end(), uint64_t(0)), uint64_t(latencies.size()));
        for (size_t band = 0; band < latencyBands; ++band)
            QVERIFY2(second.byLatency[band] >= least[band] && second.byLatency[band] <= most[band], qPrintable(QString::number(band)));
        seen += latencies.size();
        std::sort(latencies.begin(), latencies.end());
        const auto near = [&](int64_t got, size_t hundredth) {
            const auto truth = static_cast<double>(latencies[(latencies.size() * hundredth + 99) / 100 - 1]);
            return std::abs(static_cast<double>(got) - truth) <= truth * 0.07 + 1;
        };
        if (!latencies.empty()) {
            QCOMPARE(second.latency.max, latencies.back());
            const auto roughly = [&](int64_t got, size_t hundredth) { // a third of the latency, in wider buckets
                const auto truth = static_cast<double>(latencies[(latencies.size() * hundredth + 99) / 100 - 1]) / 3;
                return std::abs(static_cast<double>(got) - truth) <= truth * 0.13 + 1;
            };
            QVERIFY(roughly(second.gateway.p50, 50) && roughly(second.gateway.p99, 99));
            QVERIFY(near(second.latency.p50, 50) && near(second.latency.p90, 90) && near(second.latency.p99, 99));
        }
    }
    QCOMPARE(seen, 5000u);
    Record mocked = finished(200, 80'000);
    mocked.gatewayMicros = 80'000;
    mocked.target = TargetKind::Mock;
    clock.advance(1s);
    workers[0]->tick();
    workers[0]->started();
    workers[0]->finished(mocked, 0, {});
    clock.advance(1s);
    workers[0]->tick();
    QCOMPARE(metrics.seconds(0).back().latency.count, 1u);
    QCOMPARE(metrics.seconds(0).back().gateway.count, 0u); // what a mock waits is no time the gateway adds
    const auto routes = metrics.routes();
    QCOMPARE(routes[0].requests, 5000u);
    QCOMPARE(routes[0].errors, static_cast<uint64_t>(std::count_if(kept.begin(), kept.end(), [](const Kept &k) { return k.cls == StatusClass::Server || k.cls == StatusClass::NoAnswer; })));
    QCOMPARE(metrics.totals().requests, 5001u);
    QCOMPARE(metrics.totals().inFlight, 0u);
}

void TestMetrics::anIdleSecondIsNoGap()
{
    test::FakeClock clock;
    Metrics metrics(clock);
    const int64_t start = clock.wallMicros();
    auto worker = std::make_unique<WorkerMetrics>(metrics);
    worker->started();
    clock.advance(1s);
    worker->tick();
    worker.reset(); // stopped
    clock.advance(5s);
    WorkerMetrics next(metrics);
    clock.advance(1s);
    next.tick();
    const auto seconds = metrics.seconds(start);
    QCOMPARE(seconds.size(), 3u);
    QCOMPARE(seconds[1].inFlight, 1u);
    QCOMPARE(seconds[2].startMicros - seconds[0].startMicros, 6'000'000);
    QCOMPARE(metrics.seconds(seconds[2].startMicros).size(), 1u);
    QCOMPARE(metrics.totals().inFlight, 0u);

    clock.advance(2h);
    next.tick();
    QVERIFY(metrics.seconds(0).empty()); // an hour is kept
}

void TestMetrics::ratesCoverTenSeconds()
{
    test::FakeClock clock;
    Metrics metrics(clock);
    WorkerMetrics worker(metrics);
    const MetricId route = metrics.route("a");
    metrics.list({.routes = {route}, .policies = {}, .endpoints = {}, .mocks = {}});
    for (int second = 0; second < 20; ++second) {
        for (int i = 0; i < 50; ++i)
            worker.finished(finished(i < 5 ? 502 : 200, 100), route, {});
        clock.advance(1s);
        worker.tick();
    }
    QCOMPARE(metrics.routes()[0].perSecond, 50.0);
    QCOMPARE(metrics.routes()[0].errorsPerSecond, 5.0);
    QCOMPARE(metrics.totals().perSecond, 50.0);
    clock.advance(5s);
    worker.tick();
    QCOMPARE(metrics.routes()[0].perSecond, 25.0);
    clock.advance(90s);
    QCOMPARE(metrics.routes()[0].perSecond, 0.0);
    QCOMPARE(metrics.routes()[0].latency.count, 0u);
    QCOMPARE(metrics.routes()[0].requests, 1000u);
}

void TestMetrics::countsPoliciesOnce()
{
    test::FakeClock clock;
    Metrics metrics(clock);
    WorkerMetrics worker(metrics);
    const MetricId headers = metrics.policy("get/headers/0", "get", "routes[0].policies[0]", "headers", "");
    const MetricId burst = metrics.policy("burst", "get", "routes[0].policies[1]", "rate-limit", "burst");
    metrics.list({.routes = {}, .policies = {headers, burst}, .endpoints = {}, .mocks = {}});
    const std::vector<MetricId> ids{headers, burst};
    const auto run = [&](StepVerdict limit, Verdict verdict) {
        std::vector<StepRecord> steps(3);
        steps[0].verdict = StepVerdict::Acted;
        steps[1].policy = 1;
        steps[1].verdict = limit;
        steps[1].capacity = 20;
        steps[2].verdict = StepVerdict::Acted; // headers on the way back
        steps[2].phase = Phase::Response;
        Record record = finished(200, 1);
        record.steps = steps;
        record.verdict = verdict;
        worker.finished(record, 0, ids);
    };
    run(StepVerdict::Passed, Verdict::Allowed);
    run(StepVerdict::Passed, Verdict::Allowed);
    run(StepVerdict::Refused, Verdict::Throttled);
    run(StepVerdict::Delayed, Verdict::Delayed);
    const auto live = metrics.policies();
    QCOMPARE(live[0].passed, 4u);
    QCOMPARE(live[0].kind, std::string("headers"));
    QCOMPARE(live[1].passed, 2u);
    QCOMPARE(live[1].stopped, 1u);
    QCOMPARE(live[1].delayed, 1u);
    clock.advance(1s);
    const auto second = metrics.seconds(0).back();
    QCOMPARE(second.allowed, 2u);
    QCOMPARE(second.refused, 1u);
    QCOMPARE(second.delayed, 1u);
}

void TestMetrics::watchesEndpoints()
{
    test::FakeClock clock;
    Metrics metrics(clock);
    WorkerMetrics one(metrics), two(metrics);
    const MetricId a = metrics.endpoint("orders", "127.0.0.1:9001", "http://127.0.0.1:9001");
    const MetricId b = metrics.endpoint("orders", "127.0.0.1:9002", "http://127.0.0.1:9002");
    metrics.list({.routes = {}, .policies = {}, .endpoints = {a, b}, .mocks = {}});
    for (int i = 0; i < 30; ++i) {
        clock.advance(10ms);
        auto &worker = i % 2 ? one : two;
        worker.tick();
        worker.endpointStarted(i % 3 ? a : b);
        worker.endpointFinished(i % 3 ? a : b, i != 29, 500, i == 29 ? "refused" : "");
    }
    one.endpointStarted(b);
    clock.advance(1s);
    const auto live = metrics.endpoints();
    QCOMPARE(live[0].requests, 20u);
    QCOMPARE(live[1].requests, 10u);
    QCOMPARE(live[0].errors, 1u);
    QCOMPARE(live[0].lastError, std::string("refused"));
    QCOMPARE(live[1].inFlight, 1u);
    QCOMPARE(live[0].inFlight, 0u);
    QVERIFY(std::abs(live[0].share - 2.0 / 3) < 1e-9);
    QCOMPARE(live[0].recent.size(), 18u);
    QCOMPARE(live[1].recent.size(), 10u);
    QVERIFY(!live[0].recent.back() && live[0].recent.front());
}

void TestMetrics::countsMocks()
{
    test::FakeClock clock;
    Metrics metrics(clock);
    WorkerMetrics worker(metrics);
    const MetricId product = metrics.mock("product", 3);
    metrics.list({.routes = {}, .policies = {}, .endpoints = {}, .mocks = {product}});
    worker.mockHit(product, 0);
    worker.mockHit(product, 2);
    worker.mockHit(product, 2);
    const auto hits = metrics.mockHits();
    QCOMPARE(hits.size(), 1u);
    QCOMPARE(hits[0].first, std::string("product"));
    QCOMPARE(hits[0].second, (std::vector<uint64_t>{1, 0, 2}));
}

void TestMetrics::goesOnOverReloadAndWorkers()
{
    test::FakeClock clock;
    Metrics metrics(clock);
    const MetricId route = metrics.route("a");
    {
        WorkerMetrics worker(metrics);
        worker.finished(finished(200, 1), route, {});
    }
    metrics.reloaded(2);
    QCOMPARE(metrics.route("a"), route);
    QVERIFY(metrics.route("b") != route);
    WorkerMetrics worker(metrics);
    worker.finished(finished(200, 1), route, {});
    metrics.list({.routes = {route}, .policies = {}, .endpoints = {}, .mocks = {}});
    QCOMPARE(metrics.routes()[0].requests, 2u);
    QCOMPARE(metrics.reloads().size(), 1u);
    QCOMPARE(metrics.reloads()[0].second, 2u);
}

void TestMetrics::workersAndReadersTogether()
{
    Metrics metrics(systemClock());
    const MetricId route = metrics.route("a");
    metrics.list({.routes = {route}, .policies = {}, .endpoints = {route}, .mocks = {}});
    std::vector<std::jthread> threads;
    for (int w = 0; w < 2; ++w) {
        threads.emplace_back([&] {
            WorkerMetrics worker(metrics);
            for (uint32_t i = 0; i < 50'000; ++i) {
                if (i % 100 == 0)
                    worker.tick();
                worker.started();
                worker.endpointStarted(route);
                worker.endpointFinished(route, true, i, i % 10'000 ? "" : "reset");
                worker.finished(finished(200, i), route, {});
            }
        });
    }
    for (int i = 0; i < 50; ++i) {
        metrics.seconds(0);
        metrics.routes();
        metrics.endpoints();
        metrics.totals();
    }
    threads.clear();
    QCOMPARE(metrics.totals().requests, 100'000u);
    QCOMPARE(metrics.routes()[0].requests, 200'000u); // counted as route and as endpoint
}

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
