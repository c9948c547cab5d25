#include "gateway/policy/request-id/ids.h"

#include <algorithm>
#include <array>

namespace gatehouse::policy {

namespace {
// 48 bits of milliseconds, then 80 random ones.
std::array<uint8_t, 16> timed(int64_t wallMicros, Random &random)
{
    std::array<uint8_t, 16> octets{};
    random.fill(std::as_writable_bytes(std::span(octets)).subspan(6));
    const auto millis = static_cast<uint64_t>(wallMicros / 1000);
    for (size_t i = 0; i < 6; ++i)
        octets[i] = static_cast<uint8_t>(millis >> (40 - 8 * i));
    return octets;
}
} // namespace

std::string uuid7(int64_t wallMicros, Random &random)
{
    auto octets = timed(wallMicros, random);
    octets[6] = static_cast<uint8_t>((octets[6] & 0x0F) | 0x70);
    octets[8] = static_cast<uint8_t>((octets[8] & 0x3F) | 0x80);
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (size_t i = 0; i < octets.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += digits[octets[i] >> 4];
        text += digits[octets[i] & 15];
    }
    return text;
}

std::string ulid(int64_t wallMicros, Random &random)
{
    static constexpr char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const auto octets = timed(wallMicros, random);
    std::string text(26, '0');
    for (size_t i = 0; i < 26; ++i) { // from the last: five bits each; the first has three
        unsigned bits = 0;
        for (size_t b = 0; b < 5; ++b) {
            const size_t bit = i * 5 + b;
            if (bit < 128 && octets[15 - bit / 8] >> (bit % 8) & 1)
                bits |= 1u << b;
        }
        text[25 - i] = digits[bits];
    }
    return text;
}

bool isAcceptableId(std::string_view id)
{
    return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~+/=:@").find(c) != std::string_view::npos;
    });
}

} // namespace gatehouse::policy
