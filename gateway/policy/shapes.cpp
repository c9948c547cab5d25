#include "gateway/policy/shapes.h"

#include "gateway/config/policykinds.h"
#include "gateway/policy/cors/record.h"
#include "gateway/policy/headers/record.h"
#include "gateway/policy/ip-filter/record.h"
#include "gateway/policy/key-auth/record.h"
#include "gateway/policy/rate-limit/record.h"
#include "gateway/policy/request-id/record.h"

namespace gatehouse::policy {

void registerShapes()
{
    if (!config::policyKinds().empty())
        return;
    // In the usual order of running. The second value: closed on error by default, as authentication and authorisation are.
    config::setPolicyKinds({
        {"request-id", requestIdShape(), false},
        {"ip-filter", ipFilterShape(), true},
        {"cors", corsShape(), false},
        {"key-auth", keyAuthShape(), true},
        {"rate-limit", rateLimitShape(), false},
        {"headers", headersShape(), false},
    });
}

} // namespace gatehouse::policy
