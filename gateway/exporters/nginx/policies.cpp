// What the policies of a chain become: refusals in its order, limits, headers both ways.
#include "gateway/base/text.h"
#include "gateway/exporters/nginx/quote.h"
#include "gateway/exporters/nginx/route.h"
#include "gateway/policy/cors/record.h"
#include "gateway/policy/headers/record.h"
#include "gateway/policy/ip-filter/record.h"
#include "gateway/policy/key-auth/record.h"
#include "gateway/policy/rate-limit/record.h"
#include "gateway/policy/request-id/record.h"

#include <algorithm>

namespace gatehouse::exporters::nginx {

namespace {
std::string joined(const std::vector<std::string> &list)
{
    std::string out;
    for (const auto &one : list)
        out += (out.empty() ? "" : ", ") + one;
    return out;
}

std::string alternatives(const std::vector<std::string> &list)
{
    std::string out;
    for (const auto &one : list)
        out += (out.empty() ? "" : "|") + pattern(one);
    return "(?:" + out + ")";
}
} // namespace

void RouteWriter::policies()
{
    const auto *group = m_route && !m_route->group.empty() ? m_shared.workspace.group(m_route->group) : nullptr;
    const auto chain = runtime::chainOf(&m_listener, group, m_route);
    for (size_t i = 0; i < chain.size(); ++i) {
        m_scope.where = chain[i].path.text();
        policy(chain[i], i);
    }
    m_scope.where = m_place;
    const auto firstLimit = m_limits.empty() ? SIZE_MAX : m_limits.front().policy;
    if (std::any_of(m_refusals.begin(), m_refusals.end(), [&](const Refusal &refusal) { return refusal.policy != SIZE_MAX && refusal.policy > firstLimit; }))
        find(m_body, Level::Approximated, m_place, "policies.order", "nginx refuses before it counts: requests that a later policy refuses do not use up the limit.",
             "Put the rate limit after what refuses, or accept it.");
}

void RouteWriter::policy(const runtime::PlacedPolicy &place, size_t index)
{
    const auto &entry = *place.entry;
    const std::string where = place.path.text();
    if (!entry.enabled)
        return find(m_body, Level::Exact, where, entry.kind, "It is switched off, and left out.");
    if (entry.mode == config::PolicyMode::Shadow)
        return find(m_body, Level::Unsupported, where, "mode", "nginx can't decide without acting: a policy in shadow mode is left out.", "Enforce it, or watch it in Gatehouse.");
    const std::string when = entry.when ? m_conditions.whole(*entry.when, m_scope) : "1";
    if (entry.when && (entry.kind == "cors" || entry.kind == "request-id"))
        find(m_body, Level::Unsupported, where, "when", "nginx applies " + entry.kind + " to every request of the route: its condition is left out.", "Make a route of its own for the condition.");
    if (entry.kind == "rate-limit")
        rateLimit(place, index, when);
    else if (entry.kind == "key-auth")
        keyAuth(place, index, when);
    else if (entry.kind == "ip-filter")
        ipFilter(place, index, when);
    else if (entry.kind == "cors")
        cors(place, index);
    else if (entry.kind == "headers")
        headers(place, index, when);
    else if (entry.kind == "request-id")
        requestId(place, index);
    else
        find(m_body, Level::Unsupported, where, entry.kind, "The nginx exporter has no table for " + entry.kind + "; it is left out.", "Keep Gatehouse in front, or use a module of nginx for it.");
}

void RouteWriter::rateLimit(const runtime::PlacedPolicy &place, size_t index, const std::string &when)
{
    const auto &record = place.entry->as<policy::RateLimit>();
    const std::string where = place.path.text();
    // nginx knows whole requests per second or minute.
    const double perSecond = static_cast<double>(record.requests) / static_cast<double>(record.cost) * 1e9 / static_cast<double>(record.per.count());
    const double perMinute = perSecond * 60;
    const bool seconds = perSecond >= 1 && perSecond == static_cast<double>(static_cast<uint64_t>(perSecond));
    const auto rate = std::max<uint64_t>(1, static_cast<uint64_t>((seconds ? perSecond : perMinute) + 0.5));
    const uint64_t bucket = std::max<uint64_t>(1, record.burst.value_or(record.requests) / record.cost);
    if (!seconds && static_cast<double>(rate) != perMinute)
        find(m_body, Level::Approximated, where, "rate-limit.requests", "nginx counts whole requests a minute: the rate is " + std::to_string(rate) + " a minute.", "Choose a rate that is whole in a second or a minute.");
    if (record.burst.value_or(record.requests) % record.cost != 0)
        find(m_body, Level::Approximated, where, "rate-limit.cost", "nginx counts requests, not tokens: the bucket holds " + std::to_string(bucket) + " of them.", "Choose a burst that the cost divides.");
    std::string &zone = m_shared.limits[place.identity + (when == "1" ? "" : " " + when)];
    if (zone.empty()) {
        zone = "gh_zone" + std::to_string(m_shared.limits.size());
        std::string key = "k"; // never empty: nginx does not count empty keys
        for (const auto &by : record.by) {
            const auto part = schema::parseCountingKey(by).valueOr({});
            key += "|" + m_conditions.part(part, m_scope);
            if (part.source == schema::Source::Path && !place.entry->reference.empty())
                find(m_body, Level::Approximated, where, "rate-limit.by", "A shared limit by a part of the path counts by that of the first route that uses it.", "Give each route a limit of its own.");
        }
        m_shared.zones.line("limit_req_zone " + quoted(m_conditions.choose(when, key, "")) + " zone=" + zone + ":10m rate=" + std::to_string(rate) + (seconds ? "r/s;" : "r/m;"));
    }
    const auto retryAfter = static_cast<int64_t>(seconds ? 1 : std::max<uint64_t>(1, (60 + rate - 1) / rate));
    m_limits.push_back({index, zone, bucket - 1, record.status, retryAfter});
    find(m_body, Level::Approximated, where, "rate-limit.algorithm",
         "nginx drains a leaky bucket without delay, which lets in the same requests to the millisecond; a key that is not seen for long, or more than 10 MiB of keys, begins anew.",
         "None is needed for limits of a second and more.");
    m_body.line("limit_req zone=" + zone + (bucket > 1 ? " burst=" + std::to_string(bucket - 1) + " nodelay;" : ";"));
    if (record.headers != policy::RateLimit::Headers::None)
        find(m_body, Level::Unsupported, where, "rate-limit.headers", "nginx does not tell clients what is left: no RateLimit or X-RateLimit headers. Retry-After of a refusal is a fixed time.", "Let clients rely on 429 and Retry-After.");
    m_body.line("limit_req_status " + std::to_string(record.status) + ";");
}

void RouteWriter::keyAuth(const runtime::PlacedPolicy &place, size_t index, const std::string &when)
{
    const auto &record = place.entry->as<policy::KeyAuth>();
    const std::string where = place.path.text();
    std::string source, shown;
    if (record.query) {
        source = m_conditions.queryValue(*record.query);
        shown = "query " + *record.query;
    } else if (record.cookie) {
        schema::Part cookie{schema::Source::Cookie, *record.cookie};
        source = m_conditions.part(cookie, m_scope);
        shown = "cookie " + *record.cookie;
    } else {
        shown = "header " + record.header.value_or(policy::defaultKeyHeader);
        source = headerVariable(record.header.value_or(policy::defaultKeyHeader));
    }
    if (record.query)
        find(m_body, Level::Approximated, where, "key-auth.query", "nginx compares a key of the query as it was sent, without decoding it.", "Choose keys that need no encoding.");
    if (source.empty()) {
        find(m_body, Level::Unsupported, where, "key-auth.header", "nginx has no variable for a header of this name: every request is refused.", "Rename the header to letters, digits and -.");
        m_refusals.push_back({when, index, 401, "Unauthorized", "nginx can't read the key.", {}, {}});
        return;
    }
    std::string &consumer = m_shared.keys[source];
    if (consumer.empty()) {
        const std::string name = m_conditions.fresh("consumer");
        consumer = variable(name);
        m_shared.maps.open("map " + quoted(source) + " $" + name);
        m_shared.maps.line("include gatehouse-keys.map;");
        m_shared.maps.line("default \"\";");
        m_shared.maps.close();
        m_shared.needsKeys = true;
    }
    m_scope.consumer = consumer;
    find(m_body, Level::Approximated, where, "key-auth.keys", "Keys are secrets and are not exported: nginx reads them from gatehouse-keys.map.", "Fill in gatehouse-keys.map where nginx runs, readable by it alone.");
    const std::string unknown = m_conditions.map(consumer, {{"\"\"", "1"}}, "0");
    m_refusals.push_back({m_conditions.all({when, unknown}), index, 401, "Unauthorized", "A known key is needed in " + shown + ".",
                          {{"WWW-Authenticate", "ApiKey realm=\"gatehouse\""}}, {}});
    if (!record.hide)
        return;
    if (record.query) {
        const std::string name = encodedPattern(*record.query);
        m_args = m_conditions.map(m_args, {{regexKey("^(.*&|)" + name + "=[^&]*&(.*)\\z"), "\"$1$2\""}, {regexKey("^(.*)&" + name + "=[^&]*\\z"), "\"$1\""}, {regexKey("^" + name + "=[^&]*\\z"), "\"\""}}, quoted(m_args));
    } else if (record.cookie) {
        const std::string name = pattern(*record.cookie), cookies = current("Cookie");
        send("Cookie", m_conditions.map(cookies, {{regexKey("^(.*;\\s*|)" + name + "=[^;]*;\\s*(.*)\\z"), "\"$1$2\""}, {regexKey("^(.*);\\s*" + name + "=[^;]*\\z"), "\"$1\""}, {regexKey("^" + name + "=[^;]*\\z"), "\"\""}}, quoted(cookies)));
    } else {
        send(record.header.value_or(policy::defaultKeyHeader), "");
    }
}

void RouteWriter::ipFilter(const runtime::PlacedPolicy &place, size_t index, const std::string &when)
{
    const auto &record = place.entry->as<policy::IpFilter>();
    std::vector<std::string> refused;
    if (!record.deny.empty())
        refused.push_back(m_conditions.among(record.deny));
    if (!record.allow.empty())
        refused.push_back(m_conditions.negated(m_conditions.among(record.allow)));
    m_refusals.push_back({m_conditions.all({when, m_conditions.any(refused)}), index, 403, "Forbidden", "This address is not allowed here.", {}, {}});
    find(m_body, Level::Exact, place.path.text(), "ip-filter", "geo and a refusal with 403.");
}

void RouteWriter::cors(const runtime::PlacedPolicy &place, size_t index)
{
    const auto &record = place.entry->as<policy::Cors>();
    const bool any = std::find(record.origins.begin(), record.origins.end(), "*") != record.origins.end();
    const std::string origins = any ? "^." : "^" + alternatives(record.origins) + "\\z";
    const std::string allowed = m_conditions.map("${http_origin}", {{quoted("~*" + origins), "1"}}, "0");
    m_corsAllows = allowed;
    const std::string allowOrigin = m_conditions.map(allowed, {{"\"1\"", any ? "\"*\"" : "\"${http_origin}\""}}, "\"\"");
    const std::string credentials = record.credentials ? m_conditions.map(allowed, {{"\"1\"", "\"true\""}}, "\"\"") : std::string();
    const std::string isPreflight = m_conditions.map("${request_method} ${http_origin} ${http_access_control_request_method}", {{regexKey("^OPTIONS \\S+ \\S"), "1"}}, "0");
    const std::string vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    // Each thing that is asked for must be allowed; those that the Fetch standard safelists need no mention.
    std::vector<std::string> headers = record.headers;
    for (const char *safe : {"accept", "accept-language", "content-language", "content-type", "range"})
        headers.emplace_back(safe);
    const std::string good = m_conditions.all({
        allowed,
        m_conditions.map("${http_access_control_request_method}", {{regexKey("^" + alternatives(record.methods) + "\\z"), "1"}}, "0"),
        m_conditions.map("${http_access_control_request_headers}", {{quoted("~*^[ ,]*(?:" + alternatives(headers) + "[ ,]*(?:,|\\z)[ ,]*)*\\z"), "1"}}, "0"),
        record.privateNetwork ? "1" : m_conditions.map("${http_access_control_request_private_network}", {{quoted("true"), "0"}}, "1"),
    });
    m_refusals.push_back({m_conditions.all({isPreflight, m_conditions.negated(good)}), index, 403, "Forbidden", "This request from another site is not allowed.", {{"Vary", vary}}, {}});
    Refusal preflight{isPreflight, index, 204, {}, {}, {{"Access-Control-Allow-Origin", allowOrigin}, {"Access-Control-Allow-Methods", literal(joined(record.methods))}}, {}};
    if (record.credentials)
        preflight.fields.emplace_back("Access-Control-Allow-Credentials", "true");
    if (!record.headers.empty())
        preflight.fields.emplace_back("Access-Control-Allow-Headers", literal(joined(record.headers)));
    if (record.privateNetwork)
        preflight.fields.emplace_back("Access-Control-Allow-Private-Network", m_conditions.map("${http_access_control_request_private_network}", {{quoted("true"), quoted("true")}}, "\"\""));
    preflight.fields.emplace_back("Access-Control-Max-Age", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(record.maxAge).count()));
    preflight.fields.emplace_back("Vary", vary);
    m_refusals.push_back(std::move(preflight));

    for (const char *name : {"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Access-Control-Allow-Methods",
                             "Access-Control-Allow-Headers", "Access-Control-Max-Age"})
        m_hidden.insert(name);
    m_responseHeaders.push_back({index, "Access-Control-Allow-Origin", allowOrigin});
    if (record.credentials)
        m_responseHeaders.push_back({index, "Access-Control-Allow-Credentials", credentials});
    if (!record.expose.empty())
        m_responseHeaders.push_back({index, "Access-Control-Expose-Headers", m_conditions.map(allowed, {{"\"1\"", quoted(literal(joined(record.expose)))}}, "\"\"")});
    if (!any)
        m_responseHeaders.push_back({index, "Vary", "Origin"});
    find(m_body, Level::Exact, place.path.text(), "cors", "Preflights are answered by maps and a location of their own.");
}

void RouteWriter::editRequest(const config::FieldEdits &edits, const std::string &when)
{
    const auto put = [&](const std::string &name, const std::string &value) { send(name, m_conditions.choose(when, value, current(name))); };
    std::vector<std::pair<std::string, std::string>> values; // as they are before anything is changed
    for (const auto *list : {&edits.set, &edits.add}) {
        for (const auto &[name, text] : *list)
            values.emplace_back(name, m_conditions.value(text, encodedScope()));
    }
    for (const auto &name : edits.remove)
        put(name, "");
    for (const auto &[from, to] : edits.rename) {
        const std::string value = current(from);
        put(to, m_conditions.map(value, {{"\"\"", quoted(current(to))}}, quoted(value)));
        put(from, "");
    }
    for (size_t i = 0; i < values.size(); ++i) {
        const auto &[name, value] = values[i];
        if (i < edits.set.size()) {
            put(name, value);
            continue;
        }
        const std::string before = current(name);
        put(name, before.empty() ? value : m_conditions.map(before, {{"\"\"", quoted(value)}}, quoted(before + ", " + value)));
    }
}

void RouteWriter::headers(const runtime::PlacedPolicy &place, size_t index, const std::string &when)
{
    const auto &record = place.entry->as<policy::Headers>();
    const std::string where = place.path.text();
    bool exact = true;
    if (!record.request.empty())
        editRequest(record.request, when);
    if (!record.request.add.empty()) {
        find(m_body, Level::Approximated, where, "headers.request.add", "nginx sends one field with both values, joined by a comma.", "Use set where the upstream tells fields apart.");
        exact = false;
    }
    if (when != "1" && !record.response.empty()) {
        find(m_body, Level::Approximated, where, "when", "nginx takes the upstream's own fields away whether the condition holds or not.", "Make a route of its own for the condition.");
        exact = false;
    }
    const auto give = [&](const std::string &name, const std::string &value) { m_responseHeaders.push_back({index, name, m_conditions.choose(when, value, "")}); };
    for (const auto &name : record.response.remove)
        m_hidden.insert(name);
    for (const auto &[from, to] : record.response.rename) {
        m_hidden.insert(from);
        give(to, headerVariable(from, "upstream_http_"));
    }
    for (const auto &[name, text] : record.response.set) {
        m_hidden.insert(name);
        std::erase_if(m_responseHeaders, [&, n = name](const Header &header) { return equalsIgnoreCase(header.name, n) && header.policy > index; });
        give(name, m_conditions.value(text, encodedScope()));
    }
    for (const auto &[name, text] : record.response.add)
        give(name, m_conditions.value(text, encodedScope()));
    if (exact)
        find(m_body, Level::Exact, where, "headers", "proxy_set_header, proxy_hide_header and add_header.");
}

void RouteWriter::requestId(const runtime::PlacedPolicy &place, size_t index)
{
    const auto &record = place.entry->as<policy::RequestId>();
    std::string id = "${request_id}";
    const std::string sent = headerVariable(record.header);
    if (record.accept && !sent.empty())
        id = m_conditions.map(sent, {{regexKey("^[A-Za-z0-9._~+/=:@-]{1,128}\\z"), quoted(sent)}}, "\"${request_id}\"");
    m_scope.requestId = id;
    send(record.header, id);
    m_hidden.insert(record.header);
    m_responseHeaders.push_back({index, record.header, id});
    find(m_body, Level::Approximated, place.path.text(), "request-id.format", "nginx makes 32 hexadecimal digits, whatever the format.", "Let readers of the id treat it as a text.");
}

// A page of a foreign site that makes a browser send something unsafe is refused before any policy, as a loopback listener does.
void RouteWriter::crossSite()
{
    if (m_exposed)
        return;
    const std::string unsafe = m_conditions.map("${request_method} ${http_upgrade}", {{regexKey("^(?:GET|HEAD|OPTIONS|TRACE) \\z"), "0"}}, "1");
    const std::string site = m_conditions.map("${http_sec_fetch_site}", {{quoted("~*^cross-site\\z"), "1"}}, "0");
    const std::string origin = m_conditions.map("${http_origin} ${host}", {
        {regexKey("^ "), "0"},
        {quoted("~*^[a-z]+://(?:localhost|[^/]*\\.localhost|127\\.[0-9.]+|\\[::1\\])(?::[0-9]+)? "), "0"},
        {quoted("~*^[a-z]+://([^/:]+)(?::[0-9]+)? \\1\\z"), "0"},
    }, "1");
    std::vector<std::string> flags{unsafe, m_conditions.any({site, origin})};
    if (!m_corsAllows.empty())
        flags.push_back(m_conditions.negated(m_corsAllows));
    m_refusals.insert(m_refusals.begin(), {m_conditions.all(flags), SIZE_MAX, 403, "Forbidden", "A page of another site made the browser send this request.", {}, {}});
}

} // namespace gatehouse::exporters::nginx
