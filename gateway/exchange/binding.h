// A snapshot with what its plans lead to: upstreams, mocks, and the ids under which workers count.
#pragma once

#include "gateway/mock/mock.h"
#include "gateway/observe/metrics.h"
#include "gateway/runtime/snapshot.h"
#include "gateway/upstream/upstream.h"

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::exchange {

// Of one route plan.
struct Binding {
    runtime::PlanPointer plan;
    std::shared_ptr<const upstream::Upstream> upstream; // of an upstream target
    std::shared_ptr<const mock::MockPlan> mock;         // of a mock target
    observe::MetricId route = 0, mockHits = 0;
    std::vector<observe::MetricId> policies;            // beside the plan's
};
using BindingPointer = std::shared_ptr<const Binding>;

struct BoundListener {
    std::shared_ptr<const runtime::ListenerPlan> plan;
    std::vector<BindingPointer> routes;                 // beside the router's plans()
    BindingPointer unmatched;
    mutable std::string answeredFor; // the host that was found good last: the next is most often the same. Of the worker's own copy
    const BindingPointer &of(const runtime::Match &match) const
    {
        if (!match)
            return unmatched;
        return routes[size_t(match.plan - plan->router->plans().data())];
    }
};

// Immutable; shared by the workers, each of which makes a copy of its own (copyFor) so that counting references to it on the way of
// a request touches no memory of another worker.
struct Bound {
    runtime::SnapshotPointer snapshot;
    std::vector<std::shared_ptr<const BoundListener>> listeners;
    const std::shared_ptr<const BoundListener> *listener(std::string_view name) const;
};
using BoundPointer = std::shared_ptr<const Bound>;
BoundPointer copyFor(const Bound &bound);

// What bind() looks things up in; all outlive the workers.
struct Stock {
    upstream::Registry &upstreams;
    observe::Metrics &metrics;
    policy::StateStore &states;
};

struct BindProblem {
    std::string path;    // in the document: "mocks[2]"
    std::string message;
};

// Off the workers' threads. Registers the series of the configuration with the metrics, in its order.
Result<BoundPointer, std::vector<BindProblem>> bind(const runtime::SnapshotPointer &snapshot, const Stock &stock);

} // namespace gatehouse::exchange
