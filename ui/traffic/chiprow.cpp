#include "ui/traffic/chiprow.h"

#include "ui/models/format.h"
#include "ui/widgets/format.h"

#include <QtGui/QGuiApplication>

namespace gatehouse::ui {

using observe::StatusClass;

ChipRow::ChipRow(QWidget *parent)
    : QWidget(parent)
{
    m_chips = {{{"", ""}, tr("All"), {}, {}, {}},
               {{"status", "2xx"}, QStringLiteral("2xx"), Mark::Ok, {}, {}},
               {{"status", "3xx"}, QStringLiteral("3xx"), Mark::Redirect, {}, {}},
               {{"status", "4xx"}, QStringLiteral("4xx"), Mark::Client, {}, {}},
               {{"status", "5xx"}, QStringLiteral("5xx"), Mark::Server, {}, {}},
               {{"status", "none"}, tr("No answer"), Mark::NoAnswer, {}, {}},
               {{"verdict", "refused,throttled,loop,malformed"}, tr("Refused"), {}, iconOf(Verdict::Refused), hueOf(Verdict::Refused)},
               {{"verdict", "delayed"}, tr("Delayed"), {}, iconOf(Verdict::Delayed), hueOf(Verdict::Delayed)},
               {{"verdict", "cached"}, tr("Cached"), {}, iconOf(Verdict::Cached), hueOf(Verdict::Cached)},
               {{"verdict", "mocked"}, tr("Mocked"), {}, iconOf(Verdict::Mocked), hueOf(Verdict::Mocked)}};
    m_counts.assign(size_t(m_chips.size()), 0);
    for (qsizetype i = 0; i < m_chips.size(); ++i) {
        auto *button = new FlatButton(this);
        button->setCheckable(true);
        button->setHeight(24);
        button->setPadding(6);
        button->setBaseType(Type::Control);
        button->setFocusPolicy(Qt::TabFocus);
        button->setSteady(true);
        m_buttons << button;
        connect(button, &QAbstractButton::clicked, this, [this, i] {
            const QString next = i == 0 ? TrafficFilter::withoutChips(m_expression) : TrafficFilter::clicked(m_expression, m_chips[i].kind, QGuiApplication::keyboardModifiers());
            setExpression(m_expression); // the button follows the filter, not the click
            Q_EMIT expressionChosen(next);
        });
        show(i, 0);
    }
    m_span = new FlatButton(this);
    m_span->setHeight(24);
    m_span->setPadding(6);
    m_span->setBaseType(Type::Control);
    m_span->setFocusPolicy(Qt::TabFocus);
    m_span->hide();
    connect(m_span, &QAbstractButton::clicked, this, &ChipRow::spanCleared);
    setFixedHeight(scaled(28));
    setExpression({});
}

void ChipRow::setSpan(const std::optional<std::pair<int64_t, int64_t>> &micros)
{
    m_spanned = micros.has_value();
    if (micros) {
        const QString from = formatClock(micros->first / 1000), to = formatClock(micros->second / 1000);
        FlatButton::Face face;
        face.icon = IconId::Close;
        face.text = {inHue(wire(QStringLiteral("%1–%2").arg(from, to)), HueId::None)};
        m_span->setFace(face);
        m_span->setAccessibleName(tr("From %1 to %2, take it away").arg(from, to));
        m_span->setToolTip(tr("From %1 to %2. Click to see all times.").arg(from, to));
    }
    arrange();
}

// A verdict that no policy gives is no choice.
bool ChipRow::isWanted(qsizetype at) const
{
    const bool rare = at == 7 || at == 8;
    return !rare || m_counts[size_t(at)] > 0 || m_buttons[at]->isChecked();
}

void ChipRow::show(qsizetype at, size_t count)
{
    const Chip &chip = m_chips[at];
    m_counts[size_t(at)] = count;
    FlatButton::Face face;
    face.mark = chip.mark;
    face.icon = chip.icon;
    face.iconHue = chip.hue;
    Run word{chip.word, Run::Style::Strong, {}, {}, {}};
    const ChipMode mode = at == 0 ? ChipMode::Off : TrafficFilter::modeOf(m_expression, chip.kind);
    if (mode == ChipMode::Negated)
        word = inHue(Run{QStringLiteral("− ") + chip.word, Run::Style::Strong, {}, {}, {}}, HueId::Client);
    else if (m_buttons[at]->isChecked())
        word.style = Run::Style::Link; // in the colour of where one is
    face.text = {word, inHue(wire(QStringLiteral(" ") + countText(count)), HueId::None)};
    m_buttons[at]->setFace(face);
    m_buttons[at]->setAccessibleName(tr("%1, %2 exchanges").arg(chip.word, countText(count)));
    m_buttons[at]->setToolTip(at == 0 ? tr("Show all") : tr("Only %1. Shift adds, Alt leaves out.").arg(chip.word));
}

void ChipRow::setCounts(const ExchangeCounts &counts)
{
    const auto of = [&counts](StatusClass statusClass) { return counts.byClass[size_t(statusClass)]; };
    const size_t figures[] = {counts.all, of(StatusClass::Success), of(StatusClass::Redirect), of(StatusClass::Client), of(StatusClass::Server), of(StatusClass::NoAnswer),
                              counts.refused, counts.delayed, counts.cached, counts.mocked};
    for (qsizetype i = 0; i < m_chips.size(); ++i)
        show(i, figures[i]);
    arrange();
}

void ChipRow::setExpression(const QString &expression)
{
    m_expression = expression;
    bool any = false;
    for (qsizetype i = 1; i < m_chips.size(); ++i) {
        const ChipMode mode = TrafficFilter::modeOf(expression, m_chips[i].kind);
        any = any || mode != ChipMode::Off;
        m_buttons[i]->setChecked(mode != ChipMode::Off);
        show(i, m_counts[size_t(i)]);
    }
    m_buttons.front()->setChecked(!any);
    show(0, m_counts.front());
    arrange();
}

void ChipRow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

// Side by side; verdicts stand a little apart. What does not fit is left out, from the end.
void ChipRow::arrange()
{
    int x = scaled(12);
    const auto place = [&](FlatButton *button, bool wanted) {
        const QSize size = button->sizeHint();
        const int left = layoutDirection() == Qt::RightToLeft ? width() - x - size.width() : x;
        const bool shown = wanted && x + size.width() <= width();
        button->setVisible(shown);
        if (!wanted)
            return;
        button->setGeometry(left, (height() - size.height()) / 2, size.width(), size.height());
        x += size.width() + scaled(2);
    };
    for (qsizetype i = 0; i < m_buttons.size(); ++i) {
        if (i == 6)
            x += scaled(8);
        place(m_buttons[i], isWanted(i));
    }
    x += scaled(8);
    place(m_span, m_spanned);
}

} // namespace gatehouse::ui
