// What is wrong with a workspace: the schema's problems under config's name.
#pragma once

#include "gateway/schema/problem.h"

namespace gatehouse::config {

using Problem = schema::Problem;
using Problems = schema::Problems;
using Severity = schema::Severity;

} // namespace gatehouse::config
