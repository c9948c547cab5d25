#include "gateway/exporters/nginx/nginx.h"

#include "gateway/base/text.h"
#include "gateway/exporters/nginx/quote.h"
#include "gateway/exporters/nginx/route.h"
#include "gateway/runtime/compiler.h"
#include "gateway/runtime/precedence.h"
#include "gateway/schema/problem.h"

#include <algorithm>

namespace gatehouse::exporters::nginx {

namespace {

class Writer {
public:
    Writer(const config::Workspace &workspace, const runtime::Snapshot &snapshot) : m_shared(workspace), m_snapshot(snapshot) { }
    Export run();

private:
    void head(Page &page);
    void defaults(Page &page);
    void trusted(Page &page);
    void keys(Export &out);
    void listener(const config::Listener &listener, const runtime::ListenerPlan &plan, size_t index);
    void limits(Page &page, const config::Listener &listener);
    void address(Page &page, const config::Listener &listener);
    void introduction(Page &page, const config::Listener &listener);
    void misdirected(Page &page, const runtime::ListenerPlan &plan);
    void chain(Page &page, const config::Listener &listener, const runtime::ListenerPlan &plan, size_t index, bool exposed);

    Shared m_shared;
    const runtime::Snapshot &m_snapshot;
    Page m_servers;
};

void Writer::head(Page &page)
{
    page.line("# Made by Gatehouse from " + comment(m_shared.workspace.name) + ". Edit the workspace, not this file.");
    page.line("worker_processes auto;");
    page.line("events {");
    page.line("    worker_connections 10240;");
    page.line("}");
    page.blank();
}

// Whatever of nginx's defaults differs from Gatehouse's is written out.
void Writer::defaults(Page &page)
{
    const auto find = [&](Level level, const char *feature, const char *message, const char *remedy) {
        page.find({level, "settings", feature, message, remedy, {}, 0});
    };
    for (const char *line : {
             "types { }", "default_type \"\";", "server_tokens off;", "sendfile on;", "tcp_nodelay on;", "gzip off;", "etag off;",
             "absolute_redirect off;", "underscores_in_headers on;", "client_max_body_size 0;", "keepalive_requests 1000000000;", "recursive_error_pages off;",
             "map_hash_bucket_size 256;", "map_hash_max_size 65536;", "variables_hash_bucket_size 256;", "variables_hash_max_size 65536;"})
        page.line(line);
    page.line("limit_req_log_level notice;");
    page.blank();
    find(Level::Approximated, "recording", "nginx records no exchanges, and its error log is not Gatehouse's.", "Set access_log as you need it.");
    page.line("access_log off;");
    page.line("proxy_http_version 1.1;");
    for (const char *line : {"proxy_buffering off;", "proxy_request_buffering off;", "proxy_redirect off;", "proxy_intercept_errors off;", "proxy_cache off;",
                             "proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset Expires Cache-Control Set-Cookie Vary;"})
        page.line(line);
    for (const auto name : passedHeaders)
        page.line("proxy_pass_header " + std::string(name) + ";");
    page.blank();
    find(Level::Approximated, "via", "nginx adds no Via and so does not notice a request that comes back to it.", "Take care that no upstream leads back here.");
    page.line("geo $gh_dollar { default \"$\"; }");
    find(Level::Approximated, "settings.paths", "nginx decodes every escape of a path: %2F is a slash to it, and what it sends on is encoded anew.", "Keep encoded slashes and delimiters out of paths.");
    page.line("map \"${request_uri}\" $gh_raw { \"~^([^?]*)\" \"$1\"; }");
    // Protocols that a tunnel may carry: HTTP and TLS would bring requests past every location.
    page.line("map \"${http_connection}\" $gh_switch { \"~*(?:^|,)[ \\t]*upgrade[ \\t]*(?:,|\\\\z)\" \"${http_upgrade}\"; default \"\"; }");
    page.line("map \"${gh_switch}\" $gh_upgrade { \"~*(?:^|,)[ \\t]*(?:h2c?|http|tls)(?:/|[ \\t]*(?:,|\\\\z))\" \"\"; "
              "\"~^[!#%&'*+.^_`|~0-9A-Za-z/-]+(?:[ \\t]*,[ \\t]*[!#%&'*+.^_`|~0-9A-Za-z/-]+)*\\\\z\" \"${http_upgrade}\"; default \"\"; }");
    page.line("map \"${gh_upgrade}\" $gh_connection { \"\" \"\"; default \"upgrade\"; }");
    trusted(page);
    page.blank();
}

void Writer::trusted(Page &page)
{
    const auto &settings = m_shared.workspace.settings;
    const auto &proxies = settings.trustedProxies;
    if (settings.paths.mergeSlashes)
        page.line("merge_slashes on;");
    else
        page.line("merge_slashes off;");
    if (settings.paths.dotSegments == config::DotSegments::Reject)
        page.find({Level::Unsupported, "settings.paths", "settings.paths.dot-segments", "nginx resolves dot segments; it can't refuse them.", "Accept it: what is sent on is resolved.", {}, 0});
    page.find({Level::Approximated, "settings", "settings.trusted-proxies", "Of the fields that only a trusted proxy may send, nginx takes the usual ones away; other X-Forwarded-* pass.", "Add proxy_set_header for others that upstreams believe.", {}, 0});
    page.line("real_ip_header X-Forwarded-For;");
    if (proxies.empty())
        return;
    page.line("real_ip_recursive on;");
    for (const auto &proxy : proxies)
        page.line("set_real_ip_from " + proxy.text() + ";");
    const auto flag = [&](const char *variables) { // whether that address is one of them
        page.open("geo " + std::string(variables));
        page.line("default 0;");
        for (const auto &proxy : proxies)
            page.line(proxy.text() + " 1;");
        page.close();
    };
    flag("$realip_remote_addr $gh_trusted");
    const auto &listeners = m_shared.workspace.listeners;
    if (std::any_of(listeners.begin(), listeners.end(), [](const auto &one) { return one.proxyProtocol != config::ProxyIn::Off; }))
        flag("$remote_addr $gh_trusted_client"); // the peer that a PROXY header names
}

// A PROXY header names the peer: who sends it, and what nginx makes of one that may not.
void Writer::introduction(Page &page, const config::Listener &listener)
{
    if (listener.proxyProtocol == config::ProxyIn::Off)
        return;
    const auto find = [&](const char *message, const char *remedy) {
        page.find({Level::Approximated, listener.origin.path.text(), "listener.proxy-protocol", message, remedy, {}, 0});
    };
    if (listener.proxyProtocol == config::ProxyIn::Accept)
        find("nginx wants a PROXY header on every connection of a listener, or on none: here on every one.", "Use a listener of its own for the proxy in front.");
    find("nginx lets in who sends a PROXY header without being trusted, and keeps its own address for it; Gatehouse cuts it off.", "Let nobody but the proxy reach this port.");
    page.line("real_ip_header proxy_protocol;");
    for (const char *local : {"127.0.0.0/8", "::1", "unix:"})
        page.line("set_real_ip_from " + std::string(local) + ";");
    const auto &proxies = m_shared.workspace.settings.trustedProxies;
    if (!proxies.empty())
        find("nginx takes the client from the PROXY header alone, and never from an X-Forwarded-For that a trusted proxy sent behind it.", "Use one of the two.");
    for (const auto &proxy : proxies)
        page.line("set_real_ip_from " + proxy.text() + ";");
}

void Writer::keys(Export &out)
{
    if (!m_shared.needsKeys)
        return;
    std::string text = "# Keys of consumers. Keep this file readable by nginx alone.\n"
                       "# A line each: the key as a regex from ^ to \\\\z, with its special characters escaped, then the consumer.\n";
    for (const auto &consumer : m_shared.workspace.consumers) {
        for (size_t i = 0; i < consumer.apiKeys.size(); ++i)
            text += "# \"~^KEY\\\\z\" " + comment(quoted(literal(consumer.name))) + ";\n";
    }
    out.files.push_back({"gatehouse-keys.map", std::move(text)});
}

void Writer::address(Page &page, const config::Listener &listener)
{
    const auto address = schema::parseAddress(listener.address).valueOr({});
    const std::string options = listener.proxyProtocol == config::ProxyIn::Off ? " default_server;" : " default_server proxy_protocol;";
    if (!address.socket.empty())
        return page.line("listen " + quoted("unix:" + literal(address.socket)) + options);
    const std::string host = address.host.find(':') != std::string::npos ? "[" + address.host + "]" : address.host;
    if (address.port == 0)
        page.find({Level::Approximated, listener.origin.path.text(), "listener.address", "nginx can't take any free port: 8080 is written.", "Choose a port.", {}, 0});
    else
        page.find({Level::Exact, listener.origin.path.text(), "listener.address", "A server of its own.", {}, {}, 0});
    page.line("listen " + host + ":" + std::to_string(address.port ? address.port : 8080) + options);
}

void Writer::limits(Page &page, const config::Listener &listener)
{
    const auto &limits = listener.limits;
    const uint64_t buffer = std::max(limits.headerSize, limits.url);
    if (limits.url != limits.headerSize)
        page.find({Level::Approximated, listener.origin.path.text(), "limits", "nginx bounds a line of the head, not the URL and the head; the number of headers and of connections is not bounded.", "Set worker_connections and limit_conn.", {}, 0});
    page.line("large_client_header_buffers 4 " + std::to_string(std::max<uint64_t>(buffer, 1024)) + ";");
    page.line("client_header_timeout " + duration(limits.headerTimeout) + ";");
    page.line("client_body_timeout " + duration(limits.bodyIdle) + ";");
    page.line("keepalive_timeout " + duration(limits.idle) + ";");
}

// A loopback listener answers for local names and those of the workspace only.
void Writer::misdirected(Page &page, const runtime::ListenerPlan &plan)
{
    std::vector<std::pair<std::string, std::string>> known{
        {quoted("~^(?:[^.]+\\.)*localhost\\z"), "0"}, {quoted("~^[0-9.]+\\z"), "0"}, {quoted("~^\\["), "0"}, {"\"\"", "0"}, {quoted("_"), "0"}};
    for (const auto &host : plan.hosts)
        known.emplace_back(regexKey(host.starts_with("*.") ? "." + pattern(host.substr(1)) + "\\z" : "^" + pattern(host) + "\\z"), "0");
    const std::string flag = m_shared.conditions.map("${host}", known, "1");
    page.open("if ($" + flag.substr(2, flag.size() - 3) + ")");
    page.line("return 421 " + quoted("{\"type\":\"about:blank\",\"title\":\"Misdirected Request\",\"status\":421,\"detail\":\"This listener does not answer for this host.\"}") + ";");
    page.close();
}

// Routes by rank, each asked only when those before it do not match.
void Writer::chain(Page &page, const config::Listener &listener, const runtime::ListenerPlan &plan, size_t index, bool exposed)
{
    const auto &plans = plan.router->plans();
    struct Entry { uint32_t plan; std::string host; runtime::PrecedenceKey key; };
    std::vector<Entry> entries;
    std::vector<RouteWriter> writers;
    writers.reserve(plans.size() + 1);
    for (uint32_t i = 0; i < plans.size(); ++i) {
        const auto &hosts = plans[i]->match->hosts();
        for (const auto &host : hosts)
            entries.push_back({i, host, runtime::PrecedenceKey::of(*plans[i], host, i)});
        if (hosts.empty())
            entries.push_back({i, {}, runtime::PrecedenceKey::of(*plans[i], {}, i)});
        writers.emplace_back(m_shared, listener, m_shared.workspace.route(plans[i]->name), *plans[i], "l" + std::to_string(index) + "r" + std::to_string(i), exposed);
    }
    writers.emplace_back(m_shared, listener, nullptr, *plan.unmatched, "l" + std::to_string(index) + "none", exposed);
    std::stable_sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) { return runtime::compare(a.key, b.key).first; });

    auto &conditions = m_shared.conditions;
    std::string next = "\"l" + std::to_string(index) + "none\"";
    for (size_t i = entries.size(); i-- > 0;) {
        const auto &entry = entries[i];
        const auto &route = *m_shared.workspace.route(plans[entry.plan]->name);
        const Scope &scope = writers[entry.plan].scope();
        const std::string flag = conditions.all({conditions.host(entry.host), conditions.path(plans[entry.plan]->match->path(), scope.where), conditions.beyondPath(route.match, scope)});
        const std::string id = "\"l" + std::to_string(index) + "r" + std::to_string(entry.plan) + "\"";
        m_shared.maps.line("# " + comment(listener.name + ", " + route.name + (entry.host.empty() ? "" : " at " + entry.host)));
        if (flag == "1")
            next = id;
        else if (flag != "0")
            next = quoted(conditions.map(flag, {{"\"1\"", id}}, next));
    }
    page.line("set $gh_route " + next + ";");
    page.line("rewrite ^ \"/gatehouse/${gh_route}\" last;");
    for (auto &writer : writers)
        writer.write(page);
}

void Writer::listener(const config::Listener &listener, const runtime::ListenerPlan &plan, size_t index)
{
    auto &page = m_servers;
    page.blank();
    page.line("# " + comment(listener.name));
    page.open("server");
    address(page, listener);
    page.line("server_name _;");
    introduction(page, listener);
    limits(page, listener);
    page.line("default_type application/problem+json;");
    page.line("error_page 494 =431 @gh_431;");
    page.line("set $gh_uri \"${uri}\";");
    page.line("set $gh_args \"${args}\";");
    if (!plan.expose)
        misdirected(page, plan);
    chain(page, listener, plan, index, plan.expose);
    page.blank();
    page.open("location @gh_431");
    page.line("return 431 " + quoted("{\"type\":\"about:blank\",\"title\":\"Request Header Fields Too Large\",\"status\":431}") + ";");
    page.close();
    page.close();
}

Export Writer::run()
{
    const auto &listeners = m_shared.workspace.listeners;
    for (size_t i = 0; i < listeners.size(); ++i)
        listener(listeners[i], *m_snapshot.listeners[i], i);

    Page page;
    head(page);
    page.open("http");
    defaults(page);
    for (const auto &route : m_shared.workspace.routes) {
        if (!route.enabled)
            page.find({Level::Exact, route.origin.path.text(), "enabled", "The route is switched off, and left out.", {}, {}, 0});
    }
    page.append(std::move(m_shared.upstreams));
    page.append(std::move(m_shared.maps));
    page.append(std::move(m_shared.zones));
    page.append(std::move(m_servers));
    page.close();
    Export out;
    out.files.push_back(page.write("nginx.conf", out.findings));
    keys(out);
    return out;
}

} // namespace

Result<Export> run(const config::Workspace &workspace)
{
    policy::StateStore states;
    const std::shared_ptr<const config::Workspace> shared(std::shared_ptr<void>(), &workspace); // lives as long as this call
    const auto snapshot = runtime::compile(shared, states, nullptr, 0, systemClock());
    if (!snapshot) {
        const auto &problem = snapshot.error().front();
        return Error::make(ErrorKind::BadInput, problem.path + ": " + problem.message);
    }
    return Writer(workspace, **snapshot).run();
}

} // namespace gatehouse::exporters::nginx
