#include "gateway/policy/condition.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/policy/expression.h"
#include "gateway/policy/textmatch.h"
#include "gateway/schema/values.h"

#include <algorithm>

namespace gatehouse::policy {

using observe::Aspect;
using observe::Cell;

namespace {
struct Named { std::string name; TextMatch match; };

std::string joined(const std::vector<std::string> &texts)
{
    std::string out;
    for (const auto &text : texts)
        out += (out.empty() ? "" : " or ") + text;
    return out;
}

bool needsDecoding(std::string_view text) { return text.find_first_of("%+") != std::string_view::npos; }

std::string_view decoded(std::string_view text, Arena &arena)
{
    if (!needsDecoding(text))
        return text;
    const auto plain = http::percentDecode(text, true);
    return plain ? arena.copy(*plain) : text;
}

// Calls take(value) for each value of that name until it returns true.
template <typename Take>
void eachHeader(const http::Fields &fields, std::string_view name, Arena &, Take take)
{
    for (const auto *field = fields.find(name); field; field = fields.find(name, field))
        if (take(field->value))
            return;
}
template <typename Take>
void eachQuery(std::string_view query, std::string_view name, Arena &arena, Take take)
{
    http::QueryReader reader(query);
    while (const auto pair = reader.next())
        if ((pair->name == name || (needsDecoding(pair->name) && decoded(pair->name, arena) == name)) && take(decoded(pair->value, arena)))
            return;
}
template <typename Take>
void eachCookie(const http::Fields &fields, std::string_view name, Arena &, Take take)
{
    for (const auto *field = fields.find("cookie"); field; field = fields.find("cookie", field)) {
        http::CookieReader reader(field->value);
        while (const auto pair = reader.next())
            if (pair->name == name && take(pair->value))
                return;
    }
}
template <typename Each>
bool holds(const TextMatch &match, Each each)
{
    bool there = false, fitting = false;
    each([&](std::string_view value) {
        there = true;
        fitting = match.fits(value);
        return fitting;
    });
    return match.decide(fitting, there);
}

// Evenly over 0..1, the same for the same text in every process.
double placeOf(std::string_view text)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
    return static_cast<double>((hash ^ hash >> 31) >> 11) * 0x1p-53;
}
} // namespace

struct Condition::Data {
    std::vector<std::string> hosts, methods, consumers, groups;
    PathPattern path;
    std::string pathKey = "path";
    std::vector<Named> captures, headers, query, cookies;
    std::vector<Cidr> client;
    std::optional<double> share;
    schema::Part sticky;
    std::optional<TextMatch> body;
    std::vector<std::shared_ptr<const Condition>> all, any;
    std::shared_ptr<const Condition> negated;

    bool asksOther() const
    {
        return !cookies.empty() || !client.empty() || !consumers.empty() || !groups.empty() || share || body || !all.empty() || !any.empty() || negated;
    }
};

// What one look at a request needs; `out` only when somebody wants to know why.
struct ConditionCheck {
    const RequestView &request;
    Arena &arena;
    bool preflight;
    Condition::Examined *out;

    template <typename Expected>
    bool fail(Aspect aspect, std::string condition, Expected expected, std::optional<std::string> actual) const
    {
        if (out)
            out->failed = observe::Failure{aspect, std::move(condition), expected(), std::move(actual)};
        return false;
    }
    static std::optional<std::string> text(std::string_view value) { return value.data() ? std::optional<std::string>(value) : std::nullopt; }
};

namespace {
template <typename Each>
bool allHold(const std::vector<Named> &list, Aspect aspect, std::string_view place, const ConditionCheck &check, Each each)
{
    for (const auto &[name, match] : list) {
        const auto values = [&](auto take) { each(name, take); };
        if (holds(match, values))
            continue;
        if (!check.out)
            return false;
        std::optional<std::string> actual;
        values([&](std::string_view value) {
            actual = actual ? *actual + ", " + std::string(value) : std::string(value);
            return false;
        });
        return check.fail(aspect, std::string(place) + "." + name, [&] { return match.words(); }, std::move(actual));
    }
    return true;
}

bool methodHolds(const std::vector<std::string> &methods, std::string_view method)
{
    return std::any_of(methods.begin(), methods.end(), [&](const std::string &m) { return m == method || (m == "GET" && method == "HEAD"); });
}

bool inGroups(const config::Consumer &consumer, const std::vector<std::string> &groups)
{
    return std::any_of(groups.begin(), groups.end(),
                       [&](const std::string &group) { return std::find(consumer.groups.begin(), consumer.groups.end(), group) != consumer.groups.end(); });
}
} // namespace

namespace conditionparts {
template <typename Data>
bool host(const Data &d, const ConditionCheck &c)
{
    if (d.hosts.empty() || std::any_of(d.hosts.begin(), d.hosts.end(), [&](const auto &pattern) { return hostMatches(c.request.info.host, pattern); }))
        return true;
    return c.fail(Aspect::Host, "hosts", [&] { return joined(d.hosts); }, ConditionCheck::text(c.request.info.host));
}
template <typename Data>
bool path(const Data &d, const ConditionCheck &c)
{
    if (!d.path.matches(c.request.info.path))
        return c.fail(Aspect::Path, d.pathKey, [&] { return d.path.kind() == PathPattern::Kind::Prefix && d.path.text().empty() ? "/" : d.path.under() + d.path.text(); },
                      ConditionCheck::text(c.request.info.path));
    return allHold(d.captures, Aspect::Path, "path", c, [&](const std::string &name, auto take) {
        for (const auto &[key, value] : c.request.info.captures)
            if (key == name && take(decoded(value, c.arena)))
                return;
    });
}
template <typename Data>
bool method(const Data &d, const ConditionCheck &c)
{
    if (d.methods.empty() || methodHolds(d.methods, c.request.method)
        || (c.preflight && methodHolds(d.methods, c.request.fields.value("access-control-request-method"))))
        return true;
    return c.fail(Aspect::Method, "methods", [&] { return joined(d.methods); }, ConditionCheck::text(c.request.method));
}
template <typename Data>
bool headers(const Data &d, const ConditionCheck &c)
{
    return allHold(d.headers, Aspect::Headers, "headers", c,
                   [&](const std::string &name, auto take) { eachHeader(c.request.fields, name, c.arena, take); });
}
template <typename Data>
bool query(const Data &d, const ConditionCheck &c)
{
    return allHold(d.query, Aspect::Query, "query", c, [&](const std::string &name, auto take) { eachQuery(c.request.info.query, name, c.arena, take); });
}
template <typename Data>
bool identity(const Data &d, const ConditionCheck &c)
{
    const config::Consumer *consumer = c.request.info.consumer;
    const auto name = [&] { return consumer ? std::optional(consumer->name) : std::nullopt; };
    if (!d.consumers.empty() && (!consumer || std::find(d.consumers.begin(), d.consumers.end(), consumer->name) == d.consumers.end()))
        return c.fail(Aspect::Other, "consumer", [&] { return joined(d.consumers); }, c.out ? name() : std::nullopt);
    if (!d.groups.empty() && (!consumer || !inGroups(*consumer, d.groups)))
        return c.fail(Aspect::Other, "groups", [&] { return joined(d.groups); },
                      c.out && consumer ? std::optional(joined(consumer->groups)) : std::nullopt);
    return true;
}
template <typename Data>
bool inShare(const Data &d, const ConditionCheck &c)
{
    if (!d.share)
        return true;
    std::string_view value = sourceValue(d.sticky.source, d.sticky.text, c.request, c.arena);
    if (!value.data()) // without it: by the address, so that not all of them fall on one side
        value = c.request.info.clientText;
    const double place = placeOf(value);
    if (place < *d.share)
        return true;
    return c.fail(Aspect::Other, "share", [&] { return schema::printShare(*d.share) + " by " + schema::printCountingKey(d.sticky); },
                  c.out ? std::optional("at " + schema::printShare(static_cast<double>(static_cast<int>(place * 1000)) / 1000)) : std::nullopt);
}
} // namespace conditionparts

namespace {
// Conditions inside: what failed there, at its place.
bool nested(const Condition &inner, std::string place, const ConditionCheck &c)
{
    if (!c.out)
        return inner.matches(c.request, c.arena);
    auto examined = inner.examine(c.request, c.arena);
    if (!examined.failed)
        return true;
    examined.failed->condition = std::move(place) + "." + examined.failed->condition;
    examined.failed->aspect = Aspect::Other;
    c.out->failed = std::move(examined.failed);
    return false;
}
} // namespace

namespace conditionparts {
template <typename Data>
bool combined(const Data &d, const ConditionCheck &c)
{
    for (size_t i = 0; i < d.all.size(); ++i)
        if (!nested(*d.all[i], c.out ? "all[" + std::to_string(i) + "]" : std::string(), c))
            return false;
    if (!d.any.empty() && std::none_of(d.any.begin(), d.any.end(), [&](const auto &one) { return one->matches(c.request, c.arena); }))
        return c.fail(Aspect::Other, "any", [&] { return "one of " + std::to_string(d.any.size()) + " to hold"; }, std::nullopt);
    if (d.negated && d.negated->matches(c.request, c.arena))
        return c.fail(Aspect::Other, "not", [] { return std::string("not to hold"); }, std::nullopt);
    return true;
}
template <typename Data>
bool other(const Data &d, const ConditionCheck &c)
{
    if (!allHold(d.cookies, Aspect::Other, "cookies", c, [&](const std::string &name, auto take) { eachCookie(c.request.fields, name, c.arena, take); }))
        return false;
    const IpAddress &client = c.request.info.client;
    if (!d.client.empty() && std::none_of(d.client.begin(), d.client.end(), [&](const Cidr &block) { return block.contains(client); }))
        return c.fail(Aspect::Other, "client",
                      [&] {
                          std::vector<std::string> texts;
                          for (const auto &block : d.client)
                              texts.push_back(block.text());
                          return joined(texts);
                      },
                      c.out ? std::optional(client.text()) : std::nullopt);
    if (!identity(d, c) || !inShare(d, c))
        return false;
    if (d.body && !d.body->decide(d.body->fits(c.request.body), !c.request.body.empty()))
        return c.fail(Aspect::Other, "body", [&] { return d.body->words(); }, ConditionCheck::text(c.request.body.substr(0, 200)));
    return combined(d, c);
}
} // namespace conditionparts

namespace parts = conditionparts;

bool hostMatches(std::string_view host, std::string_view pattern)
{
    if (!pattern.starts_with("*."))
        return host == pattern;
    return host.size() > pattern.size() - 1 && host.ends_with(pattern.substr(1));
}

bool Condition::matches(const RequestView &request, Arena &arena) const
{
    const ConditionCheck check{request, arena, false, nullptr};
    return parts::host(*m_data, check) && parts::path(*m_data, check) && matchesBeyondPath(request, arena, false);
}

bool Condition::matchesBeyondPath(const RequestView &request, Arena &arena, bool preflight) const
{
    const ConditionCheck check{request, arena, preflight, nullptr};
    return parts::method(*m_data, check) && parts::headers(*m_data, check) && parts::query(*m_data, check) && parts::other(*m_data, check);
}

Condition::Examined Condition::examine(const RequestView &request, Arena &arena, bool preflight) const
{
    Examined out;
    const ConditionCheck check{request, arena, preflight, &out};
    const Data &d = *m_data;
    const auto ask = [&](Aspect aspect, bool given, bool (*holds)(const Data &, const ConditionCheck &)) {
        Cell &cell = out.cells[static_cast<size_t>(aspect)];
        cell = !given ? Cell::NoCondition : out.failed ? Cell::NotAsked : holds(d, check) ? Cell::Passed : Cell::Failed;
    };
    ask(Aspect::Host, !d.hosts.empty(), &parts::host<Data>);
    ask(Aspect::Path, d.path.kind() != PathPattern::Kind::Any || !d.captures.empty(), &parts::path<Data>);
    ask(Aspect::Method, !d.methods.empty(), &parts::method<Data>);
    ask(Aspect::Headers, !d.headers.empty(), &parts::headers<Data>);
    ask(Aspect::Query, !d.query.empty(), &parts::query<Data>);
    ask(Aspect::Other, d.asksOther(), &parts::other<Data>);
    return out;
}

// ---- making

namespace {
Result<void> makeNamed(const config::Entries<config::TextMatch> &from, std::vector<Named> &to)
{
    for (const auto &[name, match] : from) {
        auto made = TextMatch::make(match);
        if (!made)
            return made.error();
        to.push_back({name, std::move(*made)});
    }
    return {};
}

struct WrittenPath { PathPattern::Kind kind = PathPattern::Kind::Any; std::string_view text, key = "path"; };
WrittenPath writtenPath(const config::Condition &c)
{
    using Kind = PathPattern::Kind;
    if (c.exact)
        return {Kind::Exact, *c.exact, "exact"};
    if (c.prefix)
        return {Kind::Prefix, *c.prefix, "prefix"};
    if (c.regex)
        return {Kind::Regex, *c.regex, "regex"};
    if (c.path && !c.path->pattern.empty())
        return {Kind::Template, c.path->pattern, "path"};
    return {};
}
} // namespace

Condition::Condition(std::unique_ptr<const Data> data) : m_data(std::move(data)) { }
Condition::~Condition() = default;

Result<std::shared_ptr<const Condition>> Condition::make(const config::Condition &c, const Options &options)
{
    auto d = std::make_unique<Data>();
    d->hosts = c.hosts.empty() ? options.hosts : c.hosts;
    for (auto &host : d->hosts)
        host = lower(host);
    const WrittenPath written = writtenPath(c);
    auto path = PathPattern::make(written.kind, written.text, options.prefix, options.paths);
    if (!path)
        return path.error();
    d->path = std::move(*path);
    d->pathKey = written.kind == PathPattern::Kind::Any ? "prefix" : written.key; // without one: the group's prefix
    for (auto [from, to] : {std::pair{&c.headers, &d->headers}, std::pair{&c.query, &d->query}, std::pair{&c.cookies, &d->cookies}})
        if (auto made = makeNamed(*from, *to); !made)
            return made.error();
    if (c.path)
        if (auto made = makeNamed(c.path->captures, d->captures); !made)
            return made.error();
    d->methods = c.methods;
    d->client = c.client;
    d->consumers = c.consumer;
    d->groups = c.groups;
    d->share = c.share;
    if (c.share) {
        auto sticky = schema::parseCountingKey(c.sticky);
        if (!sticky)
            return sticky.error();
        d->sticky = std::move(*sticky);
    }
    if (c.body) {
        auto body = TextMatch::make(*c.body);
        if (!body)
            return body.error();
        d->body = std::move(*body);
    }
    const auto inner = [&](const config::Condition &from) {
        const bool hasPath = writtenPath(from).kind != PathPattern::Kind::Any;
        return make(from, {hasPath ? options.prefix : std::string(), {}, options.paths});
    };
    for (auto [from, to] : {std::pair{&c.all, &d->all}, std::pair{&c.any, &d->any}})
        for (const auto &one : *from) {
            auto made = inner(one);
            if (!made)
                return made;
            to->push_back(std::move(*made));
        }
    if (c.negated) {
        auto made = inner(*c.negated);
        if (!made)
            return made;
        d->negated = std::move(*made);
    }
    return std::shared_ptr<const Condition>(new Condition(std::move(d)));
}

const std::vector<std::string> &Condition::hosts() const { return m_data->hosts; }
const PathPattern &Condition::path() const { return m_data->path; }
bool Condition::hasMethods() const { return !m_data->methods.empty(); }
size_t Condition::headerCount() const { return m_data->headers.size(); }
size_t Condition::queryCount() const { return m_data->query.size(); }

bool Condition::usesConsumers() const
{
    const auto uses = [](const auto &list) { return std::any_of(list.begin(), list.end(), [](const auto &one) { return one->usesConsumers(); }); };
    return !m_data->consumers.empty() || !m_data->groups.empty() || (m_data->share && m_data->sticky.source == schema::Source::Consumer)
        || uses(m_data->all) || uses(m_data->any) || (m_data->negated && m_data->negated->usesConsumers());
}

bool Condition::usesBody() const
{
    const auto uses = [](const auto &list) { return std::any_of(list.begin(), list.end(), [](const auto &one) { return one->usesBody(); }); };
    return m_data->body || uses(m_data->all) || uses(m_data->any) || (m_data->negated && m_data->negated->usesBody());
}

} // namespace gatehouse::policy
