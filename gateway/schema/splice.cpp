// From a change of values to a change of bytes. The rules of who owns which bytes: an item owns the comment lines of its own indent
// straight above its dash and its lines to the end of the last one; a member of a block map likewise; inside [ ] and { } a value
// owns its bytes and one comma.
#include "gateway/schema/emit.h"
#include "gateway/schema/patch.h"
#include "gateway/schema/yaml.h"

#include <algorithm>

namespace gatehouse::schema {
namespace {

struct Splice {
    size_t begin = 0;
    size_t end = 0;
    std::string text;
};

Error refuse(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message)); }

// The value without its places: to be written anew.
Node made(const Node &node)
{
    Node out = node;
    out.line = 0;
    out.flow = false;
    out.alias = false;
    if (out.quoting == Quoting::Literal || out.quoting == Quoting::Folded || out.quoting == Quoting::Single)
        out.quoting = Quoting::Double;
    for (Node &item : out.items)
        item = made(item);
    for (Member &member : out.members) {
        member.key.line = 0;
        member.key.quoting = Quoting::Plain;
        member.value = made(member.value);
    }
    return out;
}

class Splicer {
public:
    Splicer(const std::string &text, const Node &root, const Shape *shape, bool json) : m_text(text), m_root(root), m_shape(shape), m_json(json) { }

    // The change as splices of the text, none overlapping, and as it should be read back. Several run one after the other: each
    // refers to the text as the ones before have left it.
    Result<std::vector<Splice>> run(const Change &change, Node &expected)
    {
        expected = m_root;
        switch (change.op) {
        case Change::Op::Insert: return insert(change.path, change.value, expected);
        case Change::Op::Replace: return replace(change.path, change.value, expected);
        case Change::Op::Remove: return remove(change.path, expected);
        case Change::Op::Move: return move(change.path, change.to, expected);
        case Change::Op::Splice: break;
        }
        return refuse("not an edit of values");
    }

private:
    using Splices = std::vector<Splice>;

    size_t lineStart(size_t at) const
    {
        const size_t newline = at == 0 ? std::string::npos : m_text.rfind('\n', at - 1);
        return newline == std::string::npos ? 0 : newline + 1;
    }
    // Behind the line break.
    size_t lineEnd(size_t at) const
    {
        const size_t newline = m_text.find('\n', at);
        return newline == std::string::npos ? m_text.size() : newline + 1;
    }
    bool firstOnLine(size_t at) const { return m_text.substr(lineStart(at), at - lineStart(at)).find_first_not_of(" \xEF\xBB\xBF") == std::string::npos; }
    // The start of the line of `at`, or of the comment lines of the same indent straight above.
    size_t ownedStart(size_t at) const
    {
        size_t start = lineStart(at);
        const size_t indent = at - start;
        while (start > 0) {
            const size_t above = lineStart(start - 1);
            const std::string_view line = std::string_view(m_text).substr(above, start - above);
            const size_t hash = line.find_first_not_of(' ');
            if (hash != indent || line[hash] != '#')
                break;
            start = above;
        }
        return start;
    }
    static size_t indentOf(const Node &collection) { return collection.column - 1; }
    static std::string pad(size_t indent) { return std::string(indent, ' '); }
    std::string flow(const Node &node) const { return m_json ? emitJson(node) : emitFlow(node); }
    std::string flowMember(const std::string &key, const Node &value) const
    {
        const Node map = Node::map({{key, value}});
        const std::string text = flow(map);
        return m_json ? text.substr(1, text.size() - 2) : text.substr(2, text.size() - 4);
    }
    static size_t valueEnd(const Member &member) { return std::max(member.value.span.end, member.key.span.end + 1); }

    // The dash of an item of a block list.
    size_t dashOf(const Node &item) const
    {
        size_t at = item.span.begin;
        while (at > 0) {
            --at;
            if (m_text[at] == '-')
                return at;
            if (m_text[at] == '\n') { // the dash stands on a line of its own; comments may be between
                size_t start = lineStart(at);
                while (start > 0 && m_text[m_text.find_first_not_of(" \n", start)] != '-')
                    start = lineStart(start - 1);
                return m_text.find('-', start);
            }
        }
        return item.span.begin;
    }

    const Node *parentOf(const Path &path) const { return m_root.at(path.parent()); }

    // ---- replace

    Result<Splices> replace(const Path &path, const Node &value, Node &expected)
    {
        const Node *old = m_root.at(path);
        if (!old)
            return insert(path, value, expected);
        *expected.at(path) = value;
        if (path.empty())
            return Splices{{0, m_text.size(), m_json ? emitJson(value, 2) + '\n' : emitDocument(made(value))}};
        return Splices{replaceSplice(*parentOf(path), path, *old, value)};
    }

    Splice replaceSplice(const Node &parent, const Path &path, const Node &old, const Node &given) const
    {
        Node value = given.line ? made(given) : given;
        if (m_json || parent.flow)
            return {old.span.begin, old.span.end, spaced(old, flow(keepQuotes(value, old)))};
        const bool lines = !value.isScalar() || (value.quoting != Quoting::Plain && value.text.find('\n') != std::string::npos);
        const bool oldBelow = !old.isScalar() && !old.flow && !old.alias; // a block of its own lines
        if (path.last().isIndex()) {
            const std::string text = lines || oldBelow ? emitItem(value, indentOf(parent)) : emitScalar(keepQuotes(value, old), Context::Block);
            return {old.span.begin, old.span.end, spaced(old, text)};
        }
        if (!lines && !oldBelow)
            return {old.span.begin, old.span.end, spaced(old, emitScalar(keepQuotes(value, old), Context::Block))};
        const Member &member = *parent.member(path.last().key());
        const size_t colon = m_text.find(':', member.key.span.end) + 1;
        std::string text = emitValue(value, indentOf(parent));
        // What stands behind the colon (a comment) stays there, in front of the lines.
        const size_t keyLineEnd = std::min(lineEnd(colon), m_text.size());
        if (oldBelow && old.span.begin >= keyLineEnd) {
            const size_t rest = m_text.find_last_not_of(" \n", keyLineEnd - 1) + 1;
            const std::string beside = rest > colon ? m_text.substr(colon, rest - colon) : std::string();
            text.insert(std::min(text.find('\n'), text.size()), beside);
        }
        return {colon, old.span.end, text};
    }

    static Node keepQuotes(Node value, const Node &old)
    {
        if (value.isScalar() && old.isScalar() && value.quoting != Quoting::Plain && (old.quoting == Quoting::Double || old.quoting == Quoting::Single)) {
            value.quoting = value.text.find('\n') == std::string::npos ? old.quoting : Quoting::Double;
            value.line = 1; // as written
        }
        return value;
    }

    // An empty value has no bytes: what comes there wants a space behind the colon or dash.
    std::string spaced(const Node &old, std::string text) const
    {
        const bool tight = old.span.begin == old.span.end && old.span.begin > 0 && m_text[old.span.begin - 1] != ' ';
        return tight ? ' ' + text : text;
    }

    // ---- insert

    Result<Splices> insert(const Path &path, const Node &given, Node &expected)
    {
        if (path.empty())
            return refuse("nothing stands beside the whole document");
        // Maps on the way that are not there yet.
        Path at = path;
        Node value = given.line ? made(given) : given;
        while (at.size() > 1 && (!m_root.at(at.parent()) || (m_root.at(at.parent())->isNull() && at.size() > 1))) {
            if (at.last().isIndex() && at.last().index() != 0)
                return refuse('"' + at.parent().text() + "\" is not there");
            value = at.last().isIndex() ? Node::list({value}) : Node::map({{at.last().key(), value}});
            at = at.parent();
            if (m_root.at(at))
                return replace(at, value, expected);
        }
        const Node *parent = parentOf(at);
        if (!parent || parent->isScalar() || parent->isList() != at.last().isIndex())
            return refuse('"' + at.parent().text() + "\" takes no \"" + Path{at.last()}.text() + '"');
        if (parent->alias)
            return refuse("\"" + at.parent().text() + "\" is an alias; edit what it stands for");
        return parent->isList() ? insertItem(*parent, at, value, expected) : insertMember(*parent, at, value, expected);
    }

    // An empty collection becomes one of lines where it stands in a block.
    Result<Splices> fill(const Node &parent, const Path &parentPath, Node filled) const
    {
        if (parentPath.empty()) {
            if (m_json)
                return Splices{{parent.span.begin, parent.span.end, emitJson(filled, 2)}};
            std::string text = emitDocument(filled);
            if (parent.span.begin == parent.span.end && !m_text.empty() && m_text.back() != '\n')
                text.insert(0, "\n");
            return Splices{{parent.span.begin, parent.span.end, text}};
        }
        return Splices{replaceSplice(*m_root.at(parentPath.parent()), parentPath, parent, filled)};
    }

    Result<Splices> insertItem(const Node &list, const Path &path, const Node &value, Node &expected)
    {
        const size_t index = path.last().index(), count = list.items.size();
        if (index > count)
            return refuse('"' + path.parent().text() + "\" has only " + std::to_string(count) + " items");
        Node *target = expected.at(path.parent());
        target->items.insert(target->items.begin() + static_cast<std::ptrdiff_t>(index), value);
        if (count == 0)
            return fill(list, path.parent(), Node::list({value}));
        return Splices{insertItemText(list, index, value, {})};
    }

    // `raw`: the item's own lines, dash and comments included, instead of the value.
    Splice insertItemText(const Node &list, size_t index, const Node &value, const std::string &raw) const
    {
        const size_t count = list.items.size();
        if (m_json || list.flow) {
            const std::string text = raw.empty() ? flow(value) : raw;
            if (index < count)
                return {list.items[index].span.begin, list.items[index].span.begin, text + ", "};
            return {list.items.back().span.end, list.items.back().span.end, ", " + text};
        }
        const size_t indent = indentOf(list);
        const std::string item = "- " + emitItem(value, indent);
        if (index < count) {
            const size_t dash = dashOf(list.items[index]);
            if (!firstOnLine(dash))
                return {dash, dash, item + '\n' + pad(indent)};
            const size_t at = ownedStart(dash);
            return {at, at, raw.empty() ? pad(indent) + item + '\n' : raw};
        }
        return afterLine(list.items.back().span.end, raw.empty() ? pad(indent) + item + '\n' : raw);
    }

    // Whole lines (the last ends with a line break) behind the line that holds `at`.
    Splice afterLine(size_t at, std::string lines) const
    {
        const size_t end = lineEnd(at);
        if (end == m_text.size() && (end == 0 || m_text.back() != '\n'))
            return {end, end, '\n' + lines.substr(0, lines.size() - 1)};
        return {end, end, std::move(lines)};
    }

    size_t placeOfKey(const Node &map, const Path &path) const
    {
        const Shape *shape = m_shape ? shapeAt(*m_shape, path.parent(), &m_root) : nullptr;
        while (shape && shape->kind() == Kind::OneOf) {
            const Alternative *alternative = shape->alternativeFor(map);
            shape = alternative ? alternative->shape.get() : nullptr;
        }
        if (!shape || shape->kind() != Kind::Record)
            return map.members.size();
        const auto rank = [&](const std::string &key) {
            const auto &fields = shape->fields();
            return std::find_if(fields.begin(), fields.end(), [&](const Field &field) { return field.key == key; }) - fields.begin();
        };
        size_t place = 0;
        for (size_t i = 0; i < map.members.size(); ++i)
            if (rank(map.members[i].key.text) < rank(path.last().key()))
                place = i + 1;
        return place;
    }

    Result<Splices> insertMember(const Node &map, const Path &path, const Node &value, Node &expected)
    {
        const std::string &key = path.last().key();
        if (map.find(key))
            return refuse('"' + path.text() + "\" is there already");
        const size_t place = placeOfKey(map, path);
        Node *target = expected.at(path.parent());
        target->members.insert(target->members.begin() + static_cast<std::ptrdiff_t>(place), Member{{key, Quoting::Plain, {}, 0, 0}, value});
        if (map.members.empty())
            return fill(map, path.parent(), Node::map({{key, value}}));
        if (m_json || map.flow) {
            if (place == 0)
                return Splices{{map.members[0].key.span.begin, map.members[0].key.span.begin, flowMember(key, value) + ", "}};
            const size_t at = std::max(map.members[place - 1].value.span.end, map.members[place - 1].key.span.end);
            return Splices{{at, at, ", " + flowMember(key, value)}};
        }
        const size_t indent = indentOf(map);
        const std::string keyText = emitScalarKey(key);
        const std::string member = keyText + ':' + emitValue(value, indent);
        if (place == 0) {
            const size_t first = map.members[0].key.span.begin;
            if (!firstOnLine(first))
                return Splices{{first, first, member + '\n' + pad(indent)}};
            const size_t at = ownedStart(first);
            return Splices{{at, at, pad(indent) + member + '\n'}};
        }
        const bool section = path.size() == 1 && !value.isScalar();
        return Splices{afterLine(valueEnd(map.members[place - 1]) - 1, (section ? "\n" : "") + pad(indent) + member + '\n')};
    }

    static std::string emitScalarKey(const std::string &key)
    {
        const std::string text = emitFlow(Node::map({{key, Node::scalar("x")}}));
        return text.substr(2, text.size() - 7); // "{ KEY: x }"
    }

    // ---- remove

    Result<Splices> remove(const Path &path, Node &expected)
    {
        const Node *node = m_root.at(path);
        if (!node || path.empty())
            return refuse('"' + path.text() + "\" is not there");
        const Node &parent = *parentOf(path);
        if (parent.alias)
            return refuse("\"" + path.parent().text() + "\" is an alias; edit what it stands for");
        Node *target = expected.at(path.parent());
        const size_t index = path.last().isIndex() ? path.last().index() : static_cast<size_t>(parent.member(path.last().key()) - parent.members.data());
        if (parent.isList())
            target->items.erase(target->items.begin() + static_cast<std::ptrdiff_t>(index));
        else
            target->members.erase(target->members.begin() + static_cast<std::ptrdiff_t>(index));
        const size_t count = parent.items.size() + parent.members.size();
        if (count == 1)
            return removeLast(parent, path.parent());
        return Splices{parent.isList() ? removeItem(parent, index) : removeMember(parent, index)};
    }

    Result<Splices> removeLast(const Node &parent, const Path &path) const
    {
        const std::string empty = parent.isList() ? "[]" : "{}";
        if (m_json || parent.flow)
            return Splices{{parent.span.begin, parent.span.end, empty}};
        if (path.empty())
            return Splices{{ownedStart(parent.span.begin), lineEnd(parent.span.end), empty + '\n'}};
        Splice splice = replaceSplice(*m_root.at(path.parent()), path, parent, parent.isList() ? Node::list() : Node::map());
        // The comment beside what goes goes with it.
        const size_t end = lineEnd(splice.end);
        splice.end = end > splice.end && m_text[end - 1] == '\n' ? end - 1 : end;
        return Splices{splice};
    }

    Splice removeItem(const Node &list, size_t index) const
    {
        const Node &item = list.items[index];
        const bool last = index + 1 == list.items.size();
        if (m_json || list.flow) {
            if (!last)
                return {item.span.begin, list.items[index + 1].span.begin, {}};
            return {list.items[index - 1].span.end, item.span.end, {}};
        }
        const size_t dash = dashOf(item);
        if (!firstOnLine(dash)) // "- - a": the next one takes its place
            return {dash, dashOf(list.items[index + 1]), {}};
        return {ownedStart(dash), lineEnd(std::max(item.span.end, dash + 1)), {}};
    }

    Splice removeMember(const Node &map, size_t index) const
    {
        const Member &member = map.members[index];
        const bool last = index + 1 == map.members.size();
        if (m_json || map.flow) {
            if (!last)
                return {member.key.span.begin, map.members[index + 1].key.span.begin, {}};
            const Member &before = map.members[index - 1];
            return {std::max(before.value.span.end, before.key.span.end), std::max(member.value.span.end, member.key.span.end), {}};
        }
        const size_t begin = member.key.span.begin, end = lineEnd(valueEnd(member) - 1);
        if (firstOnLine(begin))
            return {ownedStart(begin), end, {}};
        // Behind a dash: the next line's text comes there.
        return {begin, m_text.find_first_not_of(" \n", end), {}};
    }

    // ---- move

    Result<Splices> move(const Path &from, const Path &to, Node &expected)
    {
        const Node *node = m_root.at(from);
        if (!node || from.empty() || to.empty())
            return refuse('"' + from.text() + "\" is not there");
        if (from == to)
            return Splices{};
        const Node &parent = *parentOf(from);
        const bool sameParent = from.parent() == to.parent();
        if (sameParent && !from.last().isIndex() && !to.last().isIndex())
            return renameKey(parent, from, to, expected);
        if (to.startsWith(from))
            return refuse("nothing can be moved into itself");
        const Node value = made(*node);
        if (sameParent && parent.isList())
            if (auto splices = moveItem(parent, from, to, expected))
                return std::move(*splices);
        // Elsewhere: taken out here, written anew there.
        expected = m_root;
        auto out = remove(from, expected);
        if (!out)
            return out;
        const std::string text = applied(m_text, *out);
        auto root = m_json ? parseJson(text, m_root.file, {}) : parseYaml(text, m_root.file, {});
        if (!root)
            return refuse("this can't be moved; edit the text");
        Splicer there(text, *root, m_shape, m_json);
        auto in = there.insert(to, value, expected);
        if (!in)
            return in;
        out->insert(out->end(), in->begin(), in->end());
        return out;
    }

    static std::string applied(std::string text, const Splices &splices)
    {
        for (const Splice &splice : splices)
            text.replace(splice.begin, splice.end - splice.begin, splice.text);
        return text;
    }

    Result<Splices> renameKey(const Node &map, const Path &from, const Path &to, Node &expected) const
    {
        const std::string &key = to.last().key();
        if (map.find(key))
            return refuse('"' + to.text() + "\" is there already");
        const Member &member = *map.member(from.last().key());
        for (Member &renamed : expected.at(from.parent())->members)
            if (renamed.key.text == from.last().key())
                renamed.key.text = key;
        const Key written{key, member.key.quoting, {}, member.key.line, 0};
        std::string text = m_json ? json::quote(key) : emitScalarKey(key);
        if (!m_json && member.key.quoting != Quoting::Plain) {
            Node quoted = Node::scalar(key, member.key.quoting);
            quoted.line = 1;
            text = emitScalar(quoted, map.flow ? Context::Flow : Context::Block);
        }
        return Splices{{member.key.span.begin, member.key.span.end, text}};
    }

    // Within a list, with its comments and as it was written. Nothing where its bytes are not whole lines.
    std::optional<Splices> moveItem(const Node &list, const Path &from, const Path &to, Node &expected) const
    {
        const size_t source = from.last().index(), target = to.last().index(), count = list.items.size();
        if (target >= count || list.alias)
            return {};
        Node *items = expected.at(from.parent());
        const Node moved = items->items[source];
        items->items.erase(items->items.begin() + static_cast<std::ptrdiff_t>(source));
        items->items.insert(items->items.begin() + static_cast<std::ptrdiff_t>(target), moved);
        const size_t before = target > source ? target + 1 : target; // in the list as it is now
        std::string raw;
        if (m_json || list.flow) {
            raw = m_text.substr(list.items[source].span.begin, list.items[source].span.end - list.items[source].span.begin);
        } else {
            const size_t dash = dashOf(list.items[source]);
            if (!firstOnLine(dash) || !firstOnLine(dashOf(list.items[0])))
                return {};
            raw = m_text.substr(ownedStart(dash), lineEnd(std::max(list.items[source].span.end, dash + 1)) - ownedStart(dash));
            if (raw.back() != '\n')
                raw += '\n';
        }
        const Splice in = insertItemText(list, before, {}, raw);
        Splice out = removeItem(list, source);
        if (out.begin < in.begin) // the later one first: what lies before it does not shift
            return Splices{in, out};
        out.begin += in.text.size();
        out.end += in.text.size();
        return Splices{in, out};
    }

    const std::string &m_text;
    const Node &m_root;
    const Shape *m_shape;
    bool m_json;
};

Result<Spliced> applySplice(const std::string &text, const Change &change, uint16_t file)
{
    if (change.offset > text.size() || text.compare(change.offset, change.removed.size(), change.removed) != 0)
        return refuse("the text has changed since; this edit no longer fits");
    Spliced result;
    result.text = text;
    result.text.replace(change.offset, change.removed.size(), change.text);
    Change inverse = change;
    std::swap(inverse.removed, inverse.text);
    result.inverse.push_back(std::move(inverse));
    if (auto root = parseDocument(result.text, file, change.file))
        result.root = std::move(*root);
    else
        result.readable = false;
    return result;
}

} // namespace

Result<Spliced> applyChange(const std::string &text, const Node &root, const Change &change, const Shape *shape, uint16_t fileIndex)
{
    if (change.op == Change::Op::Splice)
        return applySplice(text, change, fileIndex);
    Node expected;
    Splicer splicer(text, root, shape, isJsonFile(change.file));
    auto splices = splicer.run(change, expected);
    if (!splices)
        return splices.error();
    Spliced result;
    result.text = text;
    for (const Splice &splice : *splices) {
        Change inverse;
        inverse.op = Change::Op::Splice;
        inverse.file = change.file;
        inverse.offset = splice.begin;
        inverse.removed = splice.text;
        inverse.text = result.text.substr(splice.begin, splice.end - splice.begin);
        result.text.replace(splice.begin, splice.end - splice.begin, splice.text);
        result.inverse.insert(result.inverse.begin(), std::move(inverse));
    }
    auto read = parseDocument(result.text, fileIndex, change.file);
    if (!read || !sameContent(*read, expected))
        return refuse("this edit can't be written into the text as it stands; edit the text itself");
    result.root = std::move(*read);
    return result;
}

} // namespace gatehouse::schema
