// `ip-filter`: which client addresses may pass.
#pragma once

#include "gateway/base/ip.h"
#include "gateway/schema/define.h"

#include <vector>

namespace gatehouse::policy {

// An address in `deny` is refused, also when it is in `allow`. Where `allow` is given, all others are refused.
struct IpFilter {
    std::vector<Cidr> allow;
    std::vector<Cidr> deny;
};

schema::Ptr<IpFilter> ipFilterShape();

} // namespace gatehouse::policy
