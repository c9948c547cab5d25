#include "gateway/runtime/content.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace gatehouse::runtime {

namespace {
Error bad(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message)); }
constexpr uintmax_t largest = 64ull << 20;
} // namespace

Result<std::string> readInside(const std::string &folder, const std::string &file)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path root = fs::canonical(folder, error);
    const fs::path path = error ? fs::path() : fs::canonical(root / file, error);
    if (error)
        return bad("the file " + file + " can't be read: " + error.message());
    const fs::path relative = path.lexically_relative(root);
    if (relative.empty() || *relative.begin() == "..")
        return bad("the file " + file + " lies outside of the workspace");
    if (!fs::is_regular_file(path, error))
        return bad(file + " is no file");
    if (fs::file_size(path, error) > largest || error)
        return bad("the file " + file + " is larger than " + humanSize(largest));
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        return bad("the file " + file + " can't be read");
    return std::string(std::istreambuf_iterator<char>(stream), {});
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
