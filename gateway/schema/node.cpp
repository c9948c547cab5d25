#include "gateway/schema/node.h"

namespace gatehouse::schema {

Node Node::scalar(std::string text, Quoting quoting)
{
    Node node;
    node.text = std::move(text);
    node.quoting = quoting;
    return node;
}

Node Node::string(std::string text) { return scalar(std::move(text), Quoting::Double); }

Node Node::list() { return list(std::vector<Node>()); }
Node Node::map() { return map(std::vector<std::pair<std::string, Node>>()); }

Node Node::list(std::vector<Node> items)
{
    Node node;
    node.kind = NodeKind::List;
    node.items = std::move(items);
    return node;
}

Node Node::map(std::vector<std::pair<std::string, Node>> members)
{
    Node node;
    node.kind = NodeKind::Map;
    for (auto &[key, value] : members)
        node.members.push_back({{std::move(key), Quoting::Plain, {}, 0, 0}, std::move(value)});
    return node;
}

bool Node::isNull() const
{
    return kind == NodeKind::Scalar && quoting == Quoting::Plain
        && (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

const Member *Node::member(std::string_view key) const
{
    for (const Member &member : members)
        if (member.key.text == key)
            return &member;
    return nullptr;
}

const Node *Node::find(std::string_view key) const
{
    const Member *found = member(key);
    return found ? &found->value : nullptr;
}

Node *Node::find(std::string_view key) { return const_cast<Node *>(static_cast<const Node *>(this)->find(key)); }

const Node *Node::at(const Path &path) const
{
    const Node *node = this;
    for (const Step &step : path.steps()) {
        if (step.isIndex())
            node = node->isList() && step.index() < node->items.size() ? &node->items[step.index()] : nullptr;
        else
            node = node->find(step.key());
        if (!node)
            return nullptr;
    }
    return node;
}

Node *Node::at(const Path &path) { return const_cast<Node *>(static_cast<const Node *>(this)->at(path)); }

Node &Node::set(std::string_view key, Node value)
{
    if (kind != NodeKind::Map)
        *this = Node::map();
    if (Node *old = find(key))
        return *old = std::move(value);
    members.push_back({{std::string(key), Quoting::Plain, {}, 0, 0}, std::move(value)});
    return members.back().value;
}

bool sameValue(const Node &a, const Node &b)
{
    if (a.kind != b.kind || a.items.size() != b.items.size() || a.members.size() != b.members.size())
        return false;
    if (a.isScalar())
        return a.text == b.text && (a.quoting == Quoting::Plain) == (b.quoting == Quoting::Plain);
    for (size_t i = 0; i < a.items.size(); ++i)
        if (!sameValue(a.items[i], b.items[i]))
            return false;
    for (size_t i = 0; i < a.members.size(); ++i)
        if (a.members[i].key.text != b.members[i].key.text || !sameValue(a.members[i].value, b.members[i].value))
            return false;
    return true;
}

namespace {
bool looksTyped(const Node &node)
{
    return node.quoting == Quoting::Plain
        && (node.isNull() || node.text == "true" || node.text == "false" || (!node.text.empty() && node.text.find_first_not_of("+-.0123456789eE") == std::string::npos));
}
} // namespace

bool sameContent(const Node &a, const Node &b)
{
    if (a.kind != b.kind || a.items.size() != b.items.size() || a.members.size() != b.members.size())
        return false;
    if (a.isScalar())
        return (a.isNull() && b.isNull()) || (a.text == b.text && looksTyped(a) == looksTyped(b));
    for (size_t i = 0; i < a.items.size(); ++i)
        if (!sameContent(a.items[i], b.items[i]))
            return false;
    for (size_t i = 0; i < a.members.size(); ++i)
        if (a.members[i].key.text != b.members[i].key.text || !sameContent(a.members[i].value, b.members[i].value))
            return false;
    return true;
}

} // namespace gatehouse::schema
