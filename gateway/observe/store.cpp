// The side of the recorder that all threads share: what is held, what goes first, and reading it.
#include "gateway/observe/chunk.h"
#include "gateway/observe/recorder.h"

#include <algorithm>
#include <cstring>

namespace gatehouse::observe {

namespace {

constexpr uint64_t leastMemory = 4ull << 20;
constexpr size_t batchesAtOnce = 256;

// Reads back what WorkerRecorder wrote.
struct Reader {
    const std::byte *at;
    std::string_view text(size_t size)
    {
        const auto *begin = reinterpret_cast<const char *>(at);
        at += size;
        return {begin, size};
    }
    template <typename T>
    T number()
    {
        T value;
        std::memcpy(&value, at, sizeof value);
        at += sizeof value;
        return value;
    }
    std::string_view sized() { return text(number<uint32_t>()); }
};

Row makeRow(const std::shared_ptr<Chunk> &chunk, uint32_t index, uint64_t position)
{
    const RowData &data = *chunk->row(index);
    Reader from{chunk->memory.get() + data.data};
    Row row;
    row.id = data.id;
    row.position = position;
    row.startedMicros = data.startedMicros;
    row.durationMicros = data.durationMicros;
    row.gatewayMicros = data.gatewayMicros;
    row.state = data.state;
    row.verdict = data.verdict;
    row.target = data.target;
    row.status = data.status;
    row.tries = data.tries;
    row.method = from.text(data.methodSize);
    row.scheme = from.text(data.schemeSize);
    row.host = from.text(data.hostSize);
    row.path = from.text(data.pathSize);
    row.query = from.text(data.querySize);
    row.protocol = from.text(data.protocolSize);
    row.client = from.text(data.clientSize);
    row.consumer = from.text(data.consumerSize);
    row.endpoint = from.text(data.endpointSize);
    row.error = from.text(data.errorSize);
    row.contentType = from.text(data.contentTypeSize);
    row.listener = internedName(data.listener);
    row.route = internedName(data.route);
    row.targetName = internedName(data.targetName);
    row.requestBytes = data.requestBytes;
    row.responseBytes = data.responseBytes;
    row.chunk = chunk;
    return row;
}

void readFields(Reader &from, uint16_t count, Message &to, const Message *request)
{
    for (uint16_t i = 0; i < count; ++i) {
        const auto flags = from.number<uint8_t>();
        const auto nameOrIndex = from.number<uint16_t>();
        const auto valueSize = from.number<uint32_t>();
        if (flags & 2) {
            to.fields.push_back(request->fields[nameOrIndex]);
            to.redacted.push_back(request->redacted[nameOrIndex]);
        } else {
            std::string name(from.text(nameOrIndex));
            to.fields.emplace_back(std::move(name), from.text(valueSize));
            to.redacted.push_back(flags & 1);
        }
    }
}

StepRecord readStep(Reader &from)
{
    StepRecord step;
    step.policy = from.number<uint16_t>();
    step.phase = from.number<Phase>();
    step.verdict = from.number<StepVerdict>();
    step.startMicros = from.number<uint32_t>();
    step.durationNanos = from.number<uint32_t>();
    step.level = from.number<double>();
    step.capacity = from.number<double>();
    step.nextMicros = from.number<int64_t>();
    step.detail = from.sized();
    return step;
}

AttemptRecord readAttempt(Reader &from)
{
    AttemptRecord attempt;
    attempt.startMicros = from.number<uint32_t>();
    attempt.durationMicros = from.number<uint32_t>();
    attempt.waitMicros = from.number<uint32_t>();
    attempt.connectMicros = from.number<int32_t>();
    attempt.status = from.number<uint16_t>();
    attempt.abandoned = from.number<uint8_t>() != 0;
    attempt.endpoint = from.sized();
    attempt.error = from.sized();
    attempt.why = from.sized();
    return attempt;
}

void readHeads(const Chunk &chunk, const RowData &data, StoredExchange &to)
{
    Reader from{chunk.memory.get() + data.heads};
    to.request.startLine = from.sized();
    to.forwarded.startLine = from.sized();
    to.response.startLine = from.sized();
    readFields(from, data.requestFields, to.request, nullptr);
    readFields(from, data.forwardedFields, to.forwarded, &to.request);
    readFields(from, data.responseFields, to.response, nullptr);
    for (uint16_t i = 0; i < data.steps; ++i)
        to.steps.push_back(readStep(from));
    for (uint16_t i = 0; i < data.attempts; ++i)
        to.attempts.push_back(readAttempt(from));
    to.plan = data.plan == noPlan ? nullptr : chunk.plans[data.plan];
    to.revision = data.revision;
    to.mockResponse = data.mockResponse;
}

// A worker notes when each phase was over; told is how long it took.
Phases readPhases(const RowData &data)
{
    const auto took = [](int32_t over, std::initializer_list<int32_t> before) { return over < 0 ? int64_t(-1) : std::max<int64_t>(0, over - std::max({0, std::max(before)})); };
    Phases phases;
    phases.route = data.routeMicros;
    phases.policiesIn = took(data.policiesInMicros, {data.routeMicros});
    phases.connect = data.connectMicros;
    phases.firstByte = took(data.firstByteMicros, {data.routeMicros, data.policiesInMicros});
    phases.policiesOut = took(data.policiesOutMicros, {data.routeMicros, data.policiesInMicros, data.firstByteMicros});
    phases.transfer = took(data.transferMicros, {data.firstByteMicros, data.policiesOutMicros});
    phases.total = data.durationMicros;
    phases.gateway = data.gatewayMicros;
    return phases;
}

} // namespace

ExchangeStore::ExchangeStore(RecorderLimits limits) : m_pool(std::make_shared<ChunkPool>())
{
    m_settings.limits = limits;
    m_room.m_most = std::max(limits.memory, leastMemory) / 2;
    m_settings.redactor = Redactor::make().value();
}

ExchangeStore::~ExchangeStore() = default;

void ExchangeStore::setLimits(RecorderLimits limits)
{
    Gone gone;
    const std::lock_guard lock(m_mutex);
    m_settings.limits = limits;
    m_room.m_most = std::max(limits.memory, leastMemory) / 2;
    m_settingsVersion.fetch_add(1, std::memory_order_release);
    makeRoom(gone);
}

void ExchangeStore::setRedactor(std::shared_ptr<const Redactor> redactor)
{
    const std::lock_guard lock(m_mutex);
    m_settings.redactor = std::move(redactor);
    m_settingsVersion.fetch_add(1, std::memory_order_release);
}

void ExchangeStore::setRecording(bool on)
{
    const std::lock_guard lock(m_mutex);
    m_settings.recording = on;
    m_settingsVersion.fetch_add(1, std::memory_order_release);
}

ExchangeStore::Settings ExchangeStore::settings() const
{
    const std::lock_guard lock(m_mutex);
    return m_settings;
}

std::shared_ptr<Chunk> ExchangeStore::newChunk(const std::shared_ptr<Chunk> &full)
{
    Gone gone;
    {
        const std::lock_guard lock(m_mutex);
        if (full) {
            full->open = false;
            release(full, gone);
        }
        m_bytes += chunkBytes;
        makeRoom(gone);
    }
    gone.clear(); // their memory goes to the pool, and comes back here
    return std::make_shared<Chunk>(m_pool);
}

void ExchangeStore::close(const std::shared_ptr<Chunk> &chunk)
{
    Gone gone;
    const std::lock_guard lock(m_mutex);
    chunk->open = false;
    release(chunk, gone);
}

std::shared_ptr<Bodies> ExchangeStore::newBodies(size_t size)
{
    Gone gone;
    {
        const std::lock_guard lock(m_mutex);
        m_bytes += size;
        m_bodyBytes += size;
        makeRoom(gone);
    }
    gone.clear();
    auto bodies = std::make_shared<Bodies>(size, m_pool); // without the lock, which other workers would wait for meanwhile
    const std::lock_guard lock(m_mutex);
    bodies->sequence = m_nextBodies++;
    return m_bodies.emplace_back(std::move(bodies));
}

void ExchangeStore::handOver(const std::shared_ptr<Chunk> &chunk, uint32_t from, uint32_t to, uint32_t ended, const Counts &counts)
{
    const std::lock_guard lock(m_mutex);
    m_counts.served += counts.served;
    m_counts.notRecorded += counts.notRecorded;
    m_counts.tooLarge += counts.tooLarge;
    m_counts.cutBodies += counts.cutBodies;
    m_recorded += ended;
    if (from == to)
        return;
    if (!m_batches.empty() && m_batches.back().chunk == chunk && m_batches.back().to == from) {
        m_batches.back().to = to;
        m_batches.back().ended += ended;
    } else {
        m_batches.push_back({chunk, from, to, m_nextPosition, ended});
        ++chunk->batches;
    }
    m_nextPosition += to - from;
}

// A chunk that neither its worker nor a batch needs any more gives its bytes back.
void ExchangeStore::release(const std::shared_ptr<Chunk> &chunk, Gone &gone)
{
    if (chunk->open || chunk->batches > 0)
        return;
    m_bytes -= chunkBytes;
    gone.push_back(chunk);
}

void ExchangeStore::dropFrontBatch(Gone &gone)
{
    const Batch batch = std::move(m_batches.front());
    m_batches.pop_front();
    m_recorded -= batch.ended;
    m_letGoRecords += batch.ended;
    --batch.chunk->batches;
    release(batch.chunk, gone);
}

void ExchangeStore::dropFrontBodies(Gone &gone)
{
    auto bodies = std::move(m_bodies.front());
    m_bodies.pop_front();
    bodies->letGo.store(true, std::memory_order_relaxed);
    m_letGoBodies += bodies->exchanges.load(std::memory_order_relaxed);
    m_bytes -= bodies->size;
    m_bodyBytes -= bodies->size;
    gone.push_back(std::move(bodies));
}

// Bodies go first, but a quarter of the room stays theirs: else a full store would hold heads only, of newest exchanges too.
void ExchangeStore::makeRoom(Gone &gone)
{
    const uint64_t all = std::max(m_settings.limits.memory, leastMemory), most = all - std::min(m_room.m_used.load(std::memory_order_relaxed), all / 2);
    while (m_bytes > most) {
        if (!m_bodies.empty() && (m_bodyBytes > most / 4 || m_batches.empty()))
            dropFrontBodies(gone);
        else if (!m_batches.empty())
            dropFrontBatch(gone);
        else
            return; // open chunks alone
    }
}

ExchangePage ExchangeStore::since(uint64_t position, size_t most) const
{
    std::vector<Batch> found;
    ExchangePage page;
    {
        const std::lock_guard lock(m_mutex);
        page.firstKept = m_batches.empty() ? m_nextPosition : m_batches.front().position;
        page.next = std::clamp(position, page.firstKept, m_nextPosition);
        auto it = std::partition_point(m_batches.begin(), m_batches.end(),
                                       [&](const Batch &batch) { return batch.position + (batch.to - batch.from) <= page.next; });
        for (size_t rows = 0; it != m_batches.end() && rows < most; ++it) {
            found.push_back(*it);
            rows += it->to - std::max<uint64_t>(it->from, it->from + (std::max(page.next, it->position) - it->position));
        }
    }
    for (const auto &batch : found) {
        for (uint32_t i = batch.from; i < batch.to && page.rows.size() < most; ++i) {
            const uint64_t at = batch.position + (i - batch.from);
            if (at < page.next)
                continue;
            page.rows.push_back(makeRow(batch.chunk, i, at));
            page.next = at + 1;
        }
    }
    return page;
}

std::vector<ExchangeStore::Batch> ExchangeStore::batchesBefore(uint64_t position, size_t most) const
{
    const std::lock_guard lock(m_mutex);
    auto it = std::partition_point(m_batches.begin(), m_batches.end(), [&](const Batch &batch) { return batch.position < position; });
    std::vector<Batch> found;
    while (it != m_batches.begin() && found.size() < most)
        found.push_back(*--it);
    return found;
}

std::shared_ptr<const Bodies> ExchangeStore::findBodies(uint64_t sequence) const
{
    const std::lock_guard lock(m_mutex);
    const auto it = std::partition_point(m_bodies.begin(), m_bodies.end(),
                                         [&](const std::shared_ptr<Bodies> &bodies) { return bodies->sequence < sequence; });
    return it != m_bodies.end() && (*it)->sequence == sequence ? *it : nullptr;
}

static void readBodies(const RowData &data, const Bodies *bodies, StoredExchange &to)
{
    to.request.bodySize = data.requestBytes;
    to.response.bodySize = data.responseBytes;
    to.request.bodyCut = data.requestCut;
    to.response.bodyCut = data.responseCut;
    if (data.bodies == 0)
        return;
    if (!bodies) {
        to.bodiesLetGo = true;
        to.request.bodyCut = to.request.bodyCut || data.requestBody > 0;
        to.response.bodyCut = to.response.bodyCut || data.responseBody > 0;
        return;
    }
    Reader from{bodies->memory.get() + data.bodyOffset};
    to.request.body = from.text(data.requestBody);
    to.response.body = from.text(data.responseBody);
}

// From the newest on: the last row of an id is what is known of it; the heads stand in it or, of one in flight, in an older row.
std::optional<StoredExchange> ExchangeStore::detail(uint64_t id) const
{
    std::optional<StoredExchange> found;
    uint64_t before = UINT64_MAX;
    for (auto batches = batchesBefore(before, batchesAtOnce); !batches.empty(); batches = batchesBefore(before, batchesAtOnce)) {
        for (const auto &batch : batches) {
            for (uint32_t i = batch.to; i-- > batch.from;) {
                const RowData &data = *batch.chunk->row(i);
                if (data.id != id)
                    continue;
                if (!found) {
                    found.emplace();
                    found->row = makeRow(batch.chunk, i, batch.position + (i - batch.from));
                    found->phases = readPhases(data);
                    readBodies(data, data.bodies ? findBodies(data.bodies).get() : nullptr, *found);
                }
                if (!data.hasHeads)
                    continue;
                readHeads(*batch.chunk, data, *found);
                if (found->row.chunk != batch.chunk)
                    found->headsChunk = batch.chunk;
                return found;
            }
        }
        before = batches.back().position;
    }
    return found;
}

RecorderState ExchangeStore::state() const
{
    const std::lock_guard lock(m_mutex);
    RecorderState state;
    state.served = m_counts.served;
    state.recorded = m_recorded;
    state.letGoRecords = m_letGoRecords;
    state.notRecorded = m_counts.notRecorded;
    state.tooLarge = m_counts.tooLarge;
    state.droppedRecords = m_letGoRecords + m_counts.notRecorded + m_counts.tooLarge;
    state.letGoBodies = state.droppedBodies = m_letGoBodies;
    state.cutBodies = m_counts.cutBodies;
    state.bytes = m_bytes;
    state.bytesMax = std::max(m_settings.limits.memory, leastMemory);
    state.recording = m_settings.recording;
    return state;
}

void ExchangeStore::clear()
{
    Gone gone;
    const std::lock_guard lock(m_mutex);
    while (!m_batches.empty())
        dropFrontBatch(gone);
    while (!m_bodies.empty())
        dropFrontBodies(gone);
    m_letGoRecords = m_letGoBodies = 0;
    m_counts = {};
}

} // namespace gatehouse::observe
