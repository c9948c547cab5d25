// The one description of everything that can be configured. A shape says what a value may be; from it come reading with every
// error located, canonical writing, JSON Schema, forms and validation while typing. Shapes are made once (schema/define.h),
// never change and are shared by all threads.
#pragma once

#include "gateway/base/json.h"
#include "gateway/schema/node.h"
#include "gateway/schema/problem.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::schema {

enum class Kind : uint8_t {
    Boolean, Integer, Real, Text, Name, Duration, Size, Rate, Share, StatusRange, Cidr, Host, PathTemplate, Regex, Url,
    HeaderName, Expression, Reference, Secret, File, // scalars
    Enum, // one of options()
    Any,  // whatever JSON can say
    List, // of item()
    Map,  // text keys in order to item()
    Record,
    OneOf, // alternatives(), told apart by type or by the value of a field
};
bool isScalar(Kind kind); // Enum too
std::string_view name(Kind kind);

class Shape;
using ShapePtr = std::shared_ptr<const Shape>;

// One key of a record.
struct Field {
    std::string key;
    ShapePtr shape; // null where planned
    bool required = false;
    bool planned = false;  // in the format, not built yet: the reader says so
    bool advanced = false; // behind "More settings"
    bool resets = false;   // changing it starts the running state (counters, caches) afresh
    bool secret = false;   // its text is not shown
    std::optional<Node> defaultNode; // what an absent key means; none: nothing
    std::string defaultText;         // the same for people, also where it is derived ("as requests"); empty: nothing
    std::string unit;                // "requests", "per second": shown beside the editor
    std::string since;               // version of the format; empty: 1
    std::string label;               // source text in the context "shape"; empty: the key
    std::string help;                // one sentence, same context
};

struct Constraint {
    enum class Type : uint8_t {
        ExactlyOneOf, // of keys
        AtMostOneOf,
        Requires, // keys[0] wants all the others
        Excludes, // keys[0] stands with none of the others
        LessThan, // keys[0] < keys[1], where both have values
        AtMost,   // keys[0] <= keys[1]
    };
    Type type;
    std::vector<std::string> keys;
};

// One way to write a OneOf.
struct Alternative {
    std::string name;  // "fixed", "distribution": the enum's text where a field decides
    ShapePtr shape;
    std::string label; // source text in the context "shape"; empty: the name
};

// A name that stands in a document: where it is defined, or where it is referred to.
struct NameUse {
    std::string kind; // "upstream", "route", …
    std::string name;
    bool definition = false;
    uint16_t file = 0;
    uint32_t line = 0, column = 0;
    Path path;
};

// What reading collects. One use, one thread.
class Reader {
public:
    explicit Reader(const std::vector<std::string> &files) : m_files(files) { }

    // A scalar that holds ${…} is taken as it stands and not looked into: for documents whose variables are not known yet.
    bool allowUnexpanded = false;
    // Answers what is wrong with a file named in the document (missing, outside of the folder); empty: nothing. Unset: not asked.
    std::function<std::string(std::string_view file)> checkFile;

    Problems problems;
    std::vector<NameUse> names;

    void error(const Node &at, std::string message, std::string suggestion = {});
    void warning(const Node &at, std::string message, std::string suggestion = {});
    void errorAtKey(const Node &map, const Key &key, std::string message, std::string suggestion = {});
    // At the place of `map`, for a key that is not there.
    void errorForKey(const Node &map, std::string_view key, std::string message);
    // A scalar's text for a message: as written, so that no secret shows; shortened, controls escaped, in quotes.
    static std::string shown(const Node &scalar);
    // Whether to leave this scalar alone: not expanded, and told or allowed.
    bool unknown(const Node &scalar) const;
    void use(const Node &at, std::string kind, bool definition);

    Path path; // of the value being read
    const std::string &fileName(uint16_t file) const;

private:
    void add(Severity severity, uint16_t file, uint32_t line, uint32_t column, Path where, std::string message, std::string suggestion);
    const std::vector<std::string> &m_files;
};

// Gathers $defs while a JSON Schema is written.
class SchemaWriter {
public:
    // The schema of `shape`: a $ref for a named record or one-of, which goes to defs once.
    json::Value schemaOf(const Shape &shape);
    json::Value defs = json::Value::object();
};

class Shape {
public:
    Shape(Kind kind, std::string name) : m_kind(kind), m_name(std::move(name)) { }
    virtual ~Shape();
    Shape(const Shape &) = delete;
    Shape &operator=(const Shape &) = delete;

    virtual Kind kind() const { return m_kind; }
    // Of a record, one-of or enum: unique, stable, by which a panel registers an editor of its own; of scalars the kind's name.
    virtual const std::string &name() const { return m_name; }

    // Record
    virtual const std::vector<Field> &fields() const;
    virtual const std::vector<Constraint> &constraints() const;
    virtual const std::string &shorthand() const; // the key that a lone scalar stands for; empty: none
    const Field *field(std::string_view key) const;
    // Enum
    virtual const std::vector<std::string> &options() const;
    virtual const std::vector<std::string> &plannedOptions() const;
    // List, Map
    virtual const Shape *item() const { return nullptr; }
    virtual const Shape *keyShape() const { return nullptr; } // Map: what its keys must be
    virtual size_t minItems() const { return 0; }
    virtual size_t maxItems() const { return SIZE_MAX; }
    virtual bool uniqueItems() const { return false; }
    virtual bool loneItem() const { return false; } // a lone scalar stands for a list of one
    // OneOf
    virtual const std::vector<Alternative> &alternatives() const;
    virtual const std::string &decidedBy() const; // the key whose value decides; empty: the type decides
    virtual const Alternative *alternativeFor(const Node &node) const; // null: none fits
    // Integer, Real, Duration (seconds), Size, Rate (bytes)
    virtual std::optional<double> low() const { return {}; }
    virtual std::optional<double> high() const { return {}; }
    // Reference and Name
    virtual const std::string &refersTo() const;
    // A text that reads well as a hint in an empty editor ("250ms, 5s"); empty: none.
    virtual std::string placeholder() const { return {}; }

    // Reads and drops the value: tells every problem, collects names.
    virtual void check(const Node &node, Reader &reader) const = 0;
    // A T of one's own, default-constructed and read into; problems are in the reader, the value is usable only if there are none.
    virtual std::shared_ptr<void> make(const Node &node, Reader &reader) const = 0;
    // The canonical node of such a T.
    virtual Node writeMade(const void *value) const = 0;
    // Whether both nodes say the same to this shape (1000ms and 1s); false where one can't be read.
    virtual bool same(const Node &a, const Node &b) const = 0;
    // Fixed key order, defaults left out; nodes keep their spans. What can't be read stays as it is.
    virtual Node canonical(const Node &node) const;
    virtual json::Value jsonSchema(SchemaWriter &writer) const = 0;

private:
    Kind m_kind;
    std::string m_name;
};

// The shape of what stands, or could stand, at `path` below a document of shape `root`; null where the path leads nowhere.
// `document` (may be null) decides between the alternatives of one-ofs on the way.
const Shape *shapeAt(const Shape &root, const Path &path, const Node *document);
// What is wrong with this text as the value at `path`: for validation while typing. Empty: nothing. ${…} is taken as fine.
std::string checkText(const Shape &root, const Path &path, const Node *document, std::string_view text);
// The same for a shape at hand.
std::string checkText(const Shape &shape, std::string_view text);

// One sentence about a built thing that a document may not use yet.
std::string notBuiltYet(std::string_view what);

} // namespace gatehouse::schema
