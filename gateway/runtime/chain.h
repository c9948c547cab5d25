// Which policies a request meets, in which order: listener's, group's, route's, with overrides in the place of what they replace.
#pragma once

#include "gateway/config/records.h"
#include "gateway/observe/explanation.h"

#include <string>
#include <vector>

namespace gatehouse::runtime {

struct PlacedPolicy {
    const config::PolicyEntry *entry = nullptr; // of the workspace
    std::string owner;
    observe::PolicyStep::Owner ownerKind = observe::PolicyStep::Owner::Route;
    schema::Path path;    // where the entry stands
    std::string identity; // of its state: its owner (a shared policy is its own), kind, and name or ordinal among equals
};

// Null where there is no such owner.
std::vector<PlacedPolicy> chainOf(const config::Listener *listener, const config::Group *group, const config::Route *route);

} // namespace gatehouse::runtime
