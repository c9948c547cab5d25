// Any bytes as a workspace: read, checked, formatted, resolved and edited, without a crash, and edits that can be undone.
#include "gateway/config/format.h"
#include "gateway/config/resolve.h"
#include "gateway/policy/shapes.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace gatehouse;
using schema::Node;
using schema::Patch;
using schema::Path;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

// The first byte's choice of what to edit, somewhere in the document.
Path somewhere(const Node &root, unsigned choice)
{
    Path path;
    const Node *node = &root;
    while (node->items.size() + node->members.size() > 0 && path.size() < 8) {
        const size_t count = node->items.size() + node->members.size();
        const size_t at = choice % count;
        choice = choice / 3 + static_cast<unsigned>(path.size());
        path.push(node->isList() ? schema::Step(at) : schema::Step(node->members[at].key.text));
        node = node->isList() ? &node->items[at] : &node->members[at].value;
    }
    return path;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    policy::registerShapes();
    if (size < 2)
        return 0;
    const unsigned choice = data[0] + 256u * data[1];
    const std::string text(reinterpret_cast<const char *>(data + 2), size - 2);
    const auto document = config::Document::fromText(text);
    const std::string entry = document->entry();
    const bool broken = schema::hasErrors(document->problems());
    config::ResolveOptions options;
    options.variables = options.secrets = [](const std::string &name) { return std::optional<std::string>(name); };
    const config::Resolved resolved = config::resolve(*document, options);
    require(!(broken && resolved.workspace && text.find("${") == std::string::npos));
    const Node *root = document->root(entry);
    if (!root)
        return 0;
    if (auto canonical = config::formatted(*document, entry)) {
        const auto again = config::Document::fromText(*canonical);
        require(again->root(entry) != nullptr);
    }
    const Path path = somewhere(*root, choice);
    if (path.empty())
        return 0;
    const Patch patches[] = {Patch::replace(entry, path, Node::string("x: y")), Patch::remove(entry, path), Patch::insert(entry, path, Node::list({Node::scalar("1")})),
                             Patch::replace(entry, path, Node::map({{"a", Node::list({Node::map({{"b", Node::string("c")}})})}}))};
    if (auto inverse = document->apply(patches[choice % std::size(patches)])) {
        require(document->apply(*inverse).ok());
        require(document->text(entry) == text);
    }
    return 0;
}
