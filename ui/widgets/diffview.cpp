#include "ui/widgets/diffview.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"

#include <QtGui/QClipboard>
#include <QtGui/QFontMetricsF>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include <algorithm>

namespace gatehouse::ui {

void paintDiffLine(QPainter *painter, const QRect &rect, const DiffLine &line, bool lit, Qt::LayoutDirection direction)
{
    const Tokens &t = Tokens::current();
    const bool added = line.kind == DiffLine::Kind::Added, removed = line.kind == DiffLine::Kind::Removed;
    const bool rtl = direction == Qt::RightToLeft;
    painter->save();
    if (added || removed)
        painter->fillRect(rect, added ? t.diffAdded : t.diffRemoved);
    if (lit)
        painter->fillRect(QRect(rtl ? rect.right() - 2 : rect.left(), rect.top(), 3, rect.height()), t.focus);
    const QFont mono = typeFont(Type::Wire), hint = typeFont(Type::Hint);
    const qreal baseline = centredBaseline(mono, rect.top(), rect.height());
    const qreal noteWidth = QFontMetricsF(hint).horizontalAdvance(line.note);
    painter->setFont(mono);
    painter->setPen(added ? t.ok.text : removed ? t.server.text : t.text3);
    const QString sign = added ? QStringLiteral("+") : removed ? QStringLiteral("-") : QString();
    painter->drawText(QPointF(rtl ? rect.right() - scaled(16) : rect.left() + scaled(8), baseline), sign);
    painter->setPen(line.kind == DiffLine::Kind::Same ? t.text2 : t.text);
    const qreal room = rect.width() - scaled(24 + 10) - noteWidth - (noteWidth > 0 ? scaled(12) : 0);
    const QString shown = QFontMetricsF(mono).elidedText(shownText(line.text), Qt::ElideRight, room);
    const qreal width = QFontMetricsF(mono).horizontalAdvance(shown);
    painter->drawText(QPointF(rtl ? rect.right() - scaled(24) - width : rect.left() + scaled(24), baseline), shown);
    painter->setFont(hint);
    painter->setPen(line.place == Place() ? t.text2 : t.accentText);
    painter->drawText(QPointF(rtl ? rect.left() + scaled(10) : rect.right() - scaled(10) - noteWidth,
                          centredBaseline(hint, rect.top(), rect.height())),
        line.note);
    painter->restore();
}

QList<DiffLine> diffLines(const QStringList &before, const QStringList &after)
{
    const auto n = static_cast<size_t>(before.size()), m = static_cast<size_t>(after.size());
    const auto line = [](const QStringList &list, size_t i) { return list[static_cast<qsizetype>(i)]; };
    // common[i][j]: the longest common subsequence of what is left from i and j.
    std::vector<std::vector<unsigned>> common(n + 1, std::vector<unsigned>(m + 1, 0));
    for (size_t i = n; i-- > 0;)
        for (size_t j = m; j-- > 0;)
            common[i][j] = line(before, i) == line(after, j) ? common[i + 1][j + 1] + 1
                                                             : std::max(common[i + 1][j], common[i][j + 1]);
    QList<DiffLine> lines;
    size_t i = 0, j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && line(before, i) == line(after, j)) {
            lines.append({ DiffLine::Kind::Same, line(before, i), {}, {} });
            ++i, ++j;
        } else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1])) {
            lines.append({ DiffLine::Kind::Removed, line(before, i++), {}, {} });
        } else {
            lines.append({ DiffLine::Kind::Added, line(after, j++), {}, {} });
        }
    }
    return lines;
}

QString toText(const QList<DiffLine> &lines)
{
    QString text;
    for (const DiffLine &line : lines) {
        text += line.kind == DiffLine::Kind::Added ? QLatin1Char('+')
            : line.kind == DiffLine::Kind::Removed ? QLatin1Char('-')
                                                   : QLatin1Char(' ');
        text += line.text;
        if (!line.note.isEmpty())
            text += QStringLiteral("  (") + line.note + QLatin1Char(')');
        text += QLatin1Char('\n');
    }
    return text;
}

DiffView::DiffView(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DiffView::setLines(const QList<DiffLine> &lines)
{
    m_lines = lines;
    m_current = 0;
    setAccessibleName(tr("Differences"));
    setAccessibleDescription(toText(lines));
    updateGeometry();
    update();
}

QSize DiffView::sizeHint() const
{
    return { scaled(320), static_cast<int>(m_lines.size()) * scaled(diffLineHeight) + 2 };
}
QSize DiffView::minimumSizeHint() const { return { scaled(160), sizeHint().height() }; }

void DiffView::paintEvent(QPaintEvent *event)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    const int high = scaled(diffLineHeight);
    for (int i = 0; i < m_lines.size(); ++i) {
        const QRect row(1, 1 + i * high, width() - 2, high);
        if (row.intersects(event->rect()))
            paintDiffLine(&painter, row, m_lines[i], hasFocus() && i == m_current, layoutDirection());
    }
    drawBox(&painter, rect(), 4, QColor(), t.line);
}

void DiffView::setCurrent(int line)
{
    m_current = qBound(0, line, qMax(0, static_cast<int>(m_lines.size()) - 1));
    update();
}

void DiffView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy))
        QGuiApplication::clipboard()->setText(toText(m_lines));
    else if (event->key() == Qt::Key_Up && m_current > 0)
        setCurrent(m_current - 1);
    else if (event->key() == Qt::Key_Down && m_current + 1 < m_lines.size())
        setCurrent(m_current + 1);
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_current < m_lines.size()
        && m_lines[m_current].place != Place())
        Q_EMIT placeActivated(m_lines[m_current].place);
    else
        QWidget::keyPressEvent(event);
}

void DiffView::mousePressEvent(QMouseEvent *event)
{
    const int line = (event->pos().y() - 1) / scaled(diffLineHeight);
    setCurrent(line);
    if (line < 0 || line >= m_lines.size() || m_lines[line].place == Place())
        return;
    const qreal noteWidth = QFontMetricsF(typeFont(Type::Hint)).horizontalAdvance(m_lines[line].note) + scaled(16);
    const bool onNote =
        layoutDirection() == Qt::RightToLeft ? event->pos().x() < noteWidth : event->pos().x() > width() - noteWidth;
    if (onNote)
        Q_EMIT placeActivated(m_lines[line].place);
}

void DiffView::focusInEvent(QFocusEvent *) { update(); }
void DiffView::focusOutEvent(QFocusEvent *) { update(); }

} // namespace gatehouse::ui
