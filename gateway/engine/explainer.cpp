#include "gateway/engine/explainer.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/http/target.h"
#include "gateway/net/address.h"
#include "gateway/policy/services.h"
#include "gateway/runtime/compiler.h"
#include "gateway/runtime/explain.h"
#include "gateway/schema/problem.h"

#include <algorithm>

namespace gatehouse::engine {

namespace {

Error bad(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message), Side::Client); }

struct Parts {
    std::string scheme = "http", authority, target = "/";
};

Result<Parts> partsOf(const std::string &url)
{
    Parts parts;
    std::string_view rest = url;
    if (const size_t colon = rest.find("://"); colon != std::string_view::npos && rest.find_first_of("/?#") > colon) {
        parts.scheme = lower(rest.substr(0, colon));
        rest.remove_prefix(colon + 3);
        const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
        parts.authority = std::string(rest.substr(0, end));
        rest.remove_prefix(end);
        if (!http::parseAuthority(parts.authority))
            return bad("\"" + escapeControls(parts.authority) + "\" is not HOST or HOST:PORT.");
    }
    rest = rest.substr(0, rest.find('#'));
    if (!rest.empty() && rest.front() == '/')
        parts.target = std::string(rest);
    else if (!rest.empty() && rest.front() == '?')
        parts.target = "/" + std::string(rest);
    else if (!rest.empty())
        return bad("\"" + escapeControls(url) + "\" is no URL and no path. Write http://HOST/PATH or /PATH.");
    return parts;
}

// The listener whose port the URL names; else the first.
const runtime::ListenerPlan *choose(const runtime::Snapshot &snapshot, const std::string &named, uint16_t port,
                                    const std::function<std::string(const std::string &)> &addressOf)
{
    if (!named.empty())
        return snapshot.listener(named);
    const runtime::ListenerPlan *first = nullptr;
    for (const auto &listener : snapshot.listeners) {
        if (!first)
            first = listener.get();
        const std::string real = addressOf(listener->name);
        const auto address = net::Address::parse(real.empty() ? listener->address : real);
        if (port && address && address->port == port)
            return listener.get();
    }
    return first;
}

} // namespace

std::vector<api::RoutePlace> Explainer::order() const
{
    const runtime::SnapshotPointer snapshot = m_running();
    if (!snapshot || snapshot->listeners.empty())
        return {};
    const runtime::Router &router = *snapshot->listeners.front()->router; // each listener has all routes
    std::vector<size_t> natural(router.plans().size());
    size_t place = 0;
    for (const uint32_t plan : router.naturalOrder())
        natural[plan] = place++;
    std::vector<api::RoutePlace> places;
    for (const uint32_t plan : router.order())
        places.push_back({router.plans()[plan]->name, router.plans()[plan]->priority, natural[plan]});
    return places;
}

Result<observe::Explanation> Explainer::explain(const api::RequestSketch &request) const
{
    const runtime::SnapshotPointer snapshot = m_running();
    if (!snapshot)
        return Error::make(ErrorKind::NotFound, "There is no valid configuration to explain with.");
    return explain(request, *snapshot, m_mocks);
}

Result<observe::Explanation> Explainer::explain(const api::RequestSketch &request, const config::Workspace &workspace) const
{
    policy::StateStore states; // of its own: asking must not touch what counts
    auto snapshot = runtime::compile(std::make_shared<config::Workspace>(workspace), states, nullptr, 1, m_clock);
    if (!snapshot)
        return bad(snapshot.error().empty() ? std::string("The workspace does not compile.") : snapshot.error().front().text());
    MockRules mocks(states);
    return explain(request, **snapshot, mocks);
}

Result<observe::Explanation> Explainer::explain(const api::RequestSketch &request, const runtime::Snapshot &snapshot, MockRules &mocks) const
{
    const auto parts = partsOf(request.url);
    if (!parts)
        return parts.error();
    const auto authority = http::parseAuthority(parts->authority);
    const runtime::ListenerPlan *listener = choose(snapshot, request.listener, authority ? authority->port : 0, m_addressOf);
    if (!listener)
        return Error::make(ErrorKind::NotFound, request.listener.empty() ? "The workspace has no listener." : "There is no listener " + request.listener + ".");
    runtime::Sketch sketch;
    sketch.method = request.method;
    sketch.target = parts->target;
    sketch.scheme = parts->scheme;
    // A Host field of the request's own is what is sent, whatever the URL connects to.
    const auto host = std::find_if(request.headers.begin(), request.headers.end(), [](const auto &field) { return equalsIgnoreCase(field.first, "host"); });
    sketch.host = host != request.headers.end() ? host->second : parts->authority;
    sketch.fields = request.headers;
    sketch.body = request.body;
    sketch.client = request.client;
    return runtime::explain(snapshot, *listener, sketch, m_clock, {}, mocks.ofSketch(snapshot));
}

} // namespace gatehouse::engine
