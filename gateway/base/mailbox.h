// How values cross threads: a mutex-guarded queue, woken by an event and drained on the thread of the mailbox.
// Queued signals are not used between our threads: ThreadSanitizer can't see through an uninstrumented Qt.
#pragma once

#include <QtCore/QObject>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace gatehouse {

// Lives on the thread that made it and is destroyed there; what has not been run by then is dropped.
class Mailbox : public QObject {
public:
    using Letter = std::function<void()>;

    explicit Mailbox(QObject *parent = nullptr);
    ~Mailbox() override;

    // Any thread. Letters run in the order of posting, on the mailbox's thread, from its event loop.
    void post(Letter letter);

protected:
    void customEvent(QEvent *event) override;

private:
    std::mutex m_mutex;
    std::vector<Letter> m_letters; // guarded by m_mutex
    bool m_woken = false;          // guarded by m_mutex: an event is on its way
};

} // namespace gatehouse
