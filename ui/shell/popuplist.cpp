#include "ui/shell/popuplist.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"

#include <QtCore/QAbstractListModel>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QScreen>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QListView>
#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {
namespace {

constexpr int popupWidth = 440, titleHeight = 36, rowHeight = 48, singleHeight = 30;

} // namespace

class PopupList::Model final : public QAbstractListModel {
public:
    Model(const QList<PopupRow> &rows, QObject *parent)
        : QAbstractListModel(parent)
        , m_rows(rows)
    {
    }
    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const PopupRow &row = m_rows[index.row()];
        if (role == Qt::DisplayRole)
            return row.text;
        if (role == Qt::ToolTipRole)
            return plainToolTip(row.text);
        if (role == Qt::AccessibleTextRole)
            return QStringList{ row.text, row.detail, row.state }.join(QStringLiteral(", "));
        return {};
    }
    void reset()
    {
        beginResetModel();
        endResetModel();
    }

private:
    const QList<PopupRow> &m_rows;
};

class PopupList::Delegate final : public QStyledItemDelegate {
public:
    Delegate(const QList<PopupRow> &rows, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_rows(rows)
    {
    }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return { scaled(100), scaled(m_rows[index.row()].detail.isEmpty() ? singleHeight : rowHeight) };
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Tokens::current();
        const PopupRow &row = m_rows[index.row()];
        const QRect r = option.rect;
        painter->save();
        if (option.state.testFlag(QStyle::State_Selected) || option.state.testFlag(QStyle::State_MouseOver))
            drawBox(painter, r.adjusted(scaled(6), 0, -scaled(6), 0), 6,
                option.state.testFlag(QStyle::State_Selected) ? t.selected : t.hover, QColor());
        const auto mirrored = [&](const QRect &q) { return QStyle::visualRect(option.direction, r, q); };
        const int size = scaled(16), line = scaled(row.detail.isEmpty() ? singleHeight : rowHeight / 2.0);
        const int top = r.top() + (row.detail.isEmpty() ? 0 : scaled(3));
        paintIcon(painter, mirrored(QRect(r.left() + scaled(16), top + (line - size) / 2, size, size)), row.icon,
            row.hue == HueId::None ? t.text2 : t.hue(row.hue).text);
        const QFont text = typeFont(Type::Control, QFont::Medium), hint = typeFont(Type::Hint);
        const int stateWidth = QFontMetrics(hint).horizontalAdvance(row.state);
        const QRect body = QRect(r.left() + scaled(40), top, r.width() - scaled(58) - stateWidth, line);
        painter->setFont(text);
        painter->setPen(t.text);
        painter->drawText(mirrored(body), Qt::AlignVCenter | Qt::AlignLeading,
            QFontMetrics(text).elidedText(shownText(row.text), Qt::ElideRight, body.width()));
        painter->setFont(hint);
        painter->setPen(t.text3);
        painter->drawText(mirrored(QRect(r.right() - scaled(16) - stateWidth, top, stateWidth + 1, line)),
            Qt::AlignVCenter | Qt::AlignLeading, row.state);
        if (!row.detail.isEmpty())
            painter->drawText(mirrored(body.translated(0, line - scaled(6))), Qt::AlignVCenter | Qt::AlignLeading,
                QFontMetrics(hint).elidedText(shownText(row.detail), Qt::ElideRight, body.width()));
        painter->restore();
    }

private:
    const QList<PopupRow> &m_rows;
};

PopupList::PopupList(QWidget *parent)
    : QFrame(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_list(new QListView(this))
    , m_model(new Model(m_rows, this))
{
    setAttribute(Qt::WA_TranslucentBackground);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new Delegate(m_rows, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->viewport()->setAutoFillBackground(false);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, scaled(titleHeight), 1, scaled(6));
    layout->addWidget(m_list);
    setFocusProxy(m_list);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) { run(index.row()); });
    connect(m_list, &QListView::activated, this, [this](const QModelIndex &index) { run(index.row()); });
}

void PopupList::open(QWidget *anchor, const QString &title, const QList<PopupRow> &rows, const QString &emptyText)
{
    m_title = title;
    m_emptyText = emptyText;
    m_rows = rows;
    m_model->reset();
    setAccessibleName(title);
    m_list->setAccessibleName(title);
    int height = scaled(titleHeight) + scaled(8);
    for (const PopupRow &row : rows)
        height += scaled(row.detail.isEmpty() ? singleHeight : rowHeight);
    if (rows.isEmpty())
        height += scaled(singleHeight);
    const QSize size(scaled(popupWidth), qMin(height, scaled(420)));
    const QRect screen = anchor->screen()->availableGeometry();
    const QPoint below = anchor->mapToGlobal(QPoint(0, anchor->height() + 4));
    const QPoint above = anchor->mapToGlobal(QPoint(0, -size.height() - 4));
    QPoint at = below.y() + size.height() > screen.bottom() ? above : below;
    if (at.x() + size.width() > screen.right() || anchor->x() > anchor->window()->width() / 2)
        at.setX(anchor->mapToGlobal(QPoint(anchor->width() - size.width(), 0)).x());
    setGeometry(QRect(QPoint(qMax(at.x(), screen.left()), at.y()), size));
    show();
    m_list->setFocus();
    m_list->setCurrentIndex(m_model->index(0, 0));
}

void PopupList::run(int row)
{
    if (row < 0 || row >= m_rows.size())
        return;
    const auto action = m_rows[row].run;
    hide();
    if (action)
        action();
}

void PopupList::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        hide();
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        run(m_list->currentIndex().row());
    else
        QFrame::keyPressEvent(event);
}

void PopupList::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    drawBox(&painter, rect(), 8, t.raised, t.line2);
    painter.setFont(typeFont(Type::Head));
    painter.setPen(t.text2);
    painter.drawText(
        QRect(scaled(16), 0, width() - scaled(32), scaled(titleHeight)), Qt::AlignVCenter | Qt::AlignLeading, m_title);
    if (m_rows.isEmpty()) {
        painter.setFont(typeFont(Type::Control));
        painter.setPen(t.text3);
        painter.drawText(QRect(scaled(16), scaled(titleHeight), width() - scaled(32), scaled(singleHeight)),
            Qt::AlignVCenter | Qt::AlignLeading, m_emptyText);
    }
}

} // namespace gatehouse::ui
