// The workspace of the soak test, which differs from edition to edition in what a person may change while requests are under way.
#pragma once

#include <cstdint>
#include <string>

namespace gatehouse::soak {

struct Ports {
    uint16_t first = 0, second = 0; // of upstreams that behave
    uint16_t faulty = 0;
    uint16_t nobody = 0;            // nothing listens there
};
std::string workspace(const Ports &ports, uint64_t edition);
// Of an edition that is refused: the one before it runs on.
std::string brokenWorkspace(const Ports &ports, uint64_t edition);

} // namespace gatehouse::soak
