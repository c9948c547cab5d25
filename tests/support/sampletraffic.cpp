#include "tests/support/sampletraffic.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <array>
#include <deque>

namespace gatehouse::test {
namespace {

using namespace observe;

struct Pattern {
    uint16_t status;
    Verdict verdict;
    const char *method, *host, *path, *query, *route, *target, *endpoint;
    TargetKind kind;
    int64_t duration, gateway;
    uint64_t size;
    uint8_t tries;
};

constexpr const char *api = "api.shop.localhost", *img = "img.shop.localhost";
constexpr auto up = TargetKind::Upstream;

// The table of the picture, top to bottom.
const std::array<Pattern, 23> pictured{{
    {200, Verdict::Allowed, "GET", api, "/v1/orders/4711", "expand=items", "get-order", "orders", "127.0.0.1:9002", up, 41'200, 1'100, 6'042, 1},
    {200, Verdict::Allowed, "GET", img, "/p/8821/large.webp", "", "images", "static", "127.0.0.1:9100", up, 14'100, 700, 39'936, 1},
    {200, Verdict::Mocked, "GET", api, "/v1/products/sku-8821", "", "products", "catalogue", "", TargetKind::Mock, 134'000, 900, 3'686, 0},
    {429, Verdict::Throttled, "GET", api, "/v1/orders/4738", "", "get-order", "orders", "", up, 90, 90, 182, 0},
    {200, Verdict::Allowed, "GET", api, "/v1/users/me", "", "users", "accounts", "127.0.0.1:9201", up, 25'000, 800, 1'024, 1},
    {200, Verdict::Allowed, "GET", api, "/v1/orders/4711", "expand=items", "get-order", "orders", "127.0.0.1:9002", up, 84'200, 1'100, 2'150, 2},
    {200, Verdict::Cached, "GET", api, "/v1/orders", "page=2", "list-orders", "orders", "", up, 310, 310, 4'198, 0},
    {200, Verdict::Cached, "GET", img, "/p/8821/large.webp", "", "images", "static", "", up, 220, 220, 33'792, 0},
    {200, Verdict::Allowed, "GET", api, "/v1/home", "", "home-bff", "accounts", "127.0.0.1:9201", up, 109'000, 4'000, 4'813, 1},
    {429, Verdict::Throttled, "GET", api, "/v1/orders/4756", "expand=items", "get-order", "orders", "", up, 90, 90, 182, 0},
    {0, Verdict::Allowed, "GET", api, "/v1/search", "q=linen+shirt", "search", "search", "127.0.0.1:9301", up, 1'380'000, 2'000, 0, 1},
    {429, Verdict::Throttled, "GET", api, "/v1/orders/4716", "expand=items", "get-order", "orders", "", up, 90, 90, 182, 0},
    {201, Verdict::Allowed, "POST", api, "/v1/orders", "", "create-order", "orders", "127.0.0.1:9001", up, 159'000, 1'500, 5'837, 1},
    {429, Verdict::Throttled, "GET", api, "/v1/orders/4774", "expand=items", "get-order", "orders", "", up, 90, 90, 182, 0},
    {304, Verdict::Allowed, "PUT", api, "/v1/cart/items/3", "", "cart", "carts", "127.0.0.1:9401", up, 49'000, 900, 0, 1},
    {200, Verdict::Allowed, "GET", api, "/v1/users/me", "", "users", "accounts", "127.0.0.1:9201", up, 18'000, 700, 717, 1},
    {200, Verdict::Allowed, "GET", api, "/v1/orders/4718", "expand=items", "get-order", "orders", "127.0.0.1:9001", up, 56'000, 1'000, 5'018, 1},
    {200, Verdict::Mocked, "GET", api, "/v1/products/sku-8821", "", "products", "catalogue", "", TargetKind::Mock, 66'000, 900, 5'734, 0},
    {502, Verdict::Failed, "POST", api, "/v1/checkout/confirm", "", "checkout", "payments", "127.0.0.1:9501", up, 2'003'000, 190'000, 311, 1},
    {200, Verdict::Cached, "GET", img, "/p/8821/large.webp", "", "images", "static", "", up, 400, 400, 46'080, 0},
    {200, Verdict::Allowed, "GET", api, "/v1/orders/4720", "expand=items", "get-order", "orders", "127.0.0.1:9002", up, 65'000, 1'100, 3'994, 1},
    {404, Verdict::Allowed, "GET", api, "/v1/orders", "page=2", "list-orders", "orders", "127.0.0.1:9001", up, 74'000, 900, 5'632, 1},
    {204, Verdict::Allowed, "DELETE", api, "/v1/cart/items/9", "", "cart", "carts", "127.0.0.1:9401", up, 31'000, 800, 0, 1},
}};

// What the picture does not show, so that every verdict occurs.
const std::array<Pattern, 7> rare{{
    {404, Verdict::NoRoute, "GET", api, "/favicon.ico", "", "", "", "", TargetKind::None, 60, 60, 230, 0},
    {421, Verdict::RefusedHost, "GET", "evil.example", "/v1/users/me", "", "", "", "", TargetKind::None, 40, 40, 260, 0},
    {403, Verdict::RefusedCrossSite, "POST", api, "/v1/orders", "", "create-order", "orders", "", TargetKind::None, 45, 45, 250, 0},
    {0, Verdict::Cancelled, "GET", api, "/v1/search", "q=silk", "search", "search", "127.0.0.1:9301", up, 640'000, 900, 0, 1},
    {401, Verdict::Refused, "GET", api, "/v1/orders/4711", "", "get-order", "orders", "", up, 130, 130, 190, 0},
    {200, Verdict::Delayed, "GET", api, "/v1/orders/4801", "", "get-order", "orders", "127.0.0.1:9001", up, 131'000, 90'000, 2'048, 1},
    {301, Verdict::Local, "GET", api, "/old/shop", "", "old-shop", "https://shop.localhost/", "", TargetKind::Redirect, 50, 50, 0, 0},
}};

class Random { // xorshift: the same on every machine
public:
    explicit Random(uint64_t seed) : m_state(seed * 2'654'435'761u + 88'172'645'463'325'252u) { }
    uint64_t below(uint64_t bound)
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        return m_state % bound;
    }

private:
    uint64_t m_state;
};

struct Chunk {
    std::deque<std::string> texts;
    std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

Row rowOf(const Pattern &pattern)
{
    Row row;
    row.durationMicros = pattern.duration;
    row.gatewayMicros = pattern.gateway;
    row.state = pattern.status == 0 && pattern.verdict == Verdict::Allowed ? State::Updated : State::Final;
    row.verdict = pattern.verdict;
    row.target = pattern.kind;
    row.status = pattern.status;
    row.tries = pattern.tries;
    row.method = pattern.method;
    row.scheme = "http";
    row.host = pattern.host;
    row.path = pattern.path;
    row.query = pattern.query;
    row.listener = "main";
    row.route = pattern.route;
    row.targetName = pattern.target;
    row.endpoint = pattern.endpoint;
    row.client = "127.0.0.1:52114";
    row.consumer = row.route == "get-order" ? "web-app" : "";
    row.protocol = "HTTP/1.1";
    row.contentType = row.route == "images" ? "image/webp" : "application/json";
    row.requestBytes = row.method == "POST" || row.method == "PUT" ? 412 : 0;
    row.responseBytes = pattern.size;
    if (pattern.verdict == Verdict::Failed)
        row.error = "127.0.0.1:9501 did not answer within 2 s.";
    return row;
}

void vary(Row &row, Random &random, Chunk &chunk)
{
    if (row.path.starts_with("/v1/orders/"))
        row.path = chunk.keep("/v1/orders/" + std::to_string(4'000 + random.below(1'000)));
    else if (row.path.starts_with("/p/"))
        row.path = chunk.keep("/p/" + std::to_string(8'000 + random.below(1'000)) + "/large.webp");
    row.durationMicros += int64_t(random.below(uint64_t(row.durationMicros) + 1)) - row.durationMicros / 2;
    row.gatewayMicros = std::min(row.gatewayMicros, row.durationMicros);
    if (row.responseBytes > 0)
        row.responseBytes += random.below(row.responseBytes);
    row.client = chunk.keep("127.0.0.1:" + std::to_string(50'000 + random.below(400)));
    if (row.state != State::Final) {
        row.state = State::Final;
        row.status = 200;
        row.responseBytes = 3'000 + random.below(3'000);
    }
}

Attempt attempt(std::string endpoint, int64_t start, int64_t duration, uint16_t status)
{
    Attempt made;
    made.endpoint = std::move(endpoint);
    made.startMicros = start;
    made.durationMicros = duration;
    made.status = status;
    return made;
}

Candidate candidate(std::string route, std::array<Cell, aspectCount> cells)
{
    Candidate made;
    made.route = std::move(route);
    made.group = "public";
    made.cells = cells;
    return made;
}

Candidate lost(std::string route, std::array<Cell, aspectCount> cells, Failure failure)
{
    Candidate made = candidate(std::move(route), cells);
    made.failed = std::move(failure);
    return made;
}

constexpr Cell P = Cell::Passed, F = Cell::Failed, O = Cell::NotAsked, N = Cell::NoCondition;

std::vector<Candidate> orderCandidates()
{
    Candidate winner = candidate("get-order", {P, P, P, P, N, N});
    winner.matched = winner.won = true;
    winner.captures = {{"id", "4711"}};
    winner.decided = Precedence::HeaderCount;
    winner.against = "get-order-any";
    Candidate second = candidate("get-order-any", {P, P, P, N, N, N});
    second.matched = true;
    second.decided = Precedence::HeaderCount;
    second.against = "get-order";
    return {winner, second,
            lost("get-order-canary", {P, P, P, F, O, N}, {Aspect::Headers, "headers.x-tenant", "matches ^[a-z]+$", "ACME-7"}),
            lost("create-order", {P, P, F, O, O, N}, {Aspect::Method, "methods", "POST", "GET"}),
            lost("list-orders", {P, F, O, O, O, N}, {Aspect::Path, "path", "/v1/orders", "“/4711” is left over"})};
}

std::vector<Candidate> candidatesFor(const Row &row)
{
    if (row.route == "get-order")
        return orderCandidates();
    const Candidate near = lost("get-order", {P, F, O, O, O, N}, {Aspect::Path, "path", "/v1/orders/{id}", std::string(row.path)});
    if (row.route.empty())
        return {lost("list-orders", {P, F, O, O, O, N}, {Aspect::Path, "path", "/v1/orders", std::string(row.path)}), near,
                lost("images", {F, O, O, O, O, N}, {Aspect::Host, "hosts", img, std::string(row.host)})};
    Candidate winner = candidate(std::string(row.route), {P, P, N, N, N, N});
    winner.matched = winner.won = true;
    winner.decided = Precedence::OnlyMatch;
    return {winner, near};
}

PolicyStep step(std::string kind, std::string name, std::string owner, PolicyStep::Owner ownerKind, StepVerdict verdict,
                int64_t nanos, std::string detail)
{
    PolicyStep made;
    made.path = ownerKind == PolicyStep::Owner::Listener ? "listeners[0].policies[0]"
        : ownerKind == PolicyStep::Owner::Group          ? "groups[0].policies[0]"
                                                         : "routes[3].policies[" + std::string(kind == "cache" ? "1" : "0") + "]";
    made.kind = std::move(kind);
    made.name = std::move(name);
    made.owner = std::move(owner);
    made.ownerKind = ownerKind;
    made.verdict = verdict;
    made.durationNanos = nanos;
    made.detail = std::move(detail);
    return made;
}

StepVerdict unlessStopped(bool stopped, StepVerdict verdict) { return stopped ? StepVerdict::NotReached : verdict; }

void addPolicies(Explanation &why, const Row &row)
{
    using Owner = PolicyStep::Owner;
    const std::string route(row.route);
    const bool throttled = row.verdict == Verdict::Throttled;
    const bool refused = row.verdict == Verdict::Refused;
    why.policies.push_back(step("request-id", "", "main", Owner::Listener, StepVerdict::Acted, 3'000, "set x-request-id 0193a7f2-5c1e"));
    PolicyStep burst = step("rate-limit", "burst", "public", Owner::Group, throttled ? StepVerdict::Refused : StepVerdict::Passed, 11'000, "");
    burst.gauge = Gauge{"127.0.0.1", throttled ? 0.0 : 7.0, 20, throttled ? 84'000 : 0};
    if (row.verdict == Verdict::Delayed) {
        burst.verdict = StepVerdict::Delayed;
        burst.detail = "waited 84 ms";
        burst.gauge->level = 0;
    }
    why.policies.push_back(burst);
    PolicyStep key = step("key-auth", "", route, Owner::Route, unlessStopped(throttled, StepVerdict::Passed), throttled ? -1 : 24'000,
                          throttled ? "" : "consumer web-app");
    if (refused) {
        key.verdict = StepVerdict::Refused;
        key.detail = "no key in the header x-api-key";
    }
    why.policies.push_back(key);
    const bool stopped = throttled || refused;
    PolicyStep cache = step("cache", "", route, Owner::Route, unlessStopped(stopped, StepVerdict::Passed), stopped ? -1 : 33'000,
                            stopped ? "" : "miss, kept for 30s");
    if (row.verdict == Verdict::Cached) {
        cache.verdict = StepVerdict::Answered;
        cache.detail = "hit, 12 s old";
    }
    why.policies.push_back(cache);
    if (stopped || row.verdict == Verdict::Cached)
        return;
    auto back = [&](PolicyStep made, int64_t nanos, std::string detail, StepVerdict verdict) {
        made.phase = Phase::Response;
        made.verdict = verdict;
        made.durationNanos = nanos;
        made.detail = std::move(detail);
        made.gauge.reset();
        why.policies.push_back(std::move(made));
    };
    back(cache, 31'000, "stored 2.1 KiB for 30s, key GET /v1/orders/4711", StepVerdict::Acted);
    back(burst, 4'000, "RateLimit headers added", StepVerdict::Passed);
    back(why.policies.front(), 2'000, "x-request-id added", StepVerdict::Passed);
}

void addAttempts(Explanation &why, const Row &row)
{
    if (row.tries == 0)
        return;
    const std::string endpoint(row.endpoint);
    if (row.tries == 2) {
        Attempt first = attempt("127.0.0.1:9001", 130, 2'100, 0);
        first.error = "refused";
        first.abandoned = true;
        first.why = "GET, nothing sent, retry budget 3% of 20%";
        first.connectMicros = 2'100;
        Attempt second = attempt(endpoint, 33'230, 50'000, row.status);
        second.waitMicros = 31'000;
        second.connectMicros = 700;
        why.attempts = {first, second};
    } else {
        Attempt only = attempt(endpoint, 130, row.durationMicros - std::min(row.gatewayMicros, row.durationMicros), row.status);
        if (row.verdict == Verdict::Failed) {
            only.status = 0;
            only.error = "timeout";
        }
        why.attempts = {only};
    }
    const int64_t spent = row.durationMicros - row.gatewayMicros;
    why.phases.connect = row.tries == 2 ? 700 : 0;
    why.phases.firstByte = spent * 7 / 10;
    why.phases.transfer = spent * 2 / 10;
}

void addChanges(Explanation &why, const Row &row)
{
    using Kind = Change::Kind;
    const std::string target = std::string(row.path) + (row.query.empty() ? "" : "?" + std::string(row.query));
    const std::string method(row.method);
    if (!row.path.starts_with("/v1/"))
        return;
    why.changes = {{Kind::Removed, method + " " + target, "rewrite.path"},
                   {Kind::Added, method + " " + target.substr(3), "rewrite.path"},
                   {Kind::Removed, "host: " + std::string(row.host), "rewrite.host"},
                   {Kind::Added, "host: " + why.targetName + ".internal", "rewrite.host"},
                   {Kind::Removed, "x-api-key: ••••••••", "key-auth, hide"}};
    why.url = "http://" + why.targetName + ".internal" + target.substr(3);
}

std::string reason(uint16_t status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 304: return "Not Modified";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 502: return "Bad Gateway";
    default: return "";
    }
}

void addField(Message &message, std::string name, std::string value, bool redacted = false)
{
    message.fields.emplace_back(std::move(name), std::move(value));
    message.redacted.push_back(redacted);
}

Message requestOf(const Row &row)
{
    Message request;
    request.startLine = std::string(row.method) + " " + std::string(row.path) + (row.query.empty() ? "" : "?" + std::string(row.query)) + " HTTP/1.1";
    addField(request, "Host", std::string(row.host));
    addField(request, "User-Agent", "curl/7.88.1");
    addField(request, "Accept", "application/json");
    addField(request, "X-Beta", "1");
    addField(request, "X-Tenant", "ACME-7");
    addField(request, "X-Api-Key", "••••••••", true);
    addField(request, "Connection", "keep-alive");
    if (row.requestBytes > 0) {
        request.body = R"({"items":[{"sku":"sku-8821","count":2}],"note":"leave at the door"})";
        addField(request, "Content-Type", "application/json");
        addField(request, "Content-Length", std::to_string(request.body.size()));
        request.bodySize = request.body.size();
    }
    return request;
}

Message responseOf(const Row &row)
{
    Message response;
    if (row.status == 0)
        return response;
    response.startLine = "HTTP/1.1 " + std::to_string(row.status) + " " + reason(row.status);
    addField(response, "Content-Type", row.status >= 400 ? "application/problem+json" : std::string(row.contentType));
    if (row.status == 429)
        addField(response, "Retry-After", "1");
    addField(response, "X-Request-Id", "0193a7f2-5c1e");
    addField(response, "Via", "1.1 gatehouse");
    if (row.status >= 400)
        response.body = "{\"type\":\"about:blank\",\"title\":\"" + reason(row.status) + "\",\"status\":" + std::to_string(row.status) + "}";
    else if (row.responseBytes > 0)
        response.body = R"({"id":4711,"state":"packed","total":{"amount":"79.90","currency":"EUR"},"items":[{"sku":"sku-8821","count":2,"price":39.95}],"placed":"2026-11-24T14:02:37Z"})";
    response.bodySize = std::max<uint64_t>(row.responseBytes, response.body.size());
    response.bodyCut = response.bodySize != response.body.size() && row.responseBytes > (1u << 20);
    addField(response, "Content-Length", std::to_string(response.bodySize));
    return response;
}

} // namespace

std::vector<Row> sampleRows(size_t count, uint64_t firstId, int64_t startMicros, int64_t gapMicros, uint64_t seed)
{
    std::vector<Row> rows;
    rows.reserve(count);
    Random random(seed);
    std::shared_ptr<Chunk> chunk;
    for (size_t i = 0; i < count; ++i) {
        if (i % 1024 == 0)
            chunk = std::make_shared<Chunk>();
        const bool asPictured = seed == 0 && i < pictured.size();
        const bool isRare = !asPictured && random.below(60) == 0;
        Row row = rowOf(asPictured ? pictured[i] : isRare ? rare[random.below(rare.size())] : pictured[random.below(pictured.size())]);
        if (!asPictured)
            vary(row, random, *chunk);
        row.id = firstId + i;
        row.startedMicros = startMicros + int64_t(i) * gapMicros;
        row.chunk = chunk;
        rows.push_back(row);
    }
    return rows;
}

Explanation sampleExplanation(const Row &row)
{
    Explanation why;
    why.listener = row.listener;
    why.client = row.client;
    why.protocol = row.protocol;
    if (!row.route.empty())
        why.route = std::string(row.route);
    why.verdict = row.verdict;
    why.status = row.status;
    why.error = row.error;
    why.target = row.target;
    why.targetName = row.targetName;
    why.routeCount = 14;
    why.decidedNanos = 18'000;
    why.method = row.method;
    why.phases.total = row.durationMicros;
    why.phases.gateway = row.gatewayMicros;
    if (row.verdict != Verdict::RefusedHost && row.verdict != Verdict::Malformed)
        why.candidates = candidatesFor(row);
    const bool routed = !row.route.empty() && row.verdict != Verdict::RefusedCrossSite && row.verdict != Verdict::Loop;
    why.phases.route = 20;
    if (!routed)
        return why;
    why.phases.policiesIn = 71;
    addPolicies(why, row);
    const bool sent = row.target == TargetKind::Upstream && row.tries > 0;
    if (row.target == TargetKind::Upstream)
        why.balancer = "round-robin";
    if (sent) {
        addChanges(why, row);
        addAttempts(why, row);
        why.phases.policiesOut = 400;
    }
    if (row.target == TargetKind::Mock) {
        Candidate first = candidate("responses[0]", {N, N, N, N, F, N});
        first.failed = Failure{Aspect::Query, "query.stock", "none", std::nullopt};
        Candidate second = candidate("responses[1]", {N, P, P, N, N, N});
        second.matched = second.won = true;
        second.decided = Precedence::FileOrder;
        why.mockRules = {second, first};
        why.phases.policiesOut = 40;
    }
    return why;
}

api::ExchangeDetail sampleDetail(const Row &row)
{
    api::ExchangeDetail detail;
    detail.row = row;
    detail.request = requestOf(row);
    detail.response = responseOf(row);
    detail.why = sampleExplanation(row);
    if (row.target == TargetKind::Upstream && row.tries > 0) {
        detail.forwarded = detail.request;
        if (row.path.starts_with("/v1/"))
            detail.forwarded.startLine = std::string(row.method) + " " + std::string(row.path.substr(3)) + " HTTP/1.1";
        detail.forwarded.fields.erase(detail.forwarded.fields.begin() + 5, detail.forwarded.fields.begin() + 7);
        detail.forwarded.redacted.resize(detail.forwarded.fields.size());
        detail.forwarded.fields.front().second = std::string(row.targetName) + ".internal";
        addField(detail.forwarded, "Via", "1.1 gatehouse");
    }
    return detail;
}

Explanation sampleSketch(const api::RequestSketch &request)
{
    std::string_view target = request.url;
    if (const size_t scheme = target.find("://"); scheme != std::string_view::npos) {
        const size_t slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
    }
    const std::string_view path = target.substr(0, target.find('?'));
    auto matches = [&](const Pattern &pattern) {
        const std::string_view known = pattern.path;
        if (pattern.method != request.method || pattern.verdict == Verdict::NoRoute || pattern.verdict == Verdict::Throttled)
            return false;
        return path == known || (known.starts_with("/v1/orders/") && path.starts_with("/v1/orders/"));
    };
    Row row;
    const auto found = std::find_if(pictured.begin(), pictured.end(), matches);
    if (found != pictured.end()) {
        row = rowOf(*found);
    } else {
        row = rowOf(rare.front());
    }
    row.path = path;
    row.method = request.method;
    row.client = "";
    row.tries = row.target == TargetKind::Upstream ? 1 : 0;
    row.verdict = found == pictured.end() ? Verdict::NoRoute : row.target == TargetKind::Mock ? Verdict::Mocked : Verdict::Allowed;
    row.error = "";
    Explanation why = sampleExplanation(row);
    why.client.clear();
    why.status = 0;
    why.decidedNanos = -1;
    why.phases = {};
    why.attempts.clear();
    std::erase_if(why.policies, [](const PolicyStep &made) { return made.phase == Phase::Response; });
    for (PolicyStep &made : why.policies) {
        made.verdict = StepVerdict::WouldRun;
        made.durationNanos = -1;
        made.detail.clear();
    }
    return why;
}

} // namespace gatehouse::test
