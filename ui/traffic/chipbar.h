// Counts of what happened, which are switches of the filter at once; and requests by class over the shown span below.
#pragma once

#include "ui/models/exchangemodel.h"

#include <QtWidgets/QWidget>

#include <vector>

namespace gatehouse::ui {

class FlatButton;

class ChipBar final : public QWidget {
    Q_OBJECT
public:
    explicit ChipBar(QWidget *parent = nullptr);
    void setCounts(const ExchangeCounts &counts);
    // The terms of the filter that chips stand for.
    void setTerms(const QStringList &terms);

Q_SIGNALS:
    // Plain click: this alone. Shift: with the others. Alt: not this.
    void chosen(const QString &term, Qt::KeyboardModifiers modifiers);

private:
    struct Chip {
        FlatButton *button;
        QString term, name; // an empty term: all
    };
    void addChip(const QString &name, const QString &term);
    void show(size_t chip, size_t count);
    std::vector<Chip> m_chips;
    std::vector<size_t> m_counts;
    QStringList m_terms;
};

class Timeline final : public QWidget {
    Q_OBJECT
public:
    explicit Timeline(const ExchangeModel &model, QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const ExchangeModel &m_model;
};

} // namespace gatehouse::ui
