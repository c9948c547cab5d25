#include "gateway/policy/headers/record.h"

#include "gateway/config/shapes.h"

namespace gatehouse::policy {

schema::Ptr<Headers> headersShape()
{
    using namespace schema;
    static const auto shape = record<Headers>("headers",
        field("request", &Headers::request, config::headerEditsShape(), label(QT_TRANSLATE_NOOP("shape", "Request"))),
        field("response", &Headers::response, config::headerEditsShape(), label(QT_TRANSLATE_NOOP("shape", "Response"))));
    return shape;
}

} // namespace gatehouse::policy
