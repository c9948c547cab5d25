#include "gateway/net/loop.h"

#ifdef GATEHOUSE_PORTABLE_NET
#include "gateway/net/qtloop.h"
#else
#include "gateway/net/epollloop.h"
#endif

namespace gatehouse::net {

std::unique_ptr<Loop> makeLoop(const LoopOptions &options)
{
#ifdef GATEHOUSE_PORTABLE_NET
    return std::make_unique<QtLoop>(options);
#else
    return std::make_unique<EpollLoop>(options);
#endif
}

} // namespace gatehouse::net
