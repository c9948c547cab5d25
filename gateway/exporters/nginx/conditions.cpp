#include "gateway/exporters/nginx/conditions.h"

#include "gateway/base/text.h"
#include "gateway/exporters/nginx/quote.h"
#include "gateway/http/target.h"

#include <algorithm>

namespace gatehouse::exporters::nginx {

using Type = policy::PathPattern::Segment::Type;
using Kind = policy::PathPattern::Kind;

namespace {
std::string decoded(std::string_view text) { return http::percentDecode(text).value_or(std::string(text)); }

std::string alternatives(const std::vector<std::string> &texts, std::string (*as)(std::string_view))
{
    std::string out;
    for (const auto &text : texts)
        out += (out.empty() ? "" : "|") + as(text);
    return "(?:" + out + ")";
}
} // namespace

std::string pathRegex(const policy::PathPattern &path, std::string_view capture, bool rest, bool encoded)
{
    std::string out = "^";
    const auto segment = [&](const std::string &text) { return encoded ? std::string("[^/]*") : pattern(decoded(text)); };
    switch (path.kind()) {
    case Kind::Any: return rest ? "^(.*)\\z" : "^";
    case Kind::Exact: return "^" + pattern(decoded(path.text())) + "\\z" + (rest ? "()" : "");
    case Kind::Prefix:
        for (const auto &s : path.segments())
            out += "/" + segment(s.text);
        if (path.segments().empty())
            return rest ? "^(/.*)\\z" : "^/";
        return out + (rest ? "(/.*|)\\z" : "(?:/|\\z)");
    case Kind::Regex:
        return rest ? "^(.*)\\z" : "^" + pattern(decoded(path.under())) + "(?:/|\\z)";
    case Kind::Template: break;
    }
    bool open = false; // group of the rest
    for (const auto &s : path.segments()) {
        if (rest && !open && s.type != Type::Literal) {
            out += "(";
            open = true;
        }
        const std::string any = s.type == Type::Integer ? "[0-9]+" : s.type == Type::Rest ? ".*" : "[^/]+";
        out += "/";
        if (s.type == Type::Literal)
            out += segment(s.text);
        else
            out += s.text == capture ? "(" + any + ")" : any;
    }
    return out + (rest ? (open ? ")" : "()") : "") + "\\z";
}

std::string Conditions::fresh(std::string_view what) { return "gh_" + std::string(what) + std::to_string(m_next++); }

void Conditions::find(Level level, const Scope &scope, std::string feature, std::string message, std::string remedy)
{
    m_maps.find({level, scope.where, std::move(feature), std::move(message), std::move(remedy), {}, 0});
}

std::string Conditions::map(const std::string &value, const std::vector<std::pair<std::string, std::string>> &lines, const std::string &otherwise)
{
    std::string text = value + "\n" + otherwise;
    for (const auto &[key, result] : lines)
        text += "\n" + key + " " + result;
    std::string &known = m_known[text];
    if (!known.empty())
        return known;
    const std::string name = fresh("m");
    known = variable(name);
    m_maps.open("map " + quoted(value) + " $" + name);
    for (const auto &[key, result] : lines)
        m_maps.line(key + " " + result + ";");
    m_maps.line("default " + otherwise + ";");
    m_maps.close();
    return known;
}

std::string Conditions::test(const std::string &value, const std::string &regex) { return map(value, {{regexKey(regex), "1"}}, "0"); }

std::string Conditions::all(std::vector<std::string> flags)
{
    if (std::find(flags.begin(), flags.end(), "0") != flags.end())
        return "0";
    std::erase(flags, "1");
    if (flags.size() < 2)
        return flags.empty() ? "1" : flags[0];
    std::string value;
    for (const auto &flag : flags)
        value += flag;
    return map(value, {{quoted(std::string(flags.size(), '1')), "1"}}, "0");
}

std::string Conditions::any(std::vector<std::string> flags)
{
    if (std::find(flags.begin(), flags.end(), "1") != flags.end())
        return "1";
    std::erase(flags, "0");
    if (flags.size() < 2)
        return flags.empty() ? "0" : flags[0];
    std::string value;
    for (const auto &flag : flags)
        value += flag;
    return map(value, {{regexKey("1"), "1"}}, "0");
}

std::string Conditions::negated(const std::string &flag)
{
    if (flag == "0" || flag == "1")
        return flag == "0" ? "1" : "0";
    return map(flag, {{"\"1\"", "0"}}, "1");
}

std::string Conditions::choose(const std::string &flag, const std::string &value, const std::string &otherwise)
{
    if (flag == "1")
        return value;
    return map(flag, {{"\"1\"", quoted(value)}}, quoted(otherwise));
}

std::string Conditions::among(const std::vector<Cidr> &blocks)
{
    std::string text = "geo";
    for (const auto &block : blocks)
        text += " " + block.text();
    std::string &known = m_known[text];
    if (!known.empty())
        return known;
    const std::string name = fresh("net");
    m_maps.open("geo $" + name);
    m_maps.line("default 0;");
    for (const auto &block : blocks)
        m_maps.line(block.text() + " 1;");
    m_maps.close();
    return known = variable(name);
}

std::string Conditions::host(const std::string &text)
{
    if (text.empty())
        return "1";
    return test("${host}", text.starts_with("*.") ? "." + pattern(text.substr(1)) + "\\z" : "^" + pattern(text) + "\\z");
}

std::string Conditions::path(const policy::PathPattern &path, const std::string &where)
{
    if (path.kind() == Kind::Any)
        return "1";
    if (path.kind() != Kind::Regex)
        return test("${gh_uri}", pathRegex(path));
    std::vector<std::string> names;
    const std::string regex = renamedGroups(path.text(), m_next++, names);
    Scope scope;
    scope.where = where;
    find(Level::Approximated, scope, "match.regex", "nginx reads the regex as PCRE and asks it of the decoded path; Gatehouse reads it as RE2 and keeps escapes that matter.",
         "Use a path template, or keep the regex to what both read alike.");
    if (path.under().empty())
        return test("${gh_uri}", regex);
    const std::string under = pattern(decoded(path.under()));
    const std::string seen = map("${gh_uri}", {{regexKey("^" + under + "(/.*)\\z"), "\"$1\""}, {regexKey("^" + under + "\\z"), "\"/\""}}, "\"\"");
    return all({test("${gh_uri}", pathRegex(path)), test(seen, regex)});
}

std::string Conditions::methods(const std::vector<std::string> &methods, bool preflights)
{
    if (methods.empty())
        return "1";
    std::vector<std::string> names = methods;
    if (std::find(names.begin(), names.end(), "GET") != names.end() && std::find(names.begin(), names.end(), "HEAD") == names.end())
        names.push_back("HEAD");
    const std::string wanted = alternatives(names, &pattern);
    if (!preflights)
        return test("${request_method}", "^" + wanted + "\\z");
    // A preflight asks on behalf of the method it names.
    return test("${request_method} ${http_origin} ${http_access_control_request_method}",
                "^" + wanted + " |^OPTIONS \\S+ " + wanted + "\\z");
}

// "not" and "present", as policy/textmatch.h has them.
std::string Conditions::decide(const config::TextMatch &match, const std::string &fits, const std::string &there)
{
    std::string flag = fits;
    if (match.present)
        flag = *match.present ? all({there, fits}) : negated(there);
    return match.negate ? negated(flag) : flag;
}

std::string Conditions::text(const config::TextMatch &match, const std::string &value, const Scope &)
{
    std::vector<std::string> flags;
    if (match.equals)
        flags.push_back(test(value, "^" + pattern(*match.equals) + "\\z"));
    if (match.prefix)
        flags.push_back(test(value, "^" + pattern(*match.prefix)));
    if (match.suffix)
        flags.push_back(test(value, pattern(*match.suffix) + "\\z"));
    if (match.contains)
        flags.push_back(test(value, pattern(*match.contains)));
    if (match.regex) {
        std::vector<std::string> names;
        flags.push_back(test(value, renamedGroups(*match.regex, m_next++, names)));
    }
    if (!match.oneOf.empty())
        flags.push_back(test(value, "^" + alternatives(match.oneOf, &pattern) + "\\z"));
    return decide(match, all(flags), map(value, {{"\"\"", "0"}}, "1"));
}

// Of a query or a Cookie field: each value that may be meant is asked in place, so that any of several counts.
std::string Conditions::pairs(const config::TextMatch &match, const std::string &name, bool cookie, const Scope &scope, const std::string &feature)
{
    const std::string source = cookie ? "${http_cookie}" : "${gh_args}";
    const std::string begin = (cookie ? "(?:^|;)\\s*" + pattern(name) : "(?:^|&)" + encodedPattern(name));
    const std::string any = cookie ? "[^;]*" : "[^&]*", end = cookie ? "\\s*(?:;|\\z)" : "(?:&|\\z)";
    const auto as = cookie ? &pattern : &encodedPattern;
    std::vector<std::string> flags;
    if (match.equals)
        flags.push_back(test(source, begin + (match.equals->empty() ? "(?:=|)" : "=") + as(*match.equals) + end));
    if (match.prefix)
        flags.push_back(test(source, begin + "=" + as(*match.prefix)));
    if (match.suffix)
        flags.push_back(test(source, begin + "=" + any + as(*match.suffix) + end));
    if (match.contains)
        flags.push_back(test(source, begin + "=" + any + as(*match.contains)));
    if (!match.oneOf.empty())
        flags.push_back(test(source, begin + "=" + alternatives(match.oneOf, as) + end));
    if (match.regex) {
        find(Level::Approximated, scope, feature, "nginx asks the regex of the first value, as it was sent; Gatehouse of each, decoded.", "Use equals, prefix or one-of where values may hold encoded characters.");
        const std::string value = map(source, {{regexKey(begin + "=(" + any + ")"), "\"$1\""}}, "\"\"");
        std::vector<std::string> names;
        flags.push_back(test(value, renamedGroups(*match.regex, m_next++, names)));
    }
    return decide(match, all(flags), test(source, begin + "(?:=|" + end + ")"));
}

std::string Conditions::beyondPath(const config::Condition &c, const Scope &scope)
{
    std::vector<std::string> flags{methods(c.methods, scope.preflights)};
    if (c.path) {
        for (const auto &[name, match] : c.path->captures)
            flags.push_back(text(match, capture(name, scope), scope));
    }
    for (const auto &[name, match] : c.headers) {
        const std::string value = headerVariable(name);
        if (value.empty()) {
            find(Level::Unsupported, scope, "headers." + name, "nginx has no variable for a header of this name; the condition never holds.", "Rename the header to letters, digits and -.");
            flags.push_back("0");
            continue;
        }
        flags.push_back(text(match, value, scope));
    }
    for (const auto &[name, match] : c.query)
        flags.push_back(pairs(match, name, false, scope, "query." + name));
    for (const auto &[name, match] : c.cookies)
        flags.push_back(pairs(match, name, true, scope, "cookies." + name));
    if (!c.client.empty())
        flags.push_back(among(c.client));
    if (!c.consumer.empty())
        flags.push_back(scope.consumer.empty() ? "0" : test(scope.consumer, "^" + alternatives(c.consumer, &pattern) + "\\z"));
    if (!c.groups.empty()) {
        find(Level::Unsupported, scope, "groups", "nginx does not know the groups of a consumer; the condition never holds.", "Name the consumers instead.");
        flags.push_back("0");
    }
    if (c.share) {
        find(Level::Approximated, scope, "share", "The share is as large, but nginx picks other clients for it.", "None is needed unless both run side by side.");
        const std::string name = fresh("share");
        m_maps.open("split_clients " + quoted(part(schema::parseCountingKey(c.sticky).valueOr({schema::Source::ClientIp, {}}), scope)) + " $" + name);
        char share[32];
        std::snprintf(share, sizeof share, "%.2f%% 1;", *c.share * 100);
        if (*c.share > 0 && *c.share < 1)
            m_maps.line(share);
        m_maps.line(*c.share >= 1 ? "* 1;" : "* 0;");
        m_maps.close();
        flags.push_back(variable(name));
    }
    if (c.body) {
        find(Level::Unsupported, scope, "body", "nginx decides before it reads the body; the condition never holds.", "Decide by path, header or query.");
        flags.push_back("0");
    }
    for (const auto &one : c.all)
        flags.push_back(whole(one, scope));
    if (!c.any.empty()) {
        std::vector<std::string> some;
        for (const auto &one : c.any)
            some.push_back(whole(one, scope));
        flags.push_back(any(some));
    }
    if (c.negated)
        flags.push_back(negated(whole(*c.negated, scope)));
    return all(flags);
}

std::string Conditions::whole(const config::Condition &c, const Scope &scope)
{
    std::vector<std::string> flags;
    if (!c.hosts.empty()) {
        std::vector<std::string> some;
        for (const auto &one : c.hosts)
            some.push_back(host(lower(one)));
        flags.push_back(any(some));
    }
    const auto asked = c.exact ? policy::PathPattern::make(Kind::Exact, *c.exact)
        : c.prefix             ? policy::PathPattern::make(Kind::Prefix, *c.prefix)
        : c.regex              ? policy::PathPattern::make(Kind::Regex, *c.regex)
        : c.path && !c.path->pattern.empty() ? policy::PathPattern::make(Kind::Template, c.path->pattern)
                               : Result<policy::PathPattern>(policy::PathPattern());
    flags.push_back(asked ? path(*asked, scope.where) : "0");
    flags.push_back(beyondPath(c, scope));
    return all(flags);
}

std::string Conditions::capture(const std::string &name, const Scope &scope)
{
    if (!scope.path)
        return {};
    const auto &path = *scope.path;
    if (path.kind() == Kind::Regex) {
        std::vector<std::string> names;
        const unsigned number = m_next++;
        const std::string regex = renamedGroups(path.text(), number, names);
        const auto it = std::find(names.begin(), names.end(), name);
        if (it == names.end())
            return {};
        return map("${gh_uri}", {{regexKey(regex), quoted(variable("gh_g" + std::to_string(number) + "_" + std::to_string(it - names.begin())))}}, "\"\"");
    }
    const std::string plain = map("${gh_uri}", {{regexKey(pathRegex(path, name)), "\"$1\""}}, "\"\"");
    if (!scope.encoded)
        return plain;
    // As it came, found by its place; where dot segments moved it, decoded is better than nothing.
    return map("${gh_raw}", {{regexKey(pathRegex(path, name, false, true)), "\"$1\""}}, quoted(plain));
}

std::string Conditions::rest(const Scope &scope)
{
    if (!scope.path)
        return scope.encoded ? "${gh_raw}" : "${gh_uri}";
    return map(scope.encoded ? "${gh_raw}" : "${gh_uri}", {{regexKey(pathRegex(*scope.path, {}, true, scope.encoded)), "\"$1\""}}, "\"\"");
}

std::string Conditions::queryValue(const std::string &name)
{
    return map("${gh_args}", {{regexKey("(?:^|&)" + encodedPattern(name) + "=([^&]*)"), "\"$1\""}}, "\"\"");
}

std::string Conditions::part(const schema::Part &part, const Scope &scope)
{
    using schema::Source;
    switch (part.source) {
    case Source::Literal: return literal(part.text);
    case Source::Path: return capture(part.text, scope);
    case Source::Query: return queryValue(part.text);
    case Source::Header: return headerVariable(part.text);
    case Source::Cookie: return map("${http_cookie}", {{regexKey("(?:^|;)\\s*" + pattern(part.text) + "=([^;]*)"), "\"$1\""}}, "\"\"");
    case Source::Consumer: return scope.consumer;
    case Source::ClientIp: return "${remote_addr}";
    case Source::RequestId: return scope.requestId;
    case Source::RequestMethod: return "${request_method}";
    case Source::RequestHost: return "${host}";
    case Source::RequestScheme: return "${scheme}";
    case Source::RequestPath: return scope.encoded ? "${gh_raw}" : "${gh_uri}";
    case Source::PathRest: return rest(scope);
    case Source::Route: return "${gh_route}";
    case Source::Claim:
    case Source::Global: return {};
    }
    return {};
}

std::string Conditions::value(std::string_view text, const Scope &scope)
{
    const auto parts = schema::parseExpression(text);
    if (!parts)
        return literal(text);
    std::string out;
    for (const auto &one : *parts) {
        if (one.source == schema::Source::Literal && !writable(one.text))
            find(Level::Unsupported, scope, "text", "nginx can't write a NUL; it is left out.", "Take it out of the text.");
        out += part(one, scope);
    }
    return out;
}

} // namespace gatehouse::exporters::nginx
