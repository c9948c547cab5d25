// path, prefix, exact and regex of a condition, compiled. Paths are compared in the normalised form of http/target.h.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/result.h"
#include "gateway/http/target.h"
#include "gateway/schema/expression.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace re2 { class RE2; }

namespace gatehouse::policy {

// Name and value of a template's variable. The value is in the normalised form of the path (still percent-encoded).
using Capture = std::pair<std::string_view, std::string_view>;
using Captures = std::span<const Capture>;

// Immutable, shared by all threads.
class PathPattern {
public:
    // In the order of preference; Any is "no condition on the path".
    enum class Kind : uint8_t { Exact, Template, Prefix, Regex, Any };

    // One segment of a template: a literal (normalised), or a variable that takes one segment that is not empty ({name}), digits
    // ({name:int}) or the remainder ({name*}).
    using Segment = schema::Segment;

    PathPattern() = default; // Any
    // `under` is a group's prefix ("/v1", empty: none), which stands before what is written; a regex sees what follows it.
    static Result<PathPattern> make(Kind kind, std::string_view written, std::string_view under = {}, const http::PathRules &rules = {});

    Kind kind() const { return m_kind; }
    bool matches(std::string_view path) const;
    // Only after matches(): the variables, in order. Named groups of a regex count as variables.
    Captures captures(std::string_view path, Arena &arena) const;
    std::vector<std::string> variables() const; // their names
    // What a prefix left, beginning with "/" or empty ("/old" of "/old/a" leaves "/a"); of other kinds: after the literal segments
    // in front of the first variable.
    std::string_view rest(std::string_view path) const;
    // Octets of literal segments with their slashes; variables don't count. Decides which of two wins.
    size_t literalLength() const { return m_literalLength; }
    const std::string &text() const { return m_text; }           // as it is compared: with the group's prefix, normalised
    const std::vector<Segment> &segments() const { return m_segments; } // of Template and Prefix
    const std::string &under() const { return m_under; }          // of Regex: the group's prefix

private:
    bool matchesTemplate(std::string_view path) const;
    Kind m_kind = Kind::Any;
    std::string m_text, m_under;
    std::vector<Segment> m_segments;
    size_t m_literalLength = 0;
    std::shared_ptr<const re2::RE2> m_regex;
};

// Whether `path` is `prefix` or lies under it; the trailing slash of a prefix is ignored.
bool isUnder(std::string_view path, std::string_view prefix);

} // namespace gatehouse::policy
