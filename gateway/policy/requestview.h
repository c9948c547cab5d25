// A request as conditions, expressions and limits look at it: views, valid as long as what they were made of.
#pragma once

#include "gateway/http/message.h"
#include "gateway/policy/filter.h"

#include <string_view>

namespace gatehouse::policy {

struct RequestView {
    std::string_view method;
    const http::Fields &fields;
    const RequestInfo &info;  // host, normalised path, query, client; captures and consumer as far as they are known
    std::string_view body{};  // of mocks' conditions: what was read of it; empty elsewhere
};

inline RequestView viewOf(Context &context) { return {context.request().method, context.request().fields, context.info()}; }

} // namespace gatehouse::policy
