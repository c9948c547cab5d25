#include "gateway/engine/mockrules.h"

#include "gateway/config/records.h"

#include <algorithm>

namespace gatehouse::engine {

std::shared_ptr<const mock::MockPlan> MockRules::plan(const runtime::Snapshot &snapshot, const std::string &mock)
{
    if (m_workspace != snapshot.workspace) {
        m_workspace = snapshot.workspace;
        m_plans.clear();
    }
    const auto known = m_plans.find(mock);
    if (known != m_plans.end())
        return known->second;
    const config::Mock *record = m_workspace ? m_workspace->mock(mock) : nullptr;
    auto compiled = record ? mock::MockPlan::compile(*record, *m_workspace, m_states) : Error::make(ErrorKind::NotFound, mock);
    return m_plans[mock] = compiled ? std::move(compiled).value() : nullptr;
}

runtime::AskMock MockRules::ofSketch(const runtime::Snapshot &snapshot)
{
    return [this, &snapshot](observe::Explanation &out, const runtime::AtMock &at) {
        const auto mock = plan(snapshot, at.mock);
        if (!mock)
            return;
        out.mockRules = mock->explain({at.head, at.info, at.body});
        const auto is = [](bool observe::Candidate::*what) { return [what](const observe::Candidate &rule) { return rule.*what; }; };
        if (const auto won = std::find_if(out.mockRules.begin(), out.mockRules.end(), is(&observe::Candidate::won)); won != out.mockRules.end()) {
            out.status = mock->response(size_t(won - out.mockRules.begin())).status;
        } else if (std::none_of(out.mockRules.begin(), out.mockRules.end(), is(&observe::Candidate::matched))) {
            out.status = 404;
            out.error = "No response of mock " + at.mock + " matches this request.";
        }
    };
}

runtime::AskMock MockRules::ofRecorded(const runtime::Snapshot &snapshot, size_t answered, bool then)
{
    return [this, &snapshot, answered, then](observe::Explanation &out, const runtime::AtMock &at) {
        const auto mock = plan(snapshot, at.mock);
        if (!mock || (then && answered > mock->responseCount()))
            return;
        out.mockRules = mock->explain({at.head, at.info, at.body}, then && answered ? std::optional(answered - 1) : std::nullopt);
        if (then && !answered)
            for (observe::Candidate &rule : out.mockRules)
                rule.won = false;
    };
}

} // namespace gatehouse::engine
