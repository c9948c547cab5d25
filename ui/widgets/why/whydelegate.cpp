#include "ui/widgets/why/whydelegate.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/why/whydraw.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <algorithm>

namespace gatehouse::ui {

using Kind = WhyItem::Kind;
using observe::Aspect;
using observe::Attempt;
using observe::Cell;
using observe::Change;

using namespace why;

namespace {

// Of the design, at 13 px.
constexpr double timeRight = 56, spineX = 74, contentX = 92, rightMargin = 16;
constexpr double stageHeight = 33, stageCentre = 20;
constexpr double matrixFirst = 163, matrixStep = 50;
constexpr double attemptGlyph = 100, attemptText = 114, attemptBar = 252, attemptRight = 172, attemptState = 162;

qreal runsWidth(const Runs &runs, const QFont &base)
{
    qreal width = 0;
    for (const Run &run : runs) {
        QFont font = run.style == Run::Style::Wire ? typeFont(Type::Wire) : base;
        if (run.style == Run::Style::Strong || run.style == Run::Style::Link)
            font.setWeight(QFont::DemiBold);
        width += textWidth(font, run.text);
    }
    return width;
}

Runs inColor(Runs runs, bool dim)
{
    if (!dim)
        return runs;
    for (Run &run : runs) {
        if (run.style == Run::Style::Plain || run.style == Run::Style::Strong)
            run.style = Run::Style::Quiet;
    }
    return runs;
}

// Columns of policies, from the longest name and owner of the stage.
struct PolicyColumns { qreal owner = 0, detail = 0; };

PolicyColumns policyColumns(const WhyItem &item, const QRect &row)
{
    const QFont name = typeFont(Type::ControlStrong), owner = typeFont(Type::Hint);
    qreal names = scaled(96), owners = scaled(38);
    for (const auto &sibling : item.parent->children) {
        names = std::max(names, textWidth(name, toPlainText(sibling->title)));
        owners = std::max(owners, textWidth(owner, sibling->owner));
    }
    PolicyColumns columns;
    const qreal left = row.left() + scaled(contentX);
    columns.owner = left + std::min<qreal>(names, scaled(150)) + scaled(12);
    columns.detail = columns.owner + std::min<qreal>(owners, scaled(100)) + scaled(12);
    return columns;
}

qreal centreOf(const QRect &row, const WhyItem &item)
{
    switch (item.kind) {
    case Kind::Stage: return row.top() + scaled(stageCentre);
    case Kind::Candidate: return row.top() + scaled(15);
    default: return row.top() + row.height() / 2.0;
    }
}

} // namespace

QSize WhyDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const WhyItem *item = WhyModel::item(index);
    switch (item->kind) {
    case Kind::Sentence: return {0, m_sentenceHeight};
    case Kind::Times: return {0, scaled(47)};
    case Kind::Stage: return {0, scaled(stageHeight)};
    case Kind::MatrixHead: return {0, scaled(23)};
    case Kind::Candidate: return {0, scaled(item->detail.isEmpty() ? 26 : item->candidate->won ? 43 : 42)};
    case Kind::Policy: return {0, scaled(26)};
    case Kind::Change: return {0, scaled(20) + (item->firstOfGroup ? scaled(5) : 0) + (item->lastOfGroup ? scaled(3) : 0)};
    case Kind::Attempt:
    case Kind::Wait: return {0, scaled(25)};
    case Kind::Note: return {0, scaled(26)};
    case Kind::Bucket: return {0, bucketHeight()};
    case Kind::Actions: return {0, m_actionsHeight};
    }
    return {0, scaled(26)};
}

void WhyDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const WhyItem &item = *WhyModel::item(index);
    const auto &model = *static_cast<const WhyModel *>(index.model());
    const QRect row = option.rect;
    const Tokens &t = Tokens::current();
    if (item.kind == Kind::Sentence || item.kind == Kind::Times || item.kind == Kind::Actions)
        return; // widgets stand there
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setClipRect(row.adjusted(0, -1, 0, 1));
    painter->setLayoutDirection(option.direction);
    const bool selected = option.state & QStyle::State_Selected;
    const bool focused = option.state & QStyle::State_HasFocus;
    const QRect ground = item.kind == Kind::Stage ? row.adjusted(0, scaled(7), 0, 0) : row;
    if (selected && item.kind != Kind::MatrixHead)
        drawRowBackground(painter, ground, focused, option.state & QStyle::State_Active, false, focused, mirrored(painter));
    if (item.differs) // beside the time, where the eye compares
        painter->fillRect(QRect(mirrored(painter) ? row.right() - scaled(3) : row.left(), ground.top(), scaled(4), ground.height()), t.delay.fill);
    if (mirrored(painter)) // measured from the leading edge from here on
        painter->translate(row.left() + row.right() + 1, 0);
    paintSpine(painter, row, item, index);
    switch (item.kind) {
    case Kind::Stage: paintStage(painter, row, item, !item.children.empty() && !(option.state & QStyle::State_Open)); break;
    case Kind::MatrixHead: paintMatrixHead(painter, row, model.asksOther()); break;
    case Kind::Candidate: paintCandidate(painter, row, item, model.asksOther()); break;
    case Kind::Policy: paintPolicy(painter, row, item); break;
    case Kind::Change: paintChange(painter, row, item); break;
    case Kind::Attempt:
    case Kind::Wait: paintAttempt(painter, row, item, model); break;
    case Kind::Note: paintNote(painter, row, item); break;
    case Kind::Bucket:
        if (model.more().bucket)
            paintBucket(painter, flipped(painter, QRectF(row.left() + scaled(contentX), row.top() + scaled(4), row.width() - scaled(contentX + rightMargin), bucketHeight() - scaled(8))),
                        *model.more().bucket);
        break;
    default: break;
    }
    if (item.kind == Kind::Stage || item.kind == Kind::Policy) {
        const QPointF centre(row.left() + scaled(spineX), centreOf(row, item));
        if (!item.reached || item.glyph == Glyph::NotReached) { // nothing shines through the ring
            painter->setPen(Qt::NoPen);
            painter->setBrush(t.surface);
            painter->drawEllipse(flipped(painter, centre), scaled(7), scaled(7));
        }
        drawGlyph(painter, centre, item.glyph);
    }
    painter->restore();
}

void WhyDelegate::paintSpine(QPainter *painter, const QRect &row, const WhyItem &item, const QModelIndex &index) const
{
    const WhyItem *stage = item.kind == Kind::Stage ? &item : item.parent;
    if (stage->last && item.kind != Kind::Stage)
        return;
    const bool first = stage->stage == WhyItem::StageId::Arrived && item.kind == Kind::Stage;
    const auto &siblings = stage->parent->children;
    const auto here = std::find_if(siblings.begin(), siblings.end(), [stage](const auto &candidate) { return candidate.get() == stage; });
    const WhyItem *next = here != siblings.end() && here + 1 != siblings.end() ? (here + 1)->get() : nullptr;
    const qreal x = row.left() + scaled(spineX), centre = centreOf(row, item);
    const auto line = [&](qreal from, qreal to, bool reached) {
        QPen pen(Tokens::current().line2, scaled(2), reached ? Qt::SolidLine : Qt::CustomDashLine, Qt::FlatCap);
        if (!reached)
            pen.setDashPattern({1.2, 1.6});
        painter->setPen(pen);
        painter->drawLine(flipped(painter, QPointF(x, from)), flipped(painter, QPointF(x, to)));
    };
    bool below = item.reached;
    if (item.kind == Kind::Policy || item.kind == Kind::Bucket) { // the first that was not reached is led to by dots
        const WhyItem *following = nullptr;
        const int at = index.row();
        if (size_t(at) + 1 < item.parent->children.size())
            following = item.parent->children[size_t(at) + 1].get();
        below = following ? following->reached : (next ? next->reached && item.reached : item.reached);
    } else if (item.kind == Kind::Stage && item.children.empty() && next) {
        below = item.reached && next->reached;
    }
    if (!first)
        line(row.top(), centre, item.reached);
    if (!stage->last)
        line(centre, row.bottom() + 1, below);
}

void WhyDelegate::paintStage(QPainter *painter, const QRect &row, const WhyItem &item, bool folded) const
{
    const Tokens &t = Tokens::current();
    const qreal centre = row.top() + scaled(stageCentre), left = row.left() + scaled(contentX), right = row.right() + 1 - scaled(rightMargin);
    if (item.startMicros >= 0)
        drawRight(painter, typeFont(Type::WireSmall), t.text3, row.left() + scaled(timeRight), centre, sinceArrivalText(item.startMicros));
    qreal end = right;
    const Runs &atRight = folded && !item.foldedRight.isEmpty() ? item.foldedRight : item.right;
    if (!atRight.isEmpty()) {
        const bool isWire = atRight.front().style == Run::Style::Wire;
        end = drawRight(painter, isWire ? typeFont(Type::Wire) : typeFont(Type::Control), t.text2, right, centre, toPlainText(atRight)) - scaled(12);
    }
    QFont head = typeFont(Type::Body);
    head.setWeight(QFont::DemiBold);
    qreal x = left + drawRuns(painter, left, centre, inColor(item.title, !item.reached), head, end - left);
    if (folded) {
        paintIcon(painter, flipped(painter, QRectF(x + scaled(4), centre - scaled(7), scaled(14), scaled(14))), mirrored(painter) ? IconId::ChevronLeft : IconId::ChevronRight, t.text3);
        x += scaled(16);
    }
    const Runs &detail = folded && !item.folded.isEmpty() ? item.folded : item.detail;
    if (!detail.isEmpty())
        drawElided(painter, typeFont(Type::Control), t.text2, x + scaled(10), centre, toPlainText(detail), end - x - scaled(10));
}

void WhyDelegate::paintMatrixHead(QPainter *painter, const QRect &row, bool asksOther) const
{
    QFont font = typeFont(Type::Head);
    font.setPointSizeF(font.pointSizeF() * 0.94); // five words in columns of 50
    const qreal first = row.left() + scaled(contentX + matrixFirst), centre = row.top() + scaled(13);
    for (int column = 0; column < (asksOther ? 6 : 5); ++column) {
        const QString word = aspectWord(Aspect(column));
        drawText(painter, font, Tokens::current().text2, first + column * scaled(matrixStep) - textWidth(font, word) / 2, centre, word);
    }
}

void WhyDelegate::paintCandidate(QPainter *painter, const QRect &row, const WhyItem &item, bool asksOther) const
{
    const Tokens &t = Tokens::current();
    const observe::Candidate &candidate = *item.candidate;
    const qreal left = row.left() + scaled(contentX), right = row.right() + 1 - scaled(rightMargin), centre = row.top() + scaled(14);
    if (candidate.won) {
        const QRectF box(left - scaled(8), row.top(), right - left + scaled(16), row.height());
        fillBox(painter, box, 5, t.highContrast ? QColor() : t.ok.tint, t.highContrast ? t.ok.fill : QColor(), 2);
    } else if (!item.lastOfGroup || item.parent->children.back().get() != &item) {
        painter->setRenderHint(QPainter::Antialiasing, false);
        fill(painter, QRectF(left, row.bottom(), right - left, 1), t.line);
        painter->setRenderHint(QPainter::Antialiasing);
    }
    QFont name = typeFont(Type::ControlStrong);
    if (!candidate.won)
        name.setWeight(QFont::Medium);
    const qreal room = scaled(matrixFirst) - scaled(22);
    drawElided(painter, name, candidate.won ? t.ok.text : t.text, left, centre, toPlainText(item.title), room);
    for (int column = 0; column < (asksOther ? 6 : 5); ++column) {
        const QPointF at(left + scaled(matrixFirst) + column * scaled(matrixStep), centre);
        switch (candidate.cells[size_t(column)]) {
        case Cell::Passed: drawGlyph(painter, at, Glyph::Tick); break;
        case Cell::Failed: drawGlyph(painter, at, Glyph::Mismatch); break;
        case Cell::NotAsked: drawGlyph(painter, at, Glyph::NotAsked); break;
        case Cell::NoCondition: drawGlyph(painter, at, Glyph::NoCondition); break;
        }
    }
    if (!item.detail.isEmpty()) {
        const QFont second = typeFont(Type::Control);
        drawRuns(painter, left, row.top() + scaled(candidate.won ? 32 : 31), item.detail, second, right - left);
    }
}

void WhyDelegate::paintPolicy(QPainter *painter, const QRect &row, const WhyItem &item) const
{
    const Tokens &t = Tokens::current();
    const qreal left = row.left() + scaled(contentX), right = row.right() + 1 - scaled(rightMargin), centre = row.top() + row.height() / 2.0;
    const PolicyColumns columns = policyColumns(item, row);
    QFont name = typeFont(Type::Control);
    name.setWeight(item.glyph == Glyph::Refused || item.glyph == Glyph::Failed ? QFont::DemiBold : QFont::Medium);
    drawElided(painter, name, item.reached ? t.text : t.text3, left, centre, toPlainText(item.title), columns.owner - left - scaled(6));
    drawElided(painter, typeFont(Type::Hint), item.reached ? t.text2 : t.text3, columns.owner, centre, item.owner, columns.detail - columns.owner - scaled(6));
    qreal end = right;
    if (!item.right.isEmpty())
        end = drawRight(painter, typeFont(Type::WireSmall), t.text3, right, centre, toPlainText(item.right)) - scaled(10);
    qreal x = columns.detail;
    const auto &gauge = item.policy->gauge;
    if (gauge && gauge->capacity > 0 && item.reached) {
        const double fraction = std::clamp(gauge->level / gauge->capacity, 0.0, 1.0);
        paintGauge(painter, flipped(painter, QRectF(x, centre - scaled(3), scaled(44), scaled(6))), fraction, fraction < 0.15 ? t.client.fill : t.ok.fill);
        x += scaled(52);
    }
    const QFont detail = typeFont(Type::Control);
    Runs runs = item.detail;
    for (Run &run : runs) {
        if (run.style == Run::Style::Plain && !run.hue && !item.reached)
            run.style = Run::Style::Quiet;
    }
    if (end > x)
        drawRuns(painter, x, centre, runs, detail, end - x);
}

void WhyDelegate::paintChange(QPainter *painter, const QRect &row, const WhyItem &item) const
{
    const Tokens &t = Tokens::current();
    const qreal left = row.left() + scaled(contentX), right = row.right() + 1 - scaled(rightMargin);
    QRectF box(left, row.top(), right - left, row.height());
    if (item.firstOfGroup)
        box.adjust(0, scaled(2), 0, 0);
    // One box around all lines: each row draws its part of a frame that reaches beyond it.
    QRectF frame = box.adjusted(0, item.firstOfGroup ? 0 : -20, 0, item.lastOfGroup ? 0 : 20);
    painter->save();
    painter->setClipRect(flipped(painter, QRectF(row)));
    fillBox(painter, frame, 5, t.surface, t.line);
    painter->restore();
    QRectF line(left + 1, row.top() + (item.firstOfGroup ? scaled(5) : 0), right - left - 2, scaled(20));
    const Change::Kind kind = item.change->kind;
    if (kind != Change::Kind::Same) {
        QRectF ground = line;
        if (item.firstOfGroup) // the first and the last fill the box to its rounding
            ground.setTop(box.top() + 1);
        if (item.lastOfGroup)
            ground.setBottom(box.bottom() - 1);
        fill(painter, ground, kind == Change::Kind::Added ? t.diffAdded : t.diffRemoved);
    }
    const qreal centre = line.center().y();
    const QFont mono = typeFont(Type::Wire);
    if (kind != Change::Kind::Same)
        drawText(painter, mono, kind == Change::Kind::Added ? t.ok.text : t.server.text, left + scaled(8), centre, kind == Change::Kind::Added ? QStringLiteral("+") : QStringLiteral("-"));
    qreal end = right - scaled(10);
    if (!item.right.isEmpty())
        end = drawRight(painter, typeFont(Type::Hint), t.text2, end, centre, toPlainText(item.right)) - scaled(12);
    drawElided(painter, mono, t.text, left + scaled(24), centre, toPlainText(item.title), end - left - scaled(24));
}

void WhyDelegate::paintAttempt(QPainter *painter, const QRect &row, const WhyItem &item, const WhyModel &model) const
{
    const Tokens &t = Tokens::current();
    const Attempt &attempt = *item.attempt;
    const bool wait = item.kind == Kind::Wait;
    const qreal centre = row.top() + row.height() / 2.0, right = row.right() + 1 - scaled(rightMargin);
    drawGlyph(painter, QPointF(row.left() + scaled(attemptGlyph), centre), item.glyph);
    const qreal barLeft = row.left() + scaled(attemptBar), barRight = std::max<qreal>(barLeft + scaled(40), row.right() + 1 - scaled(attemptRight));
    drawElided(painter, typeFont(Type::Wire), t.text, row.left() + scaled(attemptText), centre, toPlainText(item.title), barLeft - row.left() - scaled(attemptText) - scaled(8));
    fillBox(painter, QRectF(barLeft, centre - scaled(2), barRight - barLeft, scaled(4)), 2, barTrack(), QColor());
    const auto [from, to] = model.attemptSpan();
    const double span = double(std::max<int64_t>(1, to - from));
    const int64_t start = wait ? attempt.startMicros - attempt.waitMicros : attempt.startMicros;
    const int64_t length = wait ? attempt.waitMicros : attempt.durationMicros;
    const qreal width = std::max<qreal>(scaled(4), double(length) / span * (barRight - barLeft));
    const qreal x = std::min(barLeft + double(start - from) / span * (barRight - barLeft), barRight - width);
    const HueId hue = wait ? HueId::Delay : item.glyph == Glyph::Failed ? HueId::Server : item.glyph == Glyph::Skipped ? HueId::None : hueOf(markOfStatus(attempt.status));
    fillBox(painter, QRectF(x, centre - scaled(4), width, scaled(8)), 2, t.hue(hue).fill, QColor());
    const qreal end = drawRight(painter, typeFont(Type::Wire), t.text2, right, centre, toPlainText(item.right)) - scaled(8);
    QFont state = typeFont(Type::Control);
    state.setWeight(QFont::Medium);
    const qreal stateX = barRight + scaled(attemptRight - attemptState);
    if (end > stateX)
        drawRuns(painter, stateX, centre, item.detail, state, end - stateX);
}

void WhyDelegate::paintNote(QPainter *painter, const QRect &row, const WhyItem &item) const
{
    const bool ofAttempts = item.parent->stage == WhyItem::StageId::Target;
    const qreal left = row.left() + scaled(ofAttempts ? attemptText : contentX), right = row.right() + 1 - scaled(rightMargin);
    const QFont font = typeFont(Type::Control);
    const qreal centre = row.top() + row.height() / 2.0;
    qreal end = right;
    if (!item.right.isEmpty()) {
        end = right - runsWidth(item.right, font);
        drawRuns(painter, end, centre, item.right, font, right - end + 1);
        end -= scaled(12);
    }
    if (item.detail.size() == 1 && item.detail.front().style == Run::Style::Plain)
        drawElided(painter, font, Tokens::current().text2, left, centre, item.detail.front().text, end - left);
    else
        drawRuns(painter, left, centre, item.detail, font, end - left);
}

std::optional<Run> WhyDelegate::linkAt(const QRect &row, const QModelIndex &index, const QPoint &point) const
{
    const WhyItem &item = *WhyModel::item(index);
    const qreal left = row.left() + scaled(contentX), x = point.x() - left;
    const auto whole = [&](const QFont &font) -> std::optional<Run> {
        if (!item.hasPlace || x < 0 || x > runsWidth(item.title, font))
            return std::nullopt;
        return link(toPlainText(item.title), item.place);
    };
    switch (item.kind) {
    case Kind::Stage: {
        QFont head = typeFont(Type::Body);
        head.setWeight(QFont::DemiBold);
        const int run = runAt(item.title, head, x);
        return run >= 0 && item.title[run].style == Run::Style::Link ? std::optional(item.title[run]) : std::nullopt;
    }
    case Kind::Policy: return whole(typeFont(Type::Control));
    case Kind::Candidate: return point.y() - row.top() < scaled(24) ? whole(typeFont(Type::ControlStrong)) : std::nullopt;
    case Kind::Attempt: {
        const qreal from = row.left() + scaled(attemptText);
        if (!item.hasPlace || point.x() < from || point.x() > from + runsWidth(item.title, typeFont(Type::Wire)))
            return std::nullopt;
        return link(toPlainText(item.title), item.place);
    }
    case Kind::Change: {
        const qreal end = row.right() + 1 - scaled(rightMargin + 10);
        const qreal width = textWidth(typeFont(Type::Hint), toPlainText(item.right));
        if (!item.hasPlace || item.right.isEmpty() || point.x() < end - width || point.x() > end)
            return std::nullopt;
        return link(toPlainText(item.right), item.place);
    }
    case Kind::Note: {
        const qreal end = row.right() + 1 - scaled(rightMargin);
        if (!item.right.isEmpty() && point.x() <= end && point.x() >= end - runsWidth(item.right, typeFont(Type::Control)))
            return item.right.front();
        const int run = runAt(item.detail, typeFont(Type::Control), x);
        return run >= 0 && item.detail[run].style == Run::Style::Link ? std::optional(item.detail[run]) : std::nullopt;
    }
    default: return std::nullopt;
    }
}

} // namespace gatehouse::ui
