// Incremental HTTP/1 parsers without sockets (RFC 9112), strict: what is ambiguous is an error, never a guess.
// Pull style, so that a caller can stop between any two events (a pipelined request stays unread in its buffer):
//
//     parser.start(arena);
//     for (;;) switch (parser.next(in)) { case Event::NeedMore: return; case Event::Head: … }
//
// `in` is advanced past what was used. Events do not depend on how the octets were cut. One thread; small: a few hundred octets.
#pragma once

#include "gateway/http/message.h"

#include <optional>

namespace gatehouse::http {

struct Limits {
    size_t headerSize = 32 * 1024;  // of the whole head, request line included; of trailers too. Over: 431
    size_t headers = 100;           // how many. Over: 431
    size_t url = 8 * 1024;          // of the request target. Over: 414
    uint64_t body = 0;              // of the content, 0: no limit. Over: 413
    size_t chunkExtension = 256;    // octets of one chunk's size line. Over: 400
    size_t interim = 16;            // 1xx answers before the final one
    bool connect = false;           // whether CONNECT is let through (forward proxies)
};

enum class Event : uint8_t {
    NeedMore, // all of `in` was used (kept where needed)
    Head,     // head(); for answers possibly several, all but the last interim
    Piece,    // piece(): content without framing
    End,      // the message is complete, trailers() can be read; start() before the next
    Error,    // error(); nothing more can be read from this connection
};

// Why a message was refused. The name, status, sentence and rule of each stand in one table (parseerror.cpp).
enum class Refusal : uint8_t {
    BadMethod, BadTarget, BadVersion, UnsupportedVersion, BadRequestLine, BadStatusLine,
    BareLf, BareCr, Folded, SpaceBeforeColon, BadName, BadValue, NoColon,
    HeadTooLarge, TooManyFields, TargetTooLong,
    NoHost, SeveralHosts, BadHost,
    SeveralLengths, BadLength, LengthAndCoding, CodingInOldVersion, BadCoding, UnknownCoding, CodingNotLast,
    BadChunkSize, ChunkSizeTooLong, BadChunkExtension, ChunkExtensionTooLong, BadChunkEnd, BadTrailer,
    BodyTooLarge, UnknownExpectation, ConnectRefused, EarlyClose, TooManyInterim, UnexpectedUpgrade,
};

struct ParseError {
    Refusal refusal;
    int status;                // what a server answers; 502 is what becomes of any of them in an upstream's answer
    std::string_view code;     // stable, for logs and tests: "length-and-coding"
    std::string_view sentence; // for people
    std::string_view rule;     // the RFC's sentence or section
};
const ParseError &describe(Refusal refusal);

// What request and answer have in common: lines of a head, fields, bodies. Not used on its own.
class MessageParser {
public:
    // A view into the last `in`: valid until the caller's buffer changes.
    std::string_view piece() const { return m_piece; }
    // After End: fields behind a chunked body (empty for all other bodies). Never the ones that frame or route (RFC 9110 6.5.1).
    const Fields &trailers() const { return *m_trailers; }
    const ParseError &error() const { return describe(m_refusal); }
    // Content octets handed out so far.
    uint64_t bodySeen() const { return m_bodySeen; }
    // True from the first octet of a message until its End: what an end of the connection then means.
    bool inMessage() const { return m_state != State::Idle && (m_state != State::FirstLine || m_pendingSize || m_blankLines); }
    // May be lowered once the route is known; takes effect at once.
    void limitBody(uint64_t octets) { m_limits.body = octets; }

protected:
    explicit MessageParser(const Limits &limits) : m_limits(limits) { }
    ~MessageParser() = default;
    enum class State : uint8_t {
        Idle, FirstLine, FieldLines, HeadDone, Length, UntilClose, ChunkSize, ChunkData, ChunkEnd, TrailerLines, Done, Failed
    };
    struct Codings { bool seen = false, chunked = false, chunkedLast = false, unknown = false, bad = false; };

    void startMessage(Arena &arena, Fields *fields);
    Event fail(Refusal refusal);
    // A complete line without its end, from `in` or put together in the arena; nothing when more octets are needed or it failed.
    enum class Line : uint8_t { Complete, Partial, Bad };
    Line nextLine(std::string_view &in, std::string_view &line);
    void keepHead(const char *upTo);
    void savePartial(std::string_view &in);
    bool parseField(std::string_view line, Fields &to);
    bool noteField(const Field &field);
    bool readLength(std::string_view value);
    void readCodings(std::string_view value);
    bool decideCoding(Version version);
    void readConnection(std::string_view value);
    Event body(std::string_view &in);
    Event chunked(std::string_view &in);
    bool chunkSize(std::string_view line);
    bool countBody(uint64_t octets);

    Limits m_limits;
    Arena *m_arena = nullptr;
    Fields *m_trailers = nullptr;
    std::string_view m_piece;
    const char *m_base = nullptr;  // where the head begins: in the caller's buffer, or in the arena once copied
    char *m_pending = nullptr;     // the head so far, in the arena
    uint32_t m_pendingSize = 0, m_pendingCapacity = 0, m_lineStart = 0;
    uint32_t m_headSize = 0;       // octets of the head or trailers so far
    uint64_t m_left = 0;           // of the length or the chunk
    uint64_t m_bodySeen = 0;
    State m_state = State::Idle;
    Refusal m_refusal = Refusal::BadRequestLine;
    uint8_t m_blankLines = 0;
    // What the fields of the head said.
    std::optional<uint64_t> m_length;
    Codings m_codings;
    bool m_close = false, m_keepAlive = false, m_connectionUpgrade = false;
};

class RequestParser : public MessageParser {
public:
    explicit RequestParser(const Limits &limits = {}) : MessageParser(limits) { }
    // Before each request. Takes nothing from the arena until octets arrive, so an idle connection needs no memory.
    void start(Arena &arena);
    Event next(std::string_view &in);
    // After Head, until the next start(). In the arena.
    RequestHead &head() { return *m_head; }
    const RequestHead &head() const { return *m_head; }

private:
    Event headLines(std::string_view &in);
    bool requestLine(std::string_view line);
    bool target(std::string_view text);
    bool finishHead();
    bool finishHost();
    bool finishBody();
    RequestHead *m_head = nullptr;
};

class ResponseParser : public MessageParser {
public:
    explicit ResponseParser(const Limits &limits = {}) : MessageParser(limits) { }
    // `request` decides what the answer's body can be (RFC 9112 6.3); `upgrading` whether a 101 was asked for.
    void start(Arena &arena, Method request, bool upgrading = false);
    // Octets left in `in` after End belong to no request: drop the connection (a smuggled or early answer).
    Event next(std::string_view &in);
    // The peer closed: End when that ends the body, Error (EarlyClose) when it cuts the message short.
    Event eof();
    ResponseHead &head() { return *m_head; }
    const ResponseHead &head() const { return *m_head; }

private:
    Event headLines(std::string_view &in);
    bool statusLine(std::string_view line);
    bool finishHead();
    ResponseHead *m_head = nullptr;
    Method m_request = Method::Get;
    bool m_upgrading = false;
    uint8_t m_interims = 0;
};

} // namespace gatehouse::http
