#include "ui/traffic/waterfall.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/marks.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <algorithm>

namespace gatehouse::ui {

Waterfall::Waterfall(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Waterfall::setExplanation(const observe::Explanation &why)
{
    m_steps.clear();
    m_total = std::max<int64_t>(1, why.phases.total);
    const auto head = [this](const QString &label) { m_steps.push_back({true, label, {}, 0, 0, HueId::None, false}); };
    const auto step = [this](const QString &label, int64_t start, int64_t length, HueId hue, bool own = false) {
        m_steps.push_back({false, label, length > 0 ? exactDurationText(length) : tr("under 1 µs"), start, length, hue, own});
    };
    const int64_t routed = std::max<int64_t>(0, why.phases.route);
    head(tr("Gateway, on the way in"));
    if (why.phases.route >= 0)
        step(tr("read and routed"), 0, routed, HueId::None, true);
    if (why.phases.policiesIn >= 0)
        step(tr("policies"), routed, why.phases.policiesIn, HueId::None, true);
    int number = 0;
    for (const observe::Attempt &attempt : why.attempts) {
        head(tr("Try %1, %2").arg(++number).arg(fromUtf8(attempt.endpoint)));
        if (attempt.waitMicros > 0)
            step(tr("wait"), attempt.startMicros - attempt.waitMicros, attempt.waitMicros, HueId::Delay);
        const bool failed = !attempt.error.empty();
        const bool answered = !failed && &attempt == &why.attempts.back();
        const int64_t connect = std::max<int64_t>(0, attempt.connectMicros);
        if (attempt.connectMicros >= 0)
            step(failed && connect >= attempt.durationMicros ? tr("connect, %1").arg(fromUtf8(attempt.error)) : tr("connect"), attempt.startMicros, connect,
                 failed ? HueId::Server : HueId::Redirect);
        int64_t rest = attempt.durationMicros - connect;
        if (answered && why.phases.transfer > 0 && why.phases.transfer < rest) {
            step(tr("first byte"), attempt.startMicros + connect, rest - why.phases.transfer, HueId::Ok);
            step(tr("transfer"), attempt.startMicros + attempt.durationMicros - why.phases.transfer, why.phases.transfer, HueId::Cache);
        } else if (rest > 0) {
            step(failed ? fromUtf8(attempt.error) : tr("answer"), attempt.startMicros + connect, rest, failed ? HueId::Server : HueId::Ok);
        }
    }
    if (why.phases.policiesOut >= 0 && why.phases.total >= 0) {
        head(tr("Gateway, on the way out"));
        int64_t start = why.phases.total - why.phases.policiesOut;
        for (const observe::PolicyStep &back : why.policies) // they run when the head has come; the body may follow for long
            if (back.phase == observe::Phase::Response && back.startMicros > 0)
                start = std::min(start, back.startMicros);
        step(tr("policies"), start, why.phases.policiesOut, HueId::None, true);
    }
    QStringList words;
    for (const Step &made : m_steps)
        words << (made.head ? made.label : made.label + QLatin1Char(' ') + made.value);
    setAccessibleName(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize Waterfall::sizeHint() const
{
    int height = scaled(12);
    for (const Step &step : m_steps)
        height += scaled(step.head ? 30 : 24);
    return {scaled(300), height};
}

void Waterfall::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont headFont = typeFont(Type::ControlStrong), text = typeFont(Type::Control), mono = typeFont(Type::Wire);
    const qreal left = scaled(16), right = width() - scaled(16), barLeft = left + scaled(168), barRight = right - scaled(84);
    const bool rtl = isRightToLeft();
    const auto put = [&](const QFont &font, const QColor &color, qreal x, qreal baseline, const QString &words) {
        painter.setFont(font);
        painter.setPen(color);
        painter.drawText(QPointF(rtl ? width() - x - QFontMetricsF(font).horizontalAdvance(words) : x, baseline), words);
    };
    const auto bar = [&](const QRectF &rect, const QColor &fill) {
        drawBox(&painter, rtl ? QRectF(width() - rect.right(), rect.top(), rect.width(), rect.height()) : rect, 2, fill, QColor());
    };
    qreal y = scaled(4);
    for (const Step &step : m_steps) {
        const qreal height = scaled(step.head ? 30 : 24);
        if (step.head) {
            put(headFont, t.text, left, centredBaseline(headFont, y + scaled(4), height - scaled(4)), QFontMetricsF(headFont).elidedText(step.label, Qt::ElideRight, right - left));
        } else {
            put(text, t.text2, left + scaled(12), centredBaseline(text, y, height), QFontMetricsF(text).elidedText(step.label, Qt::ElideRight, barLeft - left - scaled(20)));
            const qreal room = barRight - barLeft;
            bar(QRectF(barLeft, y + height / 2 - scaled(2), room, scaled(4)), barTrack());
            const qreal length = std::max<qreal>(scaled(3), double(step.length) / double(m_total) * room);
            const qreal x = std::min(barLeft + double(std::max<int64_t>(0, step.start)) / double(m_total) * room, barRight - length);
            bar(QRectF(x, y + height / 2 - scaled(4), length, scaled(8)), step.own ? t.focus : t.hue(step.hue).fill);
            put(mono, t.text, right - QFontMetricsF(mono).horizontalAdvance(step.value), centredBaseline(mono, y, height), step.value);
        }
        y += height;
    }
}

} // namespace gatehouse::ui
