// JSON (RFC 8259) as a value that keeps what a message said: order of keys, the text of numbers, duplicates and places.
#pragma once

#include "gateway/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace gatehouse::json {

enum class Type : uint8_t { Null, Bool, Number, String, Array, Object };

struct Member;

// A value with everything below it; copying is deep. Not thread-safe while it is changed, free to share while it is not.
struct Value {
    Type type = Type::Null;
    bool boolean = false;
    std::string text; // Number: as it was sent ("1.0" stays "1.0"); String: decoded UTF-8
    std::vector<Value> items;
    std::vector<Member> members; // in order; a key that stands twice is here twice
    size_t offset = 0;           // of the first byte in the text it was read from, and its end
    size_t end = 0;
    uint32_t line = 0; // from 1; column counts characters. 0: made, not read
    uint32_t column = 0;

    // Defined below Member: a value holds members, and a member a value.
    Value();
    Value(std::nullptr_t);
    Value(bool truth);
    template <typename N>
        requires(std::is_integral_v<N> && !std::is_same_v<N, bool>)
    Value(N number);
    Value(double number); // not finite: null, as there is no JSON for it
    Value(std::string string);
    Value(std::string_view string);
    Value(const char *string);

    static Value number(std::string textOfNumber);
    static Value array();
    static Value array(std::vector<Value> items);
    static Value object();
    static Value object(std::vector<std::pair<std::string, Value>> members);

    bool isNull() const { return type == Type::Null; }
    bool isString() const { return type == Type::String; }
    bool isNumber() const { return type == Type::Number; }
    bool isArray() const { return type == Type::Array; }
    bool isObject() const { return type == Type::Object; }

    // The last member of that key, as most readers take it; null where there is none or this is no object.
    const Value *find(std::string_view key) const;
    Value *find(std::string_view key);
    // Replaces or appends; makes an object of a null.
    Value &set(std::string_view key, Value value);
    Value &append(Value value);

    // The text of a String, the number of a Number where it fits; otherwise the default.
    std::string_view string(std::string_view otherwise = {}) const;
    int64_t integer(int64_t otherwise = 0) const;
    double real(double otherwise = 0) const;
    bool truth(bool otherwise = false) const { return type == Type::Bool ? boolean : otherwise; }
};

struct Member {
    std::string key;
    Value value;
    size_t keyOffset = 0;
    size_t keyEnd = 0;
    uint32_t keyLine = 0;
    uint32_t keyColumn = 0;
};

inline Value::Value() = default;
inline Value::Value(std::nullptr_t) { }
inline Value::Value(bool truth) : type(Type::Bool), boolean(truth) { }
template <typename N>
    requires(std::is_integral_v<N> && !std::is_same_v<N, bool>)
Value::Value(N number) : type(Type::Number), text(std::to_string(number)) { }
inline Value::Value(std::string string) : type(Type::String), text(std::move(string)) { }
inline Value::Value(std::string_view string) : Value(std::string(string)) { }
inline Value::Value(const char *string) : Value(std::string(string)) { }

// Numbers compare by text, objects by order of keys too: what two texts said, not what they might mean.
bool operator==(const Value &a, const Value &b);

struct ParseError {
    size_t offset = 0;
    uint32_t line = 1;
    uint32_t column = 1;
    std::string message;
};

struct Limits {
    unsigned depth = 64;
    size_t nodes = 20'000'000;
};

// One value with nothing but white space around it. Strict: no comments, no trailing commas, well-formed UTF-8 only; a lone
// surrogate escape becomes U+FFFD. Keys that stand twice are told in `duplicates` where it is given; linear in the input.
Result<Value, ParseError> parse(std::string_view text, const Limits &limits = {}, std::vector<ParseError> *duplicates = nullptr);

// Compact for indent 0. Non-ASCII is written as UTF-8, control characters escaped.
std::string write(const Value &value, int indent = 0);
// With the quotes.
std::string quote(std::string_view text);

// RFC 6901. Null where it names nothing; "-" and leading zeros name nothing.
const Value *at(const Value &root, std::string_view pointer);
// One token of a pointer, escaped ("~" as "~0", "/" as "~1").
std::string pointerToken(std::string_view key);

// Appends a code point as UTF-8.
void appendUtf8(std::string &out, uint32_t codePoint);
// Length of the well-formed UTF-8 sequence that `text` starts with; 0 where there is none.
size_t utf8Length(std::string_view text);

} // namespace gatehouse::json
