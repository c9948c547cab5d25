#include "ui/routes/routetables.h"

#include "gateway/config/policykinds.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtCore/QMimeData>
#include <QtWidgets/QHeaderView>

#include <algorithm>

namespace gatehouse::ui {

RouteTableModel::RouteTableModel(const RouteTreeModel &tree, QObject *parent) : QAbstractTableModel(parent), m_tree(tree)
{
    connect(&tree, &RouteTreeModel::rebuilt, this, &RouteTableModel::refresh);
    connect(&tree, &RouteTreeModel::readAgain, this, &RouteTableModel::reorder);
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
    m_rows = m_tree.routesByMatch();
    endResetModel();
}

// What stands in its group as it did may be asked earlier than another's now.
void RouteTableModel::reorder()
{
    std::vector<const RouteItem *> rows = m_tree.routesByMatch();
    if (rows == m_rows)
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    for (const QModelIndex &index : before) {
        const auto to = std::find(rows.begin(), rows.end(), at(index.row()));
        after << (to == rows.end() ? QModelIndex() : createIndex(int(to - rows.begin()), index.column()));
    }
    m_rows = std::move(rows);
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

int RouteTableModel::rowOf(const QString &route) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const RouteItem *item) { return item->name == route; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

Qt::ItemFlags RouteTableModel::flags(const QModelIndex &index) const
{
    const RouteItem *item = at(index.row());
    if (!index.isValid() || !item)
        return Qt::ItemIsDropEnabled; // between rows
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    return m_tree.hasPlace(item->name) ? flags | Qt::ItemIsDragEnabled : flags; // not one that is off or not valid
}

QMimeData *RouteTableModel::mimeData(const QModelIndexList &indexes) const
{
    const RouteItem *item = indexes.isEmpty() ? nullptr : at(indexes.first().row());
    return item ? m_tree.mimeData({m_tree.find(OwnerKind::Route, item->name)}) : nullptr;
}

bool RouteTableModel::canDropMimeData(const QMimeData *data, Qt::DropAction, int row, int, const QModelIndex &parent) const
{
    return !parent.isValid() && row >= 0 && m_tree.carried(data);
}

bool RouteTableModel::dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column, const QModelIndex &parent)
{
    if (!canDropMimeData(data, action, row, column, parent))
        return false;
    const auto nameAt = [this](int row) { return at(row) ? at(row)->name : QString(); };
    Q_EMIT dropped(QString(m_tree.carried(data)->name), nameAt(row - 1), nameAt(row));
    return false; // nothing is taken out of this model: it is made anew from the document
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
