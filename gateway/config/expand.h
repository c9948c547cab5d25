// ${name}, ${env:NAME}, ${secret:NAME} and $${ in a document's scalars. Of config's own files only.
#pragma once

#include "gateway/config/problem.h"
#include "gateway/schema/node.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {

// One ${…}: of what it is made and where it stands in the text.
struct Placeholder {
    enum class Type : uint8_t { Variable, Environment, Secret } type = Type::Variable;
    std::string name;
    size_t begin = 0;
    size_t end = 0;
};
// In order; an unclosed or empty one gives nothing and says so in `wrong`.
std::vector<Placeholder> placeholders(std::string_view text, std::string &wrong);

// The value, or what is wrong (a sentence).
using Lookup = std::function<std::optional<std::string>(const Placeholder &placeholder, std::string &wrong)>;

// Replaces all in place; scalars keep what was written. Each that can't be is told once and leaves the scalar unresolved.
void expand(schema::Node &root, const std::vector<std::string> &files, const Lookup &lookup, Problems &problems);

// Every ${…} of the tree.
void visitPlaceholders(const schema::Node &root, const std::function<void(const schema::Node &, const schema::Path &, const Placeholder &)> &visit);

} // namespace gatehouse::config
