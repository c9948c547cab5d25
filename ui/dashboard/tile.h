// One figure of the dashboard: its name, the number with its unit, a line of recent values, a phrase below.
#pragma once

#include "ui/shell/tokens.h"

#include <QtWidgets/QAbstractButton>

#include <vector>

namespace gatehouse::ui {

// A door: a click shows the exchanges behind the figure.
class Tile final : public QAbstractButton {
    Q_OBJECT
public:
    Tile(const QString &name, QWidget *parent = nullptr);
    void setFigure(const QString &number, const QString &unit, const QString &phrase, HueId hue, std::vector<double> recent);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_number, m_unit, m_phrase;
    HueId m_hue = HueId::Ok;
    std::vector<double> m_recent;
};

} // namespace gatehouse::ui
