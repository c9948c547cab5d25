// Small helpers for octets and UTF-8 that several rooms need. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

// ASCII only, as RFC 9110 wants for field names and RFC 3986 for hosts.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string lower(std::string_view text);
bool equalsIgnoreCase(std::string_view a, std::string_view b);
bool startsWithIgnoreCase(std::string_view text, std::string_view prefix);
// Without leading and trailing spaces and tabs (OWS of RFC 9110).
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
// Decimal digits only, no sign, no overflow; nothing otherwise.
std::optional<uint64_t> parseUnsigned(std::string_view digits);

// Puts `with` in the place of each of `what`; empty ones are not looked for. True: something was replaced.
bool replaceAll(std::string &text, const std::vector<std::string> &what, std::string_view with);

// Control characters (C0, DEL, C1), what turns the direction of text around, and broken UTF-8 as \xNN, for terminals and logs.
std::string escapeControls(std::string_view text);

// The known name nearest to `word` by edit distance, when near enough to be worth suggesting; empty otherwise.
std::string_view nearest(std::string_view word, const std::vector<std::string_view> &known);

// "1.5 MiB", "312 B"; "84.2 ms", "90 µs": for people. Duration in microseconds.
std::string humanSize(uint64_t bytes);
std::string humanDuration(int64_t micros);

// 2026-01-31T12:00:00.000123Z (RFC 3339) from microseconds since 1970.
std::string isoTime(int64_t wallMicros);

std::string base64(std::string_view octets);
std::optional<std::string> fromBase64(std::string_view text);

} // namespace gatehouse
