// A scripted engine for tests of panels: every door of api::Api, answered from plain members that the test fills. Answers that
// the real engine gives from its event loop come from the event loop here too. GUI thread.
#pragma once

#include "gateway/api/api.h"
#include "tests/support/sampletraffic.h"

#include <QtCore/QObject>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatehouse::test {

class FakeExchanges final : public api::Exchanges {
public:
    // Appends; a row whose id came before is the newer state of the same exchange.
    void add(const observe::Row &row);
    void add(const std::vector<observe::Row> &rows);
    // Appends `count` sample rows after what is there.
    void addSample(size_t count, uint64_t seed = 0);
    // Lets rows with smaller ids go.
    void letGo(uint64_t firstKept);
    // This answer instead of the one made from the row.
    void setDetail(api::ExchangeDetail detail);
    uint64_t lastId() const { return m_lastId; }

    api::ExchangePage since(uint64_t position, size_t most) const override;
    std::optional<api::ExchangeDetail> detail(uint64_t id) const override;
    std::optional<observe::Explanation> explainAgain(uint64_t id) const override; // `today` where the test set it
    std::optional<observe::Candidate> candidate(uint64_t id, const std::string &route) const override;
    api::RecorderState recorder() const override { return state; }
    void setRecording(bool on) override { state.recording = on; }
    void clear() override;

    std::function<observe::Explanation(observe::Explanation then)> today;
    api::RecorderState state{.bytes = 31u << 20, .bytesMax = 256u << 20};

private:
    std::deque<observe::Row> m_rows; // every state in the order it was published
    uint64_t m_offset = 0;           // the position of the first
    uint64_t m_firstKept = 0, m_lastId = 0;
    std::unordered_map<uint64_t, observe::Row> m_latest;
    std::unordered_map<uint64_t, api::ExchangeDetail> m_details;
};

class FakeExplain final : public api::Explain {
public:
    std::vector<api::RoutePlace> order() const override { return places; }
    std::vector<api::RoutePlace> places; // empty: nothing is known, as before the first valid configuration
    Result<observe::Explanation> explain(const api::RequestSketch &request) const override;
    Result<observe::Explanation> explain(const api::RequestSketch &request, const config::Workspace &) const override { return explain(request); }

    // Empty: sampleSketch().
    std::function<Result<observe::Explanation>(const api::RequestSketch &)> answer;
    mutable std::vector<api::RequestSketch> asked;
};

class FakeLive final : public api::Live {
public:
    FakeLive(); // the shop's figures
    std::vector<api::Second> seconds(int64_t sinceMicros) const override;
    std::vector<api::RouteLive> routes() const override { return routeFigures; }
    std::vector<api::PolicyLive> policies() const override { return policyFigures; }
    std::vector<api::EndpointLive> endpoints() const override { return endpointFigures; }
    std::vector<std::pair<std::string, std::vector<uint64_t>>> mockHits() const override { return hits; }
    Totals totals() const override { return total; }
    std::vector<std::pair<int64_t, uint64_t>> reloads() const override { return reloadTimes; }

    std::vector<api::Second> secondFigures;
    std::vector<api::RouteLive> routeFigures;
    std::vector<api::PolicyLive> policyFigures;
    std::vector<api::EndpointLive> endpointFigures;
    std::vector<std::pair<std::string, std::vector<uint64_t>>> hits;
    Totals total;
    std::vector<std::pair<int64_t, uint64_t>> reloadTimes;
};

class FakeEndpoints final : public api::Endpoints {
public:
    explicit FakeEndpoints(FakeLive &live) : m_live(live) { }
    Result<void> setOut(const std::string &upstream, const std::string &endpoint, bool out) override;

private:
    FakeLive &m_live;
};

class FakeSend final : public api::Send {
public:
    uint64_t send(const api::RequestSketch &request, Via via, std::function<void(api::Sent)> done) override;
    void cancel(uint64_t send) override { cancelled.insert(send); }

    struct Call { uint64_t number; api::RequestSketch request; Via via; };
    std::vector<Call> calls;
    std::set<uint64_t> cancelled;
    api::Sent answer; // given to each that is not cancelled; by default 200 with a small JSON body
    FakeSend();

private:
    QObject m_context;
};

class FakeSecrets final : public api::Secrets {
public:
    void get(const std::string &workspace, const std::string &name, std::function<void(Result<std::string>)> done) override;
    void set(const std::string &workspace, const std::string &name, std::string value, std::function<void(Result<void>)> done) override;
    void remove(const std::string &workspace, const std::string &name, std::function<void(Result<void>)> done) override;

    std::map<std::pair<std::string, std::string>, std::string> values;
    std::optional<Error> failure; // given instead of any value: a locked keychain
    int delayMillis = 0;          // before each answer of get: a slow one

private:
    QObject m_context;
};

class FakeApply final : public api::Apply {
public:
    FakeApply(); // running, revision 42, one listener at 127.0.0.1:8080
    void apply(std::shared_ptr<const config::Workspace> workspace, std::function<void(api::Applied)> done) override;
    void refused() override { state.lastGood = true; }
    void start(std::function<void(Result<void>)> done) override;
    void stop(int64_t drainMicros, std::function<void()> done) override;
    api::Status status() const override { return state; }

    api::Status state;
    std::vector<std::shared_ptr<const config::Workspace>> applied;

private:
    QObject m_context;
};

class FakeApi {
public:
    FakeApply apply;
    FakeExplain explain;
    FakeExchanges exchanges;
    FakeLive live;
    FakeEndpoints endpoints{live};
    FakeSend send;
    FakeSecrets secrets;
    // Lives as long as this.
    api::Api &api() { return m_api; }

private:
    api::Api m_api{apply, explain, exchanges, live, endpoints, send, secrets};
};

} // namespace gatehouse::test
