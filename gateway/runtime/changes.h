// The difference between what came in and what goes out, each line with the setting that did it.
#pragma once

#include "gateway/http/message.h"
#include "gateway/observe/explanation.h"
#include "gateway/runtime/forward.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::runtime {

using Lines = std::vector<std::string>; // "GET /a HTTP/1.1", "host: a.test"
Lines linesOf(const http::RequestHead &head);

// Looks at the head after each step and keeps who added and who removed each line.
class ChangeTracker final : public ChangeLog {
public:
    explicit ChangeTracker(const http::RequestHead &head) : m_first(linesOf(head)), m_last(m_first) { }
    void after(std::string_view setting, const http::RequestHead &head) override;

    // Of what came in against `now`. A line that the steps did not make gets the setting that touched the same field.
    std::vector<observe::Change> changes(const Lines &now) const { return changes(m_first, now); }
    std::vector<observe::Change> changes(const Lines &before, const Lines &now) const;

private:
    std::string settingOf(const std::map<std::string, std::string> &exact, const std::string &line) const;
    Lines m_first, m_last;
    std::map<std::string, std::string> m_removed, m_added; // line -> setting
    std::map<std::string, std::string> m_touched;          // name of the field ("" for the first line) -> setting
};

} // namespace gatehouse::runtime
