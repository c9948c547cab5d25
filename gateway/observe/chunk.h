// The memory of the recorder. A chunk holds rows of fixed size from its front and what they refer to from its back. Its worker
// appends; readers look only at rows that were handed over (under the store's lock), so that both touch the same chunk without
// touching the same bytes. Private to the recorder.
#pragma once

#include "gateway/observe/chunkpool.h"
#include "gateway/observe/record.h"
#include "gateway/observe/recorder.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace gatehouse::observe {

// What filters and tables read stands in the first cache line. Texts stand at `data`, in the order of the lengths.
struct alignas(64) RowData {
    uint64_t id;
    int64_t startedMicros;
    uint32_t durationMicros, gatewayMicros;
    uint16_t status;
    State state;
    Verdict verdict;
    TargetKind target;
    uint8_t tries;
    uint8_t methodSize, schemeSize;
    uint32_t listener, route, targetName;
    uint32_t data; // offset in the chunk
    uint32_t pathSize, querySize;
    uint16_t hostSize, consumerSize, endpointSize, clientSize;

    uint64_t requestBytes, responseBytes;
    uint64_t revision;
    int32_t routeMicros, policiesInMicros, connectMicros, firstByteMicros, transferMicros, policiesOutMicros;
    uint16_t contentTypeSize, errorSize;
    uint8_t protocolSize;
    bool hasHeads, requestCut, responseCut;
    uint16_t plan; // slot in the chunk; noPlan
    uint16_t requestFields, forwardedFields, responseFields;
    uint16_t steps, attempts, mockResponse;
    uint32_t heads;                             // offset in the chunk of start lines, fields, steps, attempts
    uint64_t bodies;                            // sequence of the Bodies; 0: none
    uint32_t bodyOffset, requestBody, responseBody; // sizes as held
};
static_assert(sizeof(RowData) <= 192);

inline constexpr uint16_t noPlan = 0xffff;

struct Chunk {
    explicit Chunk(std::shared_ptr<ChunkPool> from) : pool(std::move(from)), memory(pool->take()) { }
    ~Chunk() { pool->give(std::move(memory)); }
    Chunk(const Chunk &) = delete;
    Chunk &operator=(const Chunk &) = delete;

    RowData *row(uint32_t index) { return rows() + index; }
    const RowData *row(uint32_t index) const { return const_cast<Chunk *>(this)->rows() + index; }
    RowData *rows()
    {
        const auto at = reinterpret_cast<uintptr_t>(memory.get());
        return reinterpret_cast<RowData *>((at + alignof(RowData) - 1) & ~(uintptr_t(alignof(RowData)) - 1));
    }
    bool fits(size_t size) const
    {
        return alignof(RowData) + (size_t(rowCount) + 1) * sizeof(RowData) + size <= dataTop;
    }

    std::shared_ptr<ChunkPool> pool;
    ChunkPool::Block memory;
    std::array<std::shared_ptr<const void>, 128> plans; // a slot is written before a row that names it is handed over

    // The worker's.
    uint32_t rowCount = 0, planCount = 0;
    size_t dataTop = chunkBytes;

    // Under the store's lock.
    uint32_t batches = 0;
    bool open = true; // its worker may append
};

struct Bodies {
    Bodies(size_t capacity, std::shared_ptr<ChunkPool> from)
        : size(capacity), pool(std::move(from)),
          memory(size == chunkBytes ? pool->take() : ChunkPool::Block(new std::byte[size])) // not zeroed
    { }
    ~Bodies()
    {
        if (size == chunkBytes)
            pool->give(std::move(memory));
    }
    Bodies(const Bodies &) = delete;
    Bodies &operator=(const Bodies &) = delete;

    uint64_t sequence = 0; // once it stands among the store's, where it is the order
    const size_t size;
    std::shared_ptr<ChunkPool> pool;
    ChunkPool::Block memory;
    size_t used = 0;                   // the worker's
    std::atomic<uint32_t> exchanges{0};
    std::atomic<bool> letGo{false};
};

} // namespace gatehouse::observe
