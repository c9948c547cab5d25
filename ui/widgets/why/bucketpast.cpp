#include "ui/widgets/why/bucketpast.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/widgets/why/whydraw.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QPolygonF>

#include <algorithm>

namespace gatehouse::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::Why)
};

QString spanText(const BucketPast &past) { return Words::tr("%1 s").arg(past.spanMicros / 1'000'000); }

QString headOf(const BucketPast &past)
{
    return Words::tr("Bucket of %1, last %2").arg(fromUtf8(past.key), spanText(past));
}

QString tokens(double capacity) { return Words::tr("%n token(s)", nullptr, int(capacity)); }

} // namespace

QString bucketText(const BucketPast &past)
{
    const auto refused = std::count_if(past.points.begin(), past.points.end(), [](const BucketPast::Point &point) { return point.refused; });
    QString text = headOf(past) + QStringLiteral(": ") + tokens(past.capacity) + QStringLiteral(", ") + Words::tr("%n refused", nullptr, int(refused));
    if (past.nextMicros > 0)
        text += QStringLiteral(", ") + Words::tr("lets in at +%1").arg(durationText(past.nextMicros));
    return text;
}

int bucketHeight() { return scaled(124); }

void paintBucket(QPainter *painter, const QRectF &rect, const BucketPast &past)
{
    const Tokens &t = Tokens::current();
    painter->save();
    painter->setLayoutDirection(Qt::LeftToRight); // time runs to the right in every language
    painter->setRenderHint(QPainter::Antialiasing);
    drawBox(painter, rect, 7, t.dark ? t.sunken : t.surface, t.line);
    const QFont head = typeFont(Type::ControlStrong), hint = typeFont(Type::Hint), small = typeFont(Type::WireSmall);
    const qreal left = rect.left() + scaled(10), right = rect.right() - scaled(80);
    const qreal top = rect.top() + scaled(34), foot = rect.bottom() - scaled(28);
    why::drawElided(painter, head, t.text, left, rect.top() + scaled(15), headOf(past), rect.width() - scaled(20));
    const qreal now = left + (right - left) * 0.86;
    const auto xOf = [&](int64_t micros) { return now + double(std::max(micros, -past.spanMicros)) / double(past.spanMicros) * (now - left); };
    const auto yOf = [&](double level) { return foot - std::clamp(level / past.capacity, 0.0, 1.0) * (foot - top); };
    painter->fillRect(QRectF(left, std::round(top), right - left, 1), t.line);
    painter->fillRect(QRectF(left, std::round(foot), right - left, 1), t.line2);
    QPolygonF line;
    for (const BucketPast::Point &point : past.points)
        line << QPointF(xOf(point.micros), yOf(point.level));
    if (line.size() > 1) {
        QPolygonF area = line;
        area << QPointF(line.last().x(), foot) << QPointF(line.first().x(), foot);
        QColor fill = t.ok.fill;
        fill.setAlphaF(0.18F);
        painter->setPen(Qt::NoPen);
        painter->setBrush(fill);
        painter->drawPolygon(area);
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(t.ok.fill, 1.6, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
        painter->drawPolyline(line);
    }
    QPen dashes(t.client.fill, 1.4, Qt::CustomDashLine, Qt::FlatCap);
    dashes.setDashPattern({3, 2});
    painter->setPen(dashes);
    painter->drawLine(QPointF(now, top - scaled(4)), QPointF(now, foot));
    if (past.nextMicros > 0) { // how it fills up again; the label says how far away that is
        dashes.setColor(t.ok.fill);
        painter->setPen(dashes);
        painter->drawLine(QPointF(now, yOf(past.points.empty() ? 0 : past.points.back().level)), QPointF(right, yOf(std::max(1.0, past.capacity * 0.12))));
    }
    for (const BucketPast::Point &point : past.points)
        if (point.refused)
            paintMark(painter, QPointF(xOf(point.micros), foot), Mark::Client, scaled(8));
    why::drawText(painter, hint, t.text2, right + scaled(6), top, tokens(past.capacity));
    if (past.nextMicros > 0) {
        why::drawText(painter, hint, t.text2, right + scaled(6), foot - scaled(8), Words::tr("lets in at"));
        why::drawText(painter, small, t.ok.text, right + scaled(6), foot + scaled(6), QLatin1Char('+') + durationText(past.nextMicros));
    }
    why::drawText(painter, hint, t.text2, left, foot + scaled(14), QStringLiteral("−") + spanText(past));
    const QString here = Words::tr("now");
    why::drawText(painter, hint, t.text2, now - why::textWidth(hint, here) / 2, foot + scaled(14), here);
    painter->restore();
}

} // namespace gatehouse::ui
