// Names with a value each: headers to set, what a header must be. Conditions on texts are an operator and a text.
#pragma once

#include "ui/forms/editor.h"

class QComboBox;
class QGridLayout;
class QLineEdit;
class QToolButton;
class QVBoxLayout;

namespace gatehouse::ui {

class MapEditor final : public Editor {
    Q_OBJECT
public:
    MapEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;
    bool reveal(const schema::Path &path) override;
    bool showsProblems() const override { return false; }

private:
    struct Row {
        QWidget *box;
        QLineEdit *name;
        QComboBox *how; // null: the value is a plain text
        QLineEdit *value;
    };
    Row makeRow();
    void readRow(Row &row, const schema::Member *member);
    void nameEdited(const QWidget *box);
    void valueEdited(const QWidget *box);
    void removeRow(const QWidget *box);
    const Row *rowOf(const QWidget *box) const;
    std::string keyOf(const QWidget *box) const; // as the document has it; empty: not there yet
    schema::Node valueOf(const Row &row) const;
    schema::Path pathOf(const std::string &key) const { return at().path / schema::Step(key); }

    QVBoxLayout *m_rowsLayout;
    std::vector<Row> m_rows; // beside the map's members, then perhaps one that has no name yet
    bool m_conditions;       // values are text conditions
};

} // namespace gatehouse::ui
