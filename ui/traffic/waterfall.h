// Where the time of one exchange went: gateway in, each try, gateway out, on one axis, each value right-aligned.
#pragma once

#include "gateway/observe/explanation.h"
#include "ui/shell/tokens.h"

#include <QtWidgets/QWidget>

#include <vector>

namespace gatehouse::ui {

class Waterfall final : public QWidget {
    Q_OBJECT
public:
    struct Step {
        bool head = false;
        QString label, value;
        int64_t start = 0, length = 0; // microseconds since arrival
        HueId hue = HueId::None;
        bool own = false;              // the gateway's own time: the accent
    };
    explicit Waterfall(QWidget *parent = nullptr);
    void setExplanation(const observe::Explanation &why);
    const std::vector<Step> &steps() const { return m_steps; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<Step> m_steps;
    int64_t m_total = 1;
};

} // namespace gatehouse::ui
