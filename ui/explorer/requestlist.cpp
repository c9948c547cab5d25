#include "ui/explorer/requestlist.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/marks.h"

#include <QtGui/QPainter>

namespace gatehouse::ui {

QSize RequestDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    return {0, scaled(index.data(StatusRole).isValid() ? 26 : 28)};
}

void RequestDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &t = Tokens::current();
    const QString method = index.data(MethodRole).toString(), right = index.data(RightRole).toString();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected;
    drawRowBackground(painter, option.rect, selected, inActiveWindow(option), option.state & QStyle::State_MouseOver, option.state & QStyle::State_HasFocus,
                      option.direction == Qt::RightToLeft);
    const QRect row = option.rect;
    qreal x = row.left() + scaled(6), end = row.right() - scaled(12);
    const auto draw = [&](const QFont &font, const QColor &colour, qreal left, qreal width, const QString &text) {
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(QPointF(left, centredBaseline(font, row.top(), row.height())), QFontMetricsF(font).elidedText(shownText(text), Qt::ElideRight, width));
    };
    if (method.isEmpty()) {
        paintIcon(painter, QRectF(x, row.center().y() - scaled(7), scaled(16), scaled(16)), IconId::Folder, t.text2);
        x += scaled(24);
    }
    if (const QVariant status = index.data(StatusRole); status.isValid()) {
        paintMark(painter, QPointF(x + scaled(4), row.center().y() + 1), markOfStatus(status.toInt()), scaled(9));
        x += scaled(16);
    }
    if (!method.isEmpty()) {
        draw(typeFont(Type::WireSmall), methodColor(method), x, scaled(40), methodShort(method));
        x += scaled(40);
    }
    if (!right.isEmpty()) {
        const QFont font = typeFont(Type::WireSmall);
        const qreal width = QFontMetricsF(font).horizontalAdvance(right);
        draw(font, t.text2, end - width, width + 1, right);
        end -= width + scaled(8);
    }
    if (index.data(DirtyRole).toBool()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(t.client.fill);
        painter->drawEllipse(QPointF(end - scaled(4), row.center().y() + 1), scaled(3.5), scaled(3.5));
        end -= scaled(14);
    }
    draw(typeFont(selected ? Type::ControlStrong : Type::Control), t.text, x, end - x, index.data().toString());
    painter->restore();
}

} // namespace gatehouse::ui
