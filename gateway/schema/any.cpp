// Whatever JSON can say: a YAML node as a JSON value and back, by YAML 1.2's core schema.
#include "gateway/schema/define.h"

#include "gateway/base/text.h"

#include <re2/re2.h>

namespace gatehouse::schema {
namespace {

json::Value toJson(const Node &node)
{
    if (node.isList()) {
        json::Value out = json::Value::array();
        for (const Node &item : node.items)
            out.items.push_back(toJson(item));
        return out;
    }
    if (node.isMap()) {
        json::Value out = json::Value::object();
        for (const Member &member : node.members)
            out.members.push_back({member.key.text, toJson(member.value), 0, 0, 0, 0});
        return out;
    }
    if (node.quoting != Quoting::Plain)
        return json::Value(node.text);
    if (node.isNull())
        return {};
    if (node.text == "true" || node.text == "false")
        return json::Value(node.text == "true");
    static const RE2 number("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    return RE2::FullMatch(node.text, number) ? json::Value::number(node.text) : json::Value(node.text);
}

Node fromJson(const json::Value &value)
{
    Node node;
    switch (value.type) {
    case json::Type::Null: return Node::scalar("null");
    case json::Type::Bool: return Node::scalar(value.boolean ? "true" : "false");
    case json::Type::Number: return Node::scalar(value.text);
    case json::Type::String: return Node::string(value.text);
    case json::Type::Array:
        node = Node::list();
        for (const json::Value &item : value.items)
            node.items.push_back(fromJson(item));
        return node;
    case json::Type::Object:
        node = Node::map();
        for (const json::Member &member : value.members)
            node.members.push_back({{member.key, Quoting::Plain, {}, 0, 0}, fromJson(member.value)});
        return node;
    }
    return node;
}

class AnyShape final : public Typed<json::Value> {
public:
    AnyShape() : Typed(Kind::Any, "any") { }
    bool read(const Node &node, json::Value &out, Reader &) const override
    {
        out = toJson(node);
        return true;
    }
    Node write(const json::Value &value) const override { return fromJson(value); }
    json::Value jsonSchema(SchemaWriter &) const override { return json::Value(true); }
};

} // namespace

Ptr<json::Value> any()
{
    static const auto shape = std::make_shared<AnyShape>();
    return shape;
}

} // namespace gatehouse::schema
