// A document as it was written: scalars with their quotes, lists and maps in order, and the place of every key and value.
#pragma once

#include "gateway/schema/path.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::schema {

enum class NodeKind : uint8_t { Scalar, List, Map };
enum class Quoting : uint8_t { Plain, Single, Double, Literal, Folded };

// Bytes of the file's text: from begin up to, not including, end.
struct Span {
    size_t begin = 0;
    size_t end = 0;
};

struct Member;

// A tree of values; copying is deep. What was made and not read has line 0.
struct Node {
    NodeKind kind = NodeKind::Scalar;
    Quoting quoting = Quoting::Plain; // of a scalar
    bool flow = false;                // a list or map written with [ ] or { }
    bool alias = false;               // stands here by *alias: its span is the alias, its children have the anchor's places
    bool unresolved = false;          // holds a ${…} that could not be expanded (told already): its value is not known
    bool commented = false;           // a comment hangs on it: format keeps it though it says the default
    uint16_t file = 0;                // index into the list of files the reader was given
    uint32_t line = 0;                // from 1
    uint32_t column = 0;              // from 1, in characters
    Span span;                        // a block collection ends with its last descendant
    std::string text;                 // of a scalar, decoded
    std::string written;              // where ${…} was expanded: the text as written, which alone may be shown
    std::vector<Node> items;          // of a list
    std::vector<Member> members;      // of a map, in order

    static Node scalar(std::string text, Quoting quoting = Quoting::Plain);
    // Text that stays text whatever it looks like ("1", "true").
    static Node string(std::string text);
    static Node list();
    static Node list(std::vector<Node> items);
    static Node map();
    static Node map(std::vector<std::pair<std::string, Node>> members);

    bool isScalar() const { return kind == NodeKind::Scalar; }
    bool isList() const { return kind == NodeKind::List; }
    bool isMap() const { return kind == NodeKind::Map; }
    // A plain scalar that YAML's core schema takes for nothing: empty, ~, null.
    bool isNull() const;

    const Node *find(std::string_view key) const;
    Node *find(std::string_view key);
    const Member *member(std::string_view key) const;
    const Node *at(const Path &path) const; // null where it names nothing
    Node *at(const Path &path);
    // Replaces or appends; makes a map of an empty scalar.
    Node &set(std::string_view key, Node value);
};

struct Key {
    std::string text;
    Quoting quoting = Quoting::Plain;
    Span span;
    uint32_t line = 0;
    uint32_t column = 0;
};

struct Member {
    Key key;
    Node value;
};

// Whether both say the same: kinds, keys, order, texts, and for scalars whether they are text or typed. Places don't count.
bool sameValue(const Node &a, const Node &b);
// The same, but quotes count only where a plain text would be read as a number, truth or nothing.
bool sameContent(const Node &a, const Node &b);

} // namespace gatehouse::schema
