// What enums, lists, maps, records and one-ofs share that needs no T: kept out of the templates.
#include "gateway/schema/define.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <unordered_set>

namespace gatehouse::schema::detail {
namespace {

using json::Value;

std::string quoted(std::string_view key) { return '`' + std::string(key) + '`'; }

std::string joined(const std::vector<std::string> &words, std::string_view last)
{
    std::string out;
    for (size_t i = 0; i < words.size(); ++i) {
        if (i)
            out += i + 1 == words.size() ? ' ' + std::string(last) + ' ' : ", ";
        out += quoted(words[i]);
    }
    return out;
}

std::string didYouMean(std::string_view near) { return near.empty() ? std::string() : "; did you mean " + quoted(near) + '?'; }

std::string_view kindOf(const Node &node) { return node.isList() ? "a list" : node.isMap() ? "a map of keys" : "a lone value"; }

bool present(const Node &node, const std::string &key) { return node.find(key) != nullptr; }

// A number to compare by, of durations, sizes and numbers.
std::optional<double> magnitude(const Shape &shape, const Node &node)
{
    switch (shape.kind()) {
    case Kind::Duration: {
        const auto value = parseDuration(node.text);
        return value ? std::optional(static_cast<double>(value->count())) : std::nullopt;
    }
    case Kind::Size: {
        const auto value = parseSize(node.text);
        return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
    }
    default: return parseReal(node.text);
    }
}

bool checkOrder(const Node &node, Reader &reader, const Shape &shape, const Constraint &constraint)
{
    std::optional<double> values[2];
    for (size_t i = 0; i < 2; ++i) {
        const Field *field = shape.field(constraint.keys[i]);
        const Node *value = node.find(constraint.keys[i]);
        if (!value && field->defaultNode)
            value = &*field->defaultNode;
        if (value && value->isScalar() && !reader.unknown(*value))
            values[i] = magnitude(*field->shape, *value);
    }
    if (!values[0] || !values[1])
        return true;
    const bool ok = constraint.type == Constraint::Type::LessThan ? *values[0] < *values[1] : *values[0] <= *values[1];
    if (ok)
        return true;
    const Member *at = node.member(constraint.keys[0]);
    if (!at)
        at = node.member(constraint.keys[1]);
    if (!at)
        return true; // both defaults
    reader.path.push(Step(at->key.text));
    reader.error(at->value, quoted(constraint.keys[0]) + (constraint.type == Constraint::Type::LessThan ? " must be less than " : " may be at most ") + quoted(constraint.keys[1]));
    reader.path.pop();
    return false;
}

bool checkConstraint(const Node &node, Reader &reader, const Shape &shape, const Constraint &constraint)
{
    const auto &keys = constraint.keys;
    std::vector<std::string> there;
    for (const std::string &key : keys)
        if (present(node, key))
            there.push_back(key);
    switch (constraint.type) {
    case Constraint::Type::ExactlyOneOf:
        if (there.empty()) {
            std::vector<std::string> built;
            for (const std::string &key : keys)
                if (const Field *field = shape.field(key); field && !field->planned)
                    built.push_back(key);
            reader.error(node, built.size() == 1 ? quoted(built[0]) + " is missing" : "one of " + joined(built, "or") + " is missing");
            return false;
        }
        [[fallthrough]];
    case Constraint::Type::AtMostOneOf:
        if (there.size() > 1) {
            reader.errorAtKey(node, node.member(there[1])->key, joined(there, "and") + " exclude each other; keep one");
            return false;
        }
        return true;
    case Constraint::Type::Requires:
        for (size_t i = 1; i < keys.size() && present(node, keys[0]); ++i)
            if (!present(node, keys[i])) {
                reader.errorAtKey(node, node.member(keys[0])->key, quoted(keys[0]) + " needs " + quoted(keys[i]) + " beside it");
                return false;
            }
        return true;
    case Constraint::Type::Excludes:
        for (size_t i = 1; i < keys.size() && present(node, keys[0]); ++i)
            if (present(node, keys[i])) {
                reader.errorAtKey(node, node.member(keys[i])->key, quoted(keys[i]) + " can't stand beside " + quoted(keys[0]));
                return false;
            }
        return true;
    case Constraint::Type::LessThan:
    case Constraint::Type::AtMost: return checkOrder(node, reader, shape, constraint);
    }
    return true;
}

} // namespace

bool wantScalar(const Node &node, Reader &reader, std::string_view what)
{
    if (!node.isScalar()) {
        reader.error(node, "expected " + std::string(what) + ", not " + std::string(kindOf(node)));
        return false;
    }
    if (node.isNull() && node.written.empty()) {
        reader.error(node, "a value is missing; expected " + std::string(what));
        return false;
    }
    return true;
}

bool readEnum(const Node &node, Reader &reader, const Shape &shape, size_t &index)
{
    const auto &options = shape.options();
    if (!wantScalar(node, reader, "one of " + joined(options, "or")))
        return false;
    if (reader.unknown(node))
        return true;
    for (size_t i = 0; i < options.size(); ++i)
        if (options[i] == node.text) {
            index = i;
            return true;
        }
    const auto &planned = shape.plannedOptions();
    if (std::find(planned.begin(), planned.end(), node.text) != planned.end()) {
        reader.error(node, notBuiltYet(node.text));
        return false;
    }
    const auto near = nearest(node.text, {options.begin(), options.end()});
    reader.error(node, Reader::shown(node) + " is not one of " + joined(options, "or") + didYouMean(near), std::string(near));
    return false;
}

Value enumSchema(const Shape &shape)
{
    Value options = Value::array();
    for (const std::string &option : shape.options()) {
        const bool number = parseUnsigned(option).has_value();
        options.append(number ? Value::number(option) : Value(option));
        if (number)
            options.append(Value(option));
    }
    return Value::object({{"anyOf", Value::array({Value::object({{"enum", std::move(options)}}), Value::object({{"type", "string"}, {"pattern", "\\$\\{"}})})}});
}

bool listItems(const Node &node, Reader &reader, const Shape &shape, std::vector<const Node *> &items)
{
    if (node.isMap() || (node.isScalar() && !node.isNull() && !shape.loneItem())) {
        reader.error(node, "expected a list, not " + std::string(kindOf(node)));
        return false;
    }
    if (node.isList())
        for (const Node &item : node.items)
            items.push_back(&item);
    else if (!node.isNull())
        items.push_back(&node);
    if (items.size() < shape.minItems() || items.size() > shape.maxItems()) {
        const bool few = items.size() < shape.minItems();
        reader.error(node, few ? "at least " + std::to_string(shape.minItems()) + (shape.minItems() == 1 ? " is needed here" : " are needed here")
                               : "at most " + std::to_string(shape.maxItems()) + " may stand here");
        return false;
    }
    if (!shape.uniqueItems())
        return true;
    bool ok = true;
    std::unordered_set<std::string_view> seen;
    for (size_t i = 0; i < items.size(); ++i) {
        if (items[i]->isScalar() && !items[i]->unresolved && !seen.insert(items[i]->text).second) {
            reader.path.push(Step(i));
            reader.error(*items[i], Reader::shown(*items[i]) + " stands here twice");
            reader.path.pop();
            ok = false;
        }
    }
    return ok;
}

bool mapMembers(const Node &node, Reader &reader, const Shape &shape)
{
    if (node.isNull())
        return true;
    if (!node.isMap()) {
        reader.error(node, "expected a map of keys, not " + std::string(kindOf(node)));
        return false;
    }
    bool ok = true;
    for (const Member &member : node.members) {
        Node key = Node::string(member.key.text);
        key.file = node.file;
        key.line = member.key.line;
        key.column = member.key.column;
        const size_t before = reader.problems.size();
        reader.path.push(Step(member.key.text));
        shape.keyShape()->check(key, reader);
        reader.path.pop();
        ok = ok && reader.problems.size() == before;
    }
    return ok;
}

Node canonicalItems(const Node &node, const Shape &shape)
{
    Node out = node;
    for (Node &item : out.items)
        item = shape.item()->canonical(item);
    for (Member &member : out.members)
        member.value = shape.item()->canonical(member.value);
    return out;
}

namespace {
Value nullable(Value schema)
{
    return Value::object({{"anyOf", Value::array({std::move(schema), Value::object({{"type", "null"}})})}});
}
} // namespace

Value listSchema(const Shape &shape, SchemaWriter &writer)
{
    Value schema = Value::object({{"type", "array"}, {"items", writer.schemaOf(*shape.item())}});
    if (shape.minItems())
        schema.set("minItems", shape.minItems());
    if (shape.maxItems() < 100'000)
        schema.set("maxItems", shape.maxItems());
    if (shape.uniqueItems())
        schema.set("uniqueItems", true);
    if (shape.loneItem())
        schema = Value::object({{"anyOf", Value::array({std::move(schema), writer.schemaOf(*shape.item())})}});
    return shape.minItems() ? schema : nullable(std::move(schema));
}

Value mapSchema(const Shape &shape, SchemaWriter &writer)
{
    return nullable(Value::object({{"type", "object"}, {"propertyNames", shape.keyShape()->jsonSchema(writer)}, {"additionalProperties", writer.schemaOf(*shape.item())}}));
}

bool wantMap(const Node &node, Reader &reader, const Shape &)
{
    if (node.isMap() || node.isNull())
        return true;
    if (node.isScalar() && reader.unknown(node))
        return false;
    reader.error(node, "expected a map of keys, not " + std::string(kindOf(node)));
    return false;
}

bool readMembers(const Node &node, Reader &reader, const Shape &shape, const std::function<bool(size_t, const Node &)> &readField)
{
    const auto &fields = shape.fields();
    bool ok = true;
    for (const Member &member : node.members) {
        const auto it = std::find_if(fields.begin(), fields.end(), [&](const Field &field) { return field.key == member.key.text; });
        if (it == fields.end()) {
            std::vector<std::string_view> known;
            for (const Field &field : fields)
                if (!field.planned)
                    known.push_back(field.key);
            const auto near = nearest(member.key.text, known);
            reader.errorAtKey(node, member.key, quoted(escapeControls(member.key.text)) + " is not a key of this place" + didYouMean(near), std::string(near));
            ok = false;
        } else if (it->planned) {
            reader.errorAtKey(node, member.key, notBuiltYet(it->key));
            ok = false;
        } else {
            reader.path.push(Step(member.key.text));
            ok = readField(static_cast<size_t>(it - fields.begin()), member.value) && ok;
            reader.path.pop();
        }
    }
    for (const Field &field : fields) {
        if (field.required && !present(node, field.key)) {
            reader.errorForKey(node, field.key, quoted(field.key) + " is missing");
            ok = false;
        }
    }
    for (const Constraint &constraint : shape.constraints())
        ok = checkConstraint(node, reader, shape, constraint) && ok;
    return ok;
}

Node canonicalRecord(const Node &node, const Shape &shape)
{
    if (!node.isMap())
        return node;
    Node out = node;
    out.members.clear();
    for (const Field &field : shape.fields()) {
        const Member *member = node.member(field.key);
        if (!member)
            continue;
        if (!field.required && !member->value.commented && field.defaultNode && field.shape && field.shape->same(member->value, *field.defaultNode))
            continue;
        out.members.push_back(*member);
        if (field.shape)
            out.members.back().value = field.shape->canonical(member->value);
    }
    for (const Member &member : node.members)
        if (!shape.field(member.key.text))
            out.members.push_back(member);
    return out;
}

Value recordSchema(const Shape &shape, SchemaWriter &writer)
{
    Value schema = Value::object({{"type", "object"}});
    Value properties = Value::object(), required = Value::array();
    for (const Field &field : shape.fields()) {
        if (field.planned)
            continue;
        Value property = writer.schemaOf(*field.shape);
        if (!field.help.empty())
            property.set("description", field.help);
        if (!field.required && field.defaultNode && field.defaultNode->isScalar() && !field.defaultNode->text.empty())
            property.set("default", field.defaultNode->text);
        properties.set(field.key, std::move(property));
        if (field.required)
            required.append(field.key);
    }
    schema.set("properties", std::move(properties));
    schema.set("additionalProperties", false);
    if (!required.items.empty())
        schema.set("required", std::move(required));
    Value all = Value::array();
    const auto has = [](const std::string &key) { return Value::object({{"required", Value::array({key})}}); };
    const auto none = [](std::vector<Value> schemas) { return Value::object({{"not", Value::object({{"anyOf", Value::array(std::move(schemas))}})}}); };
    for (const Constraint &constraint : shape.constraints()) {
        std::vector<Value> each;
        for (const std::string &key : constraint.keys)
            each.push_back(has(key));
        switch (constraint.type) {
        case Constraint::Type::ExactlyOneOf: all.append(Value::object({{"oneOf", Value::array(each)}})); break;
        case Constraint::Type::AtMostOneOf: {
            Value ways = Value::array(each);
            ways.append(none(each));
            all.append(Value::object({{"oneOf", std::move(ways)}}));
            break;
        }
        case Constraint::Type::Requires:
            all.append(Value::object({{"dependentRequired", Value::object({{constraint.keys[0], Value::array({constraint.keys.begin() + 1, constraint.keys.end()})}})}}));
            break;
        case Constraint::Type::Excludes:
            each.erase(each.begin());
            all.append(Value::object({{"dependentSchemas", Value::object({{constraint.keys[0], none(each)}})}}));
            break;
        case Constraint::Type::LessThan:
        case Constraint::Type::AtMost: break; // not sayable
        }
    }
    if (!all.items.empty())
        schema.set("allOf", std::move(all));
    std::vector<Value> ways{std::move(schema)};
    if (!shape.shorthand().empty())
        ways.push_back(writer.schemaOf(*shape.field(shape.shorthand())->shape));
    const bool needs = std::any_of(shape.fields().begin(), shape.fields().end(), [](const Field &field) { return field.required; })
        || std::any_of(shape.constraints().begin(), shape.constraints().end(), [](const Constraint &c) { return c.type == Constraint::Type::ExactlyOneOf; });
    if (!needs)
        ways.push_back(Value::object({{"type", "null"}}));
    return ways.size() == 1 ? std::move(ways[0]) : Value::object({{"anyOf", Value::array(std::move(ways))}});
}

void setDefault(Field &field, std::optional<Node> value)
{
    if (field.required || !value)
        return;
    if (field.defaultText.empty()) {
        if (value->isScalar())
            field.defaultText = value->text;
        else
            for (const Node &item : value->items)
                if (item.isScalar())
                    field.defaultText += (field.defaultText.empty() ? "" : ", ") + item.text;
    }
    field.defaultNode = std::move(value);
}

const Alternative *alternativeByType(const Shape &shape, const Node &node)
{
    for (const Alternative &alternative : shape.alternatives()) {
        const Kind kind = alternative.shape->kind();
        const bool fits = node.isScalar() ? isScalar(kind) || kind == Kind::Any
            : node.isList()               ? kind == Kind::List || kind == Kind::Any
                                          : kind == Kind::Map || kind == Kind::Record || kind == Kind::OneOf || kind == Kind::Any;
        if (fits)
            return &alternative;
    }
    return nullptr;
}

const Alternative *alternativeByField(const Shape &shape, const Node &node)
{
    const Node *value = node.find(shape.decidedBy());
    for (const Alternative &alternative : shape.alternatives())
        if (value && value->isScalar() && value->text == alternative.name)
            return &alternative;
    return nullptr;
}

void tellNoAlternative(const Node &node, Reader &reader, const Shape &shape)
{
    std::vector<std::string> names;
    for (const Alternative &alternative : shape.alternatives())
        names.push_back(alternative.name);
    if (shape.decidedBy().empty()) {
        std::string message = "expected ";
        for (size_t i = 0; i < shape.alternatives().size(); ++i)
            message += (i ? " or " : "") + shape.alternatives()[i].name;
        reader.error(node, message + ", not " + std::string(kindOf(node)));
        return;
    }
    const Member *member = node.member(shape.decidedBy());
    if (!node.isMap()) {
        reader.error(node, "expected a map of keys, not " + std::string(kindOf(node)));
    } else if (!member) {
        reader.errorForKey(node, shape.decidedBy(), quoted(shape.decidedBy()) + " is missing; it is one of " + joined(names, "or"));
    } else {
        const auto near = nearest(member->value.text, {names.begin(), names.end()});
        reader.path.push(Step(shape.decidedBy()));
        reader.error(member->value, Reader::shown(member->value) + " is not one of " + joined(names, "or") + didYouMean(near), std::string(near));
        reader.path.pop();
    }
}

Value oneOfSchema(const Shape &shape, SchemaWriter &writer)
{
    Value ways = Value::array();
    for (const Alternative &alternative : shape.alternatives())
        ways.append(writer.schemaOf(*alternative.shape));
    return Value::object({{"anyOf", std::move(ways)}});
}

} // namespace gatehouse::schema::detail
