#include "gateway/config/format.h"

#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"

#include <algorithm>

namespace gatehouse::config {
namespace {

// Whether a comment hangs on anything in it; told to each value on the way.
bool markCommented(schema::Node &node, const schema::CommentTable &comments)
{
    const auto has = [&](size_t begin) {
        const auto it = comments.of.find(begin);
        return it != comments.of.end()
            && (!it->second.beside.empty() || std::any_of(it->second.above.begin(), it->second.above.end(), [](const std::string &line) { return !line.empty(); }));
    };
    bool any = false;
    for (schema::Node &item : node.items)
        any = markCommented(item, comments) || has(item.span.begin) || any;
    for (schema::Member &member : node.members) {
        const bool below = markCommented(member.value, comments);
        member.value.commented = below || has(member.key.span.begin);
        any = any || member.value.commented;
    }
    return any;
}

} // namespace

Result<std::string> formatted(const Document &document, std::string_view file)
{
    const schema::Node *root = document.root(file);
    if (!root)
        return Error::make(ErrorKind::BadInput, std::string(file) + " can't be read as it stands");
    if (schema::isJsonFile(file))
        return schema::emitJson(document.shapeOf(file)->canonical(*root), 2) + '\n';
    const schema::CommentTable comments = schema::collectComments(document.text(file), *root);
    schema::Node marked = *root;
    markCommented(marked, comments);
    const schema::Node canonical = document.shapeOf(file)->canonical(marked);
    std::string out = schema::emitDocument(canonical, &comments);
    // Never hand out what would read differently.
    const auto again = schema::parseYaml(out, 0, std::string(file));
    if (!again || !schema::sameContent(*again, canonical))
        return Error::make(ErrorKind::Internal, std::string(file) + " can't be written in canonical form; it is left as it is");
    return out;
}

} // namespace gatehouse::config
