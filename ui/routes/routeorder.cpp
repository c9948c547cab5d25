#include "ui/routes/routeorder.h"

#include <algorithm>
#include <limits>

namespace gatehouse::ui {

std::vector<std::pair<std::string, int>> prioritiesFor(const std::vector<api::RoutePlace> &wanted, size_t moved)
{
    if (moved >= wanted.size())
        return {};
    const api::RoutePlace &self = wanted[moved];
    // The least priority with which `a` comes before `b`, where b has that priority.
    const auto least = [](const api::RoutePlace &a, const api::RoutePlace &b, int priorityOfB) { return a.natural < b.natural ? priorityOfB : priorityOfB + 1; };
    int low = std::numeric_limits<int>::min(), high = std::numeric_limits<int>::max();
    if (moved + 1 < wanted.size())
        low = least(self, wanted[moved + 1], wanted[moved + 1].priority);
    if (moved > 0)
        high = wanted[moved - 1].natural < self.natural ? wanted[moved - 1].priority : wanted[moved - 1].priority - 1;

    std::vector<std::pair<std::string, int>> changes;
    const auto set = [&](const api::RoutePlace &place, int priority) {
        if (place.priority != priority)
            changes.emplace_back(place.route, priority);
    };
    if (low <= high) {
        set(self, low <= 0 && 0 <= high ? 0 : std::clamp(self.priority, low, high)); // none at all, if that does
        return changes;
    }
    set(self, low);
    int below = low;
    for (size_t i = moved; i-- > 0;) {
        const int needed = least(wanted[i], wanted[i + 1], below);
        if (wanted[i].priority >= needed)
            break; // those above it are above it already
        set(wanted[i], needed);
        below = needed;
    }
    return changes;
}

} // namespace gatehouse::ui
