// Workspace -> snapshot. Off the workers' threads.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/policy/services.h"
#include "gateway/runtime/snapshot.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace gatehouse::schema { struct Problem; }

namespace gatehouse::runtime {

// All that only the whole workspace can show to be wrong is told at once; nothing is changed then. Plans whose records, policies,
// upstream delivery and settings are as in `before` (may be null) are the same objects again. The state of policies is found in
// `states` by identity: of a listener's, group's or route's own policy by its owner, of a shared one by its name (it counts once,
// wherever it is referred to).
Result<SnapshotPointer, std::vector<schema::Problem>> compile(std::shared_ptr<const config::Workspace> workspace,
                                                              policy::StateStore &states, const Snapshot *before, uint64_t revision,
                                                              const Clock &clock);

} // namespace gatehouse::runtime
