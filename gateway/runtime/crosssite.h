// Requests that a foreign site's page makes a browser send (security.md, "Cross-site pages").
#pragma once

#include "gateway/http/message.h"
#include "gateway/runtime/snapshot.h"

namespace gatehouse::runtime {

// An unsafe method or an Upgrade on a loopback listener from a page of another site that no cors policy of the plan lets in: 403
// before any policy, mock or upstream sees it.
// `request` is the same one, for the conditions of cors policies.
bool isCrossSite(const http::RequestHead &head, const policy::RequestView &request, const ListenerPlan &listener, const RoutePlan &plan, Arena &arena);

} // namespace gatehouse::runtime
