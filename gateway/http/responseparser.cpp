#include "gateway/http/parser.h"

#include "gateway/http/scan.h"

namespace gatehouse::http {

void ResponseParser::start(Arena &arena, Method request, bool upgrading)
{
    startMessage(arena);
    m_head = nullptr;
    m_request = request;
    m_upgrading = upgrading;
    m_interims = 0;
}

Event ResponseParser::next(std::string_view &in)
{
    if (m_state == State::HeadDone && m_head->interim()) {
        if (++m_interims > m_limits.interim) {
            refuse(Refusal::TooManyInterim);
            return failed();
        }
        m_state = State::FirstLine;
        startHead();
        m_head = nullptr;
    }
    if (m_state == State::FirstLine || m_state == State::FieldLines)
        return headLines(in);
    return body(in);
}

Event ResponseParser::eof()
{
    if (m_state == State::UntilClose) {
        m_state = State::Done;
        std::string_view none;
        return body(none);
    }
    if (m_state == State::Done || (m_state == State::HeadDone && !m_head->interim())) {
        std::string_view none;
        if (m_state == State::HeadDone && (m_framing == Framing::UntilClose || m_framing == Framing::Tunnel))
            m_state = State::Done;
        if (const Event event = body(none); event == Event::End)
            return event;
    }
    if (m_state != State::Failed)
        refuse(Refusal::EarlyClose);
    return failed();
}

void ResponseParser::rebaseFirstLine(const char *from, const char *to)
{
    if (m_state != State::TrailerLines && m_head && m_head->reason.data())
        m_head->reason = {to + (m_head->reason.data() - from), m_head->reason.size()};
}

Event ResponseParser::headLines(std::string_view &in)
{
    if (in.empty())
        return Event::NeedMore;
    if (!m_pending)
        m_base = in.data();
    if (!m_head) {
        m_head = m_arena->make<ResponseHead>(*m_arena);
        if (!m_trailers)
            m_trailers = m_arena->make<Fields>(*m_arena);
    }
    Fields &fields = m_head->fields;
    for (;;) {
        if (m_state == State::FirstLine && m_pendingSize == 0 && in.front() != 'H') {
            refuse(Refusal::BadStatusLine); // garbage, or a second answer's body
            return failed();
        }
        std::string_view line;
        Line got = nextLine(in, line, &fields, m_limits.headerSize);
        if (got == Line::Partial)
            return Event::NeedMore;
        if (got == Line::Complete && m_state == State::FieldLines && line.empty())
            return finishHead(in.data());
        const bool good = got == Line::Complete && (m_state == State::FirstLine ? statusLine(line) : parseField(line, fields));
        if (!good) {
            m_head->raw = settleHead(in.data(), &fields);
            return failed();
        }
        m_state = State::FieldLines;
    }
}

bool ResponseParser::statusLine(std::string_view line)
{
    if (line.find('\r') != std::string_view::npos)
        return refuse(Refusal::BareCr);
    const std::string_view version = line.substr(0, 8);
    if (version == "HTTP/1.1")
        m_head->version = Version::Http11;
    else if (version == "HTTP/1.0")
        m_head->version = Version::Http10;
    else
        return refuse(version.size() == 8 && version.starts_with("HTTP/") ? Refusal::UnsupportedVersion : Refusal::BadStatusLine);
    const auto digit = [&](size_t at) { return line[at] >= '0' && line[at] <= '9'; };
    if (line.size() < 12 || line[8] != ' ' || !digit(9) || !digit(10) || !digit(11) || line[9] < '1' || line[9] > '5')
        return refuse(Refusal::BadStatusLine);
    m_head->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (line.size() == 12)
        return true; // without the space that belongs there (RFC 9112 4): common, and nothing it could be mistaken for
    const char *reason = line.data() + 13, *const end = line.data() + line.size();
    if (line[12] != ' ' || scan::findControl(reason, end) != end)
        return refuse(Refusal::BadStatusLine);
    m_head->reason = {reason, size_t(end - reason)};
    return true;
}

Event ResponseParser::finishHead(const char *end)
{
    m_head->raw = settleHead(end, &m_head->fields);
    for (const Field &field : m_head->fields)
        noteFraming(field);
    m_head->keepAlive = !m_close && (m_head->version == Version::Http11 || m_keepAlive);
    if (!decideFraming())
        return failed();
    m_head->framing = m_framing;
    m_head->length = m_length;
    m_state = State::HeadDone;
    return Event::Head;
}

// RFC 9112 6.3, in its order.
bool ResponseParser::decideFraming()
{
    ResponseHead &head = *m_head;
    if (!checkCodings(head.version))
        return false;
    const bool announced = m_coded || (m_lengths && m_length);
    if (head.status == 101) {
        if (!m_upgrading)
            return refuse(Refusal::UnexpectedUpgrade);
        head.upgrade = head.fields.combined("upgrade");
        if (!isProtocolList(head.upgrade)) // RFC 9110 7.8: a 101 MUST say which
            return refuse(Refusal::UnexpectedUpgrade);
        m_framing = Framing::Tunnel;
    } else if (head.interim() && announced) {
        return refuse(Refusal::InterimContent); // what follows is its content to one reader, and the answer to another
    } else if (head.status < 200 || head.status == 204 || head.status == 304 || m_request == Method::Head) {
        // A length here announces nothing that follows; one that a 204 may not have is a peer not to be trusted with more.
        if (head.status == 204 && announced)
            head.keepAlive = false;
    } else if (m_request == Method::Connect && head.status < 300) {
        m_framing = Framing::Tunnel;
    } else if (m_coded) {
        m_framing = Framing::Chunked;
    } else if (m_lengths) {
        m_framing = Framing::Length;
    } else {
        m_framing = Framing::UntilClose;
    }
    if (m_framing == Framing::Tunnel || m_framing == Framing::UntilClose)
        head.keepAlive = false;
    return true;
}

} // namespace gatehouse::http
