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

// Everything that is held of one exchange. Steps and attempts point into the chunk that row.chunk keeps.
struct StoredExchange {
    Row row;
    Message request, forwarded, response; // forwarded.startLine empty: it went nowhere
    std::vector<StepRecord> steps;
    std::vector<AttemptRecord> attempts;
    Phases phases;
    std::shared_ptr<const void> plan;     // the route plan that ran, or null
    uint64_t revision = 0;
    bool bodiesLetGo = false;             // there were bodies and they made room for others
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

    ExchangePage since(uint64_t position, size_t most = 10000) const;
    // The newest that is known of it; none: let go, or never there.
    std::optional<StoredExchange> detail(uint64_t id) const;
    RecorderState state() const;
    // Lets go of all that has been handed over.
    void clear();

private:
    friend class WorkerRecorder;
    struct Batch {
        std::shared_ptr<Chunk> chunk;
        uint32_t from = 0, to = 0;            // rows of the chunk
        uint64_t position = 0;                // of row `from`
        uint64_t firstId = 0, lastId = 0;
        uint32_t ended = 0;                   // Final rows among them
    };
    struct Settings {
        RecorderLimits limits;
        std::shared_ptr<const Redactor> redactor;
        bool recording = true;
    };

    // For workers.
    uint64_t idBlock(uint64_t count) { return m_nextId.fetch_add(count, std::memory_order_relaxed); }
    std::shared_ptr<Chunk> newChunk();
    std::shared_ptr<Bodies> newBodies(size_t size);
    void handOver(const std::shared_ptr<Chunk> &chunk, uint32_t from, uint32_t to);
    Settings settings() const;

    void makeRoom(std::vector<std::shared_ptr<void>> &gone); // m_mutex held; what goes is destroyed by the caller, after unlocking
    void dropFrontBatch(std::vector<std::shared_ptr<void>> &gone, uint64_t &counter);
    std::vector<Batch> batches() const;
    std::shared_ptr<const Bodies> findBodies(uint64_t sequence) const;

    struct Pool;
    std::shared_ptr<Pool> m_pool;            // of chunk memory, so that a full store recycles instead of allocating
    std::atomic<uint64_t> m_nextId{1};
    std::atomic<uint64_t> m_settingsVersion{1};
    std::atomic<uint64_t> m_served{0}, m_notRecorded{0}, m_tooLarge{0}, m_cutBodies{0};

    mutable std::mutex m_mutex;              // guards all below
    Settings m_settings;
    std::deque<Batch> m_batches;             // by position
    std::deque<std::shared_ptr<Bodies>> m_bodies; // oldest first
    uint64_t m_nextPosition = 1;
    uint64_t m_nextBodies = 1;
    uint64_t m_bytes = 0, m_bodyBytes = 0;
    uint64_t m_recorded = 0, m_letGoRecords = 0, m_cleared = 0, m_letGoBodies = 0;
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
    // Whether bodies are worth keeping for publish(), and how much of each: 0 when recording is off.
    size_t bodyLimit();
    // Copies what the record's views show. Bodies are kept of Final records only. Well under a microsecond for 1 KiB.
    void publish(const Record &record);
    // Makes what was published visible; from the worker's timer, every flushEveryMillis. Cheap when there is nothing.
    void flush();

private:
    void refreshSettings();
    void redact(const Record &record);
    bool room(size_t rows, size_t data);
    uint16_t planSlot(const std::shared_ptr<const void> &plan);
    void putBodies(const Record &record, struct RowData &row);

    ExchangeStore &m_store;
    ExchangeStore::Settings m_settings;
    uint64_t m_settingsVersion = 0;
    uint64_t m_id = 0, m_idEnd = 0;
    std::shared_ptr<Chunk> m_chunk;
    std::shared_ptr<Bodies> m_bodies;
    uint32_t m_handedOver = 0; // rows of m_chunk that readers know
    uint64_t m_served = 0, m_notRecorded = 0, m_tooLarge = 0, m_cutBodies = 0; // since the last flush

    // Masked texts of the record at hand; kept for their capacity.
    struct Masked { std::string text; bool used = false; };
    Masked m_query, m_requestLine, m_forwardedLine, m_requestBody, m_responseBody;
    std::vector<std::string> m_values; // of fields, in the order met
    size_t m_valuesUsed = 0;
    std::vector<FieldView> m_fields;   // request, forwarded, response, with masked values
    std::vector<uint8_t> m_fieldMasked;
};

} // namespace gatehouse::observe
