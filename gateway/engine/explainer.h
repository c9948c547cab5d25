// What would happen to a request, with the running configuration or with one that does not run.
#pragma once

#include "gateway/api/api.h"
#include "gateway/base/clock.h"
#include "gateway/engine/mockrules.h"
#include "gateway/runtime/snapshot.h"

#include <functional>

namespace gatehouse::engine {

class Explainer final : public api::Explain {
public:
    // `running` gives the configuration that runs or would run; `addressOf` the true "IP:PORT" of a listener ("" when it does not
    // listen); `states` is what the running configuration keeps.
    Explainer(std::function<runtime::SnapshotPointer()> running, std::function<std::string(const std::string &)> addressOf, const Clock &clock,
              policy::StateStore &states)
        : m_running(std::move(running)), m_addressOf(std::move(addressOf)), m_clock(clock), m_mocks(states)
    {
    }
    std::vector<api::RoutePlace> order() const override;
    Result<observe::Explanation> explain(const api::RequestSketch &request) const override;
    Result<observe::Explanation> explain(const api::RequestSketch &request, const config::Workspace &workspace) const override;

private:
    Result<observe::Explanation> explain(const api::RequestSketch &request, const runtime::Snapshot &snapshot, MockRules &mocks) const;

    std::function<runtime::SnapshotPointer()> m_running;
    std::function<std::string(const std::string &)> m_addressOf;
    const Clock &m_clock;
    mutable MockRules m_mocks;
};

} // namespace gatehouse::engine
