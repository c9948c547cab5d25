// What a kind of policy is: its name, its shape, and how its record becomes a filter. One line in registry.cpp each.
#pragma once

#include "gateway/base/result.h"
#include "gateway/policy/filter.h"
#include "gateway/schema/shape.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {
struct Workspace;
struct PolicyEntry;
}

namespace gatehouse::policy {

class StateStore;

// What compile() may look at. Valid only during the call.
struct CompileContext {
    const config::Workspace &workspace;
    const config::PolicyEntry &entry;
    std::string identity; // of this policy's state: see StateStore
    StateStore &states;
    const Clock &clock;
};

struct Kind {
    std::string_view name;                  // "rate-limit"
    schema::ShapePtr (*shape)() = nullptr;  // of its record
    std::string_view why;                   // why it stands at this place of the usual order
    bool authenticates = false;             // fails closed by default, and marks a route as authenticated
    bool limits = false;                    // what it refuses is throttled, not forbidden
    // The record is never null here and is of this kind's own type. Errors are those that only a whole workspace can show.
    Result<std::shared_ptr<const FilterConfig>> (*compile)(const CompileContext &) = nullptr;
};

// In the usual order, in which a person would want them to run. For the life of the process.
const std::vector<Kind> &kinds();
const Kind *find(std::string_view name); // null: no such kind, or not built yet

} // namespace gatehouse::policy
