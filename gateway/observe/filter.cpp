#include "gateway/observe/filter.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <optional>

namespace gatehouse::observe {

namespace {

using Field = Filter::Field;
using Range = Filter::Range;

struct Key { std::string_view name; Field field; };
constexpr Key knownKeys[] = {
    {"status", Field::Status}, {"method", Field::Method}, {"path", Field::Path}, {"host", Field::Host}, {"route", Field::Route},
    {"verdict", Field::Verdict}, {"took", Field::Took}, {"size", Field::Size}, {"listener", Field::Listener}, {"consumer", Field::Consumer},
    {"upstream", Field::Upstream}, {"endpoint", Field::Endpoint}, {"client", Field::Client},
};

struct Unit { std::string_view name; double factor; };
constexpr Unit times[] = {{"us", 1}, {"µs", 1}, {"ms", 1e3}, {"s", 1e6}, {"m", 6e7}, {"h", 3.6e9}};
constexpr Unit sizes[] = {{"b", 1}, {"", 1}, {"kb", 1e3}, {"kib", 1024}, {"k", 1024}, {"mb", 1e6}, {"mib", 1048576}, {"m", 1048576}, {"gb", 1e9}, {"gib", 1073741824}};

// A number with a unit; nothing when either can't be read.
std::optional<int64_t> measure(std::string_view text, std::span<const Unit> units)
{
    const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    if (digits == 0 || digits > 15 || std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(digits), '.') > 1)
        return {};
    const std::string unit = lower(text.substr(digits));
    for (const auto &known : units) {
        if (known.name == unit)
            return static_cast<int64_t>(std::stod("0" + std::string(text.substr(0, digits))) * known.factor);
    }
    return {};
}

// >X, >=X, <X, <=X, X (about: no, exactly), X..Y
std::optional<Range> range(std::string_view text, std::span<const Unit> units)
{
    if (const auto dots = text.find(".."); dots != std::string_view::npos && dots > 0) {
        const auto from = measure(text.substr(0, dots), units), to = measure(text.substr(dots + 2), units);
        return from && to ? std::optional(Range{*from, *to}) : std::nullopt;
    }
    const bool more = text.starts_with('>'), less = text.starts_with('<');
    const bool same = text.size() > 1 && (more || less) && text[1] == '=';
    const auto value = measure(text.substr(size_t(more || less) + same), units);
    if (!value)
        return {};
    if (more)
        return Range{*value + !same, INT64_MAX};
    if (less)
        return Range{INT64_MIN, *value - !same};
    return Range{*value, *value};
}

// 404, 5xx, 400-499, none
std::optional<Range> statusRange(std::string_view text)
{
    if (text == "none")
        return Range{0, 0};
    if (text.size() == 3 && text[0] >= '1' && text[0] <= '5' && lower(text.substr(1)) == "xx")
        return Range{(text[0] - '0') * 100, (text[0] - '0') * 100 + 99};
    const auto dash = text.find('-');
    const auto from = parseUnsigned(text.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : parseUnsigned(text.substr(dash + 1));
    if (!from || !to || *from < 100 || *to > 599 || *from > *to)
        return {};
    return Range{static_cast<int64_t>(*from), static_cast<int64_t>(*to)};
}

// `pattern` is lower case; * stands for any text.
bool globMatches(std::string_view text, std::string_view pattern)
{
    size_t at = 0, from = 0, star = std::string_view::npos, mark = 0;
    while (at < text.size()) {
        if (from < pattern.size() && pattern[from] == '*') {
            star = from++;
            mark = at;
        } else if (from < pattern.size() && pattern[from] == lower(text[at])) {
            ++from;
            ++at;
        } else if (star != std::string_view::npos) {
            from = star + 1;
            at = ++mark;
        } else {
            return false;
        }
    }
    while (from < pattern.size() && pattern[from] == '*')
        ++from;
    return from == pattern.size();
}

bool containsLower(std::string_view text, std::string_view wanted)
{
    return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), [](char a, char b) { return lower(a) == b; }) != text.end();
}

std::string_view textOf(const Row &row, Field field)
{
    switch (field) {
    case Field::Method: return row.method;
    case Field::Path: return row.path;
    case Field::Host: return row.host;
    case Field::Route: return row.route;
    case Field::Verdict: return name(row.verdict);
    case Field::Listener: return row.listener;
    case Field::Consumer: return row.consumer;
    case Field::Upstream: return row.targetName;
    case Field::Endpoint: return row.endpoint;
    case Field::Client: return row.client;
    case Field::Text:
    case Field::Status:
    case Field::Took:
    case Field::Size: return {};
    }
    return {};
}

bool holds(const Filter::Term &term, const Row &row)
{
    if (term.field == Field::Text) {
        const std::string_view wanted = term.texts.front();
        return containsLower(row.path, wanted) || containsLower(row.host, wanted) || containsLower(row.route, wanted)
            || containsLower(row.method, wanted) || containsLower(row.query, wanted) || (row.status && std::to_string(row.status).find(wanted) != std::string::npos);
    }
    if (!term.ranges.empty()) {
        const int64_t value = term.field == Field::Status ? row.status
            : term.field == Field::Took                   ? row.durationMicros
                                                          : static_cast<int64_t>(row.responseBytes);
        return std::any_of(term.ranges.begin(), term.ranges.end(), [&](const Range &r) { return value >= r.from && value <= r.to; });
    }
    const std::string_view text = textOf(row, term.field);
    return std::any_of(term.texts.begin(), term.texts.end(), [&](const std::string &pattern) {
        return globMatches(text, pattern) || (term.field == Field::Verdict && text.starts_with(pattern + ":"))
            || (term.field == Field::Client && text.starts_with(pattern + ":"));
    });
}

// One term at a time, with the place of everything.
class Parser {
public:
    explicit Parser(std::string_view text) : m_text(text) { }
    Result<std::vector<Filter::Term>, FilterError> run()
    {
        std::vector<Filter::Term> terms;
        while (skipSpace()) {
            Filter::Term term;
            term.offset = m_at;
            term.negated = m_text[m_at] == '-' && m_at + 1 < m_text.size() && m_text[m_at + 1] != ' ';
            m_at += term.negated;
            const size_t begin = m_at;
            std::string word;
            size_t colon = std::string::npos, valueAt = begin;
            while (m_at < m_text.size() && m_text[m_at] != ' ' && m_text[m_at] != '\t') {
                if (m_text[m_at] == '"') {
                    const auto end = m_text.find('"', m_at + 1);
                    if (end == std::string_view::npos)
                        return FilterError{m_at, m_text.size() - m_at, "The quote is not closed."};
                    word.append(m_text.substr(m_at + 1, end - m_at - 1));
                    m_at = end + 1;
                    continue;
                }
                if (m_text[m_at] == ':' && colon == std::string::npos && m_text[begin] != '"') {
                    colon = word.size();
                    valueAt = m_at + 1;
                }
                word += m_text[m_at++];
            }
            term.length = m_at - term.offset;
            if (auto error = read(term, word, colon, begin, valueAt))
                return *error;
            terms.push_back(std::move(term));
        }
        return terms;
    }

private:
    bool skipSpace()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t'))
            ++m_at;
        return m_at < m_text.size();
    }
    std::optional<FilterError> read(Filter::Term &term, const std::string &word, size_t colon, size_t begin, size_t valueAt)
    {
        const std::string key = lower(std::string_view(word).substr(0, colon == std::string::npos ? 0 : colon));
        const bool named = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        const auto *known = std::find_if(std::begin(knownKeys), std::end(knownKeys), [&](const Key &k) { return k.name == key; });
        const bool address = known == std::end(knownKeys) && colon != std::string::npos
            && (word.compare(colon, 3, "://") == 0 || (nearest(key, Filter::keys()).empty() && parseUnsigned(std::string_view(word).substr(colon + 1))));
        if (!named || address) {
            term.texts.push_back(lower(word)); // localhost:8080, http://...: just text
            return {};
        }
        if (known == std::end(knownKeys)) {
            const auto near = nearest(key, Filter::keys());
            return FilterError{begin, colon, key + " is no field of an exchange." + (near.empty() ? std::string() : " Did you mean " + std::string(near) + "?")};
        }
        term.field = known->field;
        const auto value = std::string_view(word).substr(colon + 1);
        if (value.empty())
            return FilterError{begin, m_at - begin, "A value is missing after " + key + ":."};
        for (const auto part : split(value, ',')) {
            if (auto message = alternative(term, part))
                return FilterError{valueAt, m_at - valueAt, *message};
        }
        return {};
    }
    static std::optional<std::string> alternative(Filter::Term &term, std::string_view text)
    {
        std::optional<Range> read;
        switch (term.field) {
        case Field::Status:
            if (!(read = statusRange(text)))
                return "Write a status as 404, 5xx, 400-499 or none.";
            break;
        case Field::Took:
            if (!(read = range(text, times)))
                return "Write a time as >200ms, <=1s or 10ms..50ms.";
            break;
        case Field::Size:
            if (!(read = range(text, sizes)))
                return "Write a size as >1KiB, <=64B or 1KiB..2MiB.";
            break;
        case Field::Verdict:
            if (auto message = verdict(text))
                return message;
            [[fallthrough]];
        default:
            term.texts.push_back(lower(text));
        }
        if (read)
            term.ranges.push_back(*read);
        return {};
    }
    static std::optional<std::string> verdict(std::string_view text)
    {
        std::vector<std::string_view> all;
        for (int i = 0; i <= static_cast<int>(Verdict::Cancelled); ++i)
            all.push_back(name(static_cast<Verdict>(i)));
        const std::string wanted = lower(text);
        if (std::any_of(all.begin(), all.end(), [&](std::string_view known) { return globMatches(known, wanted) || known.starts_with(wanted + ":"); }))
            return {};
        const auto near = nearest(wanted, all);
        return wanted + " is no verdict." + (near.empty() ? " There are allowed, refused, throttled, delayed, mocked, local, failed and others." : " Did you mean " + std::string(near) + "?");
    }

    std::string_view m_text;
    size_t m_at = 0;
};

} // namespace

Result<Filter, FilterError> Filter::parse(std::string_view text)
{
    auto terms = Parser(text).run();
    if (!terms)
        return terms.error();
    Filter filter;
    filter.m_terms = std::move(terms).value();
    return filter;
}

bool Filter::matches(const Row &row) const
{
    return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term &term) { return holds(term, row) != term.negated; });
}

std::vector<std::string_view> Filter::keys()
{
    std::vector<std::string_view> names;
    for (const auto &key : knownKeys)
        names.push_back(key.name);
    return names;
}

} // namespace gatehouse::observe
