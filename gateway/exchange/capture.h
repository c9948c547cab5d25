// What is kept of a body: for the record, for another try, or because a filter wants to see it whole.
#pragma once

#include "gateway/observe/recorder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace gatehouse::exchange {

// Octets that grow. Unlike std::string it does not zero what it will overwrite, and reset() keeps a moderate memory. What is larger
// than that comes out of the room that all bodies under way share.
class Octets {
public:
    explicit Octets(observe::ExchangeStore::Room *room = nullptr) : m_room(room) { } // null: no bound
    Octets(const Octets &) = delete;
    Octets &operator=(const Octets &) = delete;
    ~Octets()
    {
        reset();
        std::free(m_data);
    }
    std::string_view view() const { return {m_data, m_size}; }
    size_t size() const { return m_size; }
    // False, and nothing changed: there is no room. `must`: then it is taken all the same.
    bool append(std::string_view octets, bool must = false)
    {
        if (octets.empty())
            return true;
        if (m_size + octets.size() > m_capacity && !reserve(m_size + octets.size(), must))
            return false;
        std::memcpy(m_data + m_size, octets.data(), octets.size());
        m_size += octets.size();
        return true;
    }
    void assign(std::string_view octets)
    {
        m_size = 0;
        append(octets, true);
    }
    void reset()
    {
        m_size = 0;
        if (m_capacity <= keptCapacity)
            return;
        std::free(std::exchange(m_data, nullptr));
        if (m_room)
            m_room->give(m_capacity - keptCapacity);
        m_capacity = 0;
    }

private:
    bool reserve(size_t least, bool must)
    {
        const size_t capacity = std::max(least, m_capacity * 2), before = std::max(m_capacity, keptCapacity);
        if (m_room && capacity > before && !m_room->take(capacity - before, must))
            return false;
        void *grown = std::realloc(m_data, capacity);
        if (!grown)
            throw std::bad_alloc();
        m_data = static_cast<char *>(grown);
        m_capacity = capacity;
        return true;
    }

    static constexpr size_t keptCapacity = 64 * 1024;
    observe::ExchangeStore::Room *const m_room;
    char *m_data = nullptr;
    size_t m_size = 0, m_capacity = 0;
};

// The beginning of a body, up to a limit. A body that came in one piece is not copied at all when the exchange ends before the
// reader's buffer changes: add() only notes it, settle() (at the end of the reader's turn) makes the copy.
class Capture {
public:
    explicit Capture(observe::ExchangeStore::Room *room) : m_octets(room) { }
    void reset(size_t limit)
    {
        m_octets.reset();
        m_noted = {};
        m_limit = limit;
        m_seen = 0;
    }
    void add(std::string_view piece)
    {
        m_seen += piece.size();
        settle();
        const size_t room = m_limit - std::min(m_limit, m_octets.size());
        if (!room)
            return;
        piece = piece.substr(0, room);
        if (m_octets.size())
            keep(piece);
        else
            m_noted = piece;
    }
    void settle()
    {
        if (!m_noted.empty())
            keep(std::exchange(m_noted, {}));
    }
    std::string_view view() const { return m_noted.empty() ? m_octets.view() : m_noted; }
    bool whole() const { return view().size() == m_seen; }

private:
    void keep(std::string_view piece)
    {
        if (!m_octets.append(piece))
            m_limit = m_octets.size(); // no room: the beginning is all that is kept of it
    }

    Octets m_octets;
    std::string_view m_noted;
    size_t m_limit = 0, m_seen = 0;
};

} // namespace gatehouse::exchange
