// What filters may ask of a worker (policy/services.h), made of the worker's own parts.
#pragma once

#include "gateway/base/mailbox.h"
#include "gateway/net/timerwheel.h"
#include "gateway/policy/services.h"
#include "gateway/upstream/client.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse::server {

// Upstream calls of filters' own, over the worker's pools. One worker's thread.
class WorkerFetch final : public policy::Fetch {
public:
    WorkerFetch(upstream::Client &client, net::TimerWheel &wheel, observe::Metrics &metrics);
    ~WorkerFetch();
    void fetch(std::string_view method, std::string_view url, std::span<const http::Field> fields, std::string_view body, Duration timeout,
               std::function<void(Result<Answer>)> done) const override;

private:
    struct Job;
    struct State;
    std::unique_ptr<State> m_state;
};

// A worker's mailbox as others reach it: what is posted after the worker has ended is dropped. Any thread.
class Gate {
public:
    void open(Mailbox &mailbox);
    void close();
    void post(Mailbox::Letter letter);

private:
    std::mutex m_mutex;
    Mailbox *m_mailbox = nullptr; // guarded by m_mutex
};

// A few threads for what would hold up a worker; shared by all of them.
class BlockingPool {
public:
    explicit BlockingPool(unsigned threads = 2);
    ~BlockingPool(); // what has not begun never will
    void run(std::function<void()> work);

private:
    void work(const std::stop_token &stop);
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<std::function<void()>> m_jobs; // guarded by m_mutex
    unsigned m_most;
    std::vector<std::jthread> m_threads;      // guarded by m_mutex; started when first needed
};

class WorkerBlocking final : public policy::Blocking {
public:
    WorkerBlocking(BlockingPool &pool, std::shared_ptr<Gate> home)
        : m_pool(pool)
        , m_home(std::move(home))
    {
    }
    void run(std::function<void()> work, std::function<void()> done) const override;

private:
    BlockingPool &m_pool;
    std::shared_ptr<Gate> m_home;
};

} // namespace gatehouse::server
