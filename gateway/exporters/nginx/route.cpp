// A route's locations: refusals, limits, and the answer where it is made here.
#include "gateway/exporters/nginx/route.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"
#include "gateway/exporters/nginx/quote.h"
#include "gateway/runtime/content.h"

#include <algorithm>
#include <utility>

namespace gatehouse::exporters::nginx {

namespace {
// `if` takes a bare variable; what holds "0" or nothing is false.
std::string condition(const std::string &flag)
{
    if (flag.starts_with("${"))
        return "($" + flag.substr(2, flag.size() - 3) + ")";
    return "(" + quoted(flag) + " = \"1\")";
}
bool isRedirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

// In pieces that a token can hold, never inside a UTF-8 character or a reference to a variable.
std::vector<std::string> pieces(const std::string &text)
{
    std::vector<std::string> out;
    for (size_t at = 0; at < text.size();) {
        size_t end = std::min(at + longestToken / 2, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
            --end;
        const auto open = text.rfind("${", end - 1);
        if (open != std::string::npos && open > at && end < text.size() && text.find('}', open) >= end)
            end = open;
        out.push_back(text.substr(at, end - at));
        at = end;
    }
    return out;
}
} // namespace

RouteWriter::RouteWriter(Shared &shared, const config::Listener &listener, const config::Route *route, const runtime::RoutePlan &plan, std::string id, bool exposed)
    : m_shared(shared), m_conditions(shared.conditions), m_listener(listener), m_route(route), m_plan(plan), m_id(std::move(id)), m_exposed(exposed),
      m_place(route ? route->origin.path.text() : listener.origin.path.text())
{
    m_scope.where = m_place;
    m_scope.path = &plan.match->path();
    m_scope.preflights = plan.preflights;
}

void RouteWriter::find(Page &page, Level level, const std::string &where, std::string feature, std::string message, std::string remedy)
{
    page.find({level, where, std::move(feature), std::move(message), std::move(remedy), {}, 0});
}

std::string RouteWriter::current(const std::string &name) const
{
    for (const auto &sent : m_sent) {
        if (equalsIgnoreCase(sent.name, name))
            return sent.value;
    }
    return headerVariable(name);
}

void RouteWriter::send(const std::string &name, const std::string &value)
{
    for (auto &sent : m_sent) {
        if (equalsIgnoreCase(sent.name, name)) {
            sent.value = value;
            return;
        }
    }
    m_sent.push_back({name, value});
}

void RouteWriter::responseHeaders(Page &page, size_t beforePolicy)
{
    for (const auto &header : m_responseHeaders) {
        if (header.policy < beforePolicy)
            page.line("add_header " + quoted(literal(header.name)) + " " + quoted(header.value) + " always;");
    }
}

void RouteWriter::problem(Page &page, int status, const std::string &title, const std::string &detail)
{
    const auto body = json::Value::object({{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}});
    page.line("default_type application/problem+json;");
    page.line("return " + std::to_string(status) + " " + quoted(literal(json::write(body))) + ";");
}

void RouteWriter::answer(Page &page, int status, const std::vector<std::pair<std::string, std::string>> &fields, const std::string &body, const std::string &feature)
{
    std::string type, location;
    for (const auto &[name, value] : fields) {
        if (!writable(value))
            find(page, Level::Unsupported, m_scope.where, feature, "nginx can't write a NUL; it is left out.", "Take it out of the value.");
        if (equalsIgnoreCase(name, "content-type"))
            type = value;
        else if (equalsIgnoreCase(name, "location") && isRedirect(status))
            location = value;
        else
            page.line("add_header " + quoted(literal(name)) + " " + quoted(literal(value)) + " always;");
    }
    if (!writable(body))
        find(page, Level::Unsupported, m_scope.where, feature, "nginx can't write a NUL; it is left out of the body.", "Serve the file by root or alias.");
    if (status == 444 || status == 499)
        find(page, Level::Unsupported, m_scope.where, feature, "To nginx the status " + std::to_string(status) + " means to close the connection without an answer.", "Use another status.");
    if (isRedirect(status)) {
        if (!body.empty())
            find(page, Level::Approximated, m_scope.where, feature, "nginx sends its own short page with a redirect.", "Leave the body out.");
        if (location.empty())
            find(page, Level::Unsupported, m_scope.where, feature, "nginx can't send this status without a Location.", "Give a Location, or use another status.");
        page.line("return " + std::to_string(status) + " " + quoted(literal(location)) + ";");
        return;
    }
    page.line("default_type " + quoted(literal(type)) + ";");
    std::string text = literal(body);
    if (text.size() > longestToken / 2) { // a token has its bound; variables have none
        std::string whole;
        for (const auto &piece : pieces(text)) {
            const std::string name = "gh_" + m_id + "_text" + std::to_string(m_pieces++);
            page.line("set $" + name + " " + quoted(piece) + ";");
            whole += variable(name);
        }
        text = whole;
    }
    page.line("return " + std::to_string(status) + " " + quoted(text) + ";");
}

void RouteWriter::respond()
{
    const auto &record = *m_route->to.respond;
    const auto made = runtime::fixedResponse(record, m_shared.workspace.folder);
    if (!made) {
        find(m_body, Level::Unsupported, m_place, "respond.file", made.error().message, "Put the file into the workspace.");
        return problem(m_body, 500, "Internal Server Error", "The answer's file was not exported.");
    }
    find(m_body, Level::Exact, m_place, "respond", "A return.");
    answer(m_body, made->status, made->fields, made->body, "respond");
}

void RouteWriter::redirect()
{
    const auto &record = *m_route->to.redirect;
    std::string location = m_conditions.value(record.location, encodedScope());
    const auto parts = schema::parseExpression(record.location);
    if (parts && !parts->empty() && !(parts->front().source == schema::Source::Literal)) // a request must not be able to choose another host
        location = m_conditions.map(location, {{regexKey("^/+(/.*)\\z"), "\"$1\""}}, quoted(location));
    if (!isRedirect(record.status))
        find(m_body, Level::Unsupported, m_place, "redirect.status", "nginx sends a Location with 301, 302, 303, 307 and 308 only.", "Choose one of these.");
    else
        find(m_body, Level::Exact, m_place, "redirect", "A return with a Location. nginx adds a short page of its own.");
    m_body.line("default_type text/html;");
    m_body.line("return " + std::to_string(record.status) + " " + quoted(location) + ";");
}

void RouteWriter::mock()
{
    const auto *record = m_shared.workspace.mock(*m_route->to.mock);
    const std::string place = record->origin.path.text();
    std::string pick = "\"none\"";
    const bool random = record->mode == config::MockMode::Random
        && std::none_of(record->responses.begin(), record->responses.end(), [](const auto &response) { return response.when.has_value(); });
    if (random) {
        const std::string name = m_conditions.fresh("mock");
        m_shared.maps.open("split_clients \"${request_id}\" $" + name);
        for (size_t i = 0; i + 1 < record->responses.size(); ++i) {
            char line[48];
            std::snprintf(line, sizeof line, "%.2f%% %zu;", 100.0 / static_cast<double>(record->responses.size()), i);
            m_shared.maps.line(line);
        }
        m_shared.maps.line("* " + std::to_string(record->responses.size() - 1) + ";");
        m_shared.maps.close();
        pick = quoted(variable(name));
        find(m_body, Level::Exact, place, "mock.mode", "split_clients picks evenly.");
    } else if (record->mode != config::MockMode::FirstMatch) {
        find(m_body, Level::Unsupported, place, "mock.mode", "nginx keeps no place in a sequence and does not draw among conditions: the first response that matches answers.", "Serve this mock from Gatehouse.");
    } else {
        find(m_body, Level::Exact, place, "mock", "The first response whose conditions hold answers.");
    }
    for (size_t i = record->responses.size(); i-- > 0;) {
        const auto &response = record->responses[i];
        m_scope.where = place + ".responses[" + std::to_string(i) + "]";
        if (!random) {
            const std::string flag = response.when ? m_conditions.whole(*response.when, m_scope) : "1";
            pick = flag == "1" ? quoted(std::to_string(i)) : flag == "0" ? pick : quoted(m_conditions.map(flag, {{"\"1\"", quoted(std::to_string(i))}}, pick));
        }
        m_more.open("location = /gatehouse/" + m_id + "/" + std::to_string(i));
        m_more.line("internal;");
        responseHeaders(m_more, SIZE_MAX);
        if (response.latency.type != config::Latency::Type::None)
            find(m_more, Level::Unsupported, m_scope.where, "mock.latency", "nginx answers at once: it can't wait.", "Serve this mock from Gatehouse.");
        const auto made = runtime::fixedResponse({response.status, response.headers, response.body, response.json, response.file}, m_shared.workspace.folder);
        if (made)
            answer(m_more, made->status, made->fields, made->body, "mock.response");
        else
            problem(m_more, 500, "Internal Server Error", "The answer's file was not exported.");
        m_more.close();
    }
    m_scope.where = m_place;
    m_more.open("location = /gatehouse/" + m_id + "/none");
    m_more.line("internal;");
    responseHeaders(m_more, SIZE_MAX);
    problem(m_more, 404, "Not Found", "No response of mock " + record->name + " matches this request.");
    m_more.close();
    m_body.line("set $gh_" + m_id + "_mock " + pick + ";");
    m_body.line("rewrite ^ " + quoted("/gatehouse/" + m_id + "/${gh_" + m_id + "_mock}") + " last;");
}

void RouteWriter::target()
{
    if (!m_route)
        return problem(m_body, 404, "Not Found", "No route matches this request.");
    if (m_route->to.upstream)
        upstream();
    else if (m_route->to.respond)
        respond();
    else if (m_route->to.redirect)
        redirect();
    else if (m_route->to.mock)
        mock();
}

void RouteWriter::write(Page &server)
{
    Page head;
    policies();
    crossSite();
    for (size_t i = 0; i < m_refusals.size(); ++i) {
        const auto &refusal = m_refusals[i];
        if (refusal.flag == "0")
            continue;
        const std::string location = "/gatehouse/" + m_id + "/refused" + std::to_string(i);
        head.line("if " + condition(refusal.flag) + " {");
        head.line("    rewrite ^ " + location + " last;");
        head.line("}");
        m_more.open("location = " + location);
        m_more.line("internal;");
        responseHeaders(m_more, refusal.policy == SIZE_MAX ? 0 : refusal.policy);
        for (const auto &[name, value] : refusal.fields)
            m_more.line("add_header " + quoted(name) + " " + quoted(value) + " always;");
        if (refusal.status == 204)
            m_more.line("return 204;");
        else
            problem(m_more, refusal.status, refusal.title, refusal.detail);
        m_more.close();
    }
    if (!m_limits.empty()) {
        const auto &limit = m_limits.front();
        if (std::any_of(m_limits.begin(), m_limits.end(), [&](const Limit &other) { return other.status != limit.status; }))
            find(m_body, Level::Approximated, m_place, "rate-limit.status", "One location of nginx refuses with one status.", "Give the limits of a route the same status.");
        m_body.line("error_page " + std::to_string(limit.status) + " @gh_" + m_id + "_limited;");
        m_more.open("location @gh_" + m_id + "_limited");
        responseHeaders(m_more, limit.policy);
        m_more.line("add_header Retry-After " + std::to_string(limit.retryAfter) + " always;");
        problem(m_more, limit.status, limit.status == 429 ? "Too Many Requests" : "Refused by a rate limit", "The limit of requests is reached.");
        m_more.close();
    }
    Page before = std::exchange(m_body, {});
    target();
    if (!m_route || !m_route->to.mock)
        responseHeaders(m_body, SIZE_MAX);
    if (!m_limits.empty() && !m_proxied) { // nginx answers with return before it counts: what answers stands behind
        before.line("try_files /gatehouse/none @gh_" + m_id + "_answer;");
        m_more.open("location @gh_" + m_id + "_answer");
        m_more.append(std::exchange(m_body, {}));
        m_more.close();
    }
    server.blank();
    server.line("# " + (m_route ? comment(m_route->name) : std::string("no route")));
    server.open("location = /gatehouse/" + m_id);
    server.line("internal;");
    server.append(std::move(head));
    server.append(std::move(before));
    server.append(std::move(m_body));
    server.close();
    server.append(std::move(m_more));
}

} // namespace gatehouse::exporters::nginx
