#include "ui/widgets/format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtGui/QTextDocument>

#include <cmath>

namespace gatehouse::ui {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("Format", text); }
QString number(double value, int decimals) { return QLocale().toString(value, 'f', decimals); }

} // namespace

QString formatCount(qint64 count) { return QLocale().toString(count); }

QString formatBytes(qint64 bytes)
{
    static constexpr const char *units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
    double value = static_cast<double>(bytes);
    int unit = 0;
    while (std::abs(value) >= 1000 && unit < 4) {
        value /= 1024;
        ++unit;
    }
    const int decimals = unit > 0 && value < 9.95 ? 1 : 0;
    return number(value, decimals) + QChar(QChar::Nbsp) + QLatin1String(units[unit]);
}

QString formatDuration(double ns)
{
    if (ns < 0 || std::isnan(ns))
        return QStringLiteral("\u2013");
    if (ns < 999.5)
        return tr("%1\u00a0ns").arg(number(ns, 0));
    if (ns < 999'500)
        return tr("%1\u00a0\u00b5s").arg(number(ns / 1e3, ns < 9'950 ? 1 : 0));
    if (ns < 999'500'000)
        return tr("%1\u00a0ms").arg(number(ns / 1e6, ns < 9'950'000 ? 1 : 0));
    if (ns < 59'995'000'000)
        return tr("%1\u00a0s").arg(number(ns / 1e9, ns < 9'995'000'000 ? 2 : 1));
    const auto seconds = static_cast<qint64>(std::llround(ns / 1e9));
    if (seconds < 3600)
        return tr("%1\u00a0min %2\u00a0s").arg(seconds / 60).arg(seconds % 60);
    return tr("%1\u00a0h %2\u00a0min").arg(seconds / 3600).arg(seconds / 60 % 60);
}

QString formatRate(double perSecond)
{
    if (perSecond <= 0)
        return QStringLiteral("0");
    return perSecond < 9.95 ? number(perSecond, 1) : number(perSecond, 0);
}

QString formatPercent(double fraction)
{
    const double percent = fraction * 100;
    const bool whole = percent >= 19.95 || percent == std::floor(percent);
    return tr("%1%").arg(number(percent, whole ? 0 : 1));
}

QString formatMoment(qint64 moment, qint64 now)
{
    const qint64 away = moment - now, distance = std::abs(away) / 1000;
    if (distance >= 3600)
        return formatClock(moment);
    const QString span = distance < 60 ? tr("%1\u00a0s").arg(distance) : tr("%1\u00a0min").arg(distance / 60);
    return (away > 0 ? tr("in %1") : tr("%1 ago")).arg(span);
}

QString formatClock(qint64 moment, bool millis)
{
    const QString format = millis ? QStringLiteral("HH:mm:ss.zzz") : QStringLiteral("HH:mm:ss");
    return QDateTime::fromMSecsSinceEpoch(moment).toString(format);
}

} // namespace gatehouse::ui
