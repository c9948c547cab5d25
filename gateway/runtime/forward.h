// What goes out instead of what came in: the one function that makes the forwarded request, for workers and for explanations.
#pragma once

#include "gateway/http/message.h"
#include "gateway/policy/requestview.h"
#include "gateway/runtime/plan.h"
#include "gateway/runtime/snapshot.h"

#include <string_view>

namespace gatehouse::runtime {

// Told after each part of the work which setting it was ("rewrite.path", "hop-by-hop", "forwarded", "via"); explanations listen,
// workers give none.
class ChangeLog {
public:
    virtual void after(std::string_view setting, const http::RequestHead &head) = 0;

protected:
    ~ChangeLog() = default;
};

struct Forwarding {
    const RoutePlan &plan;
    const Settings &settings;
    const policy::RequestInfo &info;
    IpAddress peer;                  // who is connected
    std::string_view peerText;       // its text, without port
    std::string_view via;            // our pseudonym for Via (RFC 9110 7.6.3)
    std::string_view endpoint;       // authority of the chosen endpoint, for `host: upstream`
};

// On arrival, before any policy: drops X-Forwarded-*, Forwarded, X-Real-IP and identity fields of a peer that is not trusted, and
// finds the client and scheme that a trusted one names (into `info`). `head` is changed.
void believe(http::RequestHead &head, policy::RequestInfo &info, const Settings &settings, const IpAddress &peer, ChangeLog *log = nullptr);
// The same of fields behind a body, which some readers merge into those of the head.
void believeTrailers(http::Fields &trailers, const Settings &settings, const IpAddress &peer);

// After the request's policies, before the first try: hop-by-hop fields go, target, Host, query and fields are rewritten, proxy
// fields and Via are added. Texts live in the head's arena.
void prepare(http::RequestHead &head, const Forwarding &forwarding, ChangeLog *log = nullptr);

// The Location of a redirect target, evaluated.
std::string_view redirectLocation(const RoutePlan &plan, const policy::RequestView &request, Arena &arena);

} // namespace gatehouse::runtime
