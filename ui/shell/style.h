// The look of the standard controls, on top of Fusion, from the tokens and font metrics. No style sheets anywhere: one
// on a widget takes this style away from its subtree. Dynamic properties a widget may set:
//   QPushButton "kind": "primary", "quiet" (no border), "link", "danger" (serverText), "tinted" (accent tint); none is
//   plain QToolButton "kind": "framed" (border like a button); none is a flat icon that lights up under the pointer
//   QLineEdit, QComboBox, QAbstractSpinBox "error": true draws the red border
//   QTabBar "kind": "document" (mark above, ground of the page); none is the underlined text tab
//   QFrame "kind": "card" (border, radius 7), "sunken" (the same on the sunken
//                 surface), "plot" (around charts and tiles: on the plain surface in dark too)
#pragma once

#include <QtWidgets/QProxyStyle>

namespace gatehouse::ui {

class Style final : public QProxyStyle {
    Q_OBJECT
public:
    Style();

    void polish(QWidget *widget) override;
    using QProxyStyle::polish;
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;
    int styleHint(
        StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const override;
    QSize sizeFromContents(
        ContentsType type, const QStyleOption *option, const QSize &size, const QWidget *widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
        const QWidget *widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const override;
    void drawPrimitive(
        PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const override;
    void drawControl(
        ControlElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
        const QWidget *widget) const override;
};

// A rounded box with a crisp border of one pixel (none where `border` is invalid), antialiased.
void drawBox(
    QPainter *painter, const QRectF &rect, qreal radius, const QColor &fill, const QColor &border, qreal width = 1);
// The ring of the focused control: Tokens::focusWidth in the focus colour, just inside `rect`.
void drawFocusRing(QPainter *painter, const QRectF &rect, qreal radius);
// The ground of a row in a list or table: selection tint, hover, and the 3 px focus bar at the reading edge.
// Whether the row's window is the active one. State_Active says less: a view takes it from its rows as soon as the focus is
// elsewhere in the same window.
bool inActiveWindow(const QStyleOption &option);
QColor selectionColor(const QStyleOption &option); // the ground of a selected row: paler where its window is inactive
void drawRowBackground(QPainter *painter, const QRect &row, bool selected, bool active, bool hovered, bool focused,
    bool rightToLeft = false);
// Sets `kind` and polishes anew.
void setKind(QWidget *widget, const char *kind);
void setError(QWidget *widget, bool error);

} // namespace gatehouse::ui
