// Edits of documents as values: at once the undo step, the entry of the autosave journal and the edit of the text, which changes
// only the bytes of what it names.
#pragma once

#include "gateway/base/json.h"
#include "gateway/base/result.h"
#include "gateway/schema/node.h"
#include "gateway/schema/shape.h"

#include <string>
#include <vector>

namespace gatehouse::schema {

struct Change {
    enum class Op : uint8_t {
        Insert,  // before the item at path (an index up to the length of the list), or the member of that key
        Replace, // the value at path, or inserts it where the key is not there
        Remove,  // the item or member at path
        Move,    // the item or member at path to `to`: another place of the same list, another key of the same map, or elsewhere.
                 // An index of `to` counts after the removal.
        Splice,  // the bytes `removed` at `offset` become `text`: what undo is made of
    };
    Op op = Op::Replace;
    std::string file; // relative to the workspace's folder
    Path path;
    Path to;
    Node value;
    size_t offset = 0;
    std::string removed;
    std::string text;
};

struct Patch {
    std::vector<Change> changes; // run in order, all or none

    static Patch insert(std::string file, Path path, Node value);
    static Patch replace(std::string file, Path path, Node value);
    static Patch remove(std::string file, Path path);
    static Patch move(std::string file, Path path, Path to);
    static Patch splice(std::string file, size_t offset, std::string removed, std::string text);
    Patch &add(Patch other);
    bool empty() const { return changes.empty(); }
    // Whether `next` only types on at the place that this one replaced, so that both are one undo step.
    bool continues(const Patch &next) const;

    json::Value toJson() const;
    static Result<Patch> fromJson(const json::Value &value);
};

// A scalar from what a person typed into a field of this shape: quoted where the text would otherwise say something else.
Node nodeFromText(const Shape &shape, std::string text);

struct Spliced {
    std::string text;
    Node root;
    bool readable = true; // false: a splice has left a text that can't be read, and root holds nothing
    std::vector<Change> inverse; // splices, to be run in order
};
// Runs one change on a file's text. The result has been read again and says what was asked for. `shape` (may be null) gives the
// order of keys; maps on the way to an inserted value that are not there are made.
Result<Spliced> applyChange(const std::string &text, const Node &root, const Change &change, const Shape *shape, uint16_t fileIndex);

} // namespace gatehouse::schema
