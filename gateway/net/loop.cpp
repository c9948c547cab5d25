#include "gateway/net/loop.h"

#include <QtCore/QEventLoop>

#ifdef GATEHOUSE_PORTABLE_NET
#include "gateway/net/qtloop.h"
#else
#include "gateway/net/epollloop.h"
#endif

namespace gatehouse::net {

std::unique_ptr<Loop> makeLoop(const LoopOptions &options)
{
    // A worker is no QThread: its event dispatcher, which notifiers and timers need, is made by the first QEventLoop there.
    QEventLoop makesTheDispatcher;
#ifdef GATEHOUSE_PORTABLE_NET
    return std::make_unique<QtLoop>(options);
#else
    return std::make_unique<EpollLoop>(options);
#endif
}

} // namespace gatehouse::net
