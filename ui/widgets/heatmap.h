// All requests by time and duration: one column a step, one row a bucket of the logarithmic axis, one hue from the
// surface over the accent to its extreme. Shares margins, time axis and crosshair with TimeChart. The cell under the
// crosshair says what it counts; Up and Down choose the row, Enter shows those exchanges.
#pragma once

#include "ui/widgets/axis.h"

#include <QtGui/QImage>
#include <QtWidgets/QWidget>

#include <vector>

namespace gatehouse::ui {

struct HeatData {
    qint64 end = 0; // ms since the epoch, of the last column
    qint64 step = 1000; // ms a column
    bool live = true;
    std::vector<double> bounds; // ns, ascending: row i counts durations from bounds[i] to below bounds[i + 1]
    std::vector<std::vector<unsigned>> columns; // oldest first, each with bounds.size() - 1 counts
};

class HeatMap final : public QWidget {
    Q_OBJECT
public:
    explicit HeatMap(const QString &title, QWidget *parent = nullptr);
    void setData(const HeatData &data);
    void setCrosshair(qint64 time); // 0: none
    qint64 crosshair() const { return m_crosshair; }
    void setHeld(bool held) { m_held = held; } // the pointer no longer moves the crosshair
    const HeatData &data() const { return m_data; }
    QString cellText() const; // "64 to 80 ms: 71 requests"; empty without a cell
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void crosshairMoved(qint64 time);
    void crosshairClicked(qint64 time);
    void exchangesRequested(qint64 from, qint64 to, double leastNs, double mostNs);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void paintCells();
    void paintHead(QPainter &painter);
    void paintCell(QPainter &painter);
    QRectF cellRect(int column, int row) const;
    int rows() const { return static_cast<int>(m_data.bounds.size()) - 1; }
    int columnOf(qint64 time) const;
    qint64 timeOf(int column) const;
    void choose(int column, int row);
    unsigned countAt(int column, int row) const;

    QString m_title;
    HeatData m_data;
    Scale m_scale;
    QRectF m_area;
    QImage m_cells; // one pixel a cell
    unsigned m_most = 1;
    qint64 m_crosshair = 0;
    int m_row = -1;
    bool m_held = false;
};

} // namespace gatehouse::ui
