#include "ui/traffic/timingview.h"

#include "ui/models/format.h"
#include "ui/shell/theme.h"

#include <QtGui/QPainter>

namespace gatehouse::ui {

TimingView::TimingView(QWidget *parent) : QWidget(parent) { setAccessibleName(tr("Timing")); }

void TimingView::setExplanation(const observe::Explanation &why)
{
    m_bars.clear();
    const observe::Phases &p = why.phases;
    m_total = std::max<int64_t>(1, p.total);
    int64_t at = 0;
    const auto gateway = [&](const QString &name, int64_t duration) {
        if (duration >= 0)
            m_bars.push_back({tr("Gateway in"), name, at, duration, HueId::None, true});
        at += std::max<int64_t>(0, duration);
    };
    gateway(tr("route"), p.route);
    gateway(tr("policies"), p.policiesIn);
    int number = 1;
    int64_t upstream = 0;
    for (const observe::Attempt &attempt : why.attempts) {
        const QString group = tr("Try %1, %2").arg(number++).arg(QString::fromStdString(attempt.endpoint));
        if (attempt.waitMicros > 0)
            m_bars.push_back({group, tr("waiting"), attempt.startMicros - attempt.waitMicros, attempt.waitMicros, HueId::Delay, false});
        if (attempt.connectMicros >= 0)
            m_bars.push_back({group, tr("connect"), attempt.startMicros, attempt.connectMicros, HueId::Redirect, false});
        const int64_t connect = std::max<int64_t>(0, attempt.connectMicros);
        m_bars.push_back({group, attempt.error.empty() ? tr("first byte and body") : QString::fromStdString(attempt.error), attempt.startMicros + connect,
                          std::max<int64_t>(0, attempt.durationMicros - connect), attempt.error.empty() ? HueId::Ok : HueId::Server, false});
        upstream += attempt.durationMicros;
    }
    if (p.policiesOut >= 0)
        m_bars.push_back({tr("Gateway out"), tr("policies"), std::max<int64_t>(0, m_total - p.policiesOut), p.policiesOut, HueId::None, true});
    m_sentence = why.attempts.empty() ? tr("It took %1 in all, no upstream was asked.").arg(exactDurationText(m_total))
                                      : tr("It took %1 in all, %2 of it with the upstream.").arg(exactDurationText(m_total), exactDurationText(upstream));
    setAccessibleDescription(m_sentence);
    setMinimumHeight(sizeHint().height());
    update();
}

QSize TimingView::sizeHint() const
{
    int rows = 0;
    QString group;
    for (const Bar &bar : m_bars) {
        rows += bar.group != group ? 2 : 1;
        group = bar.group;
    }
    return {scaled(320), scaled(24) * (rows + 2) + scaled(24)};
}

void TimingView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = Tokens::current();
    const int left = scaled(16), nameWidth = scaled(130), valueWidth = scaled(76), row = scaled(24);
    const qreal axis = left + nameWidth, length = std::max<qreal>(10, width() - axis - valueWidth - scaled(28));
    int y = scaled(12);
    QString group;
    const auto text = [&](const QFont &font, const QColor &colour, qreal x, qreal w, const QString &value, bool right = false) {
        const QFontMetricsF metrics(font);
        const QString shown = metrics.elidedText(value, Qt::ElideRight, w);
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(QPointF(right ? x + w - metrics.horizontalAdvance(shown) : x, centredBaseline(font, y, row)), shown);
    };
    for (const Bar &bar : m_bars) {
        if (bar.group != group) {
            text(typeFont(Type::ControlStrong), t.text, left, width() - left, bar.group);
            y += row;
            group = bar.group;
        }
        text(typeFont(Type::Control), t.text2, left + scaled(8), nameWidth - scaled(12), bar.name);
        painter.fillRect(QRectF(axis, y + row / 2.0 - scaled(2), length, scaled(4)), t.line);
        const qreal x = axis + length * double(bar.start) / double(m_total);
        painter.fillRect(QRectF(std::min(x, axis + length - 2), y + row / 2.0 - scaled(3), std::max<qreal>(2, length * double(bar.duration) / double(m_total)), scaled(6)),
                         bar.accent ? t.focus : t.hue(bar.hue).fill);
        text(typeFont(Type::Wire), t.text, axis + length + scaled(8), valueWidth, exactDurationText(bar.duration), true);
        y += row;
    }
    y += scaled(8);
    painter.setFont(typeFont(Type::Control));
    painter.setPen(t.text);
    painter.drawText(QRect(left, y, width() - left * 2, row * 2), Qt::TextWordWrap, m_sentence);
}

} // namespace gatehouse::ui
