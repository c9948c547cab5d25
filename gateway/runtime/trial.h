// A request walked through a snapshot without being sent: what explanations are made of.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/policy/filter.h"
#include "gateway/policy/services.h"
#include "gateway/runtime/changes.h"
#include "gateway/runtime/explain.h"

#include <optional>
#include <string>

namespace gatehouse::runtime {

// One use, one thread. `snapshot` and `listener` outlive it.
class Trial final : private policy::Context {
public:
    Trial(const Snapshot &snapshot, const Sketch &sketch, const Clock &clock);

    const std::string &error() const { return m_error; } // one sentence: the request can't be read; empty: it can
    http::RequestHead &head() { return m_head; }
    policy::RequestInfo &requestInfo() { return m_info; }
    policy::RequestView view() { return {m_head.method, m_head.fields, m_info}; }
    Arena &memory() { return m_arena; }
    ChangeTracker &tracker() { return *m_tracker; }

    Match route(const ListenerPlan &listener);
    // What this policy would do, done to the head. The step's verdict is WouldRun unless it refuses, answers, is skipped or off.
    struct Tried { observe::PolicyStep step; policy::Flow flow = policy::Flow::Continue; };
    Tried tryPolicy(const PlannedPolicy &policy);
    // The gauge's key: what a limit counts this request by.
    std::string countedBy(const PlannedPolicy &policy);
    // The forwarded request; the head is that afterwards.
    void forward(const RoutePlan &plan);
    uint16_t refusedStatus() const { return m_status; }

private:
    void readTarget(const Sketch &sketch);

    Arena &arena() override { return m_arena; }
    MonotonicTime now() const override { return m_services.clock.monotonic(); }
    const policy::Services &services() const override { return m_services; }
    http::RequestHead &request() override { return *m_request; }
    policy::RequestInfo &info() override { return *m_seen; }
    http::ResponseHead &response() override { return m_response; }
    bool responseIsLocal() const override { return false; }
    void respond(uint16_t status, std::span<const http::Field>, std::string_view) override { m_status = status; }
    void respondProblem(uint16_t status, std::string_view, std::string_view, std::span<const http::Field>, std::string_view) override { m_status = status; }
    void buffer(uint64_t) override { }
    std::string_view body() const override { return {}; }
    void setBody(std::string_view) override { }
    void step(observe::StepVerdict verdict, std::string_view detail) override;
    void gauge(double level, double capacity, int64_t nextMicros) override;
    void changed(std::string_view setting) override;
    policy::Resumption resumption() const override { return {}; }

    const Snapshot &m_snapshot;
    const policy::Services m_services;
    Arena m_arena;
    http::RequestHead m_head{m_arena};
    http::ResponseHead m_response{m_arena};
    policy::RequestInfo m_info;
    IpAddress m_peer;
    std::string_view m_peerText;
    http::RequestHead *m_request = &m_head; // a copy while a shadow policy is tried
    policy::RequestInfo *m_seen = &m_info;
    std::optional<ChangeTracker> m_tracker;
    Tried *m_trying = nullptr;
    uint16_t m_status = 0;
    std::string m_error;
};

// As an explanation lists it, before anything is known of its run.
observe::PolicyStep describe(const PlannedPolicy &policy);

} // namespace gatehouse::runtime
