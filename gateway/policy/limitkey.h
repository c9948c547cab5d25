// `by`: what a limit counts by. client-ip, consumer, route, global, header.NAME, query.NAME, cookie.NAME, path.NAME, or several.
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/result.h"
#include "gateway/policy/expression.h"
#include "gateway/policy/requestview.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

// Immutable, any thread.
class LimitKey {
public:
    LimitKey() = default; // counts all together
    static Result<LimitKey> make(const std::vector<std::string> &by);

    // The key of this request; "" for global. Requests without the value (no such header, no consumer) share one key. Bounded in
    // length: a long value is kept as its beginning and a digest of the whole. In the arena or the request.
    std::string_view of(const RequestView &request, Arena &arena) const;
    // For people: "127.0.0.1", "web-app + /v1", "everyone", "without x-tenant", and "[redacted] #3f09ab" where it is a credential.
    std::string shown(std::string_view key) const;
    bool usesConsumer() const;

private:
    static std::string_view valueOf(const schema::Part &part, const RequestView &request, Arena &arena);
    std::vector<schema::Part> m_parts;
};

} // namespace gatehouse::policy
