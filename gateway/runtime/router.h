// Finds the route of a request: by host and path through an index, then by the remaining conditions, best first. Immutable, shared.
//
// Which route wins stands in the workspace format. What it leaves open is decided here:
// - A route that lists GET answers HEAD too (RFC 9110 9.3.2: a HEAD is a GET without the body).
// - A CORS preflight is matched as the method it asks for on routes that have a cors policy.
// - Hosts of a route replace its group's; a group's prefix stands before the route's path, and a regex sees what follows it.
// - The length of a template counts its literal segments ("/orders/{id}/items" is 13), as that of a prefix counts all.
// - A route without a path condition comes after regexes.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/observe/explanation.h"
#include "gateway/policy/requestview.h"
#include "gateway/runtime/plan.h"

#include <memory>
#include <optional>
#include <vector>

namespace gatehouse::runtime {

struct Match {
    const PlanPointer *plan = nullptr; // null: nothing matched. Copy the pointer to keep the plan beyond the snapshot
    policy::Captures captures;         // in the arena; values are still percent-encoded
    explicit operator bool() const { return plan != nullptr; }
};

class Router {
public:
    // In file order.
    explicit Router(std::vector<PlanPointer> plans);
    ~Router();

    // Allocates nothing but what it puts into the arena. `request.info.host` is lower case without port, `path` normalised.
    Match match(const policy::RequestView &request, Arena &arena) const;

    // The matrix: the winner first, then the others that match in their order, then those that do not, nearest first. At most
    // `most` of the latter, but all when nothing matches; `always`: a route to list in any case. Slow; when somebody looks.
    std::vector<observe::Candidate> explain(const policy::RequestView &request, Arena &arena, size_t most = 8,
                                            std::string_view always = {}) const;
    const std::vector<PlanPointer> &plans() const { return m_plans; } // in file order
    const PlanPointer *find(std::string_view route) const;            // null: no such route
    // The order of match, best first: indices into plans(). A route with several hosts stands at its best one.
    const std::vector<uint32_t> &order() const { return m_order; }
    // The same if no route had a priority. Slow; when somebody looks.
    std::vector<uint32_t> naturalOrder() const;

private:
    struct Index;
    std::vector<PlanPointer> m_plans;
    std::vector<uint32_t> m_order;
    std::unique_ptr<const Index> m_index;
};

// The first rule by which `a` comes before `b` for this host (either may be a tie: FileOrder).
observe::Precedence decidedBy(const RoutePlan &a, const RoutePlan &b, std::string_view host);

} // namespace gatehouse::runtime
