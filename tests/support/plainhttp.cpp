#include "tests/support/plainhttp.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace gatehouse::test {

namespace {

std::string lowered(std::string_view text)
{
    std::string low(text);
    std::transform(low.begin(), low.end(), low.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return low;
}

std::string trimmed(std::string_view text)
{
    const size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
    return begin == std::string_view::npos ? std::string() : std::string(text.substr(begin, end - begin + 1));
}

bool onlyOf(std::string_view text, std::string_view characters) { return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos; }

constexpr std::string_view digits = "0123456789", hexDigits = "0123456789abcdefABCDEF",
                           tokens = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// A line without its CRLF.
PlainEnd readLine(std::string_view octets, size_t &at, std::string_view &line)
{
    const size_t end = octets.find("\r\n", at);
    line = octets.substr(at, (end == std::string_view::npos ? octets.size() : end) - at);
    if (end == std::string_view::npos)
        return line.find('\n') != std::string_view::npos ? PlainEnd::Odd : PlainEnd::Unfinished;
    at = end + 2;
    return line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos ? PlainEnd::Complete : PlainEnd::Odd;
}

PlainEnd readFields(std::string_view octets, size_t &at, std::vector<PlainMessage::Field> &fields)
{
    while (true) {
        std::string_view line;
        if (const PlainEnd end = readLine(octets, at, line); end != PlainEnd::Complete)
            return end;
        if (line.empty())
            return PlainEnd::Complete;
        const size_t colon = line.find(':');
        if (colon == std::string_view::npos || !onlyOf(line.substr(0, colon), tokens))
            return PlainEnd::Odd;
        fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
}

bool isStartLine(std::string_view line, bool answer)
{
    if (answer) {
        return (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) && line.size() >= 12 && onlyOf(line.substr(9, 3), digits)
            && (line.size() == 12 || line[12] == ' ');
    }
    const size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || last == first || !onlyOf(line.substr(0, first), tokens))
        return false;
    const std::string_view target = line.substr(first + 1, last - first - 1), version = line.substr(last + 1);
    const bool plain = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
    return !target.empty() && plain && (version == "HTTP/1.1" || version == "HTTP/1.0");
}

PlainEnd readChunks(std::string_view octets, size_t &at, PlainMessage &message)
{
    while (true) {
        std::string_view line;
        if (const PlainEnd end = readLine(octets, at, line); end != PlainEnd::Complete)
            return end;
        const std::string size = trimmed(line.substr(0, line.find(';')));
        if (!onlyOf(size, hexDigits) || size.size() > 15)
            return PlainEnd::Odd;
        const size_t length = std::strtoull(size.c_str(), nullptr, 16);
        if (length == 0)
            return readFields(octets, at, message.trailers);
        if (octets.size() - at < length + 2) {
            message.body += octets.substr(at);
            return PlainEnd::Unfinished;
        }
        if (octets.substr(at + length, 2) != "\r\n")
            return PlainEnd::Odd;
        message.chunks.push_back(length);
        message.body += octets.substr(at, length);
        at += length + 2;
    }
}

std::string lines(const std::vector<PlainMessage::Field> &fields)
{
    std::string text;
    for (const auto &[name, value] : fields)
        text += name + ": " + value + "\r\n";
    return text + "\r\n";
}

} // namespace

std::string PlainMessage::value(std::string_view name) const
{
    for (const auto &[key, value] : fields)
        if (lowered(key) == lowered(name))
            return value;
    return {};
}

size_t PlainMessage::count(std::string_view name) const
{
    return size_t(std::count_if(fields.begin(), fields.end(), [&](const Field &field) { return lowered(field.first) == lowered(name); }));
}

std::string PlainMessage::target() const
{
    const size_t first = start.find(' '), last = start.rfind(' ');
    return first == std::string::npos || last == first ? std::string() : start.substr(first + 1, last - first - 1);
}

int PlainMessage::status() const { return start.size() >= 12 ? std::atoi(start.c_str() + 9) : 0; }

std::string PlainMessage::canonical() const
{
    std::string text = start + "\r\n" + lines(fields);
    if (!chunked)
        return text + body;
    size_t at = 0;
    for (const size_t size : chunks) {
        char line[20];
        std::snprintf(line, sizeof line, "%zx\r\n", size);
        text += line + body.substr(at, size) + "\r\n";
        at += size;
    }
    return text + "0\r\n" + lines(trailers);
}

PlainEnd readPlain(std::string_view octets, size_t &at, PlainMessage &message, PlainContext context)
{
    size_t position = at;
    std::string_view line;
    do { // blank lines before a request are none of it
        if (const PlainEnd end = readLine(octets, position, line); end != PlainEnd::Complete)
            return end;
    } while (line.empty() && !context.answer);
    message.start = line;
    if (!isStartLine(line, context.answer))
        return PlainEnd::Odd;
    if (const PlainEnd end = readFields(octets, position, message.fields); end != PlainEnd::Complete)
        return end;
    const std::string length = message.value("content-length"), coding = message.value("transfer-encoding");
    const size_t lengths = message.count("content-length"), codings = message.count("transfer-encoding");
    if (lengths + codings > 1 || (lengths && !onlyOf(length, digits)) || (codings && lowered(coding) != "chunked"))
        return PlainEnd::Odd;
    const int status = context.answer ? message.status() : 0;
    const bool none = context.answer && (context.answersHead || status < 200 || status == 204 || status == 304);
    if (codings && !none) {
        message.chunked = true;
        if (const PlainEnd end = readChunks(octets, position, message); end != PlainEnd::Complete)
            return end;
    } else if (lengths && !none) {
        const size_t size = std::strtoull(length.c_str(), nullptr, 10);
        message.body = octets.substr(position, size);
        position += message.body.size();
        if (message.body.size() < size)
            return PlainEnd::Unfinished;
    } else if (context.answer && !none) {
        message.untilClose = true;
        message.body = octets.substr(position);
        position = octets.size();
        if (!context.closed)
            return PlainEnd::Unfinished;
    }
    at = position;
    return PlainEnd::Complete;
}

bool isCutCanonical(std::string_view octets)
{
    PlainMessage message;
    size_t at = 0;
    switch (readPlain(octets, at, message)) {
    case PlainEnd::Odd: return false;
    case PlainEnd::Complete: return octets == message.canonical();
    case PlainEnd::Unfinished: break;
    }
    // With what could be read of it finished, the octets that came are where it begins.
    std::string whole = message.start + "\r\n";
    for (const auto &[name, value] : message.fields)
        whole += name + ": " + value + "\r\n";
    if (octets.find("\r\n\r\n") == std::string_view::npos)
        return octets.starts_with(whole) || whole.starts_with(octets);
    whole += "\r\n";
    if (!octets.starts_with(whole))
        return false;
    if (!message.chunked)
        return octets.substr(whole.size()) == message.body;
    // Whole chunks in one spelling, and at most a part of another behind them.
    std::string_view rest = octets.substr(whole.size());
    while (!rest.empty()) {
        const size_t line = rest.find("\r\n");
        const std::string_view size = rest.substr(0, line);
        if (size.find_first_not_of("0123456789abcdef\r") != std::string_view::npos || (size.size() > 1 && size[0] == '0'))
            return false;
        if (line == std::string_view::npos)
            return true;
        rest.remove_prefix(std::min<size_t>(rest.size(), line + 2 + std::strtoull(std::string(size).c_str(), nullptr, 16) + 2));
    }
    return true;
}

} // namespace gatehouse::test
