#include "gateway/base/text.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace gatehouse {

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        c = lower(c);
    return out;
}

bool equalsIgnoreCase(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool startsWithIgnoreCase(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() && equalsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

std::string_view trim(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + 1);
    }
}

std::optional<uint64_t> parseUnsigned(std::string_view digits)
{
    if (digits.empty())
        return {};
    uint64_t value = 0;
    for (char c : digits) {
        if (c < '0' || c > '9')
            return {};
        const auto digit = static_cast<uint64_t>(c - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return {};
        value = value * 10 + digit;
    }
    return value;
}

namespace {
// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none (RFC 3629, table 3-7 of Unicode).
size_t utf8Length(std::string_view text)
{
    const auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto tail = [&](size_t i) { return (at(i) & 0xC0u) == 0x80u; };
    const unsigned a = at(0), b = at(1);
    if (a < 0x80)
        return 1;
    if (a >= 0xC2 && a <= 0xDF)
        return tail(1) ? 2 : 0;
    if (a >= 0xE0 && a <= 0xEF) {
        const bool second = a == 0xE0 ? b >= 0xA0 && b <= 0xBF : a == 0xED ? b >= 0x80 && b <= 0x9F : tail(1);
        return second && tail(2) ? 3 : 0;
    }
    if (a >= 0xF0 && a <= 0xF4) {
        const bool second = a == 0xF0 ? b >= 0x90 && b <= 0xBF : a == 0xF4 ? b >= 0x80 && b <= 0x8F : tail(1);
        return second && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}
} // namespace

bool replaceAll(std::string &text, const std::vector<std::string> &what, std::string_view with)
{
    bool replaced = false;
    for (const std::string &one : what)
        for (size_t at = 0; !one.empty() && (at = text.find(one, at)) != std::string::npos; at += with.size()) {
            text.replace(at, one.size(), with);
            replaced = true;
        }
    return replaced;
}

// U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069: a line that ends or runs backwards shows what is not there.
static bool turnsText(std::string_view character)
{
    if (character.size() != 3 || character[0] != '\xE2')
        return false;
    const auto second = static_cast<unsigned char>(character[1]), third = static_cast<unsigned char>(character[2]);
    return second == 0x80 ? third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE) : second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

std::string escapeControls(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    const auto hex = [&](char c) {
        char buffer[8];
        std::snprintf(buffer, sizeof buffer, "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += buffer;
    };
    while (!text.empty()) {
        const size_t length = utf8Length(text);
        const auto first = static_cast<unsigned char>(text[0]);
        const bool c1 = length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
        if (length == 0 || (length == 1 && (first < 0x20 || first == 0x7F))) {
            hex(text[0]);
            text.remove_prefix(1);
        } else if (c1) {
            hex(text[0]);
            hex(text[1]);
            text.remove_prefix(2);
        } else if (turnsText(text.substr(0, length))) {
            for (const char c : text.substr(0, length))
                hex(c);
            text.remove_prefix(length);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view> &known)
{
    const auto distance = [](std::string_view a, std::string_view b) {
        std::vector<size_t> row(b.size() + 1);
        for (size_t j = 0; j <= b.size(); ++j)
            row[j] = j;
        for (size_t i = 1; i <= a.size(); ++i) {
            size_t diagonal = row[0];
            row[0] = i;
            for (size_t j = 1; j <= b.size(); ++j) {
                const size_t change = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
            }
        }
        return row[b.size()];
    };
    std::string_view best;
    if (word.size() > 64)
        return best;
    size_t bestDistance = std::max<size_t>(1, word.size() / 3) + 1;
    for (auto name : known) {
        const size_t d = distance(word, name);
        if (d < bestDistance) {
            bestDistance = d;
            best = name;
        }
    }
    return best;
}

std::string humanSize(uint64_t bytes)
{
    static constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(units)) {
        value /= 1024;
        ++unit;
    }
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, unit == 0 || value >= 100 ? "%.0f %s" : value >= 10 ? "%.0f %s" : "%.1f %s", value,
                  units[unit]);
    return buffer;
}

std::string humanDuration(int64_t micros)
{
    char buffer[32];
    const double us = static_cast<double>(micros);
    if (micros < 1000)
        std::snprintf(buffer, sizeof buffer, "%lld µs", static_cast<long long>(micros));
    else if (micros < 1'000'000)
        std::snprintf(buffer, sizeof buffer, us < 10'000 ? "%.1f ms" : "%.0f ms", us / 1000);
    else
        std::snprintf(buffer, sizeof buffer, "%.2f s", us / 1e6);
    return buffer;
}

std::string isoTime(int64_t wallMicros)
{
    int64_t seconds = wallMicros / 1'000'000, micros = wallMicros % 1'000'000;
    if (micros < 0) {
        micros += 1'000'000;
        --seconds;
    }
    const std::time_t time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char buffer[64];
    const size_t length = std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(buffer + length, sizeof buffer - length, ".%06lldZ", static_cast<long long>(micros));
    return buffer;
}

namespace {
constexpr std::string_view base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

std::string base64(std::string_view octets)
{
    std::string out;
    out.reserve((octets.size() + 2) / 3 * 4);
    for (size_t i = 0; i < octets.size(); i += 3) {
        const auto at = [&](size_t k) { return k < octets.size() ? static_cast<unsigned>(static_cast<unsigned char>(octets[k])) : 0u; };
        const unsigned bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
        out += base64Digits[bits >> 18 & 63];
        out += base64Digits[bits >> 12 & 63];
        out += i + 1 < octets.size() ? base64Digits[bits >> 6 & 63] : '=';
        out += i + 2 < octets.size() ? base64Digits[bits & 63] : '=';
    }
    return out;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return {};
    std::string out;
    for (size_t i = 0; i < text.size(); i += 4) {
        unsigned bits = 0;
        int padding = 0;
        for (size_t k = 0; k < 4; ++k) {
            const char c = text[i + k];
            bits <<= 6;
            if (c == '=' && i + 4 == text.size() && k >= 2) {
                ++padding;
                continue;
            }
            const size_t digit = base64Digits.find(c);
            if (digit == std::string_view::npos || padding)
                return {};
            bits |= static_cast<unsigned>(digit);
        }
        out += static_cast<char>(bits >> 16 & 255);
        if (padding < 2)
            out += static_cast<char>(bits >> 8 & 255);
        if (padding < 1)
            out += static_cast<char>(bits & 255);
    }
    return out;
}

} // namespace gatehouse
