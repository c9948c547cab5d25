// Sockets of one worker, shaped as completions so that epoll, Qt's notifiers and io_uring fit behind it (see README.md of gateway/).
// Everything here is called and calls back on the worker's thread, which runs a plain Qt event loop. No call of Loop re-enters a
// handler: what it causes is reported later. Stale connections (closed, slot reused) are ignored by every call.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/net/address.h"
#include "gateway/net/block.h"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace gatehouse::net {

class Listener;

// Names a connection; never a descriptor.
struct Conn {
    uint32_t slot = ~uint32_t(0), gen = 0;
    explicit operator bool() const { return slot != ~uint32_t(0); }
    bool operator==(const Conn &) const = default;
};

enum class End : uint8_t {
    Eof,    // the peer half-closed; sending still works
    Reset,  // the peer dropped the connection; onClosed follows
    Failed, // could not connect or another error of the system; onClosed follows
};

struct Peer {
    Address remote, local; // both empty where we connected: the caller knows, and asking costs a system call
    bool accepted = false; // or adopted; false: we connected
};

// Received octets that are to outlive the callback.
class Lease {
public:
    // `part` of what onReceived was given, kept without a copy where the backend can: meant to be sent soon. What is to be kept for
    // long (buffered, recorded) is better copied, since a small part may keep a whole read buffer from being used again.
    virtual Piece keep(std::string_view part) = 0;

protected:
    ~Lease() = default;
};

// One per connection or one for many; must outlive its connections' onClosed.
class Handler {
public:
    virtual void onOpen(Conn, const Peer &) = 0;                                       // accepted or connected
    virtual void onReceived(Conn, std::string_view octets, Lease &lease) = 0;          // valid until return
    virtual void onSent(Conn, size_t queued) = 0; // the queue fell to the low-water mark, or emptied after it had to wait
    virtual void onEnd(Conn, End end, int systemError) = 0;                            // systemError: errno, 0 for Eof
    virtual void onClosed(Conn) = 0;                                                   // the last call: the slot may be reused

protected:
    ~Handler() = default;
};

struct LoopOptions {
    size_t lowWater = 64 * 1024;       // see Handler::onSent
    size_t bytesPerTurn = 64 * 1024;   // received from one connection before the others get their turn
    std::chrono::microseconds turn{5000}; // before the Qt event loop gets its turn
    size_t readBuffer = 80 * 1024;     // a head and a body of 64 KiB come in one call, and leave in one
    int backlogBatch = 64;             // accepted in one go
};

// Since the start; what a benchmark divides by requests.
struct LoopCounters {
    uint64_t turns = 0, waits = 0, accepts = 0, receives = 0, sends = 0, bytesIn = 0, bytesOut = 0;
    uint64_t copies = 0;        // octets of leases that had to be copied because a socket was full
    uint64_t acceptPauses = 0;  // out of descriptors
};

// One per worker, destroyed on its thread; connections that are still open are then closed without callbacks.
class Loop {
public:
    virtual ~Loop() = default;

    // Accepts from the listener in this worker; several loops may share one listener. `handler` gets onOpen.
    virtual bool listen(Listener &listener, Handler &handler) = 0;
    // `done` is called (later) once this loop will not touch the listener again; close it only when every loop has said so.
    virtual void unlisten(Listener &listener, std::function<void()> done) = 0;
    // onOpen, or onEnd(Failed) and onClosed, follow; octets may be queued at once.
    virtual Conn connect(const Address &to, Handler &handler) = 0;
    // A connected socket from elsewhere; owned from here on. onOpen follows.
    virtual Conn adopt(qintptr descriptor, Handler &handler) = 0;
    // Another handler gets what follows: for a listener's handler that makes one object per connection in onOpen.
    virtual void attach(Conn, Handler &handler) = 0;

    // 20 KiB, or more if asked for.
    virtual Block block(size_t atLeast = 0) = 0;
    // Queued behind what is queued already. Leaves in one gathered call per connection, never before the handlers of the same wait
    // (counters().waits) have run. `body` is taken from.
    virtual void send(Conn, Block &&head, std::span<Piece> body = {}) = 0;
    virtual size_t queued(Conn) const = 0; // octets not yet taken by the system
    virtual void pause(Conn) = 0;          // stops receiving; a few onReceived may still follow
    virtual void resume(Conn) = 0;
    virtual void shutdownSend(Conn) = 0;   // after the queue; receiving goes on
    // Afterwards nothing is called but onClosed. afterQueue: what is queued is sent first (a peer that never reads is the caller's
    // timer to watch: close again, without afterQueue). reset: the peer sees RST, so that a cut body can't pass for a whole one.
    virtual void close(Conn, bool afterQueue) = 0;
    virtual void reset(Conn) = 0;
    virtual bool isOpen(Conn) const = 0;   // known and not asked to close
    // After End::Eof: whether nobody is there to read any more either. Asks the system, which knows it of Unix sockets and of peers on
    // this machine (Linux); false otherwise.
    virtual bool peerIsGone(Conn) const = 0;
    virtual size_t connections() const = 0;

    virtual const LoopCounters &counters() const = 0;
    virtual std::string_view backend() const = 0; // "epoll", "notifiers"
};

// To be called first in a thread that will run a loop, before any QObject there: where the backend has one, the thread gets an event
// dispatcher that saves a system call a turn. Without it the loop works as well, within whatever dispatcher Qt made.
void prepareThread();

// Of a Handler's systemError: whether it is this process or system that was short of descriptors or memory, no fault of the peer's.
bool isShortage(int systemError);

// The backend this build was made with.
std::unique_ptr<Loop> makeLoop(const LoopOptions &options = {});

} // namespace gatehouse::net
