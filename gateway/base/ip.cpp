#include "gateway/base/ip.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <arpa/inet.h>

namespace gatehouse {

namespace {
constexpr std::array<uint8_t, 12> mappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool bitsEqual(const IpAddress &a, const IpAddress &b, unsigned bits)
{
    const unsigned whole = bits / 8, rest = bits % 8;
    if (!std::equal(a.octets.begin(), a.octets.begin() + whole, b.octets.begin()))
        return false;
    if (rest == 0)
        return true;
    const auto mask = static_cast<uint8_t>(0xff00u >> rest);
    return (a.octets[whole] & mask) == (b.octets[whole] & mask);
}
} // namespace

bool IpAddress::isV4() const { return std::equal(mappedPrefix.begin(), mappedPrefix.end(), octets.begin()); }

bool IpAddress::isLoopback() const
{
    if (isV4())
        return octets[12] == 127;
    return std::all_of(octets.begin(), octets.end() - 1, [](uint8_t o) { return o == 0; }) && octets[15] == 1;
}

bool IpAddress::isUnspecified() const
{
    return std::all_of(octets.begin() + (isV4() ? 12 : 0), octets.end(), [](uint8_t o) { return o == 0; });
}

std::string IpAddress::text() const
{
    char buffer[INET6_ADDRSTRLEN];
    if (isV4())
        inet_ntop(AF_INET, octets.data() + 12, buffer, sizeof buffer);
    else
        inet_ntop(AF_INET6, octets.data(), buffer, sizeof buffer);
    return buffer;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    if (text.empty() || text.size() >= INET6_ADDRSTRLEN)
        return {};
    char buffer[INET6_ADDRSTRLEN] = {};
    std::copy(text.begin(), text.end(), buffer);
    IpAddress address;
    if (inet_pton(AF_INET6, buffer, address.octets.data()) == 1)
        return address;
    std::copy(mappedPrefix.begin(), mappedPrefix.end(), address.octets.begin());
    if (inet_pton(AF_INET, buffer, address.octets.data() + 12) == 1)
        return address;
    return {};
}

bool Cidr::contains(const IpAddress &address) const { return bitsEqual(network, address, bits); }

std::string Cidr::text() const
{
    return network.text() + "/" + std::to_string(network.isV4() ? bits - 96 : bits);
}

std::optional<Cidr> Cidr::parse(std::string_view text)
{
    const size_t slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return {};
    const unsigned width = address->isV4() && text.substr(0, slash).find(':') == std::string_view::npos ? 32 : 128;
    unsigned length = width;
    if (slash != std::string_view::npos) {
        const auto digits = parseUnsigned(text.substr(slash + 1));
        if (!digits || *digits > width)
            return {};
        length = static_cast<unsigned>(*digits);
    }
    Cidr block{*address, static_cast<uint8_t>(128 - width + length)};
    for (unsigned bit = block.bits; bit < 128; ++bit)
        if (address->octets[bit / 8] & (0x80u >> bit % 8))
            return {};
    return block;
}

} // namespace gatehouse
