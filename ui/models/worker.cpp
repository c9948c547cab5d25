#include "ui/models/worker.h"

#include <utility>

namespace gatehouse::ui {

Worker::Worker() : m_thread([this](const std::stop_token &stop) { run(stop); }) { }

Worker::~Worker()
{
    m_thread.request_stop();
    m_wake.notify_all();
}

void Worker::post(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_all();
}

void Worker::run(const std::stop_token &stop)
{
    for (;;) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); }))
                return; // stopped, with nothing left
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job();
    }
}

} // namespace gatehouse::ui
