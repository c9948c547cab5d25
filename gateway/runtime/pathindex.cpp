#include "gateway/runtime/pathindex.h"

#include <algorithm>

namespace gatehouse::runtime {

using policy::PathPattern;

namespace {
constexpr auto byText = [](const auto &child, std::string_view text) { return std::string_view(child.first) < text; };
}

uint32_t PathIndex::literalChild(const Node &node, std::string_view segment)
{
    const auto it = std::lower_bound(node.literals.begin(), node.literals.end(), segment, byText);
    return it != node.literals.end() && it->first == segment ? it->second : 0;
}

uint32_t PathIndex::step(uint32_t from, const PathPattern::Segment &segment)
{
    using Type = PathPattern::Segment::Type;
    const auto next = static_cast<uint32_t>(m_nodes.size());
    if (segment.type == Type::Literal) {
        if (const uint32_t child = literalChild(m_nodes[from], segment.text))
            return child;
        auto &literals = m_nodes[from].literals;
        literals.insert(std::lower_bound(literals.begin(), literals.end(), std::string_view(segment.text), byText), {segment.text, next});
    } else {
        uint32_t &child = segment.type == Type::Integer ? m_nodes[from].digits : m_nodes[from].text;
        if (child)
            return child;
        child = next;
    }
    m_nodes.emplace_back();
    return next;
}

void PathIndex::add(const PathPattern &pattern, uint32_t rank)
{
    using Kind = PathPattern::Kind;
    m_best = std::min(m_best, rank);
    if (pattern.kind() == Kind::Exact)
        return m_exact[pattern.text()].push_back(rank);
    if (pattern.kind() == Kind::Regex)
        return m_regexes.push_back(rank);
    if (pattern.kind() == Kind::Any)
        return m_any.push_back(rank);
    if (m_nodes.empty())
        m_nodes.emplace_back();
    uint32_t node = 0;
    for (const auto &segment : pattern.segments()) {
        if (segment.type == PathPattern::Segment::Type::Rest)
            return m_nodes[node].rests.push_back(rank);
        node = step(node, segment);
    }
    (pattern.kind() == Kind::Prefix ? m_nodes[node].prefixes : m_nodes[node].ends).push_back(rank);
}

} // namespace gatehouse::runtime
