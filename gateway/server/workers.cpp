#include "gateway/server/workers.h"

#include "gateway/base/mailbox.h"
#include "gateway/base/threadname.h"
#include "gateway/server/core.h"

#include <QtCore/QEventLoop>

#include <atomic>
#include <latch>
#include <thread>
#include <unordered_map>
#include <vector>

namespace gatehouse::server {

namespace {

std::string makePseudonym()
{
    uint32_t random = 0;
    policy::systemRandom().fill(std::as_writable_bytes(std::span(&random, 1)));
    std::string text = "gatehouse-";
    for (int shift = 28; shift >= 0; shift -= 4)
        text += "0123456789abcdef"[(random >> shift) & 15];
    return text;
}

} // namespace

// One thread. Everything but post() is called there, or before it runs.
class Worker {
public:
    using Task = std::function<void(Core &)>;
    Worker(const Surroundings &surroundings, uint32_t index, unsigned workers, const policy::Resumer &resumer, BlockingPool &pool,
           const std::string &pseudonym)
    {
        std::latch ready(1);
        m_thread = std::jthread([&, index, workers] { run(surroundings, index, workers, resumer, pool, pseudonym, ready); });
        ready.wait();
    }
    // Any thread.
    void post(Task task)
    {
        m_gate->post([this, task = std::move(task)] { task(*m_core); });
    }
    // Ends when nothing is in flight, at the latest after `drain`.
    void stop(Duration drain)
    {
        m_gate->post([this, drain] {
            m_core->startDraining();
            m_until = m_core->clock.monotonic() + drain;
            m_core->wheel->start(*m_timer, Duration::zero());
        });
    }
    void join() { m_thread.join(); }

private:
    void run(const Surroundings surroundings, uint32_t index, unsigned workers, const policy::Resumer &resumer, BlockingPool &pool,
             const std::string pseudonym, std::latch &ready)
    {
        nameThread(("worker " + std::to_string(index)).c_str());
        net::prepareThread();
        QEventLoop loop;
        Mailbox mailbox;
        const WorkerBlocking blocking(pool, m_gate);
        Core core(surroundings, index, workers, resumer, blocking, pseudonym);
        net::MemberTimer<Worker, &Worker::checkDrained> timer(this);
        m_loop = &loop;
        m_core = &core;
        m_timer = &timer;
        m_gate->open(mailbox);
        ready.count_down();
        loop.exec();
        m_gate->close();
    }
    void checkDrained()
    {
        using namespace std::chrono_literals;
        if (m_core->all.size() == m_core->spare.size() || m_core->clock.monotonic() >= m_until)
            return m_loop->quit();
        m_core->wheel->start(*m_timer, 10ms);
    }

    QEventLoop *m_loop = nullptr;
    const std::shared_ptr<Gate> m_gate = std::make_shared<Gate>();
    Core *m_core = nullptr;
    net::Timer *m_timer = nullptr;
    MonotonicTime m_until;
    std::jthread m_thread;
};

struct Workers::State final : policy::Resumer {
    State(const Surroundings &surroundings, unsigned count)
        : pseudonym(makePseudonym())
    {
        if (!count)
            count = std::max(1u, std::thread::hardware_concurrency());
        for (unsigned i = 0; i < count; ++i)
            workers.push_back(std::make_unique<Worker>(surroundings, i, count, *this, blocking, pseudonym));
    }
    ~State() override
    {
        for (const auto &worker : workers)
            worker->stop(Duration::zero());
        if (joiner.joinable()) {
            joiner.join(); // which joins them
            return;
        }
        for (const auto &worker : workers)
            worker->join();
    }
    void resume(policy::Resumption exchange) const override
    {
        if (exchange.worker < workers.size())
            workers[exchange.worker]->post([exchange](Core &core) { core.exchanges->resume(exchange); });
    }
    void resumeAfter(policy::Resumption exchange, Duration delay) const override
    {
        Core::current().resumeAfter(exchange, delay);
    }
    // Runs `task` in every worker, and `done` here after the last of them has called its `finished`.
    void everywhere(std::function<void(Core &, std::function<void()> finished)> task, std::function<void()> done)
    {
        auto left = std::make_shared<std::atomic<size_t>>(workers.size());
        auto finished = [this, left, done = std::move(done)] {
            if (left->fetch_sub(1) == 1 && done)
                home.post(done);
        };
        for (const auto &worker : workers)
            worker->post([task, finished](Core &core) { task(core, finished); });
    }

    Mailbox home;
    const std::string pseudonym;
    BlockingPool blocking;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unordered_map<net::Listener *, std::shared_ptr<std::atomic<int>>> open;
    std::jthread joiner;
};

Workers::Workers(const Surroundings &surroundings, unsigned count)
    : m_state(std::make_unique<State>(surroundings, count))
{
}

Workers::~Workers() = default;

void Workers::swap(exchange::BoundPointer bound, std::function<void()> done)
{
    m_state->everywhere(
        [bound = std::move(bound)](Core &core, const std::function<void()> &finished) {
            core.swap(bound);
            finished();
        },
        std::move(done));
}

void Workers::listen(net::Listener &socket, const std::string &name, std::function<void(bool)> done)
{
    auto open = std::make_shared<std::atomic<int>>(0);
    auto failed = std::make_shared<std::atomic<bool>>(false);
    m_state->everywhere(
        [&socket, name, open, failed](Core &core, const std::function<void()> &finished) {
            if (!core.listen(socket, name, open))
                failed->store(true);
            finished();
        },
        [done = std::move(done), failed] {
            if (done)
                done(!failed->load());
        });
}

void Workers::unlisten(net::Listener &socket, std::function<void()> done)
{
    m_state->everywhere([&socket](Core &core, std::function<void()> finished) { core.unlisten(socket, std::move(finished)); }, std::move(done));
}

void Workers::stop(Duration drain, std::function<void()> done)
{
    State &state = *m_state;
    for (const auto &worker : state.workers)
        worker->stop(drain);
    // Joining would hold up this thread for as long as the draining takes.
    state.joiner = std::jthread([&state, done = std::move(done)] {
        for (const auto &worker : state.workers)
            worker->join();
        state.home.post([&state, done] {
            state.joiner.join();
            state.workers.clear();
            if (done)
                done();
        });
    });
}

unsigned Workers::count() const { return unsigned(m_state->workers.size()); }
const std::string &Workers::pseudonym() const { return m_state->pseudonym; }

} // namespace gatehouse::server
