#include "gateway/runtime/changes.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <set>

namespace gatehouse::runtime {

using observe::Change;

namespace {
// Empty for the request line.
std::string nameOf(std::string_view line)
{
    const size_t colon = line.find(':');
    const bool field = colon != std::string_view::npos && http::isToken(line.substr(0, colon));
    return field ? lower(line.substr(0, colon)) : std::string();
}

// What stands in `a` and not in `b`, counting duplicates.
Lines without(const Lines &a, const Lines &b)
{
    std::multiset<std::string> left(b.begin(), b.end());
    Lines out;
    for (const auto &line : a)
        if (const auto it = left.find(line); it != left.end())
            left.erase(it);
        else
            out.push_back(line);
    return out;
}
} // namespace

Lines linesOf(const http::RequestHead &head)
{
    Lines lines{std::string(head.method) + " " + std::string(head.target) + " HTTP/1.1"};
    for (const auto &field : head.fields)
        lines.push_back(lower(field.name) + ": " + std::string(field.value));
    return lines;
}

void ChangeTracker::after(std::string_view setting, const http::RequestHead &head)
{
    Lines now = linesOf(head);
    for (auto [lines, to] : {std::pair{without(m_last, now), &m_removed}, std::pair{without(now, m_last), &m_added}})
        for (const auto &line : lines) {
            (*to)[line] = setting;
            m_touched[nameOf(line)] = setting;
        }
    m_last = std::move(now);
}

std::string ChangeTracker::settingOf(const std::map<std::string, std::string> &exact, const std::string &line) const
{
    if (const auto it = exact.find(line); it != exact.end())
        return it->second;
    const auto it = m_touched.find(nameOf(line));
    return it == m_touched.end() ? std::string() : it->second;
}

std::vector<Change> ChangeTracker::changes(const Lines &before, const Lines &now) const
{
    Lines removed = without(before, now), added = without(now, before);
    std::vector<Change> out;
    const auto addNamed = [&](const std::string &name) {
        for (auto it = added.begin(); it != added.end();)
            if (nameOf(*it) == name) {
                out.push_back({Change::Kind::Added, *it, settingOf(m_added, *it)});
                it = added.erase(it);
            } else {
                ++it;
            }
    };
    for (const auto &line : before) {
        const auto gone = std::find(removed.begin(), removed.end(), line);
        if (gone == removed.end()) {
            out.push_back({Change::Kind::Same, line, {}});
            continue;
        }
        removed.erase(gone);
        out.push_back({Change::Kind::Removed, line, settingOf(m_removed, line)});
        addNamed(nameOf(line)); // what replaces a line stands below it
    }
    for (const auto &line : Lines(added))
        out.push_back({Change::Kind::Added, line, settingOf(m_added, line)});
    return out;
}

} // namespace gatehouse::runtime
