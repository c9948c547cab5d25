// Editors of lists: texts in one line, methods as toggles, items with a form each.
#pragma once

#include "ui/forms/editor.h"

class QLineEdit;
class QVBoxLayout;

namespace gatehouse::ui {

class MethodToggleRow;

// "a, b, c": for lists of hosts, addresses, statuses. A value that holds a comma stands in quotes.
class TextListEditor final : public Editor {
    Q_OBJECT
public:
    TextListEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;
    static QStringList split(const QString &text);
    static QString join(const QStringList &values);

private:
    void typed(const QString &text);
    QLineEdit *m_line;
};

class MethodsEditor final : public Editor {
    Q_OBJECT
public:
    MethodsEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;

private:
    MethodToggleRow *m_row;
};

// Records in order, each with its form, or secrets, each with its field; added at the end, moved by Alt+Up and Alt+Down, taken away by its button.
class ItemsEditor final : public Editor {
    Q_OBJECT
public:
    ItemsEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);
    void read() override;
    bool reveal(const schema::Path &path) override;
    void moveTo(const config::Location &at) override;
    bool showsProblems() const override { return !schema::isScalar(shape().item()->kind()); } // those of records, by their forms

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Item {
        QWidget *box;
        Editor *editor;
    };
    config::Location itemAt(size_t index) const { return {at().file, at().path / schema::Step(index), 0}; }
    void addBox();
    void add();
    void remove(size_t index);
    void move(size_t index, int step);
    QVBoxLayout *m_items;
    std::vector<Item> m_boxes;
};

} // namespace gatehouse::ui
