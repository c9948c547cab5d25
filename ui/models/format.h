// Figures as people read them, by the locale: the one place where the window makes them.
#pragma once

#include <QtCore/QString>

#include <cstdint>

namespace gatehouse::ui {

QString durationText(int64_t micros);      // "90 µs", "2.1 ms", "84 ms", "1.38 s": at most three digits
QString exactDurationText(int64_t micros); // "84.2 ms": for one exchange
QString nanosText(int64_t nanos);          // "3 µs", "0.4 ms"
QString sizeText(uint64_t bytes);          // "182 B", "5.9 KiB", "39 KiB"
QString countText(uint64_t count);         // "41,210"
QString clockText(int64_t wallMicros);     // "14:02:37.418", local time
QString sinceArrivalText(int64_t micros);  // "0.00", "83.3": milliseconds without the unit

} // namespace gatehouse::ui
