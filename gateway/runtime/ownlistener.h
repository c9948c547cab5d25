// Upstreams that lead back to a listener of the same workspace, as far as their URLs show it. What only a look-up shows is found
// when a connection is made (net::leadsTo).
#pragma once

#include "gateway/config/records.h"

#include <string_view>

namespace gatehouse::runtime {

// The listener that this endpoint's URL leads to; null: none. localhost, 127.1, 0.0.0.0, [::ffff:127.0.0.1] and the like are
// understood. Listeners on port 0 are not known yet.
const config::Listener *ownListener(const config::Workspace &workspace, std::string_view url);

} // namespace gatehouse::runtime
