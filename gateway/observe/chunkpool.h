// Where the recorder's memory comes from. Private to the recorder.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace gatehouse::observe {

// Blocks of chunkBytes, cut two at a time from memory that the system may back by one huge page: while the recorder fills, a
// fault for each 4 KiB would cost every second exchange about as much as a system call. A block is not zeroed. Thread-safe; blocks
// may outlive their pool.
class ChunkPool {
public:
    using Block = std::shared_ptr<std::byte[]>;

    Block take();
    void give(Block block); // keeps a few, so that a full store recycles instead of allocating

private:
    std::mutex m_mutex;
    std::vector<Block> m_free;
};

} // namespace gatehouse::observe
