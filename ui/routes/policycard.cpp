#include "ui/routes/policycard.h"

#include "gateway/config/policykinds.h"
#include "ui/forms/recordform.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/runs.h"

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
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto *head = new QWidget(this);
    head->setFixedHeight(scaled(headHeight));
    head->setAttribute(Qt::WA_TransparentForMouseEvents, m_locked);
    auto *rows = new QVBoxLayout(head);
    rows->setContentsMargins(scaled(textLeft), scaled(6), scaled(12), scaled(6));
    rows->setSpacing(0);
    auto *first = new QHBoxLayout;
    m_title = new RunsLabel(head);
    m_title->setBaseFont(typeFont(Type::ControlStrong));
    first->addWidget(m_title, 1);
    if (!m_locked) {
        first->addSpacing(scaled(24)); // the grip is painted here
        m_switch = new Switch(tr("On"), head);
        m_switch->setCheckable(true);
        first->addWidget(m_switch);
        connect(m_switch, &QAbstractButton::clicked, this, [this](bool on) { m_pipeline.setEnabled(this, on); });
    }
    rows->addLayout(first);
    auto *second = new QHBoxLayout;
    m_summary = new RunsLabel(head);
    m_summary->setBaseFont(typeFont(Type::Control));
    m_figures = new RunsLabel(head);
    m_figures->setBaseFont(typeFont(Type::WireSmall));
    m_figures->setAlignment(Qt::AlignTrailing);
    m_summary->setFixedHeight(scaled(20)); // one line; the whole of it is in the open card
    m_figures->setFixedHeight(scaled(20));
    second->addWidget(m_summary, 1);
    second->addWidget(m_figures);
    rows->addLayout(second);
    for (RunsLabel *label : {m_title, m_summary, m_figures})
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
    layout->addWidget(head);
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
    Runs title{strong(m_entry.title)};
    if (!m_entry.owner.isEmpty())
        title << quiet(QStringLiteral("   ") + m_entry.owner);
    if (!m_entry.shared.isEmpty())
        title << quiet(QStringLiteral("   ") + (m_entry.sharedUses == 1 ? tr("shared") : tr("shared, %n places", nullptr, m_entry.sharedUses)));
    m_title->setRuns(title);
    QString summary = m_entry.shadow ? tr("shadow: decides, never acts · %1").arg(m_entry.summary) : m_entry.summary;
    m_summary->setRuns({soft(summary)});
    if (m_switch)
        m_switch->setChecked(m_entry.enabled);
    Runs figures;
    if (m_known) {
        figures << inHue(wire(tr("%1/s").arg(formatRate(m_passed))), HueId::Ok);
        if (m_stopped > 0)
            figures << wire(QStringLiteral("  ")) << inHue(wire(m_entry.shadow ? tr("would refuse %1/s").arg(formatRate(m_stopped)) : tr("refused %1/s").arg(formatRate(m_stopped))), HueId::Client);
        if (m_delayed > 0)
            figures << wire(QStringLiteral("  ")) << inHue(wire(tr("delayed %1/s").arg(formatRate(m_delayed))), HueId::Delay);
    }
    m_figures->setRuns(figures);
    setAccessibleName(tr("Policy %1, %2, %3").arg(m_entry.title, m_entry.summary, toPlainText(figures)));
    setToolTip(m_locked ? plainToolTip(tr("Inherited from %1. Click to open it there.").arg(m_entry.owner)) : QString());
    update();
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
        auto *label = new QLabel(tr("Changes %n place(s)", nullptr, m_entry.sharedUses), m_body);
        label->setFont(typeFont(Type::Control));
        note->addWidget(label, 1);
        if (m_entry.ownerKind != OwnerKind::SharedPolicy) {
            QPushButton *copy = linkButton(tr("Make a copy here"), m_body);
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

QRect PolicyCard::gripRect() const { return m_locked ? QRect() : QRect(width() - scaled(64), scaled(6), scaled(20), scaled(20)); }

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
    paintIcon(&painter, QRectF(scaled(iconLeft), scaled(9), scaled(16), scaled(16)), policyIcon(m_entry.kind), t.text2);
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
