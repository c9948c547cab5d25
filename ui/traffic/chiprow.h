// Counts and switches at once: class, then verdict. They write the filter's terms. A verdict that nothing gives (no policy delays,
// none caches) has no chip until an exchange has it. The last, where there is one, is the span of time; a click takes it away.
#pragma once

#include "ui/traffic/trafficfilter.h"
#include "ui/widgets/flatbutton.h"

#include <QtWidgets/QWidget>

namespace gatehouse::ui {

class ChipRow final : public QWidget {
    Q_OBJECT
public:
    explicit ChipRow(QWidget *parent = nullptr);
    void setCounts(const ExchangeCounts &counts);
    void setExpression(const QString &expression);
    void setSpan(const std::optional<std::pair<int64_t, int64_t>> &micros); // since 1970
    FlatButton *span() const { return m_span; }
    QList<FlatButton *> chips() const { return m_buttons; }

Q_SIGNALS:
    void expressionChosen(const QString &expression);
    void spanCleared();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Chip { ChipKind kind; QString word; std::optional<Mark> mark; std::optional<IconId> icon; std::optional<HueId> hue; };
    void show(qsizetype at, size_t count);
    bool isWanted(qsizetype at) const;
    void arrange();

    QList<Chip> m_chips;
    QList<FlatButton *> m_buttons; // the first is All
    FlatButton *m_span;
    bool m_spanned = false;
    std::vector<size_t> m_counts;
    QString m_expression;
};

} // namespace gatehouse::ui
