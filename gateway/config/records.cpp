#include "gateway/config/records.h"

namespace gatehouse::config {
namespace {
template <typename T>
const T *named(const std::vector<T> &all, std::string_view name)
{
    for (const T &one : all)
        if (one.name == name)
            return &one;
    return nullptr;
}

template <typename T>
void take(T &into, const std::optional<T> &first, const std::optional<T> &second)
{
    if (first)
        into = *first;
    else if (second)
        into = *second;
}
} // namespace

const Upstream *Workspace::upstream(std::string_view name) const { return named(upstreams, name); }
const Mock *Workspace::mock(std::string_view name) const { return named(mocks, name); }
const Group *Workspace::group(std::string_view name) const { return named(groups, name); }
const Route *Workspace::route(std::string_view name) const { return named(routes, name); }
const Listener *Workspace::listener(std::string_view name) const { return named(listeners, name); }
const Consumer *Workspace::consumer(std::string_view name) const { return named(consumers, name); }

std::string Target::kind() const { return upstream ? "upstream" : mock ? "mock" : respond ? "respond" : "redirect"; }

Limits merged(const LimitsGiven &settings, const LimitsGiven &listener)
{
    Limits limits;
    take(limits.headerSize, listener.headerSize, settings.headerSize);
    take(limits.headers, listener.headers, settings.headers);
    take(limits.url, listener.url, settings.url);
    take(limits.connections, listener.connections, settings.connections);
    take(limits.headerTimeout, listener.headerTimeout, settings.headerTimeout);
    take(limits.bodyIdle, listener.bodyIdle, settings.bodyIdle);
    take(limits.idle, listener.idle, settings.idle);
    return limits;
}

Delivery merged(const DeliveryGiven &upstream, const DeliveryGiven &route)
{
    Delivery delivery;
    take(delivery.connect, route.timeout.connect, upstream.timeout.connect);
    take(delivery.response, route.timeout.response, upstream.timeout.response);
    take(delivery.idle, route.timeout.idle, upstream.timeout.idle);
    take(delivery.total, route.timeout.total, upstream.timeout.total);
    delivery.failures = {{Failure::ConnectFailure, 0}, {Failure::Reset, 0}, {Failure::Timeout, 0}, {Failure::Status, 502}, {Failure::Status, 503}, {Failure::Status, 504}};
    delivery.methods = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
    if (!route.retry && !upstream.retry)
        return delivery;
    const RetryGiven none;
    const RetryGiven &first = route.retry ? *route.retry : none;
    const RetryGiven &second = upstream.retry ? *upstream.retry : none;
    delivery.times = 2;
    take(delivery.times, first.times, second.times);
    take(delivery.failures, first.failures, second.failures);
    take(delivery.methods, first.methods, second.methods);
    take(delivery.perTry, first.perTry, second.perTry);
    take(delivery.backoffBase, first.backoff.base, second.backoff.base);
    take(delivery.backoffMax, first.backoff.max, second.backoff.max);
    take(delivery.jitter, first.backoff.jitter, second.backoff.jitter);
    take(delivery.budget, first.budget, second.budget);
    return delivery;
}

} // namespace gatehouse::config
