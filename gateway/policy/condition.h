// Conditions of routes, of `when` and of mocks' rules, compiled: whether a request meets them and, when not, what failed.
#pragma once

#include "gateway/base/ip.h"
#include "gateway/base/result.h"
#include "gateway/observe/explanation.h"
#include "gateway/policy/pathpattern.h"
#include "gateway/policy/requestview.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::config { struct Condition; }

namespace gatehouse::policy {

// Immutable, shared by all threads. Nothing is allocated by matches() unless a value has to be decoded (into the arena).
class Condition {
public:
    struct Options {
        std::string prefix;                  // of the group: stands before every path condition
        std::vector<std::string> hosts;      // of the group: where the condition itself names none
        http::PathRules paths;
    };
    // The error's message says which condition and what would be right.
    static Result<std::shared_ptr<const Condition>> make(const config::Condition &condition, const Options &options = {});
    ~Condition();

    bool matches(const RequestView &request, Arena &arena) const;
    // The same without host and path, for the router, which has found them by its index already. `preflight`: the method that a
    // CORS preflight asks for counts as the request's (see Router).
    bool matchesBeyondPath(const RequestView &request, Arena &arena, bool preflight) const;

    // Every aspect up to the first failure; nothing in `failed` when all hold.
    struct Examined {
        std::array<observe::Cell, observe::aspectCount> cells{};
        std::optional<observe::Failure> failed;
    };
    Examined examine(const RequestView &request, Arena &arena, bool preflight = false) const;

    const std::vector<std::string> &hosts() const; // lower case; "*.x" for wildcards; empty: no condition
    const PathPattern &path() const;
    bool hasMethods() const;
    size_t headerCount() const, queryCount() const;
    bool usesConsumers() const; // consumer or groups anywhere in it
    bool usesBody() const;

private:
    struct Data;
    explicit Condition(std::unique_ptr<const Data> data);
    std::unique_ptr<const Data> m_data;
};

// "a.shop.test" against "shop.test" or "*.shop.test" (one or more labels, not shop.test itself); both lower case.
bool hostMatches(std::string_view host, std::string_view pattern);

} // namespace gatehouse::policy
