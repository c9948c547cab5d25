// The workspace as the runtime sees it: plain structs with every value present, made by resolve() (config/resolve.h).
// Nothing here knows YAML. Values; free to share between threads once made.
#pragma once

#include "gateway/base/ip.h"
#include "gateway/base/json.h"
#include "gateway/schema/path.h"
#include "gateway/schema/values.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::config {

using gatehouse::Cidr;
using schema::Secret;
template <typename T>
using Entries = std::vector<std::pair<std::string, T>>; // a map in order of writing

// Where a record stands: file relative to the workspace's folder, path inside it, line from 1 (0: nowhere, it is a default).
struct Origin {
    std::string file;
    schema::Path path;
    uint32_t line = 0;
};

// ---- conditions

// All that is given must hold; a match of nothing is true for every value that is there.
struct TextMatch {
    std::optional<std::string> equals, prefix, suffix, contains;
    std::optional<std::string> regex; // RE2, anchored as written
    std::vector<std::string> oneOf;   // empty: not asked
    std::optional<bool> present;
    bool negate = false; // `not: true`
};

// A template ("/orders/{id}"), or conditions on what the route's template captured (mocks and policies).
struct PathCondition {
    std::string pattern; // empty: captures
    Entries<TextMatch> captures;
};

// What a request must be. All that is given must hold; empty lists are not asked. Strings as in workspace-format "Conditions".
struct Condition {
    std::vector<std::string> hosts; // lower-case; exact or *.x
    std::optional<PathCondition> path; // at most one of path, prefix, exact, regex
    std::optional<std::string> prefix, exact, regex;
    std::vector<std::string> methods;
    Entries<TextMatch> headers; // names as written; compared without case
    Entries<TextMatch> query, cookies;
    std::vector<Cidr> client;
    std::vector<std::string> consumer, groups;
    std::optional<double> share; // 0..1 of all, by hash of sticky
    std::string sticky = "client-ip"; // a counting key, as of limits
    std::optional<TextMatch> body;
    std::vector<Condition> all, any;
    std::shared_ptr<Condition> negated; // `not`; null: not asked
};

// ---- policies

enum class OnError : uint8_t { Closed, Open };
enum class PolicyMode : uint8_t { Enforce, Shadow };

// An entry of a list of policies: a kind with its record, after references were followed.
struct PolicyEntry {
    std::string name;      // the shared policy's, or the entry's own; may be empty
    std::string reference; // of a shared policy, where the entry was only a name; then all else is that policy's
    bool enabled = true;
    std::optional<Condition> when;
    std::optional<OnError> onErrorWritten;
    OnError onError = OnError::Open; // as written, or the kind's default
    PolicyMode mode = PolicyMode::Enforce;
    bool override = false;
    std::string kind; // "rate-limit"
    std::shared_ptr<const void> record; // of the kind's type: as<RateLimit>()
    Origin origin;

    template <typename T>
    const T &as() const { return *static_cast<const T *>(record.get()); }
};

// ---- listeners

struct Limits {
    uint64_t headerSize = 32 * 1024; // bytes of a head
    unsigned headers = 100;
    uint64_t url = 8 * 1024;
    unsigned connections = 10'000;
    Duration headerTimeout = std::chrono::seconds(10);
    Duration bodyIdle = std::chrono::seconds(30);
    Duration idle = std::chrono::seconds(75);
};
// What a file gives of them; the listener's win one by one over the settings'.
struct LimitsGiven {
    std::optional<uint64_t> headerSize, url;
    std::optional<unsigned> headers, connections;
    std::optional<Duration> headerTimeout, bodyIdle, idle;
};
Limits merged(const LimitsGiven &settings, const LimitsGiven &listener);

enum class ProxyIn : uint8_t { Off, Accept, Require }; // Accept: a PROXY header is taken where a connection begins with one

struct Listener {
    std::string name;
    std::string address; // as written; address.port 0: a free one is taken
    std::vector<std::string> hosts;
    bool expose = false;
    ProxyIn proxyProtocol = ProxyIn::Off;
    std::vector<PolicyEntry> policies;
    LimitsGiven limitsGiven;
    Limits limits;
    Origin origin;
};

// ---- delivery and upstreams

enum class Failure : uint8_t { ConnectFailure, Reset, Timeout, Status };
struct RetryOn {
    Failure failure = Failure::ConnectFailure;
    int status = 0; // of Failure::Status
    bool operator==(const RetryOn &) const = default;
};
enum class Jitter : uint8_t { Full, None };

struct Delivery {
    Duration connect = std::chrono::seconds(5);
    Duration response = std::chrono::seconds(60); // from the end of the request to the response's head
    Duration idle = std::chrono::seconds(60);     // between bytes
    Duration total = Duration::zero();            // all tries together; 0: no limit
    unsigned times = 0;                           // tries after the first; 0 where `retry` is not given
    std::vector<RetryOn> failures;
    std::vector<std::string> methods;
    Duration perTry = Duration::zero(); // 0: no limit
    Duration backoffBase = std::chrono::milliseconds(50);
    Duration backoffMax = std::chrono::seconds(1);
    Jitter jitter = Jitter::Full;
    double budget = 0.2; // retries as a share of requests
};
// What a file gives of it; the route's keys win one by one over the upstream's, those over the defaults.
struct TimeoutGiven {
    std::optional<Duration> connect, response, idle, total;
};
struct BackoffGiven {
    std::optional<Duration> base, max;
    std::optional<Jitter> jitter;
};
struct RetryGiven {
    std::optional<unsigned> times; // 2 where `retry` stands without it
    std::optional<std::vector<RetryOn>> failures;
    std::optional<std::vector<std::string>> methods;
    std::optional<Duration> perTry;
    BackoffGiven backoff;
    std::optional<double> budget;
};
struct DeliveryGiven {
    TimeoutGiven timeout;
    std::optional<RetryGiven> retry;
};
Delivery merged(const DeliveryGiven &upstream, const DeliveryGiven &route);

struct Endpoint {
    std::string url; // http://host:port[/base]
    unsigned weight = 1;
    std::string name; // empty: the URL's host and port stand for it
    bool enabled = true;
};
enum class Balance : uint8_t { RoundRobin };
struct Connections {
    unsigned max = 128;      // open at a time, all workers together
    unsigned pending = 1024; // requests waiting for one
    Duration idle = std::chrono::seconds(60);
    unsigned requests = 0; // on one connection; 0: no limit
};
enum class ProxyOut : uint8_t { Off, V1, V2 }; // the version of the PROXY header that each connection begins with
struct Upstream {
    std::string name;
    std::vector<Endpoint> endpoints;
    Balance balance = Balance::RoundRobin;
    Connections connections;
    ProxyOut proxyProtocol = ProxyOut::Off;
    std::string host = "keep"; // keep: the client's; upstream: the endpoint's; anything else: this text
    DeliveryGiven delivery;
    Origin origin;
};

// ---- consumers and groups

struct Consumer {
    std::string name;
    std::vector<std::string> groups;
    std::vector<Secret> apiKeys;
    Origin origin;
};

struct Group {
    std::string name;
    std::vector<std::string> hosts;
    std::string prefix; // empty: none
    std::vector<PolicyEntry> policies;
    Origin origin;
};

// ---- routes

// Changes to headers or query parameters, run in this order: remove, rename, set, add. Values are expressions.
struct FieldEdits {
    Entries<std::string> set, add, rename;
    std::vector<std::string> remove;
    bool empty() const { return set.empty() && add.empty() && rename.empty() && remove.empty(); }
};

struct Rewrite {
    std::optional<std::string> path; // expression; excludes the next two
    std::optional<std::string> stripPrefix, addPrefix;
    std::optional<std::string> host; // expression
    FieldEdits query, headers;
};

// At most one of body, json, file.
struct Content {
    std::optional<std::string> body;
    std::optional<json::Value> json;
    std::optional<std::string> file; // relative to the workspace's folder
};
struct Respond {
    int status = 200;
    Entries<std::string> headers; // values are expressions
    std::optional<std::string> body;
    std::optional<json::Value> json;
    std::optional<std::string> file;
};
struct Redirect {
    std::string location; // expression
    int status = 302;
};
// Exactly one is given.
struct Target {
    std::optional<std::string> upstream, mock; // names
    std::optional<Respond> respond;
    std::optional<Redirect> redirect;
    std::string kind() const; // "upstream", "mock", "respond", "redirect"
};

struct Route {
    std::string name;
    std::string group; // empty: none
    Condition match;   // as written: the group's hosts and prefix are not in it
    int priority = 0;
    std::vector<PolicyEntry> policies;
    Rewrite rewrite;
    DeliveryGiven delivery;
    bool enabled = true;
    std::string description;
    std::vector<std::string> tags;
    Target to;
    Origin origin;
};

// ---- mocks

struct Latency {
    enum class Type : uint8_t { None, Fixed, Lognormal, Normal, Uniform };
    Type type = Type::None;
    Duration fixed{};            // Fixed
    Duration median{};           // Lognormal
    double sigma = 0.3;          // Lognormal
    Duration mean{}, deviation{}; // Normal; cut at 0
    Duration min{}, max{};       // Uniform
};
struct MockResponse {
    std::optional<Condition> when; // none: always
    int status = 200;
    Entries<std::string> headers;
    std::optional<std::string> body;
    std::optional<json::Value> json;
    std::optional<std::string> file;
    Latency latency;
};
enum class MockMode : uint8_t { FirstMatch, Sequence, Random };
struct Mock {
    std::string name;
    std::vector<MockResponse> responses;
    MockMode mode = MockMode::FirstMatch;
    Origin origin;
};

// ---- settings

enum class Forwarded : uint8_t { XForwarded, Rfc7239, Both, None };
enum class DotSegments : uint8_t { Resolve, Reject };
enum class EncodedSlash : uint8_t { Keep, Reject, Decode };
struct PathSettings {
    DotSegments dotSegments = DotSegments::Resolve;
    bool mergeSlashes = false;
    EncodedSlash encodedSlash = EncodedSlash::Keep;
};
struct RecordingSettings {
    uint64_t bodies = 1 << 20;   // bytes kept of each body
    uint64_t memory = 256 << 20; // bytes of all that is recorded
    std::vector<std::string> redact; // header.NAME, query.NAME, cookie.NAME, form.NAME, json.$.path
};
struct Settings {
    std::vector<Cidr> trustedProxies;
    Forwarded forwarded = Forwarded::XForwarded;
    PathSettings paths;
    RecordingSettings recording;
    LimitsGiven limits;
};

struct Workspace {
    std::string name; // the folder's where the file gives none
    std::string folder; // absolute; what files are relative to
    Settings settings;
    std::vector<Listener> listeners;
    std::vector<Upstream> upstreams;
    std::vector<Consumer> consumers;
    std::vector<PolicyEntry> policies; // shared, by name
    std::vector<Group> groups;
    std::vector<Route> routes; // in file order: includes after gatehouse.yaml, by name of file
    std::vector<Mock> mocks;
    std::vector<std::string> secretValues; // what ${secret:…} gave, wherever it stands now: never to be shown

    const Upstream *upstream(std::string_view name) const;
    const Mock *mock(std::string_view name) const;
    const Group *group(std::string_view name) const;
    const Route *route(std::string_view name) const;
    const Listener *listener(std::string_view name) const;
    const Consumer *consumer(std::string_view name) const;
};

} // namespace gatehouse::config
