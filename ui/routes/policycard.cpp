#include "ui/routes/policycard.h"

#include "gateway/config/policykinds.h"
#include "ui/forms/recordform.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/listcolumn.h"

#include <QtGui/QContextMenuEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {
constexpr double headHeight = 54, iconLeft = 12, textLeft = 36;
}

PolicyCard::PolicyCard(Pipeline &pipeline, Session &session, const PolicyEntryView &entry, bool locked, QWidget *parent)
    : QFrame(parent), m_pipeline(pipeline), m_session(session), m_entry(entry), m_locked(locked)
{
    setFocusPolicy(Qt::StrongFocus);
    build();
    showHead();
}

void PolicyCard::build()
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, scaled(headHeight), 0, 0); // the head is painted
    layout->setSpacing(0);
    if (m_locked)
        return;
    m_switch = new Switch(tr("On"), this);
    m_switch->setCheckable(true);
    connect(m_switch, &QAbstractButton::clicked, this, [this](bool on) { m_pipeline.setEnabled(this, on); });
}

void PolicyCard::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    if (!m_switch)
        return;
    const QSize size = m_switch->sizeHint();
    m_switch->setGeometry(QRect(QPoint(width() - scaled(10) - size.width(), scaled(17) - size.height() / 2), size));
}

void PolicyCard::setEntry(const PolicyEntryView &entry)
{
    if (m_form && entry.record != m_entry.record)
        m_form->moveTo(entry.record);
    m_entry = entry;
    showHead();
}

void PolicyCard::showHead()
{
    if (m_switch) {
        m_switch->setChecked(m_entry.enabled);
        m_switch->setAccessibleName(tr("%1 on").arg(m_entry.title));
    }
    QStringList words{m_entry.title, m_entry.summary};
    if (!m_entry.owner.isEmpty())
        words << tr("from %1").arg(m_entry.owner);
    if (!m_entry.shared.isEmpty())
        words << tr("shared");
    if (!m_entry.enabled)
        words << tr("off");
    if (m_known) {
        words << tr("%1 passed a second").arg(formatRate(m_passed));
        if (m_stopped > 0)
            words << (m_entry.shadow ? tr("would refuse %1/s").arg(formatRate(m_stopped)) : tr("%1 refused a second").arg(formatRate(m_stopped)));
        if (m_delayed > 0)
            words << tr("%1 delayed a second").arg(formatRate(m_delayed));
    }
    setAccessibleName(tr("Policy %1").arg(words.join(QStringLiteral(", "))));
    setToolTip(m_locked ? plainToolTip(tr("Inherited from %1. Click to open it there.").arg(m_entry.owner)) : QString());
    update();
}

namespace {

// A tag after the name: whose it is, or that others use it too. Gives where it ends.
qreal paintTag(QPainter *painter, qreal left, qreal middle, const QString &text, bool linked)
{
    const Tokens &t = Tokens::current();
    const QFont font = typeFont(Type::Hint, QFont::Medium);
    const qreal icon = linked ? scaled(17) : 0, width = QFontMetricsF(font).horizontalAdvance(text) + icon + scaled(12), height = scaled(18);
    drawBox(painter, QRectF(left, middle - height / 2, width, height), scaled(4), t.dark ? t.selectedOff : t.hover, t.highContrast ? t.line2 : QColor());
    if (linked)
        paintIcon(painter, QRectF(left + scaled(5), middle - scaled(7), scaled(14), scaled(14)), IconId::Link, t.text2);
    painter->setFont(font);
    painter->setPen(t.text2);
    painter->drawText(QPointF(left + scaled(6) + icon, centredBaseline(font, middle - height / 2, height)), text);
    return left + width;
}

// A rate with its icon, ending at `right`. Gives where it begins.
qreal paintRate(QPainter *painter, qreal right, qreal middle, IconId icon, const QString &text, HueId hue)
{
    const QColor colour = Tokens::current().hue(hue).text;
    const QFont font = typeFont(Type::Wire);
    const qreal width = QFontMetricsF(font).horizontalAdvance(text), size = scaled(14);
    painter->setFont(font);
    painter->setPen(colour);
    painter->drawText(QPointF(right - width, centredBaseline(font, middle - scaled(10), scaled(20))), text);
    paintIcon(painter, QRectF(right - width - scaled(4) - size, middle - size / 2, size, size), icon, colour);
    return right - width - scaled(4) - size - scaled(12);
}

} // namespace

void PolicyCard::paintHead(QPainter *painter) const
{
    const Tokens &t = Tokens::current();
    const qreal first = scaled(17), second = scaled(38), right = width() - scaled(12);
    paintIcon(painter, QRectF(scaled(iconLeft), first - scaled(8), scaled(16), scaled(16)), policyIcon(m_entry.kind), t.text2);
    const QFont name = typeFont(Type::ControlStrong);
    const qreal most = right - scaled(60) - scaled(textLeft);
    drawListText(painter, name, t.text, scaled(textLeft), centredBaseline(name, first - scaled(10), scaled(20)), most, m_entry.title);
    qreal at = scaled(textLeft) + std::min(most, QFontMetricsF(name).horizontalAdvance(m_entry.title)) + scaled(8);
    if (!m_entry.owner.isEmpty())
        at = paintTag(painter, at, first, m_entry.owner, false) + scaled(6);
    if (!m_entry.shared.isEmpty())
        paintTag(painter, at, first, m_entry.sharedUses > 1 ? tr("shared, %n route(s)", nullptr, m_entry.sharedUses) : tr("shared"), true);
    qreal end = right;
    if (m_known && m_entry.enabled) {
        if (m_delayed > 0)
            end = paintRate(painter, end, second, IconId::Clock, tr("%1/s").arg(formatRate(m_delayed)), HueId::Delay);
        if (m_stopped > 0)
            end = paintRate(painter, end, second, IconId::Barred, m_entry.shadow ? tr("would refuse %1/s").arg(formatRate(m_stopped)) : tr("%1/s").arg(formatRate(m_stopped)), HueId::Client);
        end = paintRate(painter, end, second, IconId::Check, tr("%1/s").arg(formatRate(m_passed)), HueId::Ok);
    }
    const QFont plain = typeFont(Type::Control);
    drawListText(painter, plain, t.text2, scaled(textLeft), centredBaseline(plain, second - scaled(10), scaled(20)), end - scaled(textLeft),
                 m_entry.shadow ? tr("shadow: decides, never acts; %1").arg(m_entry.summary) : m_entry.summary);
}

void PolicyCard::setLive(const api::PolicyLive *live)
{
    m_known = live != nullptr;
    m_passed = live ? live->passedPerSecond : 0;
    m_stopped = live ? live->stoppedPerSecond : 0;
    m_delayed = live ? live->delayedPerSecond : 0;
    showHead();
    if (m_form)
        showGauges(live ? live->gauges : std::vector<observe::Gauge>());
}

void PolicyCard::setOpen(bool open)
{
    if (open == isOpen())
        return;
    if (!open) {
        m_body->hide();
        m_body->deleteLater();
        m_body = m_gaugeBox = nullptr;
        m_form = nullptr;
        update();
        return;
    }
    const config::PolicyKind *kind = config::policyKind(m_entry.kind);
    if (!kind)
        return;
    m_body = new QWidget(this);
    auto *layout = new QVBoxLayout(m_body);
    layout->setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(10));
    layout->setSpacing(scaled(8));
    if (!m_entry.shared.isEmpty()) {
        auto *note = new QHBoxLayout;
        auto *label = new QLabel(tr("Changes %n route(s)", nullptr, m_entry.sharedUses), m_body);
        label->setFont(typeFont(Type::Control));
        note->addWidget(label, 1);
        if (m_entry.ownerKind != OwnerKind::SharedPolicy) {
            QPushButton *copy = linkButton(m_entry.ownerKind == OwnerKind::Route ? tr("Make a copy for this route") : tr("Make a copy here"), m_body);
            connect(copy, &QPushButton::clicked, this, [this] { m_pipeline.makeCopy(this); });
            note->addWidget(copy);
        }
        layout->addLayout(note);
    }
    m_form = new RecordForm(m_session, m_entry.record, *kind->shape, nullptr, m_body);
    m_form->setCompact(true);
    m_form->follow();
    layout->addWidget(m_form);
    m_gaugeBox = new QWidget(m_body);
    (new QVBoxLayout(m_gaugeBox))->setContentsMargins({});
    layout->addWidget(m_gaugeBox);
    this->layout()->addWidget(m_body);
    m_body->show();
    update();
}

// The fullest buckets: who is nearest to being refused.
void PolicyCard::showGauges(const std::vector<observe::Gauge> &gauges)
{
    auto *layout = static_cast<QVBoxLayout *>(m_gaugeBox->layout());
    while (QLayoutItem *item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (gauges.empty())
        return;
    layout->setSpacing(scaled(2));
    auto *head = new QLabel(tr("Fullest buckets now"), m_gaugeBox);
    head->setFont(typeFont(Type::Control));
    layout->addWidget(head);
    for (size_t i = 0; i < gauges.size() && i < 4; ++i) {
        const observe::Gauge &gauge = gauges[i];
        auto *row = new QWidget(m_gaugeBox);
        auto *line = new QHBoxLayout(row);
        line->setContentsMargins({});
        auto *key = new QLabel(QString::fromStdString(gauge.key), row);
        key->setFont(typeFont(Type::WireSmall));
        key->setTextFormat(Qt::PlainText);
        key->setFixedWidth(scaled(92));
        const double level = gauge.capacity > 0 ? gauge.level / gauge.capacity : 0;
        const QString left = gauge.nextMicros > 0 ? tr("0, +%1").arg(formatDuration(double(gauge.nextMicros) * 1000)) : tr("%1 of %2").arg(int(gauge.level)).arg(int(gauge.capacity));
        auto *bar = new Gauge(row);
        bar->setValue(level, level < 0.2 ? HueId::Client : HueId::Ok, tr("%1: %2 left").arg(key->text(), left));
        auto *words = new QLabel(left, row);
        words->setFont(typeFont(Type::WireSmall));
        words->setAlignment(Qt::AlignTrailing | Qt::AlignVCenter);
        words->setFixedWidth(scaled(92));
        line->addWidget(key);
        line->addWidget(bar, 1);
        line->addWidget(words);
        layout->addWidget(row);
    }
}

QRect PolicyCard::gripRect() const { return m_locked ? QRect() : QRect(width() - scaled(66), scaled(7), scaled(20), scaled(20)); }

void PolicyCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = Tokens::current();
    if (!m_entry.enabled)
        painter.setOpacity(0.6);
    const bool marked = isOpen() || hasFocus();
    if (m_entry.shadow) {
        QPen pen(marked ? t.accent : t.line2, 1, Qt::DashLine);
        painter.setPen(pen);
        painter.setBrush(t.dark ? t.raised : t.surface);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), scaled(7), scaled(7));
    } else {
        drawBox(&painter, rect(), scaled(7), t.dark ? t.raised : t.surface, marked ? t.accent : t.line2, marked ? 1.5 : 1);
    }
    paintHead(&painter);
    if (m_locked)
        paintIcon(&painter, QRectF(width() - scaled(28), scaled(9), scaled(16), scaled(16)), IconId::Lock, t.text3);
    else
        paintIcon(&painter, QRectF(gripRect().adjusted(2, 2, -2, -2)), IconId::Grip, t.text3);
    if (isOpen())
        painter.fillRect(QRect(1, scaled(headHeight), width() - 2, 1), t.line);
}

void PolicyCard::mousePressEvent(QMouseEvent *event)
{
    m_pressed = event->position().toPoint();
    m_dragging = false;
}

void PolicyCard::mouseMoveEvent(QMouseEvent *event)
{
    if (m_locked || !(event->buttons() & Qt::LeftButton))
        return;
    if (gripRect().adjusted(-4, -4, 4, 4).contains(m_pressed) && (event->position().toPoint() - m_pressed).manhattanLength() > 6)
        m_dragging = true;
    if (m_dragging)
        setCursor(Qt::ClosedHandCursor);
}

void PolicyCard::mouseReleaseEvent(QMouseEvent *event)
{
    unsetCursor();
    if (std::exchange(m_dragging, false)) {
        // Dropped before the first card whose middle lies below.
        const int y = mapToParent(event->position().toPoint()).y();
        int index = 0;
        for (const PolicyCard *card : m_pipeline.m_cards)
            if (card != this && card->geometry().center().y() < y)
                ++index;
        m_pipeline.moveTo(this, index - m_pipeline.firstOwn());
        return;
    }
    if (rect().contains(event->position().toPoint()) && event->position().y() < scaled(headHeight))
        m_pipeline.openCard(this);
}

void PolicyCard::keyPressEvent(QKeyEvent *event)
{
    const bool alt = event->modifiers() == Qt::AltModifier;
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        m_pipeline.openCard(this);
    else if (alt && event->key() == Qt::Key_Up)
        m_pipeline.move(this, -1);
    else if (alt && event->key() == Qt::Key_Down)
        m_pipeline.move(this, 1);
    else if (event->key() == Qt::Key_Space && !m_locked)
        m_pipeline.setEnabled(this, !m_entry.enabled);
    else if (event->key() == Qt::Key_Delete && !m_locked)
        m_pipeline.remove(this);
    else
        QFrame::keyPressEvent(event);
}

void PolicyCard::contextMenuEvent(QContextMenuEvent *event)
{
    if (m_locked)
        return;
    QMenu menu(this);
    menu.addAction(m_entry.enabled ? tr("Switch off") : tr("Switch on"), this, [this] { m_pipeline.setEnabled(this, !m_entry.enabled); });
    menu.addAction(tr("Move up"), this, [this] { m_pipeline.move(this, -1); });
    menu.addAction(tr("Move down"), this, [this] { m_pipeline.move(this, 1); });
    menu.addSeparator();
    menu.addAction(tr("Remove %1").arg(m_entry.title), this, [this] { m_pipeline.remove(this); });
    menu.exec(event->globalPos());
}

} // namespace gatehouse::ui
