#include "gateway/base/crc32c.h"

#include <array>

namespace gatehouse {

namespace {

constexpr std::array<uint32_t, 256> makeTable()
{
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < 256; ++i) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ (value & 1 ? 0x82f63b78u : 0); // the polynomial 0x1edc6f41, mirrored
        table[i] = value;
    }
    return table;
}
constexpr auto table = makeTable();

} // namespace

uint32_t crc32c(std::string_view octets, uint32_t before)
{
    uint32_t value = ~before;
    for (const char c : octets)
        value = (value >> 8) ^ table[uint8_t(value ^ uint8_t(c))];
    return ~value;
}

} // namespace gatehouse
