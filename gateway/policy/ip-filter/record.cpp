#include "gateway/policy/ip-filter/record.h"

namespace gatehouse::policy {

schema::Ptr<IpFilter> ipFilterShape()
{
    using namespace schema;
    static const auto shape = record<IpFilter>("ip-filter",
        field("allow", &IpFilter::allow, list(cidr(), ListOptions{0, 100'000, true, true}), label(QT_TRANSLATE_NOOP("shape", "Allow")),
              help(QT_TRANSLATE_NOOP("shape", "Where it is given, all others are refused."))),
        field("deny", &IpFilter::deny, list(cidr(), ListOptions{0, 100'000, true, true}), label(QT_TRANSLATE_NOOP("shape", "Deny")),
              help(QT_TRANSLATE_NOOP("shape", "Wins over what is allowed."))),
        check<IpFilter>([](const IpFilter &filter, const Node &node, Reader &reader) {
            if (filter.allow.empty() && filter.deny.empty())
                reader.error(node, "one of `allow` or `deny` is missing");
        }));
    return shape;
}

} // namespace gatehouse::policy
