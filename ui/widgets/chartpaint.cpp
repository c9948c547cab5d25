// What a chart paints around and over its series.
#include "ui/widgets/chart.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <QtCore/QAbstractTableModel>
#include <QtCore/QDateTime>
#include <QtGui/QClipboard>
#include <QtGui/QFontMetricsF>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainterPath>
#include <QtWidgets/QGraphicsLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QTableView>

#include <algorithm>
#include <cmath>

namespace gatehouse::ui {

QColor seriesColor(const ChartSeries &series)
{
    const Tokens &t = Tokens::current();
    switch (series.tone) {
    case ChartSeries::Tone::Hue: return t.hue(series.hue).fill;
    case ChartSeries::Tone::Accent:
    case ChartSeries::Tone::Middle: return t.focus;
    case ChartSeries::Tone::Low: return t.seriesLow;
    case ChartSeries::Tone::High: return t.seriesHigh;
    case ChartSeries::Tone::Quiet: return t.control;
    }
    return t.control;
}

void TimeChart::drawBackground(QPainter *painter, const QRectF &)
{
    if (isTableShown())
        return;
    const qint64 span = (static_cast<qint64>(m_data.count()) - 1) * m_data.step;
    paintAxes(painter, m_area, m_scale, timeTicks(m_data.end, span, m_data.live));
}

void TimeChart::drawForeground(QPainter *painter, const QRectF &)
{
    const Tokens &t = Tokens::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    const double last = static_cast<double>(m_data.count()) - 1;
    const auto xOfTime = [&](qint64 time) {
        return std::round(xOf(last - static_cast<double>(m_data.end - time) / static_cast<double>(m_data.step)));
    };
    const QFontMetricsF labels(typeFont(Type::Hint));
    double free = m_area.right();
    for (auto at = m_data.marks.crbegin(); at != m_data.marks.crend(); ++at) { // the newest keeps its label where they are close
        const ChartMark &mark = *at;
        const double x = xOfTime(mark.at);
        if (x < m_area.left() || x > m_area.right())
            continue;
        for (double y = m_area.top(); y < m_area.bottom(); y += 3)
            painter->fillRect(QRectF(x, y, 1, 1), t.focus);
        painter->setFont(typeFont(Type::Hint));
        painter->setPen(t.accentText);
        const double width = labels.horizontalAdvance(mark.label);
        const bool before = x + scaled(4) + width > m_area.right(); // near the end it stands on the other side
        const double left = before ? x - scaled(4) - width : x + scaled(4);
        if (mark.label.isEmpty() || left < m_area.left() || left + width > free)
            continue;
        painter->drawText(QPointF(left, m_area.top() + scaled(10)), mark.label);
        free = std::min(left, x) - scaled(8);
    }
    for (const ChartBand &band : m_data.bands) {
        const double from = std::clamp(xOfTime(band.from), m_area.left(), m_area.right());
        const double to = std::clamp(xOfTime(band.to), m_area.left(), m_area.right());
        painter->fillRect(QRectF(from, m_area.bottom() + 2, std::max(2.0, to - from), scaled(4)), t.hue(band.hue).fill);
    }
    if (m_dragFrom >= 0) {
        QColor shade = t.focus;
        shade.setAlphaF(0.16F);
        painter->fillRect(QRectF(QPointF(std::min(m_dragFrom, m_dragTo), m_area.top()),
                              QPointF(std::max(m_dragFrom, m_dragTo), m_area.bottom())),
            shade);
    }
    if (m_crosshair && m_data.count() > 0)
        painter->fillRect(
            QRectF(std::round(xOf(indexOf(m_crosshair))), m_area.top() - scaled(4), 1, m_area.height() + scaled(4)),
            t.text);
    painter->restore();
    paintLegend(painter);
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        drawFocusRing(painter, QRectF(viewport()->rect()), 7);
}

void TimeChart::paintLegend(QPainter *painter)
{
    const Tokens &t = Tokens::current();
    const QFont head = typeFont(Type::Section), name = typeFont(Type::Control),
                mono = typeFont(Type::Wire, QFont::Medium);
    const QFontMetricsF nameMetrics(name), monoMetrics(mono);
    const double top = scaled(8), height = scaled(24);
    painter->setFont(head);
    painter->setPen(t.text);
    painter->drawText(QPointF(scaled(14), centredBaseline(head, top, height)), m_title);
    const double start = scaled(14) + QFontMetricsF(head).horizontalAdvance(m_title) + scaled(16);
    m_legend.clear();
    double x = width() - scaled(plot::right);
    const bool alone = m_data.series.size() == 1;
    const bool noted = m_data.series.isEmpty() || (alone && !m_note.isEmpty() && !m_crosshair);
    if (noted || (alone && (m_data.series[0].name.isEmpty() || m_data.series[0].name == m_title))) {
        painter->setFont(name);
        painter->setPen(t.text2);
        const QString text = noted ? m_note : valueText(0);
        painter->drawText(QPointF(x - nameMetrics.horizontalAdvance(text), centredBaseline(name, top, height)), text);
        return;
    }
    for (int i = static_cast<int>(m_data.series.size()) - 1; i >= 0; --i) {
        const ChartSeries &series = m_data.series[i];
        const bool hidden = isHidden(series.name);
        const QString value = hidden ? QString() : valueText(i);
        const double valueWidth = monoMetrics.horizontalAdvance(value),
                     nameWidth = nameMetrics.horizontalAdvance(series.name);
        const double width = scaled(13) + nameWidth + scaled(5) + valueWidth;
        if (x - width < start)
            break;
        x -= width;
        m_legend.append({ QRectF(x - 2, top, width + 4, height), series.name });
        const QRectF swatch(x, top + (height - scaled(8)) / 2, scaled(8), scaled(8));
        if (series.dashed) {
            painter->fillRect(QRectF(x, swatch.center().y() - 1, scaled(4), 2), seriesColor(series));
            painter->fillRect(QRectF(x + scaled(6), swatch.center().y() - 1, scaled(3), 2), seriesColor(series));
        } else {
            drawBox(painter, swatch, 2, hidden ? QColor() : seriesColor(series), hidden ? t.control : QColor());
        }
        painter->setFont(name);
        painter->setPen(hidden ? t.text3 : t.text2);
        painter->drawText(QPointF(x + scaled(13), centredBaseline(name, top, height)), series.name);
        painter->setFont(mono);
        painter->setPen(t.text);
        painter->drawText(QPointF(x + scaled(18) + nameWidth, centredBaseline(mono, top, height)), value);
        x -= scaled(12);
    }
}

void paintSparkline(QPainter *painter, const QRectF &rect, const std::vector<double> &values, const QColor &color)
{
    double most = 0;
    for (const double value : values)
        most = std::isnan(value) ? most : std::max(most, value);
    if (values.size() < 2 || most <= 0)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPolygonF line;
    for (size_t i = 0; i < values.size(); ++i)
        if (!std::isnan(values[i]))
            line << QPointF(
                rect.left() + static_cast<double>(i) / static_cast<double>(values.size() - 1) * rect.width(),
                rect.bottom() - values[i] / most * (rect.height() - 2));
    QPolygonF area = line;
    area << QPointF(line.last().x(), rect.bottom()) << QPointF(line.first().x(), rect.bottom());
    QColor fill = color;
    fill.setAlphaF(0.2F);
    painter->setPen(Qt::NoPen);
    painter->setBrush(fill);
    painter->drawPolygon(area);
    painter->setPen(QPen(color, 1.3, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    painter->drawPolyline(line);
    painter->restore();
}

} // namespace gatehouse::ui
