// A text condition (equals, prefix, regex, present, …), compiled.
#pragma once

#include "gateway/base/result.h"
#include "gateway/config/records.h"

#include <memory>
#include <string>
#include <string_view>

namespace re2 { class RE2; }

namespace gatehouse::policy {

// Immutable, any thread. A name may have several values (fields, parameters of a query): one that fits is enough, and with `not`
// none may fit.
class TextMatch {
public:
    static Result<TextMatch> make(const config::TextMatch &match);

    // A value that is there.
    bool fits(std::string_view value) const;
    // What follows from all of them. `fitting`: one fits; `there`: there is any.
    bool decide(bool fitting, bool there) const
    {
        const bool holds = m_match.present ? *m_match.present == there && (!m_asksValue || !there || fitting) : fitting;
        return holds != m_match.negate;
    }
    std::string words() const; // "1", "matches ^[a-z]+$", "is not there"

private:
    config::TextMatch m_match;
    bool m_asksValue = false; // anything but `present`
    std::shared_ptr<const re2::RE2> m_regex;
};

} // namespace gatehouse::policy
