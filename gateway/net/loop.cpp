#include "gateway/net/socketloop.h"

#include <QtCore/QEventLoop>

namespace gatehouse::net {

std::unique_ptr<Loop> makeLoop(const LoopOptions &options)
{
    // A worker is no QThread: its event dispatcher, which notifiers and timers need, is made by the first QEventLoop there.
    QEventLoop makesTheDispatcher;
    return std::make_unique<SocketLoop>(options);
}

} // namespace gatehouse::net
