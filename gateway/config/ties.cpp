#include "gateway/config/ties.h"

#include "gateway/schema/expression.h"

#include <algorithm>
#include <map>

namespace gatehouse::config {
namespace {

// A template's names don't matter for what it matches.
std::string withoutNames(const std::string &pattern)
{
    const auto segments = schema::parsePathTemplate(pattern);
    if (!segments)
        return pattern;
    std::string out;
    for (const schema::Segment &segment : *segments)
        out += '/' + (segment.type == schema::Segment::Type::Literal ? segment.text : "{" + std::to_string(static_cast<int>(segment.type)) + '}');
    return out;
}

std::string sorted(std::vector<std::string> texts)
{
    std::sort(texts.begin(), texts.end());
    std::string out;
    for (const std::string &text : texts)
        out += text + ' ';
    return out;
}

std::string matchKey(const TextMatch &match)
{
    std::string out;
    for (const auto *text : {&match.equals, &match.prefix, &match.suffix, &match.contains, &match.regex})
        out += *text ? '=' + **text + '\n' : "-\n";
    return out + sorted(match.oneOf) + (match.present ? *match.present ? "p" : "a" : "-") + (match.negate ? "!" : "");
}

std::string entriesKey(const Entries<TextMatch> &entries)
{
    std::vector<std::string> texts;
    for (const auto &[name, match] : entries)
        texts.push_back(name + ':' + matchKey(match));
    return sorted(std::move(texts));
}

// Equal for two routes that match exactly the same requests by what is compared; empty: too special to tell.
std::string keyOf(const Route &route, const Workspace &workspace)
{
    const Condition &match = route.match;
    if (!match.all.empty() || !match.any.empty() || match.negated || match.share || match.body || !match.client.empty() || !match.consumer.empty() || !match.groups.empty()
        || (match.path && !match.path->captures.empty()))
        return {};
    const Group *group = workspace.group(route.group);
    std::string key = std::to_string(route.priority) + '\n' + sorted(match.hosts.empty() && group ? group->hosts : match.hosts) + '\n';
    key += (group ? group->prefix : std::string()) + '\n';
    key += match.path ? "t" + withoutNames(match.path->pattern) : match.prefix ? "p" + *match.prefix : match.exact ? "e" + *match.exact : match.regex ? "r" + *match.regex : "";
    return key + '\n' + sorted(match.methods) + '\n' + entriesKey(match.headers) + '\n' + entriesKey(match.query) + '\n' + entriesKey(match.cookies);
}

} // namespace

void tellTies(const Workspace &workspace, const Document &document, Problems &problems)
{
    std::map<std::string, const Route *> seen;
    for (const Route &route : workspace.routes) {
        const std::string key = route.enabled ? keyOf(route, workspace) : std::string();
        if (key.empty())
            continue;
        const auto [it, fresh] = seen.emplace(key, &route);
        if (fresh)
            continue;
        const schema::Node *node = document.at({route.origin.file, route.origin.path, 0});
        problems.push_back({Severity::Warning, route.origin.file, node ? node->line : 0, node ? node->column : 0, route.origin.path.text(),
            "ties with the route \"" + it->second->name + "\", which stands before it; file order decides", {}});
    }
}

} // namespace gatehouse::config
