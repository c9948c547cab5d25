// An editor for one value of the document, made from its shape. Reads the value whenever the document changes, writes through the
// Session as it is typed, and shows what is wrong at the place. Not for whole objects: see RecordForm.
#pragma once

#include "gateway/config/document.h"
#include "ui/models/session.h"

#include <QtWidgets/QWidget>

#include <functional>
#include <memory>

namespace gatehouse::ui {

// GUI thread. The session outlives it.
class Editor : public QWidget {
    Q_OBJECT
public:
    // `field` (may be null) gives label, default and help; it lives as long as its shape, which is forever.
    Editor(Session &session, config::Location at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);

    // Takes over what the document says now. Keeps caret and selection where the text is the same.
    virtual void read() = 0;
    // Where the error of `path` is edited: gives the focus. False: not in this editor.
    virtual bool reveal(const schema::Path &path);
    // Whether errors below the value are shown by the editor itself, row by row.
    virtual bool showsProblems() const { return false; }
    // The place changed: an item before it was added or removed.
    virtual void moveTo(const config::Location &at);

    const config::Location &at() const { return m_at; }
    const schema::Shape &shape() const { return m_shape; }
    const schema::Field *field() const { return m_field; }
    const schema::Node *node() const { return m_session.document().at(m_at); }
    bool isSet() const { return node() != nullptr; }

Q_SIGNALS:
    // What is wrong with the text being typed; empty: nothing. The document's own problems are shown by the form.
    void typedProblem(const QString &text);

protected:
    Session &session() const { return m_session; }
    void write(const schema::Node &value);
    void clear(); // removes the key, and maps above it that would be left empty
    void commit() { m_session.commit(); }
    QString label() const;

private:
    Session &m_session;
    config::Location m_at;
    const schema::Shape &m_shape;
    const schema::Field *m_field;
};

// The editor for that shape: a registered one by the shape's name, or the generic one of its kind.
Editor *makeEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
using EditorFactory = std::function<Editor *(Session &, const config::Location &, const schema::Shape &, const schema::Field *, QWidget *)>;
// For shapes where the generic editor would be poor; by a panel, before the first form.
void registerEditor(const std::string &shapeName, EditorFactory factory);

// "burst" -> "Burst", "strip-prefix" -> "Strip prefix", or the shape's own label, translated.
QString fieldLabel(const schema::Field &field);
QString keyLabel(const std::string &key);
// Help of a field, translated; empty: none.
QString fieldHelp(const schema::Field &field);
// Whether a value of this kind was or will be on the wire, so that it is set in the monospace font.
bool isWire(schema::Kind kind);

// The patch that takes a value away, with the maps above it that would be left empty, up to `root` (which stays).
schema::Patch removal(const config::Document &document, const config::Location &at, const schema::Path &root);

} // namespace gatehouse::ui
