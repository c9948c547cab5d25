#include "gateway/schema/shape.h"

#include "gateway/base/text.h"

namespace gatehouse::schema {
namespace {
const std::vector<Field> noFields;
const std::vector<Constraint> noConstraints;
const std::vector<std::string> noTexts;
const std::vector<Alternative> noAlternatives;
const std::string noText;
} // namespace

Shape::~Shape() = default;
const std::vector<Field> &Shape::fields() const { return noFields; }
const std::vector<Constraint> &Shape::constraints() const { return noConstraints; }
const std::string &Shape::shorthand() const { return noText; }
const std::vector<std::string> &Shape::options() const { return noTexts; }
const std::vector<std::string> &Shape::plannedOptions() const { return noTexts; }
const std::vector<Alternative> &Shape::alternatives() const { return noAlternatives; }
const std::string &Shape::decidedBy() const { return noText; }
const Alternative *Shape::alternativeFor(const Node &) const { return nullptr; }
const std::string &Shape::refersTo() const { return noText; }
Node Shape::canonical(const Node &node) const { return node; }

const Field *Shape::field(std::string_view key) const
{
    for (const Field &field : fields())
        if (field.key == key)
            return &field;
    return nullptr;
}

bool isScalar(Kind kind) { return kind <= Kind::Enum; }

std::string_view name(Kind kind)
{
    static constexpr std::string_view names[] = {"boolean", "integer", "real", "text", "name", "duration", "size", "rate", "share",
        "status-range", "cidr", "host", "path-template", "regex", "url", "header-name", "expression", "reference", "secret", "file",
        "enum", "any", "list", "map", "record", "one-of"};
    return names[static_cast<size_t>(kind)];
}

const std::string &Reader::fileName(uint16_t file) const { return file < m_files.size() ? m_files[file] : noText; }

static constexpr size_t mostProblems = 10'000; // nobody reads on, and a hostile file may have millions

void Reader::add(Severity severity, uint16_t file, uint32_t line, uint32_t column, Path where, std::string message, std::string suggestion)
{
    if (problems.size() < mostProblems)
        problems.push_back({severity, fileName(file), line, column, where.text(), std::move(message), std::move(suggestion)});
}

void Reader::error(const Node &at, std::string message, std::string suggestion)
{
    add(Severity::Error, at.file, at.line, at.column, path, std::move(message), std::move(suggestion));
}

void Reader::warning(const Node &at, std::string message, std::string suggestion)
{
    add(Severity::Warning, at.file, at.line, at.column, path, std::move(message), std::move(suggestion));
}

void Reader::errorAtKey(const Node &map, const Key &key, std::string message, std::string suggestion)
{
    add(Severity::Error, map.file, key.line, key.column, path / Step(key.text), std::move(message), std::move(suggestion));
}

void Reader::errorForKey(const Node &map, std::string_view key, std::string message)
{
    add(Severity::Error, map.file, map.line, map.column, path / Step(key), std::move(message), {});
}

std::string Reader::shown(const Node &scalar)
{
    std::string text = scalar.written.empty() ? scalar.text : scalar.written;
    if (text.size() > 60) {
        size_t cut = 57;
        while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
            --cut;
        text = text.substr(0, cut) + "...";
    }
    return '"' + escapeControls(text) + '"';
}

bool Reader::unknown(const Node &scalar) const
{
    return scalar.unresolved || (allowUnexpanded && scalar.text.find("${") != std::string::npos);
}

void Reader::use(const Node &at, std::string kind, bool definition)
{
    names.push_back({std::move(kind), at.text, definition, at.file, at.line, at.column, path});
}

json::Value SchemaWriter::schemaOf(const Shape &shape)
{
    const bool named = shape.kind() == Kind::Record || shape.kind() == Kind::OneOf;
    if (!named)
        return shape.jsonSchema(*this);
    if (!defs.find(shape.name())) {
        defs.set(shape.name(), json::Value::object()); // a shape inside itself finds this and refers to it
        json::Value schema = shape.jsonSchema(*this);
        defs.set(shape.name(), std::move(schema));
    }
    return json::Value::object({{"$ref", "#/$defs/" + shape.name()}});
}

namespace {
const Shape *chosen(const Shape *shape, const Node *node)
{
    while (shape && shape->kind() == Kind::OneOf) {
        const Alternative *alternative = node ? shape->alternativeFor(*node) : nullptr;
        if (!alternative && !shape->alternatives().empty())
            alternative = &shape->alternatives().back(); // the richest is written last
        shape = alternative ? alternative->shape.get() : nullptr;
    }
    return shape;
}
} // namespace

const Shape *shapeAt(const Shape &root, const Path &path, const Node *document)
{
    const Shape *shape = &root;
    const Node *node = document;
    for (const Step &step : path.steps()) {
        shape = chosen(shape, node);
        if (!shape)
            return nullptr;
        if (step.isIndex()) {
            if (shape->kind() != Kind::List)
                return nullptr;
            shape = shape->item();
            node = node && node->isList() && step.index() < node->items.size() ? &node->items[step.index()] : nullptr;
        } else {
            if (shape->kind() == Kind::Map) {
                shape = shape->item();
            } else {
                const Field *field = shape->field(step.key());
                shape = field ? field->shape.get() : nullptr;
            }
            node = node ? node->find(step.key()) : nullptr;
        }
    }
    return shape;
}

std::string checkText(const Shape &shape, std::string_view text)
{
    Node node = Node::scalar(std::string(text));
    static const std::vector<std::string> files;
    Reader reader(files);
    reader.allowUnexpanded = true;
    shape.check(node, reader);
    for (const Problem &problem : reader.problems)
        if (problem.severity == Severity::Error)
            return problem.message;
    return {};
}

std::string checkText(const Shape &root, const Path &path, const Node *document, std::string_view text)
{
    const Shape *shape = shapeAt(root, path, document);
    return shape ? checkText(*shape, text) : "there is no \"" + path.text() + "\" in the format";
}

std::string notBuiltYet(std::string_view what)
{
    return '`' + std::string(what) + "` is part of the format but not built yet in this version";
}

} // namespace gatehouse::schema
