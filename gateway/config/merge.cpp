// Differences of texts: the smallest splice, and two changes of one text made one.
#include "gateway/config/document.h"

#include <algorithm>

namespace gatehouse::config {
namespace {

struct Hunk {
    size_t from, to; // lines of the base
    std::string text;
};

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

Hunk difference(const std::vector<std::string_view> &base, const std::vector<std::string_view> &other)
{
    size_t front = 0, back = 0;
    const size_t most = std::min(base.size(), other.size());
    while (front < most && base[front] == other[front])
        ++front;
    while (back < most - front && base[base.size() - 1 - back] == other[other.size() - 1 - back])
        ++back;
    Hunk hunk{front, base.size() - back, {}};
    for (size_t i = front; i < other.size() - back; ++i)
        hunk.text += other[i];
    return hunk;
}

} // namespace

schema::Patch differencePatch(std::string_view file, const std::string &from, const std::string &to)
{
    if (from == to)
        return {};
    const size_t most = std::min(from.size(), to.size());
    size_t front = 0, back = 0;
    while (front < most && from[front] == to[front])
        ++front;
    while (back < most - front && from[from.size() - 1 - back] == to[to.size() - 1 - back])
        ++back;
    const auto inside = [](const std::string &text, size_t at) { return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
    while (front > 0 && (inside(from, front) || inside(to, front))) // a character is not parted: patches are written as JSON
        --front;
    while (back > 0 && inside(from, from.size() - back))
        --back;
    return schema::Patch::splice(std::string(file), front, from.substr(front, from.size() - front - back), to.substr(front, to.size() - front - back));
}

Result<std::string, LineSpan> mergeTexts(std::string_view base, std::string_view mine, std::string_view theirs)
{
    if (mine == theirs || theirs == base)
        return std::string(mine);
    if (mine == base)
        return std::string(theirs);
    const auto lines = linesOf(base);
    const Hunk here = difference(lines, linesOf(mine)), outside = difference(lines, linesOf(theirs));
    if (here.from < outside.to + 1 && outside.from < here.to + 1 && !(here.to < outside.from || outside.to < here.from))
        return LineSpan{outside.from + 1, std::max(outside.to, outside.from + 1)};
    std::string merged;
    for (size_t i = 0; i <= lines.size(); ++i) {
        for (const Hunk *hunk : {&here, &outside})
            if (hunk->from == i)
                merged += hunk->text;
        const bool gone = (i >= here.from && i < here.to) || (i >= outside.from && i < outside.to);
        if (i < lines.size() && !gone)
            merged += lines[i];
    }
    return merged;
}

} // namespace gatehouse::config
