#include "gateway/runtime/precedence.h"

namespace gatehouse::runtime {

PrecedenceKey PrecedenceKey::of(const RoutePlan &plan, std::string_view hostPattern, uint32_t order)
{
    using Kind = policy::PathPattern::Kind;
    const auto &path = plan.match->path();
    PrecedenceKey key;
    key.priority = plan.priority;
    key.host = hostPattern.empty() ? 0 : hostPattern.starts_with("*.") ? hostPattern.size() : SIZE_MAX;
    key.pathClass = path.kind() == Kind::Exact ? 0 : path.kind() == Kind::Regex ? 2 : path.kind() == Kind::Any ? 3 : 1;
    key.literal = key.pathClass == 1 ? path.literalLength() : 0;
    key.isPrefix = path.kind() == Kind::Prefix;
    key.hasMethods = plan.match->hasMethods();
    key.headers = plan.match->headerCount();
    key.queries = plan.match->queryCount();
    key.order = order;
    return key;
}

Decision compare(const PrecedenceKey &a, const PrecedenceKey &b)
{
    using observe::Precedence;
    if (a.priority != b.priority)
        return {a.priority > b.priority, Precedence::Priority};
    if (a.host != b.host)
        return {a.host > b.host, Precedence::Host};
    if (a.pathClass != b.pathClass)
        return {a.pathClass < b.pathClass, Precedence::Path};
    if (a.literal != b.literal)
        return {a.literal > b.literal, Precedence::Path};
    if (a.isPrefix != b.isPrefix)
        return {!a.isPrefix, Precedence::Path};
    if (a.hasMethods != b.hasMethods)
        return {a.hasMethods, Precedence::Method};
    if (a.headers != b.headers)
        return {a.headers > b.headers, Precedence::HeaderCount};
    if (a.queries != b.queries)
        return {a.queries > b.queries, Precedence::QueryCount};
    return {a.order < b.order, Precedence::FileOrder};
}

} // namespace gatehouse::runtime
