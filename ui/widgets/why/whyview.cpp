#include "ui/widgets/why/whyview.h"

#include "ui/models/format.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/why/whydelegate.h"

#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>

namespace gatehouse::ui {

using Kind = WhyItem::Kind;

namespace {
constexpr int contentLeft = 92; // where the rows' content begins
}

WhyView::WhyView(QWidget *parent)
    : QTreeView(parent)
    , m_model(new WhyModel(this))
    , m_delegate(new WhyDelegate(this))
{
    setModel(m_model);
    setItemDelegate(m_delegate);
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setIndentation(0);
    setFrameShape(NoFrame);
    setExpandsOnDoubleClick(false);
    setEditTriggers(NoEditTriggers);
    setSelectionMode(SingleSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    setAccessibleName(tr("Why"));
    verticalScrollBar()->setSingleStep(scaled(26));
}

void WhyView::setExplanation(const observe::Explanation &why, const WhyMore &more)
{
    m_model->setExplanation(why, more);
    placeWidgets();
    fold();
    measure();
    scrollToTop();
}

void WhyView::addCandidate(const observe::Candidate &candidate)
{
    const QModelIndex row = m_model->addCandidate(candidate);
    if (!row.isValid())
        return;
    expand(row.parent());
    setCurrentIndex(row);
    scrollTo(row);
}

void WhyView::clear() { m_model->clear(); }

// A refusal opens what refused; how the route was found is one line then.
void WhyView::fold()
{
    expandAll();
    const observe::Verdict verdict = m_model->explanation().verdict;
    if (verdict == observe::Verdict::Throttled || verdict == observe::Verdict::Refused || verdict == observe::Verdict::Cached)
        collapse(m_model->find(WhyItem::StageId::Route));
}

void WhyView::placeWidgets()
{
    m_sentence = nullptr;
    m_actions = nullptr;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex index = m_model->index(row, 0);
        const WhyItem *item = WhyModel::item(index);
        if (item->kind == Kind::Sentence)
            setIndexWidget(index, sentenceWidget());
        else if (item->kind == Kind::Times)
            setIndexWidget(index, timesWidget());
        for (int child = 0; child < m_model->rowCount(index); ++child) {
            const QModelIndex below = m_model->index(child, 0, index);
            if (WhyModel::item(below)->kind == Kind::Actions)
                setIndexWidget(below, m_actions = actionsWidget(*WhyModel::item(below)));
        }
    }
}

QWidget *WhyView::sentenceWidget()
{
    auto *holder = new QWidget;
    auto *layout = new QVBoxLayout(holder);
    layout->setContentsMargins(scaled(12), scaled(12), scaled(12), 0);
    m_sentence = new SentenceBox;
    m_sentence->setRuns(m_model->sentence().runs);
    m_sentence->setTone(m_model->sentence().tone);
    connect(m_sentence, &RunsLabel::placeActivated, this, &WhyView::placeActivated);
    layout->addWidget(m_sentence);
    return holder;
}

QWidget *WhyView::timesWidget()
{
    auto *holder = new QWidget;
    auto *layout = new QVBoxLayout(holder);
    layout->setContentsMargins(scaled(16), scaled(10), scaled(16), 0);
    auto *bar = new StackedBar;
    bar->setParts(m_model->timeParts(), m_model->totalText());
    layout->addWidget(bar);
    layout->addStretch();
    return holder;
}

// Side by side, or below each other where the words are long.
QWidget *WhyView::actionsWidget(const WhyItem &item)
{
    auto *holder = new QWidget;
    auto *layout = new QBoxLayout(QBoxLayout::LeftToRight, holder);
    layout->setContentsMargins(scaled(contentLeft), scaled(5), scaled(16), scaled(5));
    layout->setSpacing(scaled(8));
    for (const auto &[text, place] : item.actions) {
        auto *step = button(text);
        step->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        step->installEventFilter(this);
        connect(step, &QPushButton::clicked, this, [this, place = place] { Q_EMIT placeActivated(place); });
        layout->addWidget(step);
    }
    layout->addStretch();
    return holder;
}

// Escape in a button leads back to the tree.
bool WhyView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape && qobject_cast<QPushButton *>(watched)) {
        setFocus(Qt::OtherFocusReason);
        return true;
    }
    return QTreeView::eventFilter(watched, event);
}

void WhyView::measure()
{
    if (!m_sentence)
        return;
    const int height = m_sentence->heightForWidth(std::max(scaled(100), viewport()->width() - 2 * scaled(12)));
    m_sentence->setFixedHeight(height);
    const bool bar = m_model->rowCount() > 1 && WhyModel::item(m_model->index(1, 0))->kind == Kind::Times;
    m_delegate->setSentenceHeight(height + scaled(12) + (bar ? 0 : scaled(5)));
    if (m_actions) {
        auto *layout = static_cast<QBoxLayout *>(m_actions->layout());
        layout->setDirection(QBoxLayout::LeftToRight);
        if (layout->sizeHint().width() > viewport()->width())
            layout->setDirection(QBoxLayout::TopToBottom);
        m_delegate->setActionsHeight(layout->sizeHint().height());
    }
    scheduleDelayedItemsLayout();
}

int WhyView::contentHeight() const
{
    int height = 0;
    for (QModelIndex index = m_model->index(0, 0); index.isValid(); index = indexBelow(index))
        height += rowHeight(index);
    return height + scaled(12);
}

void WhyView::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    measure();
}

void WhyView::changeEvent(QEvent *event)
{
    QTreeView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        measure();
    else if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

// The style would paint a ground for the whole row; the delegate does all of it.
void WhyView::drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem row = option;
    row.rect.setLeft(0);
    row.rect.setWidth(viewport()->width());
    row.direction = layoutDirection();
    row.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(index));
    row.state.setFlag(QStyle::State_HasFocus, hasFocus() && currentIndex() == index);
    row.state.setFlag(QStyle::State_Open, isExpanded(index));
    m_delegate->paint(painter, row, index);
}

void WhyView::copy() const { QGuiApplication::clipboard()->setText(m_model->asText(currentIndex())); }

void WhyView::keyPressEvent(QKeyEvent *event)
{
    const QModelIndex current = currentIndex();
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && current.isValid() && WhyModel::item(current)->hasPlace) {
        Q_EMIT placeActivated(WhyModel::item(current)->place);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && current.isValid() && WhyModel::item(current)->kind == Kind::Note) {
        for (const Run &run : WhyModel::item(current)->detail + WhyModel::item(current)->right) {
            if (run.style == Run::Style::Link) {
                follow(run, current);
                break;
            }
        }
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && current.isValid() && WhyModel::item(current)->kind == Kind::Actions) {
        if (auto *first = m_actions ? m_actions->findChild<QPushButton *>() : nullptr)
            first->setFocus(Qt::TabFocusReason);
    } else if (event->key() == Qt::Key_Left && current.isValid() && current.parent().isValid()) {
        setCurrentIndex(current.parent());
    } else {
        QTreeView::keyPressEvent(event);
    }
}

QRect WhyView::wholeRow(const QModelIndex &index) const
{
    const QRect row = visualRect(index);
    return {0, row.top(), viewport()->width(), row.height()};
}

std::optional<Run> WhyView::linkAt(const QModelIndex &index, const QPoint &point) const
{
    if (!index.isValid())
        return std::nullopt;
    const QPoint measured = isRightToLeft() ? QPoint(viewport()->width() - 1 - point.x(), point.y()) : point;
    return m_delegate->linkAt(wholeRow(index), index, measured);
}

void WhyView::follow(const Run &link, const QModelIndex &index)
{
    if (link.command == QStringLiteral("other-route"))
        Q_EMIT otherRouteWanted(viewport()->mapToGlobal(wholeRow(index).bottomLeft()));
    else
        Q_EMIT placeActivated(link.place);
}

void WhyView::mouseMoveEvent(QMouseEvent *event)
{
    viewport()->setCursor(linkAt(indexAt(event->pos()), event->pos()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
    QTreeView::mouseMoveEvent(event);
}

void WhyView::mouseReleaseEvent(QMouseEvent *event)
{
    QTreeView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->pos());
    if (event->button() != Qt::LeftButton || !index.isValid())
        return;
    if (const auto link = linkAt(index, event->pos()))
        follow(*link, index);
    else if (WhyModel::item(index)->kind == Kind::Stage)
        setExpanded(index, !isExpanded(index));
}

void WhyView::contextMenuEvent(QContextMenuEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    QMenu menu(this);
    if (index.isValid()) {
        setCurrentIndex(index);
        const WhyItem *item = WhyModel::item(index);
        if (item->hasPlace)
            menu.addAction(tr("Open %1").arg(plainOnButton(toPlainText(item->kind == Kind::Change ? item->right : item->title))), this, [this, place = item->place] { Q_EMIT placeActivated(place); });
        menu.addAction(tr("Copy as text"), QKeySequence::Copy, this, [this] { copy(); });
    }
    menu.addAction(tr("Copy the whole explanation"), this, [this] { QGuiApplication::clipboard()->setText(m_model->wholeText()); });
    menu.exec(event->globalPos());
}

} // namespace gatehouse::ui
