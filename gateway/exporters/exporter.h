// What a workspace becomes elsewhere: a table of targets, each a pure function from records to files and findings. What a target
// can't do, or does otherwise, is a finding beside the line of output it concerns; what is not in a target's table is "unsupported".
#pragma once

#include "gateway/base/json.h"
#include "gateway/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config { struct Workspace; }

namespace gatehouse::exporters {

enum class Level : uint8_t { Exact, Approximated, Unsupported };
std::string_view name(Level level); // "exact", "approximated", "unsupported"

struct Finding {
    Level level = Level::Exact;
    std::string where;   // in the document: "routes[3].policies[1]"
    std::string feature; // "rate-limit.algorithm"
    std::string message; // what differs, one sentence
    std::string remedy;  // what to do about it; empty for Exact
    std::string file;    // of the output
    uint32_t line = 0;   // from 1
};

struct File { std::string name, text; }; // the name may hold folders

struct Export {
    std::vector<File> files;       // the first is the one to read first
    std::vector<Finding> findings; // in the order of lines
};

// Pure: the same workspace gives the same octets. Secrets' values are never in the files.
struct Exporter {
    std::string_view name;  // "nginx"
    std::string_view title; // "nginx", as people write it
    // An error when the workspace could not run itself: the first of its problems.
    Result<Export> (*run)(const config::Workspace &workspace);
};

const std::vector<Exporter> &exporters();
const Exporter *find(std::string_view name); // null: no such target

// cli.md, "Export findings".
json::Value exportJson(const Exporter &exporter, const Export &made);

} // namespace gatehouse::exporters
