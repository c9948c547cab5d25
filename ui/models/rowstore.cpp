#include "ui/models/rowstore.h"

#include <limits>

namespace gatehouse::ui {

using observe::Row;
using observe::State;

uint16_t RowStore::nameId(std::string_view name)
{
    if (const auto known = m_nameIds.find(name); known != m_nameIds.end())
        return known->second;
    // Names come from the workspace, methods and content types from the network: a flood of invented ones shares the last place.
    if (m_names.size() >= std::numeric_limits<uint16_t>::max())
        return uint16_t(m_names.size() - 1);
    const uint16_t id = uint16_t(m_names.size());
    m_nameIds.emplace(m_names.emplace_back(name), id);
    return id;
}

// Workers take turns in a page, so one of the last few is nearly always it.
uint32_t RowStore::chunkId(const std::shared_ptr<const void> &chunk)
{
    const size_t look = std::min<size_t>(m_chunks.size(), 64);
    for (size_t back = 1; back <= look; ++back) {
        Held &held = m_chunks[m_chunks.size() - back];
        if (held.entries > 0 && held.chunk == chunk) {
            ++held.entries;
            return m_firstChunk + uint32_t(m_chunks.size() - back);
        }
    }
    m_chunks.push_back({chunk, 1});
    return m_firstChunk + uint32_t(m_chunks.size() - 1);
}

void RowStore::release(uint32_t chunk)
{
    Held &held = m_chunks[chunk - m_firstChunk];
    if (--held.entries == 0)
        held.chunk.reset();
    while (!m_chunks.empty() && m_chunks.front().entries == 0) {
        m_chunks.pop_front();
        ++m_firstChunk;
    }
}

RowStore::Packed RowStore::pack(const Row &row)
{
    Packed packed;
    packed.id = row.id;
    packed.started = row.startedMicros;
    packed.duration = row.durationMicros;
    packed.gateway = row.gatewayMicros;
    packed.requestBytes = row.requestBytes;
    packed.responseBytes = row.responseBytes;
    const std::array<std::string_view, TextCount> texts{row.host, row.path, row.query, row.consumer, row.endpoint, row.client, row.error};
    for (size_t i = 0; i < texts.size(); ++i) {
        packed.text[i] = texts[i].data();
        packed.length[i] = uint32_t(texts[i].size());
    }
    const std::array<std::string_view, NameCount> names{row.method, row.scheme, row.listener, row.route, row.targetName, row.protocol, row.contentType};
    for (size_t i = 0; i < names.size(); ++i)
        packed.name[i] = nameId(names[i]);
    packed.status = row.status;
    packed.state = row.state;
    packed.verdict = row.verdict;
    packed.target = row.target;
    packed.tries = row.tries;
    packed.chunk = chunkId(row.chunk);
    return packed;
}

uint64_t RowStore::append(const Row &row)
{
    m_rows.push_back(pack(row));
    const uint64_t sequence = end() - 1;
    if (row.state != State::Final)
        m_inFlight[row.id] = sequence;
    return sequence;
}

std::optional<uint64_t> RowStore::inFlight(uint64_t id) const
{
    const auto found = m_inFlight.find(id);
    return found == m_inFlight.end() ? std::nullopt : std::optional(found->second);
}

void RowStore::replace(uint64_t sequence, const Row &row)
{
    Packed &old = m_rows[size_t(sequence - m_first)];
    const uint32_t chunk = old.chunk;
    const uint8_t flags = old.flags;
    old = pack(row);
    old.flags = flags;
    release(chunk);
    if (row.state == State::Final)
        m_inFlight.erase(row.id);
}

std::optional<uint64_t> RowStore::find(uint64_t id) const
{
    for (size_t i = m_rows.size(); i-- > 0;) {
        if (m_rows[i].id == id)
            return m_first + i;
    }
    return std::nullopt;
}

void RowStore::dropFirst()
{
    const Packed &oldest = m_rows.front();
    if (oldest.state != State::Final)
        m_inFlight.erase(oldest.id);
    release(oldest.chunk);
    m_rows.pop_front();
    ++m_first;
}

void RowStore::clear()
{
    m_first = end();
    m_rows.clear();
    m_firstChunk += uint32_t(m_chunks.size());
    m_chunks.clear();
    m_inFlight.clear();
}

Row RowStore::row(uint64_t sequence) const
{
    const Packed &packed = at(sequence);
    const auto text = [&packed](Text which) { return std::string_view(packed.text[which], packed.length[which]); };
    const auto name = [&](Name which) { return std::string_view(m_names[packed.name[which]]); };
    Row row;
    row.id = packed.id;
    row.startedMicros = packed.started;
    row.durationMicros = packed.duration;
    row.gatewayMicros = packed.gateway;
    row.state = packed.state;
    row.verdict = packed.verdict;
    row.target = packed.target;
    row.status = packed.status;
    row.tries = packed.tries;
    row.method = name(Method);
    row.scheme = name(Scheme);
    row.host = text(Host);
    row.path = text(Path);
    row.query = text(Query);
    row.listener = name(Listener);
    row.route = name(Route);
    row.consumer = text(Consumer);
    row.targetName = name(TargetName);
    row.endpoint = text(Endpoint);
    row.client = text(Client);
    row.protocol = name(Protocol);
    row.contentType = name(ContentType);
    row.requestBytes = packed.requestBytes;
    row.responseBytes = packed.responseBytes;
    row.error = text(ErrorText);
    return row;
}

} // namespace gatehouse::ui
