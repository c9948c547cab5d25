#include "gateway/upstream/upstream.h"

#include <atomic>

namespace gatehouse::upstream {

namespace {
std::atomic<uint32_t> nextUpstream{0}, nextEndpoint{0}; // over all registries: a worker has one table for them all
}

Result<std::shared_ptr<const Upstream>> Registry::acquire(const Settings &settings)
{
    const std::lock_guard lock(m_mutex);
    Known &known = m_known[settings.name];
    if (auto kept = known.upstream.lock(); kept && kept->settings == settings)
        return kept;
    std::vector<Upstream::Member> members;
    std::unordered_map<std::string, std::shared_ptr<Endpoint>> endpoints;
    for (const EndpointSettings &wanted : settings.endpoints) {
        const auto location = Location::parse(wanted.url);
        if (!location)
            return Error::make(ErrorKind::BadInput, "Upstream " + settings.name + ": can't reach " + wanted.url + ", only http:// and unix: addresses.");
        const std::string name = wanted.name.empty()
            ? (location->socket.kind == net::Address::Kind::Unix ? location->socket.path : location->authority)
            : wanted.name;
        const std::string key = name + '\n' + wanted.url;
        std::shared_ptr<Endpoint> &endpoint = endpoints[key];
        if (const auto found = known.endpoints.find(key); !endpoint && found != known.endpoints.end())
            endpoint = found->second;
        if (!endpoint)
            endpoint = std::make_shared<Endpoint>(nextEndpoint++, m_metrics.endpoint(settings.name, name, wanted.url), settings.name, name, wanted.url, *location);
        members.push_back({endpoint, wanted.weight, wanted.enabled});
    }
    known.endpoints = std::move(endpoints);
    auto upstream = std::make_shared<const Upstream>(nextUpstream++, settings, std::move(members));
    known.upstream = upstream;
    return std::shared_ptr<const Upstream>(upstream);
}

std::shared_ptr<Endpoint> Registry::find(std::string_view upstream, std::string_view endpoint) const
{
    const std::lock_guard lock(m_mutex);
    const auto known = m_known.find(std::string(upstream));
    if (known == m_known.end())
        return nullptr;
    for (const auto &[key, candidate] : known->second.endpoints)
        if (candidate->name == endpoint || candidate->url == endpoint)
            return candidate;
    return nullptr;
}

std::vector<std::shared_ptr<const Upstream>> Registry::all() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<std::shared_ptr<const Upstream>> all;
    for (const auto &[name, known] : m_known)
        if (auto kept = known.upstream.lock())
            all.push_back(std::move(kept));
    return all;
}

RoundRobin::RoundRobin(std::shared_ptr<const Upstream> upstream)
    : m_upstream(std::move(upstream))
    , m_current(m_upstream->members.size(), 0.0)
{
}

const Upstream::Member *RoundRobin::next(const Endpoint *not_)
{
    const auto &members = m_upstream->members;
    if (members.size() == 1)
        return members[0].usable() ? &members[0] : nullptr;
    const auto pick = [&](const Endpoint *without) {
        size_t best = members.size();
        double total = 0;
        for (size_t i = 0; i < members.size(); ++i) {
            if (!members[i].usable() || members[i].endpoint.get() == without)
                continue;
            total += members[i].weight;
            m_current[i] += members[i].weight;
            if (best == members.size() || m_current[i] > m_current[best])
                best = i;
        }
        if (best != members.size())
            m_current[best] -= total;
        return best;
    };
    size_t best = pick(not_);
    if (best == members.size() && not_)
        best = pick(nullptr);
    return best == members.size() ? nullptr : &members[best];
}

bool RetryBudget::allow(double share, MonotonicTime now)
{
    using namespace std::chrono_literals;
    constexpr uint64_t always = 10; // so that a quiet upstream is tried again too
    if (now - m_halved > 10s) {
        m_requests /= 2;
        m_retries /= 2;
        m_halved = now;
    }
    if (share > 0 && m_retries >= always && double(m_retries + 1) > share * double(m_requests))
        return false;
    ++m_retries;
    return true;
}

} // namespace gatehouse::upstream
