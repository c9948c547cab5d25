// A whole configuration as workers run it: immutable, swapped as one pointer. Holds no QObject, timer or socket.
#pragma once

#include "gateway/base/ip.h"
#include "gateway/http/target.h"
#include "gateway/runtime/plan.h"
#include "gateway/runtime/router.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {
struct Workspace;
struct Listener;
enum class ProxyIn : uint8_t;
}

namespace gatehouse::runtime {

// Bounds of what a client may send. Zero: no bound.
struct Limits {
    uint64_t headerSize = 32 * 1024, url = 8 * 1024;
    uint32_t headers = 100, connections = 10000;
    Duration headerTimeout = std::chrono::seconds(10), bodyIdle = std::chrono::seconds(30), idle = std::chrono::seconds(75);
};

struct ListenerPlan {
    std::string name;
    uint32_t interned = 0;
    std::shared_ptr<const config::Listener> record;
    std::string address;            // as written: "127.0.0.1:0", "unix:/path"
    bool expose = false;            // then hosts are not checked
    config::ProxyIn proxyProtocol{}; // whether connections begin with a PROXY header; off
    std::vector<std::string> hosts; // named by listener, groups and routes; lower case, "*.x" for wildcards
    Limits limits;
    std::shared_ptr<const Router> router; // with this listener's policies in front of each chain
    PlanPointer unmatched;          // its policies and no target: for requests that match no route

    // The safe default of a loopback listener: IP literals, localhost and names under it, and named hosts. Else 421.
    bool answersFor(std::string_view host) const;
};

struct Settings {
    std::vector<Cidr> trustedProxies;
    // What policies tell the upstream of who asks ({consumer}): nobody else may say it. Lower case, '-' for '_'.
    std::vector<std::string> identityFields;
    enum class Forwarded : uint8_t { XForwarded, Rfc7239, Both, None };
    Forwarded forwarded = Forwarded::XForwarded;
    http::PathRules paths;
    struct Recording {
        uint64_t bodies = 1024 * 1024, memory = 256ull * 1024 * 1024;
        std::vector<std::string> redact; // beyond what always is: "header.x-token", "json.$.password"
    } recording;

    bool trusts(const IpAddress &peer) const;
    // Whether that peer may name this client in a PROXY header: whoever is on this machine may (a browser can't send one), and a
    // trusted proxy. Only the latter names another trusted proxy, since what comes in that one's name is believed further. A Unix
    // socket's peer has no address.
    bool believesIntroduction(const IpAddress &peer, const IpAddress &client) const;
};

struct Snapshot {
    uint64_t revision = 0;
    std::shared_ptr<const config::Workspace> workspace;
    std::vector<std::shared_ptr<const ListenerPlan>> listeners;
    Settings settings;

    const ListenerPlan *listener(std::string_view name) const;
};

using SnapshotPointer = std::shared_ptr<const Snapshot>;

} // namespace gatehouse::runtime
