// A value or an Error. What std::expected will be once the compiler of our floor has it.
#pragma once

#include "gateway/base/error.h"

#include <cassert>
#include <utility>
#include <variant>

namespace gatehouse {

template <typename T, typename E = Error>
class [[nodiscard]] Result {
public:
    Result(T value) : m_data(std::in_place_index<0>, std::move(value)) { }
    Result(E error) : m_data(std::in_place_index<1>, std::move(error)) { }

    bool ok() const { return m_data.index() == 0; }
    explicit operator bool() const { return ok(); }

    T &value() & { assert(ok()); return std::get<0>(m_data); }
    const T &value() const & { assert(ok()); return std::get<0>(m_data); }
    T &&value() && { assert(ok()); return std::get<0>(std::move(m_data)); }
    T valueOr(T other) const { return ok() ? std::get<0>(m_data) : std::move(other); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }

    const E &error() const { assert(!ok()); return std::get<1>(m_data); }

private:
    std::variant<T, E> m_data;
};

// Success without a value.
template <typename E>
class [[nodiscard]] Result<void, E> {
public:
    Result() = default;
    Result(E error) : m_data(std::in_place_index<1>, std::move(error)) { }
    bool ok() const { return m_data.index() == 0; }
    explicit operator bool() const { return ok(); }
    const E &error() const { assert(!ok()); return std::get<1>(m_data); }

private:
    std::variant<std::monostate, E> m_data;
};

} // namespace gatehouse
