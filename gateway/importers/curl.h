// A curl command line as the request it would send: what people paste. Reads the words as bash would, opens no file.
#pragma once

#include "gateway/base/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::importers {

struct CurlRequest {
    std::string method; // as curl would choose it where -X does not say
    std::string url;    // "http://" is added where no scheme is given, as curl does; a path alone stays one
    std::vector<std::pair<std::string, std::string>> headers; // -H, and those that -u, -A, -e, -b, -d and --json imply
    std::string body;
    bool insecure = false;  // -k
    bool redirects = false; // -L
    std::vector<std::string> ignored; // options that do not change the request: "--silent"
};

// From a pasted line (quotes, $'…', line ends behind a backslash; with or without the leading "curl"; a lone URL or
// "GET /path" is taken too). Errors say which word and what would be right.
Result<CurlRequest> parseCurl(std::string_view line);
// From words that a shell has split already.
Result<CurlRequest> parseCurl(const std::vector<std::string> &words);
// The line that would send it; parseCurl() reads the same request back.
std::string toCurl(const CurlRequest &request);
// The line for a shell. The same, but that a body with a NUL in it, which no word of a command line can hold, comes through a pipe.
std::string toShell(const CurlRequest &request);

} // namespace gatehouse::importers
