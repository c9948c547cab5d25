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
    // Why a secret could not be had, where there is more to say than that it is not set: a locked keychain. Unset or empty: nothing.
    std::function<std::string(const std::string &name)> whyNoSecret;
    // Of the process; unset: getenv.
    std::function<std::optional<std::string>(const std::string &name)> variables;
    bool trusted = true; // false: ${env:…}, ${secret:…}, expose and targets beyond loopback are errors (security.md)
    // With trusted = false: whether a wish, by its words, is granted all the same. Where this is set, what is not granted is no
    // error: it is held back (config/trust.h), its place says so in a warning, and everything else resolves.
    std::function<bool(const std::string &what)> granted;
};

struct Resolved {
    std::shared_ptr<const Workspace> workspace; // null where there are errors
    Problems problems;                          // errors and warnings, sorted by file and place
    explicit operator bool() const { return workspace != nullptr; }
};
Resolved resolve(const Document &document, const ResolveOptions &options = {});

// Takes the values of secrets out of messages.
void withoutSecrets(Problems &problems, const std::vector<std::string> &values);

// Names in ${secret:NAME} anywhere in the workspace, each once: what has to be looked up before resolve().
std::vector<std::string> secretNames(const Document &document);
// The name under which a workspace's secrets are kept: as its file has it, or else its folder's.
std::string workspaceName(const Document &document);
// What is wished by ${secret:NAME}, as trustWishes() has it.
std::string secretWish(std::string_view name);

// What a stranger's workspace asks trust for, in words that a person can judge.
struct Wish {
    enum class Kind : uint8_t { Secret, Variable, Expose, Target };
    std::string what; // "reads the secret web-app-key", "sends requests to 10.0.0.5:80"
    Location at;
    Kind kind = Kind::Target;
    bool operator==(const Wish &) const = default;
};
std::vector<Wish> trustWishes(const Document &document);

} // namespace gatehouse::config
