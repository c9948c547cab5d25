// The PROXY protocol, versions 1 (a line) and 2 (binary): who a connection is made for, said before its first octet. Specification:
// haproxy.org, proxy-protocol.txt. Strict: what is not exactly as written there is refused. No sockets, and no word on whether a
// sender is to be believed: that is for whoever knows who it is. One thread.
#pragma once

#include "gateway/base/ip.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::http {

struct ProxyHeader {
    enum class Family : uint8_t { None, V4, V6, Unix };
    Family family = Family::None;             // None (LOCAL, UNKNOWN, UNSPEC): the connection's own addresses are meant
    bool local = false;                       // the sender speaks for itself, as in health checks; version 2, Family::None only
    bool datagram = false;                    // how the client came; version 2, not of Family::None
    uint16_t sourcePort = 0, destinationPort = 0; // of V4 and V6
    IpAddress source, destination;            // of V4 and V6: the client, and where it connected to
    std::string sourcePath, destinationPath;  // of Unix, at most 108 octets, without the zeros behind them

    // Of whichever family holds both; None where the source is not known (unspecified, as of a Unix socket).
    static ProxyHeader of(const IpAddress &source, uint16_t sourcePort, const IpAddress &destination, uint16_t destinationPort);
    bool operator==(const ProxyHeader &) const = default;
};

enum class ProxyVersion : uint8_t { V1, V2 };

// Why a header was refused; one table in proxyprotocol.cpp. The last two are for those who read headers from a connection.
enum class ProxyFault : uint8_t {
    Missing, LineTooLong, BadLine, BadAddress, BadPort,
    BadVersion, BadCommand, BadFamily, HeaderTooLong, BlockTooShort, BadTlv, BadChecksum,
    Untrusted, Late,
};
struct ProxyRefusal {
    ProxyFault fault;
    std::string_view code;     // stable, for records, logs and tests: "proxy-bad-port"
    std::string_view sentence; // for people
    std::string_view rule;     // the specification's section and words
};
const ProxyRefusal &describe(ProxyFault fault);

// Takes the header in front of a connection's octets, however they are cut. Holds at most 4 KiB. One connection each.
class ProxyReader {
public:
    enum class Outcome : uint8_t {
        NeedMore, // all of `in` was used
        Header,   // header(); what is left of `in` stands behind it
        Absent,   // only where it is not required: held() and what is left of `in` are no header but the connection's own octets
        Refused,  // refusal(); nothing more can be read from this connection
    };
    explicit ProxyReader(bool required) : m_required(required) { }
    Outcome next(std::string_view &in);
    const ProxyHeader &header() const { return m_header; }
    const ProxyRefusal &refusal() const { return describe(m_fault); }
    // What was used so far: the beginning of a header, or what looked like one.
    std::string_view held() const { return m_octets; }

    static constexpr size_t lineMost = 107;    // octets of a version 1 header, CRLF included
    static constexpr size_t headerMost = 4096; // of a version 2 header; the specification has no bound, so this is ours

private:
    enum class Part : uint8_t { Signature, Line, Fixed, Block };
    void take(std::string_view &in, size_t octets);
    Outcome signature(std::string_view &in);
    Outcome line(std::string_view &in);
    Outcome fixed(std::string_view &in);
    Outcome block(std::string_view &in);
    Outcome refuse(ProxyFault fault);
    bool readLine(std::string_view line);
    bool readBlock();
    bool readTlvs(size_t at);
    bool bad(ProxyFault fault); // false always

    const bool m_required;
    Part m_part = Part::Signature;
    ProxyFault m_fault = ProxyFault::Missing;
    size_t m_size = 0;    // of the whole version 2 header, once it is known
    std::string m_octets; // the header so far
    ProxyHeader m_header;
};

// Octets written, at most proxyHeaderMost; 0 when they do not fit. What a version can't say (paths in 1) is written as unknown.
inline constexpr size_t proxyHeaderMost = 232;
size_t writeProxyHeader(std::span<char> to, const ProxyHeader &header, ProxyVersion version);

} // namespace gatehouse::http
