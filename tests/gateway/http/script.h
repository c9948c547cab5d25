// Octets in, events out: what the parsers make of an input, as one text that does not depend on how it was cut.
#pragma once

#include "gateway/http/parser.h"

#include <QtCore/QByteArray>

#include <functional>
#include <string>
#include <string_view>

namespace gatehouse::test {

using namespace std::literals;

inline std::string describeFraming(http::Framing framing, uint64_t length)
{
    switch (framing) {
    case http::Framing::None: return "none";
    case http::Framing::Length: return "length " + std::to_string(length);
    case http::Framing::Chunked: return "chunked";
    case http::Framing::UntilClose: return "until-close";
    case http::Framing::Tunnel: return "tunnel";
    }
    return {};
}

inline std::string describeFields(const http::Fields &fields)
{
    std::string text;
    for (const auto &field : fields)
        text += std::string(text.empty() ? "" : ", ") + std::string(field.name) + "=" + std::string(field.value);
    return "[" + text + "]";
}

// Feeds `input` cut as `pieces` says and collects one line per event; neighbouring pieces of a body are one line.
// After an End the next message is started, as on a pipelined connection.
class Script {
public:
    explicit Script(const http::Limits &limits = {}) : m_limits(limits) { }
    http::Method method = http::Method::Get; // of the request that is answered
    bool upgrading = false, eof = false;
    bool detailed = false; // path, query, host and flags too
    bool stopAtClose = false; // as a server does: what follows a message that closes is never read
    size_t complete = 0;
    size_t messageAt = 0; // where the last message begins in the input

    std::string requests(std::string_view input, size_t step, size_t first = 0)
    {
        http::RequestParser parser(m_limits);
        return run(parser, input, step, first, [&] { parser.start(m_arena); });
    }
    std::string responses(std::string_view input, size_t step, size_t first = 0)
    {
        http::ResponseParser parser(m_limits);
        return run(parser, input, step, first, [&] { parser.start(m_arena, method, upgrading); });
    }

private:
    std::string head(const http::RequestHead &head)
    {
        std::string text = std::string(head.method) + " " + std::string(head.target)
            + (head.version == http::Version::Http10 ? " 1.0 " : " 1.1 ") + describeFields(head.fields) + " "
            + describeFraming(head.framing, head.length);
        if (!head.keepAlive)
            text += " close";
        if (head.expectContinue)
            text += " expects";
        if (!head.upgrade.empty())
            text += " upgrade=" + std::string(head.upgrade);
        if (detailed)
            text += " host=" + std::string(head.host) + ":" + std::to_string(head.port) + " path=" + std::string(head.path)
                + (head.hasQuery ? "?" + std::string(head.query) : "");
        return text;
    }
    std::string head(const http::ResponseHead &head)
    {
        std::string text = std::to_string(head.status) + (head.reason.empty() ? "" : " " + std::string(head.reason))
            + (head.version == http::Version::Http10 ? " 1.0 " : " 1.1 ") + describeFields(head.fields) + " "
            + describeFraming(head.framing, head.length);
        return head.keepAlive || head.interim() ? text : text + " close";
    }

    template <typename Parser>
    std::string run(Parser &parser, std::string_view input, size_t step, size_t first, const std::function<void()> &start)
    {
        std::string log, body;
        bool inBody = false, failed = false, closed = false;
        const auto line = [&](const std::string &text) {
            if (inBody)
                log += "body " + body + "\n";
            inBody = false;
            body.clear();
            log += text + "\n";
        };
        m_arena.reset();
        start();
        messageAt = complete = 0;
        const auto drain = [&](std::string_view in, size_t offset) {
            const size_t size = in.size();
            for (;;) {
                if (closed && in.empty())
                    return;
                if (closed) {
                    line("error after-close");
                    failed = true;
                    return;
                }
                const auto event = parser.next(in);
                if (event == http::Event::NeedMore)
                    return;
                if (event == http::Event::Head) {
                    line("head " + head(parser.head()));
                } else if (event == http::Event::Piece) {
                    inBody = true;
                    body += parser.piece();
                } else if (event == http::Event::End) {
                    line(parser.trailers().empty() ? "end" : "end " + describeFields(parser.trailers()));
                    ++complete;
                    messageAt = offset + size - in.size();
                    if (stopAtClose && !parser.head().keepAlive)
                        closed = true;
                    start();
                } else {
                    line("error " + std::string(parser.error().code));
                    failed = true;
                    return;
                }
            }
        };
        for (size_t at = 0, size = first ? first : step; at < input.size() && !failed; at += size, size = step) {
            // A copy of exactly these octets: reading past them, or from an earlier piece, is seen by the sanitizers.
            const std::string piece(input.substr(at, size));
            drain(piece, at);
        }
        if constexpr (std::is_same_v<Parser, http::ResponseParser>) {
            if (eof && !failed) {
                const auto event = parser.eof();
                line(event == http::Event::End ? "end" : "error " + std::string(parser.error().code));
                complete += event == http::Event::End;
                return log;
            }
        }
        if (inBody)
            log += "body " + body + "\n";
        return log;
    }

    http::Limits m_limits;
    Arena m_arena;
};

// "\r", "\n", "\t", "\\", "\xNN" in a readable text.
inline std::string unescape(std::string_view text)
{
    std::string octets;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            octets += text[i];
            continue;
        }
        switch (text[++i]) {
        case 'r': octets += '\r'; break;
        case 'n': octets += '\n'; break;
        case 't': octets += '\t'; break;
        case 'x':
            octets += char(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
            break;
        default: octets += text[i];
        }
    }
    return octets;
}

} // namespace gatehouse::test
