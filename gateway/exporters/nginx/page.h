// Lines of output with the findings that belong to them, so that numbers of lines are known only when all is laid out.
#pragma once

#include "gateway/exporters/exporter.h"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::exporters::nginx {

class Page {
public:
    void line(std::string_view text)
    {
        m_lines.push_back({std::string(m_depth * 4, ' ') + std::string(text), std::move(m_pending)});
        m_pending.clear();
    }
    void open(std::string_view text)
    {
        line(std::string(text) + " {");
        ++m_depth;
    }
    void close()
    {
        --m_depth;
        line("}");
    }
    void blank() { m_lines.push_back({}); }
    // Of the next line.
    void find(Finding finding) { m_pending.push_back(std::move(finding)); }
    void append(Page other)
    {
        for (auto &line : other.m_lines) {
            if (!line.text.empty())
                line.text.insert(0, m_depth * 4, ' ');
            m_lines.push_back(std::move(line));
        }
        for (auto &finding : other.m_pending)
            m_pending.push_back(std::move(finding));
    }
    bool empty() const { return m_lines.empty(); }
    // The whole text; findings get their file and line.
    File write(std::string name, std::vector<Finding> &findings) const
    {
        File file{std::move(name), {}};
        uint32_t number = 0;
        for (const auto &line : m_lines) {
            ++number;
            file.text.append(line.text).append("\n");
            for (auto finding : line.findings) {
                finding.file = file.name;
                finding.line = number;
                findings.push_back(std::move(finding));
            }
        }
        for (auto finding : m_pending) {
            finding.file = file.name;
            finding.line = number;
            findings.push_back(std::move(finding));
        }
        return file;
    }

private:
    struct Line { std::string text; std::vector<Finding> findings; };
    std::vector<Line> m_lines;
    std::vector<Finding> m_pending;
    size_t m_depth = 0;
};

} // namespace gatehouse::exporters::nginx
