#include "gateway/observe/bodymask.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <array>
#include <zlib.h>

namespace gatehouse::observe {

namespace {

constexpr size_t mostOpened = 16 << 20, alwaysOpened = 64 << 10, mostRatio = 100;

enum class Coding : uint8_t { None, Gzip, Deflate, Unknown };

Coding codingOf(std::string_view encoding)
{
    encoding = trim(encoding);
    if (encoding.empty() || equalsIgnoreCase(encoding, "identity"))
        return Coding::None;
    if (equalsIgnoreCase(encoding, "gzip") || equalsIgnoreCase(encoding, "x-gzip"))
        return Coding::Gzip;
    return equalsIgnoreCase(encoding, "deflate") ? Coding::Deflate : Coding::Unknown;
}

bool holdsNoText(std::string_view type)
{
    type = trim(type);
    static constexpr std::array<std::string_view, 4> kinds{"image/", "audio/", "video/", "font/"};
    return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) { return startsWithIgnoreCase(type, kind); })
        && !startsWithIgnoreCase(type, "image/svg");
}

struct Opened {
    std::string text;
    bool looked = false; // at all that came
};

// `raw`: deflate without the frame that RFC 9110 wants and many leave out.
Opened open(std::string_view octets, bool raw)
{
    Opened opened;
    const size_t most = std::min(mostOpened, std::max(alwaysOpened, octets.size() * mostRatio));
    z_stream stream{};
    if (inflateInit2(&stream, raw ? -MAX_WBITS : MAX_WBITS + 32) != Z_OK) // + 32: gzip or zlib, as it says itself
        return opened;
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(octets.data()));
    stream.avail_in = static_cast<uInt>(octets.size());
    std::array<char, 16384> part;
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef *>(part.data());
        stream.avail_out = static_cast<uInt>(part.size());
        const int result = inflate(&stream, Z_NO_FLUSH);
        opened.text.append(part.data(), part.size() - stream.avail_out);
        if (opened.text.size() > most || (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR))
            break;
        if (stream.avail_in == 0 && stream.avail_out > 0) { // also of one that was cut: nobody gets more out of it
            opened.looked = true;
            break;
        }
        // gzip members may follow each other.
        if (result == Z_STREAM_END && inflateReset(&stream) != Z_OK)
            break;
    }
    inflateEnd(&stream);
    if (opened.text.size() > most)
        opened.text.resize(most);
    return opened;
}

std::string close(std::string_view text, Coding coding)
{
    std::string out;
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, coding == Coding::Gzip ? MAX_WBITS + 16 : MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return out;
    out.resize(deflateBound(&stream, static_cast<uLong>(text.size())));
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(whole ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

} // namespace

BodyKept maskBody(const Redactor &redactor, std::string_view type, std::string_view encoding, std::string_view body, std::string &out)
{
    const Coding coding = body.empty() ? Coding::None : codingOf(encoding);
    if (coding == Coding::None)
        return redactor.body(type, body, out) ? BodyKept::Masked : BodyKept::AsItCame;
    if (holdsNoText(type))
        return BodyKept::AsItCame;
    if (coding == Coding::Unknown) {
        out.clear();
        return BodyKept::Cut;
    }
    Opened opened = open(body, false);
    if (coding == Coding::Deflate && !opened.looked && opened.text.empty())
        opened = open(body, true);
    std::string masked;
    const bool hit = redactor.body(type, opened.text, masked);
    if (opened.looked && !hit)
        return BodyKept::AsItCame;
    out = close(hit ? masked : opened.text, coding);
    return opened.looked ? BodyKept::Masked : BodyKept::Cut;
}

} // namespace gatehouse::observe
