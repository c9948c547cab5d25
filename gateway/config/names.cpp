#include "gateway/config/names.h"

#include "gateway/base/text.h"

#include <map>

namespace gatehouse::config {

void checkNames(const std::vector<schema::NameUse> &names, const std::vector<std::string> &files, Problems &problems)
{
    const auto tell = [&](const schema::NameUse &use, std::string message, std::string suggestion) {
        problems.push_back({Severity::Error, files[use.file], use.line, use.column, use.path.text(), std::move(message), std::move(suggestion)});
    };
    std::map<std::pair<std::string_view, std::string_view>, const schema::NameUse *> defined;
    for (const schema::NameUse &use : names) {
        if (!use.definition)
            continue;
        const auto [it, fresh] = defined.emplace(std::pair<std::string_view, std::string_view>{use.kind, use.name}, &use);
        if (!fresh)
            tell(use, "the name \"" + use.name + "\" is taken by another " + use.kind + ", in " + files[it->second->file] + " line " + std::to_string(it->second->line), {});
    }
    for (const schema::NameUse &use : names) {
        if (use.definition || defined.contains({use.kind, use.name}))
            continue;
        std::vector<std::string_view> known;
        for (const auto &[key, definition] : defined)
            if (key.first == use.kind)
                known.push_back(key.second);
        const auto near = nearest(use.name, known);
        tell(use, "there is no " + use.kind + " \"" + use.name + '"' + (near.empty() ? std::string() : "; did you mean \"" + std::string(near) + "\"?"), std::string(near));
    }
}

} // namespace gatehouse::config
