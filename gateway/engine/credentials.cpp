#include "gateway/engine/credentials.h"

#include "gateway/base/text.h"
#include "gateway/config/chains.h"
#include "gateway/policy/key-auth/record.h"

#include <algorithm>

namespace gatehouse::engine {

static bool takesKeysFrom(const std::vector<config::PolicyEntry> &policies, std::string_view header)
{
    return std::any_of(policies.begin(), policies.end(), [&](const config::PolicyEntry &entry) {
        if (entry.kind != "key-auth" || !entry.record)
            return false;
        const auto &auth = entry.as<policy::KeyAuth>();
        return !auth.query && !auth.cookie && equalsIgnoreCase(auth.header.value_or(policy::defaultKeyHeader), header);
    });
}

std::string credentialFor(const config::Workspace &workspace, std::string_view consumer, std::string_view header)
{
    const auto known = std::find_if(workspace.consumers.begin(), workspace.consumers.end(), [&](const config::Consumer &one) { return one.name == consumer; });
    if (known == workspace.consumers.end() || known->apiKeys.empty())
        return {};
    bool taken = false;
    config::forEachChain(workspace, [&](const std::vector<config::PolicyEntry> &policies) { taken = taken || takesKeysFrom(policies, header); });
    return taken ? known->apiKeys.front().value : std::string();
}

} // namespace gatehouse::engine
