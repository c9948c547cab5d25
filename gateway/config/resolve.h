// Document -> records: variables expanded, shapes read, names and references checked; all problems at once.
#pragma once

#include "gateway/config/document.h"
#include "gateway/config/records.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {

struct ResolveOptions {
    std::string environment; // environments/NAME.yaml; empty: none, and ${name} is an error
    // The value of a secret, by name; unset or nothing: a located error that says how to set it.
    std::function<std::optional<std::string>(const std::string &name)> secrets;
    // Of the process; unset: getenv.
    std::function<std::optional<std::string>(const std::string &name)> variables;
    bool trusted = true; // false: ${env:…}, ${secret:…}, expose and targets beyond loopback are errors (security.md)
};

struct Resolved {
    std::shared_ptr<const Workspace> workspace; // null where there are errors
    Problems problems;                          // errors and warnings, sorted by file and place
    explicit operator bool() const { return workspace != nullptr; }
};
Resolved resolve(const Document &document, const ResolveOptions &options = {});

// Names in ${secret:NAME} anywhere in the workspace, each once: what has to be looked up before resolve().
std::vector<std::string> secretNames(const Document &document);

// What a stranger's workspace asks trust for, in words that a person can judge.
struct Wish {
    std::string what; // "reads the secret web-app-key", "sends requests to 10.0.0.5:80"
    Location at;
    bool operator==(const Wish &) const = default;
};
std::vector<Wish> trustWishes(const Document &document);

} // namespace gatehouse::config
