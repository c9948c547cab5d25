// Requests over time by class, for the span that the filter shows. Dragging selects a span, a double click takes all again; by keys
// Left and Right walk, with Shift they take along, Enter selects, Escape and Backspace take all again. GUI thread; the figures are
// the model's.
#pragma once

#include "ui/models/exchangemodel.h"

#include <QtWidgets/QWidget>

#include <optional>
#include <utility>

namespace gatehouse::ui {

class Timeline final : public QWidget {
    Q_OBJECT
public:
    explicit Timeline(QWidget *parent = nullptr);
    // `nowMicros`: wall clock; the right end says "now" when the last request is not older than 5 s.
    void setSeconds(const std::map<int64_t, ExchangeModel::Second> &seconds, int64_t nowMicros);
    QSize sizeHint() const override;

Q_SIGNALS:
    void spanSelected(qint64 fromMicros, qint64 toMicros);
    void spanReset();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    QRect plot() const;
    int64_t secondAt(int x) const;
    QString barText(int bar) const;
    void rebuild();
    void walk(int steps, bool take);
    void select(int fromBar, int toBar);

    std::map<int64_t, ExchangeModel::Second> m_seconds;
    std::vector<ExchangeModel::Second> m_bars;
    int64_t m_first = 0; // second of the first bar
    int64_t m_step = 1;  // seconds of a bar
    int64_t m_now = 0;
    int m_from = -1, m_to = -1;       // of the drag
    int m_cursor = -1, m_anchor = -1; // bars, by keys
};

} // namespace gatehouse::ui
