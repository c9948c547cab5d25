// Words of a shell's command line (POSIX quoting and bash's $'…'), without expansion. Thread-safe: no state.
#pragma once

#include "gateway/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

// An unclosed quote is an error that says where.
Result<std::vector<std::string>> splitShellWords(std::string_view line);
// The word in quotes that bash reads back as it was; unquoted where nothing needs them. What can't be seen, or isn't UTF-8, is written
// as \xNN, so that the line survives a clipboard and hides nothing. A NUL, which no word can hold, is written so too.
std::string quoteForShell(std::string_view word);

} // namespace gatehouse
