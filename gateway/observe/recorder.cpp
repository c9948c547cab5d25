// The writing side: a worker copies a record into its chunk.
#include "gateway/observe/recorder.h"

#include "gateway/base/text.h"
#include "gateway/observe/bodymask.h"
#include "gateway/observe/chunk.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace gatehouse::observe {

namespace {

constexpr uint64_t idsAtOnce = 32;

template <typename T>
T clamp(size_t size)
{
    return static_cast<T>(std::min<size_t>(size, std::numeric_limits<T>::max()));
}

std::string_view clipped(std::string_view text, size_t most) { return text.substr(0, most); }

// Appends to memory whose size was reckoned before.
struct Writer {
    std::byte *at;
    void text(std::string_view value)
    {
        if (!value.empty())
            std::memcpy(at, value.data(), value.size());
        at += value.size();
    }
    template <typename T>
    void number(T value)
    {
        std::memcpy(at, &value, sizeof value);
        at += sizeof value;
    }
    void sized(std::string_view value)
    {
        number(static_cast<uint32_t>(value.size()));
        text(value);
    }
};

// Of a field: flag, then a reference to a request's field or both sizes and texts.
constexpr size_t fieldHead = 1 + 2 + 4;
constexpr size_t stepHead = 2 + 1 + 1 + 4 + 4 + 8 + 8 + 8 + 4;
constexpr size_t attemptHead = 4 * 3 + 4 + 2 + 1 + 4 * 3;

} // namespace

WorkerRecorder::WorkerRecorder(ExchangeStore &store) : m_store(store) { refreshSettings(); }

WorkerRecorder::~WorkerRecorder()
{
    flush();
    if (m_chunk)
        m_store.close(m_chunk);
}

uint64_t WorkerRecorder::nextId()
{
    if (m_id == m_idEnd) {
        m_id = m_store.m_nextId.fetch_add(idsAtOnce, std::memory_order_relaxed);
        m_idEnd = m_id + idsAtOnce;
    }
    return m_id++;
}

size_t WorkerRecorder::bodyLimit()
{
    return refreshSettings() ? static_cast<size_t>(m_settings.limits.body) : 0;
}

bool WorkerRecorder::refreshSettings()
{
    const auto version = m_store.m_settingsVersion.load(std::memory_order_acquire);
    if (version != m_settingsVersion) {
        m_settings = m_store.settings();
        m_settingsVersion = version;
    }
    return m_settings.recording;
}

void WorkerRecorder::takeFields(std::span<const FieldView> fields, uint16_t &count, size_t &size)
{
    count = clamp<uint16_t>(fields.size());
    for (const auto &field : fields.first(count)) {
        Field taken{clipped(field.name, 0xffff), field.value};
        if (m_valuesUsed == m_values.size())
            m_values.emplace_back();
        if (m_settings.redactor->field(field.name, field.value, m_values[m_valuesUsed])) {
            taken.value = m_values[m_valuesUsed++];
            taken.masked = true;
        }
        m_fields.push_back(taken);
        size += fieldHead + taken.name.size() + taken.value.size();
    }
}

// Masks what is secret, and reckons the size of all but the bodies.
WorkerRecorder::Sizes WorkerRecorder::redact(const Record &record)
{
    const auto &redactor = *m_settings.redactor;
    Sizes sizes;
    m_fields.clear();
    m_valuesUsed = 0;
    m_query = masked(!record.query.empty() && redactor.query(record.query, m_queryText), record.query, m_queryText);
    sizes.data = record.method.size() + record.scheme.size() + record.host.size() + record.path.size() + m_query.size() + record.protocol.size()
        + record.client.size() + record.consumer.size() + record.endpoint.size() + record.error.size() + record.contentType.size();
    if (record.state == State::Updated)
        return sizes;
    m_requestLine = masked(redactor.url(record.requestLine, m_requestLineText), record.requestLine, m_requestLineText);
    m_forwardedLine = masked(redactor.url(record.forwardedLine, m_forwardedLineText), record.forwardedLine, m_forwardedLineText);
    takeFields(record.requestFields, sizes.request, sizes.data);
    // Most of what goes upstream is what came in: such a field is kept as a reference.
    uint16_t next = 0;
    sizes.forwarded = clamp<uint16_t>(record.forwardedFields.size());
    for (const auto &field : record.forwardedFields.first(sizes.forwarded)) {
        for (uint16_t i = next; i < sizes.request; ++i) {
            const auto &came = record.requestFields[i];
            if (came.name.data() == field.name.data() && came.value.data() == field.value.data() && came.value.size() == field.value.size()) {
                m_fields.push_back({{}, {}, false, i});
                sizes.data += fieldHead;
                next = static_cast<uint16_t>(i + 1);
                break;
            }
        }
        if (m_fields.size() == size_t(sizes.request) + static_cast<size_t>(&field - record.forwardedFields.data())) {
            uint16_t one = 0;
            takeFields({&field, 1}, one, sizes.data);
        }
    }
    takeFields(record.responseFields, sizes.response, sizes.data);
    sizes.data += 3 * sizeof(uint32_t) + m_requestLine.size() + m_forwardedLine.size() + record.statusLine.size();
    for (const auto &step : record.steps)
        sizes.data += stepHead + step.detail.size();
    for (const auto &attempt : record.attempts)
        sizes.data += attemptHead + attempt.endpoint.size() + attempt.error.size() + attempt.why.size();
    return sizes;
}

// Makes sure that the chunk at hand takes one more row with `data` octets, and knows the plan.
bool WorkerRecorder::room(size_t data, const std::shared_ptr<const void> &plan)
{
    if (data + sizeof(RowData) + 2 * alignof(RowData) > chunkBytes)
        return false;
    const auto knows = [&] {
        return !plan || m_chunk->planCount < m_chunk->plans.size()
            || std::find(m_chunk->plans.begin(), m_chunk->plans.end(), plan) != m_chunk->plans.end();
    };
    if (m_chunk && m_chunk->fits(data) && knows())
        return true;
    if (m_chunk)
        flush();
    m_chunk = m_store.newChunk(m_chunk);
    m_handedOver = 0;
    return true;
}

static uint16_t planSlot(Chunk &chunk, const std::shared_ptr<const void> &plan)
{
    if (!plan)
        return noPlan;
    for (uint32_t i = chunk.planCount; i-- > 0;) { // the newest is the likeliest
        if (chunk.plans[i] == plan)
            return static_cast<uint16_t>(i);
    }
    chunk.plans[chunk.planCount] = plan;
    return static_cast<uint16_t>(chunk.planCount++);
}

void WorkerRecorder::publish(const Record &record)
{
    const bool ended = record.state == State::Final;
    if (!refreshSettings()) {
        m_counts.served += ended;
        m_counts.notRecorded += ended;
        return;
    }
    if (m_settings.redactor->knowsValues())
        return keep(withoutValues(record));
    keep(record);
}

// The texts that no name tells to be secret. What has a place of its own (fields, queries, bodies) is looked at there.
Record WorkerRecorder::withoutValues(const Record &record)
{
    Record out = record;
    m_plainTexts.clear();
    const auto hide = [&](std::string_view &text) {
        std::string masked;
        if (m_settings.redactor->text(text, masked))
            text = m_plainTexts.emplace_back(std::move(masked));
    };
    hide(out.host);
    hide(out.path);
    hide(out.endpoint);
    hide(out.error);
    m_plainSteps.assign(record.steps.begin(), record.steps.end());
    for (StepRecord &step : m_plainSteps)
        hide(step.detail);
    out.steps = m_plainSteps;
    m_plainAttempts.assign(record.attempts.begin(), record.attempts.end());
    for (AttemptRecord &attempt : m_plainAttempts)
        hide(attempt.endpoint);
    out.attempts = m_plainAttempts;
    return out;
}

void WorkerRecorder::keep(const Record &record)
{
    const bool ended = record.state == State::Final;
    const Sizes sizes = redact(record);
    const bool fits = room(sizes.data, record.plan); // hands over what is there when it does not
    m_counts.served += ended;
    if (!fits) {
        m_counts.tooLarge += ended;
        return;
    }
    Chunk &chunk = *m_chunk;
    chunk.dataTop -= sizes.data;
    RowData &row = *new (chunk.row(chunk.rowCount)) RowData{};
    row.data = static_cast<uint32_t>(chunk.dataTop);
    row.plan = planSlot(chunk, record.plan);
    write(record, sizes, row);
    if (ended)
        putBodies(record, row);
    ++chunk.rowCount;
    m_ended += ended;
    fetchNext(chunk, sizes.data);
}

// The next record is likely to be of this one's size, and its memory has not been looked at since the store was last full: it is
// fetched into the cache by then. Else writing it would wait for each line in turn.
void WorkerRecorder::fetchNext(Chunk &chunk, size_t size)
{
    constexpr size_t line = 64, most = 24 * line;
    const auto fetch = [](const std::byte *from, size_t octets) {
        for (size_t at = 0; at < octets; at += line)
            __builtin_prefetch(from + at, 1);
    };
    fetch(reinterpret_cast<const std::byte *>(chunk.row(chunk.rowCount)), sizeof(RowData));
    const size_t data = std::min({size, most, chunk.dataTop});
    fetch(chunk.memory.get() + chunk.dataTop - data, data);
    if (m_bodies)
        fetch(m_bodies->memory.get() + m_bodies->used, std::min({m_lastBodies, most, m_bodies->size - m_bodies->used}));
}

static void putColumns(const Record &record, size_t querySize, RowData &row)
{
    row.id = record.id;
    row.startedMicros = record.startedMicros;
    row.durationMicros = record.durationMicros;
    row.gatewayMicros = record.gatewayMicros;
    row.status = record.status;
    row.state = record.state;
    row.verdict = record.verdict;
    row.target = record.target;
    row.tries = clamp<uint8_t>(record.attempts.size());
    row.listener = record.listener;
    row.route = record.route;
    row.targetName = record.targetName;
    row.pathSize = clamp<uint32_t>(record.path.size());
    row.querySize = clamp<uint32_t>(querySize);
    row.methodSize = clamp<uint8_t>(record.method.size());
    row.schemeSize = clamp<uint8_t>(record.scheme.size());
    row.hostSize = clamp<uint16_t>(record.host.size());
    row.consumerSize = clamp<uint16_t>(record.consumer.size());
    row.endpointSize = clamp<uint16_t>(record.endpoint.size());
    row.clientSize = clamp<uint16_t>(record.client.size());
    row.contentTypeSize = clamp<uint16_t>(record.contentType.size());
    row.errorSize = clamp<uint16_t>(record.error.size());
    row.protocolSize = clamp<uint8_t>(record.protocol.size());
    row.requestBytes = record.requestBytes;
    row.responseBytes = record.responseBytes;
    row.revision = record.revision;
    row.mockResponse = record.mockResponse;
    row.routeMicros = record.routeMicros;
    row.policiesInMicros = record.policiesInMicros;
    row.connectMicros = record.connectMicros;
    row.firstByteMicros = record.firstByteMicros;
    row.transferMicros = record.transferMicros;
    row.policiesOutMicros = record.policiesOutMicros;
}

static void putStep(Writer &to, const StepRecord &step)
{
    to.number(step.policy);
    to.number(step.phase);
    to.number(step.verdict);
    to.number(step.startMicros);
    to.number(step.durationNanos);
    to.number(step.level);
    to.number(step.capacity);
    to.number(step.nextMicros);
    to.sized(step.detail);
}

static void putAttempt(Writer &to, const AttemptRecord &attempt)
{
    to.number(attempt.startMicros);
    to.number(attempt.durationMicros);
    to.number(attempt.waitMicros);
    to.number(attempt.connectMicros);
    to.number(attempt.status);
    to.number(static_cast<uint8_t>(attempt.abandoned));
    to.sized(attempt.endpoint);
    to.sized(attempt.error);
    to.sized(attempt.why);
}

std::byte *WorkerRecorder::write(const Record &record, const Sizes &sizes, RowData &row)
{
    putColumns(record, m_query.size(), row);
    std::byte *const base = m_chunk->memory.get();
    Writer to{base + row.data};
    to.text(clipped(record.method, row.methodSize));
    to.text(clipped(record.scheme, row.schemeSize));
    to.text(clipped(record.host, row.hostSize));
    to.text(record.path);
    to.text(m_query);
    to.text(clipped(record.protocol, row.protocolSize));
    to.text(clipped(record.client, row.clientSize));
    to.text(clipped(record.consumer, row.consumerSize));
    to.text(clipped(record.endpoint, row.endpointSize));
    to.text(clipped(record.error, row.errorSize));
    to.text(clipped(record.contentType, row.contentTypeSize));
    row.heads = static_cast<uint32_t>(to.at - base);
    row.hasHeads = record.state != State::Updated;
    if (!row.hasHeads)
        return to.at;
    row.requestFields = sizes.request;
    row.forwardedFields = sizes.forwarded;
    row.responseFields = sizes.response;
    row.steps = clamp<uint16_t>(record.steps.size());
    row.attempts = clamp<uint16_t>(record.attempts.size());
    to.sized(m_requestLine);
    to.sized(m_forwardedLine);
    to.sized(record.statusLine);
    for (const auto &field : m_fields) {
        to.number(static_cast<uint8_t>((field.masked ? 1 : 0) | (field.same >= 0 ? 2 : 0)));
        to.number(static_cast<uint16_t>(field.same >= 0 ? static_cast<size_t>(field.same) : field.name.size()));
        to.number(static_cast<uint32_t>(field.value.size()));
        to.text(field.name);
        to.text(field.value);
    }
    for (const auto &step : record.steps.first(row.steps))
        putStep(to, step);
    for (const auto &attempt : record.attempts.first(row.attempts))
        putAttempt(to, attempt);
    return to.at;
}

void WorkerRecorder::putBodies(const Record &record, RowData &row)
{
    const auto limit = static_cast<size_t>(m_settings.limits.body);
    std::string_view request = clipped(record.requestBody, limit), response = clipped(record.responseBody, limit);
    row.requestCut = request.size() < record.requestBytes;
    row.responseCut = response.size() < record.responseBytes;
    if (request.empty() && response.empty()) {
        m_counts.cutBodies += uint64_t(row.requestCut) + uint64_t(row.responseCut);
        return;
    }
    const auto mask = [&](std::span<const FieldView> fields, std::string_view otherType, std::string_view &body, std::string &text) {
        std::string_view type = otherType, encoding;
        std::string several;
        for (const auto &field : fields) {
            if (field.name.size() == 12 && equalsIgnoreCase(field.name, "content-type"))
                type = field.value;
            else if (field.name.size() == 16 && equalsIgnoreCase(field.name, "content-encoding"))
                encoding = encoding.empty() ? field.value : std::string_view(several = std::string(encoding) + "," + std::string(field.value));
        }
        const BodyKept kept = maskBody(*m_settings.redactor, type, encoding, body, text);
        if (kept != BodyKept::AsItCame)
            body = clipped(text, limit);
        return kept == BodyKept::Cut || body.size() < text.size();
    };
    m_bodyText.clear();
    std::string &responseText = m_queryText; // has been written by now
    responseText.clear();
    if (mask(record.requestFields, {}, request, m_bodyText))
        row.requestCut = true;
    if (mask(record.responseFields, record.responseFields.empty() ? record.contentType : std::string_view(), response, responseText))
        row.responseCut = true;
    m_counts.cutBodies += uint64_t(row.requestCut) + uint64_t(row.responseCut);

    const size_t size = m_lastBodies = request.size() + response.size();
    if (!m_bodies || m_bodies->letGo.load(std::memory_order_relaxed) || m_bodies->size - m_bodies->used < size)
        m_bodies = m_store.newBodies(std::max(size, chunkBytes));
    row.bodies = m_bodies->sequence;
    row.bodyOffset = static_cast<uint32_t>(m_bodies->used);
    row.requestBody = static_cast<uint32_t>(request.size());
    row.responseBody = static_cast<uint32_t>(response.size());
    Writer to{m_bodies->memory.get() + m_bodies->used};
    to.text(request);
    to.text(response);
    m_bodies->used += size;
    m_bodies->exchanges.fetch_add(1, std::memory_order_relaxed);
}

void WorkerRecorder::flush()
{
    // Ids of a worker that rests would fall far behind those of the others.
    if (m_id != m_idEnd && m_store.m_nextId.load(std::memory_order_relaxed) != m_idEnd)
        m_id = m_idEnd;
    const uint32_t rows = m_chunk ? m_chunk->rowCount : 0;
    if (rows == m_handedOver && m_counts.served == 0)
        return;
    m_store.handOver(m_chunk, m_handedOver, rows, m_ended, m_counts);
    m_handedOver = rows;
    m_ended = 0;
    m_counts = {};
}

} // namespace gatehouse::observe
