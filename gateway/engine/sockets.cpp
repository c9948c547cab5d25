#include "gateway/engine/sockets.h"

#include "gateway/config/records.h"
#include "gateway/net/address.h"

#include <algorithm>

namespace gatehouse::engine {

namespace {

// Whether both can't be bound at once.
bool inTheWay(const net::Address &a, const net::Address &b)
{
    if (a.kind == net::Address::Kind::Unix || b.kind == net::Address::Kind::Unix)
        return a == b;
    return a.port != 0 && a.port == b.port && (a.isAny() || b.isAny() || a == b);
}

uint16_t freePortNear(const net::Address &taken)
{
    for (unsigned port = taken.port + 1u; port < taken.port + 20u && port < 65536; ++port) {
        net::Address candidate = taken;
        candidate.port = static_cast<uint16_t>(port);
        if (net::Listener::bind(candidate, 1))
            return candidate.port;
    }
    return 0;
}

// Answers once all of several calls have.
std::function<void()> join(size_t calls, std::function<void()> done)
{
    auto left = std::make_shared<size_t>(calls);
    return [left, done = std::move(done)] {
        if (--*left == 0)
            done();
    };
}

std::string urlOf(const net::Address &address)
{
    return address.kind == net::Address::Kind::Unix ? address.text() : "http://" + address.text();
}

} // namespace

struct Sockets::Change {
    server::Workers *workers = nullptr;
    const runtime::Snapshot *snapshot = nullptr;
    Swap swap;
    std::function<void(std::vector<schema::Problem>)> done;
    std::vector<Open> fresh;                 // bound for the new configuration
    std::vector<net::Address> letGo;         // of ours, closed because they were in the way
    std::vector<std::string> letGoNames, letGoWritten;
    std::vector<schema::Problem> problems;
};

// Of several at the same address (a free port each) a listener keeps the one of its own name; else it takes one that is left over, since
// then it was renamed.
std::vector<size_t> Sockets::socketsOf(const runtime::Snapshot &snapshot) const
{
    std::vector<size_t> keeps(snapshot.listeners.size(), none);
    for (const bool ownName : {true, false})
        for (size_t l = 0; l < keeps.size(); ++l)
            for (size_t i = 0; i < m_open.size() && keeps[l] == none; ++i)
                if (m_open[i].written == snapshot.listeners[l]->address && (!ownName || m_open[i].name == snapshot.listeners[l]->name)
                    && std::find(keeps.begin(), keeps.end(), i) == keeps.end())
                    keeps[l] = i;
    return keeps;
}

void Sockets::become(server::Workers &workers, const runtime::Snapshot &snapshot, Swap swap, std::function<void(std::vector<schema::Problem>)> done)
{
    auto change = std::make_shared<Change>();
    change->workers = &workers;
    change->snapshot = &snapshot;
    change->swap = std::move(swap);
    change->done = std::move(done);
    m_failed.clear();

    // What stands in the way of a new address goes first; there is no other way to bind it.
    std::vector<size_t> blocking;
    const std::vector<size_t> keeps = socketsOf(snapshot);
    for (size_t l = 0; l < snapshot.listeners.size(); ++l) {
        const auto wanted = net::Address::parse(snapshot.listeners[l]->address);
        if (!wanted || keeps[l] != none)
            continue;
        for (size_t i = 0; i < m_open.size(); ++i) {
            const bool stays = std::find(keeps.begin(), keeps.end(), i) != keeps.end();
            if (!stays && inTheWay(*wanted, m_open[i].socket->address()) && std::find(blocking.begin(), blocking.end(), i) == blocking.end())
                blocking.push_back(i);
        }
    }
    if (blocking.empty()) {
        bindNew(std::move(change));
        return;
    }
    std::sort(blocking.rbegin(), blocking.rend());
    auto going = std::make_shared<std::vector<std::unique_ptr<net::Listener>>>();
    for (size_t i : blocking) {
        change->letGo.push_back(m_open[i].socket->address());
        change->letGoNames.push_back(m_open[i].name);
        change->letGoWritten.push_back(m_open[i].written);
        going->push_back(std::move(m_open[i].socket));
        m_open.erase(m_open.begin() + static_cast<std::ptrdiff_t>(i));
    }
    const auto closed = join(going->size(), [this, change, going] {
        going->clear();
        bindNew(change);
    });
    for (auto &socket : *going)
        workers.unlisten(*socket, closed);
}

void Sockets::bindNew(std::shared_ptr<Change> change)
{
    std::vector<api::ListenerState> failed;
    const std::vector<size_t> keeps = socketsOf(*change->snapshot);
    for (size_t l = 0; l < keeps.size(); ++l) {
        if (keeps[l] != none)
            continue;
        const auto &listener = change->snapshot->listeners[l];
        const auto address = net::Address::parse(listener->address);
        auto socket = address ? net::Listener::bind(*address)
                              : Result<std::unique_ptr<net::Listener>>(Error::make(ErrorKind::BadInput, listener->address + " is not an address. Write IP:PORT."));
        if (socket) {
            change->fresh.push_back({listener->name, listener->address, std::move(socket).value()});
            continue;
        }
        api::ListenerState state{listener->name, listener->address, {}, false, socket.error().text(), 0};
        if (address && socket.error().kind == ErrorKind::InUse)
            state.freePort = freePortNear(*address);
        std::string message = state.error;
        if (state.freePort)
            message += " Port " + std::to_string(state.freePort) + " is free.";
        const config::Origin &at = listener->record->origin;
        change->problems.push_back({schema::Severity::Error, at.file, at.line, 1, at.path.text() + ".address", message, {}});
        failed.push_back(std::move(state));
    }
    m_failed = std::move(failed);
    if (change->problems.empty())
        switchOver(std::move(change));
    else
        restore(std::move(change));
}

// Nothing was to change: what was let go is taken back.
void Sockets::restore(std::shared_ptr<Change> change)
{
    change->fresh.clear();
    for (size_t i = 0; i < change->letGo.size(); ++i)
        if (auto socket = net::Listener::bind(change->letGo[i])) {
            m_open.push_back({change->letGoNames[i], change->letGoWritten[i], std::move(socket).value()});
            change->workers->listen(*m_open.back().socket, m_open.back().name, [](bool) { });
        }
    m_changed();
    change->done(change->problems);
}

void Sockets::switchOver(std::shared_ptr<Change> change)
{
    change->swap([this, change] {
        // A socket whose listener has another name now is given to the workers anew.
        const std::vector<size_t> keeps = socketsOf(*change->snapshot);
        std::vector<Open> before = std::move(m_open);
        m_open.clear();
        std::vector<Open> toListen = std::move(change->fresh);
        auto toClose = std::make_shared<std::vector<Open>>();
        for (size_t l = 0; l < keeps.size(); ++l) {
            if (keeps[l] == none)
                continue;
            Open &open = before[keeps[l]];
            const std::string &name = change->snapshot->listeners[l]->name;
            if (open.name == name)
                m_open.push_back(std::move(open));
            else
                toListen.push_back({name, open.written, std::move(open.socket)});
        }
        for (Open &open : before)
            if (open.socket)
                toClose->push_back(std::move(open));
        const auto finished = join(toListen.size() + toClose->size() + 1, [this, change, toClose] {
            toClose->clear();
            m_changed();
            change->done({});
        });
        for (Open &open : toListen) {
            m_open.push_back(std::move(open));
            net::Listener &socket = *m_open.back().socket;
            const std::string name = m_open.back().name;
            server::Workers *workers = change->workers;
            // unlisten() first is harmless for a fresh socket, and needed for one that changes its name.
            workers->unlisten(socket, [workers, &socket, name, finished] { workers->listen(socket, name, [finished](bool) { finished(); }); });
        }
        for (Open &open : *toClose)
            change->workers->unlisten(*open.socket, finished);
        finished();
    });
}

void Sockets::close(server::Workers &workers, std::function<void()> done)
{
    auto going = std::make_shared<std::vector<Open>>(std::move(m_open));
    m_open.clear();
    const auto finished = join(going->size() + 1, [this, going, done = std::move(done)] {
        going->clear();
        m_changed();
        done();
    });
    for (Open &open : *going)
        workers.unlisten(*open.socket, finished);
    finished();
}

std::vector<api::ListenerState> Sockets::states(const runtime::Snapshot *snapshot) const
{
    std::vector<api::ListenerState> out;
    for (const Open &open : m_open) {
        const net::Address &address = open.socket->address();
        const runtime::ListenerPlan *plan = snapshot ? snapshot->listener(open.name) : nullptr;
        out.push_back({open.name, address.text(), urlOf(address), !address.isLoopback() || (plan && plan->expose), {}, 0});
    }
    for (const api::ListenerState &failed : m_failed)
        out.push_back(failed);
    if (snapshot)
        for (const auto &listener : snapshot->listeners)
            if (std::none_of(out.begin(), out.end(), [&](const api::ListenerState &s) { return s.name == listener->name; })) {
                const auto address = net::Address::parse(listener->address);
                out.push_back({listener->name, listener->address, address ? urlOf(*address) : std::string(), address && !address->isLoopback(), {}, 0});
            }
    return out;
}

std::string Sockets::addressOf(const std::string &listener) const
{
    for (const Open &open : m_open)
        if (open.name == listener || listener.empty()) {
            // A wildcard is reached through loopback.
            net::Address address = open.socket->address();
            if (address.isAny())
                address = address.kind == net::Address::Kind::V6 ? net::Address::loopback6(address.port) : net::Address::loopback(address.port);
            return address.text();
        }
    return {};
}

} // namespace gatehouse::engine
