// The sheet of all shortcuts (Ctrl+/), searchable; read from Actions, so it can't go out of date.
#pragma once

#include <QtWidgets/QDialog>

class QTreeWidget;
class QLineEdit;

namespace gatehouse::ui {

class Actions;

class ShortcutSheet final : public QDialog {
    Q_OBJECT
public:
    ShortcutSheet(const Actions *actions, QWidget *parent);
    QLineEdit *filter() const { return m_filter; }
    QTreeWidget *list() const { return m_list; }

private:
    void fill();
    const Actions *m_actions;
    QLineEdit *m_filter;
    QTreeWidget *m_list;
};

} // namespace gatehouse::ui
