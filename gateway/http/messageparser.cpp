// What the request and the response parser share: lines that may come in parts, field lines, framing, bodies.
#include "gateway/http/parser.h"

#include "gateway/http/scan.h"

#include <algorithm>

namespace gatehouse::http {

// Not let in as trailers: a reader that merges them would frame or route the message anew.
static bool framesOrRoutes(std::string_view name)
{
    for (std::string_view known : {"content-length", "transfer-encoding", "host", "connection", "upgrade", "trailer", "te", "expect"}) {
        if (scan::equalsName(name, known))
            return true;
    }
    return false;
}

void MessageParser::startMessage(Arena &arena)
{
    m_arena = &arena;
    m_trailers = nullptr;
    m_piece = {};
    m_bodySeen = 0;
    m_blankLines = 0;
    m_state = State::FirstLine;
    startHead();
}

void MessageParser::startHead()
{
    m_base = m_pending = nullptr;
    m_pendingSize = m_pendingCapacity = m_lineStart = 0;
    m_length = 0;
    m_framing = Framing::None;
    m_lengths = 0;
    m_badLength = m_coded = m_chunked = m_chunkedLast = m_unknownCoding = m_badCoding = false;
    m_close = m_keepAlive = m_upgradeNamed = false;
}

bool MessageParser::refuse(Refusal refusal)
{
    m_refusal = refusal;
    m_state = State::Failed;
    return false;
}

Event MessageParser::failed()
{
    m_state = State::Failed;
    m_piece = {};
    return Event::Error;
}

// Lines: a head that arrives whole is read where it lies and copied once, at its end. One that arrives in parts is gathered in the
// arena line by line; each octet is looked at a fixed number of times however finely it was cut.

MessageParser::Line MessageParser::nextLine(std::string_view &from, std::string_view &line, Fields *fields, size_t limit, Refusal over)
{
    const char *begin = from.data(), *const end = begin + from.size();
    const char *lf = scan::findLf(begin, end);
    const size_t used = (m_pending ? m_pendingSize : size_t(begin - m_base)) + size_t((lf ? lf + 1 : end) - begin);
    if (used > limit) {
        refuse(over);
        return Line::Bad;
    }
    if (!lf) {
        // In place until now: all of the head so far moves to the arena, not just this line's part.
        if (!m_pending)
            m_lineStart = uint32_t(begin - m_base);
        appendPending(m_pending ? from : std::string_view(m_base, size_t(end - m_base)), fields);
        from = {};
        return Line::Partial;
    }
    from.remove_prefix(size_t(lf + 1 - begin));
    if (m_pending) {
        appendPending({begin, size_t(lf + 1 - begin)}, fields);
        begin = m_pending + m_lineStart;
        lf = m_pending + m_pendingSize - 1;
        m_lineStart = m_pendingSize;
    }
    if (lf == begin || lf[-1] != '\r') {
        refuse(Refusal::BareLf);
        return Line::Bad;
    }
    line = {begin, size_t(lf - 1 - begin)};
    return Line::Complete;
}

void MessageParser::appendPending(std::string_view octets, Fields *fields)
{
    const size_t needed = m_pendingSize + octets.size();
    if (needed > m_pendingCapacity) {
        const size_t capacity = std::max<size_t>(512, needed * 2);
        char *larger = static_cast<char *>(m_arena->allocate(capacity, 1));
        if (m_pendingSize)
            std::memcpy(larger, m_pending, m_pendingSize);
        const char *old = m_base;
        m_base = m_pending = larger;
        m_pendingCapacity = uint32_t(capacity);
        if (fields)
            fields->rebase(old, larger);
        rebaseFirstLine(old, larger);
    }
    if (!octets.empty())
        std::memcpy(m_pending + m_pendingSize, octets.data(), octets.size());
    m_pendingSize = uint32_t(needed);
}

std::string_view MessageParser::settleHead(const char *end, Fields *fields)
{
    if (m_pending)
        return {m_pending, m_pendingSize};
    const std::string_view copy = m_arena->copy({m_base, size_t(end - m_base)});
    if (fields)
        fields->rebase(m_base, copy.data());
    rebaseFirstLine(m_base, copy.data());
    return copy;
}

bool MessageParser::parseField(std::string_view line, Fields &to)
{
    const char *const begin = line.data(), *const end = begin + line.size();
    const char *colon = scan::skip(begin, end, scan::Token);
    if (colon == begin || colon == end || *colon != ':') [[unlikely]] {
        if (scan::isSpace(line.front()))
            return refuse(Refusal::Folded);
        const char *after = colon;
        while (after != end && scan::isSpace(*after))
            ++after;
        if (after != colon && after != end && *after == ':')
            return refuse(Refusal::SpaceBeforeColon);
        const char *control = scan::findControl(begin, end);
        if (control != end && *control == '\r')
            return refuse(Refusal::BareCr);
        return refuse(line.find(':') == std::string_view::npos ? Refusal::NoColon : Refusal::BadName);
    }
    const char *control = scan::findControl(colon + 1, end, begin);
    if (control != end) [[unlikely]]
        return refuse(*control == '\r' ? Refusal::BareCr : Refusal::BadValue);
    if (to.size() == m_limits.headers) [[unlikely]]
        return refuse(Refusal::TooManyFields);
    to.addChecked({{begin, size_t(colon - begin)}, scan::trimmed(colon + 1, end)});
    return true;
}

// Framing

void MessageParser::noteFraming(const Field &field)
{
    if (field.name.size() == 10 && scan::equalsName(field.name, "connection"))
        readConnection(field.value);
    else if (field.name.size() == 14 && scan::equalsName(field.name, "content-length"))
        readLength(field.value);
    else if (field.name.size() == 17 && scan::equalsName(field.name, "transfer-encoding"))
        readCodings(field.value);
}

bool MessageParser::readLength(std::string_view value)
{
    m_lengths = uint8_t(std::min(m_lengths + 1, 2));
    m_length = 0;
    m_badLength = m_badLength || value.empty() || value.size() > 18; // 18 digits never overflow, and no body is that long
    for (char c : value) {
        m_badLength = m_badLength || c < '0' || c > '9';
        m_length = m_length * 10 + uint64_t(uint8_t(c - '0'));
    }
    return !m_badLength;
}

void MessageParser::readCodings(std::string_view value)
{
    bool any = false;
    scan::listElements(value, [&](std::string_view coding) {
        any = true;
        const bool isChunked = coding.size() == 7 && isToken(coding) && scan::equalsName(coding, "chunked");
        const size_t semicolon = coding.find(';');
        const std::string_view bare = scan::trimmed(coding.data(), coding.data() + std::min(semicolon, coding.size()));
        if (!isToken(bare) || (isChunked && m_chunked) || (!isChunked && bare.size() == 7 && scan::equalsName(bare, "chunked")))
            m_badCoding = true; // twice, or with parameters, which chunked has none of
        m_unknownCoding = m_unknownCoding || !isChunked;
        m_chunked = m_chunked || isChunked;
        m_chunkedLast = isChunked;
    });
    // An empty element hides something from one of two readers.
    m_badCoding = m_badCoding || !any || value.front() == ',' || value.back() == ',';
    m_coded = true;
}

void MessageParser::readConnection(std::string_view value)
{
    scan::listElements(value, [&](std::string_view option) {
        if (!isToken(option))
            return;
        m_close = m_close || scan::equalsName(option, "close");
        m_keepAlive = m_keepAlive || scan::equalsName(option, "keep-alive");
        m_upgradeNamed = m_upgradeNamed || scan::equalsName(option, "upgrade");
    });
}

bool MessageParser::checkCodings(Version version)
{
    if (m_coded) {
        if (m_lengths)
            return refuse(Refusal::LengthAndCoding);
        if (version == Version::Http10)
            return refuse(Refusal::CodingInOldVersion);
        if (m_badCoding)
            return refuse(Refusal::BadCoding);
        if (!m_chunkedLast)
            return refuse(Refusal::CodingNotLast);
        if (m_unknownCoding)
            return refuse(Refusal::UnknownCoding);
    } else if (m_lengths) {
        if (m_lengths > 1)
            return refuse(Refusal::SeveralLengths);
        if (m_badLength)
            return refuse(Refusal::BadLength);
    }
    return true;
}

// Bodies

Event MessageParser::body(std::string_view &in)
{
    switch (m_state) {
    case State::HeadDone:
        m_left = m_length;
        switch (m_framing) {
        case Framing::None: m_state = State::Done; break;
        case Framing::Length: m_state = m_left ? State::Length : State::Done; break;
        case Framing::Chunked:
            m_state = State::ChunkSize;
            m_sizeLine = SizeLine::Digits;
            m_left = m_digits = 0;
            m_extension = 0;
            break;
        case Framing::UntilClose:
        case Framing::Tunnel: m_state = State::UntilClose; break;
        }
        return body(in);
    case State::Length:
        if (m_limits.body && m_length > m_limits.body) {
            refuse(Refusal::BodyTooLarge);
            return failed();
        }
        return take(in, State::Done);
    case State::UntilClose:
        if (in.empty())
            return Event::NeedMore;
        m_piece = in;
        m_bodySeen += in.size();
        in = {};
        if (m_limits.body && m_bodySeen > m_limits.body && m_framing == Framing::UntilClose) {
            refuse(Refusal::BodyTooLarge);
            return failed();
        }
        return Event::Piece;
    case State::Done:
        m_state = State::Idle;
        m_piece = {};
        return Event::End;
    case State::TrailerLines: return trailerLines(in);
    case State::Failed: return Event::Error;
    case State::Idle: return Event::NeedMore;
    default: return chunk(in);
    }
}

Event MessageParser::take(std::string_view &in, State after)
{
    if (in.empty())
        return Event::NeedMore;
    m_piece = in.substr(0, size_t(std::min<uint64_t>(m_left, in.size())));
    in.remove_prefix(m_piece.size());
    m_left -= m_piece.size();
    m_bodySeen += m_piece.size();
    if (!m_left)
        m_state = after;
    return Event::Piece;
}

Event MessageParser::chunk(std::string_view &in)
{
    while (!in.empty()) {
        switch (m_state) {
        case State::ChunkSize:
            if (!sizeLine(in))
                return m_state == State::Failed ? failed() : Event::NeedMore;
            if (m_limits.body && (m_left > m_limits.body || m_bodySeen + m_left > m_limits.body)) {
                refuse(Refusal::BodyTooLarge);
                return failed();
            }
            if (!m_left) {
                m_state = State::TrailerLines;
                m_base = m_pending = nullptr;
                m_pendingSize = m_pendingCapacity = m_lineStart = 0;
                return trailerLines(in);
            }
            m_state = State::ChunkData;
            break;
        case State::ChunkData: return take(in, State::ChunkCr);
        case State::ChunkCr:
        case State::ChunkLf:
            if (in.front() != (m_state == State::ChunkCr ? '\r' : '\n')) {
                refuse(Refusal::BadChunkEnd);
                return failed();
            }
            in.remove_prefix(1);
            m_state = m_state == State::ChunkCr ? State::ChunkLf : State::ChunkSize;
            m_sizeLine = SizeLine::Digits;
            m_digits = 0;
            m_extension = 0;
            break;
        default: return failed();
        }
    }
    return Event::NeedMore;
}

// Octet by octet and without keeping any: a body of a million one-octet chunks must not grow the arena.
bool MessageParser::sizeLine(std::string_view &in)
{
    while (!in.empty()) {
        const char c = in.front();
        in.remove_prefix(1);
        if (m_sizeLine == SizeLine::Digits) {
            const int digit = scan::hexDigit(c);
            if (digit >= 0) {
                if (++m_digits > 16 || m_left >> 58)
                    return refuse(Refusal::ChunkSizeTooLong);
                m_left = m_left << 4 | uint64_t(digit);
                continue;
            }
            if (!m_digits)
                return refuse(Refusal::BadChunkSize);
        } else if (m_sizeLine == SizeLine::Lf) {
            return c == '\n' || refuse(Refusal::BareCr);
        }
        if (c == '\n')
            return refuse(Refusal::BareLf);
        if (m_extension++ > m_limits.chunkExtension)
            return refuse(Refusal::ChunkExtensionTooLong);
        if (!sizeLineStep(c))
            return refuse(m_sizeLine <= SizeLine::Space ? Refusal::BadChunkSize : Refusal::BadChunkExtension);
    }
    return false;
}

// What stands between the digits and LF (RFC 9112 7.1.1). Extensions are checked and dropped.
bool MessageParser::sizeLineStep(char c)
{
    const bool space = scan::isSpace(c), token = scan::is(c, scan::Token);
    const auto to = [this](SizeLine next) {
        m_sizeLine = next;
        return true;
    };
    switch (m_sizeLine) {
    case SizeLine::Digits: // CR only here and where an extension is complete: "5 CRLF" is malformed
        return c == '\r' ? to(SizeLine::Lf) : c == ';' ? to(SizeLine::NameStart) : space && to(SizeLine::Space);
    case SizeLine::Space: return space || (c == ';' && to(SizeLine::NameStart));
    case SizeLine::NameStart: return space || (token && to(SizeLine::Name));
    case SizeLine::Name:
        if (token)
            return true;
        if (c == '\r')
            return to(SizeLine::Lf);
        return c == '=' ? to(SizeLine::ValueStart) : c == ';' ? to(SizeLine::NameStart) : space && to(SizeLine::SpaceAfterName);
    case SizeLine::SpaceAfterName:
        return space || (c == '=' ? to(SizeLine::ValueStart) : c == ';' && to(SizeLine::NameStart));
    case SizeLine::ValueStart: return space || (c == '"' ? to(SizeLine::Quoted) : token && to(SizeLine::Value));
    case SizeLine::Value:
        return token || (c == '\r' ? to(SizeLine::Lf) : c == ';' ? to(SizeLine::NameStart) : space && to(SizeLine::SpaceAfterValue));
    case SizeLine::Quoted: return c == '"' ? to(SizeLine::QuoteEnd) : c == '\\' ? to(SizeLine::Escaped) : !scan::isControl(c);
    case SizeLine::Escaped: return !scan::isControl(c) && to(SizeLine::Quoted);
    case SizeLine::QuoteEnd:
        return c == '\r' ? to(SizeLine::Lf) : c == ';' ? to(SizeLine::NameStart) : space && to(SizeLine::SpaceAfterValue);
    case SizeLine::SpaceAfterValue: return space || (c == ';' && to(SizeLine::NameStart));
    case SizeLine::Lf: break;
    }
    return false;
}

Event MessageParser::trailerLines(std::string_view &in)
{
    if (!m_pending)
        m_base = in.data();
    for (;;) {
        std::string_view line;
        switch (nextLine(in, line, m_trailers, m_limits.headerSize)) {
        case Line::Bad: return failed();
        case Line::Partial: return Event::NeedMore;
        case Line::Complete: break;
        }
        if (line.empty())
            break;
        if (!parseField(line, *m_trailers))
            return failed();
        const std::string_view name = (m_trailers->end() - 1)->name;
        if (framesOrRoutes(name)) {
            refuse(Refusal::BadTrailer);
            return failed();
        }
    }
    if (!m_trailers->empty())
        settleHead(in.data(), m_trailers);
    m_state = State::Done;
    return body(in);
}

} // namespace gatehouse::http
