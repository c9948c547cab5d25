#include "gateway/observe/chunkpool.h"

#include "gateway/observe/recorder.h"

#include <cstdint>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace gatehouse::observe {

namespace {

constexpr size_t freeBlocksKept = 8;
constexpr size_t slabBytes = 2 * chunkBytes;
static_assert(slabBytes == 2 << 20, "a huge page of x86-64 and of arm64 with pages of 4 KiB");

#ifdef __linux__
// Mapped where a huge page could lie: the surplus on both sides goes back at once.
std::byte *allocateSlab()
{
    void *const mapped = mmap(nullptr, 2 * slabBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        throw std::bad_alloc();
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
std::byte *allocateSlab() { return new std::byte[slabBytes]; }
void freeSlab(std::byte *slab) { delete[] slab; }
#endif

} // namespace

ChunkPool::Block ChunkPool::take()
{
    const std::lock_guard lock(m_mutex);
    if (m_free.empty()) {
        // Both halves keep the whole alive.
        const std::shared_ptr<std::byte[]> slab(allocateSlab(), freeSlab);
        m_free.emplace_back(slab, slab.get() + chunkBytes);
        m_free.emplace_back(slab, slab.get());
    }
    Block block = std::move(m_free.back());
    m_free.pop_back();
    return block;
}

void ChunkPool::give(Block block)
{
    const std::lock_guard lock(m_mutex);
    if (m_free.size() < freeBlocksKept)
        m_free.push_back(std::move(block));
}

} // namespace gatehouse::observe
