// Memory for sending: pooled blocks, and holds that keep what is being sent alive. One worker's thread each.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::net {

struct PoolCore;

// Up to so many octets it is cheaper to copy them into a block, behind others, than to hand them on as a piece of their own.
inline constexpr size_t copyAtMost = 4 * 1024;

// Counted memory; the count is not atomic: holds die on the thread that made them.
struct Memory {
    PoolCore *pool = nullptr; // null: plain heap
    uint32_t refs = 1;
    uint32_t capacity = 0;
    char *data() { return reinterpret_cast<char *>(this + 1); }
};
void giveBack(Memory *memory);
inline void release(Memory *memory)
{
    if (--memory->refs == 0)
        giveBack(memory);
}

// A piece of memory to write into and then give to send(). Moves only; 20 KiB unless more was asked for.
class Block {
public:
    Block() = default;
    explicit Block(Memory *memory) : m_memory(memory) { }
    Block(Block &&other) noexcept : m_memory(std::exchange(other.m_memory, nullptr)), m_size(std::exchange(other.m_size, 0)) { }
    Block &operator=(Block &&other) noexcept
    {
        std::swap(m_memory, other.m_memory);
        std::swap(m_size, other.m_size);
        return *this;
    }
    ~Block() { if (m_memory) release(m_memory); }

    explicit operator bool() const { return m_memory != nullptr; }
    size_t size() const { return m_size; }
    size_t room() const { return m_memory ? m_memory->capacity - m_size : 0; }
    std::string_view text() const { return m_memory ? std::string_view(m_memory->data(), m_size) : std::string_view(); }
    // Write into rest(), then commit() what was written.
    std::span<char> rest() { return m_memory ? std::span<char>(m_memory->data() + m_size, room()) : std::span<char>(); }
    void commit(size_t octets) { assert(octets <= room()); m_size += uint32_t(octets); }
    // False, and nothing written, when it does not fit.
    bool append(std::string_view octets)
    {
        if (octets.size() > room())
            return false;
        if (!octets.empty())
            std::memcpy(m_memory->data() + m_size, octets.data(), octets.size());
        m_size += uint32_t(octets.size());
        return true;
    }
    Memory *take() { m_size = 0; return std::exchange(m_memory, nullptr); }

private:
    Memory *m_memory = nullptr;
    uint32_t m_size = 0;
};

// Keeps octets alive until they are sent: a share of a block or read buffer, or any shared_ptr. Empty: they outlive the send anyway.
class Hold {
public:
    Hold() = default;
    explicit Hold(Memory *adopted) : m_memory(adopted) { }
    explicit Hold(std::shared_ptr<const void> owner) : m_owner(std::move(owner)) { }
    Hold(Hold &&other) noexcept : m_memory(std::exchange(other.m_memory, nullptr)), m_owner(std::move(other.m_owner)) { }
    Hold &operator=(Hold &&other) noexcept
    {
        std::swap(m_memory, other.m_memory);
        m_owner.swap(other.m_owner);
        return *this;
    }
    ~Hold() { if (m_memory) release(m_memory); }
    Hold share() const
    {
        Hold other;
        if ((other.m_memory = m_memory))
            ++m_memory->refs;
        other.m_owner = m_owner;
        return other;
    }
    const Memory *memory() const { return m_memory; }

private:
    Memory *m_memory = nullptr;
    std::shared_ptr<const void> m_owner;
};

struct Piece {
    std::string_view data;
    Hold hold;
};
// The block's octets as a piece that owns them.
Piece toPiece(Block &&block);

// Blocks in last-in-first-out order, so that the warm one is used next. Keeps at most `keep` of them.
// Memory that is still held when the pool goes is freed when its last holder lets go.
class BlockPool {
public:
    static constexpr size_t blockSize = 20 * 1024;
    explicit BlockPool(size_t capacity = blockSize, size_t keep = 256);
    BlockPool(const BlockPool &) = delete;
    BlockPool &operator=(const BlockPool &) = delete;
    ~BlockPool();
    Block block(size_t atLeast = 0) { return Block(memory(atLeast)); }
    // More than the pool's capacity comes from the heap and goes back there.
    Memory *memory(size_t atLeast = 0);
    size_t spare() const; // blocks waiting
    size_t out() const;   // blocks in use

private:
    PoolCore *m_core;
};

} // namespace gatehouse::net
