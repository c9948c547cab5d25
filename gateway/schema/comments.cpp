// Which comment belongs to which key or item, for writing a whole file anew without losing one.
#include "gateway/schema/emit.h"

#include "gateway/base/text.h"

#include <algorithm>

namespace gatehouse::schema {
namespace {


class Collector {
public:
    explicit Collector(std::string_view text)
    {
        for (std::string_view line : split(text, '\n')) {
            m_starts.push_back(m_starts.empty() ? 0 : m_starts.back() + m_lines.back().size() + 1);
            m_lines.push_back(line);
        }
        m_owner.resize(m_lines.size(), SIZE_MAX);
        m_last.resize(m_lines.size(), SIZE_MAX);
        m_end.resize(m_lines.size(), 0);
        m_inside.resize(m_lines.size(), false);
    }

    CommentTable run(const Node &root)
    {
        visit(root, true);
        CommentTable table;
        std::vector<std::string> pending;
        for (size_t i = 0; i < m_lines.size(); ++i) {
            const std::string_view line = trimmed(m_lines[i]);
            if (m_owner[i] != SIZE_MAX) {
                auto &above = table.of[m_owner[i]].above;
                above.insert(above.end(), pending.begin(), pending.end());
                pending.clear();
                m_current = m_last[i];
            } else if (!m_inside[i] && line.starts_with('#')) {
                pending.emplace_back(line);
                continue;
            } else if (!m_inside[i] && line.empty()) {
                if (!pending.empty() ? !pending.back().empty() : true)
                    pending.emplace_back();
                continue;
            }
            takeBeside(table, i);
        }
        while (!pending.empty() && pending.back().empty())
            pending.pop_back();
        table.atEnd = std::move(pending);
        return table;
    }

private:
    static std::string_view trimmed(std::string_view line)
    {
        line = trim(line);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        return trim(line);
    }

    void takeBeside(CommentTable &table, size_t i)
    {
        if (m_current == SIZE_MAX)
            return;
        const size_t from = m_end[i] > m_starts[i] ? m_end[i] - m_starts[i] : 0;
        if (m_inside[i] && m_end[i] == 0)
            return;
        const std::string_view rest = m_lines[i].substr(std::min(from, m_lines[i].size()));
        const size_t hash = rest.find('#');
        if (hash == std::string_view::npos || (hash > 0 && rest[hash - 1] != ' ' && rest[hash - 1] != '\t') || (hash == 0 && from > 0))
            return;
        // Only brackets, colons, commas and dashes may stand between.
        if (rest.substr(0, hash).find_first_not_of(" \t:,[]{}-|>+") != std::string_view::npos)
            return;
        std::string &beside = table.of[m_current].beside;
        beside += (beside.empty() ? "" : " ") + std::string(trimmed(rest.substr(hash)));
    }

    size_t lineOf(size_t offset) const
    {
        return static_cast<size_t>(std::upper_bound(m_starts.begin(), m_starts.end(), offset) - m_starts.begin()) - 1;
    }

    void own(size_t begin)
    {
        const size_t line = lineOf(begin);
        if (m_owner[line] == SIZE_MAX)
            m_owner[line] = begin;
        m_last[line] = begin;
    }

    void ends(size_t begin, size_t end, bool multiline)
    {
        const size_t first = lineOf(begin), last = lineOf(end);
        m_end[last] = std::max(m_end[last], end);
        for (size_t i = first + 1; multiline && i <= last; ++i)
            m_inside[i] = true;
    }

    void visit(const Node &node, bool block)
    {
        if (node.isScalar() || node.alias) {
            ends(node.span.begin, node.span.end, node.isScalar());
            // A literal's own line may carry a comment behind its header.
            return;
        }
        const bool here = block && !node.flow;
        if (node.flow)
            ends(node.span.end, node.span.end, false);
        for (const Node &item : node.items) {
            if (here)
                own(item.span.begin);
            visit(item, here);
        }
        for (const Member &member : node.members) {
            if (here)
                own(member.key.span.begin);
            ends(member.key.span.begin, member.key.span.end, false);
            visit(member.value, here);
        }
    }

    std::vector<std::string_view> m_lines;
    std::vector<size_t> m_starts, m_owner, m_last, m_end;
    std::vector<bool> m_inside; // lines of a scalar that began above
    size_t m_current = SIZE_MAX;
};

} // namespace

CommentTable collectComments(std::string_view text, const Node &root) { return Collector(text).run(root); }

} // namespace gatehouse::schema
