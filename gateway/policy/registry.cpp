// The kinds of policy, in the usual order: the one in which a person would want them to run.
#include "gateway/policy/policy.h"

#include "gateway/config/policykinds.h"
#include "gateway/policy/cors/filter.h"
#include "gateway/policy/cors/record.h"
#include "gateway/policy/headers/filter.h"
#include "gateway/policy/headers/record.h"
#include "gateway/policy/ip-filter/filter.h"
#include "gateway/policy/ip-filter/record.h"
#include "gateway/policy/key-auth/filter.h"
#include "gateway/policy/key-auth/record.h"
#include "gateway/policy/rate-limit/filter.h"
#include "gateway/policy/rate-limit/record.h"
#include "gateway/policy/request-id/filter.h"
#include "gateway/policy/request-id/record.h"
#include "gateway/policy/shapes.h"

namespace gatehouse::policy {

namespace {
template <auto Shape>
schema::ShapePtr shape()
{
    return Shape();
}
constexpr bool authenticates = true, limits = true;
} // namespace

const std::vector<Kind> &kinds()
{
    static const std::vector<Kind> all{
        {"request-id", shape<requestIdShape>, "before all others, so that refusals have an id too", !authenticates, !limits, compileRequestId},
        {"ip-filter", shape<ipFilterShape>, "cheapest refusal; nothing is done for an address that may not come in", authenticates, !limits, compileIpFilter},
        {"cors", shape<corsShape>, "answers preflights, which carry no credentials, and marks refusals so that a page can read them", !authenticates, !limits, compileCors},
        {"key-auth", shape<keyAuthShape>, "before what counts or acts by consumer", authenticates, !limits, compileKeyAuth},
        {"rate-limit", shape<rateLimitShape>, "once it is known who asks, before any work is done for it", !authenticates, limits, compileRateLimit},
        {"headers", shape<headersShape>, "last before the target: sees what goes out", !authenticates, !limits, compileHeaders},
    };
    return all;
}

const Kind *find(std::string_view name)
{
    for (const Kind &kind : kinds())
        if (kind.name == name)
            return &kind;
    return nullptr;
}

void registerShapes()
{
    if (!config::policyKinds().empty())
        return;
    std::vector<config::PolicyKind> table;
    for (const Kind &kind : kinds())
        table.push_back({std::string(kind.name), kind.shape(), kind.authenticates});
    config::setPolicyKinds(std::move(table));
}

} // namespace gatehouse::policy
