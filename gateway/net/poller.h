// Where a SocketLoop learns which sockets are ready: one epoll set (Linux), or a pair of QSocketNotifiers a socket (anywhere else,
// and on Linux by the option GATEHOUSE_PORTABLE_NET). Shaped like edges: told once, then not again until asked. Internal to gateway/net.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace gatehouse::net {

class Poller {
public:
    struct Ready { // no initial values: each turn has an array of them to be filled
        uint64_t tag;
        bool readable, writable;
        bool hungUp; // the end was announced: read until it comes
        bool failed; // an error may wait at the socket
    };
    // Called from the event loop when there is something to wait() for, and after wake().
    using Turn = std::function<void()>;

    virtual ~Poller() = default;
    // The tag's lower half is the slot, unique among the sockets added.
    virtual bool add(int descriptor, uint64_t tag) = 0;
    virtual void remove(int descriptor, uint64_t tag) = 0; // before it is closed
    virtual bool addListener(int descriptor, uint64_t tag) = 0; // level-triggered: told again while connections wait
    virtual void removeListener(int descriptor, uint64_t tag) = 0;
    // The socket was read empty, or took no more.
    virtual void wantRead(uint64_t tag) = 0;
    virtual void wantWrite(uint64_t tag) = 0;
    // How many. Does not block, but for the first in a turn that the event loop of a prepared thread calls.
    virtual int wait(Ready *events, int most) = 0;
    // Many at once: more have come meanwhile, and asking again costs less than a round through Qt's loop.
    virtual bool isWorthAsking(int lastCount) const { return lastCount >= 4; }
    virtual void wake() = 0; // another turn soon, once however often it is called
    virtual std::string_view name() const = 0;
};

std::unique_ptr<Poller> makePoller(Poller::Turn turn);

} // namespace gatehouse::net
