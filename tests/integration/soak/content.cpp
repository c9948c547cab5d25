#include "tests/integration/soak/content.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace gatehouse::soak {

namespace {

constexpr uint64_t step = 0x9e3779b97f4a7c15;

uint64_t mixed(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

std::string body(Token token, uint64_t seed, size_t size)
{
    std::string octets(size, 0);
    for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
        const uint64_t word = mixed(seed += step);
        std::memcpy(octets.data() + at, &word, std::min(sizeof word, size - at));
    }
    const std::string mark = textOf(token);
    std::copy_n(mark.begin(), std::min(size, mark.size()), octets.begin());
    return octets;
}

} // namespace

std::string textOf(Token token)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (size_t i = 16; i-- > 0; token >>= 4)
        text[i] = digits[token & 15];
    return text;
}

std::optional<Token> tokenOf(std::string_view text)
{
    Token token = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), token, 16);
    if (text.size() != 16 || error != std::errc() || end != text.data() + text.size())
        return {};
    return token;
}

std::string requestBody(Token token, size_t size) { return body(token, token, size); }
std::string answerBody(Token token, size_t size) { return body(token, ~token, size); }

uint64_t digest(std::string_view octets)
{
    uint64_t sum = octets.size();
    for (; octets.size() >= sizeof sum; octets.remove_prefix(sizeof sum)) {
        uint64_t word;
        std::memcpy(&word, octets.data(), sizeof word);
        sum = mixed(sum ^ word) + step;
    }
    for (const char octet : octets)
        sum = mixed(sum ^ static_cast<unsigned char>(octet)) + step;
    return sum;
}

std::string difference(std::string_view got, std::string_view wanted)
{
    if (got == wanted)
        return {};
    const size_t at = static_cast<size_t>(std::mismatch(got.begin(), got.end(), wanted.begin(), wanted.end()).first - got.begin());
    return std::to_string(got.size()) + " octets for " + std::to_string(wanted.size()) + ", other from octet " + std::to_string(at) + " on";
}

uint64_t Random::next() { return mixed(m_state += step); }

} // namespace gatehouse::soak
