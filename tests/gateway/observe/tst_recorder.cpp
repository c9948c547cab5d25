#include "tests/gateway/observe/sample.h"

#include <QtTest/QTest>

#include <atomic>
#include <set>
#include <thread>

using namespace gatehouse;
using namespace gatehouse::observe;
using gatehouse::test::Sample;

class TestRecorder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void givesBackWhatWasPublished();
    void isInvisibleBeforeFlush();
    void updatesById();
    void hidesSecrets();
    void cutsBodiesAtTheCap();
    void letsBodiesGoFirst();
    void countsWhatIsNotRecorded();
    void pagesAreCompleteAndInOrder();
    void keepsWhatAReaderHolds();
    void clears();
    void readersAndWritersTogether();
    void costs();
};

void TestRecorder::givesBackWhatWasPublished()
{
    ExchangeStore store;
    WorkerRecorder recorder(store);
    const auto plan = std::make_shared<const int>(1);
    Sample sample(recorder.nextId());
    sample.record.plan = plan;
    sample.record.revision = 9;
    sample.record.requestBody = "{}";
    sample.record.requestBytes = 2;
    recorder.publish(sample.done());
    recorder.flush();

    const auto page = store.since(0);
    QCOMPARE(page.rows.size(), 1u);
    const Row &row = page.rows[0];
    QCOMPARE(row.id, sample.record.id);
    QCOMPARE(row.method, sample.record.method);
    QCOMPARE(row.host, sample.record.host);
    QCOMPARE(row.path, sample.record.path);
    QCOMPARE(row.query, sample.record.query);
    QCOMPARE(row.client, sample.record.client);
    QCOMPARE(row.endpoint, sample.record.endpoint);
    QCOMPARE(row.protocol, sample.record.protocol);
    QCOMPARE(row.contentType, sample.record.contentType);
    QCOMPARE(row.route, std::string_view("get-order"));
    QCOMPARE(row.listener, std::string_view("main"));
    QCOMPARE(row.targetName, std::string_view("orders"));
    QCOMPARE(row.durationMicros, 1234);
    QCOMPARE(row.gatewayMicros, 34);
    QCOMPARE(row.tries, uint8_t(1));
    QCOMPARE(row.responseBytes, sample.record.responseBytes);

    const auto detail = store.detail(row.id);
    QVERIFY(detail.has_value());
    QCOMPARE(detail->plan, std::shared_ptr<const void>(plan));
    QCOMPARE(detail->revision, 9u);
    QCOMPARE(detail->request.startLine, std::string(sample.record.requestLine));
    QCOMPARE(detail->forwarded.startLine, std::string(sample.record.forwardedLine));
    QCOMPARE(detail->response.startLine, std::string(sample.record.statusLine));
    const auto same = [](const Message &message, const std::vector<FieldView> &fields) {
        bool equal = message.fields.size() == fields.size();
        for (size_t i = 0; equal && i < fields.size(); ++i)
            equal = message.fields[i].first == fields[i].name && message.fields[i].second == fields[i].value && !message.redacted[i];
        return equal;
    };
    QVERIFY(same(detail->request, sample.request));
    QVERIFY(same(detail->forwarded, sample.forwarded));
    QVERIFY(same(detail->response, sample.response));
    QCOMPARE(detail->request.body, std::string("{}"));
    QCOMPARE(detail->response.body, std::string(sample.record.responseBody));
    QVERIFY(!detail->response.bodyCut);
    QCOMPARE(detail->steps.size(), 1u);
    QCOMPARE(detail->steps[0].detail, std::string_view("19 of 20 left"));
    QCOMPARE(detail->steps[0].capacity, 20.0);
    QCOMPARE(detail->attempts.size(), 1u);
    QCOMPARE(detail->attempts[0].endpoint, std::string_view("127.0.0.1:9001"));
    QCOMPARE(detail->attempts[0].durationMicros, 800u);
    QCOMPARE(detail->phases.route, 2);
    QCOMPARE(detail->phases.total, 1234);
    QVERIFY(!store.detail(row.id + 1).has_value());
}

void TestRecorder::isInvisibleBeforeFlush()
{
    ExchangeStore store;
    WorkerRecorder recorder(store);
    Sample sample(recorder.nextId());
    recorder.publish(sample.done());
    QVERIFY(store.since(0).rows.empty());
    QCOMPARE(store.state().served, 0u);
    recorder.flush();
    QCOMPARE(store.since(0).rows.size(), 1u);
    QCOMPARE(store.state().served, 1u);
}

void TestRecorder::updatesById()
{
    ExchangeStore store;
    WorkerRecorder recorder(store);
    const uint64_t id = recorder.nextId();
    Sample sample(id);
    sample.record.status = 0;
    uint64_t position = 0;
    for (const State state : {State::Started, State::Updated, State::Final}) {
        sample.record.state = state;
        sample.record.durationMicros += 100'000;
        if (state == State::Final)
            sample.record.status = 200;
        recorder.publish(sample.done());
        recorder.flush();
        const auto page = store.since(position);
        QCOMPARE(page.rows.size(), 1u);
        QCOMPARE(page.rows[0].id, id);
        QCOMPARE(page.rows[0].state, state);
        position = page.next;
        const auto detail = store.detail(id);
        QCOMPARE(detail->row.state, state);
        QCOMPARE(detail->row.durationMicros, page.rows[0].durationMicros);
        QCOMPARE(detail->request.fields.size(), sample.request.size());
        QCOMPARE(detail->response.body.empty(), state != State::Final);
    }
    QCOMPARE(store.state().served, 1u);
    QCOMPARE(store.state().recorded, 1u);
}

void TestRecorder::hidesSecrets()
{
    ExchangeStore store;
    store.setRedactor(Redactor::make({"header.x-shop"}).value());
    WorkerRecorder recorder(store);
    Sample sample(recorder.nextId());
    sample.request.push_back({"Authorization", "Bearer PLANTED"});
    sample.request.push_back({"X-Shop", "PLANTED"});
    sample.request.push_back({"Cookie", "sid=PLANTED"});
    sample.forwarded = sample.request;
    sample.forwarded.push_back({"Referer", "http://a/?token=PLANTED"});
    sample.response.push_back({"Set-Cookie", "sid=PLANTED; Path=/"});
    sample.record.query = "api_key=PLANTED&x=1";
    sample.record.requestLine = "POST /login?api_key=PLANTED&x=1 HTTP/1.1";
    sample.record.forwardedLine = "POST /login?api_key=PLANTED HTTP/1.1";
    sample.record.requestBody = R"({"password": "PLANTED"})";
    sample.record.requestBytes = sample.record.requestBody.size();
    sample.record.responseBody = R"({"access_token": "PLANTED", "expires_in": 60})";
    sample.record.responseBytes = sample.record.responseBody.size();
    recorder.publish(sample.done());
    recorder.flush();

    const auto detail = store.detail(sample.record.id);
    std::string all(detail->row.query);
    for (const auto *message : {&detail->request, &detail->forwarded, &detail->response}) {
        all += message->startLine + message->body;
        for (const auto &[name, value] : message->fields)
            all += name + value;
    }
    QVERIFY2(all.find("PLANTED") == std::string::npos, all.c_str());
    QVERIFY(all.find("expires_in") != std::string::npos);
    QCOMPARE(detail->row.query, std::string_view("api_key=[redacted]&x=1"));
    QVERIFY(detail->request.redacted[4] && detail->forwarded.redacted[4] && !detail->request.redacted[0]);
    QCOMPARE(detail->forwarded.fields[4].second, std::string("Bearer [redacted]"));
    QCOMPARE(detail->request.bodySize, sample.record.requestBytes);
    QVERIFY(!detail->request.bodyCut);
}

void TestRecorder::cutsBodiesAtTheCap()
{
    ExchangeStore store({.memory = 64 << 20, .body = 1000});
    WorkerRecorder recorder(store);
    QCOMPARE(recorder.bodyLimit(), 1000u);
    Sample sample(recorder.nextId());
    const std::string body(5000, 'x');
    sample.record.responseBody = body;
    sample.record.responseBytes = 7000;
    recorder.publish(sample.done());
    recorder.flush();
    const auto detail = store.detail(sample.record.id);
    QCOMPARE(detail->response.body.size(), 1000u);
    QCOMPARE(detail->response.bodySize, 7000u);
    QVERIFY(detail->response.bodyCut);
    QCOMPARE(store.state().cutBodies, 1u);
}

void TestRecorder::letsBodiesGoFirst()
{
    ExchangeStore store({.memory = 8 << 20, .body = 1 << 20});
    WorkerRecorder recorder(store);
    const std::string body(100'000, 'x');
    uint64_t first = 0, last = 0;
    for (int i = 0; i < 200; ++i) { // 20 MB of bodies, few heads
        Sample sample(recorder.nextId());
        first = first ? first : sample.record.id;
        last = sample.record.id;
        sample.record.responseBody = body;
        sample.record.responseBytes = body.size();
        recorder.publish(sample.done());
    }
    recorder.flush();
    auto state = store.state();
    QCOMPARE(state.recorded, 200u);
    QCOMPARE(state.droppedRecords, 0u);
    QVERIFY(state.droppedBodies > 100);
    QVERIFY(state.bytes <= state.bytesMax);
    QVERIFY(store.detail(first)->bodiesLetGo);
    QVERIFY(store.detail(first)->response.bodyCut);
    QCOMPARE(store.detail(last)->response.body, body);

    for (int i = 0; i < 20'000; ++i) { // many heads
        Sample sample(recorder.nextId());
        last = sample.record.id;
        recorder.publish(sample.done());
    }
    recorder.flush();
    state = store.state();
    QCOMPARE(state.served, 20'200u);
    QCOMPARE(state.recorded + state.droppedRecords, state.served);
    QVERIFY(state.letGoRecords > 200);
    QVERIFY(state.bytes <= state.bytesMax);
    QVERIFY(!store.detail(first).has_value());
    QVERIFY(!store.detail(last)->response.body.empty()); // the newest keep theirs
    const auto page = store.since(0, SIZE_MAX);
    QCOMPARE(page.rows.size(), state.recorded);
    QCOMPARE(page.rows.front().position, page.firstKept);
}

void TestRecorder::countsWhatIsNotRecorded()
{
    ExchangeStore store;
    WorkerRecorder recorder(store);
    Sample sample(recorder.nextId());
    store.setRecording(false);
    QCOMPARE(recorder.bodyLimit(), 0u);
    recorder.publish(sample.done());
    store.setRecording(true);
    recorder.publish(sample.done());
    const std::string huge(2 << 20, 'a');
    sample.request.push_back({"x-huge", huge});
    recorder.publish(sample.done());
    recorder.flush();
    const auto state = store.state();
    QCOMPARE(state.served, 3u);
    QCOMPARE(state.recorded, 1u);
    QCOMPARE(state.notRecorded, 1u);
    QCOMPARE(state.tooLarge, 1u);
    QCOMPARE(state.droppedRecords, 2u);
}

void TestRecorder::pagesAreCompleteAndInOrder()
{
    ExchangeStore store;
    WorkerRecorder one(store), two(store);
    for (int i = 0; i < 3000; ++i) {
        WorkerRecorder &recorder = i % 3 ? one : two;
        Sample sample(recorder.nextId());
        recorder.publish(sample.done());
        if (i % 7 == 0)
            recorder.flush();
    }
    one.flush();
    two.flush();
    std::set<uint64_t> ids;
    uint64_t position = 0;
    for (;;) {
        const auto page = store.since(position, 100);
        QVERIFY(page.rows.size() <= 100);
        if (page.rows.empty())
            break;
        for (const auto &row : page.rows) {
            QVERIFY(row.position >= position);
            position = row.position + 1;
            QVERIFY(ids.insert(row.id).second);
        }
        QCOMPARE(page.next, position);
    }
    QCOMPARE(ids.size(), 3000u);
    for (const uint64_t id : ids)
        QVERIFY(store.detail(id).has_value());
}

void TestRecorder::keepsWhatAReaderHolds()
{
    ExchangeStore store({.memory = 4 << 20, .body = 0});
    WorkerRecorder recorder(store);
    Sample sample(recorder.nextId());
    recorder.publish(sample.done());
    recorder.flush();
    const auto page = store.since(0);
    for (int i = 0; i < 20'000; ++i) {
        Sample other(recorder.nextId());
        other.record.path = "/something/else";
        recorder.publish(other.done());
    }
    recorder.flush();
    QVERIFY(!store.detail(sample.record.id).has_value());
    QCOMPARE(page.rows[0].path, sample.record.path);
}

void TestRecorder::clears()
{
    ExchangeStore store;
    WorkerRecorder recorder(store);
    Sample sample(recorder.nextId());
    recorder.publish(sample.done());
    recorder.flush();
    store.clear();
    QCOMPARE(store.state().served, 0u);
    QCOMPARE(store.state().recorded, 0u);
    QVERIFY(store.since(0).rows.empty());
    recorder.publish(sample.done());
    recorder.flush();
    QCOMPARE(store.since(0).rows.size(), 1u);
    QCOMPARE(store.state().served, 1u);
}

// What ThreadSanitizer is for; without it, that nothing is lost or torn.
void TestRecorder::readersAndWritersTogether()
{
    ExchangeStore store({.memory = 8 << 20, .body = 4096});
    constexpr int writers = 2, each = 20'000;
    std::atomic<int> running{writers};
    std::vector<std::jthread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&store, &running, w] {
            WorkerRecorder recorder(store);
            const std::string name = "writer-" + std::to_string(w);
            const auto plan = std::make_shared<const int>(w);
            for (int i = 0; i < each; ++i) {
                Sample sample(recorder.nextId());
                sample.record.consumer = name;
                sample.record.responseBody = name;
                sample.record.plan = plan;
                recorder.publish(sample.done());
                if (i % 50 == 0)
                    recorder.flush();
            }
            recorder.flush();
            --running;
        });
    }
    uint64_t position = 0, seen = 0, bad = 0;
    const auto read = [&] {
        const auto page = store.since(position, 500);
        for (const auto &row : page.rows)
            bad += !row.consumer.starts_with("writer-") || row.method != "GET";
        seen += page.rows.size();
        position = page.next;
        if (!page.rows.empty()) {
            const auto detail = store.detail(page.rows.back().id);
            bad += detail && !detail->bodiesLetGo && detail->response.body != detail->row.consumer;
        }
        return !page.rows.empty();
    };
    while (running > 0) {
        read();
        const auto state = store.state();
        bad += state.recorded + state.droppedRecords != state.served;
    }
    threads.clear();
    while (read()) { }
    QCOMPARE(bad, 0u);
    const auto state = store.state();
    QCOMPARE(state.served, uint64_t(writers * each));
    QCOMPARE(state.recorded + state.droppedRecords, state.served);
    QVERIFY(seen >= state.recorded);
}

void TestRecorder::costs()
{
    ExchangeStore store({.memory = 16 << 20, .body = 1 << 20});
    WorkerRecorder recorder(store);
    std::string body = "{\"items\": [";
    while (body.size() < 1024)
        body += R"({"sku": "a-17", "count": 3, "price": 12.5}, )";
    Sample sample(recorder.nextId());
    sample.record.responseBody = body;
    sample.record.responseBytes = body.size();
    const auto &record = sample.done();
    QBENCHMARK {
        for (int i = 0; i < 1000; ++i)
            recorder.publish(record);
        recorder.flush();
    }
    QCOMPARE(store.state().recorded + store.state().droppedRecords, store.state().served);
}

QTEST_GUILESS_MAIN(TestRecorder)
#include "tst_recorder.moc"
