// Incremental HTTP/1 parsers without sockets (RFC 9112), strict: what is ambiguous is an error, never a guess.
// Pull style, so that a caller can stop between any two events (a pipelined request stays unread in its buffer):
//
//     parser.start(arena);
//     for (;;) switch (parser.next(in)) { case Event::NeedMore: return; case Event::Head: … }
//
// `in` is advanced past what was used. Events do not depend on how the octets were cut. One thread; small: a few hundred octets.
#pragma once

#include "gateway/http/message.h"

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
    BadMethod, MethodTooLong, BadTarget, BadVersion, UnsupportedVersion, BadRequestLine, BadStatusLine,
    BareLf, BareCr, Folded, SpaceBeforeColon, BadName, BadValue, NoColon,
    HeadTooLarge, TooManyFields, TargetTooLong,
    NoHost, SeveralHosts, BadHost,
    SeveralLengths, BadLength, DisguisedFraming, LengthAndCoding, CodingInOldVersion, BadCoding, UnknownCoding, CodingNotLast,
    BadChunkSize, ChunkSizeTooLong, BadChunkExtension, ChunkExtensionTooLong, BadChunkEnd, BadTrailer,
    BodyTooLarge, UnknownExpectation, ConnectRefused, EarlyClose, TooManyInterim, InterimContent, UnexpectedUpgrade,
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
    // After End: fields behind a chunked body (empty for all other bodies). Never ones that frame or route (RFC 9110 6.5.1).
    const Fields &trailers() const { return *m_trailers; }
    const ParseError &error() const { return describe(m_refusal); }
    // Content octets seen so far.
    uint64_t bodySeen() const { return m_bodySeen; }
    // From the first octet of a message until its End: what an end of the connection then means.
    bool inMessage() const { return m_trailers != nullptr && m_state != State::Idle; }
    // May be lowered once the route is known; takes effect with the next event.
    void limitBody(uint64_t octets) { m_limits.body = octets; }

protected:
    enum class State : uint8_t {
        Idle, FirstLine, FieldLines, HeadDone, Length, UntilClose, ChunkSize, ChunkData, ChunkCr, ChunkLf, TrailerLines, Done, Failed
    };
    enum class Line : uint8_t { Complete, Partial, Bad };
    enum class SizeLine : uint8_t {
        Digits, Space, NameStart, Name, SpaceAfterName, ValueStart, Value, Quoted, Escaped, QuoteEnd, SpaceAfterValue, Lf
    };

    explicit MessageParser(const Limits &limits) : m_limits(limits) { }
    ~MessageParser() = default;

    void startMessage(Arena &arena);
    void startHead();
    bool refuse(Refusal refusal); // false always
    Event failed();

    // `from` is moved past the line. Partial: all of it was used, and kept in the arena. With more than `limit` octets of the head
    // so far it is refused, for the same reason however the octets were cut.
    Line nextLine(std::string_view &from, std::string_view &line, Fields *fields, size_t limit, Refusal over = Refusal::HeadTooLarge);
    void appendPending(std::string_view octets, Fields *fields);
    // The head from its first octet, now in the arena, with everything that pointed into it.
    std::string_view settleHead(const char *end, Fields *fields);
    virtual void rebaseFirstLine(const char *from, const char *to) = 0;
    bool parseField(std::string_view line, Fields &to);

    // What the fields of the head say about framing and connection.
    void noteFraming(const Field &field);
    bool readLength(std::string_view value);
    void readCodings(std::string_view value);
    void readConnection(std::string_view value);
    bool checkCodings(Version version);

    Event body(std::string_view &in);
    Event chunk(std::string_view &in);
    Event trailerLines(std::string_view &in);
    bool sizeLine(std::string_view &in);  // false: more is needed, or it failed
    bool sizeLineStep(char c);
    Event take(std::string_view &in, State after);

    Limits m_limits;
    Arena *m_arena = nullptr;
    Fields *m_trailers = nullptr;
    std::string_view m_piece;
    const char *m_base = nullptr;  // where the head begins: in `in`, or m_pending
    char *m_pending = nullptr;     // the head so far, in the arena, once it came in parts
    uint32_t m_pendingSize = 0, m_pendingCapacity = 0, m_lineStart = 0;
    uint32_t m_extension = 0;      // octets of this chunk's extension so far
    uint64_t m_left = 0;           // of the length, or of the chunk
    uint64_t m_bodySeen = 0;
    uint64_t m_length = 0;
    Framing m_framing = Framing::None;
    State m_state = State::Idle;
    SizeLine m_sizeLine = SizeLine::Digits;
    uint8_t m_digits = 0;
    Refusal m_refusal = Refusal::BadRequestLine;
    uint8_t m_blankLines = 0;      // skipped before the request line
    uint8_t m_lengths = 0;         // how many Content-Length fields, at most 2
    bool m_badLength = false;
    bool m_coded = false, m_chunked = false, m_chunkedLast = false, m_unknownCoding = false, m_badCoding = false;
    bool m_close = false, m_keepAlive = false, m_upgradeNamed = false;
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

    bool hasHead() const { return m_head != nullptr; } // after Error: whether head() can be read, as far as it came

private:
    void rebaseFirstLine(const char *from, const char *to) override;
    Event headLines(std::string_view &in);
    Event finishHead(const char *end);
    Event failHead(const char *end);
    bool requestLine(std::string_view line);
    bool readFields();
    bool readTarget();
    bool readAbsolute(std::string_view target);
    bool readHost(const Field *host, size_t hosts);
    bool decideFraming();
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

    bool hasHead() const { return m_head != nullptr; }

private:
    void rebaseFirstLine(const char *from, const char *to) override;
    Event headLines(std::string_view &in);
    Event finishHead(const char *end);
    bool statusLine(std::string_view line);
    bool decideFraming();
    ResponseHead *m_head = nullptr;
    Method m_request = Method::Get;
    bool m_upgrading = false;
    uint8_t m_interims = 0;
};

} // namespace gatehouse::http
