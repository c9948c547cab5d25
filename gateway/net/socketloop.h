// The loop on raw non-blocking sockets; which of them are ready it learns from a Poller. Internal to gateway/net; makeLoop() makes one.
#pragma once

#include "gateway/net/loop.h"
#include "gateway/net/poller.h"

#include <QtCore/QTimer>

#include <deque>
#include <vector>

namespace gatehouse::net {

class SocketLoop final : public Loop {
public:
    explicit SocketLoop(const LoopOptions &options);
    ~SocketLoop() override;

    bool listen(Listener &listener, Handler &handler) override;
    void unlisten(Listener &listener, std::function<void()> done) override;
    Conn connect(const Address &to, Handler &handler) override;
    Conn adopt(qintptr descriptor, Handler &handler) override;
    void attach(Conn, Handler &handler) override;
    Block block(size_t atLeast) override { return m_blocks.block(atLeast); }
    void send(Conn, Block &&head, std::span<Piece> body) override;
    size_t queued(Conn) const override;
    void pause(Conn) override;
    void resume(Conn) override;
    void shutdownSend(Conn) override;
    void close(Conn, bool afterQueue) override;
    void reset(Conn) override;
    bool isOpen(Conn) const override;
    bool peerIsGone(Conn) const override;
    size_t connections() const override { return m_open; }
    const LoopCounters &counters() const override { return m_counters; }
    std::string_view backend() const override { return m_poller->name(); }

private:
    // One run of octets to send.
    struct Node {
        const char *data;
        size_t size;
        Hold hold;
        Node *next;
    };
    // What a slot holds. Kept small: thousands of these are idle.
    struct Socket {
        Handler *handler = nullptr;
        Node *first = nullptr, *last = nullptr;
        size_t queued = 0;
        uint32_t gen = 1;
        int fd = -1;
        int error = 0;         // of the system, to be reported
        bool used = false;
        bool connecting = false;
        bool opening = false;  // onOpen is still to be called
        bool adopted = false;
        bool readable = false; // an edge was seen and the socket not yet emptied
        bool hungUp = false;   // the end is near: read until it comes
        bool eof = false;      // reported
        bool broken = false;   // sending failed; what was received before is still read
        bool writable = true;
        bool waited = false;   // something did not fit since the queue was last empty
        bool paused = false;
        bool shutting = false, shut = false; // sending side: asked for, done
        bool closing = false, draining = false, resetting = false;
        bool dirty = false, leased = false, ready = false, listed = false; // in m_dirty, m_leased, m_ready, m_closed
    };
    struct Accepting {
        Listener *listener;
        Handler *handler;
        int fd;
        bool paused;     // out of descriptors
        bool wildcard;   // the local address has to be asked for each connection
        int burst;       // how many to accept before looking elsewhere
    };
    class ReadLease;

    Socket *find(Conn conn);
    const Socket *find(Conn conn) const { return const_cast<SocketLoop *>(this)->find(conn); }
    Conn name(uint32_t slot) const { return {slot, m_sockets[slot].gen}; }
    static uint64_t tagOf(Conn conn) { return uint64_t(conn.gen & 0x7fffffff) << 32 | conn.slot; }
    uint32_t add(int fd, Handler &handler);
    bool watch(uint32_t slot);
    void drained(uint32_t slot);

    void turn();
    void dispatch(const Poller::Ready *events, int count);
    void wakeLater();
    bool outOfTime();
    void runReady();
    void work(uint32_t slot);
    void openNow(uint32_t slot);
    void receive(uint32_t slot);
    void settleLease();
    void accept(Accepting &accepting);
    void pauseAccepting(Accepting &accepting);
    void retryAccepting();

    void markReady(uint32_t slot) { markReady(slot, m_ready); }
    void markReady(uint32_t slot, std::vector<uint32_t> &list);
    bool hasMore() const { return !m_ready.empty() || !m_again.empty() || !m_dirty.empty(); }
    void markDirty(uint32_t slot);
    void append(Socket &socket, const char *data, size_t size, Hold &&hold);
    bool joins(Socket &socket, std::string_view octets);
    void flushDirty();
    void flush(uint32_t slot);
    size_t transmit(uint32_t slot);
    void consume(Socket &socket, size_t octets);
    void dropQueue(Socket &socket);
    void sendFailed(uint32_t slot, int error);
    void copyLeased(Socket &socket);

    void fail(uint32_t slot, End end, int error);
    void retire(uint32_t slot);
    void reap();

    LoopOptions m_options;
    LoopCounters m_counters;
    BlockPool m_blocks;
    BlockPool m_readBuffers;
    Memory *m_readBuffer;
    std::unique_ptr<Poller> m_poller;
    QTimer m_acceptRetry;
    std::deque<Socket> m_sockets; // by slot; a deque, since references survive its growth
    std::vector<uint32_t> m_freeSlots;
    std::vector<Accepting> m_accepting;
    std::vector<uint32_t> m_ready, m_readyNow, m_dirty, m_dirtyNow, m_leased, m_closed;
    std::vector<uint32_t> m_again; // ready too, having had their share of this round
    std::vector<std::function<void()>> m_later;
    Node *m_spareNodes = nullptr;
    std::chrono::steady_clock::time_point m_turnEnds;
    size_t m_open = 0;
    bool m_inTurn = false;
};

} // namespace gatehouse::net
