// Which of a mock's responses a request gets, for explanations: the mock is compiled when somebody asks, and kept for as long as it
// is the same configuration that is asked about.
#pragma once

#include "gateway/mock/mock.h"
#include "gateway/runtime/explain.h"

#include <map>
#include <memory>
#include <string>

namespace gatehouse::engine {

// One thread. `states` outlives it: places in sequences are those of the mocks that run, when theirs is given.
class MockRules {
public:
    explicit MockRules(policy::StateStore &states) : m_states(states) { }
    // For a request that is only asked about: rules, and the status that the chosen response has.
    runtime::AskMock ofSketch(const runtime::Snapshot &snapshot);
    // For one that happened. `then`: with the configuration that ran, in which `answered` (from 1; 0: none) is the response that it got;
    // else the one that it would get now.
    runtime::AskMock ofRecorded(const runtime::Snapshot &snapshot, size_t answered, bool then);

private:
    std::shared_ptr<const mock::MockPlan> plan(const runtime::Snapshot &snapshot, const std::string &mock);

    policy::StateStore &m_states;
    std::shared_ptr<const config::Workspace> m_workspace; // of m_plans
    std::map<std::string, std::shared_ptr<const mock::MockPlan>> m_plans; // null: it does not compile any more (a file is gone)
};

} // namespace gatehouse::engine
