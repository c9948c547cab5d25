#include "gateway/config/shapes.h"

#include "gateway/config/policykinds.h"

namespace gatehouse::config {

using namespace schema;

namespace {
// 1, or a sentence that says which version a newer file needs.
class VersionShape final : public Typed<int> {
public:
    VersionShape() : Typed(Kind::Integer, "version") { }
    bool read(const Node &node, int &out, Reader &reader) const override
    {
        if (!detail::wantScalar(node, reader, "the version of the format, 1"))
            return false;
        const auto version = parseInteger(node.text);
        if (version && *version == 1) {
            out = 1;
            return true;
        }
        if (version && *version > 1)
            reader.error(node, "this workspace needs version " + std::to_string(*version) + " of the format; this Gatehouse reads version 1");
        else
            reader.error(node, Reader::shown(node) + " is not a version of the format; the only one is 1");
        return false;
    }
    Node write(const int &value) const override { return Node::scalar(std::to_string(value)); }
    json::Value jsonSchema(SchemaWriter &) const override { return json::Value::object({{"enum", json::Value::array({1, "1"})}}); }
};

Ptr<int> versionShape()
{
    static const auto shape = std::make_shared<VersionShape>();
    return shape;
}
} // namespace

Ptr<WorkspaceFile> workspaceShape()
{
    static const auto shape = record<WorkspaceFile>("workspace",
        field("gatehouse", &WorkspaceFile::version, required, versionShape(), help(QT_TRANSLATE_NOOP("shape", "Version of the workspace format."))),
        field("name", &WorkspaceFile::name, plainName(), help(QT_TRANSLATE_NOOP("shape", "Name of the workspace; secrets are looked up under it."))),
        field("include", &WorkspaceFile::include, list(text(1), ListOptions{0, 1000, true, true}), help(QT_TRANSLATE_NOOP("shape", "More files of this workspace; * stands for any part of a name."))),
        field("settings", &WorkspaceFile::settings, settingsShape()),
        field("listeners", &WorkspaceFile::listeners, list(listenerShape())),
        field("upstreams", &WorkspaceFile::upstreams, list(upstreamShape())),
        field("consumers", &WorkspaceFile::consumers, list(consumerShape())),
        field("policies", &WorkspaceFile::policies, list(sharedPolicyShape())),
        field("groups", &WorkspaceFile::groups, list(groupShape())),
        field("routes", &WorkspaceFile::routes, list(routeShape())),
        field("mocks", &WorkspaceFile::mocks, list(mockShape())));
    return shape;
}

Ptr<WorkspaceFile> includeShape()
{
    static const auto shape = record<WorkspaceFile>("included-file",
        field("gatehouse", &WorkspaceFile::version, versionShape()),
        field("listeners", &WorkspaceFile::listeners, list(listenerShape())),
        field("upstreams", &WorkspaceFile::upstreams, list(upstreamShape())),
        field("consumers", &WorkspaceFile::consumers, list(consumerShape())),
        field("policies", &WorkspaceFile::policies, list(sharedPolicyShape())),
        field("groups", &WorkspaceFile::groups, list(groupShape())),
        field("routes", &WorkspaceFile::routes, list(routeShape())),
        field("mocks", &WorkspaceFile::mocks, list(mockShape())));
    return shape;
}

Ptr<Entries<std::string>> environmentShape()
{
    static const auto shape = map(form("variable", [](std::string_view name) -> std::string {
        const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; };
        return !name.empty() && std::all_of(name.begin(), name.end(), good) ? std::string() : "is not the name of a variable: letters, digits, _ - and .";
    }), text());
    return shape;
}

json::Value workspaceJsonSchema()
{
    SchemaWriter writer;
    json::Value root = writer.schemaOf(*workspaceShape());
    json::Value schema = json::Value::object({
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"$id", "gatehouse-1.schema.json"},
        {"title", "Gatehouse workspace, version 1"},
    });
    for (json::Member &member : root.members)
        schema.set(member.key, std::move(member.value));
    schema.set("$defs", std::move(writer.defs));
    return schema;
}

} // namespace gatehouse::config
