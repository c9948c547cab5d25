#include "ui/widgets/flatbutton.h"

#include "ui/shell/style.h"

#include <QtCore/QEvent>
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

namespace gatehouse::ui {
namespace {

qreal runsWidth(const Runs &runs, const QFont &base)
{
    qreal width = 0;
    for (const Run &run : runs)
        width += QFontMetricsF(fontOfRun(run, base)).horizontalAdvance(run.text);
    return width;
}

} // namespace

FlatButton::FlatButton(QWidget *parent)
    : QAbstractButton(parent)
    , m_type(Type::Control)
{
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void FlatButton::setFace(const Face &face)
{
    m_face = face;
    setText(toPlainText(face.text).replace(QLatin1Char('&'), QStringLiteral("&&"))); // no shortcut of a letter in it
    updateGeometry();
    update();
}

void FlatButton::setBaseType(Type type)
{
    m_type = type;
    updateGeometry();
}

int FlatButton::contentWidth() const
{
    qreal width = runsWidth(m_face.text, typeFont(m_type));
    if (m_face.icon)
        width += scaled(m_face.text.isEmpty() ? 16 : 20);
    if (m_face.mark)
        width += scaled(16);
    if (m_face.chevron)
        width += scaled(16);
    if (m_face.unsavedDot)
        width += scaled(12);
    return qCeil(width);
}

QSize FlatButton::sizeHint() const
{
    const int width = contentWidth();
    m_widest = m_steady ? qMax(m_widest, width) : width;
    return { m_widest + 2 * scaled(m_padding), scaled(m_height) };
}

void FlatButton::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool hot = isEnabled() && (underMouse() || isDown());
    if (hot || isChecked())
        drawBox(&painter, rect().adjusted(1, 1, -1, -1), 5,
            isChecked() ? t.accentTint : blend(t.frame, t.text, isDown() ? 0.12 : 0.07), QColor());
    const QColor ink = !isEnabled() ? t.text3 : m_face.hue ? t.hue(*m_face.hue).text : t.text2;
    const QFont base = typeFont(m_type);
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    const auto place = [&](qreal x, qreal w) { return rtl ? width() - x - w : x; };
    qreal x = qMax<qreal>(scaled(2), m_steady ? scaled(m_padding) : (width() - contentWidth()) / 2.0);
    const int size = scaled(16);
    if (m_face.icon) {
        paintIcon(&painter, QRectF(place(x, size), (height() - size) / 2.0, size, size), *m_face.icon,
            isEnabled() && m_face.iconHue ? t.hue(*m_face.iconHue).text : ink);
        x += scaled(20);
    }
    if (m_face.mark) {
        paintMark(&painter, QPointF(place(x + scaled(5), 0), height() / 2.0), *m_face.mark);
        x += scaled(16);
    }
    Runs runs = m_face.text;
    if (m_face.hue)
        for (Run &run : runs)
            run.hue = m_face.hue;
    const qreal textWidth = runsWidth(runs, base);
    painter.setOpacity(isEnabled() ? 1 : 0.6);
    paintRuns(&painter, QPointF(place(x, textWidth), centredBaseline(base, 0, height())), runs, base, textWidth + 2);
    painter.setOpacity(1);
    x += textWidth;
    if (m_face.unsavedDot) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.client.fill);
        painter.drawEllipse(QPointF(place(x + scaled(8), 0), height() / 2.0), scaled(3), scaled(3));
        x += scaled(12);
    }
    if (m_face.chevron)
        paintIcon(&painter,
            QRectF(place(x + scaled(3), scaled(14)), (height() - scaled(14)) / 2.0 + 1, scaled(14), scaled(14)),
            IconId::ChevronDown, t.text2);
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        drawFocusRing(&painter, rect(), 5);
}

void FlatButton::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange) {
        m_widest = 0;
        updateGeometry();
    }
    QAbstractButton::changeEvent(event);
}

int keyCapWidth(const QString &text)
{
    return qCeil(QFontMetricsF(typeFont(Type::Hint, QFont::Medium)).horizontalAdvance(text)) + scaled(10);
}

int paintKeyCap(QPainter *painter, const QPointF &topLeft, const QString &text)
{
    const Tokens &t = Tokens::current();
    const QFont f = typeFont(Type::Hint, QFont::Medium);
    const int width = keyCapWidth(text), height = scaled(17);
    drawBox(painter, QRectF(topLeft, QSizeF(width, height)), 4, t.dark ? t.field : t.sunken, t.line2);
    painter->setFont(f);
    painter->setPen(t.text2);
    painter->drawText(QPointF(topLeft.x() + scaled(5), centredBaseline(f, topLeft.y(), height)), text);
    return width;
}

} // namespace gatehouse::ui
