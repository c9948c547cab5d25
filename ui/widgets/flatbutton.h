// A button without a frame whose face is an icon or mark and runs of text: top bar, status bar, chips, crumbs.
#pragma once

#include "ui/shell/theme.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/runs.h"

#include <QtWidgets/QAbstractButton>

#include <optional>

namespace gatehouse::ui {

class FlatButton : public QAbstractButton {
    Q_OBJECT
public:
    explicit FlatButton(QWidget *parent = nullptr);

    struct Face {
        std::optional<IconId> icon;
        std::optional<Mark> mark;
        Runs text;
        std::optional<HueId> hue; // of icon and text
        bool chevron = false; // opens a menu
        bool unsavedDot = false; // a dot in client after the text
        std::optional<HueId> iconHue = {}; // of the icon alone
    };
    void setFace(const Face &face);
    const Face &face() const { return m_face; }
    void setBaseType(Type type);
    void setPadding(int designPixels) { m_padding = designPixels; }
    void setHeight(int designPixels) { m_height = designPixels; }
    // For live numbers: at least this wide, so that neighbours stand still; grows, never shrinks.
    void setSteady(bool steady) { m_steady = steady; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    int contentWidth() const;
    Face m_face;
    Type m_type;
    int m_padding = 8, m_height = 28;
    bool m_steady = false;
    mutable int m_widest = 0;
};

// Keys drawn as caps ("Ctrl K"); returns the width.
int paintKeyCap(QPainter *painter, const QPointF &topLeft, const QString &text);
int keyCapWidth(const QString &text);

} // namespace gatehouse::ui
