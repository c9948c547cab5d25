// Texts to nodes: YAML by libyaml's events, JSON by our own reader. Thread-safe: no state.
#pragma once

#include "gateway/base/result.h"
#include "gateway/schema/node.h"
#include "gateway/schema/problem.h"

#include <string>
#include <string_view>

namespace gatehouse::schema {

struct ParseLimits {
    size_t bytes = 16u << 20;
    size_t aliasNodes = 10'000; // nodes that aliases may add
    size_t nodes = 1'000'000;   // of a whole text
    size_t problems = 200;      // told before reading stops
    unsigned depth = 64;
};

// All that can be told: a text that can't be read gives one problem, duplicate keys and tags one each. `file` is set in every node
// and `name` in every problem. An empty text is an empty map.
Result<Node, Problems> parseYaml(std::string_view text, uint16_t file, const std::string &name, const ParseLimits &limits = {});
Result<Node, Problems> parseJson(std::string_view text, uint16_t file, const std::string &name, const ParseLimits &limits = {});
// By the ending of the name: .json is JSON, all else YAML.
Result<Node, Problems> parseDocument(std::string_view text, uint16_t file, const std::string &name, const ParseLimits &limits = {});
bool isJsonFile(std::string_view name);

} // namespace gatehouse::schema
