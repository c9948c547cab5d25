#include "ui/widgets/controls.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"

#include <QtGui/QFontMetrics>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QButtonGroup>

namespace gatehouse::ui {
namespace {

// One segment: raised when chosen.
class Segment final : public QAbstractButton {
public:
    explicit Segment(const QString &text, QWidget *parent)
        : QAbstractButton(parent)
    {
        setText(text);
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
    }
    QSize sizeHint() const override
    {
        return { QFontMetrics(typeFont(Type::Control, QFont::DemiBold)).horizontalAdvance(text()) + scaled(18),
            scaled(24) };
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        if (isChecked())
            drawBox(&painter, rect(), 5, t.dark ? t.raised : t.surface, t.line2);
        painter.setFont(typeFont(Type::Control, isChecked() ? QFont::DemiBold : QFont::Medium));
        painter.setPen(!isEnabled() ? t.text3 : isChecked() || underMouse() ? t.text : t.text2);
        painter.drawText(rect(), Qt::AlignCenter, text());
        if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
            drawFocusRing(&painter, rect(), 5);
    }
};

} // namespace

Switch::Switch(const QString &name, QWidget *parent)
    : QAbstractButton(parent)
{
    setCheckable(true);
    setAccessibleName(name);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize Switch::sizeHint() const { return { scaled(32), scaled(20) }; }

void Switch::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF track(scaled(3), (height() - scaled(14)) / 2.0, scaled(26), scaled(14));
    const qreal r = track.height() / 2;
    const QColor ground = !isEnabled() ? t.line2 : isChecked() ? t.accent : t.field;
    drawBox(&painter, track, r, ground, isEnabled() && isChecked() ? t.accent : isEnabled() ? t.control : t.line2, 1.2);
    const bool right = isChecked() != (layoutDirection() == Qt::RightToLeft);
    painter.setPen(Qt::NoPen);
    painter.setBrush(isChecked() ? t.onAccent : t.control);
    painter.drawEllipse(QPointF(right ? track.right() - r : track.left() + r, track.center().y()), r - 2.5, r - 2.5);
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        drawFocusRing(&painter, rect(), scaled(10));
}

Segments::Segments(const QStringList &texts, QWidget *parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(2, 2, 2, 2);
    layout->setSpacing(2);
    for (qsizetype i = 0; i < texts.size(); ++i) {
        auto *segment = new Segment(texts[i], this);
        m_group->addButton(segment, static_cast<int>(i));
        layout->addWidget(segment);
    }
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            Q_EMIT currentChanged(id);
    });
}

int Segments::current() const { return m_group->checkedId(); }

void Segments::setCurrent(int index)
{
    if (QAbstractButton *segment = m_group->button(index))
        segment->setChecked(true);
}

void Segments::setSegmentText(int index, const QString &text)
{
    if (QAbstractButton *segment = m_group->button(index)) {
        segment->setText(text);
        segment->updateGeometry();
    }
}

void Segments::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    drawBox(&painter, rect(), 6, t.frame, t.line);
}

MethodToggleRow::MethodToggleRow(QWidget *parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    for (const auto *method : { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" })
        addMethod(QString::fromLatin1(method));
}

QAbstractButton *MethodToggleRow::addMethod(const QString &method)
{
    auto *toggle = new QPushButton(method, this);
    toggle->setCheckable(true);
    toggle->setFont(typeFont(Type::Wire));
    toggle->setAccessibleName(tr("Method %1").arg(method));
    m_buttons << toggle;
    connect(toggle, &QAbstractButton::clicked, this, [this] { Q_EMIT changed(methods()); });
    if (isVisible())
        toggle->show();
    updateGeometry();
    lay(width(), true);
    return toggle;
}

int MethodToggleRow::lay(int width, bool place) const
{
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    int x = 0, y = 0, height = 0;
    for (QAbstractButton *toggle : m_buttons) {
        const QSize size = toggle->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += height + scaled(6);
        }
        height = size.height();
        if (place)
            toggle->setGeometry(QRect(QPoint(mirrored ? width - x - size.width() : x, y), size));
        x += size.width() + scaled(6);
    }
    return y + height;
}

QSize MethodToggleRow::sizeHint() const
{
    int width = 0;
    for (const QAbstractButton *toggle : m_buttons)
        width += toggle->sizeHint().width() + scaled(6);
    return { width, lay(width, false) };
}

QSize MethodToggleRow::minimumSizeHint() const
{
    QSize least;
    for (const QAbstractButton *toggle : m_buttons)
        least = least.expandedTo(toggle->sizeHint());
    return least;
}

bool MethodToggleRow::event(QEvent *event)
{
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest || event->type() == QEvent::LayoutDirectionChange)
        lay(width(), true);
    else if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateGeometry();
    return QWidget::event(event);
}

QStringList MethodToggleRow::methods() const
{
    QStringList list;
    for (const QAbstractButton *toggle : m_buttons)
        if (toggle->isChecked())
            list << toggle->text();
    return list;
}

void MethodToggleRow::setMethods(const QStringList &methods)
{
    QStringList known;
    for (QAbstractButton *toggle : m_buttons) {
        toggle->setChecked(methods.contains(toggle->text()));
        known << toggle->text();
    }
    for (const QString &method : methods)
        if (!known.contains(method))
            addMethod(method)->setChecked(true);
}

QToolButton *iconButton(IconId id, const QString &name, QWidget *parent)
{
    auto *result = new QToolButton(parent);
    result->setIcon(makeIcon(id));
    result->setToolTip(name);
    result->setAccessibleName(name);
    result->setAutoRaise(true);
    result->setFocusPolicy(Qt::TabFocus);
    return result;
}

QPushButton *linkButton(const QString &text, QWidget *parent)
{
    auto *result = button(text, "link", parent);
    result->setCursor(Qt::PointingHandCursor);
    return result;
}

QPushButton *button(const QString &text, const char *kind, QWidget *parent)
{
    auto *result = new QPushButton(text, parent);
    result->setAutoDefault(false);
    if (*kind)
        setKind(result, kind);
    return result;
}

Hairline::Hairline(Qt::Orientation orientation, QWidget *parent)
    : QWidget(parent)
{
    if (orientation == Qt::Horizontal)
        setFixedHeight(1);
    else
        setFixedWidth(1);
}

void Hairline::paintEvent(QPaintEvent *) { QPainter(this).fillRect(rect(), Tokens::current().line); }

} // namespace gatehouse::ui
