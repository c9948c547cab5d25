// Counts and switches at once: class, then verdict. They write the filter's terms.
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
    QList<FlatButton *> chips() const { return m_buttons; }

Q_SIGNALS:
    void expressionChosen(const QString &expression);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Chip { ChipKind kind; QString word; std::optional<Mark> mark; std::optional<IconId> icon; std::optional<HueId> hue; };
    void show(qsizetype at, size_t count);
    void arrange();

    QList<Chip> m_chips;
    QList<FlatButton *> m_buttons; // the first is All
    std::vector<size_t> m_counts;
    QString m_expression;
};

} // namespace gatehouse::ui
