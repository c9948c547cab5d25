// The routes of one host, found by path: exact ones by hash, templates and prefixes in a tree of segments, regexes in a list.
#pragma once

#include "gateway/policy/pathpattern.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::runtime {

// So that views can be looked up without making a string.
struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

// Built in order of rank (0 is the best); then immutable.
class PathIndex {
public:
    using Ranks = std::vector<uint32_t>; // ascending

    void add(const policy::PathPattern &pattern, uint32_t rank);
    bool empty() const { return m_best == UINT32_MAX; }
    uint32_t best() const { return m_best; } // the smallest rank in it

    // Calls take(const Ranks &) for each list whose routes match the path, and regex(rank) for each regex, which still has to be
    // tried; that one says whether to go on.
    template <typename Take, typename Regex>
    void find(std::string_view path, Take take, Regex regex) const
    {
        if (const auto it = m_exact.find(path); it != m_exact.end())
            take(it->second);
        if (path.starts_with('/') && !m_nodes.empty())
            walk(m_nodes[0], path.substr(1), false, take);
        for (uint32_t rank : m_regexes)
            if (!regex(rank))
                break;
        take(m_any);
    }

private:
    struct Node {
        std::vector<std::pair<std::string, uint32_t>> literals; // sorted by text; to nodes
        uint32_t text = 0, digits = 0;                          // nodes; 0: none
        Ranks ends, rests, prefixes;
    };

    template <typename Take>
    void walk(const Node &node, std::string_view left, bool ended, Take &take) const
    {
        if (!node.prefixes.empty())
            take(node.prefixes);
        if (ended) {
            if (!node.ends.empty())
                take(node.ends);
            return;
        }
        if (!node.rests.empty())
            take(node.rests);
        const size_t slash = left.find('/');
        const std::string_view segment = left.substr(0, slash);
        const bool last = slash == std::string_view::npos;
        const std::string_view behind = last ? std::string_view() : left.substr(slash + 1);
        if (const uint32_t next = literalChild(node, segment))
            walk(m_nodes[next], behind, last, take);
        if (node.digits && segment.find_first_not_of("0123456789") == std::string_view::npos && !segment.empty())
            walk(m_nodes[node.digits], behind, last, take);
        if (node.text && !segment.empty())
            walk(m_nodes[node.text], behind, last, take);
    }
    static uint32_t literalChild(const Node &node, std::string_view segment);
    uint32_t step(uint32_t from, const policy::PathPattern::Segment &segment); // makes the node when it is not there

    std::vector<Node> m_nodes;
    TextMap<Ranks> m_exact;
    Ranks m_regexes, m_any;
    uint32_t m_best = UINT32_MAX;
};

} // namespace gatehouse::runtime
