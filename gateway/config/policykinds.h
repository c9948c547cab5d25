// Which kinds of policy there are. config/ knows only their names and shapes; policy/registry.cpp owns the ordered table and hands
// it over once, before the first shape or document is asked for.
#pragma once

#include "gateway/schema/shape.h"

#include <string>
#include <vector>

namespace gatehouse::config {

struct PolicyKind {
    std::string name;                        // "rate-limit"
    schema::ShapePtr shape;                  // a record; make() gives the kind's struct
    bool closedOnError = false;              // the default of on-error: closed for authentication and authorisation
};

// At start-up, before other threads run; a second call replaces the table (and the shapes made from it: tests only).
void setPolicyKinds(std::vector<PolicyKind> kinds);
const std::vector<PolicyKind> &policyKinds();
const PolicyKind *policyKind(std::string_view name);
// Kinds that are in the format and in no table yet.
std::vector<std::string> plannedPolicyKinds();

} // namespace gatehouse::config
