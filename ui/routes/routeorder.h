// From an order of match that somebody wants to the priorities that make it. Pure.
#pragma once

#include "gateway/api/api.h"

#include <string>
#include <utility>
#include <vector>

namespace gatehouse::ui {

// `wanted` stands in the order that is wanted, where only the one at `moved` has left its place. What has to be written so that they
// match in this order: the moved one's priority alone where that is enough, else also those of routes above it, and as few as
// can be. Empty: it is so already.
std::vector<std::pair<std::string, int>> prioritiesFor(const std::vector<api::RoutePlace> &wanted, size_t moved);

} // namespace gatehouse::ui
