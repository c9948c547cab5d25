// Where the recorder's memory comes from. Private to the recorder.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>
#include <vector>

namespace gatehouse::observe {

// Blocks of chunkBytes, cut two at a time from memory that the system may back by one huge page. While the recorder fills, a fault
// for each 4 KiB would cost every second exchange about as much as a system call; and clearing a huge page takes long enough to be
// seen in a worker's p99, so a thread of the pool's own has the next ones ready. A block is not zeroed. Thread-safe; blocks may
// outlive their pool.
class ChunkPool {
public:
    using Block = std::shared_ptr<std::byte[]>;

    Block take();
    void give(Block block); // keeps a few, so that a full store recycles instead of allocating

private:
    void addSlab(std::byte *slab); // under the lock
    void prepare(const std::stop_token &stop);
    bool isLow(); // if not, the preparer rests until it is asked again

    std::mutex m_mutex;
    std::vector<Block> m_free;           // guarded by m_mutex
    bool m_asked = false;                // guarded by m_mutex: the preparer is at it
    std::counting_semaphore<> m_low{0};  // no condition: to tell one takes a lock, held while the other is woken
    std::jthread m_preparer; // from the first take() on; last, so that it ends before what it uses
};

} // namespace gatehouse::observe
