// What the soak test sends: every exchange has a token of its own, and its path, fields and bodies all follow from it, so that an answer
// that is lost, cut, doubled or another one's is seen by its content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::soak {

using Token = uint64_t;

std::string textOf(Token token); // 16 hexadecimal digits
std::optional<Token> tokenOf(std::string_view text);

// Octets of every value, the token in front of them (cut where they are fewer).
std::string requestBody(Token token, size_t size);
std::string answerBody(Token token, size_t size);
uint64_t digest(std::string_view octets);
// Empty: equal. Else where they part, for a message.
std::string difference(std::string_view got, std::string_view wanted);

// Splitmix64: a stream that can be had again by its seed.
class Random {
public:
    explicit Random(uint64_t seed) : m_state(seed) { }
    uint64_t next();
    size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }
    size_t between(size_t least, size_t most) { return least + below(most - least + 1); }
    bool chance(size_t of) { return below(of) == 0; } // one in so many

private:
    uint64_t m_state;
};

} // namespace gatehouse::soak
