#include "ui/widgets/listcolumn.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"

#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QStyleOption>
#include <QtWidgets/QToolButton>

namespace gatehouse::ui {

ListColumn::ListColumn(const QString &find, const QString &add, QWidget *parent)
    : QWidget(parent), m_find(new QLineEdit(this)), m_add(iconButton(IconId::Plus, add, this)), m_body(new QVBoxLayout(this))
{
    m_body->setContentsMargins(0, scaled(8), 0, 0);
    m_body->setSpacing(scaled(8));
    auto *head = new QHBoxLayout;
    head->setContentsMargins(scaled(10), 0, scaled(8), 0);
    head->setSpacing(scaled(4));
    m_find->setPlaceholderText(find);
    m_find->setAccessibleName(find);
    m_find->setClearButtonEnabled(true);
    m_find->addAction(makeIcon(IconId::Search), QLineEdit::LeadingPosition);
    head->addWidget(m_find, 1);
    head->addWidget(m_add);
    m_body->addLayout(head);
}

QListView *plainList(QAbstractItemModel *model, const QString &name, QWidget *parent)
{
    auto *list = new QListView(parent);
    list->setModel(model);
    list->setAccessibleName(name);
    list->setFrameShape(QFrame::NoFrame);
    list->setMouseTracking(true);
    list->setUniformItemSizes(true);
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    return list;
}

void drawListGround(QPainter *painter, const QStyleOptionViewItem &option)
{
    const bool selected = option.state & QStyle::State_Selected;
    if (!selected && !(option.state & QStyle::State_MouseOver))
        return;
    const Tokens &t = Tokens::current();
    const QRect box = option.rect.adjusted(scaled(6), scaled(1), -scaled(6), -scaled(1));
    drawBox(painter, box, scaled(6), selected ? selectionColor(option) : t.hover, QColor());
    if (!(option.state & QStyle::State_HasFocus) && !(selected && t.highContrast)) // there a bar says what the tint does
        return;
    const int edge = option.direction == Qt::RightToLeft ? box.right() - 2 : box.left();
    painter->fillRect(QRect(edge, box.top() + scaled(8), 3, box.height() - scaled(16)), t.focus);
}

void drawListText(QPainter *painter, const QFont &font, const QColor &colour, qreal left, qreal baseline, qreal width, const QString &text, bool right)
{
    painter->setFont(font);
    painter->setPen(colour);
    const QFontMetricsF metrics(font);
    const QString shown = metrics.elidedText(shownText(text), Qt::ElideRight, width);
    painter->drawText(QPointF(right ? left + width - metrics.horizontalAdvance(shown) : left, baseline), shown);
}

} // namespace gatehouse::ui
