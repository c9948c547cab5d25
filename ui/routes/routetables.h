// The routes as tables: what each is, in the order in which they are asked, groups or not, and which kinds of policy it meets (coverage). Both show what the tree's filter lets through.
#pragma once

#include "ui/routes/chain.h"
#include "ui/routes/routetree.h"

#include <QtCore/QAbstractTableModel>
#include <QtWidgets/QTableView>

namespace gatehouse::ui {

class RouteTableModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Match, Methods, Policies, Target, Rate, Errors, ColumnCount };
    RouteTableModel(const RouteTreeModel &tree, QObject *parent);
    const RouteItem *at(int row) const;
    int rowOf(const QString &route) const; // -1: it is not shown
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    // A route can be dropped between any two.
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QStringList mimeTypes() const override { return m_tree.mimeTypes(); }
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    bool canDropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column, const QModelIndex &parent) const override;
    bool dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column, const QModelIndex &parent) override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }

Q_SIGNALS:
    // Between these two; one of them may be empty.
    void dropped(const QString &route, const QString &behind, const QString &before);

private:
    void refresh();
    void reorder();
    const RouteTreeModel &m_tree;
    std::vector<const RouteItem *> m_rows;
};

// Which routes have no authentication? Rows are routes, columns kinds of policy.
class CoverageModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    CoverageModel(const RouteTreeModel &tree, Session &session, QObject *parent);
    // The policy that decided what the cell says; null: the route meets none of that kind.
    const PolicyEntryView *policy(const QModelIndex &index) const;
    QString route(int row) const { return m_rows.at(size_t(row)).name; }
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString name;
        bool enabled = true;
        std::vector<PolicyEntryView> chain;
        bool operator==(const Row &) const = default;
    };
    void refresh();
    QString words(const PolicyEntryView &entry) const;

    const RouteTreeModel &m_tree;
    Session &m_session;
    std::vector<Row> m_rows;
};

// Set up like every table of the window: no grid, rows of 26, `stretched` takes what is left.
QTableView *plainTable(QAbstractItemModel *model, const QString &name, int stretched);

} // namespace gatehouse::ui
