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

// Text from elsewhere for painting: control characters and those that turn the direction of writing are marks that can be seen, one
// for one; the rest is as it came. Line ends stay.
QString visibleText(QString text);
// The same, and no longer than anybody reads: laying out a line of a megabyte would hold the window up.
QString shownText(const QString &text);
// For a tooltip that is never taken for markup, whatever it holds; shortened where it is very long.
QString plainToolTip(const QString &text);
// As a part of the text of a button or a menu's entry, where & would otherwise name a key.
QString plainOnButton(QString text);
// A cell of comma separated values, quoted where it must be and where a spreadsheet would run it.
QString csvCell(QString text);

} // namespace gatehouse::ui
