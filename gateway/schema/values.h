// The values that configuration is made of, and their texts: durations, sizes, speeds, shares, status ranges.
// Reading takes what workspace-format says and nothing else; printing gives the shortest text that reads back the same.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/base/ip.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::schema {

// 250ms, 5s, 2m, 1h, 7d, also 1.5s and 20us; 0 needs no unit.
std::optional<Duration> parseDuration(std::string_view text);
std::string printDuration(Duration duration);

// Bytes: 512, 512B, 64KiB, 10MiB, 2GiB, 1MB.
std::optional<uint64_t> parseSize(std::string_view text);
std::string printSize(uint64_t bytes);

// Bytes a second: 1MiB/s.
std::optional<uint64_t> parseRate(std::string_view text);
std::string printRate(uint64_t bytesPerSecond);

// 20% is 0.2; 0% to 100%.
std::optional<double> parseShare(std::string_view text);
std::string printShare(double share);

std::optional<int64_t> parseInteger(std::string_view text);
std::optional<double> parseReal(std::string_view text);
std::string printReal(double value);

// 200 or 200-299.
struct StatusRange {
    int from = 0;
    int to = 0;
    bool contains(int status) const { return status >= from && status <= to; }
    bool operator==(const StatusRange &) const = default;
};
std::optional<StatusRange> parseStatusRange(std::string_view text);
std::string printStatusRange(const StatusRange &range);

// A value that may come from a secret: `value` is never written or shown, `written` ("${secret:web-app-key}") may be.
struct Secret {
    std::string value;
    std::string written; // equals value where it stands in the file itself
    bool operator==(const Secret &) const = default;
};

} // namespace gatehouse::schema
