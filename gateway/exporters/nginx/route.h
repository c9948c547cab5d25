// One route under one listener: what its location holds.
#pragma once

#include "gateway/exporters/nginx/conditions.h"
#include "gateway/exporters/nginx/page.h"
#include "gateway/runtime/chain.h"
#include "gateway/runtime/plan.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::exporters::nginx {

// Headers of an answer that nginx takes away unless it is told to pass them.
inline constexpr std::string_view passedHeaders[] = {"Server", "Date", "X-Pad", "X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset"};

// What routes share.
struct Shared {
    explicit Shared(const config::Workspace &of) : workspace(of) { }
    Shared(const Shared &) = delete;
    const config::Workspace &workspace;
    Page zones, upstreams;                     // limit_req_zone; upstream
    Page maps;
    Conditions conditions{maps};
    std::map<std::string, std::string> limits;  // zone by identity of the policy
    std::map<std::string, std::string> keys;    // consumer's variable by where the key stands
    bool needsKeys = false;
};

class RouteWriter {
public:
    // `route` null: what a listener does with requests that match none.
    RouteWriter(Shared &shared, const config::Listener &listener, const config::Route *route, const runtime::RoutePlan &plan, std::string id, bool exposed);
    // Appends the route's locations.
    void write(Page &server);

    const Scope &scope() const { return m_scope; }

private:
    struct Header { size_t policy; std::string name, value; }; // of the response
    struct Refusal { std::string flag; size_t policy; int status; std::string title, detail; std::vector<std::pair<std::string, std::string>> fields; std::string location; };
    struct Limit { size_t policy; std::string zone; uint64_t burst; int status; int64_t retryAfter; };
    struct Sent { std::string name, value; }; // a request header as it goes upstream

    void policies();
    void policy(const runtime::PlacedPolicy &place, size_t index);
    void rateLimit(const runtime::PlacedPolicy &place, size_t index, const std::string &when);
    void keyAuth(const runtime::PlacedPolicy &place, size_t index, const std::string &when);
    void ipFilter(const runtime::PlacedPolicy &place, size_t index, const std::string &when);
    void cors(const runtime::PlacedPolicy &place, size_t index);
    void headers(const runtime::PlacedPolicy &place, size_t index, const std::string &when);
    void requestId(const runtime::PlacedPolicy &place, size_t index);
    void crossSite();

    void target();
    void upstream();
    void delivery(const config::Upstream &upstream, size_t servers);
    std::string rewritten(const std::string &base);
    void query(const std::string &base);
    void host(const config::Upstream &upstream, const std::vector<std::string> &authorities);
    void proxyFields();
    void respond();
    void redirect();
    void mock();
    // The lines that answer; false: nginx can't give this answer, a finding says why.
    void answer(Page &page, int status, const std::vector<std::pair<std::string, std::string>> &fields, const std::string &body, const std::string &feature);
    void problem(Page &page, int status, const std::string &title, const std::string &detail);
    void responseHeaders(Page &page, size_t beforePolicy);
    void editRequest(const config::FieldEdits &edits, const std::string &when);

    // For values that go into headers: parts of the path as they came, not decoded.
    Scope encodedScope() const
    {
        Scope scope = m_scope;
        scope.encoded = true;
        return scope;
    }
    std::string current(const std::string &name) const; // of a request header
    void send(const std::string &name, const std::string &value);
    void find(Page &page, Level level, const std::string &where, std::string feature, std::string message, std::string remedy = {});

    Shared &m_shared;
    Conditions &m_conditions;
    const config::Listener &m_listener;
    const config::Route *m_route;
    const runtime::RoutePlan &m_plan;
    const std::string m_id;
    const bool m_exposed;
    Scope m_scope;
    std::string m_place; // "routes[3]"
    Page m_body, m_more; // of the location; further locations
    std::vector<Header> m_responseHeaders;
    std::set<std::string> m_hidden;
    std::vector<Refusal> m_refusals;
    std::vector<Limit> m_limits;
    std::vector<Sent> m_sent;
    std::string m_args = "${args}";
    std::string m_corsAllows; // flag of the route's cors policy
    unsigned m_pieces = 0;
    bool m_proxied = false; // the target is a proxy_pass
};

} // namespace gatehouse::exporters::nginx
