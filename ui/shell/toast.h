// A note shown for a moment at the foot of the window; never takes the focus.
#pragma once

#include "ui/shell/tokens.h"

#include <QtWidgets/QWidget>

class QTimer;

namespace gatehouse::ui {

class Toast final : public QWidget {
    Q_OBJECT
public:
    explicit Toast(QWidget *host);
    void show(const QString &text, HueId hue);
    QString text() const { return m_text; }

Q_SIGNALS:
    void clicked();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    QString m_text;
    HueId m_hue = HueId::None;
    QTimer *m_timer;
};

} // namespace gatehouse::ui
