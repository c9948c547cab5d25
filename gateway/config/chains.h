// Where policies stand in a workspace.
#pragma once

#include "gateway/config/records.h"

namespace gatehouse::config {

// Calls each(const std::vector<PolicyEntry> &) with the shared policies, then with the chain of each listener, group and route.
template <typename Each>
void forEachChain(const Workspace &workspace, Each each)
{
    each(workspace.policies);
    for (const Listener &listener : workspace.listeners)
        each(listener.policies);
    for (const Group &group : workspace.groups)
        each(group.policies);
    for (const Route &route : workspace.routes)
        each(route.policies);
}

} // namespace gatehouse::config
