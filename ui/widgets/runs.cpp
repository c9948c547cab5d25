#include "ui/widgets/runs.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"

#include <QtGui/QAccessible>
#include <QtGui/QFontMetricsF>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QTextLayout>

#include <algorithm>

namespace gatehouse::ui {
namespace {

QColor colorOf(const Run &run)
{
    const Tokens &t = Tokens::current();
    if (run.hue)
        return t.hue(*run.hue).text;
    switch (run.style) {
    case Run::Style::Link: return t.accentText;
    case Run::Style::Soft: return t.text2;
    case Run::Style::Quiet: return t.text3;
    default: return t.text;
    }
}

bool isLink(const Run &run) { return run.style == Run::Style::Link; }

} // namespace

QFont fontOfRun(const Run &run, const QFont &base)
{
    QFont f = base;
    if (run.style == Run::Style::Wire) {
        f = typeFont(Type::Wire);
        f.setPointSizeF(base.pointSizeF() * 12 / 12.5);
        f.setWeight(base.weight());
    } else if (run.style == Run::Style::Strong || run.style == Run::Style::Link) {
        f.setWeight(QFont::DemiBold);
    }
    return f;
}

Run plain(const QString &text) { return { text, Run::Style::Plain, {}, {}, {} }; }
Run strong(const QString &text) { return { text, Run::Style::Strong, {}, {}, {} }; }
Run soft(const QString &text) { return { text, Run::Style::Soft, {}, {}, {} }; }
Run quiet(const QString &text) { return { text, Run::Style::Quiet, {}, {}, {} }; }
Run wire(const QString &text) { return { text, Run::Style::Wire, {}, {}, {} }; }
Run link(const QString &text, const Place &place) { return { text, Run::Style::Link, {}, place, {} }; }
Run commandLink(const QString &text, const QString &command) { return { text, Run::Style::Link, {}, {}, command }; }
Run inHue(Run run, HueId hue)
{
    run.hue = hue;
    return run;
}

QString toPlainText(const Runs &runs)
{
    QString text;
    for (const Run &run : runs)
        text += run.text;
    return text;
}

namespace {

// From the right end leftwards; what was on the wire still reads from left to right, and spaces stay between the runs.
qreal paintRunsMirrored(QPainter *painter, const QPointF &baseline, const Runs &runs, const QFont &base, qreal width)
{
    qreal total = 0;
    for (const Run &run : runs)
        total += QFontMetricsF(fontOfRun(run, base)).horizontalAdvance(run.text);
    const qreal used = std::min(total, width);
    qreal end = baseline.x() + used;
    for (const Run &run : runs) {
        const QFont f = fontOfRun(run, base);
        const QFontMetricsF metrics(f);
        QString text = shownText(run.text).trimmed();
        const qreal before = metrics.horizontalAdvance(QString(run.text.indexOf(text.left(1)), QLatin1Char(' ')));
        end -= text.isEmpty() ? metrics.horizontalAdvance(run.text) : before;
        text = metrics.elidedText(text, Qt::ElideRight, end - baseline.x() + 0.5);
        const qreal advance = metrics.horizontalAdvance(text);
        if (end <= baseline.x())
            break;
        painter->setLayoutDirection(run.style == Run::Style::Wire ? Qt::LeftToRight : Qt::RightToLeft);
        painter->setFont(f);
        painter->setPen(colorOf(run));
        painter->drawText(QPointF(end - advance, baseline.y()), text);
        if (!text.isEmpty())
            end -= metrics.horizontalAdvance(run.text) - before;
    }
    painter->setLayoutDirection(Qt::RightToLeft);
    return used;
}

} // namespace

qreal paintRuns(QPainter *painter, const QPointF &baseline, const Runs &runs, const QFont &base, qreal width)
{
    if (painter->layoutDirection() == Qt::RightToLeft)
        return paintRunsMirrored(painter, baseline, runs, base, width);
    qreal x = baseline.x();
    const qreal end = x + width;
    for (const Run &run : runs) {
        const QFont f = fontOfRun(run, base);
        const QFontMetricsF metrics(f);
        QString text = shownText(run.text);
        qreal advance = metrics.horizontalAdvance(text);
        const bool last = x + advance > end;
        if (last) {
            text = metrics.elidedText(text, Qt::ElideRight, end - x);
            advance = metrics.horizontalAdvance(text);
        }
        painter->setFont(f);
        painter->setPen(colorOf(run));
        painter->drawText(QPointF(x, baseline.y()), text);
        x += advance;
        if (last)
            break;
    }
    return x - baseline.x();
}

int runAt(const Runs &runs, const QFont &base, qreal x)
{
    qreal at = 0;
    for (qsizetype i = 0; i < runs.size(); ++i) {
        const qreal next = at + QFontMetricsF(fontOfRun(runs[i], base)).horizontalAdvance(runs[i].text);
        if (x >= at && x < next)
            return static_cast<int>(i);
        at = next;
    }
    return -1;
}

RunsLabel::RunsLabel(QWidget *parent)
    : QWidget(parent)
    , m_base(typeFont(Type::Body))
{
    setMouseTracking(true);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

RunsLabel::~RunsLabel() = default;

void RunsLabel::setRuns(const Runs &runs)
{
    m_runs = runs;
    for (Run &run : m_runs)
        run.text = shownText(run.text);
    m_hovered = m_focused = m_pressed = -1;
    setFocusPolicy(nextLink(-1, 1) >= 0 ? Qt::TabFocus : Qt::NoFocus);
    if (hasFocus()) // Enter goes on with what stands there now
        m_focused = nextLink(-1, 1);
    setAccessibleName(toPlainText(runs));
    updateGeometry();
    update();
}

void RunsLabel::setBaseFont(const QFont &font)
{
    m_base = font;
    updateGeometry();
    update();
}

void RunsLabel::setAlignment(Qt::Alignment alignment)
{
    m_alignment = alignment;
    update();
}

// Lays the text out for the width inside the padding; returns the height, without padding.
int RunsLabel::layOut(QTextLayout &layout, int width) const
{
    QList<QTextLayout::FormatRange> formats;
    int at = 0;
    for (qsizetype i = 0; i < m_runs.size(); ++i) {
        const int length = static_cast<int>(m_runs[i].text.size());
        QTextCharFormat format;
        format.setFont(fontOfRun(m_runs[i], m_base));
        format.setForeground(colorOf(m_runs[i]));
        format.setFontUnderline(isLink(m_runs[i]) && static_cast<int>(i) == m_hovered);
        if (static_cast<int>(i) == m_focused && hasFocus())
            format.setBackground(Tokens::current().accentTint);
        formats << QTextLayout::FormatRange{ at, length, format };
        at += length;
    }
    layout.setText(toPlainText(m_runs).replace(QLatin1Char('\n'), QChar::LineSeparator));
    layout.setFont(m_base);
    layout.setFormats(formats);
    QTextOption option(m_alignment);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTextDirection(layoutDirection());
    layout.setTextOption(option);
    layout.beginLayout();
    const qreal leading = QFontMetricsF(m_base).height() * 0.42;
    qreal y = 0;
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width);
        line.setPosition(QPointF(0, y));
        y += line.height() + leading;
    }
    layout.endLayout();
    return qCeil(qMax(0.0, y - leading));
}

QSize RunsLabel::sizeHint() const
{
    QTextLayout layout;
    const int height = layOut(layout, 100000);
    const QMargins m = padding();
    return { qMin(qCeil(layout.maximumWidth()), scaled(480)) + m.left() + m.right(), height + m.top() + m.bottom() };
}

int RunsLabel::heightForWidth(int width) const
{
    QTextLayout layout;
    const QMargins m = padding();
    return layOut(layout, qMax(1, width - m.left() - m.right())) + m.top() + m.bottom();
}

void RunsLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintGround(painter);
    const QMargins m = padding();
    QTextLayout layout;
    layOut(layout, qMax(1, width() - m.left() - m.right()));
    layout.draw(&painter, QPointF(m.left(), m.top()));
}

int RunsLabel::runAtPoint(const QPoint &point) const
{
    const QMargins m = padding();
    QTextLayout layout;
    layOut(layout, qMax(1, width() - m.left() - m.right()));
    const QPointF p = QPointF(point) - QPointF(m.left(), m.top());
    for (int i = 0; i < layout.lineCount(); ++i) {
        const QTextLine line = layout.lineAt(i);
        if (!line.naturalTextRect().contains(p))
            continue;
        int cursor = line.xToCursor(p.x(), QTextLine::CursorOnCharacter);
        for (qsizetype run = 0; run < m_runs.size(); ++run) {
            cursor -= static_cast<int>(m_runs[run].text.size());
            if (cursor < 0)
                return static_cast<int>(run);
        }
    }
    return -1;
}

int RunsLabel::nextLink(int from, int step) const
{
    for (int i = from + step; i >= 0 && i < m_runs.size(); i += step)
        if (isLink(m_runs[i]))
            return i;
    return -1;
}

void RunsLabel::activate(int run)
{
    if (run < 0 || run >= m_runs.size() || !isLink(m_runs[run]))
        return;
    const Run chosen = m_runs[run];
    if (chosen.command.isEmpty())
        Q_EMIT placeActivated(chosen.place);
    else
        Q_EMIT commandActivated(chosen.command);
}

bool RunsLabel::event(QEvent *event)
{
    if (event->type() == QEvent::Leave && m_hovered >= 0) {
        m_hovered = -1;
        update();
    }
    if (event->type() == QEvent::FocusIn) {
        const auto *focus = static_cast<QFocusEvent *>(event);
        m_focused =
            focus->reason() == Qt::BacktabFocusReason ? nextLink(static_cast<int>(m_runs.size()), -1) : nextLink(-1, 1);
        update();
    }
    return QWidget::event(event);
}

void RunsLabel::mouseMoveEvent(QMouseEvent *event)
{
    const int run = runAtPoint(event->pos());
    const int hovered = run >= 0 && isLink(m_runs[run]) ? run : -1;
    setCursor(hovered >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (hovered != m_hovered) {
        m_hovered = hovered;
        update();
    }
}

void RunsLabel::mousePressEvent(QMouseEvent *event)
{
    m_pressed = event->button() == Qt::LeftButton ? runAtPoint(event->pos()) : -1;
    if (m_pressed < 0 || !isLink(m_runs[m_pressed]))
        event->ignore();
}

void RunsLabel::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_pressed >= 0 && runAtPoint(event->pos()) == m_pressed)
        activate(m_pressed);
}

void RunsLabel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space)
        activate(m_focused);
    else
        QWidget::keyPressEvent(event);
}

bool RunsLabel::focusNextPrevChild(bool next)
{
    const int link = nextLink(m_focused, next ? 1 : -1);
    if (hasFocus() && link >= 0) {
        m_focused = link;
        update();
        return true;
    }
    return QWidget::focusNextPrevChild(next);
}

void RunsLabel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange)
        setBaseFont(typeFont(Type::Body));
    QWidget::changeEvent(event);
}

SentenceBox::SentenceBox(QWidget *parent)
    : RunsLabel(parent)
{
}

void SentenceBox::setTone(std::optional<HueId> tone)
{
    m_tone = tone;
    update();
}

QMargins SentenceBox::padding() const { return { scaled(12), scaled(12), scaled(12), scaled(13) }; }

void SentenceBox::paintGround(QPainter &painter)
{
    const Tokens &t = Tokens::current();
    drawBox(&painter, rect(), 8, m_tone ? t.hue(*m_tone).tint : t.sunken, m_tone ? QColor() : t.line);
    if (m_tone && t.highContrast)
        painter.fillRect(QRect(0, 4, 2, height() - 8), t.hue(*m_tone).fill);
}

} // namespace gatehouse::ui
