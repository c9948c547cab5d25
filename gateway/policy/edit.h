// set, add, remove and rename for header fields and query parameters, compiled. Run in this order: remove, rename, set, add.
#pragma once

#include "gateway/base/result.h"
#include "gateway/http/message.h"
#include "gateway/policy/expression.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::config { struct FieldEdits; }

namespace gatehouse::policy {

class PathPattern;

// Immutable, any thread.
class Edit {
public:
    enum class Of : uint8_t { RequestHeaders, ResponseHeaders, Query };
    Edit() = default;
    // Refuses fields that frame the message or concern one connection only, and Host, which has settings of its own.
    static Result<Edit> make(const config::FieldEdits &edits, Of what);

    bool empty() const { return m_set.empty() && m_add.empty() && m_remove.empty() && m_rename.empty(); }
    bool usesConsumer() const;
    // Values are evaluated over `request`, which may look at the same fields: they are all evaluated first. Whether anything changed.
    bool apply(http::Fields &fields, const RequestView &request, const PathPattern *pattern = nullptr) const;
    // The query as edited; what is not concerned stays as it was sent. In the arena, or `query` itself.
    std::string_view apply(std::string_view query, const RequestView &request, Arena &arena, const PathPattern *pattern = nullptr) const;

private:
    struct Value { std::string name; Expression value; };
    std::vector<Value> m_set, m_add;
    std::vector<std::string> m_remove;
    std::vector<std::pair<std::string, std::string>> m_rename;
};

} // namespace gatehouse::policy
