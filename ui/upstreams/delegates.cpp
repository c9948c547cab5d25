#include "ui/upstreams/delegates.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/upstreams/endpointmodel.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/format.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/marks.h"

#include <QtCore/QDateTime>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

namespace gatehouse::ui {

namespace {

constexpr int answersShown = 18;

Mark markOf(EndpointRow::State state)
{
    switch (state) {
    case EndpointRow::State::Healthy: return Mark::Ok;
    case EndpointRow::State::Failing: return Mark::Server;
    case EndpointRow::State::Unknown: return Mark::InFlight;
    default: return Mark::Off;
    }
}

// A tick for each of the last answers; failed ones are lower as well.
void drawAnswers(QPainter *painter, const QRectF &rect, const std::vector<bool> &recent)
{
    const Tokens &t = Tokens::current();
    const qreal step = rect.width() / answersShown;
    const int missing = answersShown - int(recent.size());
    for (int i = 0; i < answersShown; ++i) {
        const bool known = i >= missing, good = known && recent[size_t(i - missing)];
        QRectF tick(rect.left() + i * step, rect.top(), step - scaled(1.5), rect.height() - scaled(3));
        if (known && !good)
            tick.translate(0, scaled(3));
        painter->fillRect(tick, !known ? t.line2 : good ? t.ok.fill : t.server.fill);
    }
}

void drawPool(QPainter *painter, const QRectF &rect, const api::EndpointLive &live)
{
    const Tokens &t = Tokens::current();
    const double most = std::max({1.0, double(live.max ? live.max : live.busy + live.idle)});
    paintGauge(painter, rect, 0, t.focus);
    if (live.idle)
        paintGauge(painter, rect, std::min(1.0, (live.busy + live.idle) / most), blend(t.surface, t.focus, 0.45));
    if (live.busy)
        paintGauge(painter, QRectF(rect.left(), rect.top(), rect.width() * std::min(1.0, live.busy / most), rect.height()), 1, t.focus);
}

} // namespace

QSize UpstreamDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const { return {0, scaled(48)}; }

void UpstreamDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *row = index.data(UpstreamListModel::RowRole).value<const UpstreamRow *>();
    if (!row)
        return;
    const Tokens &t = Tokens::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    drawListGround(painter, option);
    const QRect inner = option.rect.adjusted(scaled(16), 0, -scaled(16), 0);
    const bool selected = option.state & QStyle::State_Selected;
    const qreal first = option.rect.top() + scaled(19), second = option.rect.top() + scaled(38);
    drawListText(painter, typeFont(Type::WireSmall), t.text2, inner.left(), first, inner.width(), tr("%1/s").arg(formatRate(row->perSecond)), true);
    drawListText(painter, typeFont(selected ? Type::ControlStrong : Type::Control, QFont::DemiBold), t.text, inner.left(), first, inner.width() - scaled(56), row->name);
    qreal x = inner.left() + scaled(4);
    for (size_t i = 0; i < row->endpoints.size() && i < 6; ++i) {
        paintMark(painter, QPointF(x, second - scaled(4)), markOf(row->endpoints[i].state), scaled(8));
        x += scaled(12);
    }
    drawListText(painter, typeFont(Type::Control), t.text2, x + scaled(2), second, inner.right() - x, phraseOf(*row));
    painter->restore();
}

EndpointColumns::EndpointColumns(int width)
{
    end = width - scaled(18);
    button = end - scaled(84);
    errors = button - scaled(62);
    latency = errors - scaled(100);
    pool = latency - scaled(98);
    inFlight = pool - scaled(72);
    share = inFlight - scaled(60);
    answers = share - scaled(100);
    mark = scaled(18);
    name = scaled(40);
}

QSize EndpointDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const { return {0, scaled(54)}; }

QRect EndpointDelegate::buttonRect(const QRect &row) const
{
    const EndpointColumns columns(row.width());
    return {row.left() + columns.button + scaled(4), row.top() + scaled(5), columns.end - columns.button - scaled(4), scaled(28)};
}

void EndpointDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *row = index.data(EndpointListModel::RowRole).value<const EndpointRow *>();
    if (!row)
        return;
    const Tokens &t = Tokens::current();
    const api::EndpointLive &live = row->live;
    const EndpointColumns c(option.rect.width());
    const int left = option.rect.left();
    const qreal first = option.rect.top() + scaled(23), second = option.rect.top() + scaled(43);
    const bool off = row->state == EndpointRow::State::Out || row->state == EndpointRow::State::Disabled;
    const QColor number = off ? t.text3 : t.text;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    drawRowBackground(painter, option.rect, option.state & QStyle::State_Selected, inActiveWindow(option), option.state & QStyle::State_MouseOver,
                      option.state & QStyle::State_HasFocus, option.direction == Qt::RightToLeft);
    painter->fillRect(QRect(left + c.mark, option.rect.bottom(), c.end - c.mark, 1), t.line);
    paintMark(painter, QPointF(left + c.mark + scaled(8), first - scaled(4)), markOf(row->state), scaled(9));
    drawListText(painter, typeFont(Type::Wire), off ? t.text3 : t.text, left + c.name, first, c.answers - c.name - scaled(8), row->name);
    const QColor phrase = row->state == EndpointRow::State::Failing ? t.server.text : t.text2;
    drawListText(painter, typeFont(Type::Control), phrase, left + c.name, second, c.share - c.name - scaled(8), phraseOf(*row, QDateTime::currentMSecsSinceEpoch() * 1000));
    drawAnswers(painter, QRectF(left + c.answers, first - scaled(13), scaled(82), scaled(18)), live.recent);
    const QRectF share(left + c.share, first - scaled(7), scaled(56), scaled(5));
    paintGauge(painter, share, live.share, t.focus);
    painter->fillRect(QRectF(share.left() + share.width() * row->weightShare, share.top() - scaled(4), 1, scaled(13)), t.text);
    drawListText(painter, typeFont(Type::WireSmall), t.text2, share.left(), second, scaled(56), live.requests ? formatPercent(live.share) : QStringLiteral("–"));
    drawListText(painter, typeFont(Type::Wire), number, left + c.inFlight, first, c.pool - c.inFlight - scaled(20), QString::number(live.inFlight), true);
    drawPool(painter, QRectF(left + c.pool, first - scaled(7), scaled(74), scaled(5)), live);
    const QString pool = live.busy + live.idle == 0 ? tr("none") : live.busy == 0 ? tr("%1 idle").arg(live.idle) : tr("%1 busy, %2 idle").arg(live.busy).arg(live.idle);
    drawListText(painter, typeFont(Type::Control), t.text2, left + c.pool, second, scaled(90), pool);
    const auto latency = [&](int64_t micros) { return live.latency.count ? formatDuration(double(micros) * 1000) : QStringLiteral("–"); };
    drawListText(painter, typeFont(Type::Wire), number, left + c.latency - scaled(24), first, c.errors - c.latency + scaled(18), latency(live.latency.p50) + QStringLiteral(" / ") + latency(live.latency.p99), true);
    const double errors = live.requests ? double(live.errors) / double(live.requests) : 0;
    drawListText(painter, typeFont(Type::Wire), errors > 0.05 ? t.server.text : off ? t.text3 : t.text2, left + c.errors, first, c.button - c.errors - scaled(8),
             live.requests ? formatPercent(errors) : QStringLiteral("–"), true);
    if (row->state != EndpointRow::State::Disabled && row->known) {
        const bool out = row->state == EndpointRow::State::Out;
        const QRect box = buttonRect(option.rect);
        drawBox(painter, box, scaled(5), out ? t.accentTint : t.dark ? t.raised : t.surface, out ? QColor() : t.line2);
        painter->setFont(typeFont(Type::Control, QFont::Medium));
        painter->setPen(out ? t.accentText : t.text);
        painter->drawText(box, Qt::AlignCenter, out ? tr("Bring back") : tr("Take out"));
    }
    painter->restore();
}

bool EndpointDelegate::editorEvent(QEvent *event, QAbstractItemModel *, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() != QEvent::MouseButtonRelease)
        return false;
    const auto *mouse = static_cast<QMouseEvent *>(event);
    if (mouse->button() != Qt::LeftButton || !buttonRect(option.rect).contains(mouse->position().toPoint()))
        return false;
    Q_EMIT toggled(index.row());
    return true;
}

QSize EndpointHead::sizeHint() const { return {0, scaled(28)}; }

void EndpointHead::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens &t = Tokens::current();
    const EndpointColumns c(width());
    const QFont font = typeFont(Type::Head, QFont::Medium);
    const qreal baseline = centredBaseline(font, 0, height());
    const auto left = [&](int x, const QString &text) { drawListText(&painter, font, t.text2, x, baseline, scaled(120), text); };
    const auto right = [&](int from, int to, const QString &text) { drawListText(&painter, font, t.text2, from, baseline, to - from, text, true); };
    left(c.name, tr("Endpoint"));
    left(c.answers, tr("Answers"));
    left(c.share, tr("Share"));
    right(c.inFlight - scaled(20), c.pool - scaled(20), tr("In flight"));
    left(c.pool, tr("Pool"));
    right(c.latency, c.errors - scaled(6), tr("p50 / p99"));
    right(c.errors, c.button - scaled(8), tr("Errors"));
    painter.fillRect(QRect(c.mark, height() - 1, c.end - c.mark, 1), t.line);
}

} // namespace gatehouse::ui
