// A row of the tree of routes: heads of sections, groups with their host and prefix, routes with method, name and rate.
#pragma once

#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {

class RouteDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace gatehouse::ui
