// What a target can't do, or does otherwise, in the order of its lines.
#pragma once

#include "gateway/exporters/exporter.h"

#include <QtCore/QAbstractListModel>
#include <QtWidgets/QStyledItemDelegate>

#include <vector>

namespace gatehouse::ui {

class FindingsModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { FindingRole = Qt::UserRole }; // const exporters::Finding *
    using QAbstractListModel::QAbstractListModel;
    void setFindings(const std::vector<exporters::Finding> &findings, bool exactToo);
    const exporters::Finding *at(int row) const;
    int rowOfLine(const std::string &file, int line) const; // -1: none there
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    std::vector<exporters::Finding> m_findings;
};

// A card: feature, line, one sentence, the remedy, and a way to what it is about.
class FindingDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option, const QModelIndex &index) override;

Q_SIGNALS:
    void placeAsked(int row); // "Show in Routes"

private:
    static QRect linkRect(const QStyleOptionViewItem &option, const QModelIndex &index);
};

} // namespace gatehouse::ui
Q_DECLARE_METATYPE(const gatehouse::exporters::Finding *)
