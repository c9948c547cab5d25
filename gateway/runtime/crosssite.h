// Requests that a foreign site's page makes a browser send (security.md, "Cross-site pages").
#pragma once

#include "gateway/http/message.h"
#include "gateway/runtime/snapshot.h"

namespace gatehouse::runtime {

// An unsafe method or an Upgrade on a loopback listener from a page of another site that no cors policy of the plan lets in: 403
// before any policy, mock or upstream sees it.
bool isCrossSite(const http::RequestHead &head, std::string_view host, const ListenerPlan &listener, const RoutePlan &plan);

} // namespace gatehouse::runtime
