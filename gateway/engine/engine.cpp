#include "gateway/engine/engine.h"

#include "gateway/config/records.h"
#include "gateway/engine/applier.h"
#include "gateway/engine/credentials.h"
#include "gateway/engine/exchangesource.h"
#include "gateway/engine/explainer.h"
#include "gateway/engine/livesource.h"
#include "gateway/engine/secretstore.h"
#include "gateway/engine/sender.h"

namespace gatehouse::engine {

namespace {

class EndpointSwitch final : public api::Endpoints {
public:
    explicit EndpointSwitch(const upstream::Registry &upstreams) : m_upstreams(upstreams) { }
    Result<void> setOut(const std::string &upstream, const std::string &endpoint, bool out) override
    {
        const auto found = m_upstreams.find(upstream, endpoint);
        if (!found)
            return Error::make(ErrorKind::NotFound, "The upstream " + upstream + " has no endpoint " + endpoint + ".");
        found->setOut(out);
        return {};
    }

private:
    const upstream::Registry &m_upstreams;
};

// The newest exchange of that client among the last few.
uint64_t findExchange(const observe::ExchangeStore &store, const std::string &client)
{
    constexpr uint64_t lookBack = 2000;
    const uint64_t recorded = store.state().recorded;
    uint64_t found = 0, position = recorded > lookBack ? recorded - lookBack : 0;
    for (;;) {
        const observe::ExchangePage page = store.since(position);
        if (page.rows.empty())
            return found;
        for (const observe::Row &row : page.rows)
            if (row.client == client)
                found = row.id;
        position = page.next;
    }
}

// By its name; without one the first that listens, at a Unix socket only where there is no other.
Sender::Listener findListener(const Applier &applier, const std::string &name)
{
    Sender::Listener found;
    const auto snapshot = applier.snapshot();
    if (!snapshot)
        return found;
    for (const auto &listener : snapshot->listeners) {
        if (!name.empty() && listener->name != name)
            continue;
        Sender::Listener one{applier.addressOf(listener->name), listener->proxyProtocol == config::ProxyIn::Require};
        if (one.address.empty())
            continue;
        if (!one.isUnixSocket())
            return one;
        if (found.address.empty())
            found = std::move(one);
    }
    return found;
}

} // namespace

// Destroyed from the last to the first: what uses a part goes before it.
struct Engine::Parts {
    explicit Parts(const Options &options)
        : clock(options.clock ? *options.clock : systemClock())
        , metrics(clock)
        , upstreams(metrics)
        , secrets(options.secretsFolder, options.keychain)
        , applier(clock, {upstreams, metrics, states}, store, metrics, static_cast<unsigned>(options.workers))
        , explainer([this] { return applier.snapshot(); }, [this](const std::string &name) { return applier.addressOf(name); }, clock, states)
        , exchanges(store, [this](uint64_t revision) { return applier.snapshot(revision); }, clock, states)
        , live(metrics, upstreams, [this] { return applier.snapshot(); })
        , endpoints(upstreams)
        , sender([this](const std::string &name) { return findListener(applier, name); },
                 [this](const std::string &client) { return findExchange(store, client); },
                 [this](const std::string &consumer, const std::string &header) {
                     const auto snapshot = applier.snapshot();
                     return snapshot && snapshot->workspace ? credentialFor(*snapshot->workspace, consumer, header) : std::string();
                 })
    {
        store.setRecording(options.record);
    }

    const Clock &clock;
    observe::Metrics metrics;
    observe::ExchangeStore store;
    policy::StateStore states;
    upstream::Registry upstreams;
    SecretStore secrets;
    Applier applier;
    Explainer explainer;
    ExchangeSource exchanges;
    LiveSource live;
    EndpointSwitch endpoints;
    Sender sender;
};

Engine::Engine(Options options, QObject *parent) : QObject(parent), m_parts(std::make_unique<Parts>(options)) { }
Engine::~Engine() = default;

api::Api Engine::api()
{
    Parts &p = *m_parts;
    return {p.applier, p.explainer, p.exchanges, p.live, p.endpoints, p.sender, p.secrets};
}

SecretStore &Engine::secrets() { return m_parts->secrets; }

} // namespace gatehouse::engine
