#include "ui/shell/rail.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"

#include <QtCore/QEvent>
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QButtonGroup>

namespace gatehouse::ui {

class RailButton final : public QAbstractButton {
public:
    RailButton(const PanelInfo &info, const QString &shortcut, QWidget *parent)
        : QAbstractButton(parent)
        , m_icon(info.icon)
        , m_shortcut(shortcut)
    {
        setText(info.title);
        setCheckable(true);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::StrongFocus);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setBadge({});
    }
    void setBadge(const Badge &badge)
    {
        m_badge = badge;
        setAccessibleName(badge.count ? text() + QStringLiteral(", ") + badge.meaning : text());
        QString tip = m_shortcut.isEmpty() ? text() : QStringLiteral("%1 (%2)").arg(text(), m_shortcut);
        if (badge.count)
            tip += QLatin1Char('\n') + badge.meaning;
        setToolTip(tip);
        update();
    }
    int labelWidth() const
    {
        return qCeil(QFontMetricsF(typeFont(Type::Head, QFont::Medium)).horizontalAdvance(text()));
    }
    void setIconOnly(bool only) { m_iconOnly = only; }
    QSize sizeHint() const override { return { scaled(48), scaled(m_iconOnly ? 42 : 54) }; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool rtl = layoutDirection() == Qt::RightToLeft;
        const QRectF box(scaled(6), scaled(1.5), width() - 2 * scaled(6), height() - scaled(3));
        if (isChecked()) {
            drawBox(&painter, box, 8, t.dark ? t.raised : t.surface, t.line);
            const int high = scaled(24);
            painter.fillRect(QRectF(rtl ? width() - scaled(3) : 0, (height() - high) / 2.0, scaled(3), high), t.accent);
        } else if (underMouse()) {
            drawBox(&painter, box, 8, blend(t.frame, t.text, 0.05), QColor());
        }
        const int size = scaled(20);
        const qreal iconTop = m_iconOnly ? (height() - size) / 2.0 : scaled(7);
        const QRectF icon((width() - size) / 2.0, iconTop, size, size);
        paintIcon(&painter, icon, m_icon, isChecked() ? t.accentText : t.text2);
        if (!m_iconOnly) {
            const QFont f = typeFont(Type::Head, isChecked() ? QFont::DemiBold : QFont::Medium);
            painter.setFont(f);
            painter.setPen(isChecked() ? t.text : t.text2);
            const QString shown = QFontMetrics(f).elidedText(text(), Qt::ElideRight, width() - 4);
            painter.drawText(QRectF(0, icon.bottom() + 1, width(), scaled(19)), Qt::AlignCenter, shown);
        }
        if (m_badge.count > 0)
            paintBadge(painter, icon, rtl);
        if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
            drawFocusRing(&painter, box, 8);
    }

private:
    void paintBadge(QPainter &painter, const QRectF &icon, bool rtl) const
    {
        const Tokens &t = Tokens::current();
        const Hue &hue = t.hue(m_badge.hue);
        const QFont f = typeFont(Type::Head);
        const QString text = m_badge.count > 99 ? QStringLiteral("99+") : QString::number(m_badge.count);
        const qreal height = scaled(14);
        const qreal width = qMax<qreal>(height, QFontMetricsF(f).horizontalAdvance(text) + scaled(6));
        QRectF box(icon.right() - scaled(5), icon.top() - scaled(4), width, height);
        if (rtl)
            box.moveRight(icon.left() + scaled(5));
        drawBox(&painter, box, height / 2, hue.tint, t.highContrast ? hue.fill : QColor());
        painter.setFont(f);
        painter.setPen(hue.text);
        painter.drawText(QPointF(box.center().x() - QFontMetricsF(f).horizontalAdvance(text) / 2,
                             centredBaseline(f, box.top(), height)),
            text);
    }

    IconId m_icon;
    QString m_shortcut;
    Badge m_badge;
    bool m_iconOnly = false;
};

Rail::Rail(const QList<PanelInfo> &panels, QWidget *parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
{
    setAccessibleName(tr("Panels"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, scaled(5), 1, scaled(7));
    column->setSpacing(0);
    for (qsizetype i = 0; i < panels.size(); ++i) {
        const bool settings = panels[i].id == QLatin1String(panels::settings);
        const QString shortcut = settings ? tr("Ctrl+,") : tr("Ctrl+%1").arg(i + 1);
        auto *button = new RailButton(panels[i], shortcut, this);
        if (settings)
            column->addStretch(1);
        column->addWidget(button);
        m_group->addButton(button, static_cast<int>(i));
        m_buttons << button;
    }
    connect(m_group, &QButtonGroup::idClicked, this, &Rail::chosen);
    refit();
}

void Rail::setCurrent(int index)
{
    if (index >= 0 && index < m_buttons.size())
        m_buttons[index]->setChecked(true);
}

void Rail::setBadge(int index, const Badge &badge) { m_buttons[index]->setBadge(badge); }

void Rail::setIconsOnly(bool only)
{
    m_iconsOnly = only;
    refit();
}

void Rail::refit()
{
    int widest = 0;
    for (RailButton *button : m_buttons) {
        button->setIconOnly(m_iconsOnly);
        button->updateGeometry();
        widest = qMax(widest, button->labelWidth());
    }
    setFixedWidth(m_iconsOnly ? scaled(48) : qBound(scaled(76), widest + scaled(14), scaled(104)));
}

void Rail::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.fillRect(rect(), t.frame);
    painter.fillRect(QRect(layoutDirection() == Qt::RightToLeft ? 0 : width() - 1, 0, 1, height()), t.line);
}

void Rail::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange || event->type() == QEvent::FontChange)
        refit();
    QWidget::changeEvent(event);
}

} // namespace gatehouse::ui
