// Names of a workspace: each defined once, each reference to one that is there. Of config's own files only.
#pragma once

#include "gateway/config/problem.h"
#include "gateway/schema/shape.h"

#include <string>
#include <vector>

namespace gatehouse::config {

// Tells duplicates and references to nothing, with the nearest name of that kind.
void checkNames(const std::vector<schema::NameUse> &names, const std::vector<std::string> &files, Problems &problems);

} // namespace gatehouse::config
