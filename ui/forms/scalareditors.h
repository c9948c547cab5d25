// Editors of single values: a line of text, a switch, a text of several lines, any JSON value.
#pragma once

#include "ui/forms/editor.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace gatehouse::ui {

class SecretRow;
class Switch;

// Whatever is one line: durations, sizes, hosts, templates, numbers. The default stands as its placeholder; an empty line takes
// an optional value away. Secrets are masked until the eye is pressed, ${…} in them is not; what the text refers to as a secret is
// set below it where it is missing.
class TextEditor final : public Editor {
    Q_OBJECT
public:
    TextEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;
    QLineEdit *line() const { return m_line; }

private:
    void typed(const QString &text);
    void maskIfSecret();
    QLineEdit *m_line;
    QToolButton *m_eye = nullptr; // of secrets only
    SecretRow *m_secret;
};

class SwitchEditor final : public Editor {
    Q_OBJECT
public:
    SwitchEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;

private:
    bool defaultValue() const;
    Switch *m_switch;
    QLabel *m_danger = nullptr; // of a switch that gives safety away
};

// Anything that JSON can say, as JSON or YAML text; a text that can't be read is told and not written.
class ValueEditor final : public Editor {
    Q_OBJECT
public:
    ValueEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;

private:
    void typed();
    QPlainTextEdit *m_text;
    bool m_reading = false;
};

// The line edit of forms: 28 high, error state, monospace where the value is on the wire.
QLineEdit *formLine(const QString &accessibleName, bool wire, QWidget *parent);
// Sets the text without losing the caret where it is the same; nothing while a person is typing the same value.
void setLineText(QLineEdit *line, const QString &text);

} // namespace gatehouse::ui
