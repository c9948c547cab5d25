#include "ui/shell/style.h"

#include "ui/shell/theme.h"
#include "ui/widgets/icons.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyleOption>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QToolButton>

namespace gatehouse::ui {
namespace {

QByteArray kindOf(const QWidget *widget) { return widget ? widget->property("kind").toByteArray() : QByteArray(); }

bool hasError(const QWidget *widget) { return widget && widget->property("error").toBool(); }

} // namespace

void drawBox(QPainter *painter, const QRectF &rect, qreal radius, const QColor &fill, const QColor &border, qreal width)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const qreal half = border.isValid() ? width / 2 : 0;
    painter->setPen(border.isValid() ? QPen(border, width) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const qreal r = qMax(0.0, radius - half);
    painter->drawRoundedRect(rect.adjusted(half, half, -half, -half), r, r);
    painter->restore();
}

void drawFocusRing(QPainter *painter, const QRectF &rect, qreal radius)
{
    const Tokens &t = Tokens::current();
    drawBox(painter, rect, radius, QColor(), t.focus, t.focusWidth);
}

bool inActiveWindow(const QStyleOption &option)
{
    const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(&option);
    return item && item->widget ? item->widget->isActiveWindow() : option.state.testFlag(QStyle::State_Active);
}

QColor selectionColor(const QStyleOption &option)
{
    return inActiveWindow(option) ? Tokens::current().selected : Tokens::current().selectedOff;
}

void drawRowBackground(
    QPainter *painter, const QRect &row, bool selected, bool active, bool hovered, bool focused, bool rightToLeft)
{
    const Tokens &t = Tokens::current();
    if (selected)
        painter->fillRect(row, active ? t.selected : t.selectedOff);
    else if (hovered)
        painter->fillRect(row, t.hover);
    const int width = focused ? 3 : 2;
    if (focused || (selected && t.highContrast)) {
        const int x = rightToLeft ? row.right() - width + 1 : row.left();
        painter->fillRect(QRect(x, row.top(), width, row.height()), t.focus);
    }
}

void setKind(QWidget *widget, const char *kind)
{
    widget->setProperty("kind", QByteArray(kind));
    widget->updateGeometry();
    widget->update();
}

void setError(QWidget *widget, bool error)
{
    if (hasError(widget) == error)
        return;
    widget->setProperty("error", error);
    widget->update();
}

Style::Style()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

void Style::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QMenu *>(widget) || widget->inherits("QTipLabel"))
        widget->setAttribute(Qt::WA_TranslucentBackground); // for the rounded corners
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QTabBar *>(widget) || qobject_cast<QComboBox *>(widget)
        || qobject_cast<QScrollBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
    if (auto *header = qobject_cast<QHeaderView *>(widget);
        header && header->orientation() == Qt::Horizontal && header->defaultAlignment() == Qt::AlignCenter)
        header->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    if (qobject_cast<QPushButton *>(widget) && !widget->testAttribute(Qt::WA_SetFont))
        widget->setFont(typeFont(Type::Control, QFont::Medium));
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_SplitterWidth: return 1;
    case PM_ScrollBarExtent: return 10;
    case PM_TabCloseIndicatorWidth:
    case PM_TabCloseIndicatorHeight: return scaled(16);
    case PM_ScrollBarSliderMin: return 32;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
    case PM_SmallIconSize:
    case PM_ButtonIconSize: return scaled(16);
    case PM_MenuPanelWidth: return 1;
    case PM_MenuHMargin: return 0;
    case PM_MenuVMargin: return 4;
    case PM_ToolTipLabelFrameWidth: return 6;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_ButtonDefaultIndicator:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabOverlap:
    case PM_TabBarBaseOverlap: return 0;
    case PM_DefaultFrameWidth: return 1;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return scaled(6);
    case PM_HeaderMargin: return scaled(6);
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin: return scaled(6);
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_TabBar_PreferNoArrows:
    case SH_ScrollBar_Transient:
    case SH_ComboBox_Popup: return 0;
    case SH_MenuBar_MouseTracking:
    case SH_Menu_MouseTracking:
    case SH_ScrollBar_LeftClickAbsolutePosition: return 1;
    case SH_ToolTip_WakeUpDelay: return 500;
    case SH_Widget_Animation_Duration: return 0; // nothing jumps, nothing glides: ours are made by hand
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize Style::sizeFromContents(
    ContentsType type, const QStyleOption *option, const QSize &size, const QWidget *widget) const
{
    const int height = scaled(28);
    const QFontMetrics metrics = option ? option->fontMetrics : QFontMetrics(typeFont(Type::Control));
    switch (type) {
    case CT_PushButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        if (!button)
            break;
        const bool link = kindOf(widget) == "link";
        int width = metrics.horizontalAdvance(button->text) + (link ? scaled(4) : scaled(24));
        if (!button->icon.isNull())
            width += scaled(16) + (button->text.isEmpty() ? 0 : scaled(6));
        if (button->features.testFlag(QStyleOptionButton::HasMenu))
            width += scaled(16);
        return { button->text.isEmpty() ? height : width, height };
    }
    case CT_ToolButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        if (!button)
            break;
        int width = height;
        if (button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty())
            width = metrics.horizontalAdvance(button->text) + scaled(16)
                + (button->toolButtonStyle == Qt::ToolButtonTextBesideIcon ? scaled(22) : 0);
        if (button->features.testFlag(QStyleOptionToolButton::HasMenu)
            && button->toolButtonStyle != Qt::ToolButtonIconOnly)
            width += scaled(18);
        return { width, height };
    }
    case CT_LineEdit: return { size.width() + scaled(16), height };
    case CT_SpinBox: return { size.width() + scaled(28), height };
    case CT_ComboBox: return { size.width() + scaled(9 + 26), height };
    case CT_TabBarTab: {
        const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option);
        if (!tab)
            break;
        int width = QFontMetrics(typeFont(Type::Section)).size(Qt::TextShowMnemonic, tab->text).width() + scaled(20)
            + tab->leftButtonSize.width() + tab->rightButtonSize.width() + (tab->rightButtonSize.width() > 0 ? scaled(8) : 0);
        if (!tab->icon.isNull())
            width += scaled(22);
        return { width, scaled(kindOf(widget) == "document" ? 36 : 32) };
    }
    case CT_HeaderSection: return { QProxyStyle::sizeFromContents(type, option, size, widget).width(), scaled(28) };
    case CT_MenuItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        if (item && item->menuItemType == QStyleOptionMenuItem::Separator)
            return { size.width(), scaled(9) };
        return { size.width() + scaled(16 + 16 + 36), scaled(28) };
    }
    case CT_ItemViewItem: {
        const QSize base = QProxyStyle::sizeFromContents(type, option, size, widget);
        return { base.width(), qMax(base.height(), scaled(26)) };
    }
    default: break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

QRect Style::subControlRect(
    ComplexControl control, const QStyleOptionComplex *option, SubControl part, const QWidget *widget) const
{
    if (control == CC_ComboBox) {
        const QRect r = option->rect;
        if (part == SC_ComboBoxEditField)
            return visualRect(option->direction, r, r.adjusted(scaled(9), 1, -scaled(24), -1));
        if (part == SC_ComboBoxArrow)
            return visualRect(option->direction, r, QRect(r.right() - scaled(22), r.top(), scaled(20), r.height()));
        if (part == SC_ComboBoxFrame)
            return r;
    }
    if (control == CC_ScrollBar) {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (part == SC_ScrollBarAddLine || part == SC_ScrollBarSubLine || !bar)
            return {};
        if (part == SC_ScrollBarGroove)
            return option->rect;
        const bool vertical = bar->orientation == Qt::Vertical;
        const int length = vertical ? option->rect.height() : option->rect.width();
        const qint64 range = qint64(bar->maximum) - bar->minimum;
        int handle = length;
        if (range > 0)
            handle = qBound(qMin(32, length), int(qint64(bar->pageStep) * length / (range + bar->pageStep)), length);
        const int start =
            sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
        const auto slice = [&](int from, int to) {
            const QRect r = vertical ? QRect(0, from, option->rect.width(), to - from)
                                     : QRect(from, 0, to - from, option->rect.height());
            return visualRect(option->direction, option->rect, r.translated(option->rect.topLeft()));
        };
        switch (part) {
        case SC_ScrollBarSlider: return slice(start, start + handle);
        case SC_ScrollBarSubPage: return slice(0, start);
        case SC_ScrollBarAddPage: return slice(start + handle, length);
        default: break;
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    switch (element) {
    case SE_LineEditContents:
        // A field without a frame (inside another widget's) keeps no margin of its own.
        if (const auto *edit = qobject_cast<const QLineEdit *>(widget); edit && !edit->hasFrame())
            return option->rect;
        return option->rect.adjusted(scaled(6), 1, -scaled(6), -1);
    case SE_HeaderLabel: return option->rect.adjusted(scaled(6), 0, -scaled(6), 0);
    default: return QProxyStyle::subElementRect(element, option, widget);
    }
}
} // namespace gatehouse::ui
