// JSON laid out to be read: only white space changes, so numbers, order, duplicates and escapes stay as they were sent.
// Works in pieces, so that a huge body never holds the window up.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::ui {

class PrettyJson {
public:
    // Adds the layout of `piece` to `out`. False when this can't be JSON (nothing more is added then).
    bool feed(std::string_view piece, std::string &out);
    // After the last piece: whether it was one whole value.
    bool finish() const;

private:
    void newLine(std::string &out) const;
    bool addsToValue(char c);
    bool open(char c, std::string &out);
    bool close(char c, std::string &out);

    std::string m_stack; // the closing brackets that are awaited
    enum class Word { None, Open, Ended };
    Word m_word = Word::None; // a number or constant: white space ends it, and two never stand side by side
    bool m_inString = false, m_escaped = false, m_empty = false, m_started = false, m_done = false;
};

} // namespace gatehouse::ui
