// How queued octets leave: gathered, once per connection and turn.
#include "gateway/net/socketloop.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>

namespace gatehouse::net {

static constexpr int gatherAtMost = 64;

void SocketLoop::append(Socket &socket, const char *data, size_t size, Hold &&hold)
{
    Node *node = m_spareNodes;
    if (node)
        m_spareNodes = node->next;
    else
        node = new Node;
    node->data = data;
    node->size = size;
    node->hold = std::move(hold);
    node->next = nullptr;
    (socket.last ? socket.last->next : socket.first) = node;
    socket.last = node;
    socket.queued += size;
}

// Behind octets that wait in a block with room, a few more are copied there: a body of tiny chunks must not hold a block for each.
bool SocketLoop::joins(Socket &socket, std::string_view octets)
{
    Node *last = socket.last;
    Memory *memory = last ? const_cast<Memory *>(last->hold.memory()) : nullptr;
    if (!memory || memory == m_readBuffer || memory->refs != 1 || octets.size() > copyAtMost)
        return false;
    char *const end = const_cast<char *>(last->data) + last->size;
    if (size_t(memory->data() + memory->capacity - end) < octets.size())
        return false;
    std::memcpy(end, octets.data(), octets.size());
    last->size += octets.size();
    socket.queued += octets.size();
    return true;
}

void SocketLoop::send(Conn conn, Block &&head, std::span<Piece> body)
{
    Socket *socket = find(conn);
    if (!socket || socket->closing || socket->shutting || socket->broken) {
        Block dropped(std::move(head)); // the memory goes back whether or not anybody wanted it
        for (Piece &piece : body)
            piece = {};
        return;
    }
    if (const size_t size = head.size(); size && joins(*socket, head.text())) {
        Block copied(std::move(head));
    } else if (size) {
        Memory *memory = head.take();
        append(*socket, memory->data(), size, Hold(memory));
    }
    for (Piece &piece : body) {
        if (piece.data.empty())
            continue;
        if (piece.hold.memory() == m_readBuffer && !socket->leased) {
            socket->leased = true;
            m_leased.push_back(conn.slot);
        }
        append(*socket, piece.data.data(), piece.data.size(), std::move(piece.hold));
        piece.data = {};
    }
    markDirty(conn.slot);
    wakeLater();
}

size_t SocketLoop::queued(Conn conn) const
{
    const Socket *socket = find(conn);
    return socket ? socket->queued : 0;
}

void SocketLoop::shutdownSend(Conn conn)
{
    Socket *socket = find(conn);
    if (!socket || socket->closing || socket->shutting)
        return;
    socket->shutting = true;
    markDirty(conn.slot);
    wakeLater();
}

void SocketLoop::markDirty(uint32_t slot)
{
    Socket &socket = m_sockets[slot];
    if (!socket.dirty) {
        socket.dirty = true;
        m_dirty.push_back(slot);
    }
}

// What onSent queues leaves in the next round: nobody keeps the loop here.
void SocketLoop::flushDirty()
{
    m_dirtyNow.swap(m_dirty);
    for (const uint32_t slot : m_dirtyNow) {
        m_sockets[slot].dirty = false;
        flush(slot);
    }
    m_dirtyNow.clear();
}

void SocketLoop::flush(uint32_t slot)
{
    Socket &socket = m_sockets[slot];
    if (!socket.used || socket.listed || socket.connecting || socket.opening)
        return;
    const size_t before = socket.queued;
    while (socket.first && socket.writable) {
        const size_t sent = transmit(slot);
        if (!sent) {
            if (socket.writable) {
                sendFailed(slot, errno);
                return;
            }
            socket.waited = true;
        }
    }
    if (!socket.queued && socket.draining) {
        retire(slot);
        return;
    }
    if (!socket.queued && socket.shutting && !socket.shut) {
        socket.shut = true;
        ::shutdown(socket.fd, SHUT_WR);
    }
    const bool emptied = !socket.queued && socket.waited;
    if (emptied)
        socket.waited = false;
    if (!socket.closing && (emptied || (before > m_options.lowWater && socket.queued <= m_options.lowWater)))
        socket.handler->onSent(name(slot), socket.queued);
}

// One gathered call. 0: not writable any more, or an error if it still is.
size_t SocketLoop::transmit(uint32_t slot)
{
    Socket &socket = m_sockets[slot];
    iovec parts[gatherAtMost];
    int count = 0;
    size_t wanted = 0;
    for (const Node *node = socket.first; node && count < gatherAtMost; node = node->next, ++count) {
        parts[count].iov_base = const_cast<char *>(node->data);
        parts[count].iov_len = node->size;
        wanted += node->size;
    }
    ssize_t sent;
    do {
        if (count == 1) {
            sent = ::send(socket.fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
        } else {
            msghdr message{};
            message.msg_iov = parts;
            message.msg_iovlen = size_t(count);
            sent = sendmsg(socket.fd, &message, MSG_NOSIGNAL);
        }
        ++m_counters.sends;
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            socket.writable = false;
            m_poller->wantWrite(tagOf(name(slot)));
        }
        return 0;
    }
    m_counters.bytesOut += uint64_t(sent);
    consume(socket, size_t(sent));
    if (size_t(sent) < wanted) {
        // The system's buffer is full; the edge that says otherwise comes by itself.
        socket.writable = false;
        socket.waited = true;
        m_poller->wantWrite(tagOf(name(slot)));
    }
    return size_t(sent);
}

void SocketLoop::consume(Socket &socket, size_t octets)
{
    socket.queued -= octets;
    while (octets) {
        Node *node = socket.first;
        if (octets < node->size) {
            node->data += octets;
            node->size -= octets;
            return;
        }
        octets -= node->size;
        socket.first = node->next;
        if (!socket.first)
            socket.last = nullptr;
        node->hold = {};
        node->next = m_spareNodes;
        m_spareNodes = node;
    }
}

void SocketLoop::dropQueue(Socket &socket)
{
    consume(socket, socket.queued);
}

// The peer may have answered before it dropped us ("413 and go away"): what it sent is read first.
void SocketLoop::sendFailed(uint32_t slot, int error)
{
    Socket &socket = m_sockets[slot];
    dropQueue(socket);
    if (socket.closing) {
        retire(slot);
        return;
    }
    if (socket.eof || socket.paused) {
        fail(slot, error == EPIPE || error == ECONNRESET ? End::Reset : End::Failed, error);
        return;
    }
    socket.broken = socket.hungUp = socket.readable = true;
    markReady(slot);
}

// After a callback that kept parts of the read buffer: those meant for sockets that can take them leave at once, uncopied and
// while the octets are in the cache. What did not fit is copied if it is little, else the buffer is left to it.
void SocketLoop::settleLease()
{
    for (size_t i = 0; i < m_leased.size(); ++i) {
        Socket &socket = m_sockets[m_leased[i]];
        socket.leased = false;
        flush(m_leased[i]);
        if (m_readBuffer->refs > 1)
            copyLeased(socket);
    }
    m_leased.clear();
    if (m_readBuffer->refs > 1) {
        release(m_readBuffer);
        m_readBuffer = m_readBuffers.memory();
    }
}

void SocketLoop::copyLeased(Socket &socket)
{
    size_t kept = 0;
    for (const Node *node = socket.first; node; node = node->next)
        kept += node->hold.memory() == m_readBuffer ? node->size : 0;
    if (kept > m_readBuffer->capacity / 2)
        return;
    for (Node *node = socket.first; node; node = node->next) {
        if (node->hold.memory() != m_readBuffer)
            continue;
        Block block = m_blocks.block(node->size);
        block.append({node->data, node->size});
        m_counters.copies += node->size;
        Memory *memory = block.take();
        node->data = memory->data();
        node->hold = Hold(memory);
    }
}

} // namespace gatehouse::net
