#include "gateway/runtime/content.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"
#include "gateway/config/document.h"

#include <array>

namespace gatehouse::runtime {

namespace {
Error bad(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message)); }
constexpr size_t largest = 64ull << 20;
} // namespace

Result<std::string> readInside(const std::string &folder, const std::string &file)
{
    auto text = config::readInside(folder, file, largest);
    if (text)
        return text;
    switch (text.error().kind) {
    case ErrorKind::NotAllowed: return bad("the file " + file + " lies outside of the workspace");
    case ErrorKind::BadInput: return bad(file + " is no file");
    case ErrorKind::TooLarge: return bad("the file " + file + " is larger than " + humanSize(largest));
    default: return bad("the file " + file + " can't be read: " + text.error().message);
    }
}

std::string_view contentTypeOf(std::string_view file)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> types{{
        {".json", "application/json"}, {".html", "text/html; charset=utf-8"}, {".htm", "text/html; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"}, {".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
        {".xml", "application/xml"}, {".yaml", "application/yaml"}, {".yml", "application/yaml"}, {".csv", "text/csv; charset=utf-8"},
        {".svg", "image/svg+xml"}, {".png", "image/png"}, {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".gif", "image/gif"}, {".pdf", "application/pdf"},
    }};
    const std::string name = lower(file);
    for (const auto &[ending, type] : types)
        if (name.ends_with(ending))
            return type;
    return "application/octet-stream";
}

Result<FixedResponse> fixedResponse(const config::Respond &respond, const std::string &folder)
{
    FixedResponse made;
    made.status = static_cast<uint16_t>(respond.status);
    bool typed = false;
    for (const auto &[name, value] : respond.headers) {
        made.fields.emplace_back(name, value);
        typed = typed || equalsIgnoreCase(name, "content-type");
    }
    std::string_view type;
    if (respond.json) {
        made.body = json::write(*respond.json);
        type = "application/json";
    } else if (respond.body) {
        made.body = *respond.body;
        type = "text/plain; charset=utf-8";
    } else if (respond.file) {
        auto body = readInside(folder, *respond.file);
        if (!body)
            return body.error();
        made.body = std::move(*body);
        type = contentTypeOf(*respond.file);
    }
    if (!typed && !type.empty())
        made.fields.emplace_back("Content-Type", type);
    return made;
}

} // namespace gatehouse::runtime
