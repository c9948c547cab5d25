#include "ui/widgets/marks.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

namespace gatehouse::ui {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("Marks", text); }

void strokeLine(QPainter *painter, const QPolygonF &points, const QPointF &centre)
{
    painter->drawPolyline(points.translated(centre));
}

void paintSign(QPainter *painter, const QPointF &c, Glyph glyph, const QColor &ink, qreal u)
{
    painter->setPen(QPen(ink, 1.6 * u, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    switch (glyph) {
    case Glyph::Pass:
    case Glyph::Tick:
        strokeLine(painter, { { -3.3 * u, 0.3 * u }, { -1 * u, 2.6 * u }, { 3.4 * u, -2.6 * u } }, c);
        break;
    case Glyph::Refused:
    case Glyph::Skipped: strokeLine(painter, { { -3 * u, 0 }, { 3 * u, 0 } }, c); break;
    case Glyph::NoCondition: strokeLine(painter, { { -2.5 * u, 0 }, { 2.5 * u, 0 } }, c); break;
    case Glyph::Failed:
    case Glyph::Mismatch:
        strokeLine(painter, { { -2.5 * u, -2.5 * u }, { 2.5 * u, 2.5 * u } }, c);
        strokeLine(painter, { { 2.5 * u, -2.5 * u }, { -2.5 * u, 2.5 * u } }, c);
        break;
    case Glyph::Waited:
        strokeLine(painter, { { -0.5 * u, -3 * u }, { -0.5 * u, 0.8 * u }, { 2.2 * u, 0.8 * u } }, c);
        break;
    case Glyph::Cached:
        strokeLine(painter, { { -3 * u, -1.6 * u }, { 3 * u, -1.6 * u } }, c);
        strokeLine(painter, { { -3 * u, 1.6 * u }, { 3 * u, 1.6 * u } }, c);
        break;
    case Glyph::Mocked:
        painter->drawPolygon(
            QPolygonF({ { 0, -3.2 * u }, { 3.2 * u, 0 }, { 0, 3.2 * u }, { -3.2 * u, 0 } }).translated(c));
        break;
    case Glyph::NotAsked:
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink);
        painter->drawEllipse(c, 1.1 * u, 1.1 * u);
        break;
    case Glyph::NotReached: break;
    }
}

} // namespace

Mark markOfStatus(int status)
{
    if (status <= 0)
        return Mark::NoAnswer;
    if (status < 300)
        return Mark::Ok;
    return status < 400 ? Mark::Redirect : status < 500 ? Mark::Client : Mark::Server;
}

HueId hueOf(Mark mark)
{
    switch (mark) {
    case Mark::Ok: return HueId::Ok;
    case Mark::Redirect: return HueId::Redirect;
    case Mark::Client: return HueId::Client;
    case Mark::Server:
    case Mark::NoAnswer: return HueId::Server;
    case Mark::Cached: return HueId::Cache;
    case Mark::Mocked: return HueId::Mock;
    case Mark::Delayed: return HueId::Delay;
    case Mark::InFlight:
    case Mark::Off: break;
    }
    return HueId::None;
}

QString wordOf(Mark mark)
{
    switch (mark) {
    case Mark::Ok: return tr("answered");
    case Mark::Redirect: return tr("redirected");
    case Mark::Client: return tr("refused or not found");
    case Mark::Server: return tr("failed");
    case Mark::NoAnswer: return tr("no answer");
    case Mark::InFlight: return tr("in flight");
    case Mark::Off: return tr("off");
    case Mark::Cached: return tr("from cache");
    case Mark::Mocked: return tr("mocked");
    case Mark::Delayed: return tr("delayed");
    }
    return {};
}

void paintMark(QPainter *painter, const QPointF &c, Mark mark, qreal size, qreal phase)
{
    const Tokens &t = Tokens::current();
    const qreal s = size > 0 ? size : scaled(9);
    const qreal h = s / 2;
    const QColor fill = t.hue(hueOf(mark)).fill;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(fill);
    switch (mark) {
    case Mark::Ok: painter->drawEllipse(c, h * 0.94, h * 0.94); break;
    case Mark::Redirect:
        painter->drawPolygon(
            QPolygonF({ { -h * 0.8, -h * 0.95 }, { h * 0.95, 0 }, { -h * 0.8, h * 0.95 } }).translated(c));
        break;
    case Mark::Client:
    case Mark::Mocked: {
        const qreal d = h * 1.16;
        if (mark == Mark::Mocked) {
            painter->setPen(QPen(fill, s / 6));
            painter->setBrush(Qt::NoBrush);
        }
        painter->drawPolygon(QPolygonF({ { 0, -d }, { d, 0 }, { 0, d }, { -d, 0 } }).translated(c));
        break;
    }
    case Mark::Server: painter->drawRect(QRectF(c.x() - h * 0.89, c.y() - h * 0.89, s * 0.89, s * 0.89)); break;
    case Mark::NoAnswer: {
        painter->setPen(QPen(fill, s / 4.5, Qt::SolidLine, Qt::RoundCap));
        const qreal d = h * 0.75;
        painter->drawLine(c + QPointF(-d, -d), c + QPointF(d, d));
        painter->drawLine(c + QPointF(d, -d), c + QPointF(-d, d));
        break;
    }
    case Mark::InFlight: {
        painter->setBrush(Qt::NoBrush);
        const QRectF ring(c.x() - h + 1, c.y() - h + 1, s - 2, s - 2);
        painter->setPen(QPen(t.line2, s / 5));
        painter->drawEllipse(ring);
        painter->setPen(QPen(t.focus, s / 5, Qt::SolidLine, Qt::FlatCap));
        painter->drawArc(ring, qRound((90 - phase * 360) * 16), -130 * 16);
        break;
    }
    case Mark::Off:
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(fill, s / 6));
        painter->drawEllipse(c, h * 0.8, h * 0.8);
        break;
    case Mark::Cached:
        painter->drawRect(QRectF(c.x() - h, c.y() - h * 0.75, s, s / 4));
        painter->drawRect(QRectF(c.x() - h, c.y() + h * 0.25, s, s / 4));
        break;
    case Mark::Delayed:
        paintIcon(painter, QRectF(c.x() - h - 1, c.y() - h - 1, s + 2, s + 2), IconId::Clock, fill);
        break;
    }
    painter->restore();
}

IconId iconOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Refused: return IconId::Barred;
    case Verdict::Delayed: return IconId::Clock;
    case Verdict::Cached: return IconId::Layers;
    case Verdict::Mocked: return IconId::Braces;
    case Verdict::Retried: return IconId::Retry;
    case Verdict::Failed: return IconId::Error;
    case Verdict::Held: return IconId::Hold;
    case Verdict::None: break;
    }
    return IconId::Dash;
}

HueId hueOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Refused:
    case Verdict::Held: return HueId::Client;
    case Verdict::Delayed:
    case Verdict::Retried: return HueId::Delay;
    case Verdict::Cached: return HueId::Cache;
    case Verdict::Mocked: return HueId::Mock;
    case Verdict::Failed: return HueId::Server;
    case Verdict::None: break;
    }
    return HueId::None;
}

QString wordOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Refused: return tr("refused");
    case Verdict::Delayed: return tr("delayed");
    case Verdict::Cached: return tr("from cache");
    case Verdict::Mocked: return tr("mocked");
    case Verdict::Retried: return tr("tried again");
    case Verdict::Failed: return tr("failed");
    case Verdict::Held: return tr("held");
    case Verdict::None: break;
    }
    return {};
}

HueId hueOf(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Pass:
    case Glyph::Tick: return HueId::Ok;
    case Glyph::Refused:
    case Glyph::Mismatch: return HueId::Client;
    case Glyph::Failed: return HueId::Server;
    case Glyph::Waited: return HueId::Delay;
    case Glyph::Cached: return HueId::Cache;
    case Glyph::Mocked: return HueId::Mock;
    default: return HueId::None;
    }
}

QString wordOf(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Pass:
    case Glyph::Tick: return tr("passed");
    case Glyph::Refused: return tr("refused");
    case Glyph::Failed: return tr("failed");
    case Glyph::Mismatch: return tr("does not match");
    case Glyph::Waited: return tr("waited");
    case Glyph::Cached: return tr("from cache");
    case Glyph::Mocked: return tr("mocked");
    case Glyph::Skipped: return tr("nothing to do");
    case Glyph::NotReached: return tr("not reached");
    case Glyph::NotAsked: return tr("not asked");
    case Glyph::NoCondition: return tr("no condition");
    }
    return {};
}

void paintGlyph(QPainter *painter, const QPointF &c, Glyph glyph)
{
    const Tokens &t = Tokens::current();
    const Hue &hue = t.hue(hueOf(glyph));
    const qreal u = scaled(16) / 16.0;
    const bool bare = glyph == Glyph::NotAsked || glyph == Glyph::NoCondition || glyph == Glyph::Tick;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (glyph == Glyph::NotReached) {
        painter->setPen(QPen(t.control, 1.2 * u));
        painter->setBrush(t.surface);
        painter->drawEllipse(c, 5.5 * u, 5.5 * u);
    } else if (!bare) {
        painter->setPen(t.highContrast ? QPen(hue.fill, 1.5) : QPen(Qt::NoPen));
        painter->setBrush(glyph == Glyph::Skipped ? t.selectedOff : hue.tint);
        painter->drawEllipse(c, 8 * u, 8 * u);
    }
    paintSign(painter, c, glyph, bare && glyph != Glyph::Tick ? t.control : hue.text, u);
    painter->restore();
}

int chipWidth(const QString &text, bool mono)
{
    const QFont f = mono ? typeFont(Type::Wire) : typeFont(Type::Head, QFont::Medium);
    return qRound(QFontMetricsF(f).horizontalAdvance(text)) + scaled(12);
}

int paintChip(QPainter *painter, const QPointF &topLeft, const QString &text, HueId hueId, bool mono)
{
    const Tokens &t = Tokens::current();
    const Hue &hue = t.hue(hueId);
    const QFont f = mono ? typeFont(Type::Wire) : typeFont(Type::Head, QFont::Medium);
    const int width = chipWidth(text, mono), height = scaled(18);
    const QRectF box(topLeft, QSizeF(width, height));
    drawBox(painter, box, 4, hueId == HueId::None ? t.selectedOff : hue.tint, t.highContrast ? hue.fill : QColor());
    painter->setFont(f);
    painter->setPen(hueId == HueId::None ? t.text2 : hue.text);
    painter->drawText(QPointF(box.left() + scaled(6), centredBaseline(f, box.top(), height)), text);
    return width;
}

QColor methodColor(const QString &method)
{
    const Tokens &t = Tokens::current();
    if (method == QStringLiteral("DELETE"))
        return t.server.text;
    if (method == QStringLiteral("POST") || method == QStringLiteral("PUT") || method == QStringLiteral("PATCH"))
        return t.accentText;
    return t.text2;
}

QString methodShort(const QString &method)
{
    if (method == QStringLiteral("DELETE"))
        return QStringLiteral("DEL");
    if (method == QStringLiteral("OPTIONS"))
        return QStringLiteral("OPT");
    if (method == QStringLiteral("CONNECT"))
        return QStringLiteral("CON");
    return method.left(6);
}

} // namespace gatehouse::ui
