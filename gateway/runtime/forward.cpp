#include "gateway/runtime/forward.h"

#include "gateway/base/text.h"
#include "gateway/http/target.h"
#include "gateway/http/writer.h"

#include <algorithm>

namespace gatehouse::runtime {

using policy::Expression;
using policy::RequestView;

namespace {
// CGI and what descends from it make one variable of X-Real-IP, x-real_ip and X_REAL_IP: to an upstream they are the same.
bool beginsAs(std::string_view name, std::string_view folded)
{
    return name.size() >= folded.size() && std::equal(folded.begin(), folded.end(), name.begin(), [](char a, char b) { return a == (b == '_' ? '-' : lower(b)); });
}

bool isCalled(std::string_view name, std::string_view folded) { return name.size() == folded.size() && beginsAs(name, folded); }

bool isForTrusted(const http::Field &field, const void *settings)
{
    const char first = char(field.name.front() | 0x20); // of a token: never empty. Most fields are told by it
    if (first == 'x' && (beginsAs(field.name, "x-forwarded-") || isCalled(field.name, "x-real-ip")))
        return true;
    if (first == 'f' && isCalled(field.name, "forwarded"))
        return true;
    const auto &identity = static_cast<const Settings *>(settings)->identityFields;
    return std::any_of(identity.begin(), identity.end(), [&](const std::string &name) { return isCalled(field.name, name); });
}

// "1.2.3.4", "1.2.3.4:80", "[::1]:80", "\"[::1]:80\"".
std::optional<IpAddress> addressOf(std::string_view text)
{
    text = trim(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    if (text.starts_with('[')) {
        const size_t close = text.find(']');
        return close == std::string_view::npos ? std::nullopt : IpAddress::parse(text.substr(1, close - 1));
    }
    if (std::count(text.begin(), text.end(), ':') == 1)
        text = text.substr(0, text.find(':'));
    return IpAddress::parse(text);
}

// A parameter of one element of Forwarded (RFC 7239 section 4): for=…, proto=….
std::string_view parameter(std::string_view element, std::string_view name)
{
    for (auto pair : split(element, ';')) {
        pair = trim(pair);
        const size_t equals = pair.find('=');
        if (equals != std::string_view::npos && equalsIgnoreCase(trim(pair.substr(0, equals)), name))
            return trim(pair.substr(equals + 1));
    }
    return {};
}

// From the nearest hop outwards: the first that is no trusted proxy is the client; an unreadable one ends the search.
IpAddress clientBehind(std::string_view list, bool rfc7239, const Settings &settings, IpAddress client)
{
    auto hops = split(list, ',');
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        const auto address = addressOf(rfc7239 ? parameter(*hop, "for") : *hop);
        if (!address)
            break;
        client = *address;
        if (!settings.trusts(client))
            break;
    }
    return client;
}

std::string_view lastOf(std::string_view list)
{
    const size_t comma = list.rfind(',');
    return trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

void takeScheme(policy::RequestInfo &info, std::string_view text)
{
    if (equalsIgnoreCase(text, "https"))
        info.scheme = "https";
    else if (equalsIgnoreCase(text, "http"))
        info.scheme = "http";
}
} // namespace

void believe(http::RequestHead &head, policy::RequestInfo &info, const Settings &settings, const IpAddress &peer, ChangeLog *log)
{
    info.client = peer;
    if (!settings.trusts(peer)) {
        if (head.fields.removeIf(isForTrusted, &settings) > 0 && log)
            log->after("settings.trusted-proxies", head);
        return;
    }
    const std::string_view forwarded = head.fields.combined("forwarded"), hops = head.fields.combined("x-forwarded-for");
    const bool rfc7239 = !forwarded.empty() && (hops.empty() || settings.forwarded != Settings::Forwarded::XForwarded);
    if (rfc7239) {
        takeScheme(info, parameter(lastOf(forwarded), "proto"));
        info.client = clientBehind(forwarded, true, settings, peer);
    } else {
        takeScheme(info, lastOf(head.fields.combined("x-forwarded-proto")));
        if (!hops.empty())
            info.client = clientBehind(hops, false, settings, peer);
    }
    if (info.client != peer)
        info.clientText = head.fields.arena().copy(info.client.text());
}

void believeTrailers(http::Fields &trailers, const Settings &settings, const IpAddress &peer)
{
    if (!settings.trusts(peer))
        trailers.removeIf(isForTrusted, &settings);
}

namespace {
// The target from its parts, before anybody is told of a step.
void told(http::RequestHead &head, ChangeLog *log, std::string_view setting)
{
    head.target = head.hasQuery ? head.fields.arena().join({head.path, "?", head.query}) : head.path;
    if (log)
        log->after(setting, head);
}

// The path as rewritten; dot segments that values brought in are resolved, so that nothing climbs out of what was written.
void rewritePath(http::RequestHead &head, const RoutePlan &plan, const RequestView &view, ChangeLog *log)
{
    Arena &arena = head.fields.arena();
    const Rewrite &rewrite = plan.rewrite;
    if (!rewrite.stripPrefix.empty() && policy::isUnder(head.path, rewrite.stripPrefix)) {
        std::string_view prefix = rewrite.stripPrefix;
        if (prefix.ends_with('/'))
            prefix.remove_suffix(1);
        head.path.remove_prefix(prefix.size());
        if (head.path.empty())
            head.path = "/";
        told(head, log, "rewrite.strip-prefix");
    }
    if (!rewrite.addPrefix.empty()) {
        std::string_view prefix = rewrite.addPrefix;
        if (prefix.ends_with('/'))
            prefix.remove_suffix(1);
        head.path = arena.join({prefix, head.path});
        told(head, log, "rewrite.add-prefix");
    }
    if (rewrite.path.empty())
        return;
    const auto parts = http::splitTarget(rewrite.path.evaluate(view, Expression::For::Path, arena, &plan.match->path()));
    if (const auto path = http::normalisePath(parts.path, {}, arena))
        head.path = *path;
    if (parts.hasQuery) {
        head.query = parts.query;
        head.hasQuery = true;
    }
    told(head, log, "rewrite.path");
}

void setHost(http::RequestHead &head, std::string_view host, std::string_view setting, ChangeLog *log)
{
    if (!host.empty() && head.fields.set("host", host) && log)
        log->after(setting, head);
}

void rewriteHost(http::RequestHead &head, const Forwarding &f, const RequestView &view, ChangeLog *log)
{
    if (!f.plan.rewrite.host.empty())
        setHost(head, f.plan.rewrite.host.evaluate(view, Expression::For::Header, head.fields.arena(), &f.plan.match->path()), "rewrite.host", log);
    else if (f.plan.hostMode == RoutePlan::Host::Fixed)
        setHost(head, f.plan.hostText, "upstream.host", log);
    else if (f.plan.hostMode == RoutePlan::Host::Upstream || !head.fields.has("host"))
        setHost(head, f.endpoint, "upstream.host", log);
}

// `name` is a literal, `value` lives as long as the arena and was checked where it came from: nothing to copy or to check again.
void append(http::Fields &fields, std::string_view name, std::string_view value)
{
    const std::string_view before = fields.combined(name);
    if (before.empty())
        fields.addChecked({name, value});
    else
        fields.set(name, fields.arena().join({before, ", ", value}));
}

void addProxyFields(http::RequestHead &head, const Forwarding &f, std::string_view hostSent, ChangeLog *log)
{
    using Mode = Settings::Forwarded;
    const Mode mode = f.settings.forwarded;
    Arena &arena = head.fields.arena();
    const bool known = !f.peer.isUnspecified(); // who came by a Unix socket has no address (RFC 7239 section 6.2)
    if (mode == Mode::XForwarded || mode == Mode::Both) {
        append(head.fields, "X-Forwarded-For", known ? f.peerText : "unknown");
        if (!head.fields.has("x-forwarded-proto"))
            head.fields.addChecked({"X-Forwarded-Proto", f.info.scheme});
        if (!head.fields.has("x-forwarded-host") && !hostSent.empty())
            head.fields.addChecked({"X-Forwarded-Host", hostSent});
    }
    if (mode == Mode::Rfc7239 || mode == Mode::Both) {
        const std::string_view node = !known ? "unknown" : f.peer.isV4() ? f.peerText : arena.join({"\"[", f.peerText, "]\""});
        const bool quote = hostSent.find_first_of(":[") != std::string_view::npos; // RFC 7239 section 4: only a token stands unquoted
        append(head.fields, "Forwarded",
               hostSent.empty() ? arena.join({"for=", node, ";proto=", f.info.scheme})
                                : arena.join({"for=", node, ";host=", quote ? "\"" : "", hostSent, quote ? "\"" : "", ";proto=", f.info.scheme}));
    }
    if (mode != Mode::None && log)
        log->after("settings.forwarded", head);
}
} // namespace

void prepare(http::RequestHead &head, const Forwarding &f, ChangeLog *log)
{
    Arena &arena = head.fields.arena();
    const std::string_view hostSent = head.fields.value("host");
    http::removeHopByHop(head.fields);
    if (!head.upgrade.empty()) [[unlikely]]
        head.upgrade = http::tunnelledProtocols(head.upgrade, arena);
    if (log)
        log->after("hop-by-hop", head);

    // Expressions see the request as the policies left it, whatever part has been rewritten already.
    const http::Fields *seen = &head.fields;
    http::Fields kept = f.plan.rewrite.any() ? head.fields.clone(arena) : http::Fields(arena);
    if (f.plan.rewrite.any())
        seen = &kept;
    const RequestView view{head.method, *seen, f.info};
    if (f.info.path != "*") {
        head.form = http::TargetForm::Origin;
        head.path = f.info.path;
        told(head, log, "settings.paths");
        rewritePath(head, f.plan, view, log);
        if (!f.plan.rewrite.query.empty()) {
            head.query = f.plan.rewrite.query.apply(head.query, view, arena, &f.plan.match->path());
            head.hasQuery = !head.query.empty();
            told(head, log, "rewrite.query");
        }
    } else {
        head.target = head.path; // RFC 9112 3.2.4: the last proxy MUST send "*" for OPTIONS in absolute-form without path and query
    }
    rewriteHost(head, f, view, log);
    if (f.plan.rewrite.headers.apply(head.fields, view, &f.plan.match->path()) && log)
        log->after("rewrite.headers", head);
    addProxyFields(head, f, hostSent, log);
    if (!f.via.empty()) {
        const std::string_view version = head.version == http::Version::Http10 ? "1.0 " : head.version == http::Version::Http2 ? "2 " : "1.1 ";
        append(head.fields, "Via", arena.join({version, f.via}));
        if (log)
            log->after("via", head);
    }
}

std::string_view redirectLocation(const RoutePlan &plan, const RequestView &request, Arena &arena)
{
    const Expression &location = plan.target.location;
    std::string_view text = location.evaluate(request, Expression::For::Path, arena, &plan.match->path());
    // A path that begins with two slashes would name another host: a request must not be able to choose that.
    if (!location.text().starts_with("//"))
        while (text.starts_with("//"))
            text.remove_prefix(1);
    return text;
}

} // namespace gatehouse::runtime
