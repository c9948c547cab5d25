// Shapes of listeners, upstreams, consumers, groups, routes, mocks and settings.
#include "gateway/config/shapes.h"

#include "gateway/base/text.h"

namespace gatehouse::config {

using namespace schema;
using namespace std::chrono_literals;

namespace {

const ListOptions some{0, 10'000, true, true};

Ptr<LimitsGiven> limitsShape()
{
    static const auto shape = record<LimitsGiven>("limits",
        field("header-size", &LimitsGiven::headerSize, size(1024, 16 << 20), defaultText("32KiB"), help(QT_TRANSLATE_NOOP("shape", "Bytes of a request's head; more is 431."))),
        field("headers", &LimitsGiven::headers, range(1, 10'000), defaultText("100")),
        field("url", &LimitsGiven::url, size(256, 1 << 20), defaultText("8KiB")),
        field("connections", &LimitsGiven::connections, range(1, 1'000'000), defaultText("10000")),
        field("header-timeout", &LimitsGiven::headerTimeout, duration(1ms), defaultText("10s")),
        field("body-idle", &LimitsGiven::bodyIdle, duration(1ms), defaultText("30s")),
        field("idle", &LimitsGiven::idle, duration(1ms), defaultText("75s")));
    return shape;
}

Ptr<RetryOn> retryOnShape()
{
    static const auto names = form("failure", [](std::string_view text) -> std::string {
        const auto status = parseUnsigned(text);
        if (text == "connect-failure" || text == "reset" || text == "timeout" || (status && *status >= 400 && *status <= 599))
            return {};
        return "is not one of `connect-failure`, `reset`, `timeout` or a status from 400 to 599";
    });
    static const auto shape = via<RetryOn, std::string>(names, [](std::string text, RetryOn &out) {
        if (const auto status = parseUnsigned(text))
            out = {Failure::Status, static_cast<int>(*status)};
        else
            out = {text == "reset" ? Failure::Reset : text == "timeout" ? Failure::Timeout : Failure::ConnectFailure, 0};
    }, [](const RetryOn &value) {
        switch (value.failure) {
        case Failure::Reset: return std::string("reset");
        case Failure::Timeout: return std::string("timeout");
        case Failure::Status: return std::to_string(value.status);
        case Failure::ConnectFailure: break;
        }
        return std::string("connect-failure");
    });
    return shape;
}

Ptr<TimeoutGiven> timeoutShape()
{
    static const auto shape = record<TimeoutGiven>("timeouts",
        field("connect", &TimeoutGiven::connect, duration(1ms), defaultText("5s")),
        field("response", &TimeoutGiven::response, duration(1ms), defaultText("60s"), help(QT_TRANSLATE_NOOP("shape", "From the end of the request to the head of the answer."))),
        field("idle", &TimeoutGiven::idle, duration(1ms), defaultText("60s"), help(QT_TRANSLATE_NOOP("shape", "Between two pieces of a body."))),
        field("total", &TimeoutGiven::total, duration(1ms), help(QT_TRANSLATE_NOOP("shape", "For all tries together."))));
    return shape;
}

Ptr<RetryGiven> retryShape()
{
    static const auto backoff = record<BackoffGiven>("backoff",
        field("base", &BackoffGiven::base, duration(1ms), defaultText("50ms")),
        field("max", &BackoffGiven::max, duration(1ms), defaultText("1s")),
        field("jitter", &BackoffGiven::jitter, oneOfNames<Jitter>("jitter", {{"full", Jitter::Full}, {"none", Jitter::None}}), defaultText("full")),
        atMost("base", "max"));
    static const auto shape = record<RetryGiven>("retry",
        field("times", &RetryGiven::times, range(0, 20), defaultText("2"), help(QT_TRANSLATE_NOOP("shape", "Tries after the first."))),
        field("failures", &RetryGiven::failures, list(retryOnShape(), some), defaultText("connect-failure, reset, timeout, 502, 503, 504")),
        field("methods", &RetryGiven::methods, list(method(), some), defaultText("GET, HEAD, OPTIONS, TRACE, PUT, DELETE")),
        field("per-try", &RetryGiven::perTry, duration(1ms), advanced),
        field("backoff", &RetryGiven::backoff, backoff, advanced),
        field("budget", &RetryGiven::budget, share(), advanced, defaultText("20%"), help(QT_TRANSLATE_NOOP("shape", "Retries may be at most this share of requests."))));
    return shape;
}

Ptr<std::string> upstreamHost()
{
    return form("host", [](std::string_view text) -> std::string {
        if (text == "keep" || text == "upstream")
            return {};
        return parseUrl("http://" + std::string(text)) && text.find('/') == std::string_view::npos ? std::string() : "is neither `keep`, `upstream` nor a host";
    });
}

template <typename T, typename... Parts>
Ptr<T> withContent(std::string name, Parts... parts)
{
    return record<T>(std::move(name), std::move(parts)...,
        field("headers", &T::headers, map(headerName(), headerValue())),
        field("body", &T::body),
        field("json", &T::json, help(QT_TRANSLATE_NOOP("shape", "A value that is sent as JSON."))),
        field("file", &T::file, file(), help(QT_TRANSLATE_NOOP("shape", "A file in the workspace's folder."))),
        atMostOneOf({"body", "json", "file"}));
}

Ptr<Latency> latencyShape()
{
    static const auto distribution = [](Latency::Type type, const char *name) {
        return customField<Latency>(Field{"distribution", text(), true, false, false, false, false, {}, {}, {}, {}, {}, {}},
            [type](const Node &, Latency &out, Reader &) {
                out.type = type;
                return true;
            },
            [type, name](const Latency &value) -> std::optional<Node> { return value.type == type ? std::optional(Node::scalar(name)) : std::nullopt; });
    };
    static const auto distributions = oneOfByField<Latency>("distribution", "distribution",
        {{"lognormal", record<Latency>("lognormal", distribution(Latency::Type::Lognormal, "lognormal"), field("median", &Latency::median, duration(1us), required), field("sigma", &Latency::sigma, range(0, 10)))},
         {"normal", record<Latency>("normal", distribution(Latency::Type::Normal, "normal"), field("mean", &Latency::mean, required), field("deviation", &Latency::deviation, required))},
         {"uniform", record<Latency>("uniform", distribution(Latency::Type::Uniform, "uniform"), field("min", &Latency::min), field("max", &Latency::max, required), lessThan("min", "max"))}},
        [](const Latency &value) { return value.type == Latency::Type::Uniform ? size_t(2) : value.type == Latency::Type::Normal ? size_t(1) : size_t(0); });
    static const auto shape = oneOfTypes<Latency>("latency",
        {{"a duration", via<Latency, Duration>(duration(), [](Duration value, Latency &out) {
              out.type = value == Duration::zero() ? Latency::Type::None : Latency::Type::Fixed;
              out.fixed = value;
          }, [](const Latency &value) { return value.fixed; }), QT_TRANSLATE_NOOP("shape", "fixed")},
         {"a distribution", distributions, QT_TRANSLATE_NOOP("shape", "distribution")}},
        [](const Latency &value) { return value.type <= Latency::Type::Fixed ? size_t(0) : size_t(1); });
    return shape;
}

} // namespace

Ptr<DeliveryGiven> deliveryShape()
{
    static const auto shape = record<DeliveryGiven>("delivery",
        field("timeout", &DeliveryGiven::timeout, timeoutShape()),
        field("retry", &DeliveryGiven::retry, retryShape()),
        planned({"hedge"}));
    return shape;
}

Ptr<Settings> settingsShape()
{
    static const auto paths = record<PathSettings>("paths",
        field("dot-segments", &PathSettings::dotSegments, oneOfNames<DotSegments>("dot-segments", {{"resolve", DotSegments::Resolve}, {"reject", DotSegments::Reject}})),
        field("merge-slashes", &PathSettings::mergeSlashes),
        field("encoded-slash", &PathSettings::encodedSlash, oneOfNames<EncodedSlash>("encoded-slash", {{"keep", EncodedSlash::Keep}, {"reject", EncodedSlash::Reject}, {"decode", EncodedSlash::Decode}})));
    static const auto redact = form("redaction", [](std::string_view text) -> std::string {
        for (std::string_view prefix : {"header.", "query.", "cookie.", "form.", "json.$."})
            if (text.starts_with(prefix) && text.size() > prefix.size())
                return {};
        return "is not one of header.NAME, query.NAME, cookie.NAME, form.NAME or json.$.NAME";
    });
    static const auto recording = record<RecordingSettings>("recording",
        field("bodies", &RecordingSettings::bodies, size(0, 1ull << 32), help(QT_TRANSLATE_NOOP("shape", "Bytes kept of each body."))),
        field("memory", &RecordingSettings::memory, size(8 << 20, 1ull << 40), help(QT_TRANSLATE_NOOP("shape", "Bytes of all that is recorded; the oldest goes first."))),
        field("redact", &RecordingSettings::redact, list(redact, some), help(QT_TRANSLATE_NOOP("shape", "What is never recorded, besides the well-known credentials."))),
        planned({"keep"}));
    static const auto shape = record<Settings>("settings",
        field("trusted-proxies", &Settings::trustedProxies, list(cidr(), some), help(QT_TRANSLATE_NOOP("shape", "Only from these are forwarding headers believed."))),
        field("forwarded", &Settings::forwarded, oneOfNames<Forwarded>("forwarded", {{"x-forwarded", Forwarded::XForwarded}, {"rfc7239", Forwarded::Rfc7239}, {"both", Forwarded::Both}, {"none", Forwarded::None}}),
            help(QT_TRANSLATE_NOOP("shape", "How the upstream is told who asked."))),
        field("paths", &Settings::paths, paths),
        field("recording", &Settings::recording, recording),
        field("limits", &Settings::limits, limitsShape()),
        planned({"telemetry"}));
    return shape;
}

Ptr<Listener> listenerShape()
{
    static const auto shape = record<Listener>("listener",
        field("name", &Listener::name, definedName("listener"), required),
        field("address", &Listener::address, address(), required, help(QT_TRANSLATE_NOOP("shape", "IP:PORT, where port 0 takes a free one, or unix:/path."))),
        field("expose", &Listener::expose, help(QT_TRANSLATE_NOOP("shape", "Reachable from other machines."))),
        field("hosts", &Listener::hosts, list(host(), some), help(QT_TRANSLATE_NOOP("shape", "Hosts it answers for besides localhost and those of routes."))),
        planned({"protocols", "tls"}),
        field("proxy-protocol", &Listener::proxyProtocol, oneOfNames<ProxyIn>("proxy-in", {{"off", ProxyIn::Off}, {"accept", ProxyIn::Accept}, {"require", ProxyIn::Require}}), advanced,
            help(QT_TRANSLATE_NOOP("shape", "Whether a proxy in front says by a PROXY header who the client is. Believed from this machine and from trusted-proxies only; others that send one are cut off."))),
        planned({"mode", "intercept"}),
        field("policies", &Listener::policies, list(policyEntryShape())),
        field("limits", &Listener::limitsGiven, limitsShape(), advanced),
        check<Listener>([](const Listener &listener, const Node &node, Reader &reader) {
            const auto address = parseAddress(listener.address);
            const Member *member = node.member("address");
            if (!address || !member || reader.unknown(member->value))
                return;
            reader.path.push(Step("address"));
            if (!address->loopback() && !listener.expose)
                reader.error(member->value, Reader::shown(member->value) + " can be reached from other machines; say `expose: true` if that is meant", "expose");
            reader.path.pop();
        }));
    return shape;
}

Ptr<Upstream> upstreamShape()
{
    static const auto endpoint = record<Endpoint>("endpoint",
        field("name", &Endpoint::name, plainName(), advanced),
        field("url", &Endpoint::url, url({"http", "unix"}), required),
        field("weight", &Endpoint::weight, range(0, 1000), help(QT_TRANSLATE_NOOP("shape", "Share of requests compared with the others; 0 takes none."))),
        field("enabled", &Endpoint::enabled),
        shorthand("url"));
    static const auto connections = record<Connections>("connections",
        field("max", &Connections::max, range(1, 100'000)),
        field("pending", &Connections::pending, range(0, 1'000'000), help(QT_TRANSLATE_NOOP("shape", "Requests that may wait for a connection."))),
        field("idle", &Connections::idle, duration(), help(QT_TRANSLATE_NOOP("shape", "How long an unused one is kept; 0 keeps none."))),
        field("requests", &Connections::requests, range(0, 1'000'000), help(QT_TRANSLATE_NOOP("shape", "On one connection; 0 is no limit."))));
    static const auto shape = record<Upstream>("upstream",
        field("name", &Upstream::name, definedName("upstream"), required),
        field("endpoints", &Upstream::endpoints, list(endpoint, ListOptions{1, 10'000, false, false})),
        planned({"discover"}),
        field("balance", &Upstream::balance, oneOfNames<Balance>("balance", {{"round-robin", Balance::RoundRobin}},
            {"least-request", "random", "power-of-two", "ip-hash", "consistent-hash", "peak-ewma"})),
        planned({"hash-by", "bounded-load", "affinity", "slow-start"}),
        field("connections", &Upstream::connections, connections, advanced),
        field("host", &Upstream::host, upstreamHost(), help(QT_TRANSLATE_NOOP("shape", "Host sent to it: keep the client's, the upstream's own, or this text."))),
        planned({"protocol", "tls"}),
        field("proxy-protocol", &Upstream::proxyProtocol, oneOfNames<ProxyOut>("proxy-out", {{"off", ProxyOut::Off}, {"v1", ProxyOut::V1}, {"v2", ProxyOut::V2}}), advanced,
            help(QT_TRANSLATE_NOOP("shape", "Says in front of each connection who the client is, by a PROXY header of this version. A connection then serves one client's connection only, so more of them are opened."))),
        planned({"health", "circuit-breaker"}),
        field("delivery", &Upstream::delivery, deliveryShape()),
        planned({"offline", "policies"}),
        exactlyOneOf({"endpoints", "discover"}));
    return shape;
}

Ptr<Consumer> consumerShape()
{
    static const auto shape = record<Consumer>("consumer",
        field("name", &Consumer::name, definedName("consumer"), required),
        field("groups", &Consumer::groups, list(plainName(), some)),
        field("api-keys", &Consumer::apiKeys, list(secret(), ListOptions{0, 1000, true, true}), help(QT_TRANSLATE_NOOP("shape", "Best as ${secret:NAME}."))),
        planned({"basic", "jwt", "signatures", "certificates", "policies"}));
    return shape;
}

Ptr<Group> groupShape()
{
    static const auto shape = record<Group>("group",
        field("name", &Group::name, definedName("group"), required),
        field("hosts", &Group::hosts, list(host(), some)),
        field("prefix", &Group::prefix, urlPath()),
        field("policies", &Group::policies, list(policyEntryShape())));
    return shape;
}

Ptr<Route> routeShape()
{
    static const auto rewrite = record<Rewrite>("rewrite",
        field("path", &Rewrite::path, expression()),
        field("strip-prefix", &Rewrite::stripPrefix, urlPath()),
        field("add-prefix", &Rewrite::addPrefix, urlPath()),
        field("host", &Rewrite::host, expression()),
        field("query", &Rewrite::query, queryEditsShape()),
        field("headers", &Rewrite::headers, headerEditsShape()),
        excludes("path", {"strip-prefix", "add-prefix"}));
    static const auto respond = withContent<Respond>("respond", field("status", &Respond::status, range(200, 599)));
    static const auto redirect = record<Redirect>("redirect",
        field("location", &Redirect::location, expression(), required),
        field("status", &Redirect::status, oneOfNames<int>("redirect-status", {{"301", 301}, {"302", 302}, {"303", 303}, {"307", 307}, {"308", 308}})));
    static const auto target = record<Target>("target",
        field("upstream", &Target::upstream, reference("upstream")),
        field("mock", &Target::mock, reference("mock")),
        field("respond", &Target::respond, respond),
        field("redirect", &Target::redirect, redirect),
        planned({"split", "compose", "graphql", "mirror"}),
        exactlyOneOf({"upstream", "split", "mock", "respond", "redirect", "compose", "graphql"}));
    static const auto shape = record<Route>("route",
        field("name", &Route::name, definedName("route"), required),
        field("description", &Route::description),
        field("group", &Route::group, reference("group")),
        field("match", &Route::match, conditionShape()),
        field("priority", &Route::priority, range(-1'000'000, 1'000'000), advanced, help(QT_TRANSLATE_NOOP("shape", "The higher one wins before anything else is compared."))),
        field("policies", &Route::policies, list(policyEntryShape())),
        field("rewrite", &Route::rewrite, rewrite),
        field("delivery", &Route::delivery, deliveryShape(), advanced),
        field("enabled", &Route::enabled),
        field("tags", &Route::tags, list(text(1), some), advanced),
        field("to", &Route::to, target, required),
        planned({"version"}));
    return shape;
}

Ptr<Mock> mockShape()
{
    static const auto response = withContent<MockResponse>("mock-response",
        field("when", &MockResponse::when, conditionShape()),
        field("status", &MockResponse::status, range(200, 599)),
        field("latency", &MockResponse::latency, latencyShape()),
        planned({"template", "script", "faults"}));
    static const auto shape = record<Mock>("mock",
        field("name", &Mock::name, definedName("mock"), required),
        field("responses", &Mock::responses, list(response, ListOptions{1, 10'000, false, false}), required),
        field("mode", &Mock::mode, oneOfNames<MockMode>("mock-mode", {{"first-match", MockMode::FirstMatch}, {"sequence", MockMode::Sequence}, {"random", MockMode::Random}})));
    return shape;
}

} // namespace gatehouse::config
