#include "gateway/schema/values.h"

#include "gateway/base/text.h"

#include <charconv>
#include <cmath>

namespace gatehouse::schema {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};
constexpr Unit durationUnits[] = {{"d", 86400e9}, {"h", 3600e9}, {"m", 60e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
constexpr Unit sizeUnits[] = {{"TiB", 1099511627776.0}, {"TB", 1e12}, {"GiB", 1073741824.0}, {"GB", 1e9},
                              {"MiB", 1048576.0}, {"MB", 1e6}, {"KiB", 1024.0}, {"kB", 1e3}, {"KB", 1e3}, {"B", 1}};

// Digits with at most one point, then the unit.
struct Measure {
    double number = 0;
    std::string_view unit;
    bool whole = false;
};
std::optional<Measure> parseMeasure(std::string_view text)
{
    size_t i = 0, points = 0;
    while (i < text.size() && ((text[i] >= '0' && text[i] <= '9') || (text[i] == '.' && points == 0 && i > 0)))
        points += text[i++] == '.' ? 1 : 0;
    if (i == 0 || i > 20 || text[i - 1] == '.')
        return {};
    Measure measure;
    const auto [end, error] = std::from_chars(text.data(), text.data() + i, measure.number);
    if (error != std::errc() || end != text.data() + i)
        return {};
    measure.unit = text.substr(i);
    measure.whole = points == 0;
    return measure;
}

template <size_t N>
const Unit *findUnit(const Unit (&units)[N], std::string_view name)
{
    for (const Unit &unit : units)
        if (unit.name == name)
            return &unit;
    return nullptr;
}

template <size_t N>
std::string printMeasure(uint64_t value, const Unit (&units)[N])
{
    for (const Unit &unit : units) {
        const auto factor = static_cast<uint64_t>(unit.factor);
        if (value >= factor && value % factor == 0)
            return std::to_string(value / factor) + std::string(unit.name);
    }
    return std::to_string(value);
}

} // namespace

std::optional<Duration> parseDuration(std::string_view text)
{
    const auto measure = parseMeasure(text);
    if (!measure)
        return {};
    if (measure->unit.empty())
        return measure->number == 0 ? std::optional(Duration::zero()) : std::nullopt;
    const Unit *unit = findUnit(durationUnits, measure->unit);
    const double nanos = unit ? measure->number * unit->factor : 0;
    if (!unit || nanos > 3.15e18) // a century
        return {};
    return Duration(static_cast<int64_t>(std::llround(nanos)));
}

std::string printDuration(Duration duration)
{
    return duration.count() <= 0 ? "0s" : printMeasure(static_cast<uint64_t>(duration.count()), durationUnits);
}

std::optional<uint64_t> parseSize(std::string_view text)
{
    const auto measure = parseMeasure(text);
    if (!measure)
        return {};
    const Unit *unit = measure->unit.empty() ? findUnit(sizeUnits, "B") : findUnit(sizeUnits, measure->unit);
    const double bytes = unit ? measure->number * unit->factor : 0;
    if (!unit || bytes > 9e15)
        return {};
    return static_cast<uint64_t>(std::llround(bytes));
}

std::string printSize(uint64_t bytes)
{
    return bytes == 0 ? "0" : printMeasure(bytes, sizeUnits);
}

std::optional<uint64_t> parseRate(std::string_view text)
{
    if (text.size() < 3 || text.substr(text.size() - 2) != "/s")
        return {};
    return parseSize(text.substr(0, text.size() - 2));
}

std::string printRate(uint64_t bytesPerSecond) { return printSize(bytesPerSecond) + "/s"; }

std::optional<double> parseShare(std::string_view text)
{
    const auto measure = parseMeasure(text);
    if (!measure || measure->unit != "%" || measure->number > 100)
        return {};
    return measure->number / 100;
}

std::string printShare(double share)
{
    return printReal(std::round(share * 1e10) / 1e8) + "%";
}

std::optional<int64_t> parseInteger(std::string_view text)
{
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return {};
    return value;
}

std::optional<double> parseReal(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return {};
    return value;
}

std::string printReal(double value)
{
    char buffer[40];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, result.ptr};
}

std::optional<StatusRange> parseStatusRange(std::string_view text)
{
    const auto status = [](std::string_view digits) -> int {
        const auto value = digits.size() == 3 ? parseUnsigned(digits) : std::nullopt;
        return value && *value >= 100 && *value <= 599 ? static_cast<int>(*value) : 0;
    };
    const size_t dash = text.find('-');
    const int from = status(text.substr(0, dash));
    const int to = dash == std::string_view::npos ? from : status(text.substr(dash + 1));
    if (!from || !to || from > to)
        return {};
    return StatusRange{from, to};
}

std::string printStatusRange(const StatusRange &range)
{
    return range.from == range.to ? std::to_string(range.from) : std::to_string(range.from) + '-' + std::to_string(range.to);
}

} // namespace gatehouse::schema
