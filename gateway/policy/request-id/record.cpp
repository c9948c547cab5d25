#include "gateway/policy/request-id/record.h"

namespace gatehouse::policy {

schema::Ptr<RequestId> requestIdShape()
{
    using namespace schema;
    static const auto shape = record<RequestId>("request-id",
        field("header", &RequestId::header, headerName(), label(QT_TRANSLATE_NOOP("shape", "Header"))),
        field("accept", &RequestId::accept, label(QT_TRANSLATE_NOOP("shape", "Keep the client's")), help(QT_TRANSLATE_NOOP("shape", "An id that came with the request is kept."))),
        field("format", &RequestId::format, label(QT_TRANSLATE_NOOP("shape", "Format")),
              oneOfNames<RequestId::Format>("request-id-format", {{"uuid7", RequestId::Format::Uuid7}, {"ulid", RequestId::Format::Ulid}, {"counter", RequestId::Format::Counter}})));
    return shape;
}

} // namespace gatehouse::policy
