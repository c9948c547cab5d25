// How requests are drawn in the tree of saved ones and in the history: mark, method, name, a figure at the right.
#pragma once

#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {

class RequestDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    enum Role { MethodRole = Qt::UserRole + 1, StatusRole, RightRole, FileRole, DirtyRole }; // no method: a folder; no status: no mark
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace gatehouse::ui
