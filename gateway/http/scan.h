// Character classes and the scans over them that a head's cost consists of. Internal to gateway/http.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gatehouse::http::scan {

enum Class : uint8_t {
    Token = 1,      // tchar, RFC 9110 5.6.2
    PathChar = 2,   // in a request target before "?"; what browsers would have encoded is not let in
    QueryChar = 4,
    HostChar = 8,   // reg-name without escapes, RFC 3986 3.2.2
    Unreserved = 16,
    Plain = 32,     // pchar or "/": stands plain in a path
};

constexpr std::array<uint8_t, 256> makeTable()
{
    std::array<uint8_t, 256> table{};
    const auto mark = [&](std::string_view characters, unsigned flags) {
        for (char c : characters)
            table[uint8_t(c)] = uint8_t(table[uint8_t(c)] | flags);
    };
    for (unsigned c = 0x21; c < 0x7f; ++c)
        table[c] = PathChar | QueryChar;
    const std::string_view alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    mark(alphanumeric, Token | HostChar | Unreserved | Plain);
    mark("!#$%&'*+-.^_`|~", Token);
    mark("-._~", HostChar | Unreserved | Plain);
    mark("!$&'()*+,;=", HostChar | Plain);
    mark(":@/", Plain);
    for (char c : std::string_view("\"<>#\\{}`^"))
        table[uint8_t(c)] = uint8_t(table[uint8_t(c)] & ~PathChar);
    for (char c : std::string_view("\"<>#"))
        table[uint8_t(c)] = uint8_t(table[uint8_t(c)] & ~QueryChar);
    return table;
}
inline constexpr std::array<uint8_t, 256> table = makeTable();

inline bool is(char c, unsigned classes) { return (table[uint8_t(c)] & classes) != 0; }

// The first character outside the class.
inline const char *skip(const char *at, const char *end, unsigned classes)
{
    while (at != end && is(*at, classes))
        ++at;
    return at;
}

inline bool isControl(char c) { return (uint8_t(c) < 0x20 && c != '\t') || c == 0x7f; }

// The first control character other than HTAB. What can be read from `start` on, up to `at`, is known to hold none: with it the last
// few octets are looked at in one step too.
inline const char *findControl(const char *at, const char *end, [[maybe_unused]] const char *start)
{
#if defined(__SSE2__)
    const __m128i last = _mm_set1_epi8(0x1f), tab = _mm_set1_epi8('\t'), del = _mm_set1_epi8(0x7f);
    const auto controls = [&](const char *from) {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
        const __m128i low = _mm_andnot_si128(_mm_cmpeq_epi8(v, tab), _mm_cmpeq_epi8(_mm_min_epu8(v, last), v));
        return unsigned(_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(v, del))));
    };
    for (; end - at >= 16; at += 16) {
        if (const unsigned mask = controls(at))
            return at + __builtin_ctz(mask);
    }
    if (end - start >= 16) {
        const unsigned mask = controls(end - 16);
        return mask ? end - 16 + __builtin_ctz(mask) : end;
    }
#endif
    while (at != end && !isControl(*at))
        ++at;
    return at;
}
inline const char *findControl(const char *at, const char *end) { return findControl(at, end, at); }

inline const char *findLf(const char *at, const char *end)
{
    return at == end ? nullptr : static_cast<const char *>(std::memchr(at, '\n', size_t(end - at)));
}

// `lowerCase` consists of a-z and "-" only, `text` of tchar: one OR then folds case without mixing anything up.
inline bool equalsName(std::string_view text, std::string_view lowerCase)
{
    const size_t size = lowerCase.size();
    if (text.size() != size)
        return false;
    if (size >= 8) {
        // Eight at a time, the last eight perhaps once more.
        uint64_t difference = 0;
        const auto compare = [&](size_t at) {
            uint64_t a, b;
            std::memcpy(&a, text.data() + at, 8);
            std::memcpy(&b, lowerCase.data() + at, 8);
            difference |= (a | 0x2020202020202020u) ^ b;
        };
        for (size_t at = 0; at + 8 < size; at += 8)
            compare(at);
        compare(size - 8);
        return difference == 0;
    }
    unsigned difference = 0;
    for (size_t i = 0; i < size; ++i)
        difference |= unsigned(uint8_t(text[i]) | 0x20u) ^ uint8_t(lowerCase[i]);
    return difference == 0;
}

inline bool isSpace(char c) { return c == ' ' || c == '\t'; }
inline std::string_view trimmed(const char *begin, const char *end)
{
    while (begin != end && isSpace(*begin))
        ++begin;
    while (begin != end && isSpace(end[-1]))
        --end;
    return {begin, size_t(end - begin)};
}

inline int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char l = char(c | 0x20);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// Calls `each` with every non-empty element of a comma list.
template <typename F>
void listElements(std::string_view value, F each)
{
    while (!value.empty()) {
        const size_t comma = value.find(',');
        const std::string_view element = value.substr(0, comma);
        const auto text = trimmed(element.data(), element.data() + element.size());
        if (!text.empty())
            each(text);
        if (comma == std::string_view::npos)
            return;
        value.remove_prefix(comma + 1);
    }
}

} // namespace gatehouse::http::scan
