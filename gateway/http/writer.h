// Serialises heads and chunk framing into memory of the caller's. No state, any thread (DateCache: one thread).
// The writer owns what frames a message and what concerns only this connection: Content-Length, Transfer-Encoding, Connection,
// Keep-Alive, Proxy-Connection and Upgrade are written from framing, keepAlive and upgrade; fields of these names are skipped,
// so they can't contradict the framing. Everything else is written as it stands, in order.
#pragma once

#include "gateway/http/message.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace gatehouse::http {

struct WriteOptions {
    std::string_view date;  // answers: written as Date when the fields have none; empty: not
    bool headOnly = false;  // the answer to HEAD: Content-Length as in the fields, if there; no Transfer-Encoding
};

// An upper bound, near the true size, for choosing the memory.
size_t sizeBound(const RequestHead &head);
size_t sizeBound(const ResponseHead &head);
// Octets written; 0 when it does not fit or method, target or reason hold what they must not (nothing is sent then: a bug or an
// attack). Always HTTP/1.1. A request writes Connection only to close or to upgrade.
size_t writeHead(std::span<char> to, const RequestHead &head);
// `head.version` is the client's: 1.0 gets "Connection: keep-alive" where that is agreed.
size_t writeHead(std::span<char> to, const ResponseHead &head, const WriteOptions &options = {});

// "1a2b\r\n"; before each chunk's octets, which chunkEnd follows. Never for 0 octets: that would end the body.
inline constexpr size_t chunkStartSize = 18;
size_t writeChunkStart(std::span<char> to, uint64_t octets);
inline constexpr std::string_view chunkEnd = "\r\n";
inline constexpr std::string_view lastChunk = "0\r\n\r\n";
// The last chunk with trailers; those that may not be trailers are left out.
size_t sizeBound(const Fields &trailers);
size_t writeLastChunk(std::span<char> to, const Fields &trailers);

// Fields that end at this hop: those of RFC 9110 7.6.1 and all that Connection names (but Host, which nobody may name away).
void removeHopByHop(Fields &fields);
bool isHopByHop(std::string_view name);
// RFC 9110 6.5.1: not for framing, routing, request modifiers, authentication or content handling.
bool mayBeTrailer(std::string_view name);

// "Not Found"; empty for a status without a registered phrase.
std::string_view reasonPhrase(int status);

// IMF-fixdate (RFC 9110 5.6.7), made once a second.
class DateCache {
public:
    std::string_view at(int64_t wallMicros);

private:
    int64_t m_second = -1;
    char m_text[29] = {};
};

} // namespace gatehouse::http
