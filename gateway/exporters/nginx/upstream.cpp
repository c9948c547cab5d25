// A route that goes to an upstream: its servers, what is sent to them, how long and how often.
#include "gateway/base/text.h"
#include "gateway/exporters/nginx/quote.h"
#include "gateway/exporters/nginx/route.h"
#include "gateway/http/target.h"

#include <algorithm>

namespace gatehouse::exporters::nginx {

namespace {
std::string authority(const schema::Url &url)
{
    const bool v6 = url.host.find(':') != std::string::npos;
    return (v6 ? "[" + url.host + "]" : url.host) + (url.port ? ":" + std::to_string(url.port) : std::string());
}
} // namespace

void RouteWriter::upstream()
{
    const auto &record = *m_shared.workspace.upstream(*m_route->to.upstream);
    const std::string place = record.origin.path.text();
    std::vector<std::string> authorities;
    std::string base;
    bool bases = true, names = false;
    Page servers;
    for (const auto &endpoint : record.endpoints) {
        const auto url = schema::parseUrl(endpoint.url);
        if (!url || !endpoint.enabled)
            continue;
        std::string path = url->path;
        while (path.ends_with('/'))
            path.pop_back();
        bases = bases && (authorities.empty() || path == base);
        base = path;
        if (!url->socket.empty()) {
            authorities.push_back("localhost");
            servers.line("server " + quoted("unix:" + literal(url->socket)) + (endpoint.weight != 1 ? " weight=" + std::to_string(endpoint.weight) : std::string()) + " max_fails=0;");
            continue;
        }
        names = names || (!IpAddress::parse(url->host) && url->host != "localhost");
        authorities.push_back(authority(*url));
        servers.line("server " + authorities.back() + (endpoint.weight != 1 ? " weight=" + std::to_string(endpoint.weight) : std::string()) + " max_fails=0;");
    }
    if (authorities.empty()) {
        find(m_body, Level::Exact, place, "upstream.endpoints", "Every endpoint is switched off: the route answers 503.");
        return problem(m_body, 503, "Service Unavailable", "No endpoint may take the request.");
    }
    const std::string name = "gh_up_" + record.name;
    std::string &known = m_shared.keys["upstream " + record.name];
    if (known.empty()) {
        known = name;
        auto &page = m_shared.upstreams;
        find(page, Level::Exact, place, "upstream.balance", "nginx's own weighted round-robin; max_fails=0, since Gatehouse ejects no endpoint here.");
        if (names)
            find(page, Level::Approximated, place, "upstream.endpoints", "nginx resolves names once, when it starts.", "Write addresses, or reload nginx when they change.");
        if (record.connections.max != 128)
            find(page, Level::Unsupported, place, "upstream.connections.max", "nginx bounds connections by server and worker, and refuses at once where Gatehouse waits; no bound is set.", "Set max_conns on the servers.");
        if (record.proxyProtocol != config::ProxyOut::Off)
            find(page, Level::Unsupported, place, "upstream.proxy-protocol", "nginx sends PROXY headers from its stream module only, never in front of HTTP requests: the upstream gets none.",
                 "Let the upstream read X-Forwarded-For, or pass connections on by a stream server with proxy_protocol.");
        page.open("upstream " + quoted(name));
        page.append(std::move(servers));
        page.line("keepalive 64;");
        page.line("keepalive_timeout " + duration(record.connections.idle) + ";");
        page.line("keepalive_requests " + std::to_string(record.connections.requests ? record.connections.requests : 1'000'000'000) + ";");
        page.close();
    }
    if (!bases)
        find(m_body, Level::Unsupported, place, "upstream.endpoints", "Endpoints with different paths can't stand in one upstream of nginx; the last one's path is used for all.", "Make an upstream of each, or give them the same path.");
    for (const char *status : {"502", "504"}) {
        const std::string location = "@gh_" + m_id + "_" + status;
        m_body.line("error_page " + std::string(status) + " " + location + ";");
        m_more.open("location " + location);
        responseHeaders(m_more, SIZE_MAX);
        problem(m_more, status == std::string_view("502") ? 502 : 504, status == std::string_view("502") ? "Bad Gateway" : "Gateway Timeout", "The upstream gave no usable answer.");
        m_more.close();
    }
    delivery(record, authorities.size());
    query(base); // set comes before the rewrite, which ends the rewriting
    host(record, authorities);
    proxyFields();
    if (!m_route->rewrite.headers.empty())
        editRequest(m_route->rewrite.headers, "1");
    const auto isHidden = [&](std::string_view name) {
        return std::any_of(m_hidden.begin(), m_hidden.end(), [&](const std::string &hidden) { return equalsIgnoreCase(hidden, name); });
    };
    if (std::any_of(std::begin(passedHeaders), std::end(passedHeaders), isHidden)) { // a header that is passed can't be hidden
        for (const auto name : passedHeaders) {
            if (!isHidden(name))
                m_body.line("proxy_pass_header " + std::string(name) + ";");
        }
    }
    for (const auto &hidden : m_hidden)
        m_body.line("proxy_hide_header " + quoted(literal(hidden)) + ";");
    for (const auto &sent : m_sent)
        m_body.line("proxy_set_header " + quoted(literal(sent.name)) + " " + quoted(sent.value) + ";");
    m_proxied = true;
    m_body.line("proxy_pass " + quoted("http://" + name) + ";");
}

void RouteWriter::delivery(const config::Upstream &upstream, size_t servers)
{
    const auto delivery = config::merged(upstream.delivery, m_route->delivery);
    m_body.line("proxy_connect_timeout " + duration(delivery.connect) + ";");
    if (delivery.response != delivery.idle)
        find(m_body, Level::Approximated, m_place, "delivery.timeout", "nginx has one time for the wait for an answer and between its pieces: that for the answer is taken.", "Give both the same time.");
    m_body.line("proxy_read_timeout " + duration(delivery.response) + ";");
    m_body.line("proxy_send_timeout " + duration(delivery.idle) + ";");
    if (delivery.total.count() > 0)
        find(m_body, Level::Unsupported, m_place, "delivery.timeout.total", "nginx does not bound a whole exchange.", "Bound the single waits.");
    if (delivery.times == 0) {
        m_body.line("proxy_next_upstream off;");
        return;
    }
    std::string on;
    bool refused = false, reset = false;
    for (const auto &failure : delivery.failures) {
        switch (failure.failure) {
        case config::Failure::ConnectFailure: refused = true; break;
        case config::Failure::Reset: reset = true; break;
        case config::Failure::Timeout: on += " timeout"; break;
        case config::Failure::Status: {
            static constexpr int known[] = {403, 404, 429, 500, 502, 503, 504};
            if (std::find(std::begin(known), std::end(known), failure.status) != std::end(known))
                on += " http_" + std::to_string(failure.status);
            else
                find(m_body, Level::Unsupported, m_place, "delivery.retry.failures", "nginx does not try again after " + std::to_string(failure.status) + ".", "Leave it out.");
        }
        }
    }
    if (refused || reset) {
        on = " error" + on;
        if (refused != reset)
            find(m_body, Level::Approximated, m_place, "delivery.retry.failures", "To nginx a refused and a broken connection are one failure.", "Name both connect-failure and reset.");
    }
    const auto has = [&](const char *method) { return std::find(delivery.methods.begin(), delivery.methods.end(), method) != delivery.methods.end(); };
    if (has("POST") || has("PATCH"))
        on += " non_idempotent";
    if (!delivery.methods.empty() && !(has("GET") && has("HEAD") && has("PUT") && has("DELETE") && has("OPTIONS") && has("POST") == has("PATCH")))
        find(m_body, Level::Approximated, m_place, "delivery.retry.methods", "nginx tries all idempotent methods again, or all.", "Accept it, or do not retry.");
    find(m_body, Level::Approximated, m_place, "delivery.retry",
         servers == 1 ? "nginx tries again on another server only, and this upstream has one: there will be no second try."
                      : "nginx tries the next server at once, each of them once: no backoff, budget or time per try.",
         servers == 1 ? "Add an endpoint." : "Bound the tries by proxy_next_upstream_timeout.");
    m_body.line("proxy_next_upstream" + (on.empty() ? " off" : on) + ";");
    m_body.line("proxy_next_upstream_tries " + std::to_string(delivery.times + 1) + ";");
}

// The path as it goes upstream. nginx encodes it anew, in its normal form: what came is never sent as it came.
std::string RouteWriter::rewritten(const std::string &base)
{
    const auto &rewrite = m_route->rewrite;
    std::string path = "${gh_uri}", args;
    if (rewrite.stripPrefix) {
        const std::string prefix = pattern(http::percentDecode(*rewrite.stripPrefix).value_or(*rewrite.stripPrefix));
        const std::string stem = prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix;
        path = m_conditions.map(path, {{regexKey("^" + stem + "(/.*)\\z"), "\"$1\""}, {regexKey("^" + stem + "\\z"), "\"/\""}}, quoted(path));
    }
    if (rewrite.addPrefix) {
        std::string prefix = *rewrite.addPrefix;
        while (prefix.ends_with('/'))
            prefix.pop_back();
        path = literal(prefix) + path;
    }
    bool ownQuery = false;
    if (rewrite.path) {
        const auto mark = rewrite.path->find('?');
        ownQuery = mark != std::string::npos;
        path = m_conditions.value(rewrite.path->substr(0, mark), m_scope);
        if (ownQuery) {
            args = m_conditions.value(rewrite.path->substr(mark + 1), m_scope);
            if (args.find("${") != std::string::npos)
                find(m_body, Level::Approximated, m_place, "rewrite.path", "nginx puts values into the query as they are, without encoding them.", "Keep values out of the query.");
        }
        if (path.find("${") != std::string::npos)
            path = m_conditions.map(path, {{regexKey("(?:^|/)\\.\\.?(?:/|\\z)"), "\"/\""}}, quoted(path)); // nothing climbs out
    }
    path = literal(base) + path;
    if (ownQuery)
        m_args = args;
    return path;
}

void RouteWriter::query(const std::string &base)
{
    const std::string path = rewritten(base);
    const auto &edits = m_route->rewrite.query;
    if (!edits.empty()) {
        find(m_body, Level::Approximated, m_place, "rewrite.query", "nginx edits the first parameter of a name, and puts what is set at the end.", "Use it where order and duplicates do not matter.");
        const auto without = [&](const std::string &args, const std::string &name, const std::string &instead) {
            const std::string pair = encodedPattern(name) + "(=[^&]*|)(?=&|\\z)";
            if (!instead.empty())
                return m_conditions.map(args, {{regexKey("^(.*&|)" + pair + "(.*)\\z"), quoted("$1" + literal(instead) + "$2$3")}}, quoted(args));
            return m_conditions.map(args, {{regexKey("^(.*&|)" + encodedPattern(name) + "(?:=[^&]*|)&(.*)\\z"), "\"$1$2\""}, {regexKey("^(.*)&" + encodedPattern(name) + "(?:=[^&]*|)\\z"), "\"$1\""}, {regexKey("^" + encodedPattern(name) + "(?:=[^&]*|)\\z"), "\"\""}}, quoted(args));
        };
        const auto added = [&](const std::string &args, const std::string &pair) { return m_conditions.map(args, {{"\"\"", quoted(pair)}}, quoted(args + "&" + pair)); };
        for (const auto &name : edits.remove)
            m_args = without(m_args, name, {});
        for (const auto &[from, to] : edits.rename)
            m_args = without(m_args, from, http::percentEncode(to, http::Encode::QueryPart));
        for (const auto *list : {&edits.set, &edits.add}) {
            for (const auto &[name, text] : *list) {
                const std::string pair = literal(http::percentEncode(name, http::Encode::QueryPart)) + "=" + m_conditions.value(text, m_scope);
                m_args = added(list == &edits.set ? without(m_args, name, {}) : m_args, pair);
            }
        }
    }
    if (m_args != "${args}")
        m_body.line("set $args " + quoted(m_args) + ";");
    m_body.line("rewrite ^ " + quoted(path) + " break;");
}

void RouteWriter::host(const config::Upstream &upstream, const std::vector<std::string> &authorities)
{
    if (m_route->rewrite.host)
        return send("Host", m_conditions.value(*m_route->rewrite.host, encodedScope()));
    if (upstream.host == "keep")
        return send("Host", "${http_host}");
    if (upstream.host != "upstream")
        return send("Host", literal(upstream.host));
    if (std::any_of(authorities.begin(), authorities.end(), [&](const std::string &one) { return one != authorities.front(); }))
        find(m_body, Level::Approximated, upstream.origin.path.text(), "upstream.host", "nginx sends the same Host to all servers: that of the first.", "Give the upstream a fixed host.");
    send("Host", literal(authorities.front()));
}

void RouteWriter::proxyFields()
{
    const auto mode = m_shared.workspace.settings.forwarded;
    const bool x = mode == config::Forwarded::XForwarded || mode == config::Forwarded::Both;
    const bool rfc = mode == config::Forwarded::Rfc7239 || mode == config::Forwarded::Both;
    const bool trusts = !m_shared.workspace.settings.trustedProxies.empty();
    // A PROXY header names the peer instead of the one that is connected.
    const bool introduced = m_listener.proxyProtocol != config::ProxyIn::Off;
    const std::string peer = introduced ? "${remote_addr}" : "${realip_remote_addr}", trusted = introduced ? "${gh_trusted_client}" : "${gh_trusted}";
    // What a peer says is believed only when it is trusted; gh_trusted says so.
    const auto believed = [&](const std::string &came, const std::string &own) {
        return trusts ? m_conditions.map(trusted + came, {{regexKey("^1."), quoted(came)}}, quoted(own)) : own;
    };
    const auto appended = [&](const std::string &came, const std::string &own) {
        return trusts ? m_conditions.map(trusted + came, {{regexKey("^1."), quoted(came + ", " + own)}}, quoted(own)) : own;
    };
    const auto kept = [&](const std::string &came) { return trusts ? believed(came, "") : std::string(); };
    send("X-Forwarded-For", x ? appended("${http_x_forwarded_for}", peer) : kept("${http_x_forwarded_for}"));
    send("X-Forwarded-Proto", x ? believed("${http_x_forwarded_proto}", "${scheme}") : kept("${http_x_forwarded_proto}"));
    send("X-Forwarded-Host", x ? believed("${http_x_forwarded_host}", "${http_host}") : kept("${http_x_forwarded_host}"));
    for (const char *name : {"X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Forwarded-Ssl", "X-Real-IP"})
        send(name, kept(headerVariable(name)));
    const std::string node = m_conditions.map(peer, {{regexKey("(^.*:.*\\z)"), "\"\\\"[$1]\\\"\""}}, quoted(peer));
    const std::string quotedHost = m_conditions.map("${http_host}", {{regexKey("[:\\[]"), "\"\\\"${http_host}\\\"\""}}, "\"${http_host}\"");
    send("Forwarded", rfc ? appended("${http_forwarded}", "for=" + node + ";host=" + quotedHost + ";proto=${scheme}") : kept("${http_forwarded}"));
    send("Upgrade", "${gh_upgrade}");
    send("Connection", "${gh_connection}");
    for (const char *name : {"Keep-Alive", "Proxy-Connection", "TE", "Trailer"})
        send(name, "");
}

} // namespace gatehouse::exporters::nginx
