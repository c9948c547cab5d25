#include "ui/shell/toast.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/icons.h"

#include <QtCore/QTimer>
#include <QtGui/QAccessible>
#include <QtGui/QPainter>

namespace gatehouse::ui {

Toast::Toast(QWidget *host)
    : QWidget(host)
    , m_timer(new QTimer(this))
{
    setVisible(false);
    setFocusPolicy(Qt::NoFocus);
    setCursor(Qt::PointingHandCursor);
    m_timer->setSingleShot(true);
    m_timer->setInterval(6000);
    connect(m_timer, &QTimer::timeout, this, &QWidget::hide);
}

void Toast::show(const QString &text, HueId hue)
{
    m_text = shownText(text);
    m_hue = hue;
    setAccessibleName(text);
    const QFontMetrics metrics(typeFont(Type::Control));
    const QRect host = parentWidget()->rect();
    const int width = qMin(metrics.horizontalAdvance(m_text) + scaled(56), host.width() - scaled(64));
    setGeometry((host.width() - width) / 2, host.height() - scaled(26 + 16 + 36), width, scaled(36));
    setVisible(true);
    raise();
    m_timer->start();
    QAccessibleEvent announced(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&announced);
}

void Toast::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    drawBox(&painter, rect(), 8, t.raised, t.line2);
    const int size = scaled(16);
    const IconId id = m_hue == HueId::Server ? IconId::Error
        : m_hue == HueId::Client             ? IconId::Warning
        : m_hue == HueId::Ok                 ? IconId::Check
                                             : IconId::Info;
    paintIcon(&painter, QRectF(scaled(12), (height() - size) / 2.0, size, size), id, t.hue(m_hue).text);
    const QFont f = typeFont(Type::Control);
    painter.setFont(f);
    painter.setPen(t.text);
    const QRect text = rect().adjusted(scaled(38), 0, -scaled(14), 0);
    painter.drawText(
        text, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(f).elidedText(m_text, Qt::ElideRight, text.width() + 1));
}

void Toast::mousePressEvent(QMouseEvent *)
{
    hide();
    Q_EMIT clicked();
}

} // namespace gatehouse::ui
