#include "ui/widgets/states.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"

#include <QtCore/QEvent>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>

#include <algorithm>

namespace gatehouse::ui {
namespace {

constexpr int measure = 440; // the widest a text of an empty state runs

class Tile final : public QWidget {
public:
    Tile(IconId icon, QWidget *parent)
        : QWidget(parent)
        , m_icon(icon)
    {
        setFixedSize(scaled(48), scaled(48));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        drawBox(&painter, rect(), scaled(10), t.accentTint, t.highContrast ? t.accent : QColor());
        const int size = scaled(20);
        paintIcon(&painter, QRectF((width() - size) / 2.0, (height() - size) / 2.0, size, size), m_icon, t.accentText);
    }

private:
    IconId m_icon;
};

class ExampleBox final : public QWidget {
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        drawBox(&painter, rect(), 6, t.sunken, t.line);
    }
};

QLabel *textLabel(const QFont &f, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setFont(f);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignCenter);
    return label;
}

// A wrapped label in an aligned layout gets the height of one line: fix it by hand.
void fixHeight(QLabel *label)
{
    label->setFixedWidth(scaled(measure));
    label->setFixedHeight(std::max(0, label->heightForWidth(scaled(measure)))); // -1 while it is empty
}

} // namespace

EmptyState::EmptyState(IconId icon, const QString &title, const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_title(textLabel(typeFont(Type::Title), this))
    , m_text(textLabel(typeFont(Type::Control), this))
    , m_buttons(new QHBoxLayout)
    , m_layout(new QVBoxLayout(this))
{
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_layout->addStretch(3);
    m_layout->addWidget(new Tile(icon, this), 0, Qt::AlignHCenter);
    m_layout->addSpacing(scaled(10));
    m_layout->addWidget(m_title, 0, Qt::AlignHCenter);
    m_layout->addWidget(m_text, 0, Qt::AlignHCenter);
    m_layout->addSpacing(scaled(8));
    m_buttons->setSpacing(scaled(8));
    m_buttons->addStretch();
    m_buttons->addStretch();
    m_layout->addLayout(m_buttons);
    m_layout->addStretch(4);
    setText(title, text);
}

void EmptyState::setText(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
    fixHeight(m_title);
    fixHeight(m_text);
}

QPushButton *EmptyState::addButton(const QString &text, bool primary, std::optional<IconId> icon)
{
    QPushButton *added = button(text, primary ? "primary" : "", this);
    m_buttons->insertWidget(m_buttons->count() - 1, added);
    if (icon) {
        m_icons.append({ added, *icon });
        renewIcons();
    }
    return added;
}

// On the primary button the icon has the colour of its text.
void EmptyState::renewIcons()
{
    for (const auto &[button, icon] : m_icons)
        button->setIcon(button->property("kind").toByteArray() == "primary" ? makeIcon(icon, Tokens::current().onAccent) : makeIcon(icon));
}

void EmptyState::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        renewIcons();
    QWidget::changeEvent(event);
}

void EmptyState::setExample(const QString &example)
{
    if (!m_example) {
        if (example.isEmpty())
            return;
        m_example = new ExampleBox(this);
        m_example->setFixedWidth(scaled(420));
        auto *row = new QHBoxLayout(m_example);
        row->setContentsMargins(scaled(12), scaled(3), scaled(6), scaled(3));
        m_exampleText = new QLabel(m_example);
        m_exampleText->setTextFormat(Qt::PlainText);
        m_exampleText->setFont(typeFont(Type::Wire));
        m_exampleText->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        row->addWidget(m_exampleText, 1);
        auto *copy = iconButton(IconId::Copy, tr("Copy the example"), m_example);
        row->addWidget(copy);
        connect(copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_exampleText->text()); });
        addBelow(m_example);
    }
    m_exampleText->setText(example);
    m_example->setVisible(!example.isEmpty());
}

void EmptyState::addBelow(QWidget *widget)
{
    m_layout->insertSpacing(m_layout->count() - 1, scaled(10));
    m_layout->insertWidget(m_layout->count() - 1, widget, 0, Qt::AlignHCenter);
}

LoadingLine::LoadingLine(QWidget *parent)
    : QWidget(parent)
    , m_delay(new QTimer(this))
    , m_tick(new QTimer(this))
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_delay->setSingleShot(true);
    m_delay->setInterval(150);
    m_tick->setInterval(40);
    connect(m_delay, &QTimer::timeout, this, [this] {
        m_shown = true;
        if (motion(1))
            m_tick->start();
        update();
    });
    connect(m_tick, &QTimer::timeout, this, [this] { update(); });
}

QSize LoadingLine::sizeHint() const { return { scaled(100), 2 }; }

void LoadingLine::start(const QString &what)
{
    m_fraction = -1;
    setAccessibleName(what);
    m_since.start();
    m_delay->start();
}

void LoadingLine::setProgress(double fraction, const QString &text)
{
    m_fraction = fraction;
    setAccessibleName(text);
    setToolTip(plainToolTip(text));
    update();
}

void LoadingLine::finish()
{
    m_delay->stop();
    m_tick->stop();
    m_shown = false;
    update();
}

void LoadingLine::paintEvent(QPaintEvent *)
{
    if (!m_shown)
        return;
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.fillRect(rect(), t.line);
    if (m_fraction >= 0) {
        painter.fillRect(QRectF(0, 0, width() * qMin(1.0, m_fraction), height()), t.focus);
    } else {
        const double phase = motion(1) ? static_cast<double>(m_since.elapsed() % 1400) / 1400 : 0.4;
        painter.fillRect(QRectF(width() * (phase * 1.3 - 0.3), 0, width() * 0.3, height()), t.focus);
    }
}

NoticeBar::NoticeBar(HueId hue, QWidget *parent)
    : QWidget(parent)
    , m_hue(hue)
    , m_title(new QLabel(this))
    , m_detail(new RunsLabel(this))
    , m_commandRow(new QWidget(this))
    , m_commands(new QHBoxLayout(m_commandRow))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(scaled(36), scaled(9), scaled(12), scaled(9));
    column->setSpacing(scaled(3));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_title->setFont(typeFont(Type::Section));
    m_detail->setBaseFont(typeFont(Type::Control));
    m_commands->setContentsMargins(0, 0, 0, 0);
    m_commands->setSpacing(scaled(18));
    m_commands->addStretch();
    column->addWidget(m_title);
    column->addWidget(m_detail);
    column->addWidget(m_commandRow);
    m_commandRow->hide();
    m_detail->hide();
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(m_detail, &RunsLabel::placeActivated, this, &NoticeBar::placeActivated);
}

void NoticeBar::setHue(HueId hue)
{
    m_hue = hue;
    update();
}

void NoticeBar::setNotice(const QString &title, const Runs &detail)
{
    m_title->setText(title);
    m_detail->setRuns(detail);
    m_detail->setVisible(!detail.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(toPlainText(detail));
}

QString NoticeBar::title() const { return m_title->text(); }

QPushButton *NoticeBar::addCommand(const QString &text)
{
    QPushButton *command = linkButton(text, m_commandRow);
    command->setMaximumHeight(scaled(20));
    command->setAutoDefault(true); // Enter as well as Space
    m_commands->insertWidget(m_commands->count() - 1, command);
    m_commandRow->show();
    command->show(); // at once, so that it can take the focus
    return command;
}

void NoticeBar::clearCommands()
{
    while (m_commands->count() > 1) {
        QLayoutItem *item = m_commands->takeAt(0);
        item->widget()->deleteLater();
        delete item;
    }
    m_commandRow->hide();
}

QList<QPushButton *> NoticeBar::commands() const
{
    QList<QPushButton *> found;
    for (int i = 0; i + 1 < m_commands->count(); ++i)
        found << static_cast<QPushButton *>(m_commands->itemAt(i)->widget());
    return found;
}

void NoticeBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange) {
        m_title->setFont(typeFont(Type::Section));
        m_detail->setBaseFont(typeFont(Type::Control));
    }
    QWidget::changeEvent(event);
}

void NoticeBar::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    const Hue &hue = t.hue(m_hue);
    QPainter painter(this);
    drawBox(&painter, rect(), 5, hue.tint, t.highContrast ? hue.fill : QColor());
    const int size = scaled(16);
    const IconId id = m_hue == HueId::Server ? IconId::Error : m_hue == HueId::Client ? IconId::Warning : IconId::Info;
    const QRect place(scaled(12), m_title->y() + (m_title->fontMetrics().height() - size) / 2, size, size);
    paintIcon(&painter,
        layoutDirection() == Qt::RightToLeft ? place.translated(width() - size - 2 * scaled(12), 0) : place, id,
        hue.text);
}

FieldError::FieldError(QWidget *parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    hide();
}

void FieldError::setError(const QString &text) { setMessage(text, HueId::Server); }
void FieldError::setWarning(const QString &text) { setMessage(text, HueId::Client); }

void FieldError::setMessage(const QString &text, HueId hue)
{
    m_text = text;
    m_hue = hue;
    setAccessibleName(text);
    setVisible(!text.isEmpty());
    updateGeometry();
    update();
}

QSize FieldError::sizeHint() const { return { scaled(200), heightForWidth(scaled(260)) }; }

int FieldError::heightForWidth(int width) const
{
    const QFontMetrics metrics(typeFont(Type::Control));
    const QRect bounds(0, 0, qMax(1, width - scaled(20)), 10000);
    return metrics.boundingRect(bounds, Qt::TextWordWrap, m_text).height() + scaled(3);
}

void FieldError::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    const QColor ink = t.hue(m_hue).text;
    QPainter painter(this);
    const int size = scaled(14);
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    paintIcon(&painter, QRectF(rtl ? width() - size : 0, scaled(2), size, size),
        m_hue == HueId::Server ? IconId::Error : IconId::Warning, ink);
    painter.setFont(typeFont(Type::Control));
    painter.setPen(ink);
    painter.drawText(rtl ? rect().adjusted(0, 0, -scaled(20), 0) : rect().adjusted(scaled(20), 0, 0, 0),
        Qt::TextWordWrap | Qt::AlignLeading | Qt::AlignTop, m_text);
}

} // namespace gatehouse::ui
