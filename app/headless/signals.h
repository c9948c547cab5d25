// Signals of the process as events of the loop.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>

#include <csignal>
#include <initializer_list>
#include <memory>

namespace gatehouse::headless {

// One in the process. The default action of these signals is off while it lives.
class Signals final : public QObject {
    Q_OBJECT
public:
    Signals(std::initializer_list<int> signals, QObject *parent = nullptr);
    ~Signals() override;

Q_SIGNALS:
    void received(int signal);

private:
    int m_pipe[2];
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace gatehouse::headless
