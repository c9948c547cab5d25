// Numbers as a person reads them: by the locale, with units, short enough for a column.
#pragma once

#include "ui/models/format.h" // plainToolTip

#include <QtCore/QString>

namespace gatehouse::ui {

QString formatCount(qint64 count); // 41,210
QString formatBytes(qint64 bytes); // 182 B, 5.9 KiB, 39 KiB, 1.2 GiB
QString formatDuration(double nanoseconds); // 90 µs, 41 ms, 1.38 s, 2 min 5 s; below 0: a dash
QString formatRate(double perSecond); // 402, 31, 4.2, 0.8, 0
QString formatPercent(double fraction); // 17.3%, 67%, 0.4%
// Relative under an hour ("21 s ago", "in 21 s"), clock time otherwise. Both in ms since the epoch.
QString formatMoment(qint64 moment, qint64 now);
QString formatClock(qint64 moment, bool millis = false); // 14:02:37 or 14:02:37.418

} // namespace gatehouse::ui
