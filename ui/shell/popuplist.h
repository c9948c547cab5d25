// A list that drops from a button: problems, notes, listeners. Up, Down, Enter, Escape; a click jumps.
#pragma once

#include "ui/shell/navigator.h"
#include "ui/shell/tokens.h"
#include "ui/widgets/icons.h"

#include <QtCore/QList>
#include <QtWidgets/QFrame>

#include <functional>

class QListView;

namespace gatehouse::ui {

struct PopupRow {
    IconId icon = IconId::Dot;
    HueId hue = HueId::None;
    QString text;
    QString detail; // below, in hints
    QString state; // at the right
    std::function<void()> run;
};

class PopupList final : public QFrame {
    Q_OBJECT
public:
    explicit PopupList(QWidget *parent);
    // Above or below `anchor`, wherever there is room, aligned with its nearer edge.
    void open(QWidget *anchor, const QString &title, const QList<PopupRow> &rows, const QString &emptyText);
    QListView *list() const { return m_list; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void run(int row);
    QString m_title, m_emptyText;
    QList<PopupRow> m_rows;
    QListView *m_list;
    class Model;
    class Delegate;
    Model *m_model;
};

} // namespace gatehouse::ui
