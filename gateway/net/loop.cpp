#include "gateway/net/socketloop.h"

#include <QtCore/QEventLoop>

#include <cerrno>

namespace gatehouse::net {

bool isShortage(int systemError) { return systemError == EMFILE || systemError == ENFILE || systemError == ENOBUFS || systemError == ENOMEM; }

std::unique_ptr<Loop> makeLoop(const LoopOptions &options)
{
    // A worker is no QThread: its event dispatcher, which notifiers and timers need, is made by the first QEventLoop there.
    QEventLoop makesTheDispatcher;
    return std::make_unique<SocketLoop>(options);
}

} // namespace gatehouse::net
