// A cell of the table of exchanges. One delegate draws all columns from one plain row value.
#pragma once

#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {

class ExchangeDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace gatehouse::ui
