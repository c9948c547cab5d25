// From a workspace to what runs: compiles on a thread of its own, newest first, and swaps all or nothing.
#pragma once

#include "gateway/api/api.h"
#include "gateway/base/clock.h"
#include "gateway/base/mailbox.h"
#include "gateway/engine/sockets.h"
#include "gateway/exchange/binding.h"
#include "gateway/observe/recorder.h"
#include "gateway/server/workers.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace gatehouse::engine {

// On the engine's thread; all that it is given outlives it.
class Applier final : public api::Apply {
public:
    Applier(const Clock &clock, exchange::Stock stock, observe::ExchangeStore &store, observe::Metrics &metrics, unsigned workers);
    ~Applier() override;

    void apply(std::shared_ptr<const config::Workspace> workspace, std::function<void(api::Applied)> done) override;
    void refused() override { m_refused = ++m_number; }
    void start(std::function<void(Result<void>)> done) override;
    void stop(int64_t drainMicros, std::function<void()> done) override;
    api::Status status() const override;

    // What runs, or would run when started; null: nothing was valid yet.
    runtime::SnapshotPointer snapshot() const { return m_bound ? m_bound->snapshot : nullptr; }
    // An earlier configuration; null: no longer kept. 0: snapshot().
    runtime::SnapshotPointer snapshot(uint64_t revision) const;
    std::string addressOf(const std::string &listener) const { return m_sockets.addressOf(listener); }

private:
    struct Job {
        uint64_t number = 0, revision = 0;
        std::shared_ptr<const config::Workspace> workspace;
        exchange::BoundPointer before; // null: the first
        std::function<void(api::Applied)> done;
    };
    struct Compiled {
        exchange::BoundPointer bound; // null: problems
        std::shared_ptr<const observe::Redactor> redactor;
        std::vector<schema::Problem> problems;
    };
    void compileThread(std::stop_token stop);
    Compiled compile(const Job &job) const;
    void compiled(Job job, Compiled result);
    void install(Job job, Compiled result);
    void installed(const Job &job, const Compiled &result);
    void next();
    void answer(const Job &job, bool ok, std::vector<schema::Problem> problems);

    const Clock &m_clock;
    exchange::Stock m_stock;
    observe::ExchangeStore &m_store;
    observe::Metrics &m_metrics;
    unsigned m_workerCount;

    Mailbox m_mailbox;
    std::unique_ptr<server::Workers> m_workers; // null: stopped
    Sockets m_sockets{[] { }};
    exchange::BoundPointer m_bound;
    std::deque<runtime::SnapshotPointer> m_kept; // newest last
    uint64_t m_number = 0, m_revision = 0;
    uint64_t m_refused = 0, m_installed = 0; // the newest edit that has errors, and the one that runs
    int64_t m_appliedMicros = 0;
    api::EngineState m_state = api::EngineState::Stopped;
    bool m_busy = false;
    std::string m_error;
    std::optional<std::pair<Job, Compiled>> m_waiting; // compiled while sockets were changing
    std::vector<std::function<void()>> m_whenFree;     // start and stop asked for meanwhile

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::optional<Job> m_job; // guarded by m_mutex
    std::jthread m_thread;    // last: it uses all of the above
};

} // namespace gatehouse::engine
