// Where an axis is labelled, and how: steps of 1, 2 and 5 with units, three to six labels. Shared by charts and heat
// map.
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

class QPainter;
class QRectF;

namespace gatehouse::ui {

enum class Unit { PerSecond, Nanoseconds, Fraction, Count, Bytes };

struct Tick {
    double at = 0; // in the axis's own numbers: of a logarithmic one log10 of the value
    QString label;
};

// The scale from 0 (or the least) to a round number at or above `most`. Never empty: a span of 0 gets a span of 1.
struct Scale {
    double from = 0, to = 1;
    bool logarithmic = false;
    QList<Tick> ticks;

    double place(double value) const; // 0 at the foot, 1 at the head; NaN stays NaN
};
Scale linearScale(double most, Unit unit);
Scale logScale(double least, double most, Unit unit);

// Labels of a time axis that ends at `end` (ms since the epoch), spanning `span` ms: relative ("−5 min" … "now") when
// it is live, clock time otherwise. `at` runs from 0 (start) to 1 (end).
QList<Tick> timeTicks(qint64 end, qint64 span, bool live);

QString formatValue(double value, Unit unit);

namespace plot { // margins that all charts share, in design pixels
inline constexpr int left = 52, right = 14, top = 38, bottom = 26;
} // namespace plot

// Grid lines, the labels of both axes and the base line.
void paintAxes(QPainter *painter, const QRectF &area, const Scale &scale, const QList<Tick> &times);

} // namespace gatehouse::ui
