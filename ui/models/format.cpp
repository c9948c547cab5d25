#include "ui/models/format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QLocale>

#include <algorithm>

namespace gatehouse::ui {
namespace {

QString number(double value, int decimals) { return QLocale().toString(value, 'f', decimals); }

struct Unit {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::Unit)
public:
    static QString micros(const QString &value) { return tr("%1 µs").arg(value); }
    static QString millis(const QString &value) { return tr("%1 ms").arg(value); }
    static QString seconds(const QString &value) { return tr("%1 s").arg(value); }
    static QString minutes(const QString &value) { return tr("%1 min").arg(value); }
    static QString octets(const QString &value) { return tr("%1 B").arg(value); }
};

} // namespace

QString durationText(int64_t micros)
{
    if (micros < 1'000)
        return Unit::micros(number(double(micros), 0));
    if (micros < 999'500)
        return Unit::millis(number(double(micros) / 1e3, micros < 9'950 ? 1 : 0));
    if (micros < 99'950'000)
        return Unit::seconds(number(double(micros) / 1e6, micros < 9'995'000 ? 2 : 1));
    return Unit::minutes(number(double(micros) / 60e6, 1));
}

QString exactDurationText(int64_t micros)
{
    if (micros < 1'000)
        return Unit::micros(number(double(micros), 0));
    if (micros < 999'950)
        return Unit::millis(number(double(micros) / 1e3, 1));
    return durationText(micros);
}

QString nanosText(int64_t nanos)
{
    if (nanos < 1'000)
        return Unit::micros(number(double(nanos) / 1e3, 1));
    return exactDurationText((nanos + 500) / 1000);
}

QString sizeText(uint64_t bytes)
{
    if (bytes < 1024)
        return Unit::octets(number(double(bytes), 0));
    const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = double(bytes);
    int unit = -1;
    do {
        value /= 1024;
        ++unit;
    } while (value >= 1023.95 && unit < 3);
    return number(value, value < 9.95 ? 1 : 0) + QLatin1Char(' ') + QLatin1String(units[unit]);
}

QString countText(uint64_t count) { return QLocale().toString(qulonglong(count)); }

QString clockText(int64_t wallMicros)
{
    return QDateTime::fromMSecsSinceEpoch(wallMicros / 1000).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString sinceArrivalText(int64_t micros)
{
    const double millis = double(micros) / 1e3;
    return number(millis, millis < 9.995 ? 2 : millis < 999.95 ? 1 : 0);
}

QString visibleText(QString text)
{
    const auto hides = [](QChar c) {
        const ushort u = c.unicode();
        return (u < 0x20 && u != '\n') || (u >= 0x7f && u < 0xa0) || u == 0x061c || u == 0x200e || u == 0x200f || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
    };
    for (auto at = std::find_if(text.cbegin(), text.cend(), hides); at != text.cend(); at = std::find_if(at + 1, text.cend(), hides)) {
        const qsizetype i = at - text.cbegin();
        text[i] = at->unicode() < 0x20 ? QChar(ushort(0x2400 + at->unicode())) : QChar(0xfffd); // its own picture, where it has one
        at = text.cbegin() + i; // it may be another copy now
    }
    return text;
}

QString shownText(const QString &text)
{
    constexpr qsizetype most = 4000;
    return visibleText(text.size() > most ? text.left(most) + QChar(0x2026) : text);
}

QString plainToolTip(const QString &text)
{
    constexpr qsizetype most = 2000;
    const QString shown = visibleText(text.size() > most ? text.left(most) + QChar(0x2026) : text);
    if (!Qt::mightBeRichText(shown))
        return shown;
    return QStringLiteral("<span>") + shown.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")) + QStringLiteral("</span>");
}

QString plainOnButton(QString text) { return text.replace(QLatin1Char('&'), QStringLiteral("&&")); }

QString csvCell(QString text)
{
    // A spreadsheet would take it for a formula.
    if (!text.isEmpty() && QStringLiteral("=+-@\t\r").contains(text.front()))
        return QStringLiteral("\"'") + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
    if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char('\n')) && !text.contains(QLatin1Char('\r')))
        return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

} // namespace gatehouse::ui
