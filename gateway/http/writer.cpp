#include "gateway/http/writer.h"

#include "gateway/base/text.h"
#include "gateway/http/scan.h"

#include <charconv>
#include <ctime>

namespace gatehouse::http {

namespace {

// Appends while there is room; once something did not fit, nothing more is written.
class Cursor {
public:
    explicit Cursor(std::span<char> to) : m_begin(to.data()), m_at(to.data()), m_end(to.data() + to.size()) { }
    void put(std::string_view text)
    {
        if (size_t(m_end - m_at) < text.size()) [[unlikely]] {
            m_full = true;
            m_end = m_at;
        } else if (!text.empty()) {
            std::memcpy(m_at, text.data(), text.size());
            m_at += text.size();
        }
    }
    void put(const Field &field)
    {
        if (size_t(m_end - m_at) < field.name.size() + field.value.size() + 4) [[unlikely]] {
            m_full = true;
            m_end = m_at;
            return;
        }
        m_at += field.name.copy(m_at, field.name.size());
        *m_at++ = ':';
        *m_at++ = ' ';
        m_at += field.value.copy(m_at, field.value.size());
        *m_at++ = '\r';
        *m_at++ = '\n';
    }
    void number(uint64_t value, int base = 10)
    {
        char text[20];
        put({text, size_t(std::to_chars(text, text + sizeof text, value, base).ptr - text)});
    }
    size_t written() const { return m_full ? 0 : size_t(m_at - m_begin); }

private:
    char *m_begin, *m_at, *m_end;
    bool m_full = false;
};

// Written from the head's own members instead.
bool isWriters(std::string_view name)
{
    // Length and first letter tell nearly all other fields.
    const auto is = [name](std::string_view lowerCase) { return char(name[0] | 0x20) == lowerCase[0] && scan::equalsName(name, lowerCase); };
    switch (name.size()) {
    case 7: return is("upgrade");
    case 10: return is("connection") || is("keep-alive");
    case 14: return is("content-length");
    case 16: return is("proxy-connection");
    case 17: return is("transfer-encoding");
    default: return false;
    }
}

bool isTarget(std::string_view target)
{
    for (char c : target) {
        if (uint8_t(c) <= 0x20 || uint8_t(c) >= 0x7f)
            return false;
    }
    return !target.empty();
}

void putFraming(Cursor &to, Framing framing, uint64_t length)
{
    if (framing == Framing::Length) {
        to.put("Content-Length: ");
        to.number(length);
        to.put("\r\n");
    } else if (framing == Framing::Chunked) {
        to.put("Transfer-Encoding: chunked\r\n");
    }
}

void putUpgrade(Cursor &to, std::string_view protocol)
{
    to.put("Connection: upgrade\r\n");
    to.put(Field{"Upgrade", protocol});
}

size_t sumOf(const Fields &fields)
{
    size_t size = 0;
    for (const Field &field : fields)
        size += field.name.size() + field.value.size() + 4;
    return size;
}

// Status line and empty line, framing and connection, Date.
constexpr size_t fixedPart = 192;

} // namespace

size_t sizeBound(const RequestHead &head)
{
    return head.method.size() + head.target.size() + head.upgrade.size() + sumOf(head.fields) + fixedPart;
}

size_t sizeBound(const ResponseHead &head)
{
    return head.reason.size() + head.upgrade.size() + sumOf(head.fields) + fixedPart;
}

size_t writeHead(std::span<char> to, const RequestHead &head)
{
    if (!isToken(head.method) || !isTarget(head.target) || !isFieldValue(head.upgrade))
        return 0;
    Cursor out(to);
    out.put(head.method);
    out.put(" ");
    out.put(head.target);
    out.put(" HTTP/1.1\r\n");
    for (const Field &field : head.fields) {
        if (!isWriters(field.name))
            out.put(field);
    }
    putFraming(out, head.framing, head.length);
    if (!head.upgrade.empty())
        putUpgrade(out, head.upgrade);
    else if (!head.keepAlive)
        out.put("Connection: close\r\n");
    out.put("\r\n");
    return out.written();
}

size_t writeHead(std::span<char> to, const ResponseHead &head, const WriteOptions &options)
{
    if (head.status < 100 || head.status > 999 || !isFieldValue(head.upgrade)
        || scan::findControl(head.reason.data(), head.reason.data() + head.reason.size()) != head.reason.data() + head.reason.size())
        return 0;
    Cursor out(to);
    out.put("HTTP/1.1 ");
    out.number(uint64_t(head.status));
    out.put(" ");
    out.put(head.reason.empty() ? reasonPhrase(head.status) : head.reason);
    out.put("\r\n");
    const bool bodiless = head.status < 200 || head.status == 204;
    const bool lengthOnly = options.headOnly || head.status == 304; // tells what a GET would have had
    bool dated = options.date.empty() || head.status < 200;
    for (const Field &field : head.fields) {
        if (isWriters(field.name)) {
            if (lengthOnly && !bodiless && head.framing != Framing::Length && field.name.size() == 14)
                out.put(field);
            continue;
        }
        dated = dated || (field.name.size() == 4 && scan::equalsName(field.name, "date"));
        out.put(field);
    }
    if (!dated)
        out.put(Field{"Date", options.date});
    if (!bodiless && (!lengthOnly || head.framing == Framing::Length))
        putFraming(out, head.framing == Framing::None ? Framing::Length : head.framing, head.framing == Framing::None ? 0 : head.length);
    if (head.status == 101)
        putUpgrade(out, head.upgrade);
    else if (head.status >= 200 && (!head.keepAlive || (head.framing == Framing::UntilClose && !bodiless && !lengthOnly)))
        out.put("Connection: close\r\n");
    else if (head.status >= 200 && head.version == Version::Http10)
        out.put("Connection: keep-alive\r\n");
    out.put("\r\n");
    return out.written();
}

size_t writeChunkStart(std::span<char> to, uint64_t octets)
{
    Cursor out(to);
    out.number(octets, 16);
    out.put("\r\n");
    return octets ? out.written() : 0;
}

size_t sizeBound(const Fields &trailers)
{
    return sumOf(trailers) + lastChunk.size();
}

size_t writeLastChunk(std::span<char> to, const Fields &trailers)
{
    Cursor out(to);
    out.put("0\r\n");
    for (const Field &field : trailers) {
        if (mayBeTrailer(field.name))
            out.put(field);
    }
    out.put("\r\n");
    return out.written();
}

bool isHopByHop(std::string_view name)
{
    return (name.size() == 2 && scan::equalsName(name, "te")) || (isWriters(name) && name.size() != 14);
}

void removeHopByHop(Fields &fields)
{
    // What Connection names goes first, while it is still there; the names are views into the arena and outlive the removal.
    for (size_t i = 0; i < fields.size();) {
        const Field field = fields[i++];
        if (field.name.size() != 10 || !scan::equalsName(field.name, "connection"))
            continue;
        size_t removed = 0;
        scan::listElements(field.value, [&](std::string_view named) {
            if (!isHopByHop(named) && !equalsIgnoreCase(named, "host") && !equalsIgnoreCase(named, "close"))
                removed += fields.remove(named);
        });
        if (removed)
            i = 0; // the list has moved; named fields are gone now, so this ends
    }
    fields.removeIf([](const Field &field, const void *) { return isHopByHop(field.name); }, nullptr);
}

bool mayBeTrailer(std::string_view name)
{
    static constexpr std::string_view refused[] = {
        "age", "authorization", "cache-control", "connection", "content-encoding", "content-length", "content-range",
        "content-type", "cookie", "date", "expect", "expires", "host", "if-match", "if-modified-since", "if-none-match", "if-range",
        "if-unmodified-since", "keep-alive", "location", "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "range", "retry-after", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "vary", "warning",
        "www-authenticate",
    };
    for (std::string_view other : refused) {
        if (scan::equalsName(name, other))
            return false;
    }
    return true;
}

std::string_view reasonPhrase(int status)
{
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 102: return "Processing";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 208: return "Already Reported";
    case 226: return "IM Used";
    case 300: return "Multiple Choices";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 305: return "Use Proxy";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 424: return "Failed Dependency";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 506: return "Variant Also Negotiates";
    case 507: return "Insufficient Storage";
    case 508: return "Loop Detected";
    case 511: return "Network Authentication Required";
    default: return {};
    }
}

std::string_view DateCache::at(int64_t wallMicros)
{
    const int64_t second = wallMicros / 1'000'000;
    if (second == m_second)
        return {m_text, sizeof m_text};
    m_second = second;
    // Not strftime: it follows the locale.
    const std::time_t time = std::time_t(second);
    std::tm utc{};
    gmtime_r(&time, &utc);
    static constexpr char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto two = [this](size_t at, int value) {
        m_text[at] = char('0' + value / 10 % 10);
        m_text[at + 1] = char('0' + value % 10);
    };
    std::memcpy(m_text, "Sun, 00 Jan 0000 00:00:00 GMT", sizeof m_text);
    std::memcpy(m_text, days + 3 * utc.tm_wday, 3);
    std::memcpy(m_text + 8, months + 3 * utc.tm_mon, 3);
    two(5, utc.tm_mday);
    two(12, (utc.tm_year + 1900) / 100);
    two(14, utc.tm_year + 1900);
    two(17, utc.tm_hour);
    two(20, utc.tm_min);
    two(23, utc.tm_sec);
    return {m_text, sizeof m_text};
}

} // namespace gatehouse::http
