#include "gateway/http/parser.h"

#include "gateway/base/text.h"
#include "gateway/http/scan.h"
#include "gateway/http/target.h"

namespace gatehouse::http {

namespace {
// Longer methods than any that exists would only delay the answer to a target that never ends.
constexpr size_t longestMethod = 32;
constexpr uint8_t mostBlankLines = 8;
constexpr size_t versionSize = sizeof("HTTP/1.1") - 1;

bool isContinue(std::string_view expectation) { return equalsIgnoreCase(expectation, "100-continue"); }

// "Content_Length", which a reader that follows CGI takes for the other.
bool disguises(std::string_view name, std::string_view lowerCase)
{
    for (size_t i = 0; i < lowerCase.size(); ++i) {
        if (char(name[i] | 0x20) != lowerCase[i] && !(name[i] == '_' && lowerCase[i] == '-'))
            return false;
    }
    return true;
}
}

void RequestParser::start(Arena &arena)
{
    startMessage(arena);
    m_head = nullptr;
}

Event RequestParser::next(std::string_view &in)
{
    if (m_state == State::FirstLine || m_state == State::FieldLines)
        return headLines(in);
    return body(in);
}

void RequestParser::rebaseFirstLine(const char *from, const char *to)
{
    if (m_state == State::TrailerLines || !m_head)
        return;
    const auto moved = [&](std::string_view &text) {
        if (text.data())
            text = {to + (text.data() - from), text.size()};
    };
    moved(m_head->method);
    moved(m_head->target);
}

Event RequestParser::headLines(std::string_view &in)
{
    if (in.empty())
        return Event::NeedMore;
    if (!m_pending)
        m_base = in.data();
    if (!m_head) {
        m_head = m_arena->make<RequestHead>(*m_arena);
        m_trailers = m_arena->make<Fields>(*m_arena);
    }
    Fields &fields = m_head->fields;
    const size_t firstLine = longestMethod + 1 + m_limits.url + 1 + versionSize + 2;
    for (;;) {
        // A TLS hello or other garbage is refused at its first octet, not when a line end happens to come.
        if (m_state == State::FirstLine && m_pendingSize == 0 && !in.empty() && in.front() != '\r'
            && !scan::is(in.front(), scan::Token)) {
            refuse(in.front() == '\n' ? Refusal::BareLf : Refusal::BadMethod);
            return failed();
        }
        std::string_view line;
        const bool first = m_state == State::FirstLine && firstLine < m_limits.headerSize;
        switch (nextLine(in, line, &fields, first ? firstLine : m_limits.headerSize, first ? Refusal::TargetTooLong : Refusal::HeadTooLarge)) {
        case Line::Bad: return failHead(in.data());
        case Line::Partial: return Event::NeedMore;
        case Line::Complete: break;
        }
        if (m_state == State::FirstLine) {
            if (line.empty()) {
                // RFC 9112 2.2: at least one empty line before the request line SHOULD be ignored.
                if (++m_blankLines > mostBlankLines) {
                    refuse(Refusal::BadRequestLine);
                    return failed();
                }
                startHead();
                m_base = in.data();
                if (in.empty())
                    return Event::NeedMore;
                continue;
            }
            if (!requestLine(line))
                return failHead(in.data());
            m_state = State::FieldLines;
        } else if (line.empty()) {
            return finishHead(in.data());
        } else if (!parseField(line, fields)) {
            return failHead(in.data());
        }
    }
}

// What was read so far is kept for the record of the refused request.
Event RequestParser::failHead(const char *end)
{
    m_head->raw = settleHead(end, &m_head->fields);
    return failed();
}

bool RequestParser::requestLine(std::string_view line)
{
    const char *const begin = line.data(), *const end = begin + line.size();
    const char *methodEnd = scan::skip(begin, end, scan::Token);
    if (methodEnd == end || *methodEnd != ' ')
        return refuse(methodEnd != end && *methodEnd == '\r' ? Refusal::BareCr : methodEnd == end ? Refusal::BadRequestLine : Refusal::BadMethod);
    if (methodEnd == begin || size_t(methodEnd - begin) > longestMethod)
        return refuse(methodEnd == begin ? Refusal::BadMethod : Refusal::MethodTooLong);
    m_head->method = {begin, size_t(methodEnd - begin)};
    m_head->known = knownMethod(m_head->method);
    const char *const targetBegin = methodEnd + 1;
    // The target's own characters are told apart by form, in readTarget(): here only its end.
    const char *targetEnd = static_cast<const char *>(std::memchr(targetBegin, ' ', size_t(end - targetBegin)));
    if (!targetEnd || targetEnd == targetBegin)
        return refuse(std::memchr(begin, '\r', line.size()) ? Refusal::BareCr : Refusal::BadRequestLine);
    m_head->target = {targetBegin, size_t(targetEnd - targetBegin)};
    if (m_head->target.size() > m_limits.url)
        return refuse(Refusal::TargetTooLong);
    const std::string_view version(targetEnd + 1, size_t(end - targetEnd - 1));
    if (version == "HTTP/1.1")
        m_head->version = Version::Http11;
    else if (version == "HTTP/1.0")
        m_head->version = Version::Http10;
    else if (version.size() == versionSize && version.starts_with("HTTP/") && version[6] == '.' && version[5] >= '0' && version[5] <= '9'
             && version[7] >= '0' && version[7] <= '9')
        return refuse(Refusal::UnsupportedVersion);
    else
        return refuse(version.find(' ') != std::string_view::npos ? Refusal::BadRequestLine : Refusal::BadVersion);
    return true;
}

Event RequestParser::finishHead(const char *end)
{
    m_head->raw = settleHead(end, &m_head->fields);
    if (!readTarget() || !readFields() || !decideFraming())
        return failed();
    m_state = State::HeadDone;
    return Event::Head;
}

bool RequestParser::readTarget()
{
    RequestHead &head = *m_head;
    const std::string_view target = head.target;
    if (head.known == Method::Connect) {
        const auto authority = parseAuthority(target);
        if (!authority || !authority->port)
            return refuse(Refusal::BadTarget);
        if (!m_limits.connect)
            return refuse(Refusal::ConnectRefused);
        head.form = TargetForm::Authority;
        head.authority = target;
        return true;
    }
    if (target == "*") {
        if (head.known != Method::Options)
            return refuse(Refusal::BadTarget);
        head.form = TargetForm::Asterisk;
        head.path = target;
        return true;
    }
    std::string_view rest = target;
    if (target.front() != '/') {
        if (!readAbsolute(target))
            return false;
        rest.remove_prefix(size_t(head.authority.data() + head.authority.size() - target.data()));
    }
    const char *const begin = rest.data(), *const end = begin + rest.size();
    const char *pathEnd = begin;
    while (pathEnd != end && *pathEnd != '?' && scan::is(*pathEnd, scan::PathChar))
        ++pathEnd;
    const char *queryEnd = pathEnd == end || *pathEnd != '?' ? pathEnd : scan::skip(pathEnd + 1, end, scan::QueryChar);
    if (queryEnd != end)
        return refuse(*queryEnd == '\r' ? Refusal::BareCr : Refusal::BadTarget);
    head.path = {begin, size_t(pathEnd - begin)};
    head.hasQuery = pathEnd != end;
    if (head.hasQuery)
        head.query = {pathEnd + 1, size_t(end - pathEnd - 1)};
    if (head.path.empty()) // RFC 9112 3.2.4: an absolute form without a path and query stands for OPTIONS *
        head.path = head.known == Method::Options && !head.hasQuery ? "*" : "/";
    return true;
}

bool RequestParser::readAbsolute(std::string_view target)
{
    RequestHead &head = *m_head;
    const size_t colon = target.find("://");
    if (colon == std::string_view::npos)
        return refuse(Refusal::BadTarget);
    head.scheme = target.substr(0, colon);
    if (!isToken(head.scheme) || (!scan::equalsName(head.scheme, "http") && !scan::equalsName(head.scheme, "https")))
        return refuse(Refusal::BadTarget);
    head.form = TargetForm::Absolute;
    const std::string_view rest = target.substr(colon + 3);
    head.authority = rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
    // RFC 9110 4.2.4: user information in an http URI is an error, and an empty host is invalid (4.2.1).
    return parseAuthority(head.authority) || refuse(Refusal::BadTarget);
}

bool RequestParser::readFields()
{
    RequestHead &head = *m_head;
    size_t hosts = 0;
    const Field *host = nullptr, *expect = nullptr, *upgrade = nullptr;
    for (const Field &field : head.fields) {
        switch (field.name.size()) {
        case 4:
            if (scan::equalsName(field.name, "host") && ++hosts == 1)
                host = &field;
            break;
        case 6:
            // RFC 9110 10.1.1: Expect = #expectation; each member is judged, wherever it stands.
            if (scan::equalsName(field.name, "expect") && !(expect && !isContinue(expect->value)))
                expect = &field;
            break;
        case 7:
            if (scan::equalsName(field.name, "upgrade"))
                upgrade = &field;
            break;
        case 14:
        case 17:
            if (field.name[field.name.size() == 14 ? 7 : 8] == '_' && disguises(field.name, field.name.size() == 14 ? "content-length" : "transfer-encoding"))
                return refuse(Refusal::DisguisedFraming);
            [[fallthrough]];
        case 10: noteFraming(field); break;
        default: break;
        }
    }
    head.keepAlive = !m_close && (head.version == Version::Http11 || m_keepAlive);
    if (head.version == Version::Http11) { // RFC 9110 7.8 and 10.1.1: both are to be ignored in HTTP/1.0
        if (upgrade && m_upgradeNamed) // RFC 9110 7.8: a server MAY ignore it, and does so with one that it can't read
            if (const std::string_view list = head.fields.combined("upgrade"); isProtocolList(list))
                head.upgrade = list;
        if (expect && !isContinue(expect->value))
            return refuse(Refusal::UnknownExpectation);
        head.expectContinue = expect != nullptr;
    }
    return readHost(host, hosts);
}

bool RequestParser::readHost(const Field *host, size_t hosts)
{
    RequestHead &head = *m_head;
    if (hosts > 1)
        return refuse(Refusal::SeveralHosts);
    if (!hosts && head.version != Version::Http10)
        return refuse(Refusal::NoHost);
    const auto sent = host ? parseAuthority(host->value) : std::nullopt;
    if (host && !sent)
        return refuse(Refusal::BadHost);
    if (head.authority.empty() && host)
        head.authority = host->value;
    else if (host && host->value != head.authority) // RFC 9112 3.2.2: a proxy MUST replace Host by the target's
        head.fields.set("Host", head.authority);
    if (head.form == TargetForm::Absolute || head.form == TargetForm::Authority) {
        if (!host)
            head.fields.addChecked({"Host", head.authority});
        const auto authority = parseAuthority(head.authority);
        head.host = authority->host;
        head.port = authority->port;
    } else if (sent) {
        head.host = sent->host;
        head.port = sent->port;
    }
    return true;
}

bool RequestParser::decideFraming()
{
    RequestHead &head = *m_head;
    if (!checkCodings(head.version))
        return false;
    if (m_coded)
        m_framing = Framing::Chunked;
    else if (m_lengths)
        m_framing = Framing::Length; // of 0 too: what the client said goes on as it was said
    head.framing = m_framing;
    head.length = m_length;
    head.expectContinue = head.expectContinue && (m_coded || m_length);
    if (head.known == Method::Connect && (m_coded || m_length))
        return refuse(Refusal::BadTarget); // RFC 9110 9.3.6: content of CONNECT has no meaning; its octets would look like the tunnel's
    if (head.known == Method::Connect)
        head.framing = m_framing = Framing::Tunnel;
    return true;
}

} // namespace gatehouse::http
