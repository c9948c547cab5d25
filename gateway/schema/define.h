// How shapes are written down: member pointers and options, so that value and description cannot drift.
//     record<RateLimit>("rate-limit",
//         field("requests", &RateLimit::requests, required, range(1, 1'000'000'000)),
//         field("per", &RateLimit::per, required), …);
// The default of a field is what a default-constructed record holds there.
#pragma once

#include "gateway/schema/expression.h"
#include "gateway/schema/shape.h"
#include "gateway/schema/values.h"

#include <QtCore/QtGlobal>

#include <map>
#include <type_traits>

namespace gatehouse::schema {

// A shape that reads into and writes from a T.
template <typename T>
class Typed : public Shape {
public:
    using Shape::Shape;
    // False where something was wrong (told to the reader); `out` is then unspecified but valid.
    virtual bool read(const Node &node, T &out, Reader &reader) const = 0;
    virtual Node write(const T &value) const = 0;

    void check(const Node &node, Reader &reader) const override
    {
        T value{};
        read(node, value, reader);
    }
    std::shared_ptr<void> make(const Node &node, Reader &reader) const override
    {
        auto value = std::make_shared<T>();
        read(node, *value, reader);
        return value;
    }
    Node writeMade(const void *value) const override { return write(*static_cast<const T *>(value)); }
    bool same(const Node &a, const Node &b) const override
    {
        static const std::vector<std::string> files;
        Reader reader(files);
        T left{}, right{};
        if (a.isScalar() && b.isScalar() && (a.text.find("${") != std::string::npos || b.text.find("${") != std::string::npos))
            return sameValue(a, b);
        return read(a, left, reader) && read(b, right, reader) && sameValue(write(left), write(right));
    }
};

template <typename T>
using Ptr = std::shared_ptr<const Typed<T>>;

// ---- scalars (schema/scalars.cpp)
Ptr<bool> boolean();
template <typename N>
Ptr<N> integer(double low, double high);
Ptr<double> real(double low = -1e300, double high = 1e300);
Ptr<std::string> text(size_t minLength = 0, size_t maxLength = 1 << 20);
Ptr<std::string> definedName(std::string kind);  // [a-z0-9][a-z0-9-_.]*, at most 63 characters; defines it
Ptr<std::string> plainName();                    // the same form, defines nothing
Ptr<std::string> reference(std::string kind);    // to a defined name
Ptr<Duration> duration(Duration low = Duration::zero(), Duration high = std::chrono::hours(24 * 3650));
Ptr<uint64_t> size(uint64_t low = 0, uint64_t high = 1ull << 50);
Ptr<uint64_t> rate(uint64_t low = 1, uint64_t high = 1ull << 50);
Ptr<double> share(); // 20% is 0.2
Ptr<StatusRange> statusRange();
Ptr<Cidr> cidr();
Ptr<std::string> host();         // exact or *.x; kept lower-case
Ptr<std::string> pathTemplate(); // /orders/{id:int}/{rest*}
Ptr<std::string> urlPath();      // begins with /, no ? or #
Ptr<std::string> regex();        // RE2
Ptr<std::string> url(std::vector<std::string> schemes);
Ptr<std::string> origin();       // scheme://host[:port], or *
Ptr<std::string> headerName();   // RFC 9110 token
Ptr<std::string> headerValue();  // no control characters
Ptr<std::string> method();       // RFC 9110 token, written in capitals
Ptr<std::string> address();      // IP:PORT, [::1]:0, unix:/path
Ptr<std::string> expression();   // text with {path.id} and the like
Ptr<Secret> secret();
Ptr<std::string> file();         // relative to the workspace's folder
Ptr<json::Value> any();
Ptr<std::string> countingKey();  // client-ip, consumer, route, global, header.NAME, …
// Text whose form a function knows: it answers what is wrong, or nothing.
Ptr<std::string> form(std::string name, std::function<std::string(std::string_view)> check, std::string pattern = {});

// What a C++ type is by itself.
template <typename T>
Ptr<T> shapeFor()
{
    if constexpr (std::is_same_v<T, bool>)
        return boolean();
    else if constexpr (std::is_integral_v<T>)
        return integer<T>(static_cast<double>(std::numeric_limits<T>::lowest()), static_cast<double>(std::numeric_limits<T>::max()));
    else if constexpr (std::is_same_v<T, double>)
        return real();
    else if constexpr (std::is_same_v<T, std::string>)
        return text();
    else if constexpr (std::is_same_v<T, Duration>)
        return duration();
    else if constexpr (std::is_same_v<T, StatusRange>)
        return statusRange();
    else if constexpr (std::is_same_v<T, Cidr>)
        return cidr();
    else if constexpr (std::is_same_v<T, Secret>)
        return secret();
    else if constexpr (std::is_same_v<T, json::Value>)
        return any();
    else
        return nullptr; // the field names its shape
}

// ---- enum
namespace detail {
bool readEnum(const Node &node, Reader &reader, const Shape &shape, size_t &index);
bool wantScalar(const Node &node, Reader &reader, std::string_view what);
json::Value enumSchema(const Shape &shape);

template <typename E>
class EnumShape final : public Typed<E> {
public:
    EnumShape(std::string name, std::vector<std::pair<std::string, E>> options, std::vector<std::string> planned)
        : Typed<E>(Kind::Enum, std::move(name)), m_planned(std::move(planned))
    {
        for (auto &[text, value] : options) {
            m_texts.push_back(text);
            m_values.push_back(value);
        }
    }
    const std::vector<std::string> &options() const override { return m_texts; }
    const std::vector<std::string> &plannedOptions() const override { return m_planned; }
    bool read(const Node &node, E &out, Reader &reader) const override
    {
        size_t index = SIZE_MAX;
        if (!readEnum(node, reader, *this, index))
            return false;
        if (index < m_values.size())
            out = m_values[index];
        return true;
    }
    Node write(const E &value) const override
    {
        for (size_t i = 0; i < m_values.size(); ++i)
            if (m_values[i] == value)
                return Node::scalar(m_texts[i]);
        return Node::scalar({});
    }
    json::Value jsonSchema(SchemaWriter &) const override { return enumSchema(*this); }

private:
    std::vector<std::string> m_texts, m_planned;
    std::vector<E> m_values;
};
} // namespace detail

template <typename E>
Ptr<E> oneOfNames(std::string name, std::vector<std::pair<std::string, E>> options, std::vector<std::string> planned = {})
{
    return std::make_shared<detail::EnumShape<E>>(std::move(name), std::move(options), std::move(planned));
}

// ---- list and map
struct ListOptions {
    size_t min = 0;
    size_t max = 100'000;
    bool unique = false;
    bool lone = false; // a lone scalar stands for a list of one
};

namespace detail {
// What lists and maps share, apart from T.
bool listItems(const Node &node, Reader &reader, const Shape &shape, std::vector<const Node *> &items);
bool mapMembers(const Node &node, Reader &reader, const Shape &shape);
Node canonicalItems(const Node &node, const Shape &shape);
json::Value listSchema(const Shape &shape, SchemaWriter &writer);
json::Value mapSchema(const Shape &shape, SchemaWriter &writer);

template <typename T>
class ListShape final : public Typed<std::vector<T>> {
public:
    ListShape(Ptr<T> item, ListOptions options) : Typed<std::vector<T>>(Kind::List, "list"), m_item(std::move(item)), m_options(options) { }
    const Shape *item() const override { return m_item.get(); }
    size_t minItems() const override { return m_options.min; }
    size_t maxItems() const override { return m_options.max; }
    bool uniqueItems() const override { return m_options.unique; }
    bool loneItem() const override { return m_options.lone; }
    bool read(const Node &node, std::vector<T> &out, Reader &reader) const override
    {
        std::vector<const Node *> items;
        bool ok = listItems(node, reader, *this, items);
        out.clear();
        out.reserve(items.size());
        for (size_t i = 0; i < items.size(); ++i) {
            T value{};
            if (node.isList())
                reader.path.push(Step(i));
            ok = m_item->read(*items[i], value, reader) && ok;
            if (node.isList())
                reader.path.pop();
            out.push_back(std::move(value));
        }
        return ok;
    }
    Node write(const std::vector<T> &value) const override
    {
        Node node = Node::list();
        for (const T &item : value)
            node.items.push_back(m_item->write(item));
        return node;
    }
    Node canonical(const Node &node) const override { return canonicalItems(node, *this); }
    json::Value jsonSchema(SchemaWriter &writer) const override { return listSchema(*this, writer); }

private:
    Ptr<T> m_item;
    ListOptions m_options;
};

template <typename T>
class MapShape final : public Typed<std::vector<std::pair<std::string, T>>> {
public:
    using Entries = std::vector<std::pair<std::string, T>>;
    MapShape(Ptr<std::string> key, Ptr<T> item) : Typed<Entries>(Kind::Map, "map"), m_key(std::move(key)), m_item(std::move(item)) { }
    const Shape *item() const override { return m_item.get(); }
    const Shape *keyShape() const override { return m_key.get(); }
    bool read(const Node &node, Entries &out, Reader &reader) const override
    {
        bool ok = mapMembers(node, reader, *this);
        out.clear();
        for (const Member &member : node.members) {
            std::pair<std::string, T> entry{member.key.text, T{}};
            reader.path.push(Step(member.key.text));
            ok = m_item->read(member.value, entry.second, reader) && ok;
            reader.path.pop();
            out.push_back(std::move(entry));
        }
        return ok;
    }
    Node write(const Entries &value) const override
    {
        Node node = Node::map();
        for (const auto &[key, item] : value)
            node.members.push_back({{key, Quoting::Plain, {}, 0, 0}, m_item->write(item)});
        return node;
    }
    Node canonical(const Node &node) const override { return canonicalItems(node, *this); }
    json::Value jsonSchema(SchemaWriter &writer) const override { return mapSchema(*this, writer); }

private:
    Ptr<std::string> m_key;
    Ptr<T> m_item;
};
} // namespace detail

template <typename T>
Ptr<std::vector<T>> list(Ptr<T> item, ListOptions options = {})
{
    return std::make_shared<detail::ListShape<T>>(std::move(item), options);
}
// Keys in order of writing.
template <typename T>
Ptr<std::vector<std::pair<std::string, T>>> map(Ptr<std::string> key, Ptr<T> item)
{
    return std::make_shared<detail::MapShape<T>>(std::move(key), std::move(item));
}

// ---- record
struct Required { };
struct Advanced { };
struct Resets { };
inline constexpr Required required;
inline constexpr Advanced advanced;
inline constexpr Resets resets; // changing it starts running state afresh
struct Unit { std::string text; };
struct Since { std::string text; };
struct Label { std::string text; };
struct Help { std::string text; };
struct DefaultText { std::string text; };
struct Range { double low, high; };
inline Unit unit(std::string text) { return {std::move(text)}; }
inline Since since(std::string text) { return {std::move(text)}; }
inline Label label(std::string text) { return {std::move(text)}; } // label(QT_TRANSLATE_NOOP("shape", "Requests"))
inline Help help(std::string text) { return {std::move(text)}; }
inline DefaultText defaultText(std::string text) { return {std::move(text)}; } // for defaults that are derived
inline Range range(double low, double high) { return {low, high}; } // of an integer or real; a Duration in seconds

inline Constraint exactlyOneOf(std::vector<std::string> keys) { return {Constraint::Type::ExactlyOneOf, std::move(keys)}; }
inline Constraint atMostOneOf(std::vector<std::string> keys) { return {Constraint::Type::AtMostOneOf, std::move(keys)}; }
inline Constraint requires_(std::string key, std::vector<std::string> others)
{
    others.insert(others.begin(), std::move(key));
    return {Constraint::Type::Requires, std::move(others)};
}
inline Constraint excludes(std::string key, std::vector<std::string> others)
{
    others.insert(others.begin(), std::move(key));
    return {Constraint::Type::Excludes, std::move(others)};
}
inline Constraint lessThan(std::string less, std::string more) { return {Constraint::Type::LessThan, {std::move(less), std::move(more)}}; }
inline Constraint atMost(std::string less, std::string more) { return {Constraint::Type::AtMost, {std::move(less), std::move(more)}}; }

struct Shorthand { std::string key; };
inline Shorthand shorthand(std::string key) { return {std::move(key)}; }

template <typename T>
struct FieldSpec {
    Field field;
    std::function<bool(const Node &, T &, Reader &)> read;
    std::function<std::optional<Node>(const T &)> write; // none: the member holds nothing
};
template <typename T>
using RecordCheck = std::function<void(const T &, const Node &, Reader &)>;
// What no constraint can say; runs once everything else of the record is right.
template <typename T>
struct Check { RecordCheck<T> run; };
template <typename T, typename F>
Check<T> check(F run) { return {RecordCheck<T>(std::move(run))}; }

namespace detail {
template <typename M>
struct ValueOf { using type = M; static constexpr bool optional = false; };
template <typename V>
struct ValueOf<std::optional<V>> { using type = V; static constexpr bool optional = true; };
template <typename V> // what can't hold itself: a condition inside a condition
struct ValueOf<std::shared_ptr<V>> { using type = V; static constexpr bool optional = true; };

inline void apply(Field &field, Required) { field.required = true; }
inline void apply(Field &field, Advanced) { field.advanced = true; }
inline void apply(Field &field, Resets) { field.resets = true; }
inline void apply(Field &field, Unit o) { field.unit = std::move(o.text); }
inline void apply(Field &field, Since o) { field.since = std::move(o.text); }
inline void apply(Field &field, Label o) { field.label = std::move(o.text); }
inline void apply(Field &field, Help o) { field.help = std::move(o.text); }
inline void apply(Field &field, DefaultText o) { field.defaultText = std::move(o.text); }

template <typename V>
Ptr<V> ranged(const Range &range)
{
    if constexpr (std::is_same_v<V, Duration>)
        return duration(Duration(static_cast<int64_t>(range.low * 1e9)), Duration(static_cast<int64_t>(range.high * 1e9)));
    else if constexpr (std::is_same_v<V, double>)
        return real(range.low, range.high);
    else if constexpr (std::is_integral_v<V>)
        return integer<V>(range.low, range.high);
    else
        static_assert(std::is_integral_v<V>, "a range belongs to a number or a duration");
}
template <typename V, typename O>
void applyOption(Field &field, Ptr<V> &shape, O option)
{
    if constexpr (std::is_same_v<O, Range>)
        shape = ranged<V>(option);
    else if constexpr (std::is_convertible_v<O, Ptr<V>>)
        shape = std::move(option);
    else
        apply(field, std::move(option));
}

// The parts of a record's reading that need no T.
bool readMembers(const Node &node, Reader &reader, const Shape &shape, const std::function<bool(size_t, const Node &)> &readField);
bool wantMap(const Node &node, Reader &reader, const Shape &shape);
Node canonicalRecord(const Node &node, const Shape &shape);
json::Value recordSchema(const Shape &shape, SchemaWriter &writer);
void setDefault(Field &field, std::optional<Node> value);
} // namespace detail

template <typename C, typename M, typename... Options>
FieldSpec<C> field(std::string key, M C::*member, Options... options)
{
    using V = typename detail::ValueOf<M>::type;
    FieldSpec<C> spec;
    spec.field.key = std::move(key);
    Ptr<V> shape = shapeFor<V>();
    (detail::applyOption<V>(spec.field, shape, std::move(options)), ...);
    Q_ASSERT_X(shape, "field", "a field of this type names its shape");
    spec.field.shape = shape;
    spec.field.secret = std::is_same_v<V, Secret>; // not by kind(): a recursive shape may not be asked yet
    spec.read = [member, shape](const Node &node, C &out, Reader &reader) {
        if constexpr (std::is_same_v<M, std::shared_ptr<V>>)
            return shape->read(node, *(out.*member = std::make_shared<V>()), reader);
        else if constexpr (detail::ValueOf<M>::optional)
            return shape->read(node, (out.*member).emplace(), reader);
        else
            return shape->read(node, out.*member, reader);
    };
    spec.write = [member, shape](const C &value) -> std::optional<Node> {
        if constexpr (detail::ValueOf<M>::optional)
            return value.*member ? std::optional(shape->write(*(value.*member))) : std::nullopt;
        else
            return shape->write(value.*member);
    };
    return spec;
}
// Whatever reads and writes a T by itself under a key.
template <typename T>
FieldSpec<T> customField(Field field, std::function<bool(const Node &, T &, Reader &)> read, std::function<std::optional<Node>(const T &)> write)
{
    return {std::move(field), std::move(read), std::move(write)};
}
// In the format, not built yet.
template <typename T>
FieldSpec<T> planned(std::string key)
{
    FieldSpec<T> spec;
    spec.field.key = std::move(key);
    spec.field.planned = true;
    return spec;
}
struct Planned { std::vector<std::string> keys; };
inline Planned planned(std::vector<std::string> keys) { return {std::move(keys)}; }

template <typename T>
class RecordShape final : public Typed<T> {
public:
    explicit RecordShape(std::string name) : Typed<T>(Kind::Record, std::move(name)) { }
    const std::vector<Field> &fields() const override { return m_fields; }
    const std::vector<Constraint> &constraints() const override { return m_constraints; }
    const std::string &shorthand() const override { return m_shorthand; }

    bool read(const Node &node, T &out, Reader &reader) const override
    {
        const size_t before = reader.problems.size();
        if (node.isScalar() && !m_shorthand.empty() && !node.isNull()) {
            for (size_t i = 0; i < m_fields.size(); ++i)
                if (m_fields[i].key == m_shorthand)
                    return m_specs[i].read(node, out, reader) && runChecks(node, out, reader, before);
        }
        if (!detail::wantMap(node, reader, *this))
            return node.isScalar() && reader.unknown(node);
        const bool ok = detail::readMembers(node, reader, *this,
                                            [&](size_t i, const Node &value) { return m_specs[i].read(value, out, reader); });
        return ok && runChecks(node, out, reader, before);
    }
    Node write(const T &value) const override
    {
        Node node = Node::map();
        for (size_t i = 0; i < m_fields.size(); ++i) {
            auto member = m_fields[i].planned ? std::nullopt : m_specs[i].write(value);
            if (member && !(m_fields[i].defaultNode && !m_fields[i].required && sameValue(*member, *m_fields[i].defaultNode)))
                node.members.push_back({{m_fields[i].key, Quoting::Plain, {}, 0, 0}, std::move(*member)});
        }
        return node;
    }
    Node canonical(const Node &node) const override { return detail::canonicalRecord(node, *this); }
    json::Value jsonSchema(SchemaWriter &writer) const override { return detail::recordSchema(*this, writer); }

    void add(FieldSpec<T> spec)
    {
        if (!spec.field.planned)
            detail::setDefault(spec.field, spec.write(T{}));
        m_fields.push_back(spec.field);
        m_specs.push_back(std::move(spec));
    }
    void add(Constraint constraint) { m_constraints.push_back(std::move(constraint)); }
    void add(Shorthand shorthand) { m_shorthand = std::move(shorthand.key); }
    void add(Check<T> check) { m_checks.push_back(std::move(check.run)); }
    void add(Planned planned)
    {
        for (auto &key : planned.keys)
            add(schema::planned<T>(std::move(key)));
    }

private:
    bool runChecks(const Node &node, const T &out, Reader &reader, size_t before) const
    {
        if (reader.problems.size() == before)
            for (const auto &check : m_checks)
                check(out, node, reader);
        return reader.problems.size() == before || !hasErrors({reader.problems.begin() + static_cast<std::ptrdiff_t>(before), reader.problems.end()});
    }
    std::vector<Field> m_fields;
    std::vector<FieldSpec<T>> m_specs;
    std::vector<Constraint> m_constraints;
    std::vector<RecordCheck<T>> m_checks;
    std::string m_shorthand;
};

template <typename T, typename... Parts>
Ptr<T> record(std::string name, Parts... parts)
{
    auto shape = std::make_shared<RecordShape<T>>(std::move(name));
    (shape->add(std::move(parts)), ...);
    return shape;
}

// ---- one-of: several shapes for the same T
template <typename T>
struct Choice {
    std::string name;
    Ptr<T> shape;
    std::string label = {};
};

namespace detail {
json::Value oneOfSchema(const Shape &shape, SchemaWriter &writer);
const Alternative *alternativeByType(const Shape &shape, const Node &node);
const Alternative *alternativeByField(const Shape &shape, const Node &node);
void tellNoAlternative(const Node &node, Reader &reader, const Shape &shape);

template <typename T>
class OneOfShape final : public Typed<T> {
public:
    OneOfShape(std::string name, std::string decidedBy, std::vector<Choice<T>> choices, std::function<size_t(const T &)> which)
        : Typed<T>(Kind::OneOf, std::move(name)), m_decidedBy(std::move(decidedBy)), m_which(std::move(which))
    {
        for (auto &choice : choices) {
            m_alternatives.push_back({choice.name, choice.shape, choice.label});
            m_shapes.push_back(std::move(choice.shape));
        }
    }
    const std::vector<Alternative> &alternatives() const override { return m_alternatives; }
    const std::string &decidedBy() const override { return m_decidedBy; }
    const Alternative *alternativeFor(const Node &node) const override
    {
        return m_decidedBy.empty() ? alternativeByType(*this, node) : alternativeByField(*this, node);
    }
    bool read(const Node &node, T &out, Reader &reader) const override
    {
        if (node.isScalar() && reader.unknown(node))
            return true;
        const Alternative *alternative = alternativeFor(node);
        if (!alternative) {
            tellNoAlternative(node, reader, *this);
            return false;
        }
        return m_shapes[static_cast<size_t>(alternative - m_alternatives.data())]->read(node, out, reader);
    }
    Node write(const T &value) const override { return m_shapes[m_which(value)]->write(value); }
    Node canonical(const Node &node) const override
    {
        const Alternative *alternative = alternativeFor(node);
        return alternative ? alternative->shape->canonical(node) : node;
    }
    json::Value jsonSchema(SchemaWriter &writer) const override { return oneOfSchema(*this, writer); }

private:
    std::string m_decidedBy;
    std::vector<Alternative> m_alternatives;
    std::vector<Ptr<T>> m_shapes;
    std::function<size_t(const T &)> m_which;
};

template <typename T>
class Recursive final : public Typed<T> {
public:
    explicit Recursive(std::function<const Typed<T> &()> target) : Typed<T>(Kind::Record, {}), m_target(std::move(target)) { }
    Kind kind() const override { return m_target().kind(); }
    const std::string &name() const override { return m_target().name(); }
    const std::vector<Field> &fields() const override { return m_target().fields(); }
    const std::vector<Constraint> &constraints() const override { return m_target().constraints(); }
    const std::string &shorthand() const override { return m_target().shorthand(); }
    const std::vector<Alternative> &alternatives() const override { return m_target().alternatives(); }
    const std::string &decidedBy() const override { return m_target().decidedBy(); }
    const Alternative *alternativeFor(const Node &node) const override { return m_target().alternativeFor(node); }
    bool read(const Node &node, T &out, Reader &reader) const override { return m_target().read(node, out, reader); }
    Node write(const T &value) const override { return m_target().write(value); }
    Node canonical(const Node &node) const override { return m_target().canonical(node); }
    json::Value jsonSchema(SchemaWriter &writer) const override { return m_target().jsonSchema(writer); }

private:
    std::function<const Typed<T> &()> m_target;
};

// U written as a T: a scalar that stands for a whole record.
template <typename T, typename U>
class Via final : public Typed<T> {
public:
    Via(Ptr<U> inner, std::function<void(U, T &)> set, std::function<U(const T &)> get)
        : Typed<T>(Kind::Any, {}), m_inner(std::move(inner)), m_set(std::move(set)), m_get(std::move(get))
    {
    }
    Kind kind() const override { return m_inner->kind(); }
    const std::string &name() const override { return m_inner->name(); }
    const std::vector<std::string> &options() const override { return m_inner->options(); }
    const std::vector<std::string> &plannedOptions() const override { return m_inner->plannedOptions(); }
    const Shape *keyShape() const override { return m_inner->keyShape(); }
    Node canonical(const Node &node) const override { return m_inner->canonical(node); }
    const std::string &refersTo() const override { return m_inner->refersTo(); }
    std::optional<double> low() const override { return m_inner->low(); }
    std::optional<double> high() const override { return m_inner->high(); }
    const Shape *item() const override { return m_inner->item(); }
    std::string placeholder() const override { return m_inner->placeholder(); }
    bool read(const Node &node, T &out, Reader &reader) const override
    {
        U value{};
        if (!m_inner->read(node, value, reader))
            return false;
        m_set(std::move(value), out);
        return true;
    }
    Node write(const T &value) const override { return m_inner->write(m_get(value)); }
    json::Value jsonSchema(SchemaWriter &writer) const override { return m_inner->jsonSchema(writer); }

private:
    Ptr<U> m_inner;
    std::function<void(U, T &)> m_set;
    std::function<U(const T &)> m_get;
};
} // namespace detail

// The node's type decides: a scalar takes the first scalar shape, a list the first list, a map the first map or record.
template <typename T>
Ptr<T> oneOfTypes(std::string name, std::vector<Choice<T>> choices, std::function<size_t(const T &)> which)
{
    return std::make_shared<detail::OneOfShape<T>>(std::move(name), std::string(), std::move(choices), std::move(which));
}
// The text at `key`, which every alternative has as a field, decides; names of choices are its values.
template <typename T>
Ptr<T> oneOfByField(std::string name, std::string key, std::vector<Choice<T>> choices, std::function<size_t(const T &)> which)
{
    return std::make_shared<detail::OneOfShape<T>>(std::move(name), std::move(key), std::move(choices), std::move(which));
}
// A shape inside itself: `target` is called when it is needed, not before.
template <typename T>
Ptr<T> recursive(std::function<const Typed<T> &()> target)
{
    return std::make_shared<detail::Recursive<T>>(std::move(target));
}
template <typename T, typename U>
Ptr<T> via(Ptr<U> inner, std::function<void(U, T &)> set, std::function<U(const T &)> get)
{
    return std::make_shared<detail::Via<T, U>>(std::move(inner), std::move(set), std::move(get));
}
} // namespace gatehouse::schema
