// The column at the left of a panel: a field to find in, a button that adds, and below them what the panel lists. And how such
// lists are set up and their rows drawn, once for all panels.
#pragma once

#include <QtGui/QColor>
#include <QtGui/QFont>
#include <QtWidgets/QWidget>

class QAbstractItemModel;
class QLineEdit;
class QListView;
class QPainter;
class QStyleOptionViewItem;
class QToolButton;
class QVBoxLayout;

namespace gatehouse::ui {

class ListColumn final : public QWidget {
    Q_OBJECT
public:
    // `find` is the field's placeholder and name; `add` is the button's tooltip and name.
    ListColumn(const QString &find, const QString &add, QWidget *parent = nullptr);
    QLineEdit *find() const { return m_find; }
    QToolButton *add() const { return m_add; }
    QVBoxLayout *body() const { return m_body; } // what is listed goes here

private:
    QLineEdit *m_find;
    QToolButton *m_add;
    QVBoxLayout *m_body;
};

// A list without frame whose rows are all as high as each other. The delegate is set by the caller.
QListView *plainList(QAbstractItemModel *model, const QString &name, QWidget *parent);
// The ground of a row of such a list, inset and rounded: selected, under the pointer, with the focus.
void drawListGround(QPainter *painter, const QStyleOptionViewItem &option);
// One line, elided at its end, at `left` or ending at `left + width`.
void drawListText(QPainter *painter, const QFont &font, const QColor &colour, qreal left, qreal baseline, qreal width, const QString &text, bool right = false);

} // namespace gatehouse::ui
