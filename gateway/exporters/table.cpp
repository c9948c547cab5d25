#include "gateway/exporters/exporter.h"

#include "gateway/exporters/nginx/nginx.h"

namespace gatehouse::exporters {

std::string_view name(Level level)
{
    switch (level) {
    case Level::Exact: return "exact";
    case Level::Approximated: return "approximated";
    case Level::Unsupported: return "unsupported";
    }
    return "unsupported";
}

const std::vector<Exporter> &exporters()
{
    static const std::vector<Exporter> table{{"nginx", "nginx", &nginx::run}};
    return table;
}

const Exporter *find(std::string_view name)
{
    for (const auto &exporter : exporters()) {
        if (exporter.name == name)
            return &exporter;
    }
    return nullptr;
}

json::Value exportJson(const Exporter &exporter, const Export &made)
{
    auto files = json::Value::array(), findings = json::Value::array();
    for (const auto &file : made.files)
        files.append(file.name);
    for (const auto &finding : made.findings)
        findings.append(json::Value::object({{"level", name(finding.level)}, {"where", finding.where}, {"feature", finding.feature},
                                             {"message", finding.message}, {"remedy", finding.remedy}, {"file", finding.file}, {"line", finding.line}}));
    return json::Value::object({{"target", exporter.name}, {"files", std::move(files)}, {"findings", std::move(findings)}});
}

} // namespace gatehouse::exporters
