// HTTP/1 read naively, from whole texts: a second opinion on what went over a wire, which shares no code and no idea with the product's
// parser. It takes what RFC 9112 allows (whitespace around values, chunk extensions, leading zeros) and nothing else, and tells apart
// what is unfinished from what is none. canonical() is how a gateway that serialises anew has to have written it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::test {

struct PlainMessage {
    using Field = std::pair<std::string, std::string>;
    std::string start; // "GET /a HTTP/1.1", "HTTP/1.1 200 OK"
    std::vector<Field> fields, trailers;
    std::string body;
    std::vector<size_t> chunks; // sizes as they came
    bool chunked = false, untilClose = false;

    std::string value(std::string_view name) const; // the first; names whatever their case
    size_t count(std::string_view name) const;
    std::string method() const { return start.substr(0, start.find(' ')); }
    std::string target() const;
    int status() const;
    std::string canonical() const;
};

enum class PlainEnd { Complete, Unfinished, Odd };
// Of an answer: how the request asked for it. `closed`: no more octets will come.
struct PlainContext {
    bool answer = false, answersHead = false, closed = false;
};
// One message from `at` on, which moves past a complete one; of an unfinished or odd one as much as could be read is in `message`.
PlainEnd readPlain(std::string_view octets, size_t &at, PlainMessage &message, PlainContext context = {});

// Whether `octets` could be the beginning of something canonical that was cut off.
bool isCutCanonical(std::string_view octets);

} // namespace gatehouse::test
