#include "gateway/runtime/router.h"

#include "gateway/runtime/pathindex.h"
#include "gateway/runtime/precedence.h"

#include <algorithm>

namespace gatehouse::runtime {

using observe::Aspect;
using observe::Candidate;
using policy::RequestView;

namespace {
// A preflight asks on behalf of the request that would follow (Fetch, CORS protocol).
bool isPreflight(const RequestView &request)
{
    return request.method == "OPTIONS" && request.fields.has("origin") && request.fields.has("access-control-request-method");
}
} // namespace

// Each route once per host it names. Ranks are positions in `entries`, best first.
struct Router::Index {
    struct Entry { uint32_t plan; PrecedenceKey key; };
    std::vector<Entry> entries;
    PathIndex anyHost;
    TextMap<PathIndex> exactHosts;
    TextMap<PathIndex> wildcards; // by what follows "*."
    TextMap<uint32_t> byName;

    explicit Index(const std::vector<PlanPointer> &plans);
    PathIndex &bucket(std::string_view host)
    {
        if (host.empty())
            return anyHost;
        return host.starts_with("*.") ? wildcards[std::string(host.substr(2))] : exactHosts[std::string(host)];
    }
};

Router::Index::Index(const std::vector<PlanPointer> &plans)
{
    struct Wanted { Entry entry; std::string_view host; };
    std::vector<Wanted> wanted;
    for (uint32_t i = 0; i < plans.size(); ++i) {
        byName.emplace(plans[i]->name, i);
        const auto &hosts = plans[i]->match->hosts();
        if (hosts.empty())
            wanted.push_back({{i, PrecedenceKey::of(*plans[i], {}, i)}, {}});
        for (const auto &host : hosts)
            wanted.push_back({{i, PrecedenceKey::of(*plans[i], host, i)}, host});
    }
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const Wanted &a, const Wanted &b) { return compare(a.entry.key, b.entry.key).first; });
    for (const auto &want : wanted) {
        bucket(want.host).add(plans[want.entry.plan]->match->path(), static_cast<uint32_t>(entries.size()));
        entries.push_back(want.entry);
    }
}

namespace {
template <typename Entries>
std::vector<uint32_t> firstOfEach(const Entries &entries, size_t plans)
{
    std::vector<uint32_t> order;
    std::vector<bool> seen(plans);
    for (const auto &entry : entries) {
        if (!seen[entry.plan])
            order.push_back(entry.plan);
        seen[entry.plan] = true;
    }
    return order;
}
} // namespace

Router::Router(std::vector<PlanPointer> plans) : m_plans(std::move(plans)), m_index(std::make_unique<const Index>(m_plans))
{
    m_order = firstOfEach(m_index->entries, m_plans.size());
}

Router::~Router() = default;

std::vector<uint32_t> Router::naturalOrder() const
{
    auto entries = m_index->entries;
    for (auto &entry : entries)
        entry.key.priority = 0;
    std::stable_sort(entries.begin(), entries.end(), [](const auto &a, const auto &b) { return compare(a.key, b.key).first; });
    return firstOfEach(entries, m_plans.size());
}

const PlanPointer *Router::find(std::string_view route) const
{
    const auto it = m_index->byName.find(route);
    return it == m_index->byName.end() ? nullptr : &m_plans[it->second];
}

Match Router::match(const RequestView &request, Arena &arena) const
{
    uint32_t best = UINT32_MAX;
    const bool preflight = isPreflight(request);
    const std::string_view path = request.info.path;
    const auto holds = [&](uint32_t rank) {
        const RoutePlan &plan = *m_plans[m_index->entries[rank].plan];
        return plan.match->matchesBeyondPath(request, arena, preflight && plan.preflights);
    };
    const auto take = [&](const PathIndex::Ranks &ranks) {
        for (uint32_t rank : ranks) {
            if (rank >= best)
                return;
            if (holds(rank)) {
                best = rank;
                return;
            }
        }
    };
    const auto regex = [&](uint32_t rank) {
        if (rank >= best)
            return false;
        if (m_plans[m_index->entries[rank].plan]->match->path().matches(path) && holds(rank))
            best = rank;
        return true;
    };
    const auto look = [&](const PathIndex &bucket) {
        if (bucket.best() < best)
            bucket.find(path, take, regex);
    };
    const std::string_view host = request.info.host;
    if (!m_index->exactHosts.empty())
        if (const auto it = m_index->exactHosts.find(host); it != m_index->exactHosts.end())
            look(it->second);
    if (!m_index->wildcards.empty())
        for (size_t dot = host.find('.', 1); dot != std::string_view::npos; dot = host.find('.', dot + 1))
            if (const auto it = m_index->wildcards.find(host.substr(dot + 1)); it != m_index->wildcards.end())
                look(it->second);
    look(m_index->anyHost);
    if (best == UINT32_MAX)
        return {};
    const PlanPointer &plan = m_plans[m_index->entries[best].plan];
    return {&plan, plan->match->path().captures(path, arena)};
}

namespace {
// By the host that speaks best for the route.
PrecedenceKey keyFor(const RoutePlan &plan, std::string_view host, uint32_t order)
{
    PrecedenceKey best = PrecedenceKey::of(plan, {}, order);
    for (const auto &pattern : plan.match->hosts())
        if (policy::hostMatches(host, pattern))
            if (const auto key = PrecedenceKey::of(plan, pattern, order); compare(key, best).first)
                best = key;
    return best;
}

struct Examined {
    Candidate candidate;
    PrecedenceKey key;
    size_t nearness = 0; // of those that don't match: how far they came
};

size_t commonPrefix(std::string_view a, std::string_view b)
{
    return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

Examined examine(const RoutePlan &plan, const RequestView &request, Arena &arena, bool preflight, uint32_t order)
{
    Examined result;
    auto examined = plan.match->examine(request, arena, preflight && plan.preflights);
    result.key = keyFor(plan, request.info.host, order);
    Candidate &candidate = result.candidate;
    candidate.route = plan.name;
    candidate.group = plan.group;
    candidate.cells = examined.cells;
    candidate.matched = !examined.failed;
    if (candidate.matched) {
        for (const auto &[name, value] : plan.match->path().captures(request.info.path, arena))
            candidate.captures.emplace_back(name, value);
        return result;
    }
    result.nearness = static_cast<size_t>(examined.failed->aspect) * 100'000;
    if (examined.failed->aspect == Aspect::Path)
        result.nearness += std::min<size_t>(commonPrefix(plan.match->path().text(), request.info.path), 99'999);
    candidate.failed = std::move(examined.failed);
    return result;
}

// Why the first won, and by what the others that match lost to it.
void tellPrecedence(std::vector<Examined> &all, size_t matched)
{
    if (matched == 0)
        return;
    all[0].candidate.won = true;
    all[0].candidate.decided = observe::Precedence::OnlyMatch;
    if (matched > 1) {
        all[0].candidate.decided = compare(all[0].key, all[1].key).by;
        all[0].candidate.against = all[1].candidate.route;
    }
    for (size_t i = 1; i < matched; ++i) {
        all[i].candidate.decided = compare(all[0].key, all[i].key).by;
        all[i].candidate.against = all[0].candidate.route;
    }
}
} // namespace

std::vector<Candidate> Router::explain(const RequestView &request, Arena &arena, size_t most, std::string_view always) const
{
    std::vector<Examined> all;
    const bool preflight = isPreflight(request);
    for (uint32_t i = 0; i < m_plans.size(); ++i)
        all.push_back(runtime::examine(*m_plans[i], request, arena, preflight, i));
    std::stable_sort(all.begin(), all.end(), [](const Examined &a, const Examined &b) {
        if (a.candidate.matched != b.candidate.matched)
            return a.candidate.matched;
        if (a.nearness != b.nearness)
            return a.nearness > b.nearness;
        return compare(a.key, b.key).first;
    });
    const auto matched = static_cast<size_t>(
        std::count_if(all.begin(), all.end(), [](const Examined &e) { return e.candidate.matched; }));
    tellPrecedence(all, matched);
    std::vector<Candidate> candidates;
    for (size_t i = 0; i < all.size(); ++i)
        if (matched == 0 || i < matched + most || all[i].candidate.route == always)
            candidates.push_back(std::move(all[i].candidate));
    return candidates;
}

observe::Precedence decidedBy(const RoutePlan &a, const RoutePlan &b, std::string_view host)
{
    return compare(keyFor(a, host, 0), keyFor(b, host, 0)).by;
}

} // namespace gatehouse::runtime
