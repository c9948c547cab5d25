#include "ui/traffic/exchangedelegate.h"

#include "ui/models/exchangemodel.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/marks.h"

#include <QtGui/QPainter>
#include <QtWidgets/QAbstractItemView>

#include <cmath>

namespace gatehouse::ui {

namespace {

Mark markOf(const observe::Row &row)
{
    switch (row.statusClass()) {
    case observe::StatusClass::InFlight: return Mark::InFlight;
    case observe::StatusClass::NoAnswer: return Mark::NoAnswer;
    default: return markOfStatus(row.status);
    }
}

Verdict glyphOf(const observe::Row &row)
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

// Draws texts of one row on one baseline.
struct Cell {
    QPainter *painter;
    QRect rect;
    qreal baseline;

    qreal text(const QFont &font, const QColor &colour, qreal left, qreal width, const QString &text, Qt::TextElideMode elide = Qt::ElideRight) const
    {
        if (width <= 0 || text.isEmpty())
            return 0;
        const QFontMetricsF metrics(font);
        const qreal needed = metrics.horizontalAdvance(text);
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(QPointF(left, baseline), needed <= width ? text : metrics.elidedText(text, elide, width));
        return std::min(needed, width);
    }
    void right(const QFont &font, const QColor &colour, const QString &value) const
    {
        const qreal width = std::min<qreal>(QFontMetricsF(font).horizontalAdvance(value), rect.width());
        text(font, colour, rect.right() - width, width + 1, value);
    }
};

// Log scale from 100 microseconds to 10 seconds; the gateway's own part in accent.
void drawDuration(const Cell &cell, const observe::Row &row)
{
    const Tokens &t = Tokens::current();
    const QRectF track(cell.rect.left(), cell.rect.center().y() - scaled(1.5), scaled(40), scaled(4));
    const auto length = [](int64_t micros) { return micros <= 0 ? 0.0 : std::clamp((std::log10(double(micros)) - 1.5) / 5.5, 0.03, 1.0); };
    cell.painter->setPen(Qt::NoPen);
    cell.painter->setBrush(t.line);
    cell.painter->drawRoundedRect(track, 2, 2);
    const bool failed = row.verdict == observe::Verdict::Failed;
    const HueId hue = failed ? HueId::Server : isRefusal(row.verdict) ? HueId::Client : row.target == observe::TargetKind::Mock ? HueId::Mock : HueId::Ok;
    const qreal whole = track.width() * length(row.durationMicros);
    cell.painter->setBrush(t.hue(hue).fill);
    cell.painter->drawRoundedRect(QRectF(track.left(), track.top(), whole, track.height()), 2, 2);
    if (row.target == observe::TargetKind::Upstream && row.durationMicros > 0) {
        const qreal own = whole * std::clamp(double(row.gatewayMicros) / double(row.durationMicros), 0.0, 1.0);
        cell.painter->setBrush(t.focus);
        cell.painter->drawRoundedRect(QRectF(track.left(), track.top(), std::max<qreal>(own, 1.5), track.height()), 2, 2);
    }
    cell.right(typeFont(Type::Wire), row.durationMicros >= 1'000'000 ? t.client.text : t.text, durationText(row.durationMicros));
}

void drawStatus(const Cell &cell, const ExchangeRow &exchange)
{
    const Tokens &t = Tokens::current();
    const observe::Row &row = exchange.row;
    const Mark mark = markOf(row);
    paintMark(cell.painter, QPointF(cell.rect.left() + scaled(5), cell.rect.center().y() + 0.5), mark);
    const QString code = mark == Mark::InFlight ? QObject::tr("now") : row.status ? QString::number(row.status) : QStringLiteral("–");
    const QColor colour = mark == Mark::InFlight || !row.status ? t.text2 : t.hue(hueOf(mark)).text;
    cell.text(typeFont(Type::Wire), colour, cell.rect.left() + scaled(17), scaled(34), code);
    const Verdict verdict = glyphOf(row);
    if (verdict != Verdict::None)
        paintIcon(cell.painter, QRectF(cell.rect.left() + scaled(48), cell.rect.center().y() - scaled(7), scaled(14), scaled(14)), iconOf(verdict), t.hue(hueOf(verdict)).text);
}

} // namespace

QSize ExchangeDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const { return {scaled(60), scaled(26)}; }

void ExchangeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *exchange = index.data(ExchangeModel::RowRole).value<const ExchangeRow *>();
    if (!exchange)
        return;
    const Tokens &t = Tokens::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected;
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const bool first = view && index.column() == ExchangeModel::Status;
    drawRowBackground(painter, option.rect, selected, option.state & QStyle::State_Active, option.state & QStyle::State_MouseOver, false);
    if (first && selected && view->hasFocus())
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), t.focus);
    if (exchange->pinned && first)
        painter->fillRect(QRect(option.rect.left(), option.rect.top() + scaled(4), 3, option.rect.height() - scaled(8)), t.accent);
    const QRect rect = option.rect.adjusted(first ? scaled(12) : scaled(8), 0, -scaled(6), 0);
    painter->setClipRect(option.rect);
    const observe::Row &row = exchange->row;
    const Cell cell{painter, rect, centredBaseline(typeFont(Type::Control), rect.top(), rect.height())};
    switch (index.column()) {
    case ExchangeModel::Status: drawStatus(cell, *exchange); break;
    case ExchangeModel::Method: cell.text(typeFont(Type::Wire), methodColor(fromUtf8(row.method)), rect.left(), rect.width(), methodShort(fromUtf8(row.method))); break;
    case ExchangeModel::Host: {
        const QString host = fromUtf8(row.host);
        const qsizetype dot = host.at(0).isDigit() || host.startsWith(QLatin1Char('[')) ? -1 : host.indexOf(QLatin1Char('.'));
        const qreal used = cell.text(typeFont(Type::Control), t.text, rect.left(), rect.width(), dot < 0 ? host : host.left(dot));
        if (dot >= 0)
            cell.text(typeFont(Type::Control), t.text3, rect.left() + used, rect.width() - used, host.mid(dot));
        break;
    }
    case ExchangeModel::Path: {
        const QString query = row.query.empty() ? QString() : QLatin1Char('?') + fromUtf8(row.query);
        const QFont font = typeFont(Type::Control);
        const QString path = fromUtf8(row.path);
        const qreal whole = QFontMetricsF(font).horizontalAdvance(path);
        const qreal used = cell.text(font, t.text, rect.left(), query.isEmpty() || whole > rect.width() ? rect.width() : rect.width() - scaled(10), path, Qt::ElideMiddle);
        cell.text(font, t.text3, rect.left() + used, rect.width() - used, query);
        break;
    }
    case ExchangeModel::Route: cell.text(typeFont(Type::Control), row.route.empty() ? t.text3 : t.text, rect.left(), rect.width(), row.route.empty() ? tr("none") : fromUtf8(row.route)); break;
    case ExchangeModel::Duration: drawDuration(cell, row); break;
    case ExchangeModel::Size:
    case ExchangeModel::RequestSize:
    case ExchangeModel::Tries:
        cell.right(typeFont(Type::Wire), t.text2, columnText(row, index.column()));
        break;
    default: cell.text(typeFont(index.column() == ExchangeModel::Time || index.column() == ExchangeModel::Endpoint || index.column() == ExchangeModel::Client ? Type::Wire : Type::Control),
                       t.text2, rect.left(), rect.width(), columnText(row, index.column()));
    }
    painter->restore();
}

} // namespace gatehouse::ui
