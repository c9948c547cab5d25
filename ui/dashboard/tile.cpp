#include "ui/dashboard/tile.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/chart.h"

#include <QtGui/QPainter>

namespace gatehouse::ui {

Tile::Tile(const QString &name, QWidget *parent) : QAbstractButton(parent)
{
    setText(name);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Tile::setFigure(const QString &number, const QString &unit, const QString &phrase, HueId hue, std::vector<double> recent)
{
    m_number = number;
    m_unit = unit;
    m_phrase = phrase;
    m_hue = hue;
    m_recent = std::move(recent);
    setAccessibleName(tr("%1: %2 %3, %4").arg(text(), number, unit, phrase));
    update();
}

QSize Tile::sizeHint() const { return {scaled(160), scaled(80)}; }

void Tile::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = Tokens::current();
    drawBox(&painter, rect(), scaled(7), underMouse() ? t.hover : t.dark ? t.raised : t.surface, t.line);
    if (hasFocus())
        drawFocusRing(&painter, rect(), scaled(7));
    const int left = scaled(14), right = width() - scaled(12);
    const auto line = [&](const QFont &font, const QColor &colour, qreal x, qreal baseline, const QString &text) {
        painter.setFont(font);
        painter.setPen(colour);
        const QString shown = QFontMetricsF(font).elidedText(shownText(text), Qt::ElideRight, right - x);
        painter.drawText(QPointF(x, baseline), shown);
        return QFontMetricsF(font).horizontalAdvance(shown);
    };
    line(typeFont(Type::Control), t.text2, left, scaled(23), text());
    const qreal number = line(typeFont(Type::WireLarge), t.text, left, scaled(51), m_number);
    line(typeFont(Type::Control), t.text2, left + number + scaled(6), scaled(51), m_unit);
    const bool loud = m_hue == HueId::Server || m_hue == HueId::Client;
    line(typeFont(Type::Control), loud ? t.hue(m_hue).text : t.text2, left, scaled(70), m_phrase);
    if (width() > scaled(140))
        paintSparkline(&painter, QRectF(right - scaled(50), scaled(12), scaled(50), scaled(22)), m_recent, m_hue == HueId::None ? t.focus : t.hue(m_hue).fill);
}

} // namespace gatehouse::ui
