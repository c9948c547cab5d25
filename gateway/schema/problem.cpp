#include "gateway/schema/problem.h"

#include <algorithm>
#include <tuple>

namespace gatehouse::schema {

std::string Problem::text() const
{
    std::string out = file + ':' + std::to_string(line) + ':' + std::to_string(column) + ": ";
    if (!path.empty())
        out += path + ": ";
    if (severity == Severity::Warning)
        out += "warning: ";
    return out + message;
}

bool hasErrors(const Problems &problems)
{
    return std::any_of(problems.begin(), problems.end(), [](const Problem &p) { return p.severity == Severity::Error; });
}

void sortProblems(Problems &problems)
{
    const auto key = [](const Problem &p) { return std::tie(p.file, p.line, p.column, p.path, p.message); };
    std::stable_sort(problems.begin(), problems.end(), [&](const Problem &a, const Problem &b) { return key(a) < key(b); });
    problems.erase(std::unique(problems.begin(), problems.end(), [&](const Problem &a, const Problem &b) { return key(a) == key(b); }),
                   problems.end());
}

} // namespace gatehouse::schema
