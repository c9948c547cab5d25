// Credentials of consumers, for requests that are sent again after a recording masked them.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::config { struct Workspace; }

namespace gatehouse::engine {

// The consumer's first key, where a key-auth policy of the workspace takes keys from this header; empty: there is none.
std::string credentialFor(const config::Workspace &workspace, std::string_view consumer, std::string_view header);

} // namespace gatehouse::engine
