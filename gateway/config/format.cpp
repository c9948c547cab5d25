#include "gateway/config/format.h"

#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"

namespace gatehouse::config {

Result<std::string> formatted(const Document &document, std::string_view file)
{
    const schema::Node *root = document.root(file);
    if (!root)
        return Error::make(ErrorKind::BadInput, std::string(file) + " can't be read as it stands");
    const schema::Node canonical = document.shapeOf(file)->canonical(*root);
    if (schema::isJsonFile(file))
        return schema::emitJson(canonical, 2) + '\n';
    const std::string text = document.text(file);
    const schema::CommentTable comments = schema::collectComments(text, *root);
    std::string out = schema::emitDocument(canonical, &comments);
    // Never hand out what would read differently.
    const auto again = schema::parseYaml(out, 0, std::string(file));
    if (!again || !schema::sameContent(*again, canonical))
        return Error::make(ErrorKind::Internal, std::string(file) + " can't be written in canonical form; it is left as it is");
    return out;
}

} // namespace gatehouse::config
