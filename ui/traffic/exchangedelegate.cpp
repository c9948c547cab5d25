#include "ui/traffic/exchangedelegate.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"

#include <QtCore/QDateTime>
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractItemView>

#include <algorithm>
#include <cmath>

namespace gatehouse::ui {

using observe::Row;
using observe::StatusClass;

namespace {

constexpr double padding = 6, barWidth = 40;
constexpr int64_t slowMicros = 1'000'000;

QFont fontOf(bool wire) { return typeFont(wire ? Type::Wire : Type::Control); }

// The bar is logarithmic: 11.5 of 40 px a decade, full at about 2.5 s, never less than 3 px.
double barFraction(int64_t micros)
{
    const double decades = std::log10(std::max(1.0, double(micros)) / 840.0);
    return std::clamp(decades * 11.5 / barWidth, 3.0 / barWidth, 1.0);
}

// A place in the cell as it is where the layout runs from right to left.
qreal mirrored(const QRect &cell, qreal x, qreal width) { return cell.left() + cell.right() + 1 - x - width; }
QRectF placed(const QPainter *painter, const QRect &cell, const QRectF &rect)
{
    return painter->layoutDirection() == Qt::RightToLeft ? QRectF(mirrored(cell, rect.left(), rect.width()), rect.top(), rect.width(), rect.height()) : rect;
}

HueId barHue(const Row &row)
{
    const Verdict verdict = verdictOf(row);
    if (verdict != Verdict::None && verdict != Verdict::Retried)
        return hueOf(verdict);
    return row.statusClass() == StatusClass::Server || row.statusClass() == StatusClass::NoAnswer ? HueId::Server : HueId::Ok;
}

} // namespace

Mark markOf(const Row &row) { return row.statusClass() == StatusClass::InFlight ? Mark::InFlight : markOfStatus(row.status); }

Verdict verdictOf(const Row &row)
{
    if (isRefusal(row.verdict))
        return Verdict::Refused;
    switch (row.verdict) {
    case observe::Verdict::Delayed: return Verdict::Delayed;
    case observe::Verdict::Cached: return Verdict::Cached;
    case observe::Verdict::Mocked: return Verdict::Mocked;
    case observe::Verdict::Failed: return Verdict::Failed;
    default: return row.tries > 1 ? Verdict::Retried : Verdict::None;
    }
}

QSize ExchangeDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const bool wire = index.column() == ExchangeModel::Duration || index.column() == ExchangeModel::Size || index.column() == ExchangeModel::Status;
    const qreal width = QFontMetricsF(fontOf(wire)).horizontalAdvance(index.data().toString());
    return {int(width) + scaled(2 * padding + (index.column() == ExchangeModel::Duration ? barWidth + 8 : index.column() == ExchangeModel::Status ? 46 : 0)), scaled(26)};
}

const ExchangeDelegate::Laid &ExchangeDelegate::lay(Face face, const QString &text) const
{
    const std::pair<int, QString> key(int(face), text);
    if (const Laid *known = m_texts.object(key))
        return *known;
    auto *made = new Laid;
    const QFont font = fontOf(face == Face::Wire);
    made->text.setText(text);
    made->text.setTextFormat(Qt::PlainText);
    made->text.setPerformanceHint(QStaticText::AggressiveCaching);
    made->text.prepare(QTransform(), font);
    made->width = QFontMetricsF(font).horizontalAdvance(text);
    m_texts.insert(key, made);
    return *made;
}

qreal ExchangeDelegate::draw(QPainter *painter, Face face, const QColor &color, qreal x, const QRect &cell, const QString &given, qreal room, Qt::TextElideMode mode) const
{
    if (given.isEmpty() || room < scaled(8))
        return 0;
    const QString text = shownText(given);
    const QFont font = fontOf(face == Face::Wire);
    const Laid *laid = &lay(face, text);
    if (laid->width > room)
        laid = &lay(face, QFontMetricsF(font).elidedText(text, mode, room));
    painter->setFont(font);
    painter->setPen(color);
    const qreal baseline = centredBaseline(font, cell.top(), cell.height());
    if (painter->layoutDirection() == Qt::RightToLeft) // x is from the leading edge
        x = mirrored(cell, x, laid->width);
    painter->drawStaticText(QPointF(x, baseline - QFontMetricsF(font).ascent()), laid->text);
    return laid->width;
}

void ExchangeDelegate::drawRight(QPainter *painter, Face face, const QColor &color, const QRect &cell, const QString &text) const
{
    const qreal room = cell.width() - scaled(2 * padding);
    const qreal width = std::min(lay(face, text).width, room);
    draw(painter, face, color, cell.right() + 1 - scaled(padding) - width, cell, text, room + 1);
}

void ExchangeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *shown = index.data(ExchangeModel::RowRole).value<const ExchangeRow *>();
    if (!shown)
        return;
    const Tokens &t = Tokens::current();
    const Row &row = shown->row;
    const QRect cell = option.rect;
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const bool focusedRow = view && view->hasFocus() && view->currentIndex().row() == index.row();
    painter->save();
    painter->setClipRect(cell);
    painter->setLayoutDirection(option.direction);
    const bool firstColumn = option.direction == Qt::RightToLeft ? view && cell.right() + 1 >= static_cast<const QAbstractScrollArea *>(view)->viewport()->width() : cell.left() <= 0;
    // The bar of a selected row stands at its edge, not at each cell's.
    const QRect ground = firstColumn ? cell : option.direction == Qt::RightToLeft ? cell.adjusted(0, 0, scaled(8), 0) : cell.adjusted(-scaled(8), 0, 0, 0);
    drawRowBackground(painter, ground, option.state & QStyle::State_Selected, inActiveWindow(option), m_hoveredRow == index.row(), focusedRow && firstColumn, option.direction == Qt::RightToLeft);
    const qreal left = cell.left() + scaled(padding), room = cell.width() - scaled(2 * padding);
    switch (index.column()) {
    case ExchangeModel::Status: paintStatus(painter, cell, *shown); break;
    case ExchangeModel::Method: {
        const QString method = fromUtf8(row.method);
        draw(painter, Face::Wire, methodColor(method), left, cell, methodShort(method), room);
        break;
    }
    case ExchangeModel::Host: paintHost(painter, cell, row); break;
    case ExchangeModel::Path: paintPath(painter, cell, row); break;
    case ExchangeModel::Duration: paintDuration(painter, cell, row); break;
    case ExchangeModel::Size: drawRight(painter, Face::Wire, t.text2, cell, columnText(row, index.column())); break;
    case ExchangeModel::RequestSize:
    case ExchangeModel::Tries: drawRight(painter, Face::Wire, t.text2, cell, columnText(row, index.column())); break;
    case ExchangeModel::Time:
    case ExchangeModel::Endpoint:
    case ExchangeModel::Client: draw(painter, Face::Wire, t.text2, left, cell, columnText(row, index.column()), room); break;
    case ExchangeModel::Note: draw(painter, Face::Text, row.error.empty() ? t.text3 : t.server.text, left, cell, columnText(row, index.column()), room); break;
    default: draw(painter, Face::Text, t.text2, left, cell, columnText(row, index.column()), room); break;
    }
    painter->restore();
}

void ExchangeDelegate::paintStatus(QPainter *painter, const QRect &cell, const ExchangeRow &shown) const
{
    const Tokens &t = Tokens::current();
    const Row &row = shown.row;
    const Mark mark = markOf(row);
    const qreal middle = cell.top() + cell.height() / 2.0;
    const qreal phase = mark == Mark::InFlight && motion(1) > 0 ? double(QDateTime::currentMSecsSinceEpoch() % 1000) / 1000.0 : 0;
    paintMark(painter, placed(painter, cell, QRectF(cell.left() + scaled(17), middle, 0, 0)).topLeft(), mark, 0, phase);
    draw(painter, Face::Wire, mark == Mark::InFlight ? t.text2 : t.hue(hueOf(mark)).text, cell.left() + scaled(29), cell, columnText(row, ExchangeModel::Status), scaled(30));
    const Verdict verdict = verdictOf(row);
    const int size = scaled(14);
    if (verdict != Verdict::None)
        paintIcon(painter, placed(painter, cell, QRectF(cell.left() + scaled(67) - size / 2.0, middle - size / 2.0, size, size)), iconOf(verdict), t.hue(hueOf(verdict)).text);
    if (shown.pinned || shown.marked)
        paintIcon(painter, placed(painter, cell, QRectF(cell.left() + scaled(75), middle - scaled(6), scaled(12), scaled(12))), shown.marked ? IconId::Compare : IconId::Pin, t.accentText);
}

// Two parts of one text on the wire, the second quieter: they follow each other from left to right in every language.
void ExchangeDelegate::drawPair(QPainter *painter, const QRect &cell, const QString &first, const QColor &color, const QString &second, const QColor &quieter, Qt::TextElideMode mode) const
{
    const qreal left = cell.left() + scaled(padding), room = cell.width() - scaled(2 * padding);
    if (painter->layoutDirection() == Qt::RightToLeft) {
        const qreal own = lay(Face::Text, first).width, rest = second.isEmpty() ? 0 : lay(Face::Text, second).width;
        const qreal shown = own + rest <= room ? rest : std::max<qreal>(0, room - own);
        const qreal used = draw(painter, Face::Text, quieter, left, cell, second, shown + 0.5);
        draw(painter, Face::Text, color, left + used, cell, first, room - used, mode);
        return;
    }
    const qreal width = draw(painter, Face::Text, color, left, cell, first, room, mode);
    draw(painter, Face::Text, quieter, left + width, cell, second, room - width);
}

void ExchangeDelegate::paintHost(QPainter *painter, const QRect &cell, const Row &row) const
{
    const Tokens &t = Tokens::current();
    const QString host = fromUtf8(row.host);
    const qsizetype dot = host.indexOf(QLatin1Char('.'));
    const bool address = !host.isEmpty() && host.front().isDigit();
    const QString first = dot < 0 || address ? host : host.left(dot);
    drawPair(painter, cell, first, t.text2, host.mid(first.size()), t.text3, Qt::ElideRight);
}

void ExchangeDelegate::paintPath(QPainter *painter, const QRect &cell, const Row &row) const
{
    const Tokens &t = Tokens::current();
    drawPair(painter, cell, fromUtf8(row.path), t.text, row.query.empty() ? QString() : QLatin1Char('?') + fromUtf8(row.query), t.text3, Qt::ElideMiddle);
}

void ExchangeDelegate::paintDuration(QPainter *painter, const QRect &cell, const Row &row) const
{
    const Tokens &t = Tokens::current();
    const qreal left = cell.left() + scaled(padding), height = scaled(4), track = scaled(barWidth);
    const QRectF bar = placed(painter, cell, QRectF(left, cell.top() + (cell.height() - height) / 2.0, track, height));
    const bool rtl = painter->layoutDirection() == Qt::RightToLeft;
    painter->setRenderHint(QPainter::Antialiasing);
    drawBox(painter, bar, 2, barTrack(), QColor());
    QRectF whole = bar;
    whole.setWidth(track * barFraction(row.durationMicros));
    if (rtl)
        whole.moveRight(bar.right());
    drawBox(painter, whole, 2, t.hue(barHue(row)).fill, QColor());
    const double share = row.durationMicros > 0 ? double(row.gatewayMicros) / double(row.durationMicros) : 0;
    if (share > 0.02 && share < 1 && whole.width() > scaled(4)) { // the gateway's own part
        painter->save();
        const qreal own = std::max(1.0, whole.width() * share);
        painter->setClipRect(QRectF(rtl ? whole.right() - own : whole.left(), whole.top(), own, whole.height()), Qt::IntersectClip);
        drawBox(painter, whole, 2, t.focus, QColor());
        painter->restore();
    }
    painter->setRenderHint(QPainter::Antialiasing, false);
    drawRight(painter, Face::Wire, row.durationMicros >= slowMicros ? t.client.text : t.text, rtl ? cell.adjusted(0, 0, -scaled(barWidth), 0) : cell.adjusted(scaled(barWidth), 0, 0, 0), columnText(row, ExchangeModel::Duration));
}

} // namespace gatehouse::ui
