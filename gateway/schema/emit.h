// Nodes to text: the canonical way to write a value. Thread-safe: no state.
#pragma once

#include "gateway/schema/node.h"

#include <map>
#include <string>
#include <vector>

namespace gatehouse::schema {

// What a person wrote beside the values: whole lines above a key or item (each with its #, or empty), and one behind it.
struct Comments {
    std::vector<std::string> above;
    std::string beside;
};
// By the first byte of the key or item that owns them; and what stands after everything.
struct CommentTable {
    std::map<size_t, Comments> of;
    std::vector<std::string> atEnd;
};
CommentTable collectComments(std::string_view text, const Node &root);

enum class Context : uint8_t { Block, Flow };
// A scalar in quotes where YAML, or the type that a plain one would have, asks for them.
std::string emitScalar(const Node &scalar, Context context);
// On one line, as inside [ ] or { }. For JSON: with JSON's quotes.
std::string emitFlow(const Node &node);
std::string emitJson(const Node &node, int indent = -1); // -1: on one line
// As the value behind "key:" or "-" of a block at this indent: " text", " { … }", or lines of their own that begin with a line
// break. No line break at the end.
std::string emitValue(const Node &node, size_t indent);
// What stands behind "- " of an item at this indent, and further lines.
std::string emitItem(const Node &node, size_t indent);
// A whole file: one blank line between top-level sections, a line break at the end.
std::string emitDocument(const Node &root, const CommentTable *comments = nullptr);

} // namespace gatehouse::schema
