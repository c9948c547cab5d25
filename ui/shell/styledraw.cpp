// What Style draws; its measures are in style.cpp.
#include "ui/shell/style.h"

#include "ui/models/format.h"
#include "ui/shell/theme.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/marks.h"

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

constexpr qreal controlRadius = 5;

QByteArray kindOf(const QWidget *widget) { return widget ? widget->property("kind").toByteArray() : QByteArray(); }

bool hasError(const QWidget *widget) { return widget && widget->property("error").toBool(); }

bool isOn(const QStyleOption *option, QStyle::StateFlag flag) { return option->state.testFlag(flag); }

// A ring only for those who came by keyboard; State_HasFocus alone is also set by a click.
bool showsRing(const QStyleOption *option)
{
    return isOn(option, QStyle::State_HasFocus) && isOn(option, QStyle::State_KeyboardFocusChange);
}

void drawField(const QStyleOption *option, QPainter *painter, const QWidget *widget, bool focused, QColor fill)
{
    const Tokens &t = Tokens::current();
    if (!isOn(option, QStyle::State_Enabled) || (isOn(option, QStyle::State_ReadOnly) && widget))
        fill = t.sunken;
    if (hasError(widget))
        drawBox(painter, option->rect, controlRadius, fill, t.server.fill, 2);
    else if (focused)
        drawBox(painter, option->rect, controlRadius, fill, t.focus, t.focusWidth);
    else
        drawBox(painter, option->rect, controlRadius, fill, t.line2);
}

struct ButtonLook {
    QColor fill, border, text;
};

ButtonLook buttonLook(const QByteArray &kind, const QStyleOption *option)
{
    const Tokens &t = Tokens::current();
    const QColor plain = t.dark ? t.raised : t.surface;
    const bool enabled = isOn(option, QStyle::State_Enabled);
    const bool down = isOn(option, QStyle::State_Sunken);
    const bool hover = enabled && isOn(option, QStyle::State_MouseOver);
    ButtonLook look{ plain, t.line2, t.text };
    if (kind == "primary")
        look = enabled ? ButtonLook{ t.accent, t.accent, t.onAccent } : ButtonLook{ t.sunken, t.line2, t.text3 };
    else if (kind == "quiet")
        look = { QColor(), QColor(), t.text };
    else if (kind == "link")
        look = { QColor(), QColor(), t.accentText };
    else if (kind == "danger")
        look.text = t.server.text;
    else if (kind == "tinted" || isOn(option, QStyle::State_On))
        look = { t.accentTint, kind == "tinted" ? t.accentTint : t.accent, t.accentText };
    if (!enabled)
        look.text = t.text3;
    if (kind == "link")
        return look;
    if (down || hover) {
        const QColor ground = look.fill.isValid() ? look.fill : t.surface;
        look.fill = blend(ground, t.text, down ? 0.12 : 0.06);
    }
    return look;
}

void drawMark(QPainter *painter, const QRectF &box, const QPolygonF &points, const QColor &color, qreal width)
{
    painter->setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    QPolygonF placed;
    for (const QPointF &p : points)
        placed << QPointF(box.left() + p.x() * box.width(), box.top() + p.y() * box.height());
    painter->drawPolyline(placed);
}

void drawIndicator(const QStyleOption *option, QPainter *painter, bool round)
{
    const Tokens &t = Tokens::current();
    const bool mixed = isOn(option, QStyle::State_NoChange);
    const bool on = isOn(option, QStyle::State_On) || mixed;
    const bool enabled = isOn(option, QStyle::State_Enabled);
    const QRectF box = QRectF(option->rect).adjusted(1, 1, -1, -1);
    const qreal radius = round ? box.width() / 2 : 4;
    const QColor ground = !enabled ? t.sunken : on ? t.accent : t.field;
    drawBox(painter, box, radius, ground, on && enabled ? t.accent : enabled ? t.control : t.line2, 1.2);
    const QColor ink = enabled ? t.onAccent : t.text3;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (round && on) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink);
        painter->drawEllipse(box.center(), box.width() * 0.2, box.width() * 0.2);
    } else if (mixed) {
        drawMark(painter, box, { { 0.28, 0.5 }, { 0.72, 0.5 } }, ink, 1.8);
    } else if (on) {
        drawMark(painter, box, { { 0.26, 0.52 }, { 0.44, 0.7 }, { 0.75, 0.33 } }, ink, 1.8);
    }
    if (showsRing(option))
        drawFocusRing(painter, option->rect, round ? radius + 1 : 5);
    painter->restore();
}

void drawTab(const QStyleOptionTab *tab, QPainter *painter, const QWidget *widget)
{
    const Tokens &t = Tokens::current();
    const bool selected = isOn(tab, QStyle::State_Selected);
    const bool document = kindOf(widget) == "document";
    const QRect r = tab->rect;
    painter->save();
    if (document) {
        painter->fillRect(r, selected ? t.surface : t.sunken);
        painter->fillRect(QRect(r.right(), r.top(), 1, r.height()), t.line);
        painter->fillRect(selected ? QRect(r.left(), r.top(), r.width(), 2) : QRect(r.left(), r.bottom(), r.width(), 1),
            selected ? t.accent : t.line);
    } else if (selected) {
        const int inset = scaled(10);
        painter->fillRect(QRect(r.left() + inset, r.bottom() - 1, r.width() - 2 * inset, 2), t.accent);
    }
    const bool hover = isOn(tab, QStyle::State_MouseOver) && isOn(tab, QStyle::State_Enabled);
    painter->setPen(!isOn(tab, QStyle::State_Enabled) ? t.text3 : selected || hover ? t.text : t.text2);
    QFont f = typeFont(Type::Strong, selected ? QFont::DemiBold : QFont::Medium);
    if (widget && document)
        f.setItalic(widget->font().italic());
    painter->setFont(f);
    QRect text = r.adjusted(scaled(10), 0, -scaled(10), 0);
    if (!tab->icon.isNull()) {
        const int size = scaled(16);
        const QRect icon(text.left(), text.center().y() - size / 2, size, size);
        tab->icon.paint(painter, QStyle::visualRect(tab->direction, text, icon));
        text.setLeft(text.left() + size + scaled(6));
    }
    text.setLeft(text.left() + tab->leftButtonSize.width());
    text.setRight(text.right() - tab->rightButtonSize.width());
    QString words = tab->text;
    if (const qsizetype space = words.indexOf(QLatin1String("  ")); document && space > 0) { // "GET  Name": a method as everywhere
        const QString method = words.left(space);
        const QFont wire = typeFont(Type::WireSmall);
        painter->save();
        painter->setFont(wire);
        painter->setPen(methodColor(method));
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeading, visibleText(method));
        painter->restore();
        const int taken = QFontMetrics(wire).horizontalAdvance(method) + scaled(8);
        tab->direction == Qt::RightToLeft ? text.setRight(text.right() - taken) : text.setLeft(text.left() + taken);
        words.remove(0, space + 2);
    }
    painter->drawText(
        text, Qt::AlignVCenter | (document ? Qt::AlignLeading : Qt::AlignHCenter) | Qt::TextShowMnemonic, visibleText(words));
    if (showsRing(tab) && selected)
        drawFocusRing(painter, r.adjusted(2, 3, -2, -3), controlRadius);
    painter->restore();
}

void drawHeaderSection(const QStyleOptionHeader *header, QPainter *painter)
{
    const Tokens &t = Tokens::current();
    painter->fillRect(header->rect, t.sunken);
    painter->fillRect(QRect(header->rect.left(), header->rect.bottom(), header->rect.width(), 1), t.line);
    if (isOn(header, QStyle::State_MouseOver))
        painter->fillRect(QRect(header->rect.right(), header->rect.top() + 6, 1, header->rect.height() - 12), t.line2);
}

void drawHeaderLabel(const QStyleOptionHeader *header, QPainter *painter)
{
    const Tokens &t = Tokens::current();
    painter->setFont(typeFont(Type::Head, header->sortIndicator ? QFont::DemiBold : QFont::Medium));
    painter->setPen(header->sortIndicator ? t.text : t.text2);
    const QRect text = header->rect;
    const QString shown = painter->fontMetrics().elidedText(visibleText(header->text), Qt::ElideRight, text.width());
    painter->drawText(text, static_cast<int>(header->textAlignment) | Qt::AlignVCenter, shown);
}

void drawScrollBar(const QStyleOptionSlider *bar, QPainter *painter, const QRect &handle)
{
    const Tokens &t = Tokens::current();
    if (bar->maximum <= bar->minimum)
        return;
    const bool hot = isOn(bar, QStyle::State_MouseOver) || isOn(bar, QStyle::State_Sunken);
    const int inset = hot ? 2 : 3;
    const QRect r = bar->orientation == Qt::Vertical ? handle.adjusted(inset, 1, -inset, -1)
                                                     : handle.adjusted(1, inset, -1, -inset);
    const qreal radius = qMin(r.width(), r.height()) / 2.0;
    drawBox(painter, r, radius, hot ? t.control : blend(t.surface, t.control, t.highContrast ? 1 : 0.5), QColor());
}

void drawMenuItem(const QStyleOptionMenuItem *item, QPainter *painter)
{
    const Tokens &t = Tokens::current();
    const QRect r = item->rect.adjusted(4, 0, -4, 0);
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        painter->fillRect(QRect(r.left() + 4, r.center().y(), r.width() - 8, 1), t.line);
        return;
    }
    const bool enabled = isOn(item, QStyle::State_Enabled);
    if (isOn(item, QStyle::State_Selected) && enabled)
        drawBox(painter, r, controlRadius, t.selected, QColor());
    const bool rtl = item->direction == Qt::RightToLeft;
    const auto mirrored = [&](const QRect &q) { return QStyle::visualRect(item->direction, r, q); };
    const int size = scaled(16);
    const QRect icon = mirrored(QRect(r.left() + 8, r.center().y() - size / 2, size, size));
    if (item->checkType != QStyleOptionMenuItem::NotCheckable) {
        if (item->checked)
            paintIcon(painter, icon, IconId::Check, enabled ? t.accentText : t.text3);
    } else if (!item->icon.isNull()) {
        item->icon.paint(painter, icon, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    }
    const qsizetype tab = item->text.indexOf(QLatin1Char('\t'));
    const QRect text = mirrored(r.adjusted(size + 16, 0, -scaled(20), 0));
    painter->setFont(item->font);
    painter->setPen(enabled ? t.text : t.text3);
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeading | Qt::TextShowMnemonic | Qt::TextSingleLine,
        visibleText(tab < 0 ? item->text : item->text.left(tab)));
    if (tab >= 0) {
        painter->setPen(t.text3);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignTrailing | Qt::TextSingleLine, item->text.mid(tab + 1));
    }
    if (item->menuItemType == QStyleOptionMenuItem::SubMenu) {
        const QRect arrow = mirrored(QRect(r.right() - size, r.center().y() - size / 2, size, size));
        paintIcon(painter, arrow, rtl ? IconId::ChevronLeft : IconId::ChevronRight, t.text3);
    }
}

} // namespace

void Style::drawPrimitive(
    PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const Tokens &t = Tokens::current();
    switch (element) {
    case PE_PanelLineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth <= 0)
            return; // without a frame: the ground is the parent's
        drawField(option, painter, widget, isOn(option, State_HasFocus), t.field);
        return;
    }
    case PE_FrameLineEdit: return; // part of the panel
    case PE_FrameFocusRect: {
        if (qobject_cast<const QAbstractItemView *>(widget)) {
            const QRect r = option->rect;
            painter->fillRect(
                QRect(option->direction == Qt::RightToLeft ? r.right() - 2 : r.left(), r.top(), 3, r.height()),
                t.focus);
        } else if (isOn(option, State_KeyboardFocusChange)) {
            drawFocusRing(painter, option->rect, controlRadius);
        }
        return;
    }
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: drawIndicator(option, painter, false); return;
    case PE_IndicatorRadioButton: drawIndicator(option, painter, true); return;
    case PE_PanelItemViewItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option);
        if (item && item->backgroundBrush.style() != Qt::NoBrush)
            painter->fillRect(item->rect, item->backgroundBrush);
        drawRowBackground(painter, option->rect, isOn(option, State_Selected), inActiveWindow(*option),
            isOn(option, State_MouseOver), false);
        return;
    }
    case PE_PanelScrollAreaCorner: painter->fillRect(option->rect, t.surface); return;
    case PE_PanelItemViewRow: return; // each item draws its own ground
    case PE_FrameMenu: return;
    case PE_PanelMenu: drawBox(painter, option->rect, 8, t.raised, t.line2); return;
    case PE_PanelTipLabel: drawBox(painter, option->rect, controlRadius, t.raised, t.line2); return;
    case PE_Frame:
    case PE_FrameGroupBox:
    case PE_FrameWindow: {
        const QByteArray kind = kindOf(widget);
        const bool sunken = kind == "sunken";
        if (sunken || kind == "card" || kind == "plot")
            drawBox(painter, option->rect, 7,
                sunken                          ? t.sunken
                    : kind == "plot" || !t.dark ? t.surface
                                                : t.raised,
                t.line);
        else
            drawBox(painter, option->rect, controlRadius, QColor(), t.line2);
        return;
    }
    case PE_FrameTabBarBase:
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.line);
        return;
    case PE_FrameTabWidget:
    case PE_FrameStatusBarItem:
    case PE_PanelStatusBar: return;
    case PE_IndicatorBranch:
        if (isOn(option, State_Children)) {
            const int size = scaled(12);
            const QRect r(option->rect.center().x() - size / 2, option->rect.center().y() - size / 2, size, size);
            const IconId closed = option->direction == Qt::RightToLeft ? IconId::ChevronLeft : IconId::ChevronRight;
            paintIcon(painter, r, isOn(option, State_Open) ? IconId::ChevronDown : closed, t.text2);
        }
        return;
    case PE_IndicatorHeaderArrow:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option))
            paintIcon(painter, option->rect,
                header->sortIndicator == QStyleOptionHeader::SortUp ? IconId::ArrowUp : IconId::ArrowDown, t.text2);
        return;
    case PE_IndicatorArrowDown: paintIcon(painter, option->rect, IconId::ChevronDown, t.text2); return;
    case PE_IndicatorArrowUp: paintIcon(painter, option->rect, IconId::ChevronUp, t.text2); return;
    case PE_IndicatorArrowLeft: paintIcon(painter, option->rect, IconId::ChevronLeft, t.text2); return;
    case PE_IndicatorArrowRight: paintIcon(painter, option->rect, IconId::ChevronRight, t.text2); return;
    case PE_IndicatorTabClose:
        if (widget && widget->property("unsaved").toBool() && !isOn(option, State_MouseOver)) { // a cross where it is aimed at
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(t.client.fill);
            painter->drawEllipse(QRectF(option->rect).center(), scaled(7) / 2.0, scaled(7) / 2.0);
            painter->restore();
            return;
        }
        paintIcon(painter, option->rect, IconId::Close, isOn(option, State_MouseOver) ? t.text : t.text3);
        return;
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(
    ControlElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const Tokens &t = Tokens::current();
    switch (element) {
    case CE_PushButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        if (!button)
            break;
        const QByteArray kind = kindOf(widget);
        const ButtonLook look = buttonLook(kind, option);
        if (look.fill.isValid())
            drawBox(painter, option->rect, controlRadius, look.fill, look.border);
        const int size = scaled(16);
        const bool menu = button->features.testFlag(QStyleOptionButton::HasMenu);
        const int textWidth = button->fontMetrics.size(Qt::TextShowMnemonic, button->text).width();
        int width = textWidth + (menu ? size : 0);
        if (!button->icon.isNull())
            width += size + (button->text.isEmpty() ? 0 : scaled(6));
        const QRect r = option->rect;
        int x = r.left() + qMax(kind == "link" ? 2 : scaled(4), (r.width() - width) / 2);
        if (!button->icon.isNull()) {
            const QRect place = visualRect(option->direction, r, QRect(x, r.center().y() - size / 2 + 1, size, size));
            paintIcon(painter, place, button->icon, look.text);
            x += size + scaled(6);
        }
        painter->setPen(look.text);
        const QRect text =
            visualRect(option->direction, r, QRect(x, r.top(), qMin(textWidth, r.right() - x), r.height()));
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeading | Qt::TextShowMnemonic | Qt::TextSingleLine,
            button->fontMetrics.elidedText(visibleText(button->text), Qt::ElideRight, text.width() + 1, Qt::TextShowMnemonic));
        if (menu) {
            const QRect arrow(x + textWidth + scaled(4), r.center().y() - scaled(6), scaled(12), scaled(12));
            paintIcon(painter, visualRect(option->direction, r, arrow), IconId::ChevronDown, t.text2);
        }
        if (showsRing(option))
            drawFocusRing(painter, r, controlRadius);
        return;
    }
    case CE_TabBarTab:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option))
            drawTab(tab, painter, widget);
        return;
    case CE_HeaderSection:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option))
            drawHeaderSection(header, painter);
        return;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, t.sunken);
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.line);
        return;
    case CE_HeaderLabel:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option))
            drawHeaderLabel(header, painter);
        return;
    case CE_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option))
            drawMenuItem(item, painter);
        return;
    case CE_MenuEmptyArea: return;
    case CE_Splitter: painter->fillRect(option->rect, t.line); return;
    case CE_ComboBoxLabel: {
        const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
        if (!combo || combo->editable)
            break;
        QRect text = proxy()->subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
        if (!combo->currentIcon.isNull()) {
            const int size = scaled(16);
            combo->currentIcon.paint(painter,
                visualRect(option->direction, text, QRect(text.left(), text.center().y() - size / 2, size, size)));
            text.adjust(option->direction == Qt::LeftToRight ? size + 6 : 0, 0,
                option->direction == Qt::LeftToRight ? 0 : -size - 6, 0);
        }
        painter->setPen(isOn(option, State_Enabled) ? t.text : t.text3);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeading | Qt::TextSingleLine,
            combo->fontMetrics.elidedText(visibleText(combo->currentText), Qt::ElideRight, text.width() + 1));
        return;
    }
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    const Tokens &t = Tokens::current();
    switch (control) {
    case CC_ComboBox: {
        const bool focused = isOn(option, State_HasFocus);
        QColor fill = t.dark ? t.raised : t.surface;
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option); combo && combo->editable)
            fill = t.field;
        drawField(option, painter, widget, focused, fill);
        const QRect r = proxy()->subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget);
        const int size = scaled(16);
        const QRect icon(r.center().x() - size / 2, r.center().y() - size / 2 + 1, size, size);
        paintIcon(painter, icon, IconId::ChevronsUpDown, isOn(option, State_Enabled) ? t.text2 : t.text3);
        return;
    }
    case CC_ToolButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        if (!button)
            break;
        const bool framed = kindOf(widget) == "framed", on = isOn(option, State_On);
        const bool enabled = isOn(option, State_Enabled);
        const bool hot = enabled && (isOn(option, State_MouseOver) || isOn(option, State_Sunken));
        const QRect r = option->rect;
        const QColor ground = framed ? (t.dark ? t.raised : t.surface) : QColor();
        QColor fill = on ? t.accentTint : ground;
        if (hot)
            fill = on ? blend(t.accentTint, t.text, 0.06)
                      : blend(t.surface, t.text, isOn(option, State_Sunken) ? 0.14 : 0.08);
        if (fill.isValid() || framed)
            drawBox(painter, r, controlRadius, fill, framed ? t.line2 : on && t.highContrast ? t.accent : QColor());
        const QColor ink = !enabled ? blend(t.frame, t.text3, 0.55) : on ? t.accentText : t.text2;
        const int size = scaled(16);
        const bool hasText = button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty();
        const bool hasIcon = !button->icon.isNull() && button->toolButtonStyle != Qt::ToolButtonTextOnly;
        if (hasIcon) {
            const QRect place = hasText
                ? visualRect(
                    option->direction, r, QRect(r.left() + scaled(8), r.center().y() - size / 2 + 1, size, size))
                : QRect(r.left() + (r.width() - size) / 2, r.top() + (r.height() - size) / 2, size, size);
            paintIcon(painter, place, button->icon, ink);
        }
        if (hasText) {
            const bool menu = button->features.testFlag(QStyleOptionToolButton::HasMenu);
            const QRect text =
                visualRect(option->direction, r, r.adjusted(scaled(hasIcon ? 30 : 8), 0, -scaled(menu ? 22 : 8), 0));
            painter->setPen(!enabled ? t.text3 : on ? t.accentText : t.text);
            painter->setFont(button->font);
            painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeading | Qt::TextShowMnemonic, visibleText(button->text));
            if (menu)
                paintIcon(painter,
                    visualRect(option->direction, r,
                        QRect(r.right() - scaled(18), r.center().y() - scaled(6) + 1, scaled(12), scaled(12))),
                    IconId::ChevronDown, t.text2);
        }
        if (showsRing(option))
            drawFocusRing(painter, r, controlRadius);
        return;
    }
    case CC_ScrollBar:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option))
            drawScrollBar(bar, painter, proxy()->subControlRect(CC_ScrollBar, bar, SC_ScrollBarSlider, widget));
        return;
    case CC_SpinBox: {
        drawField(option, painter, widget, isOn(option, State_HasFocus), t.field);
        for (const auto part : { SC_SpinBoxUp, SC_SpinBoxDown }) {
            const QRect r = proxy()->subControlRect(CC_SpinBox, option, part, widget);
            const int size = scaled(10);
            paintIcon(painter, QRect(r.center().x() - size / 2, r.center().y() - size / 2, size, size),
                part == SC_SpinBoxUp ? IconId::ChevronUp : IconId::ChevronDown, t.text2);
        }
        return;
    }
    default: QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

} // namespace gatehouse::ui
