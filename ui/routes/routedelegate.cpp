#include "ui/routes/routedelegate.h"

#include "ui/models/format.h"
#include "ui/routes/routetree.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"

#include <QtGui/QPainter>
#include <QtWidgets/QTreeView>

namespace gatehouse::ui {

namespace {

// Draws from both ends of a row; what is in the middle is elided.
class RowPainter {
public:
    RowPainter(QPainter *painter, const QRect &row) : m_painter(painter), m_row(row), m_left(row.left() + scaled(8)), m_right(row.right() - scaled(14)) { }

    void left(const QString &text, Type type, const QColor &colour, qreal column = 0, QFont::Weight weight = QFont::Normal)
    {
        const QFont font = weight == QFont::Normal ? typeFont(type) : typeFont(type, weight);
        draw(text, font, colour, m_left, column > 0 ? column : m_right - m_left);
        m_left += column > 0 ? column : std::min<qreal>(QFontMetricsF(font).horizontalAdvance(text), m_right - m_left);
    }
    void right(const QString &text, Type type, const QColor &colour)
    {
        const QFont font = typeFont(type);
        // The path of a socket may be long: what stands on the left keeps half, and both ends of this one tell something.
        const qreal width = std::min(QFontMetricsF(font).horizontalAdvance(text), (m_right - m_left) / 2);
        draw(text, font, colour, m_right - width, width, Qt::ElideMiddle);
        m_right -= width + scaled(8);
    }
    void icon(IconId id, const QColor &colour)
    {
        paintIcon(m_painter, QRectF(m_left, m_row.top() + (m_row.height() - scaled(16)) / 2.0, scaled(16), scaled(16)), id, colour);
        m_left += scaled(16);
    }
    void skip(double design) { m_left += scaled(design); }

private:
    void draw(const QString &text, const QFont &font, const QColor &colour, qreal x, qreal width, Qt::TextElideMode elide = Qt::ElideRight)
    {
        m_painter->setFont(font);
        m_painter->setPen(colour);
        m_painter->drawText(QPointF(x, centredBaseline(font, m_row.top(), m_row.height())), QFontMetricsF(font).elidedText(shownText(text), elide, width));
    }
    QPainter *m_painter;
    QRect m_row;
    qreal m_left, m_right;
};

} // namespace

QSize RouteDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const auto *item = index.data(RouteTreeModel::ItemRole).value<const RouteItem *>();
    return {0, scaled(item && item->kind == OwnerKind::Section ? 32 : 28)};
}

void RouteDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *item = index.data(RouteTreeModel::ItemRole).value<const RouteItem *>();
    if (!item)
        return;
    const Tokens &t = Tokens::current();
    const bool selected = option.state & QStyle::State_Selected;
    QRect row = option.rect;
    if (const auto *view = qobject_cast<const QTreeView *>(option.widget))
        row = QRect(scaled(6), row.top(), view->viewport()->width() - scaled(12), row.height()); // no indentation: columns line up
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (selected || (option.state & QStyle::State_MouseOver && item->kind != OwnerKind::Section)) {
        const QColor ground = selected ? selectionColor(option) : t.hover;
        drawBox(painter, row, scaled(6), ground, QColor());
        if (option.state & QStyle::State_HasFocus || (selected && t.highContrast))
            painter->fillRect(QRect(row.left(), row.top() + scaled(5), 3, row.height() - scaled(10)), t.focus);
    }
    RowPainter draw(painter, row);
    const auto problem = [&] {
        if (item->errors || item->warnings) {
            draw.skip(6);
            draw.icon(item->errors ? IconId::Error : IconId::Warning, item->errors ? t.server.fill : t.client.fill);
        }
    };
    switch (item->kind) {
    case OwnerKind::Section:
        draw.right(item->detail, Type::Head, t.text2);
        draw.left(item->name, Type::Head, t.text2, 0, QFont::DemiBold);
        break;
    case OwnerKind::Group: {
        const auto *view = qobject_cast<const QTreeView *>(option.widget);
        draw.icon(view && view->isExpanded(index) ? IconId::ChevronDown : IconId::ChevronRight, t.text2);
        draw.skip(4);
        draw.left(item->name, Type::ControlStrong, t.text);
        problem();
        draw.skip(8);
        draw.left(item->detail, Type::WireSmall, t.text2);
        break;
    }
    case OwnerKind::Route: {
        const bool off = !item->enabled;
        draw.right(off ? tr("off") : formatRate(item->perSecond), Type::WireSmall, off ? t.text3 : t.text2);
        draw.skip(16);
        const QStringList methods = item->methods.split(QLatin1Char(' '));
        const QString first = methodShort(methods.first());
        draw.left(methods.size() > 1 && first.size() < 5 ? QStringLiteral("%1+%2").arg(first).arg(methods.size() - 1) : first, Type::WireSmall, off ? t.text3 : methodColor(methods.first()), scaled(38));
        draw.left(item->name, selected ? Type::ControlStrong : Type::Control, off ? t.text3 : t.text);
        problem();
        if (item->hasIcon) {
            draw.skip(6);
            draw.icon(item->icon, item->icon == IconId::Braces ? t.mock.text : t.text3);
        }
        break;
    }
    default:
        draw.right(item->detail, item->kind == OwnerKind::Listener ? Type::WireSmall : Type::Control, t.text2);
        draw.skip(2);
        draw.icon(item->icon, t.text2);
        draw.skip(8);
        draw.left(item->name, selected ? Type::ControlStrong : Type::Control, t.text);
        problem();
    }
    painter->restore();
}

} // namespace gatehouse::ui
