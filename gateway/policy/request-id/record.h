// `request-id`: a header that names each request, given on to the upstream and back to the client.
#pragma once

#include "gateway/schema/define.h"

#include <string>

namespace gatehouse::policy {

struct RequestId {
    enum class Format : uint8_t { Uuid7, Ulid, Counter };
    std::string header = "x-request-id";
    bool accept = true; // one that came with the request is kept
    Format format = Format::Uuid7;
};

schema::Ptr<RequestId> requestIdShape();

} // namespace gatehouse::policy
