// One field for a whole filter: finished terms become chips (orange when negated), the last one is typed. Space or
// Enter finishes a term, Backspace at the start takes the last chip back into the text, Alt+Left and Alt+Right walk the
// chips, Delete removes the chip that is lit. Completion offers field, value and how many would match.
#pragma once

#include "ui/widgets/marks.h"

#include <QtCore/QStringList>
#include <QtWidgets/QWidget>

#include <functional>
#include <optional>

class QLineEdit;
class QLabel;

namespace gatehouse::ui {

struct FilterCompletion {
    std::optional<Mark> mark;
    QString term; // what is put in: "status:4xx"
    QString hint; // "refused or not found"
    QString count; // "1,731"
};

class FilterField final : public QWidget {
    Q_OBJECT
public:
    explicit FilterField(const QString &placeholder, QWidget *parent = nullptr);

    QString expression() const; // chips and what is typed
    void setExpression(const QString &expression);
    QStringList chips() const { return m_chips; }
    void addTerm(const QString &term); // once; the opposite of it is taken away
    void removeTerm(const QString &term);
    void setCount(const QString &text); // at the right: "41,210 of 128,402"
    // What is wrong with the expression; empty: nothing. The owner keeps the last result and shows a FieldError.
    void setProblem(bool problem);
    // Called with what is typed; an empty list closes the list.
    std::function<QList<FilterCompletion>(const QString &typed)> complete;

    QLineEdit *edit() const { return m_edit; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void expressionChanged(const QString &expression);
    void leftDownwards(); // Down or Enter with nothing left to finish: the focus may go to the result

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct ChipBox {
        QRect box, close;
    };
    bool editKey(class QKeyEvent *key);
    bool completionKey(class QKeyEvent *key);
    void finishTyped();
    void editChip(qsizetype at);
    void layOut();
    void showCompletions();
    void takeCompletion(int row);
    void announce();

    QStringList m_chips;
    QList<ChipBox> m_boxes;
    QLineEdit *m_edit;
    QLabel *m_count;
    class Popup;
    Popup *m_popup;
    qsizetype m_lit = -1; // the chip walked to
    qsizetype m_hovered = -1;
    bool m_problem = false;
    bool m_quiet = false;
};

} // namespace gatehouse::ui
