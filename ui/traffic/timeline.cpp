#include "ui/traffic/timeline.h"

#include "ui/models/format.h"
#include "ui/shell/theme.h"

#include <QtCore/QDateTime>
#include <QtGui/QFontMetricsF>
#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <numeric>

namespace gatehouse::ui {

using observe::StatusClass;

namespace {

constexpr int sideLeft = 48, sideRight = 44, barPitch = 5;
constexpr int64_t steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21'600, 86'400};

uint32_t sum(const ExchangeModel::Second &figures) { return std::accumulate(figures.begin(), figures.end(), 0u); }

} // namespace

Timeline::Timeline(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Requests over time"));
    setCursor(Qt::CrossCursor);
}

QSize Timeline::sizeHint() const { return {scaled(300), scaled(34)}; }

QRect Timeline::plot() const { return {scaled(sideLeft), scaled(4), std::max(scaled(barPitch), width() - scaled(sideLeft + sideRight)), scaled(26)}; }

void Timeline::setSeconds(const std::map<int64_t, ExchangeModel::Second> &seconds, int64_t nowMicros)
{
    m_seconds = seconds;
    m_now = nowMicros / 1'000'000;
    update();
}

void Timeline::rebuild()
{
    const int count = std::max(1, plot().width() / scaled(barPitch));
    m_bars.assign(size_t(count), {});
    if (m_seconds.empty())
        return;
    const int64_t first = m_seconds.begin()->first;
    int64_t last = m_seconds.rbegin()->first;
    if (m_now - last <= 5)
        last = std::max(last, m_now);
    m_step = steps[std::size(steps) - 1];
    for (const int64_t step : steps) {
        if (step * count > last - first) {
            m_step = step;
            break;
        }
    }
    // Whole steps, so that a bar does not change its seconds as time goes on.
    m_first = (last / m_step - count + 1) * m_step;
    for (const auto &[second, figures] : m_seconds) {
        if (second < m_first)
            continue;
        auto &bar = m_bars[size_t(std::min<int64_t>((second - m_first) / m_step, count - 1))];
        for (size_t i = 0; i < figures.size(); ++i)
            bar[i] += figures[i];
    }
}

int64_t Timeline::secondAt(int x) const
{
    const int bar = std::clamp((x - plot().left()) / scaled(barPitch), 0, int(m_bars.size()) - 1);
    return m_first + bar * m_step;
}

void Timeline::paintEvent(QPaintEvent *)
{
    rebuild();
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    const QRect area = plot();
    const QFont font = typeFont(Type::Hint);
    painter.setFont(font);
    painter.setPen(t.text2);
    const qreal baseline = centredBaseline(font, area.top(), area.height());
    if (!m_seconds.empty()) {
        const int64_t span = m_step * int64_t(m_bars.size()), end = m_first + span;
        const QString left = span < 120 ? tr("−%1 s").arg(span) : span < 7200 ? tr("−%1 min").arg((span + 30) / 60) : tr("−%1 h").arg((span + 1800) / 3600);
        painter.drawText(QPointF(scaled(12), baseline), left);
        const bool live = m_now - end <= 5;
        const QString right = live ? tr("now") : QDateTime::fromSecsSinceEpoch(end).toString(QStringLiteral("HH:mm"));
        painter.drawText(QPointF(width() - scaled(12) - QFontMetricsF(font).horizontalAdvance(right), baseline), right);
    }
    uint32_t most = 1;
    for (const auto &bar : m_bars)
        most = std::max(most, sum(bar));
    const struct { StatusClass kind; QColor color; } layers[] = {{StatusClass::Success, blend(t.surface, t.ok.fill, 0.55)},
                                                                 {StatusClass::InFlight, t.line2},
                                                                 {StatusClass::Redirect, blend(t.surface, t.redirect.fill, 0.55)},
                                                                 {StatusClass::Client, t.client.fill},
                                                                 {StatusClass::Server, t.server.fill},
                                                                 {StatusClass::NoAnswer, t.server.fill}};
    const int pitch = scaled(barPitch), thick = std::max(1, pitch - 1);
    for (size_t i = 0; i < m_bars.size(); ++i) {
        uint32_t below = 0;
        const int x = area.left() + int(i) * pitch;
        const auto heightOf = [&](uint32_t figure) { return int(double(figure) / most * area.height() + 0.5); };
        for (const auto &layer : layers) {
            const uint32_t figure = m_bars[i][size_t(layer.kind)];
            if (figure == 0)
                continue;
            const int from = heightOf(below), to = std::max(from + 1, heightOf(below + figure));
            painter.fillRect(QRect(x, area.bottom() + 1 - to, thick, to - from), layer.color);
            below += figure;
        }
    }
    if (m_from >= 0 && m_to >= 0) {
        QColor tint = t.focus;
        tint.setAlphaF(0.18f);
        painter.fillRect(QRect(std::min(m_from, m_to), area.top(), std::abs(m_to - m_from) + 1, area.height()), tint);
    }
    if (m_cursor >= 0 && m_cursor < int(m_bars.size())) {
        const auto [from, to] = std::minmax(m_anchor, m_cursor);
        QColor tint = t.focus;
        tint.setAlphaF(0.18f);
        painter.fillRect(QRect(area.left() + from * pitch, area.top(), (to - from + 1) * pitch, area.height()), tint);
        painter.fillRect(QRect(area.left() + m_cursor * pitch + thick / 2, area.top(), 1, area.height()), t.text);
    }
    if (hasFocus()) {
        painter.setPen(QPen(t.focus, t.focusWidth));
        painter.drawRect(rect().adjusted(1, 1, -2, -2));
    }
}

void Timeline::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        m_from = m_to = int(event->position().x());
    update();
}

void Timeline::mouseMoveEvent(QMouseEvent *event)
{
    if (m_from >= 0)
        m_to = std::clamp(int(event->position().x()), plot().left(), plot().right());
    update();
}

void Timeline::mouseReleaseEvent(QMouseEvent *)
{
    const int from = std::min(m_from, m_to), to = std::max(m_from, m_to);
    m_from = m_to = -1;
    update();
    if (from >= 0 && to - from >= scaled(barPitch))
        Q_EMIT spanSelected(secondAt(from) * 1'000'000, (secondAt(to) + m_step) * 1'000'000);
}

void Timeline::mouseDoubleClickEvent(QMouseEvent *)
{
    m_from = m_to = -1;
    Q_EMIT spanReset();
}

void Timeline::keyPressEvent(QKeyEvent *event)
{
    const bool take = event->modifiers().testFlag(Qt::ShiftModifier);
    switch (event->key()) {
    case Qt::Key_Escape:
    case Qt::Key_Backspace:
        m_cursor = m_anchor = -1;
        Q_EMIT spanReset();
        break;
    case Qt::Key_Left: walk(-1, take); break;
    case Qt::Key_Right: walk(1, take); break;
    case Qt::Key_Home: walk(-int(m_bars.size()), take); break;
    case Qt::Key_End: walk(int(m_bars.size()), take); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor >= 0)
            select(m_anchor, m_cursor);
        break;
    default: QWidget::keyPressEvent(event);
    }
}

void Timeline::walk(int steps, bool take)
{
    const int last = int(m_bars.size()) - 1;
    m_cursor = m_cursor < 0 ? last : std::clamp(m_cursor + steps, 0, last);
    if (!take || m_anchor < 0)
        m_anchor = m_cursor;
    if (m_cursor >= 0)
        setAccessibleDescription(barText(m_cursor));
    update();
}

void Timeline::select(int fromBar, int toBar)
{
    const auto [from, to] = std::minmax(fromBar, toBar);
    m_cursor = m_anchor = -1;
    Q_EMIT spanSelected((m_first + from * m_step) * 1'000'000, (m_first + (to + 1) * m_step) * 1'000'000);
}

QString Timeline::barText(int bar) const
{
    const ExchangeModel::Second &figures = m_bars[size_t(bar)];
    return tr("%1: %2 requests, %3 refused or not found, %4 failed")
        .arg(QDateTime::fromSecsSinceEpoch(m_first + bar * m_step).toString(QStringLiteral("HH:mm:ss")), countText(sum(figures)), countText(figures[size_t(StatusClass::Client)]),
             countText(figures[size_t(StatusClass::Server)] + figures[size_t(StatusClass::NoAnswer)]));
}

bool Timeline::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && !m_bars.empty() && !m_seconds.empty()) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString text = barText(int((secondAt(help->pos().x()) - m_first) / m_step));
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace gatehouse::ui
