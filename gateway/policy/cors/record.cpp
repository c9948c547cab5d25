#include "gateway/policy/cors/record.h"

#include <algorithm>

namespace gatehouse::policy {

schema::Ptr<Cors> corsShape()
{
    using namespace schema;
    using namespace std::chrono_literals;
    static const ListOptions some{0, 1000, true, true};
    static const auto shape = record<Cors>("cors",
        field("origins", &Cors::origins, required, list(origin(), ListOptions{1, 1000, true, true}), label(QT_TRANSLATE_NOOP("shape", "Origins")),
              help(QT_TRANSLATE_NOOP("shape", "Sites whose pages may read answers: https://shop.test, or * for all."))),
        field("methods", &Cors::methods, list(method(), some), label(QT_TRANSLATE_NOOP("shape", "Methods"))),
        field("headers", &Cors::headers, list(headerName(), some), label(QT_TRANSLATE_NOOP("shape", "Request headers"))),
        field("expose", &Cors::expose, list(headerName(), some), advanced, label(QT_TRANSLATE_NOOP("shape", "Readable headers"))),
        field("credentials", &Cors::credentials, label(QT_TRANSLATE_NOOP("shape", "With credentials"))),
        field("max-age", &Cors::maxAge, duration(0s, 24h * 7), advanced, label(QT_TRANSLATE_NOOP("shape", "Kept for"))),
        field("private-network", &Cors::privateNetwork, advanced, label(QT_TRANSLATE_NOOP("shape", "Private network"))),
        check<Cors>([](const Cors &cors, const Node &node, Reader &reader) {
            if (!cors.credentials || std::find(cors.origins.begin(), cors.origins.end(), "*") == cors.origins.end())
                return;
            reader.path.push(Step("credentials"));
            reader.error(node.member("credentials")->value, "credentials can't be allowed to every origin; name the origins");
            reader.path.pop();
        }));
    return shape;
}

} // namespace gatehouse::policy
