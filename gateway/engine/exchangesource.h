// Recorded exchanges, with their Why computed when somebody looks.
#pragma once

#include "gateway/api/api.h"
#include "gateway/base/clock.h"
#include "gateway/engine/mockrules.h"
#include "gateway/observe/recorder.h"
#include "gateway/runtime/snapshot.h"

#include <functional>
#include <string_view>

namespace gatehouse::engine {

class ExchangeSource final : public api::Exchanges {
public:
    // Finds the configuration of a revision; null: no longer kept. revision 0: the one that runs now.
    using FindSnapshot = std::function<runtime::SnapshotPointer(uint64_t revision)>;

    ExchangeSource(observe::ExchangeStore &store, FindSnapshot findSnapshot, const Clock &clock, policy::StateStore &states)
        : m_store(store), m_findSnapshot(std::move(findSnapshot)), m_clock(clock), m_mocks(states)
    {
    }
    api::ExchangePage since(uint64_t position, size_t most) const override { return m_store.since(position, most); }
    std::optional<api::ExchangeDetail> detail(uint64_t id) const override;
    std::optional<observe::Explanation> explainAgain(uint64_t id) const override;
    std::optional<observe::Candidate> candidate(uint64_t id, const std::string &route) const override;
    api::RecorderState recorder() const override { return m_store.state(); }
    void setRecording(bool on) override { m_store.setRecording(on); }
    void clear() override { m_store.clear(); }

private:
    observe::Explanation why(const observe::StoredExchange &exchange, const runtime::Snapshot &snapshot, bool then, std::string_view always = {}) const;

    observe::ExchangeStore &m_store;
    FindSnapshot m_findSnapshot;
    const Clock &m_clock;
    mutable MockRules m_mocks;
};

} // namespace gatehouse::engine
