#include "ui/widgets/keyvaluetable.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStyledItemDelegate>

#include <algorithm>

namespace gatehouse::ui {
namespace {

class RowDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Tokens::current();
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        drawRowBackground(painter, option.rect, selected, inActiveWindow(option),
            option.state.testFlag(QStyle::State_MouseOver), option.state.testFlag(QStyle::State_HasFocus));
        if (index.column() == KeyValueModel::Enabled) {
            QStyleOptionViewItem box(option);
            initStyleOption(&box, index);
            QStyledItemDelegate::paint(painter, box, index);
            return;
        }
        const bool on = index.siblingAtColumn(KeyValueModel::Enabled).data(Qt::UserRole).toBool();
        const bool remark = index.column() == KeyValueModel::Remark;
        const QFont f = typeFont(remark ? Type::Hint : Type::Wire);
        const auto hue = static_cast<HueId>(index.data(Qt::UserRole + 1).toInt());
        painter->save();
        painter->setFont(f);
        painter->setPen(remark                          ? t.hue(hue).text
                : !on                                   ? t.text3
                : index.column() == KeyValueModel::Name ? t.synKey
                                                        : t.text);
        const QRect r = option.rect.adjusted(scaled(6), 0, -scaled(6), 0);
        // One line: what breaks it shows as a sign.
        QString text = index.data(Qt::DisplayRole).toString();
        text.replace(QLatin1Char('\n'), QChar(0x21B5)).replace(QLatin1Char('\r'), QChar(0x240D));
        const QString shown = QFontMetrics(f).elidedText(text, Qt::ElideRight, r.width());
        const qreal width = QFontMetricsF(f).horizontalAdvance(shown);
        const bool atEnd = remark != (option.direction == Qt::RightToLeft);
        painter->drawText(
            QPointF(atEnd ? r.right() - width : r.left(), centredBaseline(f, r.top(), r.height())), shown);
        painter->restore();
    }
    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QWidget *editor = QStyledItemDelegate::createEditor(parent, option, index);
        if (auto *line = qobject_cast<QLineEdit *>(editor)) {
            line->setFont(typeFont(Type::Wire));
            line->setFrame(true);
        }
        return editor;
    }
};

} // namespace

void KeyValueModel::setRows(const QList<KeyValue> &rows)
{
    beginResetModel();
    m_rows = rows;
    if (m_editable)
        m_rows.append(KeyValue{});
    endResetModel();
}

QList<KeyValue> KeyValueModel::rows() const
{
    QList<KeyValue> rows;
    for (const KeyValue &row : m_rows)
        if (!row.name.isEmpty() || !row.value.isEmpty())
            rows << row;
    return rows;
}

void KeyValueModel::setEditable(bool editable)
{
    const QList<KeyValue> kept = rows();
    m_editable = editable;
    setRows(kept);
}

void KeyValueModel::removeAt(int row)
{
    if (!m_editable || row < 0 || row >= m_rows.size() - 1)
        return;
    beginRemoveRows({}, row, row);
    m_rows.removeAt(row);
    endRemoveRows();
    Q_EMIT edited();
}

int KeyValueModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int KeyValueModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant KeyValueModel::data(const QModelIndex &index, int role) const
{
    const KeyValue &row = m_rows[index.row()];
    if (role == Qt::UserRole)
        return row.enabled;
    if (role == Qt::UserRole + 1)
        return static_cast<int>(row.remarkHue);
    const bool spare = row.name.isEmpty() && row.value.isEmpty();
    if (role == Qt::CheckStateRole && index.column() == Enabled && m_editable && !spare)
        return static_cast<int>(row.enabled ? Qt::Checked : Qt::Unchecked);
    if (role == Qt::AccessibleTextRole)
        return QStringList{ row.name, row.value, row.remark }.join(QStringLiteral(", "));
    if (role == Qt::DisplayRole || role == Qt::EditRole) {
        const auto shown = [&](const QString &text) { return role == Qt::DisplayRole ? shownText(text) : text; };
        switch (index.column()) {
        case Name: return shown(row.name);
        case Value: return shown(row.value);
        case Remark: return shown(row.remark);
        default: break;
        }
    }
    if (role == Qt::ToolTipRole && index.column() != Enabled)
        return plainToolTip(data(index, Qt::EditRole).toString());
    return {};
}

bool KeyValueModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!m_editable)
        return false;
    KeyValue &row = m_rows[index.row()];
    const KeyValue before = row;
    if (role == Qt::CheckStateRole && index.column() == Enabled)
        row.enabled = value.toInt() == Qt::Checked;
    else if (role == Qt::EditRole && index.column() == Name)
        row.name = value.toString();
    else if (role == Qt::EditRole && index.column() == Value)
        row.value = value.toString();
    else
        return false;
    if (row == before)
        return true;
    Q_EMIT dataChanged(index.siblingAtColumn(0), index.siblingAtColumn(ColumnCount - 1));
    keepSpareRow();
    Q_EMIT edited();
    return true;
}

void KeyValueModel::keepSpareRow()
{
    const KeyValue &last = m_rows.last();
    if (last.name.isEmpty() && last.value.isEmpty())
        return;
    beginInsertRows({}, rowCount(), rowCount());
    m_rows.append(KeyValue{});
    endInsertRows();
}

QVariant KeyValueModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Name");
    case Value: return tr("Value");
    case Remark: return tr("Remark");
    default: return {};
    }
}

Qt::ItemFlags KeyValueModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    if (m_editable && (index.column() == Name || index.column() == Value))
        flags |= Qt::ItemIsEditable;
    if (m_editable && index.column() == Enabled && index.data(Qt::CheckStateRole).isValid())
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

KeyValueTable::KeyValueTable(QWidget *parent)
    : QTableView(parent)
    , m_model(new KeyValueModel(this))
{
    setModel(m_model);
    setItemDelegate(new RowDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(DoubleClicked | EditKeyPressed | AnyKeyPressed | SelectedClicked);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    horizontalHeader()->hide();
    verticalHeader()->hide();
    horizontalHeader()->setMinimumSectionSize(scaled(20));
    horizontalHeader()->setSectionResizeMode(KeyValueModel::Enabled, QHeaderView::Fixed);
    horizontalHeader()->setSectionResizeMode(KeyValueModel::Name, QHeaderView::Interactive);
    horizontalHeader()->setSectionResizeMode(KeyValueModel::Value, QHeaderView::Stretch);
    horizontalHeader()->setSectionResizeMode(KeyValueModel::Remark, QHeaderView::ResizeToContents);
    setEditable(false);
    refit();
    connect(m_model, &KeyValueModel::edited, this, [this] {
        if (m_grows)
            updateGeometry();
        Q_EMIT edited();
    });
    connect(this, &QAbstractItemView::activated, this, [this](const QModelIndex &index) {
        if (!m_model->isEditable())
            Q_EMIT linkActivated(index.row());
    });
}

void KeyValueTable::setRows(const QList<KeyValue> &rows)
{
    if (rows == m_model->rows())
        return; // selection and scroll survive a refresh
    m_model->setRows(rows);
    setCurrentIndex(m_model->index(0, KeyValueModel::Name));
    clearSelection();
    if (m_grows)
        updateGeometry();
}

void KeyValueTable::setEditable(bool editable)
{
    m_model->setEditable(editable);
    setColumnHidden(KeyValueModel::Enabled, !editable);
    setColumnHidden(KeyValueModel::Remark, editable);
}

void KeyValueTable::setNames(const QString &name, const QString &value)
{
    setAccessibleName(name + QStringLiteral(", ") + value);
}

void KeyValueTable::setGrows(bool grows)
{
    m_grows = grows;
    setVerticalScrollBarPolicy(grows ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    setSizePolicy(QSizePolicy::Expanding, grows ? QSizePolicy::Fixed : QSizePolicy::Expanding);
    updateGeometry();
}

QSize KeyValueTable::sizeHint() const
{
    if (!m_grows)
        return QTableView::sizeHint();
    return { scaled(240), verticalHeader()->defaultSectionSize() * m_model->rowCount() + 2 };
}

QSize KeyValueTable::minimumSizeHint() const { return m_grows ? sizeHint() : QSize(scaled(160), scaled(60)); }

void KeyValueTable::refit()
{
    // The minimum first: Qt ignores a size below the one it derives from the font.
    verticalHeader()->setMinimumSectionSize(scaled(18));
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(scaled(26));
    setColumnWidth(KeyValueModel::Enabled, scaled(28));
    setColumnWidth(KeyValueModel::Name, scaled(170));
}

void KeyValueTable::copySelection() const
{
    QStringList lines;
    for (const QModelIndex &index : selectionModel()->selectedRows(KeyValueModel::Name))
        lines << index.data().toString() + QStringLiteral(": ")
                + index.siblingAtColumn(KeyValueModel::Value).data().toString();
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void KeyValueTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
    } else if (event->key() == Qt::Key_Delete && m_model->isEditable() && state() != EditingState) {
        const QModelIndexList rows = selectionModel()->selectedRows();
        QList<int> numbers;
        for (const QModelIndex &index : rows)
            numbers << index.row();
        std::sort(numbers.begin(), numbers.end(), std::greater<>());
        for (const int row : numbers)
            m_model->removeAt(row);
    } else {
        QTableView::keyPressEvent(event);
    }
}

void KeyValueTable::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange)
        refit();
    QTableView::changeEvent(event);
}

} // namespace gatehouse::ui
