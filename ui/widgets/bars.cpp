#include "ui/widgets/bars.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

namespace gatehouse::ui {

QColor barTrack()
{
    const Tokens &t = Tokens::current();
    return t.highContrast ? blend(t.surface, t.line, 0.35) : t.line;
}

void paintGauge(QPainter *painter, const QRectF &rect, double fraction, const QColor &fill)
{
    const Tokens &t = Tokens::current();
    const qreal radius = rect.height() / 2;
    drawBox(painter, rect, radius, t.highContrast ? barTrack() : t.line2, QColor());
    if (fraction <= 0)
        return;
    QRectF part = rect;
    part.setWidth(qBound(qMin(rect.height() / 2, rect.width()), rect.width() * fraction, rect.width()));
    drawBox(painter, part, qMin(radius, part.width() / 2), fill, QColor());
}

void paintStackedBar(QPainter *painter, const QRectF &rect, const QList<BarPart> &parts)
{
    const Tokens &t = Tokens::current();
    double total = 0;
    for (const BarPart &part : parts)
        total += part.value;
    if (total <= 0 || rect.width() <= 0)
        return;
    // A part too short to see still shows: the rest shares what is left.
    const qreal gap = 1, least = rect.height();
    const qreal room = rect.width() - gap * static_cast<qreal>(parts.size() - 1);
    qreal x = rect.left(), wide = 0, kept = 0;
    for (const BarPart &part : parts) {
        const bool small = part.value / total * room < least;
        (small ? kept : wide) += small ? least : part.value;
    }
    for (const BarPart &part : parts) {
        const bool small = part.value / total * room < least;
        const qreal width = small ? least : part.value / wide * (room - kept);
        drawBox(painter, QRectF(x, rect.top(), width, rect.height()), 2, part.accent ? t.focus : t.hue(part.hue).fill,
            QColor());
        x += width + gap;
    }
}

Gauge::Gauge(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Gauge::setValue(double fraction, HueId hue, const QString &meaning)
{
    m_fraction = qBound(0.0, fraction, 1.0);
    m_hue = hue;
    setAccessibleName(meaning);
    setToolTip(plainToolTip(meaning));
    update();
}

QSize Gauge::sizeHint() const { return { scaled(44), scaled(6) }; }

void Gauge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintGauge(&painter, rect(), m_fraction, Tokens::current().hue(m_hue).fill);
}

StackedBar::StackedBar(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StackedBar::setParts(const QList<BarPart> &parts, const QString &total)
{
    m_parts = parts;
    m_total = total;
    QStringList words;
    for (const BarPart &part : parts)
        words << part.label;
    setAccessibleName(words.join(QStringLiteral(", ")) + QStringLiteral("; ") + total);
    update();
}

QSize StackedBar::sizeHint() const { return { scaled(300), scaled(32) }; }

void StackedBar::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    paintStackedBar(&painter, QRectF(0, scaled(2), width(), scaled(6)), m_parts);
    const QFont small = typeFont(Type::Control), mono = typeFont(Type::Wire, QFont::Medium);
    const qreal top = scaled(14), height = scaled(18);
    const qreal totalWidth = QFontMetricsF(mono).horizontalAdvance(m_total);
    qreal x = 0;
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    for (const BarPart &part : m_parts) {
        const qreal needed = scaled(13) + metrics.horizontalAdvance(part.label);
        if (x + needed > width() - totalWidth - scaled(12))
            break;
        drawBox(&painter, QRectF(x, top + (height - scaled(8)) / 2, scaled(8), scaled(8)), 2,
            part.accent ? t.focus : t.hue(part.hue).fill, QColor());
        painter.setPen(t.text2);
        painter.drawText(QPointF(x + scaled(13), centredBaseline(small, top, height)), part.label);
        x += needed + scaled(14);
    }
    painter.setFont(mono);
    painter.setPen(t.text);
    painter.drawText(QPointF(width() - totalWidth, centredBaseline(mono, top, height)), m_total);
}

} // namespace gatehouse::ui
