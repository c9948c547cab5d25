#include "gateway/policy/key-auth/record.h"

namespace gatehouse::policy {

schema::Ptr<KeyAuth> keyAuthShape()
{
    using namespace schema;
    static const auto shape = record<KeyAuth>("key-auth",
        field("header", &KeyAuth::header, headerName(), label(QT_TRANSLATE_NOOP("shape", "Header")), defaultText(defaultKeyHeader)),
        field("query", &KeyAuth::query, text(1), label(QT_TRANSLATE_NOOP("shape", "Query parameter"))),
        field("cookie", &KeyAuth::cookie, headerName(), label(QT_TRANSLATE_NOOP("shape", "Cookie"))),
        field("hide", &KeyAuth::hide, label(QT_TRANSLATE_NOOP("shape", "Hide")), help(QT_TRANSLATE_NOOP("shape", "The upstream does not see the key."))),
        atMostOneOf({"header", "query", "cookie"}));
    return shape;
}

} // namespace gatehouse::policy
