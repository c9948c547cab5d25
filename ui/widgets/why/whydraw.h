// Painting for the rows of an explanation. Everything is measured from the leading edge: where the layout runs from right to left,
// the painter's origin stands at the right and these put what they draw to the left of it. Private to why/.
#pragma once

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/runs.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <algorithm>

namespace gatehouse::ui::why {

inline bool mirrored(const QPainter *painter) { return painter->layoutDirection() == Qt::RightToLeft; }
inline QRectF flipped(const QPainter *painter, const QRectF &rect)
{
    return mirrored(painter) ? QRectF(-rect.right(), rect.top(), rect.width(), rect.height()) : rect;
}
inline QPointF flipped(const QPainter *painter, const QPointF &point) { return mirrored(painter) ? QPointF(-point.x(), point.y()) : point; }

inline qreal baselineAt(const QFont &font, qreal centre) { return centredBaseline(font, centre - scaled(10), scaled(20)); }
inline qreal textWidth(const QFont &font, const QString &text) { return QFontMetricsF(font).horizontalAdvance(text); }

inline void drawText(QPainter *painter, const QFont &font, const QColor &color, qreal x, qreal centre, const QString &given)
{
    const QString text = shownText(given);
    const bool flips = mirrored(painter), onWire = font.family() == typeFont(Type::Wire).family();
    painter->setFont(font);
    painter->setPen(color);
    if (flips && onWire) // what was on the wire reads from left to right in every language
        painter->setLayoutDirection(Qt::LeftToRight);
    painter->drawText(QPointF(flips ? -x - textWidth(font, text) : x, baselineAt(font, centre)), text);
    if (flips)
        painter->setLayoutDirection(Qt::RightToLeft);
}

inline void drawElided(QPainter *painter, const QFont &font, const QColor &color, qreal x, qreal centre, const QString &text, qreal width)
{
    if (width > 0)
        drawText(painter, font, color, x, centre, QFontMetricsF(font).elidedText(shownText(text), Qt::ElideRight, width));
}

// Ends at `right`; returns where it begins.
inline qreal drawRight(QPainter *painter, const QFont &font, const QColor &color, qreal right, qreal centre, const QString &text)
{
    const qreal x = right - textWidth(font, shownText(text));
    drawText(painter, font, color, x, centre, text);
    return x;
}

// Returns the width used.
inline qreal drawRuns(QPainter *painter, qreal x, qreal centre, const Runs &runs, const QFont &base, qreal width)
{
    if (!mirrored(painter))
        return paintRuns(painter, QPointF(x, baselineAt(base, centre)), runs, base, width);
    qreal total = 0;
    for (const Run &run : runs)
        total += textWidth(fontOfRun(run, base), run.text);
    const qreal used = std::min(total, width);
    return paintRuns(painter, QPointF(-x - used, baselineAt(base, centre)), runs, base, used);
}

inline void drawGlyph(QPainter *painter, const QPointF &centre, Glyph which) { paintGlyph(painter, flipped(painter, centre), which); }
inline void fillBox(QPainter *painter, const QRectF &rect, qreal radius, const QColor &fill, const QColor &border, qreal width = 1)
{
    drawBox(painter, flipped(painter, rect), radius, fill, border, width);
}
inline void fill(QPainter *painter, const QRectF &rect, const QColor &color) { painter->fillRect(flipped(painter, rect), color); }

} // namespace gatehouse::ui::why
