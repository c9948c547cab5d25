#include "gateway/policy/pathpattern.h"

#include "gateway/base/text.h"

#include <re2/re2.h>

#include <algorithm>

namespace gatehouse::policy {

namespace {
using Segment = PathPattern::Segment;

Error bad(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message)); }

Result<std::string> normalised(std::string_view written, const http::PathRules &rules)
{
    Arena arena(256);
    auto path = http::normalisePath(written, rules, arena);
    if (!path)
        return bad(std::string(http::sentence(path.error())));
    return std::string(*path);
}

Result<std::vector<Segment>> segmentsOf(std::string_view path, const http::PathRules &rules)
{
    auto parsed = schema::parsePathTemplate(path);
    if (!parsed)
        return parsed.error();
    std::vector<Segment> segments;
    for (size_t i = 0; i < parsed->size(); ++i) {
        Segment &segment = (*parsed)[i];
        if (segment.type == Segment::Type::Literal) {
            if (rules.mergeSlashes && segment.text.empty() && i + 1 < parsed->size())
                continue;
            if (segment.text == "." || segment.text == "..")
                return bad("a path template can't hold \".\" or \"..\"");
            auto text = normalised("/" + segment.text, rules);
            if (!text)
                return text.error();
            segment.text = text->substr(1);
        }
        segments.push_back(std::move(segment));
    }
    return segments;
}

bool isDigits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Takes the first segment off `left`, which stands behind a slash; `last` says that there was no further slash.
std::string_view takeSegment(std::string_view &left, bool &last)
{
    const size_t slash = left.find('/');
    const std::string_view segment = left.substr(0, slash);
    last = slash == std::string_view::npos;
    left = last ? std::string_view() : left.substr(slash + 1);
    return segment;
}
} // namespace

namespace {
bool beginsWith(std::string_view path, std::string_view prefix)
{
    return path.starts_with(prefix) && (path.size() == prefix.size() ? !prefix.empty() : path[prefix.size()] == '/');
}
} // namespace

bool isUnder(std::string_view path, std::string_view prefix)
{
    if (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    return beginsWith(path, prefix);
}

Result<PathPattern> PathPattern::make(Kind kind, std::string_view written, std::string_view under, const http::PathRules &rules)
{
    PathPattern made;
    made.m_kind = kind;
    std::string base;
    if (!under.empty()) {
        auto text = normalised(under, rules);
        if (!text)
            return text.error();
        base = *text;
        while (base.ends_with('/'))
            base.pop_back();
    }
    if (kind == Kind::Any) {
        if (base.empty())
            return made;
        return make(Kind::Prefix, base, {}, rules); // everything under the group's prefix
    }
    if (kind == Kind::Regex) {
        re2::RE2::Options options(re2::RE2::Quiet);
        auto regex = std::make_shared<const re2::RE2>(re2::StringPiece(written.data(), written.size()), options);
        if (!regex->ok())
            return bad("the regex can't be read: " + regex->error());
        made.m_regex = std::move(regex);
        made.m_under = std::move(base);
        made.m_text = written;
        return made;
    }
    if (!written.starts_with('/'))
        return bad("a path begins with /");
    if (kind == Kind::Template) {
        auto segments = segmentsOf(base + std::string(written), rules);
        if (!segments)
            return segments.error();
        made.m_segments = std::move(*segments);
        for (const auto &segment : made.m_segments) {
            using Type = Segment::Type;
            made.m_text += segment.type == Type::Literal ? "/" + segment.text
                : segment.type == Type::Integer             ? "/{" + segment.text + ":int}"
                : segment.type == Type::Rest            ? "/{" + segment.text + "*}"
                                                        : "/{" + segment.text + "}";
            if (segment.type == Type::Literal)
                made.m_literalLength += 1 + segment.text.size();
        }
        return made;
    }
    auto text = normalised(written, rules);
    if (!text)
        return text.error();
    made.m_text = base + *text;
    if (kind == Kind::Prefix) {
        if (made.m_text.ends_with('/'))
            made.m_text.pop_back();
        if (!made.m_text.empty())
            for (auto part : split(std::string_view(made.m_text).substr(1), '/'))
                made.m_segments.push_back({Segment::Type::Literal, std::string(part)});
    }
    made.m_literalLength = made.m_text.size();
    return made;
}

bool PathPattern::matchesTemplate(std::string_view path) const
{
    if (!path.starts_with('/'))
        return false;
    std::string_view left = path.substr(1);
    bool ended = false;
    for (const auto &segment : m_segments) {
        if (ended)
            return false;
        if (segment.type == Segment::Type::Rest)
            return true;
        const std::string_view part = takeSegment(left, ended);
        if (segment.type == Segment::Type::Literal ? part != segment.text
            : segment.type == Segment::Type::Integer   ? !isDigits(part)
                                                   : part.empty())
            return false;
    }
    return ended;
}

bool PathPattern::matches(std::string_view path) const
{
    switch (m_kind) {
    case Kind::Any: return true;
    case Kind::Exact: return path == m_text;
    case Kind::Prefix: return beginsWith(path, m_text);
    case Kind::Template: return matchesTemplate(path);
    case Kind::Regex: break;
    }
    if (!m_under.empty() && !isUnder(path, m_under))
        return false;
    const std::string_view seen = rest(path);
    return m_regex->Match(re2::StringPiece(seen.data(), seen.size()), 0, seen.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

Captures PathPattern::captures(std::string_view path, Arena &arena) const
{
    if (m_kind == Kind::Regex) {
        const auto &names = m_regex->NamedCapturingGroups();
        if (names.empty())
            return {};
        const auto groups = static_cast<size_t>(m_regex->NumberOfCapturingGroups()) + 1;
        auto *found = static_cast<re2::StringPiece *>(arena.allocate(sizeof(re2::StringPiece) * groups, alignof(re2::StringPiece)));
        std::uninitialized_default_construct_n(found, groups);
        const std::string_view seen = rest(path);
        if (!m_regex->Match(re2::StringPiece(seen.data(), seen.size()), 0, seen.size(), re2::RE2::UNANCHORED, found, static_cast<int>(groups)))
            return {};
        auto *out = static_cast<Capture *>(arena.allocate(sizeof(Capture) * names.size(), alignof(Capture)));
        size_t count = 0;
        for (const auto &[name, group] : names) {
            const auto &value = found[group];
            new (out + count++) Capture(name, value.data() ? std::string_view(value.data(), value.size()) : std::string_view());
        }
        return {out, count};
    }
    if (m_kind != Kind::Template)
        return {};
    const auto variables = static_cast<size_t>(std::count_if(m_segments.begin(), m_segments.end(),
                                                             [](const Segment &s) { return s.type != Segment::Type::Literal; }));
    if (variables == 0)
        return {};
    auto *out = static_cast<Capture *>(arena.allocate(sizeof(Capture) * variables, alignof(Capture)));
    size_t count = 0;
    std::string_view left = path.substr(1);
    bool ended = false;
    for (const auto &segment : m_segments) {
        const std::string_view part = segment.type == Segment::Type::Rest ? left : takeSegment(left, ended);
        if (segment.type != Segment::Type::Literal)
            new (out + count++) Capture(segment.text, part);
    }
    return {out, count};
}

std::vector<std::string> PathPattern::variables() const
{
    std::vector<std::string> names;
    for (const auto &segment : m_segments)
        if (segment.type != Segment::Type::Literal)
            names.push_back(segment.text);
    if (m_regex)
        for (const auto &[name, group] : m_regex->NamedCapturingGroups())
            names.push_back(name);
    return names;
}

std::string_view PathPattern::rest(std::string_view path) const
{
    switch (m_kind) {
    case Kind::Any: return path;
    case Kind::Exact: return {};
    case Kind::Prefix: return path.substr(std::min(path.size(), m_text.size()));
    case Kind::Regex: {
        const std::string_view left = path.substr(std::min(path.size(), m_under.size()));
        return left.empty() ? std::string_view("/") : left;
    }
    case Kind::Template: break;
    }
    size_t at = 0;
    for (const auto &segment : m_segments) {
        if (segment.type != Segment::Type::Literal)
            break;
        at += 1 + segment.text.size();
    }
    return path.substr(std::min(path.size(), at));
}

} // namespace gatehouse::policy
