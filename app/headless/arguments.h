// What stands on the command line, after the command's name: options with or without a value, positional words, and what
// follows "--". Unknown or repeated options are usage errors with the nearest known one suggested.
#pragma once

#include "gateway/base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::headless {

struct OptionSpec {
    std::string_view name;      // "--env"
    std::string_view valueName; // "NAME"; empty: a switch
    std::string_view help;      // one line
};

class Arguments {
public:
    static Result<Arguments> parse(const std::vector<std::string> &words, const std::vector<OptionSpec> &options, size_t leastPositional,
                                   size_t mostPositional);

    bool has(std::string_view option) const { return m_values.find(option) != m_values.end(); }
    // Empty when it was not given.
    std::string value(std::string_view option) const;
    const std::vector<std::string> &positional() const { return m_positional; }
    const std::vector<std::string> &rest() const { return m_rest; } // behind "--"

private:
    std::map<std::string, std::string, std::less<>> m_values;
    std::vector<std::string> m_positional, m_rest;
};

// "250ms", "10s", "2m": microseconds.
Result<int64_t> parseDurationMicros(std::string_view text);

} // namespace gatehouse::headless
