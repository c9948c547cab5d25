// Workspaces and requests for tests of the runtime, without a file.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/http/target.h"
#include "gateway/policy/services.h"
#include "gateway/policy/shapes.h"
#include "gateway/runtime/compiler.h"
#include "gateway/schema/problem.h"
#include "tests/support/fakeclock.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::test {

inline config::TextMatch is(std::string text)
{
    config::TextMatch match;
    match.equals = std::move(text);
    return match;
}
inline config::TextMatch present(bool there)
{
    config::TextMatch match;
    match.present = there;
    return match;
}
inline config::PathCondition pathTemplate(std::string text) { return {std::move(text), {}}; }

inline config::Route route(std::string name, config::Condition match)
{
    config::Route made;
    made.name = std::move(name);
    made.match = std::move(match);
    made.to.upstream = "up";
    return made;
}

template <typename T>
config::PolicyEntry entry(std::string kind, T record, std::string name = {})
{
    config::PolicyEntry made;
    made.kind = std::move(kind);
    made.name = std::move(name);
    made.record = std::make_shared<const T>(std::move(record));
    return made;
}

// One listener "main" on loopback, one upstream "up", and these routes; origins as a file would give them.
inline config::Workspace workspace(std::vector<config::Route> routes = {})
{
    config::Workspace made;
    made.name = "test";
    config::Listener listener;
    listener.name = "main";
    listener.address = "127.0.0.1:0";
    made.listeners.push_back(listener);
    config::Upstream upstream;
    upstream.name = "up";
    upstream.endpoints.push_back({"http://127.0.0.1:9001", 1, {}, true});
    made.upstreams.push_back(upstream);
    made.routes = std::move(routes);
    return made;
}

inline std::shared_ptr<const config::Workspace> finished(config::Workspace made)
{
    const auto place = [](auto &list, const char *section) {
        for (size_t i = 0; i < list.size(); ++i) {
            list[i].origin.file = "gatehouse.yaml";
            list[i].origin.path = schema::Path{schema::Step(section), schema::Step(i)};
        }
    };
    place(made.listeners, "listeners");
    place(made.upstreams, "upstreams");
    place(made.groups, "groups");
    place(made.routes, "routes");
    return std::make_shared<const config::Workspace>(std::move(made));
}

// Compiles, and says what is wrong on failure.
class Runtime {
public:
    Runtime() { policy::registerShapes(); }
    runtime::SnapshotPointer compile(config::Workspace made, const runtime::Snapshot *before = nullptr)
    {
        problems.clear();
        auto result = runtime::compile(finished(std::move(made)), states, before, ++revision, clock);
        if (result)
            return *result;
        for (const auto &problem : result.error())
            problems += problem.path + ": " + problem.message + "\n";
        return nullptr;
    }
    policy::StateStore states;
    FakeClock clock;
    uint64_t revision = 0;
    std::string problems;
};

// A request as the worker hands it to the router.
struct Asked {
    explicit Asked(std::string_view method, std::string_view host, std::string_view target,
                   const std::vector<std::pair<std::string, std::string>> &headers = {}, std::string_view client = "127.0.0.1")
        : method(method), fields(arena)
    {
        for (const auto &[name, value] : headers)
            fields.add(name, value);
        const auto parts = http::splitTarget(arena.copy(target));
        info.host = arena.copy(host);
        info.path = parts.path;
        if (parts.path != "*")
            info.path = http::normalisePath(parts.path, {}, arena).valueOr("/");
        info.query = parts.query;
        info.scheme = "http";
        info.client = IpAddress::parse(client).value_or(IpAddress{});
        info.clientText = arena.copy(client);
    }
    policy::RequestView view() const { return {method, fields, info}; }
    std::string routeIn(const runtime::Router &router)
    {
        const auto match = router.match(view(), arena);
        return match ? (*match.plan)->name : std::string("-");
    }
    Arena arena;
    std::string method;
    http::Fields fields;
    policy::RequestInfo info;
};

} // namespace gatehouse::test
