// A bound, listening socket. Belongs to the engine's thread, which has an event loop; loops accept on its descriptor from theirs.
#pragma once

#include "gateway/base/result.h"
#include "gateway/net/address.h"

#include <QtCore/QtGlobal>

#include <memory>
#include <optional>
#include <string>

namespace gatehouse::net {

class Listener {
public:
    // InUse says who has the port where that can be known: "Port 8080 is taken by nginx (pid 812)." Port 0: the system's choice.
    static Result<std::unique_ptr<Listener>> bind(const Address &address, int backlog = 1024);
    virtual ~Listener() = default; // every loop must have said done to unlisten() before
    virtual const Address &address() const = 0; // with the true port
    virtual qintptr descriptor() const = 0;
};

// Who listens on that TCP port. Linux: /proc; pid 0 when it is another user's process. Nothing where nobody or unknown.
struct PortOwner {
    std::string process; // "nginx"
    int64_t pid = 0;
};
std::optional<PortOwner> findPortOwner(uint16_t port);

} // namespace gatehouse::net
