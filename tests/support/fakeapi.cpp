#include "tests/support/fakeapi.h"

#include "gateway/config/problem.h"

#include <QtCore/QTimer>

#include <algorithm>

namespace gatehouse::test {
namespace {

void later(QObject &context, std::function<void()> call) { QTimer::singleShot(0, &context, std::move(call)); }

} // namespace

void FakeExchanges::add(const observe::Row &row)
{
    const bool known = m_latest.contains(row.id);
    m_rows.push_back(row);
    m_latest[row.id] = row;
    m_lastId = std::max(m_lastId, row.id);
    if (!known) {
        ++state.served;
        ++state.recorded;
    }
}

void FakeExchanges::add(const std::vector<observe::Row> &rows)
{
    for (const observe::Row &row : rows)
        add(row);
}

void FakeExchanges::addSample(size_t count, uint64_t seed)
{
    const int64_t gap = 2'400;
    const int64_t start = m_rows.empty() ? 1'795'528'957'418'000 : m_rows.back().startedMicros + gap;
    add(sampleRows(count, m_lastId + 1, start, gap, seed));
}

void FakeExchanges::letGo(uint64_t firstKept)
{
    m_firstKept = std::max(m_firstKept, firstKept);
    while (!m_rows.empty() && m_rows.front().id < m_firstKept) {
        m_latest.erase(m_rows.front().id);
        m_rows.pop_front();
        ++m_offset;
    }
}

void FakeExchanges::setDetail(api::ExchangeDetail detail) { m_details[detail.row.id] = std::move(detail); }

api::ExchangePage FakeExchanges::since(uint64_t position, size_t most) const
{
    api::ExchangePage page;
    page.firstKept = m_firstKept;
    const uint64_t first = std::max(position, m_offset);
    const uint64_t end = std::min<uint64_t>(m_offset + m_rows.size(), first + most);
    for (uint64_t at = first; at < end; ++at)
        page.rows.push_back(m_rows[size_t(at - m_offset)]);
    page.next = std::max(end, first);
    return page;
}

std::optional<api::ExchangeDetail> FakeExchanges::detail(uint64_t id) const
{
    if (const auto scripted = m_details.find(id); scripted != m_details.end())
        return scripted->second;
    const auto found = m_latest.find(id);
    if (found == m_latest.end())
        return std::nullopt;
    return sampleDetail(found->second);
}

std::optional<observe::Explanation> FakeExchanges::explainAgain(uint64_t id) const
{
    const auto found = detail(id);
    if (!found)
        return std::nullopt;
    return today ? today(found->why) : found->why;
}

std::optional<observe::Candidate> FakeExchanges::candidate(uint64_t id, const std::string &route) const
{
    const auto found = detail(id);
    if (!found || route == "gone")
        return std::nullopt;
    for (const observe::Candidate &known : found->why.candidates)
        if (known.route == route)
            return known;
    observe::Candidate other;
    other.route = route;
    other.cells = {observe::Cell::Passed, observe::Cell::Failed, observe::Cell::NotAsked, observe::Cell::NotAsked, observe::Cell::NoCondition, observe::Cell::NoCondition};
    other.failed = observe::Failure{observe::Aspect::Path, "path", "/" + route, std::string(found->row.path)};
    return other;
}

void FakeExchanges::clear()
{
    m_offset += m_rows.size();
    m_rows.clear();
    m_latest.clear();
    m_details.clear();
    m_firstKept = m_lastId + 1;
    state.recorded = 0;
}

Result<observe::Explanation> FakeExplain::explain(const api::RequestSketch &request) const
{
    asked.push_back(request);
    return answer ? answer(request) : Result<observe::Explanation>(sampleSketch(request));
}

FakeLive::FakeLive()
{
    const int64_t now = 1'795'528'957'000'000;
    for (int i = 0; i < 240; ++i) {
        api::Second second;
        second.startMicros = now - (239 - i) * int64_t(1'000'000);
        const uint32_t wave = uint32_t(40 * ((i / 12) % 5));
        const bool burst = i > 170 && i < 195;
        second.byClass = {2, 330 + wave, 4, burst ? 60u : 6u, i > 98 && i < 106 ? 20u : 0u, 0};
        second.latency = {24'000, 61'000, 84'000 + wave * 100, 2'003'000, 350 + wave};
        second.gateway = {180, 410, 700, 1'900, 350 + wave};
        second.byLatency[9 + 24] = 40; // 20 ms
        second.byLatency[9 + 28] = 210 + wave;
        second.byLatency[9 + 31] = 80;
        second.byLatency[9] = burst ? 60 : 6; // what is refused takes 80 µs
        second.allowed = 330 + wave;
        second.refused = burst ? 54 : 2;
        second.delayed = 1;
        second.bytesIn = 40'000;
        second.bytesOut = 1'900'000;
        second.inFlight = 12;
        secondFigures.push_back(second);
    }
    const api::Percentiles usual{24'000, 61'000, 84'000, 2'003'000, 41'210};
    routeFigures = {{"get-order", 212, 0.2, 20'110, 12, usual},   {"list-orders", 61, 0.1, 6'020, 40, usual},
                    {"create-order", 18, 0, 2'110, 0, usual},     {"users", 44, 0, 4'400, 0, usual},
                    {"images", 52, 0, 5'210, 0, usual},           {"products", 21, 0, 2'214, 0, usual},
                    {"checkout", 4, 0.4, 410, 41, usual},         {"search", 0, 0, 12, 0, usual}};
    api::PolicyLive burst{"public", "groups[0].policies[0]", "rate-limit", "burst", 402.2, 9.8, 0.4, 40'000, 1'502, 88, {}};
    burst.gauges = {{"127.0.0.1", 7, 20, 0}, {"127.0.0.2", 0, 20, 84'000}};
    policyFigures = {burst, {"get-order", "routes[3].policies[0]", "key-auth", "", 212, 0.2, 0, 20'110, 12, 0, {}}};
    auto endpoint = [](const char *upstream, const char *address, double perSecond) {
        api::EndpointLive made;
        made.upstream = upstream;
        made.endpoint = address;
        made.url = std::string("http://") + address;
        made.perSecond = perSecond;
        made.requests = uint64_t(perSecond * 100);
        made.share = 0.5;
        made.busy = 3;
        made.idle = 5;
        made.max = 32;
        made.inFlight = 3;
        made.latency = {24'000, 61'000, 84'000, 2'003'000, 4'121};
        made.recent.assign(18, true);
        return made;
    };
    endpointFigures = {endpoint("orders", "127.0.0.1:9001", 140), endpoint("orders", "127.0.0.1:9002", 141),
                       endpoint("accounts", "127.0.0.1:9201", 44), endpoint("payments", "127.0.0.1:9501", 4)};
    endpointFigures.front().recent[4] = false;
    endpointFigures.front().lastError = "refused";
    endpointFigures.front().lastErrorMicros = now - 21'000'000;
    endpointFigures.front().errors = 163;
    hits = {{"catalogue", {1'840, 374, 0}}};
    total = {412, usual, 128'402, 12, 31};
    reloadTimes = {{now - 6'000'000, 42}};
}

std::vector<api::Second> FakeLive::seconds(int64_t sinceMicros) const
{
    std::vector<api::Second> found;
    std::copy_if(secondFigures.begin(), secondFigures.end(), std::back_inserter(found),
                 [sinceMicros](const api::Second &second) { return second.startMicros >= sinceMicros; });
    return found;
}

Result<void> FakeEndpoints::setOut(const std::string &upstream, const std::string &endpoint, bool out)
{
    for (api::EndpointLive &known : m_live.endpointFigures) {
        if (known.upstream == upstream && known.endpoint == endpoint) {
            known.out = out;
            return {};
        }
    }
    return Error::make(ErrorKind::NotFound, "There is no endpoint " + endpoint + " in " + upstream + ".");
}

FakeSend::FakeSend()
{
    answer.status = 200;
    answer.durationMicros = 41'200;
    answer.firstByteMicros = 39'000;
    answer.response.startLine = "HTTP/1.1 200 OK";
    answer.response.fields = {{"Content-Type", "application/json"}};
    answer.response.redacted = {false};
    answer.response.body = R"({"id":4711,"state":"packed"})";
    answer.response.bodySize = answer.response.body.size();
}

uint64_t FakeSend::send(const api::RequestSketch &request, Via via, std::function<void(api::Sent)> done)
{
    const uint64_t number = calls.size() + 1;
    calls.push_back({number, request, via});
    later(m_context, [this, number, done = std::move(done)] {
        if (!cancelled.contains(number))
            done(answer);
    });
    return number;
}

void FakeSecrets::get(const std::string &workspace, const std::string &name, std::function<void(Result<std::string>)> done)
{
    const auto found = values.find({workspace, name});
    Result<std::string> answer = found != values.end() ? Result<std::string>(found->second)
                                                       : Result<std::string>(Error::make(ErrorKind::NotFound, "There is no secret " + name + "."));
    if (failure)
        answer = *failure;
    QTimer::singleShot(delayMillis, &m_context, [answer = std::move(answer), done = std::move(done)] { done(answer); });
}

void FakeSecrets::set(const std::string &workspace, const std::string &name, std::string value, std::function<void(Result<void>)> done)
{
    Result<void> answer;
    if (failure)
        answer = *failure;
    else
        values[{workspace, name}] = std::move(value);
    later(m_context, [answer, done = std::move(done)] { done(answer); });
}

void FakeSecrets::remove(const std::string &workspace, const std::string &name, std::function<void(Result<void>)> done)
{
    values.erase({workspace, name});
    later(m_context, [done = std::move(done)] { done({}); });
}

FakeApply::FakeApply()
{
    state.state = api::EngineState::Running;
    state.revision = 42;
    state.appliedMicros = 1'795'528'951'000'000;
    state.listeners = {{"main", "127.0.0.1:8080", "http://127.0.0.1:8080", false, "", 0}};
}

void FakeApply::apply(std::shared_ptr<const config::Workspace> workspace, std::function<void(api::Applied)> done)
{
    applied.push_back(std::move(workspace));
    ++state.revision;
    later(m_context, [done = std::move(done), revision = state.revision] { done(api::Applied{true, revision, {}}); });
}

void FakeApply::start(std::function<void(Result<void>)> done)
{
    state.state = api::EngineState::Running;
    later(m_context, [done = std::move(done)] { done({}); });
}

void FakeApply::stop(int64_t, std::function<void()> done)
{
    state.state = api::EngineState::Stopped;
    later(m_context, [done = std::move(done)] { done(); });
}

} // namespace gatehouse::test
