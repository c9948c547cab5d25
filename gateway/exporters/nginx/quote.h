// Texts as nginx reads them. Its grammar: a token in double quotes, where \ escapes " \ t r n; "$" begins a variable in values and
// can't be escaped, so that ${gh_dollar}, which holds one, stands for it. A token ends at 4096 octets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"

namespace gatehouse::exporters::nginx {

inline constexpr size_t longestToken = 3500;

// A token in quotes: variables in it stay variables.
std::string quoted(std::string_view token);
// A text as part of a value: nothing in it is a variable. NUL can't be written and is left out: see writable().
std::string literal(std::string_view text);
bool writable(std::string_view text); // no NUL
// A text as part of a PCRE: matches itself. NUL included.
std::string pattern(std::string_view text);
// The same, where each character may come percent-encoded (and a space as +).
std::string encodedPattern(std::string_view text);
// A map's key that is a regex, quoted; from the beginning, unless `anywhere`.
std::string regexKey(std::string_view regex);
// Names of groups become g<N>_<ordinal>: nginx makes variables of them.
std::string renamedGroups(std::string_view regex, unsigned number, std::vector<std::string> &names);
// For a comment: one line, no control characters.
std::string comment(std::string_view text);
std::string duration(Duration time); // 0 is "never": a day
std::string variable(std::string_view name); // ${name}
// The variable that holds a header of the request; empty when nginx has none for such a name.
std::string headerVariable(std::string_view header, std::string_view prefix = "http_");

} // namespace gatehouse::exporters::nginx
