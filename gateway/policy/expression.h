// {path.NAME}, {query.NAME}, {header.NAME}, {cookie.NAME}, {consumer}, {client.ip}, {request.id|method|host|scheme|path},
// {path-rest}: text with expressions in it, compiled once. Used by rewrites, redirects and the headers policy.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/result.h"
#include "gateway/policy/requestview.h"
#include "gateway/schema/expression.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

class PathPattern;

// Immutable, any thread. The language itself is read by schema/expression.h.
class Expression {
public:
    using Source = schema::Source;
    // How values go into the text. Header: control characters are dropped. Path and Query: percent-encoded for there (a value that
    // is encoded already stays). What is written in the text itself is taken as it is.
    enum class For : uint8_t { Header, Path, Query };

    Expression() = default;
    static Result<Expression> make(std::string_view text);

    // What is missing is empty. The result lives in the arena or is the literal itself; `pattern` is what matched, for {path-rest}.
    std::string_view evaluate(const RequestView &request, For use, Arena &arena, const PathPattern *pattern = nullptr) const;
    bool isLiteral() const { return m_parts.size() <= 1 && (m_parts.empty() || m_parts[0].source == Source::Literal); }
    bool empty() const { return m_parts.empty(); }
    const std::string &text() const { return m_text; }
    bool usesConsumer() const;
    // The names of {path.NAME} in it, for checking against a template.
    std::vector<std::string_view> pathNames() const;

private:
    std::vector<schema::Part> m_parts;
    std::string m_text;
};

// One value of the request, raw (query decoded once); what is missing has data() == nullptr.
std::string_view sourceValue(schema::Source source, std::string_view name, const RequestView &request, Arena &arena);

} // namespace gatehouse::policy
