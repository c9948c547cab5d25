#include "app/headless/arguments.h"

#include "gateway/base/text.h"

#include <algorithm>

namespace gatehouse::headless {

namespace {
Error usage(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message), Side::Client); }

Error unknownOption(const std::string &name, const std::vector<OptionSpec> &options)
{
    std::vector<std::string_view> known;
    for (const OptionSpec &option : options)
        known.push_back(option.name);
    const std::string_view near = nearest(name, known);
    return usage(name + " is not an option of this command." + (near.empty() ? std::string() : " Did you mean " + std::string(near) + "?"));
}
} // namespace

Result<Arguments> Arguments::parse(const std::vector<std::string> &words, const std::vector<OptionSpec> &options, size_t leastPositional,
                                   size_t mostPositional)
{
    Arguments out;
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string &word = words[i];
        if (word == "--") {
            out.m_rest.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
            break;
        }
        if (word.size() < 2 || word[0] != '-') {
            out.m_positional.push_back(word);
            continue;
        }
        const size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const auto option = std::find_if(options.begin(), options.end(), [&](const OptionSpec &o) { return o.name == name; });
        if (option == options.end())
            return unknownOption(name, options);
        std::string value;
        if (option->valueName.empty()) {
            if (equals != std::string::npos)
                return usage(name + " takes no value.");
        } else if (equals != std::string::npos) {
            value = word.substr(equals + 1);
        } else if (i + 1 < words.size()) {
            value = words[++i];
        } else {
            return usage(name + " wants a value: " + name + " " + std::string(option->valueName) + ".");
        }
        if (!out.m_values.emplace(name, std::move(value)).second)
            return usage(name + " is given twice.");
    }
    if (out.m_positional.size() < leastPositional)
        return usage("Something is missing.");
    if (out.m_positional.size() > mostPositional)
        return usage("\"" + escapeControls(out.m_positional[mostPositional]) + "\" is one word too many.");
    return out;
}

std::string Arguments::value(std::string_view option) const
{
    const auto at = m_values.find(option);
    return at == m_values.end() ? std::string() : at->second;
}

Result<int64_t> parseDurationMicros(std::string_view text)
{
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parseUnsigned(text.substr(0, digits));
    const std::string_view unit = text.substr(digits);
    const int64_t factor = unit == "ms" ? 1000 : unit == "s" ? 1'000'000 : unit == "m" ? 60'000'000 : unit == "h" ? 3'600'000'000 : 0;
    if (!number || factor == 0 || *number > 1'000'000'000)
        return usage("\"" + escapeControls(text) + "\" is not a duration. Write 250ms, 10s or 2m.");
    return static_cast<int64_t>(*number) * factor;
}

} // namespace gatehouse::headless
