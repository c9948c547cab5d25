#include "ui/traffic/exchangetable.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/traffic/exchangedelegate.h"
#include "ui/widgets/controls.h"
#include "ui/models/exchangetext.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyleOption>

#include <algorithm>

namespace gatehouse::ui {

namespace {

using Model = ExchangeModel;
constexpr struct { int column, width; } widths[] = {
    {Model::Status, 88}, {Model::Method, 60}, {Model::Host, 76}, {Model::Path, 127}, {Model::Route, 90}, {Model::Duration, 106}, {Model::Size, 68},
    {Model::Time, 100}, {Model::Consumer, 90}, {Model::Upstream, 90}, {Model::Endpoint, 120}, {Model::Client, 120}, {Model::Protocol, 76},
    {Model::Tries, 48}, {Model::RequestSize, 92}, {Model::Note, 160}};
constexpr int shownByDefault = Model::Size;

// The first head stands where the marks below it stand.
class Header final : public QHeaderView {
public:
    explicit Header(QWidget *parent)
        : QHeaderView(Qt::Horizontal, parent)
    {
    }

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override
    {
        const bool inset = visualIndex(section) == 0 && section == Model::Status && !isRightToLeft();
        if (inset) {
            QStyleOptionHeader option;
            initStyleOption(&option);
            option.rect = QRect(rect.left(), rect.top(), scaled(6) + 1, rect.height());
            style()->drawControl(QStyle::CE_HeaderSection, &option, painter, this);
        }
        QHeaderView::paintSection(painter, inset ? rect.adjusted(scaled(6), 0, 0, 0) : rect, section);
    }
};

} // namespace

ExchangeTable::ExchangeTable(ExchangeModel &model, QWidget *parent)
    : QTableView(parent)
    , m_model(model)
    , m_delegate(new ExchangeDelegate(this))
    , m_footer(new QPushButton(viewport()))
{
    setHorizontalHeader(new Header(this));
    setModel(&model);
    setItemDelegate(m_delegate);
    setAccessibleName(tr("Exchanges"));
    setFrameShape(NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    auto *header = horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setSectionsClickable(true);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setStretchLastSection(false);
    connect(header, &QWidget::customContextMenuRequested, this, [this, header](const QPoint &at) { chooseColumns(header->mapToGlobal(at)); });
    connect(header, &QHeaderView::sectionClicked, this, &ExchangeTable::clickHeader);
    measure();
    defaultColumns();

    setKind(m_footer, "tinted");
    m_footer->setFocusPolicy(Qt::NoFocus); // End does the same
    m_footer->hide();
    connect(m_footer, &QPushButton::clicked, this, [this] { setFollow(true); });
    connect(&model, &ExchangeModel::arrived, this, [this](int rows) {
        if (m_follow) {
            scrollToBottom();
        } else {
            m_unseen += rows;
            showFooter();
        }
    });
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        m_unseen = 0;
        showFooter();
        if (m_follow)
            scrollToBottom();
    });
    connect(verticalScrollBar(), &QAbstractSlider::actionTriggered, this, [this](int action) {
        const int wanted = verticalScrollBar()->sliderPosition();
        if (action != QAbstractSlider::SliderNoAction && wanted < verticalScrollBar()->maximum())
            letGo();
    });
}

void ExchangeTable::measure()
{
    // The minimum first: a default size below it is ignored silently.
    verticalHeader()->setMinimumSectionSize(scaled(16));
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(scaled(26));
    horizontalHeader()->setMinimumSectionSize(scaled(36));
    horizontalHeader()->setFixedHeight(scaled(28));
}

void ExchangeTable::defaultColumns()
{
    for (const auto &[column, width] : widths) {
        setColumnWidth(column, scaled(width));
        setColumnHidden(column, column > shownByDefault);
    }
    horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    horizontalHeader()->setSectionResizeMode(Model::Path, QHeaderView::Stretch);
}

QByteArray ExchangeTable::saveColumns() const { return horizontalHeader()->saveState(); }

bool ExchangeTable::restoreColumns(const QByteArray &state)
{
    if (state.isEmpty() || !horizontalHeader()->restoreState(state)) {
        defaultColumns();
        return false;
    }
    horizontalHeader()->setSectionsMovable(true);
    return true;
}

void ExchangeTable::chooseColumns(const QPoint &globalPos)
{
    QMenu menu(this);
    menu.setAccessibleName(tr("Columns"));
    for (const auto &[column, width] : widths) {
        QAction *choice = menu.addAction(columnTitle(column));
        choice->setCheckable(true);
        choice->setChecked(!isColumnHidden(column));
        choice->setEnabled(column != Model::Path); // it takes what room is left
        connect(choice, &QAction::toggled, this, [this, column = column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu.addSeparator();
    menu.addAction(tr("Usual columns"), this, [this] {
        for (int column = 0; column < Model::ColumnCount; ++column)
            horizontalHeader()->moveSection(horizontalHeader()->visualIndex(column), column);
        defaultColumns();
    });
    menu.exec(globalPos);
}

// Down, up, as they arrived.
void ExchangeTable::clickHeader(int section)
{
    if (m_model.sortColumn() != section)
        m_model.sort(section, Qt::DescendingOrder);
    else if (m_model.sortOrder() == Qt::DescendingOrder)
        m_model.sort(section, Qt::AscendingOrder);
    else
        m_model.sort(-1, Qt::AscendingOrder);
    const bool sorted = m_model.sortColumn() >= 0;
    horizontalHeader()->setSortIndicatorShown(sorted);
    if (sorted) {
        horizontalHeader()->setSortIndicator(section, m_model.sortOrder());
        letGo();
    }
}

// --- following -------------------------------------------------------------------------------------------------------

void ExchangeTable::setFollow(bool follow)
{
    if (follow) {
        m_unseen = 0;
        scrollToBottom();
    }
    if (m_follow != follow) {
        m_follow = follow;
        Q_EMIT followChanged(follow);
    }
    showFooter();
}

void ExchangeTable::letGo() { setFollow(false); }

void ExchangeTable::showFooter()
{
    const bool shown = !m_follow && m_unseen > 0;
    m_footer->setVisible(shown);
    if (!shown)
        return;
    m_footer->setText(tr("%1 new", "exchanges that came while scrolled up").arg(countText(uint64_t(m_unseen))));
    m_footer->setToolTip(tr("Follow the newest (End)"));
    m_footer->adjustSize();
    m_footer->move((viewport()->width() - m_footer->width()) / 2, viewport()->height() - m_footer->height() - scaled(8));
}

// The view would choose the first row by itself: nothing is selected before a person does.
void ExchangeTable::focusInEvent(QFocusEvent *event)
{
    if (currentIndex().isValid() || m_model.rowCount() == 0)
        QTableView::focusInEvent(event);
    else
        QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void ExchangeTable::wheelEvent(QWheelEvent *event)
{
    if (event->angleDelta().y() > 0)
        letGo();
    QTableView::wheelEvent(event);
}

void ExchangeTable::mousePressEvent(QMouseEvent *event)
{
    if (indexAt(event->pos()).isValid())
        letGo();
    QTableView::mousePressEvent(event);
}

void ExchangeTable::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_End:
        if (event->modifiers() == Qt::NoModifier) {
            setFollow(true);
            return;
        }
        break;
    case Qt::Key_Home:
        if (event->modifiers() == Qt::NoModifier && m_model.rowCount() > 0) {
            letGo();
            setCurrentIndex(m_model.index(0, currentIndex().isValid() ? currentIndex().column() : 0));
            return;
        }
        break;
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        letGo();
        if (!currentIndex().isValid() && m_model.rowCount() > 0) { // from the newest, where the eye is
            setCurrentIndex(m_model.index(m_model.rowCount() - 1, 0));
            return;
        }
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter: Q_EMIT opened(); return;
    case Qt::Key_Escape: Q_EMIT left(); return;
    default: break;
    }
    // Typing a letter is a command, never a search.
    if (!event->text().isEmpty() && event->text().front().isPrint() && !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) && event->key() != Qt::Key_Space) {
        event->ignore();
        return;
    }
    QTableView::keyPressEvent(event);
}

void ExchangeTable::rowsAboutToBeRemoved(const QModelIndex &parent, int start, int end)
{
    QTableView::rowsAboutToBeRemoved(parent, start, end);
    // What goes above the first row in sight must not move the others.
    const int top = verticalScrollBar()->value();
    if (!m_follow && start == 0 && top > 0) {
        const int gone = end - start + 1;
        QMetaObject::invokeMethod(this, [this, top, gone] { verticalScrollBar()->setValue(std::max(0, top - gone)); }, Qt::QueuedConnection);
    }
}

// --- selection -------------------------------------------------------------------------------------------------------

void ExchangeTable::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update();
    if (current.row() != previous.row() || !previous.isValid())
        Q_EMIT currentIdChanged(currentId());
}

uint64_t ExchangeTable::currentId() const
{
    const QModelIndex current = currentIndex();
    return current.isValid() ? m_model.rowAt(current.row()).row.id : 0;
}

void ExchangeTable::selectId(uint64_t id)
{
    const int row = id == 0 ? -1 : m_model.rowOfId(id);
    if (row < 0)
        return;
    letGo();
    setCurrentIndex(m_model.index(row, 0));
    scrollTo(m_model.index(row, 0));
}

std::vector<observe::Row> ExchangeTable::selectedRows() const
{
    QModelIndexList indexes = selectionModel()->selectedRows();
    std::sort(indexes.begin(), indexes.end());
    std::vector<observe::Row> rows;
    for (const QModelIndex &index : indexes)
        rows.push_back(m_model.rowAt(index.row()).row);
    return rows;
}

std::vector<int> ExchangeTable::visibleColumns() const
{
    std::vector<int> columns;
    for (int visual = 0; visual < Model::ColumnCount; ++visual) {
        const int column = horizontalHeader()->logicalIndex(visual);
        if (!isColumnHidden(column))
            columns.push_back(column);
    }
    return columns;
}

// --- looks -----------------------------------------------------------------------------------------------------------

void ExchangeTable::hover(int row)
{
    if (row == m_hovered)
        return;
    m_hovered = row;
    m_delegate->setHoveredRow(row);
    viewport()->update();
}

void ExchangeTable::mouseMoveEvent(QMouseEvent *event)
{
    hover(indexAt(event->pos()).row());
    QTableView::mouseMoveEvent(event);
}

void ExchangeTable::leaveEvent(QEvent *event)
{
    hover(-1);
    QTableView::leaveEvent(event);
}

void ExchangeTable::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    showFooter();
    if (m_follow)
        scrollToBottom();
}

void ExchangeTable::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange) {
        m_delegate->forget();
        measure();
    }
}

} // namespace gatehouse::ui
