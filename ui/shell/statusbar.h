// The bar at the foot: what runs, how much, what is kept, what is wrong, what is unsaved. Each is a button.
#pragma once

#include "ui/shell/shellstate.h"

#include <QtWidgets/QWidget>

namespace gatehouse::ui {

class FlatButton;

class StatusBar final : public QWidget {
    Q_OBJECT
public:
    enum class Part { Engine, Rate, Latency, Recorded, Dropped, Memory, Problems, Saved };
    explicit StatusBar(QWidget *parent);
    void setState(const ShellState &state);
    // Narrow windows lose the less urgent numbers, never the state or the problems.
    QSize minimumSizeHint() const override;
    FlatButton *part(Part part) const { return m_parts[static_cast<int>(part)]; }

Q_SIGNALS:
    void clicked(gatehouse::ui::StatusBar::Part part);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
    FlatButton *m_parts[8];
    bool m_wanted[8] = { true, true, true, true, true, true, true, true };
};

} // namespace gatehouse::ui
