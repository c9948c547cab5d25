// A name for the calling thread, for who looks at the process from outside: top -H, perf, a debugger. Without one a thread is called
// like the thread that started it. At most 15 octets; a wish, where the system has no such names it does nothing.
#pragma once

#ifdef __linux__
#include <pthread.h>
#endif

namespace gatehouse {

inline void nameThread([[maybe_unused]] const char *name)
{
#ifdef __linux__
    pthread_setname_np(pthread_self(), name);
#endif
}

} // namespace gatehouse
