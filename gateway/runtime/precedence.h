// "Which route wins", as a key that router, explanations and the order shown to people compare.
#pragma once

#include "gateway/observe/explanation.h"
#include "gateway/runtime/plan.h"

#include <cstdint>
#include <string_view>

namespace gatehouse::runtime {

// What a route weighs by one of its hosts. A smaller key wins.
struct PrecedenceKey {
    int priority = 0;
    size_t host = 0;       // SIZE_MAX: exact; the length of a wildcard; 0: none
    int pathClass = 3;     // 0 exact, 1 literal (template or prefix), 2 regex, 3 none
    size_t literal = 0;    // octets, of class 1
    bool isPrefix = false; // of class 1
    bool hasMethods = false;
    size_t headers = 0, queries = 0; // conditions
    uint32_t order = 0;    // in the file

    // `hostPattern`: empty for a route without hosts.
    static PrecedenceKey of(const RoutePlan &plan, std::string_view hostPattern, uint32_t order);
};

struct Decision {
    bool first = false; // a comes before b
    observe::Precedence by = observe::Precedence::FileOrder;
};
Decision compare(const PrecedenceKey &a, const PrecedenceKey &b);

} // namespace gatehouse::runtime
