#include "gateway/observe/chunkpool.h"

#include "gateway/base/threadname.h"
#include "gateway/observe/recorder.h"

#include <cstdint>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace gatehouse::observe {

namespace {

constexpr size_t freeBlocksKept = 8;
constexpr size_t readyBlocks = 2;
constexpr size_t slabBytes = 2 * chunkBytes;
static_assert(slabBytes == 2 << 20, "a huge page of x86-64 and of arm64 with pages of 4 KiB");

#ifdef __linux__
// Null without memory. Mapped where a huge page could lie: the surplus on both sides goes back at once.
std::byte *allocateSlab()
{
    void *const mapped = mmap(nullptr, 2 * slabBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return nullptr;
    auto *const begin = static_cast<std::byte *>(mapped);
    const size_t before = (slabBytes - reinterpret_cast<uintptr_t>(mapped) % slabBytes) % slabBytes;
    if (before)
        munmap(begin, before);
    munmap(begin + before + slabBytes, slabBytes - before);
    madvise(begin + before, slabBytes, MADV_HUGEPAGE); // a wish: without huge pages it is ordinary memory
    return begin + before;
}

void freeSlab(std::byte *slab) { munmap(slab, slabBytes); }
#else
std::byte *allocateSlab() { return new (std::nothrow) std::byte[slabBytes]; }
void freeSlab(std::byte *slab) { delete[] slab; }
#endif

// So that the system finds and clears its pages now.
void touch(std::byte *slab)
{
    constexpr size_t page = 4096;
    for (size_t at = 0; at < slabBytes; at += page)
        const_cast<volatile std::byte &>(slab[at]) = std::byte{0};
}

} // namespace

// Both halves keep the whole alive.
void ChunkPool::addSlab(std::byte *memory)
{
    const std::shared_ptr<std::byte[]> slab(memory, freeSlab);
    m_free.emplace_back(slab, memory + chunkBytes);
    m_free.emplace_back(slab, memory);
}

ChunkPool::Block ChunkPool::take()
{
    std::unique_lock lock(m_mutex);
    if (!m_preparer.joinable())
        m_preparer = std::jthread([this](const std::stop_token &stop) { prepare(stop); });
    while (m_free.empty()) {
        lock.unlock(); // who only gives or takes what is ready need not wait for the system
        std::byte *const slab = allocateSlab();
        if (!slab)
            throw std::bad_alloc();
        lock.lock();
        addSlab(slab);
    }
    Block block = std::move(m_free.back());
    m_free.pop_back();
    const bool ask = !m_asked && m_free.size() < readyBlocks;
    m_asked = m_asked || ask;
    lock.unlock(); // first: woken under it, the other would at once wait for it
    if (ask)
        m_low.release();
    return block;
}

void ChunkPool::give(Block block)
{
    const std::lock_guard lock(m_mutex);
    if (m_free.size() < freeBlocksKept)
        m_free.push_back(std::move(block));
}

void ChunkPool::prepare(const std::stop_token &stop)
{
    nameThread("recorder memory");
    const std::stop_callback wake(stop, [this] { m_low.release(); });
    for (m_low.acquire(); !stop.stop_requested(); m_low.acquire()) {
        while (isLow()) {
            std::byte *const slab = allocateSlab();
            if (!slab)
                return; // take() tries for itself, and says so
            touch(slab);
            const std::lock_guard lock(m_mutex);
            addSlab(slab);
        }
    }
}

bool ChunkPool::isLow()
{
    const std::lock_guard lock(m_mutex);
    m_asked = m_free.size() < readyBlocks;
    return m_asked;
}

} // namespace gatehouse::observe
