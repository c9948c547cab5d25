// What came in against what went out: lines with `+` and `-` in the margin, and at the right the setting that did it.
#pragma once

#include "ui/shell/navigator.h"

#include <QtCore/QList>
#include <QtWidgets/QWidget>

class QPainter;

namespace gatehouse::ui {

struct DiffLine {
    enum class Kind { Same, Added, Removed };
    Kind kind = Kind::Same;
    QString text; // on the wire font; never markup
    QString note; // "rewrite.host"
    Place place; // of the note's field

    bool operator==(const DiffLine &) const = default;
};

constexpr int diffLineHeight = 21; // design pixels
void paintDiffLine(QPainter *painter, const QRect &rect, const DiffLine &line, bool lit = false,
    Qt::LayoutDirection direction = Qt::LeftToRight);
// Line by line, by the longest common subsequence; for texts of up to some thousand lines.
QList<DiffLine> diffLines(const QStringList &before, const QStringList &after);
QString toText(const QList<DiffLine> &lines); // as a unified diff's body

// The whole of it as a widget; Up and Down walk, Enter goes to the setting, Ctrl+C copies. Grows with its lines.
class DiffView final : public QWidget {
    Q_OBJECT
public:
    explicit DiffView(QWidget *parent = nullptr);
    void setLines(const QList<DiffLine> &lines);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void placeActivated(const gatehouse::ui::Place &place);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void setCurrent(int line);
    QList<DiffLine> m_lines;
    int m_current = 0;
};

} // namespace gatehouse::ui
