#include "ui/widgets/axis.h"

#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <array>
#include <cmath>

namespace gatehouse::ui {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("Axis", text); }

QString agoLabel(qint64 ms)
{
    if (ms == 0)
        return tr("now");
    const qint64 seconds = ms / 1000;
    if (seconds % 3600 == 0)
        return tr("\u2212%1 h").arg(seconds / 3600);
    if (seconds % 60 == 0)
        return tr("\u2212%1 min").arg(seconds / 60);
    return tr("\u2212%1 s").arg(seconds);
}

} // namespace

double Scale::place(double value) const
{
    const double v = logarithmic ? std::log10(std::max(value, 1e-12)) : value;
    return std::isnan(value) ? value : std::clamp((v - from) / (to - from), 0.0, 1.0);
}

Scale linearScale(double most, Unit unit)
{
    Scale scale;
    const double nothing = unit == Unit::Nanoseconds ? 1e6 : 1; // an axis for when nothing was measured yet
    const double wanted = most > 0 && std::isfinite(most) ? most : nothing;
    const double power = std::pow(10, std::floor(std::log10(wanted)));
    // The smallest step of 1, 2 or 5 that needs at most four of it.
    double step = power / 5;
    for (const double factor : { 0.2, 0.5, 1.0, 2.0, 5.0 }) {
        step = power * factor;
        if (std::ceil(wanted / step - 1e-9) <= 4)
            break;
    }
    if (unit == Unit::Count)
        step = std::max(1.0, step);
    const int count = std::max(1, static_cast<int>(std::ceil(wanted / step - 1e-9)));
    scale.to = step * count;
    for (int i = 0; i <= count; ++i)
        scale.ticks.append({ step * i, formatValue(step * i, unit) });
    return scale;
}

Scale logScale(double least, double most, Unit unit)
{
    Scale scale;
    scale.logarithmic = true;
    const double high = most > 0 && std::isfinite(most) ? most : 1;
    const double low = least > 0 && std::isfinite(least) ? std::min(least, high) : high / 1000;
    scale.from = std::floor(std::log10(low) + 1e-9);
    scale.to = std::ceil(std::log10(high) - 1e-9);
    if (scale.to <= scale.from)
        scale.to = scale.from + 1;
    for (double at = scale.from; at <= scale.to + 1e-9; at += 1)
        scale.ticks.append({ at, formatValue(std::pow(10, at), unit) });
    return scale;
}

QList<Tick> timeTicks(qint64 end, qint64 span, bool live)
{
    static constexpr std::array<qint64, 16> steps = { 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
        14400, 21600 };
    qint64 step = 86'400'000;
    for (const qint64 seconds : steps) {
        if (span / (seconds * 1000) <= 5) {
            step = seconds * 1000;
            break;
        }
    }
    QList<Tick> ticks;
    if (span <= 0)
        return ticks;
    // Live axes are counted back from now, others stand on round times of day.
    const qint64 offset = live ? 0 : (end + QDateTime::fromMSecsSinceEpoch(end).offsetFromUtc() * 1000LL) % step;
    for (qint64 back = offset; back <= span; back += step) {
        const QString label = live ? agoLabel(back)
                                   : QDateTime::fromMSecsSinceEpoch(end - back)
                                         .toString(step < 60'000     ? QStringLiteral("HH:mm:ss")
                                                 : step < 86'400'000 ? QStringLiteral("HH:mm")
                                                                     : QStringLiteral("d MMM"));
        ticks.prepend({ 1 - static_cast<double>(back) / static_cast<double>(span), label });
    }
    return ticks;
}

QString formatValue(double value, Unit unit)
{
    switch (unit) {
    case Unit::Nanoseconds: {
        // Powers of ten are labels: "1 s", not "1.00 s".
        for (const auto &[size, name] : { std::pair(1e9, "s"), std::pair(1e6, "ms"), std::pair(1e3, "\u00b5s") })
            if (value >= size * 0.999 && value < size * 1000
                && std::abs(value / size - std::round(value / size)) < 1e-6)
                return QString::number(std::lround(value / size)) + QChar(QChar::Nbsp) + QString::fromUtf8(name);
        return value == 0 ? QStringLiteral("0") : formatDuration(value);
    }
    case Unit::Fraction: return formatPercent(value);
    case Unit::Bytes: return formatBytes(std::llround(value));
    case Unit::Count: return formatCount(std::llround(value));
    case Unit::PerSecond: break;
    }
    return value >= 9.95 ? formatCount(std::llround(value)) : formatRate(value);
}

void paintAxes(QPainter *painter, const QRectF &area, const Scale &scale, const QList<Tick> &times)
{
    const Tokens &t = Tokens::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    const QFont mono = typeFont(Type::WireSmall), text = typeFont(Type::Hint);
    const QFontMetricsF monoMetrics(mono), textMetrics(text);
    for (const Tick &tick : scale.ticks) {
        const double y = std::round(area.bottom() - (tick.at - scale.from) / (scale.to - scale.from) * area.height());
        painter->fillRect(QRectF(area.left(), y, area.width(), 1), tick.at <= scale.from ? t.line2 : t.line);
        painter->setFont(mono);
        painter->setPen(t.text2);
        painter->drawText(QPointF(area.left() - scaled(8) - monoMetrics.horizontalAdvance(tick.label),
                              y + monoMetrics.capHeight() / 2),
            tick.label);
    }
    painter->setFont(text);
    painter->setPen(t.text2);
    double free = area.left() - scaled(20);
    for (const Tick &tick : times) {
        const double width = textMetrics.horizontalAdvance(tick.label);
        double x = area.left() + tick.at * area.width() - width / 2;
        x = std::clamp(x, area.left(), area.right() - width);
        if (x < free)
            continue;
        painter->drawText(QPointF(x, area.bottom() + scaled(17)), tick.label);
        free = x + width + scaled(8);
    }
    painter->restore();
}

} // namespace gatehouse::ui
