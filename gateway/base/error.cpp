#include "gateway/base/error.h"

namespace gatehouse {

std::string Error::text() const
{
    std::string out = message;
    for (const Error *e = cause.get(); e; e = e->cause.get()) {
        out += ": ";
        out += e->message;
    }
    return out;
}

std::string_view name(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::BadInput: return "bad-input";
    case ErrorKind::NotFound: return "not-found";
    case ErrorKind::NotAllowed: return "not-allowed";
    case ErrorKind::InUse: return "in-use";
    case ErrorKind::TooLarge: return "too-large";
    case ErrorKind::Malformed: return "malformed";
    case ErrorKind::Refused: return "refused";
    case ErrorKind::Resolve: return "resolve";
    case ErrorKind::Reset: return "reset";
    case ErrorKind::Timeout: return "timeout";
    case ErrorKind::Cancelled: return "cancelled";
    case ErrorKind::NoEndpoint: return "no-endpoint";
    case ErrorKind::System: return "system";
    case ErrorKind::Internal: return "internal";
    }
    return "internal";
}

} // namespace gatehouse
