// `cors`: which sites' pages may read answers (Fetch standard, CORS protocol).
#pragma once

#include "gateway/schema/define.h"

#include <string>
#include <vector>

namespace gatehouse::policy {

struct Cors {
    std::vector<std::string> origins; // scheme://host[:port], "null", or "*"
    std::vector<std::string> methods{"GET", "HEAD", "POST"};
    std::vector<std::string> headers; // that a page may send
    std::vector<std::string> expose;  // that a page may read
    bool credentials = false;
    Duration maxAge = std::chrono::minutes(10); // of a preflight's answer
    bool privateNetwork = false;
};

schema::Ptr<Cors> corsShape();

} // namespace gatehouse::policy
