// One exchange as filters see it, without the data plane: a request, an answer, and what the filters said.
#pragma once

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/http/target.h"
#include "gateway/policy/policy.h"
#include "gateway/policy/services.h"
#include "tests/support/fakeclock.h"

#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::test {

class CountingRandom final : public policy::Random {
public:
    void fill(std::span<std::byte> to) override
    {
        for (auto &octet : to)
            octet = static_cast<std::byte>(m_next++);
    }

private:
    uint8_t m_next = 0;
};

class FakeContext final : public policy::Context {
public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    explicit FakeContext(const Clock &clock, std::string_view target = "/", const Pairs &fields = {}, std::string_view method = "GET")
        : m_services{clock, m_random, m_nothing, m_nothing, m_nothing}
    {
        m_request.method = m_arena.copy(method);
        m_request.known = http::knownMethod(method);
        m_request.target = m_arena.copy(target);
        const auto parts = http::splitTarget(m_request.target);
        m_request.path = m_info.path = parts.path;
        m_request.query = m_info.query = parts.query;
        m_request.hasQuery = parts.hasQuery;
        for (const auto &[name, value] : fields)
            m_request.fields.add(name, value);
        m_info.scheme = "http";
        m_info.host = "a.test";
        setClient("127.0.0.1");
    }
    void setClient(std::string_view text)
    {
        m_info.client = *IpAddress::parse(text);
        m_info.clientText = m_arena.copy(text);
    }

    Arena &arena() override { return m_arena; }
    MonotonicTime now() const override { return m_services.clock.monotonic(); }
    const policy::Services &services() const override { return m_services; }
    http::RequestHead &request() override { return m_request; }
    policy::RequestInfo &info() override { return m_info; }
    http::ResponseHead &response() override { return m_response; }
    bool responseIsLocal() const override { return status != 0; }
    void respond(uint16_t code, std::span<const http::Field> fields, std::string_view text) override
    {
        status = code;
        answer = text;
        for (const auto &field : fields)
            answerFields.add(field.name, field.value);
    }
    void respondProblem(uint16_t code, std::string_view title, std::string_view detail, std::span<const http::Field> fields, std::string_view) override
    {
        respond(code, fields, detail);
        problem = title;
    }
    void buffer(uint64_t) override { }
    std::string_view body() const override { return {}; }
    void setBody(std::string_view) override { }
    void step(observe::StepVerdict said, std::string_view text) override
    {
        verdict = said;
        detail = text;
    }
    void gauge(double level, double capacity, int64_t next) override { gauges = {{}, level, capacity, next}; }
    void changed(std::string_view setting) override { changes.emplace_back(setting); }
    policy::Resumption resumption() const override { return {}; }

    uint16_t status = 0; // of the local answer
    std::string answer, problem, detail;
    std::optional<observe::StepVerdict> verdict;
    observe::Gauge gauges;
    std::vector<std::string> changes;

private:
    struct Nothing final : policy::Fetch, policy::Blocking, policy::Resumer {
        void fetch(std::string_view, std::string_view, std::span<const http::Field>, std::string_view, Duration, std::function<void(Result<Answer>)>) const override { }
        void run(std::function<void()>, std::function<void()>) const override { }
        void resume(policy::Resumption) const override { }
        void resumeAfter(policy::Resumption, Duration) const override { }
    };
    Arena m_arena;
    CountingRandom m_random;
    Nothing m_nothing;
    policy::Services m_services;
    http::RequestHead m_request{m_arena};
    http::ResponseHead m_response{m_arena};
    policy::RequestInfo m_info;

public:
    http::Fields answerFields{m_arena};
};

// A policy compiled from its record, and one exchange through it.
class Policy {
public:
    template <typename Record>
    Policy(std::string kind, Record record, config::Workspace workspace = {}, std::string name = {}) : m_workspace(std::move(workspace))
    {
        m_entry.kind = kind;
        m_entry.name = std::move(name);
        m_entry.record = std::make_shared<const Record>(std::move(record));
        compile();
    }
    void compile()
    {
        auto made = policy::find(m_entry.kind)->compile({m_workspace, m_entry, "test/" + m_entry.kind, states, clock});
        error = made ? std::string() : made.error().message;
        config = made ? *made : nullptr;
    }
    policy::Flow request(FakeContext &context) { return (m_filter = config->make(context.arena()))->onRequestHead(context); }
    policy::Flow response(FakeContext &context) { return m_filter->onResponseHead(context); }

    FakeClock clock;
    policy::StateStore states;
    std::shared_ptr<const policy::FilterConfig> config;
    std::string error;

private:
    config::Workspace m_workspace;
    config::PolicyEntry m_entry;
    policy::Filter *m_filter = nullptr; // in the context's arena
};

} // namespace gatehouse::test
