// `key-auth` at run time: its record compiled. See record.h for what the settings mean.
#pragma once

#include "gateway/policy/policy.h"

namespace gatehouse::policy {

Result<std::shared_ptr<const FilterConfig>> compileKeyAuth(const CompileContext &context);

} // namespace gatehouse::policy
