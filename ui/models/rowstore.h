// What the window holds of the exchanges: one packed entry of some 160 octets each, in order of arrival, the long texts left in
// the recorder's chunks, which are shared. A sequence number names an entry for as long as it is held; it is never used again.
// GUI thread.
#pragma once

#include "gateway/observe/exchange.h"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::ui {

class RowStore {
public:
    uint64_t first() const { return m_first; }                // of the oldest that is held
    uint64_t end() const { return m_first + m_rows.size(); }  // one past the newest
    size_t size() const { return m_rows.size(); }
    bool holds(uint64_t sequence) const { return sequence >= first() && sequence < end(); }

    uint64_t append(const observe::Row &row);
    // The entry of the same exchange while it was in flight, which is no more than a hash lookup; none: it is new.
    std::optional<uint64_t> inFlight(uint64_t id) const;
    void replace(uint64_t sequence, const observe::Row &row);
    // Any held exchange, newest first: ids rise nearly with the sequence, so the search is short.
    std::optional<uint64_t> find(uint64_t id) const;
    // The oldest goes: its sequence is not held any more.
    void dropFirst();
    void clear();

    // The views in it live until the entry is dropped or replaced.
    observe::Row row(uint64_t sequence) const;
    uint64_t id(uint64_t sequence) const { return at(sequence).id; }
    // Two bits for whoever filters.
    uint8_t flags(uint64_t sequence) const { return at(sequence).flags; }
    void setFlags(uint64_t sequence, uint8_t flags) { m_rows[size_t(sequence - m_first)].flags = flags; }

private:
    enum Name : uint8_t { Method, Scheme, Listener, Route, TargetName, Protocol, ContentType, NameCount }; // few different ones
    enum Text : uint8_t { Host, Path, Query, Consumer, Endpoint, Client, ErrorText, TextCount };           // kept by the chunk
    struct Packed {
        uint64_t id = 0;
        int64_t started = 0, duration = 0, gateway = 0;
        uint64_t requestBytes = 0, responseBytes = 0;
        std::array<const char *, TextCount> text{};
        std::array<uint32_t, TextCount> length{};
        std::array<uint16_t, NameCount> name{};
        uint16_t status = 0;
        observe::State state = observe::State::Final;
        observe::Verdict verdict = observe::Verdict::Allowed;
        observe::TargetKind target = observe::TargetKind::None;
        uint8_t tries = 0, flags = 0;
        uint32_t chunk = 0; // in m_chunks, counted from the first that ever was
    };

    const Packed &at(uint64_t sequence) const { return m_rows[size_t(sequence - m_first)]; }
    Packed pack(const observe::Row &row);
    uint16_t nameId(std::string_view name);
    uint32_t chunkId(const std::shared_ptr<const void> &chunk);
    void release(uint32_t chunk);

    struct Held { std::shared_ptr<const void> chunk; uint32_t entries = 0; };
    std::deque<Packed> m_rows;
    uint64_t m_first = 0;
    std::deque<Held> m_chunks;
    uint32_t m_firstChunk = 0;
    std::deque<std::string> m_names;
    std::unordered_map<std::string_view, uint16_t> m_nameIds;
    std::unordered_map<uint64_t, uint64_t> m_inFlight; // id to sequence
};

} // namespace gatehouse::ui
