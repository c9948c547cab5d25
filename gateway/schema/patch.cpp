#include "gateway/schema/patch.h"

#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"

namespace gatehouse::schema {
namespace {

constexpr std::string_view opNames[] = {"insert", "replace", "remove", "move", "splice"};

// A value of a patch as JSON: what it says and, for text, that it is text.
json::Value nodeToJson(const Node &node)
{
    if (node.isList()) {
        json::Value items = json::Value::array();
        for (const Node &item : node.items)
            items.append(nodeToJson(item));
        return items;
    }
    if (node.isMap()) {
        json::Value members = json::Value::object();
        for (const Member &member : node.members)
            members.members.push_back({member.key.text, nodeToJson(member.value), 0, 0, 0, 0});
        return json::Value::object({{"map", std::move(members)}});
    }
    return node.quoting == Quoting::Plain ? json::Value::object({{"plain", node.text}}) : json::Value(node.text);
}

std::optional<Node> nodeFromJson(const json::Value &value)
{
    if (value.isString())
        return Node::string(value.text);
    if (value.isArray()) {
        Node list = Node::list();
        for (const json::Value &item : value.items) {
            auto node = nodeFromJson(item);
            if (!node)
                return {};
            list.items.push_back(std::move(*node));
        }
        return list;
    }
    if (const json::Value *plain = value.find("plain"))
        return Node::scalar(std::string(plain->string()));
    const json::Value *members = value.find("map");
    if (!members || !members->isObject())
        return {};
    Node map = Node::map();
    for (const json::Member &member : members->members) {
        auto node = nodeFromJson(member.value);
        if (!node)
            return {};
        map.members.push_back({{member.key, Quoting::Plain, {}, 0, 0}, std::move(*node)});
    }
    return map;
}

Patch single(Change change)
{
    Patch patch;
    patch.changes.push_back(std::move(change));
    return patch;
}

} // namespace

Patch Patch::insert(std::string file, Path path, Node value) { return single({Change::Op::Insert, std::move(file), std::move(path), {}, std::move(value), 0, {}, {}}); }
Patch Patch::replace(std::string file, Path path, Node value) { return single({Change::Op::Replace, std::move(file), std::move(path), {}, std::move(value), 0, {}, {}}); }
Patch Patch::remove(std::string file, Path path) { return single({Change::Op::Remove, std::move(file), std::move(path), {}, {}, 0, {}, {}}); }
Patch Patch::move(std::string file, Path path, Path to) { return single({Change::Op::Move, std::move(file), std::move(path), std::move(to), {}, 0, {}, {}}); }
Patch Patch::splice(std::string file, size_t offset, std::string removed, std::string text)
{
    return single({Change::Op::Splice, std::move(file), {}, {}, {}, offset, std::move(removed), std::move(text)});
}

Patch &Patch::add(Patch other)
{
    for (Change &change : other.changes)
        changes.push_back(std::move(change));
    return *this;
}

bool Patch::continues(const Patch &next) const
{
    if (changes.size() != 1 || next.changes.size() != 1)
        return false;
    const Change &a = changes[0], &b = next.changes[0];
    return a.op == Change::Op::Replace && b.op == Change::Op::Replace && a.file == b.file && a.path == b.path && a.value.isScalar() && b.value.isScalar();
}

json::Value Patch::toJson() const
{
    json::Value all = json::Value::array();
    for (const Change &change : changes) {
        json::Value one = json::Value::object({{"op", opNames[static_cast<size_t>(change.op)]}, {"file", change.file}});
        if (change.op == Change::Op::Splice) {
            one.set("offset", change.offset);
            one.set("removed", change.removed);
            one.set("text", change.text);
        } else {
            one.set("path", change.path.text());
        }
        if (change.op == Change::Op::Move)
            one.set("to", change.to.text());
        if (change.op == Change::Op::Insert || change.op == Change::Op::Replace)
            one.set("value", nodeToJson(change.value));
        all.append(std::move(one));
    }
    return all;
}

Result<Patch> Patch::fromJson(const json::Value &value)
{
    const auto bad = [] { return Error::make(ErrorKind::BadInput, "this is not a patch"); };
    Patch patch;
    if (!value.isArray())
        return bad();
    for (const json::Value &one : value.items) {
        Change change;
        const auto text = [&](std::string_view key) { return one.find(key) ? std::string(one.find(key)->string()) : std::string(); };
        const auto op = std::find(std::begin(opNames), std::end(opNames), text("op"));
        auto path = Path::parse(text("path")), to = Path::parse(text("to"));
        if (op == std::end(opNames) || !path || !to)
            return bad();
        change.op = static_cast<Change::Op>(op - std::begin(opNames));
        change.file = text("file");
        change.path = std::move(*path);
        change.to = std::move(*to);
        change.offset = one.find("offset") ? static_cast<size_t>(std::max<int64_t>(0, one.find("offset")->integer())) : 0;
        change.removed = text("removed");
        change.text = text("text");
        if (const json::Value *given = one.find("value")) {
            auto node = nodeFromJson(*given);
            if (!node)
                return bad();
            change.value = std::move(*node);
        } else if (change.op == Change::Op::Insert || change.op == Change::Op::Replace) {
            return bad();
        }
        patch.changes.push_back(std::move(change));
    }
    return patch;
}

Node nodeFromText(const Shape &shape, std::string text)
{
    switch (shape.kind()) {
    case Kind::Boolean:
    case Kind::Integer:
    case Kind::Real:
    case Kind::Duration:
    case Kind::Size:
    case Kind::Rate:
    case Kind::Share:
    case Kind::StatusRange:
    case Kind::Enum: return Node::scalar(std::move(text));
    case Kind::Any:
        if (auto value = json::parse(text))
            if (auto node = parseJson(text, 0, {})) {
                Node made = std::move(*node);
                std::function<void(Node &)> forget = [&](Node &at) {
                    at.line = 0;
                    at.flow = false;
                    for (Node &item : at.items)
                        forget(item);
                    for (Member &member : at.members) {
                        member.key.quoting = Quoting::Plain;
                        forget(member.value);
                    }
                };
                forget(made);
                return made;
            }
        return Node::string(std::move(text));
    default: return Node::string(std::move(text));
    }
}

} // namespace gatehouse::schema
