// Colours of a line of text, for the code editor and for lines painted by delegates. Line by line, without a tree: a
// line coloured wrongly in a broken document costs nothing, and a huge one is coloured only where it is seen.
#pragma once

#include <QtGui/QColor>

#include <string_view>
#include <vector>

namespace gatehouse::ui {

enum class Language { Plain, Json, Yaml, Nginx, Http, Xml, Script };

enum class Token : unsigned char { Text, Key, String, Number, Word, Note };

struct Span {
    size_t begin = 0, length = 0; // in bytes of the line
    Token token = Token::Text;
};

// Spans in order, only those that are not plain text. `${…}` and `{{…}}` are words in every language but Plain.
std::vector<Span> highlightLine(Language language, std::string_view line);

Language languageOf(std::string_view contentType); // "application/json; charset=utf-8" -> Json
Language languageOfFile(std::string_view fileName);
QColor colorOf(Token token); // from the tokens shown now

} // namespace gatehouse::ui
