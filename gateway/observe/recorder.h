// Where exchanges go when they are recorded. A worker copies a record (with redaction) into its own chunk; the store keeps the
// chunks within a bound of bytes, oldest bodies let go first, then oldest records; readers take pages of rows that share chunks.
//
//   worker: WorkerRecorder::publish() -> chunk (rows from the front, data from the back) --flush(), 33 ms--> visible in the store
//   window, CLI, control socket: ExchangeStore::since(position), detail(id)
#pragma once

#include "gateway/observe/record.h"
#include "gateway/observe/redaction.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::observe {

inline constexpr size_t chunkBytes = 1024 * 1024;
inline constexpr int64_t flushEveryMillis = 33;

struct Chunk;  // rows and heads of one worker, see chunk.h
struct Bodies; // the bodies of some of them
class ChunkPool;

// Everything that is held of one exchange. Steps and attempts point into the chunk that row.chunk keeps.
struct StoredExchange {
    Row row;
    Message request, forwarded, response; // forwarded.startLine empty: it went nowhere
    std::vector<StepRecord> steps;
    std::vector<AttemptRecord> attempts;
    Phases phases;
    uint16_t mockResponse = 0;            // from 1; 0: no mock answered
    std::shared_ptr<const void> plan;     // the route plan that ran, or null
    uint64_t revision = 0;
    bool bodiesLetGo = false;             // there were bodies and they made room for others
    std::shared_ptr<const void> headsChunk; // keeps steps and attempts when they stand in another chunk than the row
};

struct RecorderLimits {
    uint64_t memory = 256ull << 20; // at least 4 MiB is used; each worker's open chunks count
    uint64_t body = 1ull << 20;     // of each body; 0: none are kept
    bool operator==(const RecorderLimits &) const = default;
};

// One per process. Thread-safe; outlives its WorkerRecorders. A lock is held only to hand over a chunk, to note a flush and to copy
// a list of shared pointers, never while rows are copied or searched.
class ExchangeStore {
public:
    explicit ExchangeStore(RecorderLimits limits = {});
    ~ExchangeStore();
    ExchangeStore(const ExchangeStore &) = delete;
    ExchangeStore &operator=(const ExchangeStore &) = delete;

    // From the next record on.
    void setLimits(RecorderLimits limits);
    void setRedactor(std::shared_ptr<const Redactor> redactor);
    void setRecording(bool on);

    // For bodies of exchanges that are not over yet: at most half of limits.memory, and what is recorded gets what they leave.
    class Room {
    public:
        bool take(uint64_t octets, bool must = false)
        {
            if (m_used.fetch_add(octets, std::memory_order_relaxed) + octets <= m_most.load(std::memory_order_relaxed) || must)
                return true;
            m_used.fetch_sub(octets, std::memory_order_relaxed);
            return false;
        }
        void give(uint64_t octets) { m_used.fetch_sub(octets, std::memory_order_relaxed); }

    private:
        friend class ExchangeStore;
        std::atomic<uint64_t> m_used{0}, m_most{0};
    };
    Room &room() { return m_room; }

    ExchangePage since(uint64_t position, size_t most = 10000) const;
    // The newest that is known of it; none: let go, or never there.
    std::optional<StoredExchange> detail(uint64_t id) const;
    RecorderState state() const;
    // Lets go of all that has been handed over, and counts from zero again.
    void clear();

private:
    friend class WorkerRecorder;
    struct Batch {                 // rows that became visible together
        std::shared_ptr<Chunk> chunk;
        uint32_t from = 0, to = 0; // rows of the chunk
        uint64_t position = 0;     // of row `from`
        uint32_t ended = 0;        // Final rows among them
    };
    struct Settings {
        RecorderLimits limits;
        std::shared_ptr<const Redactor> redactor;
        bool recording = true;
    };
    struct Counts { uint64_t served = 0, notRecorded = 0, tooLarge = 0, cutBodies = 0; };
    using Gone = std::vector<std::shared_ptr<const void>>; // destroyed after the lock is left

    // For workers. `full`: the chunk or bodies that this one replaces.
    std::shared_ptr<Chunk> newChunk(const std::shared_ptr<Chunk> &full);
    std::shared_ptr<Bodies> newBodies(size_t size);
    void close(const std::shared_ptr<Chunk> &chunk);
    void handOver(const std::shared_ptr<Chunk> &chunk, uint32_t from, uint32_t to, uint32_t ended, const Counts &counts);
    Settings settings() const;

    // With m_mutex held.
    void makeRoom(Gone &gone);
    void dropFrontBatch(Gone &gone);
    void dropFrontBodies(Gone &gone);
    void release(const std::shared_ptr<Chunk> &chunk, Gone &gone);

    std::vector<Batch> batchesBefore(uint64_t position, size_t most) const; // newest first
    std::shared_ptr<const Bodies> findBodies(uint64_t sequence) const;

    Room m_room;
    std::shared_ptr<ChunkPool> m_pool; // of chunk memory, so that a full store recycles instead of allocating
    std::atomic<uint64_t> m_nextId{1};
    std::atomic<uint64_t> m_settingsVersion{1};

    mutable std::mutex m_mutex; // guards all below
    Settings m_settings;
    std::deque<Batch> m_batches;                  // by position
    std::deque<std::shared_ptr<Bodies>> m_bodies; // oldest first
    uint64_t m_nextPosition = 1, m_nextBodies = 1;
    uint64_t m_bytes = 0, m_bodyBytes = 0;
    uint64_t m_recorded = 0, m_letGoRecords = 0, m_letGoBodies = 0;
    Counts m_counts;
};

// One per worker, used on its thread only; destroyed before the store, flushing what it holds.
class WorkerRecorder {
public:
    explicit WorkerRecorder(ExchangeStore &store);
    ~WorkerRecorder();
    WorkerRecorder(const WorkerRecorder &) = delete;
    WorkerRecorder &operator=(const WorkerRecorder &) = delete;

    // For an exchange that begins: unique in the process, rising but for a few between workers.
    uint64_t nextId();
    ExchangeStore::Room &room() { return m_store.room(); }
    // Whether bodies are worth keeping for publish(), and how much of each: 0 when recording is off.
    size_t bodyLimit();
    // Copies what the record's views show. Bodies are kept of Final records only. Well under a microsecond for 1 KiB.
    void publish(const Record &record);
    // Makes what was published visible; from the worker's timer, every flushEveryMillis. Cheap when there is nothing.
    void flush();

private:
    struct Sizes { size_t data = 0; uint16_t request = 0, forwarded = 0, response = 0; };
    bool refreshSettings();
    Record withoutValues(const Record &record);
    void keep(const Record &record);
    std::string_view masked(bool hit, std::string_view plain, std::string &text) { return hit ? std::string_view(text) : plain; }
    void takeFields(std::span<const FieldView> fields, uint16_t &count, size_t &size);
    Sizes redact(const Record &record);
    bool room(size_t data, const std::shared_ptr<const void> &plan);
    std::byte *write(const Record &record, const Sizes &sizes, struct RowData &row);
    void putBodies(const Record &record, struct RowData &row);
    void fetchNext(Chunk &chunk, size_t size);

    ExchangeStore &m_store;
    ExchangeStore::Settings m_settings;
    uint64_t m_settingsVersion = 0;
    uint64_t m_id = 0, m_idEnd = 0;
    std::shared_ptr<Chunk> m_chunk;
    std::shared_ptr<Bodies> m_bodies;
    size_t m_lastBodies = 0;                // octets of the last exchange that had any
    uint32_t m_handedOver = 0, m_ended = 0; // rows of m_chunk that readers know; Final ones since
    ExchangeStore::Counts m_counts;         // since the last flush

    // The record at hand with its masked texts; kept for their capacity.
    struct Field { std::string_view name, value; bool masked = false; int32_t same = -1; }; // same: index of the request's field
    std::vector<Field> m_fields;                // request, forwarded, response
    std::deque<std::string> m_values;           // masked ones
    size_t m_valuesUsed = 0;
    std::string m_queryText, m_requestLineText, m_forwardedLineText, m_bodyText;
    std::string_view m_query, m_requestLine, m_forwardedLine;
    std::deque<std::string> m_plainTexts;       // of withoutValues(), as the next two
    std::vector<StepRecord> m_plainSteps;
    std::vector<AttemptRecord> m_plainAttempts;
};

} // namespace gatehouse::observe
