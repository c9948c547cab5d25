// Loaded before the C library in the gateway under test: a resolver as it is where names don't exist (*.invalid) and where the name
// server does not answer (*.test).
#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <string_view>

extern "C" int getaddrinfo(const char *node, const char *service, const addrinfo *hints, addrinfo **result)
{
    const std::string_view name = node ? node : "";
    if (name.ends_with(".invalid"))
        return EAI_NONAME;
    while (name.ends_with(".test"))
        pause();
    return reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"))(node, service, hints, result);
}
