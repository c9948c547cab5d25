// The canonical form of a file: fixed key order, defaults left out, one blank line between top-level sections; comments stay.
#pragma once

#include "gateway/config/document.h"

#include <string>

namespace gatehouse::config {

// Errors: the file can't be read as YAML. The result says the same as the text and formats to itself.
Result<std::string> formatted(const Document &document, std::string_view file);

} // namespace gatehouse::config
