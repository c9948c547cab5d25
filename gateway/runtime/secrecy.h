// What of a configuration is not to be shown: where its credentials travel, and the values of its secrets.
#pragma once

#include "gateway/observe/redaction.h"
#include "gateway/runtime/snapshot.h"

namespace gatehouse::observe { struct Explanation; }

namespace gatehouse::runtime {

// Masks what the workspace asks to mask, the keys of its key-auth policies, and its secrets' values wherever they stand. The error
// is one of settings.recording.redact.
Result<std::shared_ptr<const observe::Redactor>> redactorOf(const Snapshot &snapshot);

// Takes the values of secrets out of every text of an explanation: what a condition expects may be one.
void withoutSecrets(observe::Explanation &why, const observe::Redactor &redactor);

} // namespace gatehouse::runtime
