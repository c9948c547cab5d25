#include "gateway/engine/applier.h"

#include "gateway/config/resolve.h"
#include "gateway/runtime/compiler.h"
#include "gateway/runtime/secrecy.h"

#include <algorithm>

namespace gatehouse::engine {

namespace {

constexpr size_t keptSnapshots = 64; // unchanged plans are shared, so one more costs little

} // namespace

Applier::Applier(const Clock &clock, exchange::Stock stock, observe::ExchangeStore &store, observe::Metrics &metrics, unsigned workers)
    : m_clock(clock), m_stock(stock), m_store(store), m_metrics(metrics), m_workerCount(workers), m_thread([this](std::stop_token stop) { compileThread(stop); })
{
}

Applier::~Applier()
{
    m_thread.request_stop();
    m_wake.notify_all();
    m_thread.join();
    m_workers.reset(); // before the sockets that they accept on
}

void Applier::apply(std::shared_ptr<const config::Workspace> workspace, std::function<void(api::Applied)> done)
{
    Job job{++m_number, m_revision + 1, std::move(workspace), m_bound, std::move(done)};
    std::optional<Job> overtaken;
    {
        const std::lock_guard lock(m_mutex);
        overtaken.swap(m_job);
        m_job = std::move(job);
    }
    m_wake.notify_all();
    if (overtaken)
        m_mailbox.post([this, job = std::move(*overtaken)] { answer(job, false, {}); });
}

void Applier::compileThread(std::stop_token stop)
{
    for (;;) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, stop, [this] { return m_job.has_value(); });
            if (stop.stop_requested())
                return;
            job = std::move(*m_job);
            m_job.reset();
        }
        Compiled result = compile(job);
        m_mailbox.post([this, job = std::move(job), result = std::move(result)]() mutable { compiled(std::move(job), std::move(result)); });
    }
}

Applier::Compiled Applier::compile(const Job &job) const
{
    Compiled out;
    auto snapshot = runtime::compile(job.workspace, m_stock.states, job.before ? job.before->snapshot.get() : nullptr, job.revision, m_clock);
    if (!snapshot) {
        out.problems = snapshot.error();
        config::withoutSecrets(out.problems, job.workspace->secretValues);
        return out;
    }
    auto redactor = runtime::redactorOf(**snapshot);
    if (!redactor) {
        out.problems.push_back({schema::Severity::Error, {}, 0, 0, "settings.recording.redact", redactor.error().text(), {}});
        return out;
    }
    auto bound = exchange::bind(*snapshot, m_stock);
    if (!bound) {
        for (const exchange::BindProblem &problem : bound.error())
            out.problems.push_back({schema::Severity::Error, {}, 0, 0, problem.path, problem.message, {}});
        config::withoutSecrets(out.problems, job.workspace->secretValues);
        return out;
    }
    out.redactor = *redactor;
    out.bound = *bound;
    return out;
}

void Applier::compiled(Job job, Compiled result)
{
    if (!result.bound) {
        m_refused = std::max(m_refused, job.number);
        answer(job, false, std::move(result.problems));
        return;
    }
    if (m_busy) { // sockets are changing: the newest waits
        if (m_waiting)
            answer(m_waiting->first, false, {});
        m_waiting.emplace(std::move(job), std::move(result));
        return;
    }
    install(std::move(job), std::move(result));
}

void Applier::install(Job job, Compiled result)
{
    if (!m_workers) { // kept for start()
        installed(job, result);
        return;
    }
    m_busy = true;
    auto shared = std::make_shared<std::pair<Job, Compiled>>(std::move(job), std::move(result));
    const auto swap = [this, shared](std::function<void()> done) { m_workers->swap(shared->second.bound, std::move(done)); };
    m_sockets.become(*m_workers, *shared->second.bound->snapshot, swap, [this, shared](std::vector<schema::Problem> problems) {
        if (problems.empty()) {
            installed(shared->first, shared->second);
        } else {
            m_refused = std::max(m_refused, shared->first.number);
            answer(shared->first, false, std::move(problems));
        }
        m_busy = false;
        next();
    });
}

void Applier::installed(const Job &job, const Compiled &result)
{
    m_bound = result.bound;
    m_revision = result.bound->snapshot->revision;
    m_appliedMicros = m_clock.wallMicros();
    m_installed = job.number;
    m_kept.push_back(m_bound->snapshot);
    if (m_kept.size() > keptSnapshots)
        m_kept.pop_front();
    const auto &recording = m_bound->snapshot->settings.recording;
    m_store.setLimits({recording.memory, recording.bodies});
    m_store.setRedactor(result.redactor);
    m_metrics.reloaded(m_revision);
    answer(job, true, {});
}

void Applier::next()
{
    if (m_busy)
        return;
    if (!m_whenFree.empty()) {
        const auto asked = std::move(m_whenFree.front());
        m_whenFree.erase(m_whenFree.begin());
        asked();
    } else if (m_waiting) {
        auto [job, result] = std::move(*m_waiting);
        m_waiting.reset();
        install(std::move(job), std::move(result));
    }
}

void Applier::answer(const Job &job, bool ok, std::vector<schema::Problem> problems)
{
    if (job.done)
        job.done({ok, m_revision, std::move(problems)});
}

void Applier::start(std::function<void(Result<void>)> done)
{
    if (m_busy) {
        m_whenFree.push_back([this, done = std::move(done)]() mutable { start(std::move(done)); });
        return;
    }
    if (m_workers || !m_bound) {
        const Result<void> result = m_workers ? Result<void>() : Result<void>(Error::make(ErrorKind::NotFound, "There is no valid configuration to start."));
        m_mailbox.post([done = std::move(done), result] { done(result); });
        return;
    }
    m_busy = true;
    m_state = api::EngineState::Starting;
    m_error.clear();
    m_workers = std::make_unique<server::Workers>(server::Surroundings{m_clock, m_store, m_metrics}, m_workerCount);
    const exchange::BoundPointer bound = m_bound;
    const auto swap = [this, bound](std::function<void()> swapped) { m_workers->swap(bound, std::move(swapped)); };
    m_sockets.become(*m_workers, *bound->snapshot, swap, [this, bound, done = std::move(done)](std::vector<schema::Problem> problems) {
        if (problems.empty()) {
            m_state = api::EngineState::Running;
            m_busy = false;
            done({});
            next();
            return;
        }
        m_state = api::EngineState::Failed;
        m_error = problems.front().message;
        m_workers->stop(Duration::zero(), [this, done] {
            m_workers.reset();
            m_busy = false;
            done(Error::make(ErrorKind::InUse, m_error));
            next();
        });
    });
}

void Applier::stop(int64_t drainMicros, std::function<void()> done)
{
    if (m_busy) {
        m_whenFree.push_back([this, drainMicros, done = std::move(done)]() mutable { stop(drainMicros, std::move(done)); });
        return;
    }
    if (!m_workers) {
        m_state = api::EngineState::Stopped;
        m_error.clear();
        m_mailbox.post(std::move(done));
        return;
    }
    m_busy = true;
    m_state = api::EngineState::Draining;
    m_sockets.close(*m_workers, [this, drainMicros, done = std::move(done)] {
        m_workers->stop(std::chrono::microseconds(drainMicros), [this, done] {
            m_workers.reset();
            m_state = api::EngineState::Stopped;
            m_busy = false;
            done();
            next();
        });
    });
}

api::Status Applier::status() const
{
    const bool lastGood = m_bound && m_refused > m_installed;
    return {m_state, m_revision, m_appliedMicros, lastGood, m_sockets.states(m_bound ? m_bound->snapshot.get() : nullptr), m_error};
}

runtime::SnapshotPointer Applier::snapshot(uint64_t revision) const
{
    if (revision == 0)
        return snapshot();
    const auto at = std::find_if(m_kept.begin(), m_kept.end(), [&](const auto &kept) { return kept->revision == revision; });
    return at == m_kept.end() ? nullptr : *at;
}

} // namespace gatehouse::engine
