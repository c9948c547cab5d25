#include "ui/widgets/chart.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <QtCore/QAbstractTableModel>
#include <QtCore/QDateTime>
#include <QtGui/QClipboard>
#include <QtGui/QFontMetricsF>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainterPath>
#include <QtWidgets/QGraphicsLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QTableView>

#include <algorithm>
#include <cmath>

namespace gatehouse::ui {
namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

double valueAt(const ChartSeries &series, int index)
{
    return index >= 0 && static_cast<size_t>(index) < series.values.size() ? series.values[static_cast<size_t>(index)]
                                                                           : gap;
}

} // namespace

size_t ChartData::count() const
{
    size_t most = 0;
    for (const ChartSeries &one : series)
        most = std::max(most, one.values.size());
    return most;
}

qint64 ChartData::timeOf(int index) const { return end - (static_cast<qint64>(count()) - 1 - index) * step; }

// One of our series may be several of Qt's: QXYSeries has no gaps, so each run between gaps is its own.
struct TimeChart::Drawn {
    struct Run {
        QLineSeries *line = nullptr; // the upper edge
        QLineSeries *upper = nullptr, *lower = nullptr; // of the area
        QAreaSeries *area = nullptr;
    };
    bool stacked = false;
    std::vector<Run> runs;
};

class TimeChart::TableModel final : public QAbstractTableModel {
public:
    explicit TableModel(TimeChart *chart)
        : QAbstractTableModel(chart)
        , m_chart(chart)
    {
    }
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : m_rows; }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_chart->m_data.series.size()) + 1;
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const int at = m_rows - 1 - index.row(); // the newest first
        if (role == Qt::TextAlignmentRole)
            return static_cast<int>((index.column() ? Qt::AlignTrailing : Qt::AlignLeading) | Qt::AlignVCenter);
        if (role == Qt::FontRole)
            return typeFont(Type::Wire);
        if (role != Qt::DisplayRole)
            return {};
        if (index.column() == 0)
            return formatClock(m_chart->m_data.timeOf(at));
        const double value = valueAt(m_chart->m_data.series[index.column() - 1], at);
        return std::isnan(value) ? QStringLiteral("\u2013") : formatValue(value, m_chart->m_unit);
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
            return static_cast<int>((section ? Qt::AlignTrailing : Qt::AlignLeading) | Qt::AlignVCenter);
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
            return {};
        return section == 0 ? TimeChart::tr("Time") : m_chart->m_data.series[section - 1].name;
    }
    void renew()
    {
        beginResetModel();
        m_rows = static_cast<int>(m_chart->m_data.count());
        endResetModel();
    }

private:
    TimeChart *m_chart;
    int m_rows = 0;
};

TimeChart::TimeChart(const QString &title, Unit unit, QWidget *parent)
    : QChartView(parent)
    , m_title(title)
    , m_unit(unit)
    , m_scale(linearScale(1, unit))
    , m_x(new QValueAxis)
    , m_y(new QValueAxis)
    , m_model(new TableModel(this))
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    QChart *c = chart();
    c->setBackgroundVisible(false);
    c->setAnimationOptions(QChart::NoAnimation);
    c->legend()->hide();
    c->layout()->setContentsMargins(0, 0, 0, 0);
    c->setMargins({});
    c->setAcceptHoverEvents(false);
    for (QValueAxis *axis : { m_x, m_y }) {
        axis->setLabelsVisible(false);
        axis->setGridLineVisible(false);
        axis->setLineVisible(false);
    }
    c->addAxis(m_x, Qt::AlignBottom);
    c->addAxis(m_y, Qt::AlignLeft);
    setAccessibleName(title);
}

TimeChart::~TimeChart() = default;

QSize TimeChart::sizeHint() const { return { scaled(420), scaled(220) }; }
QSize TimeChart::minimumSizeHint() const { return { scaled(220), scaled(120) }; }

void TimeChart::setTitle(const QString &title)
{
    if (m_title == title)
        return;
    m_title = title;
    setAccessibleName(title);
    viewport()->update();
}

void TimeChart::setLogarithmic(bool logarithmic)
{
    m_log = logarithmic;
    rescale();
    refill();
}

void TimeChart::setData(const ChartData &data)
{
    m_data = data;
    for (ChartSeries &series : m_data.series) // may be a stranger's: the key of a bucket
        series.name = shownText(series.name);
    rescale();
    refill();
    if (isTableShown())
        m_model->renew();
    describe();
    viewport()->update();
}

// The axis keeps its range while the values fit and fill a third of it: nothing jumps.
void TimeChart::rescale()
{
    double most = 0, least = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < m_data.count(); ++i) {
        double stack = 0;
        for (const ChartSeries &series : m_data.series) {
            const double value = valueAt(series, static_cast<int>(i));
            if (std::isnan(value) || isHidden(series.name))
                continue;
            if (series.shape == ChartSeries::Shape::Stacked)
                stack += value;
            most = std::max({ most, value, stack });
            if (value > 0)
                least = std::min(least, value);
        }
    }
    const Scale fresh = m_log ? logScale(least, most, m_unit) : linearScale(most, m_unit);
    const bool keep =
        !m_log && !m_scale.logarithmic && most <= m_scale.to && fresh.to > m_scale.to / 3 && m_scale.to != 1;
    if (!keep)
        m_scale = fresh;
    m_x->setRange(0, std::max(1.0, static_cast<double>(m_data.count()) - 1));
}

void TimeChart::fillLine(Drawn &drawn, const std::vector<double> &upper, const std::vector<double> *lower)
{
    size_t run = 0;
    const auto axes = [this](QAbstractSeries *series) {
        chart()->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
    };
    for (size_t i = 0; i < upper.size();) {
        if (std::isnan(upper[i])) {
            ++i;
            continue;
        }
        QList<QPointF> top, foot;
        for (; i < upper.size() && !std::isnan(upper[i]); ++i) {
            top.append({ static_cast<double>(i), m_scale.place(upper[i]) });
            if (lower)
                foot.append({ static_cast<double>(i), m_scale.place((*lower)[i]) });
        }
        if (run == drawn.runs.size()) {
            Drawn::Run made;
            if (lower) {
                made.area = new QAreaSeries;
                made.upper = new QLineSeries(made.area);
                made.lower = new QLineSeries(made.area);
                made.area->setUpperSeries(made.upper);
                made.area->setLowerSeries(made.lower);
                axes(made.area);
            }
            made.line = new QLineSeries;
            axes(made.line);
            drawn.runs.push_back(made);
        }
        const Drawn::Run &target = drawn.runs[run++];
        if (lower) {
            target.upper->replace(top);
            target.lower->replace(foot);
        }
        target.line->replace(top);
    }
    for (; run < drawn.runs.size(); ++run) {
        if (drawn.runs[run].upper) {
            drawn.runs[run].upper->clear();
            drawn.runs[run].lower->clear();
        }
        drawn.runs[run].line->clear();
    }
}

void TimeChart::refill()
{
    bool same = m_drawn.size() == static_cast<size_t>(m_data.series.size());
    for (size_t i = 0; same && i < m_drawn.size(); ++i)
        same = m_drawn[i].stacked == (m_data.series[static_cast<qsizetype>(i)].shape == ChartSeries::Shape::Stacked);
    if (!same) {
        chart()->removeAllSeries();
        m_drawn.clear();
        for (const ChartSeries &series : m_data.series)
            m_drawn.push_back({ series.shape == ChartSeries::Shape::Stacked, {} });
    }
    const size_t count = m_data.count();
    std::vector<double> foot(count, 0);
    for (size_t i = 0; i < m_drawn.size(); ++i) {
        const ChartSeries &series = m_data.series[static_cast<qsizetype>(i)];
        std::vector<double> top(count, gap);
        if (!isHidden(series.name))
            for (size_t j = 0; j < series.values.size(); ++j)
                top[j] = series.values[j] + (m_drawn[i].stacked ? foot[j] : 0);
        fillLine(m_drawn[i], top, m_drawn[i].stacked ? &foot : nullptr);
        if (m_drawn[i].stacked)
            for (size_t j = 0; j < count; ++j)
                foot[j] = std::isnan(top[j]) ? foot[j] : top[j];
    }
    recolour();
}

void TimeChart::recolour()
{
    for (size_t i = 0; i < m_drawn.size(); ++i) {
        const ChartSeries &series = m_data.series[static_cast<qsizetype>(i)];
        const QColor color = seriesColor(series);
        QPen pen(color, series.tone == ChartSeries::Tone::Quiet ? 1.2 : 1.6,
            series.dashed ? Qt::CustomDashLine : Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
        if (series.dashed)
            pen.setDashPattern({ 4, 3 });
        QColor fill = color;
        fill.setAlphaF(series.unusual ? 1.0F : 0.27F);
        for (const Drawn::Run &run : m_drawn[i].runs) {
            run.line->setPen(run.area && series.unusual ? QPen(Qt::NoPen) : pen);
            if (run.area) {
                run.area->setPen(Qt::NoPen);
                run.area->setBrush(fill);
            }
        }
    }
}

void TimeChart::describe()
{
    QStringList words;
    for (int i = 0; i < m_data.series.size(); ++i)
        words << m_data.series[i].name + QLatin1Char(' ') + valueText(i);
    setAccessibleDescription(tr("%1. T shows the table.").arg(words.join(QStringLiteral(", "))));
}

QString TimeChart::valueText(int series) const
{
    const int index = m_crosshair ? indexOf(m_crosshair) : static_cast<int>(m_data.count()) - 1;
    const double value = valueAt(m_data.series[series], index);
    return std::isnan(value) ? QStringLiteral("\u2013") : formatValue(value, m_unit);
}

int TimeChart::indexOf(qint64 time) const
{
    const auto last = static_cast<qint64>(m_data.count()) - 1;
    if (last < 0)
        return -1;
    const double back = static_cast<double>(m_data.end - time) / static_cast<double>(m_data.step);
    return static_cast<int>(std::clamp<qint64>(last - std::llround(back), 0, last));
}

int TimeChart::indexAt(double x) const
{
    const double last = static_cast<double>(m_data.count()) - 1;
    const double part = (x - m_area.left()) / std::max(1.0, m_area.width());
    return static_cast<int>(std::lround(std::clamp(part, 0.0, 1.0) * std::max(0.0, last)));
}

double TimeChart::xOf(double index) const
{
    const double last = std::max(1.0, static_cast<double>(m_data.count()) - 1);
    return m_area.left() + index / last * m_area.width();
}

void TimeChart::setCrosshair(qint64 time)
{
    if (time == m_crosshair)
        return;
    m_crosshair = time;
    describe();
    viewport()->update();
}

void TimeChart::moveCrosshair(int index)
{
    const qint64 time =
        m_data.count() == 0 ? 0 : m_data.timeOf(std::clamp(index, 0, static_cast<int>(m_data.count()) - 1));
    if (time == m_crosshair)
        return;
    setCrosshair(time);
    Q_EMIT crosshairMoved(time);
}

void TimeChart::toggle(const QString &name, bool alone)
{
    if (alone) {
        QStringList others;
        for (const ChartSeries &series : m_data.series)
            if (series.name != name)
                others << series.name;
        m_hidden = m_hidden == others ? QStringList() : others;
    } else if (!m_hidden.removeOne(name)) {
        m_hidden << name;
    }
    rescale();
    refill();
    viewport()->update();
}

void TimeChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    m_area = QRectF(scaled(plot::left), scaled(plot::top), width() - scaled(plot::left + plot::right),
        height() - scaled(plot::top + plot::bottom));
    // A line along the upper or lower end of the scale would lose half its width at the area's edge.
    constexpr double room = 2;
    chart()->setPlotArea(m_area.adjusted(0, -room, 0, room));
    const double part = room / std::max(1.0, m_area.height());
    m_y->setRange(-part, 1 + part);
    if (m_table)
        m_table->setGeometry(1, scaled(plot::top), width() - 2, height() - scaled(plot::top) - 1);
}

void TimeChart::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    for (const auto &[box, name] : m_legend) {
        if (box.contains(event->position())) {
            toggle(name, event->modifiers().testFlag(Qt::AltModifier));
            return;
        }
    }
    if (m_area.contains(event->position()) && event->button() == Qt::LeftButton)
        m_dragFrom = m_dragTo = event->position().x();
}

void TimeChart::mouseMoveEvent(QMouseEvent *event)
{
    if (m_dragFrom >= 0) {
        m_dragTo = std::clamp(event->position().x(), m_area.left(), m_area.right());
        viewport()->update();
    }
    if (m_area.contains(event->position()) && !m_held)
        moveCrosshair(indexAt(event->position().x()));
}

void TimeChart::mouseReleaseEvent(QMouseEvent *)
{
    const double from = std::min(m_dragFrom, m_dragTo), to = std::max(m_dragFrom, m_dragTo);
    const bool pressed = m_dragFrom >= 0, dragged = pressed && to - from > 4;
    m_dragFrom = m_dragTo = -1;
    viewport()->update();
    if (dragged && m_data.count() > 0)
        Q_EMIT spanChosen(m_data.timeOf(indexAt(from)), m_data.timeOf(indexAt(to)));
    else if (pressed && m_data.count() > 0)
        Q_EMIT crosshairClicked(m_data.timeOf(indexAt(from)));
}

void TimeChart::mouseDoubleClickEvent(QMouseEvent *) { Q_EMIT resetRequested(); }

void TimeChart::keyPressEvent(QKeyEvent *event)
{
    const int last = static_cast<int>(m_data.count()) - 1;
    const int at = m_crosshair ? indexOf(m_crosshair) : last;
    const int step = event->modifiers().testFlag(Qt::ControlModifier) ? 10 : 1;
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(toCsv());
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left: moveCrosshair(m_crosshair ? at - step : last); break;
    case Qt::Key_Right: moveCrosshair(at + step); break;
    case Qt::Key_Home: moveCrosshair(0); break;
    case Qt::Key_End: moveCrosshair(last); break;
    case Qt::Key_T: setTableShown(!isTableShown()); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (last >= 0)
            Q_EMIT exchangesRequested(m_data.timeOf(at) - m_data.step, m_data.timeOf(at));
        break;
    case Qt::Key_Escape:
        if (isTableShown()) {
            setTableShown(false);
        } else if (m_crosshair) {
            setCrosshair(0);
            Q_EMIT crosshairMoved(0);
        } else {
            event->ignore();
        }
        break;
    default: event->ignore(); // not QChartView's: it scrolls
    }
}

// The table has the focus while it is shown, and would take T as the start of a search.
bool TimeChart::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_T || key == Qt::Key_Escape) {
            setTableShown(false);
            return true;
        }
    }
    return QChartView::eventFilter(watched, event);
}

void TimeChart::leaveEvent(QEvent *event)
{
    if (!hasFocus() && !m_held && m_crosshair) {
        setCrosshair(0);
        Q_EMIT crosshairMoved(0);
    }
    QChartView::leaveEvent(event);
}

void TimeChart::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        recolour();
    QChartView::changeEvent(event);
}

bool TimeChart::isTableShown() const { return m_table && !m_table->isHidden(); }

void TimeChart::setTableShown(bool shown)
{
    if (!m_table && shown) {
        m_table = new QTableView(this);
        m_table->setModel(m_model);
        m_table->setFrameShape(QFrame::NoFrame);
        m_table->setShowGrid(false);
        m_table->verticalHeader()->hide();
        m_table->verticalHeader()->setMinimumSectionSize(scaled(16));
        m_table->verticalHeader()->setDefaultSectionSize(scaled(24));
        m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
        m_table->setAccessibleName(tr("%1 as a table").arg(m_title));
        m_table->setTabKeyNavigation(false);
        m_table->installEventFilter(this);
        m_table->setGeometry(1, scaled(plot::top), width() - 2, height() - scaled(plot::top) - 1);
    }
    if (!m_table)
        return;
    if (shown)
        m_model->renew();
    m_table->setVisible(shown);
    if (shown)
        m_table->setFocus(Qt::OtherFocusReason);
    else
        setFocus(Qt::OtherFocusReason);
}

QString TimeChart::toCsv() const
{
    QString text = QStringLiteral("time");
    for (const ChartSeries &series : m_data.series)
        text += QLatin1Char(',') + csvCell(series.name);
    for (int i = 0; i < static_cast<int>(m_data.count()); ++i) {
        text += QLatin1Char('\n') + QDateTime::fromMSecsSinceEpoch(m_data.timeOf(i)).toString(Qt::ISODateWithMs);
        for (const ChartSeries &series : m_data.series) {
            const double value = valueAt(series, i);
            text += QLatin1Char(',') + (std::isnan(value) ? QString() : QString::number(value, 'g', 12));
        }
    }
    return text + QLatin1Char('\n');
}

} // namespace gatehouse::ui
