// Marks, verdicts and glyphs: shape, position and word carry what colour carries. Painting helpers for delegates and
// widgets; each also knows its word, for tooltips and screen readers.
#pragma once

#include "ui/shell/tokens.h"
#include "ui/widgets/icons.h"

#include <QtCore/QPointF>
#include <QtCore/QString>

class QPainter;

namespace gatehouse::ui {

// What stands before a status: disc, triangle, diamond, square, cross, ring, turning arc.
enum class Mark { Ok, Redirect, Client, Server, NoAnswer, InFlight, Off, Cached, Mocked, Delayed };

Mark markOfStatus(int status); // 0: no answer
HueId hueOf(Mark mark);
QString wordOf(Mark mark); // tr("refused or not found") …
// `size` is the outer extent, 9 by default scaled with the text; `phase` (0 to 1) turns the arc of InFlight.
void paintMark(QPainter *painter, const QPointF &centre, Mark mark, qreal size = 0, qreal phase = 0);

// What the gateway did beside answering; the small icon after the status in a row.
enum class Verdict { None, Refused, Delayed, Cached, Mocked, Retried, Failed, Held };

IconId iconOf(Verdict verdict);
HueId hueOf(Verdict verdict);
QString wordOf(Verdict verdict);

// The glyphs of an explanation: a disc of 16 in the tint with the sign in it.
enum class Glyph {
    Pass, // tick in ok
    Refused, // bar in client
    Failed, // cross in server
    Mismatch, // cross in client: the condition that decided against a candidate
    Waited, // clock in delay
    Cached, // two bars in cache
    Mocked, // lozenge in mock
    Skipped, // dash: nothing to do
    NotReached, // ring
    NotAsked, // small dot: decided before
    NoCondition, // dash without disc
    Tick, // tick without disc, in a matrix
};

HueId hueOf(Glyph glyph);
QString wordOf(Glyph glyph);
void paintGlyph(QPainter *painter, const QPointF &centre, Glyph glyph);

// A chip of radius 4 with tint and text; returns its width. `mono` sets it in the wire font.
int paintChip(QPainter *painter, const QPointF &topLeft, const QString &text, HueId hue, bool mono = false);
int chipWidth(const QString &text, bool mono = false);

// The colour of a method's name: plain for reading, accent for writing, server for DELETE.
QColor methodColor(const QString &method);
// As shown in narrow columns: DELETE is DEL, OPTIONS is OPT.
QString methodShort(const QString &method);

} // namespace gatehouse::ui
