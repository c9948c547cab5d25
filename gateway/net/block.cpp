#include "gateway/net/block.h"

#include <new>

namespace gatehouse::net {

struct PoolCore {
    std::vector<Memory *> spare;
    size_t capacity, keep, out = 0;
    bool orphaned = false;
};

static Memory *allocate(PoolCore *pool, size_t capacity)
{
    auto *memory = new (::operator new(sizeof(Memory) + capacity)) Memory;
    memory->pool = pool;
    memory->capacity = uint32_t(capacity);
    return memory;
}

void giveBack(Memory *memory)
{
    PoolCore *const pool = memory->pool;
    if (pool) {
        --pool->out;
        if (!pool->orphaned && pool->spare.size() < pool->keep) {
            pool->spare.push_back(memory);
            return;
        }
    }
    ::operator delete(memory);
    if (pool && pool->orphaned && !pool->out)
        delete pool;
}

Piece toPiece(Block &&block)
{
    const std::string_view text = block.text();
    return {text, Hold(block.take())};
}

BlockPool::BlockPool(size_t capacity, size_t keep) : m_core(new PoolCore{{}, capacity, keep, 0, false}) { }

BlockPool::~BlockPool()
{
    for (Memory *memory : m_core->spare)
        ::operator delete(memory);
    m_core->spare.clear();
    m_core->orphaned = true;
    if (!m_core->out)
        delete m_core;
}

Memory *BlockPool::memory(size_t atLeast)
{
    if (atLeast > m_core->capacity)
        return allocate(nullptr, atLeast);
    ++m_core->out;
    if (m_core->spare.empty())
        return allocate(m_core, m_core->capacity);
    Memory *memory = m_core->spare.back();
    m_core->spare.pop_back();
    memory->refs = 1;
    return memory;
}

size_t BlockPool::spare() const { return m_core->spare.size(); }
size_t BlockPool::out() const { return m_core->out; }

} // namespace gatehouse::net
