// The parts of an exchange on one axis: gateway in, each try, gateway out; and what to make of it in a sentence.
#pragma once

#include "gateway/observe/explanation.h"
#include "ui/shell/tokens.h"

#include <QtWidgets/QWidget>

#include <vector>

namespace gatehouse::ui {

class TimingView final : public QWidget {
    Q_OBJECT
public:
    explicit TimingView(QWidget *parent = nullptr);
    void setExplanation(const observe::Explanation &why);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Bar {
        QString group, name;
        int64_t start = 0, duration = 0; // microseconds
        HueId hue = HueId::Ok;
        bool accent = false;
    };
    std::vector<Bar> m_bars;
    int64_t m_total = 0;
    QString m_sentence;
};

} // namespace gatehouse::ui
