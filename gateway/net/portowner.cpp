#include "gateway/net/listener.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace gatehouse::net {

#ifdef __linux__

namespace fs = std::filesystem;

// "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode": hexadecimal port behind the colon, 0A is LISTEN.
static void listeningInodes(const char *table, uint16_t port, std::vector<std::string> &inodes)
{
    std::ifstream file(table);
    std::string line;
    std::getline(file, line); // the heading
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string index, local, remote, state, queues, timer, retries, user, timeout, inode;
        words >> index >> local >> remote >> state >> queues >> timer >> retries >> user >> timeout >> inode;
        const size_t colon = local.rfind(':');
        unsigned found = 0;
        if (state != "0A" || colon == std::string::npos)
            continue;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), found, 16);
        if (found == port)
            inodes.push_back("socket:[" + inode + "]");
    }
}

static bool holdsOneOf(const fs::path &descriptors, const std::vector<std::string> &inodes)
{
    std::error_code error;
    for (fs::directory_iterator at(descriptors, error), end; !error && at != end; at.increment(error)) {
        std::error_code unreadable;
        const std::string target = fs::read_symlink(at->path(), unreadable).string();
        if (!unreadable && std::find(inodes.begin(), inodes.end(), target) != inodes.end())
            return true;
    }
    return false;
}

std::optional<PortOwner> findPortOwner(uint16_t port)
{
    std::vector<std::string> inodes;
    listeningInodes("/proc/net/tcp", port, inodes);
    listeningInodes("/proc/net/tcp6", port, inodes);
    if (inodes.empty())
        return {};
    std::error_code error;
    for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        int64_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size())
            continue;
        if (!holdsOneOf(at->path() / "fd", inodes))
            continue;
        std::ifstream comm(at->path() / "comm");
        std::string process;
        std::getline(comm, process);
        return PortOwner{process, pid};
    }
    return PortOwner{}; // somebody whose descriptors this user may not see
}

#else

std::optional<PortOwner> findPortOwner(uint16_t)
{
    return {};
}

#endif

} // namespace gatehouse::net
