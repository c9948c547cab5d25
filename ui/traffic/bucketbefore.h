// What the requests before a refused one found in the same bucket, read from their records.
#pragma once

#include "gateway/api/api.h"
#include "ui/widgets/why/bucketpast.h"

#include <optional>

namespace gatehouse::ui {

// None: no limit refused it, or what it found is not recorded.
std::optional<BucketPast> bucketBefore(const api::Exchanges &exchanges, const api::ExchangeDetail &refused);

} // namespace gatehouse::ui
