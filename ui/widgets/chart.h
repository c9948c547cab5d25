// A chart over time by the rules all charts share: the same margins, no floating boxes, the legend is the title line
// and shows the values at the crosshair. Normal is a pale area with a line, unusual is solid. Keys: Left and Right move
// the crosshair by a step (Ctrl: ten), Home and End, Enter shows those exchanges, Escape takes the crosshair away, T
// turns it into a table, Ctrl+C copies the numbers. Drag zooms, double click resets; a click on a name in the legend
// hides it, with Alt it stays alone. The crosshair follows the pointer until a click holds it.
#pragma once

#include "ui/shell/tokens.h"
#include "ui/widgets/axis.h"

#include <QtCharts/QChartView>

#include <limits>
#include <vector>

class QAreaSeries;
class QLineSeries;
class QTableView;
class QValueAxis;

namespace gatehouse::ui {

struct ChartSeries {
    enum class Shape { Stacked, Line }; // Stacked ones lie on each other in their order
    enum class Tone {
        Hue,
        Accent,
        Low,
        Middle,
        High,
        Quiet
    }; // Low to High: one hue in three strengths, for percentiles
    QString name;
    Shape shape = Shape::Line;
    Tone tone = Tone::Hue;
    HueId hue = HueId::Ok;
    bool unusual = false; // solid
    bool dashed = false; // a second way to tell series without an order apart
    std::vector<double> values; // oldest first; NaN is a gap
};

// As it is drawn and shown in legends.
QColor seriesColor(const ChartSeries &series);

struct ChartMark { // a reload of the configuration: a dotted line with its label
    qint64 at = 0;
    QString label;
};

struct ChartBand { // a state below the axis: breaker open, endpoint ejected
    qint64 from = 0, to = 0;
    HueId hue = HueId::Server;
    QString label;
};

struct ChartData {
    qint64 end = 0; // ms since the epoch, of the last value
    qint64 step = 1000; // ms between values
    bool live = true; // the time axis counts back from now
    QList<ChartSeries> series;
    QList<ChartMark> marks;
    QList<ChartBand> bands;

    size_t count() const; // of values, the longest series
    qint64 timeOf(int index) const;
};

class TimeChart final : public QChartView {
    Q_OBJECT
public:
    TimeChart(const QString &title, Unit unit, QWidget *parent = nullptr);
    ~TimeChart() override;

    void setTitle(const QString &title);
    void setLogarithmic(bool logarithmic);
    void setData(const ChartData &data);
    const ChartData &data() const { return m_data; }
    // The crosshair as a time, so that one runs through all charts of a page; 0: none.
    void setCrosshair(qint64 time);
    qint64 crosshair() const { return m_crosshair; }
    void setHeld(bool held) { m_held = held; } // the pointer no longer moves the crosshair
    QString valueText(int series) const; // at the crosshair, or the last
    bool isHidden(const QString &series) const { return m_hidden.contains(series); }
    void setTableShown(bool shown);
    bool isTableShown() const;
    QString toCsv() const;
    void setNote(const QString &note) { m_note = note; } // right of the title when there is no legend and no crosshair

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void crosshairMoved(qint64 time);
    void crosshairClicked(qint64 time);
    void spanChosen(qint64 from, qint64 to);
    void resetRequested();
    void exchangesRequested(qint64 from, qint64 to);

protected:
    void drawBackground(QPainter *painter, const QRectF &rect) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Drawn; // the Qt series of one of ours, cut at gaps
    void rescale();
    void refill();
    void fillLine(Drawn &drawn, const std::vector<double> &upper, const std::vector<double> *lower);
    void recolour();
    void describe();
    void moveCrosshair(int index);
    int indexAt(double x) const;
    int indexOf(qint64 time) const;
    double xOf(double index) const;
    void toggle(const QString &series, bool alone);
    void paintLegend(QPainter *painter);

    QString m_title, m_note;
    Unit m_unit;
    bool m_log = false;
    ChartData m_data;
    Scale m_scale;
    QRectF m_area;
    QValueAxis *m_x, *m_y;
    std::vector<Drawn> m_drawn;
    QStringList m_hidden;
    QList<std::pair<QRectF, QString>> m_legend;
    qint64 m_crosshair = 0;
    double m_dragFrom = -1, m_dragTo = -1;
    bool m_held = false;
    QTableView *m_table = nullptr;
    class TableModel;
    TableModel *m_model = nullptr;
};

// A line of recent values for a tile: pale fill and a line, no axes.
void paintSparkline(QPainter *painter, const QRectF &rect, const std::vector<double> &values, const QColor &color);

} // namespace gatehouse::ui
