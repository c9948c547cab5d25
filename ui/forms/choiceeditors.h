// Editors in which a person chooses: an enum, a named thing, one of several ways to say it, one of several keys.
#pragma once

#include "ui/forms/editor.h"

class QComboBox;
class QHBoxLayout;
class QVBoxLayout;

namespace gatehouse::ui {

class ChoiceEditor final : public Editor {
    Q_OBJECT
public:
    ChoiceEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;

private:
    QString current() const;
    QComboBox *m_combo;
};

// The name of an upstream, a group, a mock: those there are; one that is not there is shown as it stands.
class ReferenceEditor final : public Editor {
    Q_OBJECT
public:
    ReferenceEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;

private:
    QComboBox *m_combo;
};

// A value that may be written in several ways (a text, or a map of rules): a choice, and the editor of what is chosen.
class AlternativesEditor final : public Editor {
    Q_OBJECT
public:
    AlternativesEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;
    bool reveal(const schema::Path &path) override;
    void moveTo(const config::Location &at) override;

private:
    int alternativeOfNode() const;
    void build(int alternative);
    void choose(int alternative);
    QComboBox *m_combo = nullptr;
    QVBoxLayout *m_layout;
    Editor *m_inner = nullptr;
    int m_current = -1;
};

// A record in which exactly one key stands (`to`): which one, and its editor beside it or below.
class OneKeyEditor final : public Editor {
    Q_OBJECT
public:
    OneKeyEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;
    bool reveal(const schema::Path &path) override;
    void moveTo(const config::Location &at) override;
    bool showsProblems() const override { return false; }

private:
    const schema::Field *currentField() const;
    void build(const schema::Field *field);
    void choose(const QString &key);
    QComboBox *m_combo;
    QHBoxLayout *m_head;
    QVBoxLayout *m_layout;
    Editor *m_inner = nullptr;
    const schema::Field *m_shown = nullptr;
};

// The smallest value of a shape that a person can go on from: "", an empty list, a map with its required keys.
schema::Node seedOf(const schema::Shape &shape, const config::Document &document);

} // namespace gatehouse::ui
