// One endpoint of an upstream while it runs: where it is, its load, and whether a person took it out. Shared by all workers and by
// every configuration that names it, so that an edit elsewhere resets nothing. Any thread.
#pragma once

#include "gateway/net/address.h"
#include "gateway/observe/metrics.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::upstream {

// Where an endpoint's URL leads.
struct Location {
    std::string host;      // name or literal, IPv6 without brackets; empty for a Unix socket
    uint16_t port = 0;
    net::Address socket;   // Kind::Unix for unix:/path, else Kind::None
    std::string base;      // a path that every request's path is put behind; no slash at its end
    std::string authority; // as a Host field wants it: "127.0.0.1:9001", "orders.test" (default port left out), "localhost" for Unix

    // http://host[:port][/base] and unix:/path; nothing for what this build can't reach.
    static std::optional<Location> parse(std::string_view url);
};

class Endpoint {
public:
    // `id` is unique in the process and small: workers index their pools by it. `metric` is where its figures are counted.
    Endpoint(uint32_t id, observe::MetricId metric, std::string upstream, std::string name, std::string url, Location location)
        : id(id)
        , metric(metric)
        , upstream(std::move(upstream))
        , name(std::move(name))
        , url(std::move(url))
        , location(std::move(location))
    {
    }

    const uint32_t id;
    const observe::MetricId metric;
    const std::string upstream, name, url; // name: as written, or else the authority
    const Location location;

    // Taken out by hand: gets no new requests; those in flight finish.
    void setOut(bool out) { m_out.store(out, std::memory_order_relaxed); }
    bool out() const { return m_out.load(std::memory_order_relaxed); }

    void countRequest(int change) { m_inFlight.fetch_add(change, std::memory_order_relaxed); }
    void countConnection(int change) { m_connections.fetch_add(change, std::memory_order_relaxed); }
    struct Connections { uint32_t inFlight = 0, busy = 0, idle = 0; };
    Connections connections() const
    {
        // A request in flight has one connection, so what is left over is idle: no counter to keep on the way of a request.
        const uint32_t inFlight = uint32_t(std::max(0, m_inFlight.load(std::memory_order_relaxed)));
        const uint32_t all = uint32_t(std::max(0, m_connections.load(std::memory_order_relaxed)));
        const uint32_t busy = std::min(inFlight, all);
        return {inFlight, busy, all - busy};
    }

private:
    alignas(64) std::atomic<int32_t> m_inFlight{0}; // summed over workers; relaxed: these are for the eye
    std::atomic<int32_t> m_connections{0};
    std::atomic<bool> m_out{false};
};

} // namespace gatehouse::upstream
