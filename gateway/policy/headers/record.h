// `headers`: sets, adds, removes and renames headers of the request and of the response.
#pragma once

#include "gateway/config/records.h"
#include "gateway/schema/define.h"

namespace gatehouse::policy {

struct Headers {
    config::FieldEdits request;
    config::FieldEdits response;
};

schema::Ptr<Headers> headersShape();

} // namespace gatehouse::policy
