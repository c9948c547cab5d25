// CRC32C (Castagnoli; RFC 9260 appendix A): the checksum of PROXY headers. Any thread; a table, no instruction of a processor's own.
#pragma once

#include <cstdint>
#include <string_view>

namespace gatehouse {

// Goes on from `before`, the checksum of what stands in front; 0: nothing does.
uint32_t crc32c(std::string_view octets, uint32_t before = 0);

} // namespace gatehouse
