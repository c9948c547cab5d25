#include "gateway/policy/textmatch.h"

#include <re2/re2.h>

#include <algorithm>

namespace gatehouse::policy {

Result<TextMatch> TextMatch::make(const config::TextMatch &match)
{
    TextMatch made;
    made.m_match = match;
    made.m_asksValue = match.equals || match.prefix || match.suffix || match.contains || match.regex || !match.oneOf.empty();
    if (match.regex) {
        auto regex = std::make_shared<const re2::RE2>(*match.regex, re2::RE2::Options(re2::RE2::Quiet));
        if (!regex->ok())
            return Error::make(ErrorKind::BadInput, "the regex can't be read: " + regex->error());
        made.m_regex = std::move(regex);
    }
    return made;
}

bool TextMatch::fits(std::string_view value) const
{
    const auto &m = m_match;
    return (!m.equals || value == *m.equals) && (!m.prefix || value.starts_with(*m.prefix)) && (!m.suffix || value.ends_with(*m.suffix))
        && (!m.contains || value.find(*m.contains) != std::string_view::npos)
        && (!m_regex || m_regex->Match(re2::StringPiece(value.data(), value.size()), 0, value.size(), re2::RE2::UNANCHORED, nullptr, 0))
        && (m.oneOf.empty() || std::find(m.oneOf.begin(), m.oneOf.end(), value) != m.oneOf.end());
}

std::string TextMatch::words() const
{
    std::string text;
    const auto add = [&](std::string part) { text += (text.empty() ? "" : " and ") + part; };
    if (m_match.equals)
        add(*m_match.equals);
    if (m_match.prefix)
        add("begins with " + *m_match.prefix);
    if (m_match.suffix)
        add("ends with " + *m_match.suffix);
    if (m_match.contains)
        add("contains " + *m_match.contains);
    if (m_match.regex)
        add("matches " + *m_match.regex);
    if (!m_match.oneOf.empty()) {
        std::string list;
        for (const auto &one : m_match.oneOf)
            list += (list.empty() ? "" : ", ") + one;
        add("one of " + list);
    }
    if (m_match.present)
        add(*m_match.present ? "is there" : "is not there");
    return m_match.negate ? "not: " + text : text;
}

} // namespace gatehouse::policy
