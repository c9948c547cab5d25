#include "ui/widgets/heatmap.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>

namespace gatehouse::ui {
namespace {

// 0 is the surface, a half the accent, 1 its extreme.
QColor heat(double share)
{
    const Tokens &t = Tokens::current();
    if (share <= 0)
        return t.surface;
    return share < 0.5 ? blend(t.surface, t.focus, 0.1 + share * 1.8) : blend(t.focus, t.seriesHigh, share * 2 - 1);
}

} // namespace

HeatMap::HeatMap(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_title(title)
    , m_scale(logScale(1e4, 1e9, Unit::Nanoseconds))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(title);
}

QSize HeatMap::sizeHint() const { return { scaled(420), scaled(240) }; }
QSize HeatMap::minimumSizeHint() const { return { scaled(220), scaled(120) }; }

void HeatMap::setData(const HeatData &data)
{
    m_data = data;
    if (data.bounds.size() >= 2)
        m_scale = logScale(data.bounds.front(), data.bounds.back(), Unit::Nanoseconds);
    m_most = 1;
    for (const auto &column : data.columns)
        for (const unsigned count : column)
            m_most = std::max(m_most, count);
    paintCells();
    update();
}

void HeatMap::paintCells()
{
    if (rows() < 1 || m_data.columns.empty())
        return;
    m_cells = QImage(static_cast<int>(m_data.columns.size()), rows(), QImage::Format_RGB32);
    for (int x = 0; x < m_cells.width(); ++x) {
        for (int y = 0; y < rows(); ++y) {
            // By the root, so that the few are seen beside the many.
            const double share = std::sqrt(static_cast<double>(countAt(x, y)) / m_most);
            m_cells.setPixelColor(x, rows() - 1 - y, heat(share));
        }
    }
}

unsigned HeatMap::countAt(int column, int row) const
{
    const auto x = static_cast<size_t>(column), y = static_cast<size_t>(row);
    return column >= 0 && row >= 0 && x < m_data.columns.size() && y < m_data.columns[x].size() ? m_data.columns[x][y]
                                                                                                : 0;
}

qint64 HeatMap::timeOf(int column) const
{
    return m_data.end - (static_cast<qint64>(m_data.columns.size()) - 1 - column) * m_data.step;
}

int HeatMap::columnOf(qint64 time) const
{
    const auto last = static_cast<qint64>(m_data.columns.size()) - 1;
    return static_cast<int>(
        std::clamp<qint64>(last - (m_data.end - time) / m_data.step, 0, std::max<qint64>(0, last)));
}

QRectF HeatMap::cellRect(int column, int row) const
{
    const double width = m_area.width() / std::max(1.0, static_cast<double>(m_data.columns.size()));
    const auto y = [&](double bound) { return m_area.bottom() - m_scale.place(bound) * m_area.height(); };
    const double top = y(m_data.bounds[static_cast<size_t>(row) + 1]),
                 bottom = y(m_data.bounds[static_cast<size_t>(row)]);
    return { m_area.left() + column * width, top, width, bottom - top };
}

void HeatMap::choose(int column, int row)
{
    m_row = std::clamp(row, -1, std::max(0, rows() - 1));
    const qint64 time = timeOf(std::clamp(column, 0, static_cast<int>(m_data.columns.size()) - 1));
    if (time != m_crosshair) {
        m_crosshair = time;
        Q_EMIT crosshairMoved(time);
    }
    setAccessibleDescription(cellText());
    update();
}

void HeatMap::setCrosshair(qint64 time)
{
    if (m_crosshair == time)
        return;
    m_crosshair = time;
    m_row = -1; // another chart leads: no cell
    update();
}

QString HeatMap::cellText() const
{
    if (!m_crosshair || m_row < 0 || m_row >= rows())
        return {};
    const unsigned count = countAt(columnOf(m_crosshair), m_row);
    const QString from = formatDuration(m_data.bounds[static_cast<size_t>(m_row)]),
                  to = formatDuration(m_data.bounds[static_cast<size_t>(m_row) + 1]);
    return count == 1 ? tr("%1 to %2: 1 request").arg(from, to)
                      : tr("%1 to %2: %3 requests").arg(from, to, formatCount(count));
}

void HeatMap::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    const auto columns = static_cast<int>(m_data.columns.size());
    paintAxes(&painter, m_area, m_scale, timeTicks(m_data.end, columns * m_data.step, m_data.live));
    for (int x = 0; x < m_cells.width(); ++x)
        for (int y = 0; y < rows(); ++y)
            if (countAt(x, y) > 0)
                painter.fillRect(cellRect(x, y).adjusted(0, 0, -1, -1), m_cells.pixelColor(x, rows() - 1 - y));
    if (m_crosshair && columns > 0) {
        const double x = std::round(cellRect(columnOf(m_crosshair), 0).center().x());
        painter.fillRect(QRectF(x, m_area.top() - scaled(4), 1, m_area.height() + scaled(4)), t.text);
        paintCell(painter);
    }
    paintHead(painter);
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        drawFocusRing(&painter, rect(), 7);
}

void HeatMap::paintCell(QPainter &painter)
{
    const QString text = cellText();
    if (text.isEmpty())
        return;
    const Tokens &t = Tokens::current();
    const QRectF cell = cellRect(columnOf(m_crosshair), m_row);
    drawBox(&painter, cell.adjusted(-1, -1, 1, 1), 2, QColor(), t.text, 1.5);
    const QFont f = typeFont(Type::Control);
    const double width = QFontMetricsF(f).horizontalAdvance(text) + scaled(16), height = scaled(24);
    QRectF box(cell.right() + scaled(8), cell.top() - height - scaled(4), width, height);
    if (box.right() > m_area.right())
        box.moveRight(cell.left() - scaled(8));
    if (box.top() < m_area.top())
        box.moveTop(cell.bottom() + scaled(4));
    drawBox(&painter, box, 5, t.raised, t.line2);
    painter.setFont(f);
    painter.setPen(t.text);
    painter.drawText(QPointF(box.left() + scaled(8), centredBaseline(f, box.top(), height)), text);
}

void HeatMap::paintHead(QPainter &painter)
{
    const Tokens &t = Tokens::current();
    const QFont head = typeFont(Type::Section), name = typeFont(Type::Control);
    const double top = scaled(8), height = scaled(24);
    painter.setFont(head);
    painter.setPen(t.text);
    painter.drawText(QPointF(scaled(14), centredBaseline(head, top, height)), m_title);
    painter.setFont(name);
    painter.setPen(t.text2);
    const QFontMetricsF metrics(name);
    const QString few = tr("few"), many = tr("many");
    double x = width() - scaled(plot::right) - metrics.horizontalAdvance(many);
    painter.drawText(QPointF(x, centredBaseline(name, top, height)), many);
    constexpr int steps = 10;
    x -= scaled(8 * steps + 8);
    for (int i = 0; i < steps; ++i)
        painter.fillRect(
            QRectF(x + scaled(8) * i, top + (height - scaled(8)) / 2, scaled(8), scaled(8)), heat((i + 1.0) / steps));
    x -= scaled(8) + metrics.horizontalAdvance(few);
    painter.drawText(QPointF(x, centredBaseline(name, top, height)), few);
}

void HeatMap::resizeEvent(QResizeEvent *)
{
    m_area = QRectF(scaled(plot::left), scaled(plot::top), width() - scaled(plot::left + plot::right),
        height() - scaled(plot::top + plot::bottom));
}

void HeatMap::mouseMoveEvent(QMouseEvent *event)
{
    if (m_held && event->type() == QEvent::MouseMove)
        return;
    if (!m_area.contains(event->position()) || m_data.columns.empty() || rows() < 1)
        return;
    const auto columns = static_cast<double>(m_data.columns.size());
    const int column = static_cast<int>((event->position().x() - m_area.left()) / m_area.width() * columns);
    int row = -1;
    for (int y = 0; y < rows(); ++y)
        if (cellRect(column, y).contains(QPointF(cellRect(column, y).center().x(), event->position().y())))
            row = y;
    choose(column, row);
}

void HeatMap::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    mouseMoveEvent(event);
    if (m_area.contains(event->position()) && m_crosshair)
        Q_EMIT crosshairClicked(m_crosshair);
}

void HeatMap::keyPressEvent(QKeyEvent *event)
{
    const int last = static_cast<int>(m_data.columns.size()) - 1;
    if (last < 0 || rows() < 1) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int at = m_crosshair ? columnOf(m_crosshair) : last, row = m_row < 0 ? rows() / 2 : m_row;
    switch (event->key()) {
    case Qt::Key_Left: choose(m_crosshair ? at - 1 : last, row); break;
    case Qt::Key_Right: choose(at + 1, row); break;
    case Qt::Key_Up: choose(at, std::min(row + 1, rows() - 1)); break;
    case Qt::Key_Down: choose(at, std::max(row - 1, 0)); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT exchangesRequested(timeOf(at) - m_data.step, timeOf(at), m_data.bounds[static_cast<size_t>(row)],
            m_data.bounds[static_cast<size_t>(row) + 1]);
        break;
    case Qt::Key_Escape:
        if (m_crosshair) {
            setCrosshair(0);
            Q_EMIT crosshairMoved(0);
        } else {
            event->ignore();
        }
        break;
    default: QWidget::keyPressEvent(event);
    }
}

void HeatMap::leaveEvent(QEvent *event)
{
    if (!hasFocus() && !m_held && m_crosshair) {
        setCrosshair(0);
        Q_EMIT crosshairMoved(0);
    }
    QWidget::leaveEvent(event);
}

void HeatMap::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        paintCells();
    QWidget::changeEvent(event);
}

} // namespace gatehouse::ui
