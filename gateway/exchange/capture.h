// What is kept of a body: for the record, for another try, or because a filter wants to see it whole.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace gatehouse::exchange {

// Octets that grow. Unlike std::string it does not zero what it will overwrite, and reset() keeps a moderate memory.
class Octets {
public:
    Octets() = default;
    Octets(const Octets &) = delete;
    Octets &operator=(const Octets &) = delete;
    ~Octets() { std::free(m_data); }
    std::string_view view() const { return {m_data, m_size}; }
    size_t size() const { return m_size; }
    void append(std::string_view octets)
    {
        if (octets.empty())
            return;
        if (m_size + octets.size() > m_capacity)
            reserve(std::max(m_size + octets.size(), m_capacity * 2));
        std::memcpy(m_data + m_size, octets.data(), octets.size());
        m_size += octets.size();
    }
    void assign(std::string_view octets)
    {
        m_size = 0;
        append(octets);
    }
    void reserve(size_t capacity)
    {
        if (capacity <= m_capacity)
            return;
        void *grown = std::realloc(m_data, capacity);
        if (!grown)
            throw std::bad_alloc();
        m_data = static_cast<char *>(grown);
        m_capacity = capacity;
    }
    void reset()
    {
        m_size = 0;
        if (m_capacity > keptCapacity) {
            std::free(std::exchange(m_data, nullptr));
            m_capacity = 0;
        }
    }

private:
    static constexpr size_t keptCapacity = 64 * 1024;
    char *m_data = nullptr;
    size_t m_size = 0, m_capacity = 0;
};

// The beginning of a body, up to a limit. A body that came in one piece is not copied at all when the exchange ends before the
// reader's buffer changes: add() only notes it, settle() (at the end of the reader's turn) makes the copy.
class Capture {
public:
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
            m_octets.append(piece);
        else
            m_noted = piece;
    }
    void settle()
    {
        if (!m_noted.empty())
            m_octets.append(std::exchange(m_noted, {}));
    }
    std::string_view view() const { return m_noted.empty() ? m_octets.view() : m_noted; }
    bool whole() const { return view().size() == m_seen; }

private:
    Octets m_octets;
    std::string_view m_noted;
    size_t m_limit = 0, m_seen = 0;
};

} // namespace gatehouse::exchange
