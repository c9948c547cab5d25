#include "app/headless/signals.h"

#include <fcntl.h>
#include <unistd.h>

namespace gatehouse::headless {

namespace {
int writeEnd = -1; // what a signal handler may touch: a number and write()

void handle(int signal)
{
    const auto octet = static_cast<unsigned char>(signal);
    [[maybe_unused]] const ssize_t written = write(writeEnd, &octet, 1);
}
} // namespace

Signals::Signals(std::initializer_list<int> signals, QObject *parent) : QObject(parent)
{
    if (pipe2(m_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("No pipe for signals");
    writeEnd = m_pipe[1];
    m_notifier = std::make_unique<QSocketNotifier>(m_pipe[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        unsigned char octet = 0;
        while (read(m_pipe[0], &octet, 1) == 1)
            Q_EMIT received(octet);
    });
    for (int signal : signals)
        std::signal(signal, handle);
}

Signals::~Signals()
{
    writeEnd = -1;
    m_notifier.reset();
    close(m_pipe[0]);
    close(m_pipe[1]);
}

} // namespace gatehouse::headless
