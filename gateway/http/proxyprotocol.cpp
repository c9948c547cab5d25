#include "gateway/http/proxyprotocol.h"

#include "gateway/base/crc32c.h"
#include "gateway/base/text.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace gatehouse::http {

namespace {

using enum ProxyFault;
using Family = ProxyHeader::Family;

constexpr std::string_view lineStart = "PROXY ";
constexpr std::string_view binaryStart{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr size_t fixedSize = 16; // of version 2, in front of the addresses
constexpr size_t pathSize = 108;
constexpr unsigned checksumType = 0x03;

// In the order of the enum; a test walks it.
constexpr ProxyRefusal refusals[] = {
    {Missing, "proxy-missing", "The connection does not begin with a PROXY header.",
     "2.2: otherwise the protocol is not covered by this specification and the connection must be dropped"},
    {LineTooLong, "proxy-line-too-long", "The PROXY line does not end within 107 octets.",
     "2.1: if the CRLF sequence is not found in the first 107 characters, the receiver should declare the line invalid"},
    {BadLine, "proxy-bad-line", "The PROXY line is malformed.",
     "2.1: any sequence which does not exactly match the protocol must be discarded and cause the receiver to abort the connection"},
    {BadAddress, "proxy-bad-address", "An address of the PROXY line is malformed or not of its family.",
     "2.1: the advertised protocol family dictates what format to use; heading zeroes are not permitted"},
    {BadPort, "proxy-bad-port", "A port of the PROXY line is not a number from 0 to 65535.",
     "2.1: a decimal integer in the range [0..65535] inclusive; heading zeroes are not permitted"},
    {BadVersion, "proxy-bad-version", "The PROXY header is of an unknown version.",
     "2.2: it must always be sent as \\x2 and the receiver must only accept this value"},
    {BadCommand, "proxy-bad-command", "The PROXY header holds an unknown command.",
     "2.2: receivers must drop connections presenting unexpected values here"},
    {BadFamily, "proxy-bad-family", "The PROXY header names an unknown family or transport.",
     "2.2: other values are unspecified and must be rejected as invalid by receivers"},
    {HeaderTooLong, "proxy-header-too-long", "The PROXY header is longer than 4096 octets.", "a bound of this gateway's own"},
    {BlockTooShort, "proxy-block-too-short", "The PROXY header is shorter than its addresses.", "2.2: address length is 12, 36 or 216 bytes"},
    {BadTlv, "proxy-bad-tlv", "What follows the addresses of the PROXY header does not fit into its length.",
     "2.2: the first byte is the type, the second two bytes represent the length of the value"},
    {BadChecksum, "proxy-bad-checksum", "The PROXY header's checksum is wrong.",
     "2.2.3: if it is not, the receiver MUST treat the TCP connection providing the header as invalid"},
    {Untrusted, "proxy-untrusted", "Who sent the PROXY header is not believed: it is neither on this machine nor in trusted-proxies.",
     "2: the receiver SHOULD ensure proper access filtering so that only trusted proxies are allowed to use this protocol"},
    {Late, "proxy-late", "The PROXY header did not arrive in time.",
     "2: the receiver may apply a short timeout and decide to abort the connection"},
};

constexpr bool inOrder()
{
    for (size_t i = 0; i < std::size(refusals); ++i) {
        if (size_t(refusals[i].fault) != i)
            return false;
    }
    return std::size(refusals) == size_t(Late) + 1;
}
static_assert(inOrder());

unsigned octet(std::string_view from, size_t at) { return uint8_t(from[at]); }
uint16_t number16(std::string_view from, size_t at) { return uint16_t(octet(from, at) << 8 | octet(from, at + 1)); }
uint32_t number32(std::string_view from, size_t at) { return uint32_t(number16(from, at)) << 16 | number16(from, at + 2); }

IpAddress addressAt(std::string_view from, size_t at, bool v4)
{
    IpAddress address;
    if (v4) {
        address.octets[10] = address.octets[11] = 0xff;
        std::copy_n(from.begin() + ptrdiff_t(at), 4, address.octets.begin() + 12);
    } else {
        std::copy_n(from.begin() + ptrdiff_t(at), 16, address.octets.begin());
    }
    return address;
}

std::optional<IpAddress> addressOf(std::string_view text, bool v4)
{
    const auto address = IpAddress::parse(text);
    if (!address || (text.find(':') == std::string_view::npos) != v4)
        return std::nullopt;
    return !v4 || address->text() == text ? address : std::nullopt; // 010.0.0.1 is ten to some and eight to others
}

std::optional<uint16_t> portOf(std::string_view text)
{
    const auto port = parseUnsigned(text);
    if (!port || *port > 65535 || (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    return uint16_t(*port);
}

std::string pathAt(std::string_view from, size_t at)
{
    std::string_view path = from.substr(at, pathSize);
    while (path.ends_with('\0'))
        path.remove_suffix(1);
    return std::string(path);
}

size_t addressesSize(Family family)
{
    switch (family) {
    case Family::None: return 0;
    case Family::V4: return 12;
    case Family::V6: return 36;
    case Family::Unix: return 2 * pathSize;
    }
    return 0;
}

} // namespace

const ProxyRefusal &describe(ProxyFault fault) { return refusals[size_t(fault)]; }

ProxyHeader ProxyHeader::of(const IpAddress &source, uint16_t sourcePort, const IpAddress &destination, uint16_t destinationPort)
{
    ProxyHeader header;
    if (source.isUnspecified())
        return header;
    header.family = source.isV4() && destination.isV4() ? Family::V4 : Family::V6;
    header.source = source;
    header.sourcePort = sourcePort;
    header.destination = destination;
    header.destinationPort = destinationPort;
    return header;
}

// --- reading

ProxyReader::Outcome ProxyReader::next(std::string_view &in)
{
    Outcome outcome = Outcome::NeedMore;
    while (outcome == Outcome::NeedMore && !in.empty()) {
        switch (m_part) {
        case Part::Signature: outcome = signature(in); break;
        case Part::Line: outcome = line(in); break;
        case Part::Fixed: outcome = fixed(in); break;
        case Part::Block: outcome = block(in); break;
        }
    }
    return outcome;
}

void ProxyReader::take(std::string_view &in, size_t octets)
{
    octets = std::min(octets, in.size());
    m_octets.append(in.substr(0, octets));
    in.remove_prefix(octets);
}

ProxyReader::Outcome ProxyReader::refuse(ProxyFault fault)
{
    m_fault = fault;
    return Outcome::Refused;
}

bool ProxyReader::bad(ProxyFault fault)
{
    m_fault = fault;
    return false;
}

ProxyReader::Outcome ProxyReader::signature(std::string_view &in)
{
    const std::string_view expected = (m_octets.empty() ? in : std::string_view(m_octets)).front() == binaryStart.front() ? binaryStart : lineStart;
    if (in.front() != expected[m_octets.size()])
        return m_required ? refuse(Missing) : Outcome::Absent;
    take(in, 1);
    if (m_octets.size() == expected.size())
        m_part = expected == lineStart ? Part::Line : Part::Fixed;
    return Outcome::NeedMore;
}

ProxyReader::Outcome ProxyReader::line(std::string_view &in)
{
    const size_t end = in.substr(0, lineMost - m_octets.size()).find('\n');
    take(in, end == std::string_view::npos ? lineMost - m_octets.size() : end + 1);
    if (end == std::string_view::npos)
        return m_octets.size() == lineMost ? refuse(LineTooLong) : Outcome::NeedMore;
    return readLine(m_octets) ? Outcome::Header : Outcome::Refused;
}

// "PROXY TCP4 source destination port port\r\n", or "PROXY UNKNOWN" and whatever up to the CRLF.
bool ProxyReader::readLine(std::string_view line)
{
    if (!line.ends_with("\r\n"))
        return bad(BadLine);
    line = line.substr(lineStart.size(), line.size() - lineStart.size() - 2);
    if (std::any_of(line.begin(), line.end(), [](char c) { return c < 0x20 || c > 0x7e; }))
        return bad(BadLine);
    const auto words = split(line, ' ');
    if (words[0] == "UNKNOWN")
        return true;
    const bool v4 = words[0] == "TCP4";
    if ((!v4 && words[0] != "TCP6") || words.size() != 5)
        return bad(BadLine);
    const auto source = addressOf(words[1], v4), destination = addressOf(words[2], v4);
    if (!source || !destination)
        return bad(BadAddress);
    const auto sourcePort = portOf(words[3]), destinationPort = portOf(words[4]);
    if (!sourcePort || !destinationPort)
        return bad(BadPort);
    m_header.family = v4 ? Family::V4 : Family::V6;
    m_header.source = *source;
    m_header.destination = *destination;
    m_header.sourcePort = *sourcePort;
    m_header.destinationPort = *destinationPort;
    return true;
}

ProxyReader::Outcome ProxyReader::fixed(std::string_view &in)
{
    take(in, fixedSize - m_octets.size());
    if (m_octets.size() < fixedSize)
        return Outcome::NeedMore;
    const unsigned versionAndCommand = octet(m_octets, 12), familyAndTransport = octet(m_octets, 13);
    if (versionAndCommand >> 4 != 2)
        return refuse(BadVersion);
    if ((versionAndCommand & 0xf) > 1)
        return refuse(BadCommand);
    m_header.local = (versionAndCommand & 0xf) == 0;
    const unsigned family = familyAndTransport >> 4, transport = familyAndTransport & 0xf;
    if (!m_header.local) { // else they are ignored, as is the whole block
        if (family > 3 || transport > 2 || (family == 0) != (transport == 0))
            return refuse(BadFamily);
        m_header.family = Family(family);
        m_header.datagram = transport == 2;
    }
    m_size = fixedSize + number16(m_octets, 14);
    if (m_size > headerMost)
        return refuse(HeaderTooLong);
    if (m_size < fixedSize + addressesSize(m_header.family))
        return refuse(BlockTooShort);
    m_part = Part::Block;
    return m_size == fixedSize ? Outcome::Header : Outcome::NeedMore;
}

ProxyReader::Outcome ProxyReader::block(std::string_view &in)
{
    take(in, m_size - m_octets.size());
    if (m_octets.size() < m_size)
        return Outcome::NeedMore;
    return readBlock() ? Outcome::Header : Outcome::Refused;
}

bool ProxyReader::readBlock()
{
    const std::string_view all = m_octets;
    const bool v4 = m_header.family == Family::V4;
    switch (m_header.family) {
    case Family::None: return true; // to be skipped, whatever it holds
    case Family::V4:
    case Family::V6: {
        const size_t size = v4 ? 4 : 16;
        m_header.source = addressAt(all, fixedSize, v4);
        m_header.destination = addressAt(all, fixedSize + size, v4);
        m_header.sourcePort = number16(all, fixedSize + 2 * size);
        m_header.destinationPort = number16(all, fixedSize + 2 * size + 2);
        break;
    }
    case Family::Unix:
        m_header.sourcePath = pathAt(all, fixedSize);
        m_header.destinationPath = pathAt(all, fixedSize + pathSize);
        break;
    }
    return readTlvs(fixedSize + addressesSize(m_header.family));
}

// Nothing of them is used but the checksum.
bool ProxyReader::readTlvs(size_t at)
{
    constexpr size_t tlvStart = 3;
    size_t checksumAt = 0;
    while (at < m_octets.size()) {
        if (m_octets.size() - at < tlvStart)
            return bad(BadTlv);
        const unsigned type = octet(m_octets, at);
        const size_t size = number16(m_octets, at + 1);
        at += tlvStart;
        if (m_octets.size() - at < size)
            return bad(BadTlv);
        if (type == checksumType) {
            if (size != 4 || checksumAt)
                return bad(BadTlv);
            checksumAt = at;
        }
        at += size;
    }
    if (!checksumAt)
        return true;
    const std::string_view all = m_octets;
    const uint32_t sum = crc32c(all.substr(checksumAt + 4), crc32c(std::string_view("\0\0\0\0", 4), crc32c(all.substr(0, checksumAt))));
    return sum == number32(all, checksumAt) || bad(BadChecksum);
}

// --- writing

namespace {

// Of version 1; a client that came by IPv4 to a destination of IPv6 is named in the latter's way.
std::string addressText(const IpAddress &address, bool v4) { return !v4 && address.isV4() ? "::ffff:" + address.text() : address.text(); }

std::string lineOf(const ProxyHeader &header)
{
    if (header.family != Family::V4 && header.family != Family::V6)
        return "PROXY UNKNOWN\r\n";
    const bool v4 = header.family == Family::V4;
    return std::string(lineStart) + (v4 ? "TCP4 " : "TCP6 ") + addressText(header.source, v4) + ' ' + addressText(header.destination, v4) + ' '
        + std::to_string(header.sourcePort) + ' ' + std::to_string(header.destinationPort) + "\r\n";
}

void add16(std::string &to, size_t number) { to.append({char(number >> 8), char(number & 0xff)}); }

void addAddress(std::string &to, const IpAddress &address, bool v4)
{
    const char *const octets = reinterpret_cast<const char *>(address.octets.data());
    to.append(v4 ? std::string_view(octets + 12, 4) : std::string_view(octets, 16));
}

void addPath(std::string &to, std::string_view path)
{
    path = path.substr(0, pathSize);
    to.append(path).append(pathSize - path.size(), '\0');
}

std::string binaryOf(const ProxyHeader &header)
{
    std::string to(binaryStart);
    const bool known = header.family != Family::None;
    to += header.local && !known ? '\x20' : '\x21';
    to += char(known ? unsigned(header.family) << 4 | (header.datagram ? 2u : 1u) : 0u);
    add16(to, addressesSize(header.family));
    if (header.family == Family::Unix) {
        addPath(to, header.sourcePath);
        addPath(to, header.destinationPath);
    } else if (known) {
        const bool v4 = header.family == Family::V4;
        addAddress(to, header.source, v4);
        addAddress(to, header.destination, v4);
        add16(to, header.sourcePort);
        add16(to, header.destinationPort);
    }
    return to;
}

} // namespace

size_t writeProxyHeader(std::span<char> to, const ProxyHeader &header, ProxyVersion version)
{
    const std::string octets = version == ProxyVersion::V1 ? lineOf(header) : binaryOf(header);
    if (octets.size() > to.size())
        return 0;
    std::copy(octets.begin(), octets.end(), to.begin());
    return octets.size();
}

} // namespace gatehouse::http
