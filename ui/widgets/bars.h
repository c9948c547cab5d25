// Bars that carry a number: a share of a bucket, a time cut into stages. The number always stands beside in words.
#pragma once

#include "ui/shell/tokens.h"

#include <QtCore/QList>
#include <QtWidgets/QWidget>

class QPainter;

namespace gatehouse::ui {

// What a thin bar runs in: the colour of a hairline; in high contrast, where that is strong, a paler one.
QColor barTrack();

// A track of `line2`-like grey with `fraction` (0 to 1) of it filled, ends rounded. A fraction above 0 always shows.
void paintGauge(QPainter *painter, const QRectF &rect, double fraction, const QColor &fill);

// A gauge as a widget, 6 px high, with its meaning for a screen reader ("7 of 20 left").
class Gauge final : public QWidget {
    Q_OBJECT
public:
    explicit Gauge(QWidget *parent = nullptr);
    void setValue(double fraction, HueId hue, const QString &meaning);
    double fraction() const { return m_fraction; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double m_fraction = 0;
    HueId m_hue = HueId::Ok;
};

struct BarPart {
    QString label; // "waiting 31 ms"
    double value = 0; // any unit, the same in all parts
    HueId hue = HueId::Ok;
    bool accent = false; // the gateway's own time: the focus colour in place of a hue
};

void paintStackedBar(QPainter *painter, const QRectF &rect, const QList<BarPart> &parts);

// The one bar of an explanation, with its legend below and the total at the right.
class StackedBar final : public QWidget {
    Q_OBJECT
public:
    explicit StackedBar(QWidget *parent = nullptr);
    void setParts(const QList<BarPart> &parts, const QString &total);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QList<BarPart> m_parts;
    QString m_total;
};

} // namespace gatehouse::ui
