#include "gateway/upstream/endpoint.h"

#include "gateway/base/text.h"
#include "gateway/http/target.h"

#include <algorithm>

namespace gatehouse::upstream {

std::optional<Location> Location::parse(std::string_view url)
{
    if (startsWithIgnoreCase(url, "unix:")) {
        const std::string_view path = url.substr(5);
        if (path.empty() || path.front() != '/')
            return std::nullopt;
        return Location{{}, 0, net::Address::unixSocket(path), {}, "localhost"};
    }
    if (!startsWithIgnoreCase(url, "http://"))
        return std::nullopt;
    std::string_view rest = url.substr(7);
    const size_t end = std::min(rest.size(), rest.find_first_of("/?#"));
    std::string_view base = rest.substr(end);
    base = base.substr(0, base.find_first_of("?#"));
    while (base.ends_with('/'))
        base.remove_suffix(1);
    rest = rest.substr(0, end);
    const auto authority = http::parseAuthority(rest);
    if (!authority || authority->host.empty())
        return std::nullopt;
    std::string_view host = authority->host;
    if (host.size() > 2 && host.front() == '[')
        host = host.substr(1, host.size() - 2);
    const uint16_t port = authority->port ? authority->port : 80;
    std::string field = lower(authority->host);
    if (port != 80)
        field += ":" + std::to_string(port);
    return Location{lower(host), port, {}, std::string(base), std::move(field)};
}

} // namespace gatehouse::upstream
