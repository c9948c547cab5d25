#include "gateway/policy/expression.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/policy/pathpattern.h"

#include <algorithm>

namespace gatehouse::policy {

namespace {
using schema::Source;

bool isPlain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

bool isControl(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

// What the sources below give is percent-encoded already, or can't need it.
bool isEncoded(Source source)
{
    return source == Source::Path || source == Source::PathRest || source == Source::RequestPath || source == Source::RequestHost
        || source == Source::RequestScheme || source == Source::RequestMethod;
}

std::string_view escapeIn(std::string_view value, std::string_view special, Arena &arena)
{
    if (value.find_first_of(special) == std::string_view::npos)
        return value;
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (char c : value) {
        if (special.find(c) == std::string_view::npos) {
            out += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        out += {'%', digits[octet >> 4], digits[octet & 15]};
    }
    return arena.copy(out);
}

// Nobody climbs out of a path by a value: one with a dot segment in it, whatever a later hop takes for a slash, counts as empty.
bool climbs(std::string_view value)
{
    for (size_t at = 0; at <= value.size();) {
        const size_t end = std::min(value.find_first_of("/\\", at), value.size());
        const std::string_view segment = value.substr(at, end - at);
        if (segment == "." || segment == "..")
            return true;
        at = end + 1;
    }
    return false;
}

std::string_view fit(std::string_view value, Source source, Expression::For use, Arena &arena)
{
    if (use == Expression::For::Header) {
        if (std::none_of(value.begin(), value.end(), isControl))
            return trim(value);
        std::string out;
        std::copy_if(value.begin(), value.end(), std::back_inserter(out), [](char c) { return !isControl(c); });
        return arena.copy(trim(out));
    }
    if (use == Expression::For::Path && !isEncoded(source) && climbs(value))
        return {};
    if (std::all_of(value.begin(), value.end(), isPlain))
        return value;
    if (isEncoded(source))
        return use == Expression::For::Query ? escapeIn(value, "&=+#?", arena) : value;
    return arena.copy(http::percentEncode(value, use == Expression::For::Query ? http::Encode::QueryPart : http::Encode::Segment));
}

std::string_view cookieValue(const http::Fields &fields, std::string_view name)
{
    for (const auto *field = fields.find("cookie"); field; field = fields.find("cookie", field)) {
        http::CookieReader reader(field->value);
        while (const auto pair = reader.next())
            if (pair->name == name)
                return pair->value.data() ? pair->value : std::string_view("");
    }
    return {};
}

// Present but empty must not look like missing.
std::string_view present(std::string_view value) { return value.data() ? value : std::string_view(""); }
} // namespace

std::string_view sourceValue(Source source, std::string_view name, const RequestView &request, Arena &arena)
{
    const RequestInfo &info = request.info;
    switch (source) {
    case Source::Literal: return name;
    case Source::Path:
        for (const auto &[key, value] : info.captures)
            if (key == name)
                return present(value);
        return {};
    case Source::Query: {
        const auto value = http::queryValue(info.query, name);
        return !value ? std::string_view() : value->empty() ? std::string_view("") : arena.copy(*value);
    }
    case Source::Header: {
        const auto *field = request.fields.find(name);
        return field ? present(field->value) : std::string_view();
    }
    case Source::Cookie: return cookieValue(request.fields, name);
    case Source::Consumer: return info.consumer ? std::string_view(info.consumer->name) : std::string_view();
    case Source::ClientIp: return info.clientText;
    case Source::RequestId: return info.requestId;
    case Source::RequestMethod: return request.method;
    case Source::RequestHost: return info.host;
    case Source::RequestScheme: return info.scheme;
    case Source::RequestPath: return info.path;
    case Source::Route: return info.route;
    case Source::Global: return "";
    case Source::Claim: // refused when it is read
    case Source::PathRest: return {};
    }
    return {};
}

Result<Expression> Expression::make(std::string_view text)
{
    auto parts = schema::parseExpression(text);
    if (!parts)
        return parts.error();
    Expression made;
    made.m_parts = std::move(*parts);
    made.m_text = text;
    return made;
}

std::string_view Expression::evaluate(const RequestView &request, For use, Arena &arena, const PathPattern *pattern) const
{
    if (m_parts.empty())
        return {};
    if (m_parts.size() == 1 && m_parts[0].source == Source::Literal)
        return m_parts[0].text;
    auto *values = static_cast<std::string_view *>(arena.allocate(sizeof(std::string_view) * m_parts.size(), alignof(std::string_view)));
    size_t size = 0;
    for (size_t i = 0; i < m_parts.size(); ++i) {
        const schema::Part &part = m_parts[i];
        std::string_view value = part.text;
        if (part.source == Source::Literal) {
            if (use == For::Path && value.find('?') != std::string_view::npos)
                use = For::Query; // what follows stands in the query
        } else {
            value = part.source == Source::PathRest ? (pattern ? pattern->rest(request.info.path) : request.info.path)
                                                    : sourceValue(part.source, part.text, request, arena);
            value = fit(value, part.source, use, arena);
        }
        new (values + i) std::string_view(value);
        size += value.size();
    }
    char *to = static_cast<char *>(arena.allocate(size, 1)), *at = to;
    for (size_t i = 0; i < m_parts.size(); ++i)
        at = std::copy(values[i].begin(), values[i].end(), at);
    return {to, size};
}

bool Expression::usesConsumer() const
{
    return std::any_of(m_parts.begin(), m_parts.end(), [](const schema::Part &part) { return part.source == Source::Consumer; });
}

std::vector<std::string_view> Expression::pathNames() const
{
    std::vector<std::string_view> names;
    for (const auto &part : m_parts)
        if (part.source == Source::Path)
            names.push_back(part.text);
    return names;
}

} // namespace gatehouse::policy
