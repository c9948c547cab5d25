// Where something stands inside a document: routes[3].match.path. A value; any thread.
#pragma once

#include "gateway/base/result.h"

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gatehouse::schema {

// A key of a map or an index (from 0) of a list.
class Step {
public:
    Step(std::string key) : m_key(std::move(key)) { }
    Step(std::string_view key) : m_key(key) { }
    Step(const char *key) : m_key(key) { }
    Step(size_t index) : m_index(index), m_isIndex(true) { }
    Step(int index) : Step(static_cast<size_t>(index)) { }
    bool isIndex() const { return m_isIndex; }
    size_t index() const { return m_index; }
    const std::string &key() const { return m_key; }
    auto operator<=>(const Step &) const = default;

private:
    std::string m_key;
    size_t m_index = 0;
    bool m_isIndex = false;
};

class Path {
public:
    Path() = default;
    Path(std::initializer_list<Step> steps) : m_steps(steps) { }
    // The form of text(); an empty text is the root.
    static Result<Path> parse(std::string_view text);
    static Path of(std::string_view text) { return parse(text).valueOr({}); } // for literals

    // Keys that hold anything but letters, digits, - and _ are quoted: headers["x.y"].
    std::string text() const;
    bool empty() const { return m_steps.empty(); }
    size_t size() const { return m_steps.size(); }
    const Step &operator[](size_t i) const { return m_steps[i]; }
    const Step &last() const { return m_steps.back(); }
    const std::vector<Step> &steps() const { return m_steps; }
    Path parent() const { return Path(std::vector<Step>(m_steps.begin(), m_steps.end() - (m_steps.empty() ? 0 : 1))); }
    Path operator/(Step step) const;
    Path operator/(const Path &below) const;
    bool startsWith(const Path &above) const;
    void push(Step step) { m_steps.push_back(std::move(step)); }
    void pop() { m_steps.pop_back(); }
    auto operator<=>(const Path &) const = default;

private:
    explicit Path(std::vector<Step> steps) : m_steps(std::move(steps)) { }
    std::vector<Step> m_steps;
};

} // namespace gatehouse::schema
