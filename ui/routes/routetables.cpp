#include "ui/routes/routetables.h"

#include "gateway/config/policykinds.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtWidgets/QHeaderView>

#include <algorithm>

namespace gatehouse::ui {

RouteTableModel::RouteTableModel(const RouteTreeModel &tree, QObject *parent) : QAbstractTableModel(parent), m_tree(tree)
{
    connect(&tree, &RouteTreeModel::rebuilt, this, &RouteTableModel::refresh);
    connect(&tree, &QAbstractItemModel::dataChanged, this, [this] {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1));
    });
    connect(&tree, &RouteTreeModel::aboutToRebuild, this, [this] { // the items go
        beginResetModel();
        m_rows.clear();
        endResetModel();
    });
    refresh();
}

void RouteTableModel::refresh()
{
    beginResetModel();
    m_rows = m_tree.routes();
    endResetModel();
}

const RouteItem *RouteTableModel::at(int row) const { return row >= 0 && size_t(row) < m_rows.size() ? m_rows[size_t(row)] : nullptr; }
int RouteTableModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_rows.size()); }
int RouteTableModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant RouteTableModel::data(const QModelIndex &index, int role) const
{
    const RouteItem *item = at(index.row());
    if (!item)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (index.column() >= Rate ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::FontRole)
        return typeFont(index.column() == Match || index.column() == Methods || index.column() >= Rate ? Type::Wire : Type::Control);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const QString prefix = item->parent && item->parent->kind == OwnerKind::Group ? item->parent->detail : QString();
    switch (index.column()) {
    case Name: return item->enabled ? item->name : tr("%1 (off)").arg(item->name);
    case Match: return prefix + item->match;
    case Methods: return item->methods;
    case Policies: return item->policies;
    case Target: return item->target;
    case Rate: return formatRate(item->perSecond);
    case Errors: return item->perSecond > 0 ? formatPercent(item->errorsPerSecond / item->perSecond) : QStringLiteral("–");
    default: return {};
    }
}

QVariant RouteTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section >= Rate ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Name"), tr("Match"), tr("Methods"), tr("Policies"), tr("Target"), tr("Req/s"), tr("Errors")};
    return names[section];
}

CoverageModel::CoverageModel(const RouteTreeModel &tree, Session &session, QObject *parent) : QAbstractTableModel(parent), m_tree(tree), m_session(session)
{
    connect(&tree, &RouteTreeModel::rebuilt, this, &CoverageModel::refresh);
    connect(&session, &Session::documentChanged, this, &CoverageModel::refresh);
    refresh();
}

void CoverageModel::refresh()
{
    std::vector<Row> rows;
    if (m_session.isOpen())
        for (const RouteItem *item : m_tree.routes())
            rows.push_back({item->name, item->enabled, chainOf(m_session.document(), OwnerKind::Route, item->name)});
    if (rows == m_rows)
        return;
    const bool same = rows.size() == m_rows.size() && std::equal(rows.begin(), rows.end(), m_rows.begin(), [](const Row &a, const Row &b) { return a.name == b.name; });
    if (!same)
        beginResetModel();
    m_rows = std::move(rows);
    if (!same)
        endResetModel();
    else
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int CoverageModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_rows.size()); }
int CoverageModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : 1 + int(config::policyKinds().size()); }

// Of several of a kind the one that acts: on before off, in earnest before shadow.
const PolicyEntryView *CoverageModel::policy(const QModelIndex &index) const
{
    if (!index.isValid() || index.column() == 0)
        return nullptr;
    const std::string &kind = config::policyKinds()[size_t(index.column()) - 1].name;
    const PolicyEntryView *best = nullptr;
    const auto rank = [](const PolicyEntryView &entry) { return !entry.enabled ? 0 : entry.shadow ? 1 : 2; };
    for (const PolicyEntryView &entry : m_rows[size_t(index.row())].chain)
        if (entry.kind == kind && (!best || rank(entry) > rank(*best)))
            best = &entry;
    return best;
}

QString CoverageModel::words(const PolicyEntryView &entry) const
{
    if (!entry.enabled)
        return tr("off");
    if (entry.shadow)
        return tr("shadow");
    if (!entry.owner.isEmpty())
        return tr("inherited");
    return entry.shared.isEmpty() ? tr("own") : tr("shared");
}

QVariant CoverageModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Row &row = m_rows[size_t(index.row())];
    const PolicyEntryView *entry = policy(index);
    const Tokens &t = Tokens::current();
    if (role == Qt::FontRole)
        return typeFont(index.column() == 0 ? Type::ControlStrong : Type::Control);
    if (role == Qt::ForegroundRole) {
        if (!row.enabled || (index.column() > 0 && (!entry || !entry->enabled)))
            return t.text3;
        return index.column() > 0 && entry->shadow ? t.client.text : index.column() > 0 && !entry->owner.isEmpty() ? t.text2 : t.text;
    }
    if (index.column() == 0)
        return role == Qt::DisplayRole ? QVariant(row.enabled ? row.name : tr("%1 (off)").arg(row.name)) : QVariant();
    if (role == Qt::DisplayRole)
        return entry ? words(*entry) : QStringLiteral("–");
    const QString kind = QString::fromStdString(config::policyKinds()[size_t(index.column()) - 1].name);
    if (role == Qt::AccessibleTextRole)
        return tr("%1, %2: %3").arg(row.name, kind, entry ? words(*entry) : tr("none"));
    if (role == Qt::ToolTipRole && entry)
        return plainToolTip(entry->owner.isEmpty() ? tr("%1: %2").arg(entry->title, entry->summary) : tr("%1, from %2: %3").arg(entry->title, entry->owner, entry->summary));
    return {};
}

QVariant CoverageModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical || role != Qt::DisplayRole)
        return role == Qt::TextAlignmentRole ? QVariant(int(Qt::AlignVCenter | Qt::AlignLeft)) : QVariant();
    return section == 0 ? tr("Route") : QString::fromStdString(config::policyKinds()[size_t(section) - 1].name);
}

QTableView *plainTable(QAbstractItemModel *model, const QString &name, int stretched)
{
    auto *table = new QTableView;
    table->setModel(model);
    model->setParent(table);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setAccessibleName(name);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setMinimumSectionSize(scaled(22));
    table->verticalHeader()->setDefaultSectionSize(scaled(26));
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionsMovable(true);
    table->horizontalHeader()->setSectionResizeMode(stretched, QHeaderView::Stretch);
    return table;
}

} // namespace gatehouse::ui
