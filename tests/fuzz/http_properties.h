// What must hold of every octet string: shared by the HTTP fuzz targets.
#pragma once

#include "gateway/http/parser.h"
#include "gateway/http/writer.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace gatehouse::fuzz {

inline http::Limits limits()
{
    http::Limits limits;
    limits.headerSize = 2048;
    limits.headers = 20;
    limits.url = 512;
    limits.body = 1 << 20;
    return limits;
}

// Everything the parser said about one message, as text; `used` says how much of the input it took.
template <typename Parser>
std::string events(Parser &parser, std::string_view input, size_t step, size_t &used)
{
    std::string log, body;
    const auto fields = [&](const http::Fields &list) {
        for (const auto &field : list)
            log += std::string(field.name) + "=" + std::string(field.value) + ";";
    };
    used = 0;
    while (used < input.size()) {
        // An exact copy: the sanitizer sees a read past it, and views that should have been copied.
        const std::string piece(input.substr(used, step));
        std::string_view in = piece;
        for (bool more = true; more;) {
            const auto event = parser.next(in);
            switch (event) {
            case http::Event::NeedMore:
                if (!in.empty())
                    std::abort(); // it has to use everything
                more = false;
                break;
            case http::Event::Head:
                log += "head ";
                log += parser.head().raw;
                fields(parser.head().fields);
                log += std::to_string(int(parser.head().framing)) + " " + std::to_string(parser.head().length);
                break;
            case http::Event::Piece: body += parser.piece(); break;
            case http::Event::End:
                used += piece.size() - in.size();
                log += "end ";
                fields(parser.trailers());
                return log + body;
            case http::Event::Error: return log + body + "error " + std::string(parser.error().code);
            }
        }
        used += piece.size();
    }
    return log + body + (parser.inMessage() ? "in" : "");
}

template <typename Make>
void sameHoweverCut(std::string_view input, uint8_t how, Make make)
{
    Arena whole, cut;
    auto first = make(whole), second = make(cut);
    size_t usedFirst = 0, usedSecond = 0;
    const std::string a = events(first, input, input.size() + 1, usedFirst), b = events(second, input, size_t(how % 64) + 1, usedSecond);
    if (a != b)
        std::abort();
    if (a.find("error ") == std::string::npos && usedFirst != usedSecond)
        std::abort();
}

// A request that is let through, written by us, is read by the next hop as the same one: no smuggling by re-serialising.
inline void forwardedEqual(std::string_view input)
{
    Arena arena, next;
    http::RequestParser parser(limits());
    parser.start(arena);
    std::string_view in = input;
    if (parser.next(in) != http::Event::Head)
        return;
    http::RequestHead &head = parser.head();
    http::removeHopByHop(head.fields);
    // What a forwarder has to do for HTTP/1.0: there Host may be missing and Expect says nothing.
    if (!head.fields.has("Host"))
        head.fields.add("Host", "upstream");
    if (head.version == http::Version::Http10)
        head.fields.remove("Expect");
    std::string text(http::sizeBound(head), 0);
    text.resize(http::writeHead(text, head));
    if (text.empty())
        std::abort(); // what the parser checked the writer can't refuse
    http::Limits wide = limits();
    wide.headerSize = 8192; // an absolute form's Host may have grown it
    wide.headers = 30;
    http::RequestParser reader(wide);
    reader.start(next);
    std::string_view again = text;
    if (reader.next(again) != http::Event::Head || !again.empty())
        std::abort();
    const http::RequestHead &read = reader.head();
    if (read.method != head.method || read.target != head.target || (!head.host.empty() && read.host != head.host) || read.framing != head.framing || read.length != head.length)
        std::abort();
}

} // namespace gatehouse::fuzz
