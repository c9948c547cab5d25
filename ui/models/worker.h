// A thread for what may have to wait, as for the disk: jobs run one after the other, in the order of posting.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace gatehouse::ui {

class Worker {
public:
    using Job = std::function<void()>;

    Worker();
    ~Worker(); // when all that was posted has been done
    void post(Job job); // any thread

private:
    void run(const std::stop_token &stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Job> m_jobs; // guarded by m_mutex
    std::jthread m_thread;  // last: it uses all of the above
};

} // namespace gatehouse::ui
