// Small controls that Qt has not: switch, segments, the row of methods, an icon button, a link.
#pragma once

#include "ui/widgets/icons.h"

#include <QtCore/QStringList>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

class QButtonGroup;

namespace gatehouse::ui {

// On and off, 26 by 14. Give it an accessible name: its text is not shown.
class Switch final : public QAbstractButton {
    Q_OBJECT
public:
    explicit Switch(const QString &name, QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

// One of few, side by side; Left and Right move, the choice follows.
class Segments final : public QWidget {
    Q_OBJECT
public:
    explicit Segments(const QStringList &texts, QWidget *parent = nullptr);
    int current() const;
    void setCurrent(int index);
    void setSegmentText(int index, const QString &text);

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QButtonGroup *m_group;
};

// GET HEAD POST …: any number of them; nothing chosen means any method. In lines, where one is too long.
class MethodToggleRow final : public QWidget {
    Q_OBJECT
public:
    explicit MethodToggleRow(QWidget *parent = nullptr);
    QStringList methods() const; // in the usual order, then others as they came
    void setMethods(const QStringList &methods);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return lay(width, false); }

Q_SIGNALS:
    void changed(const QStringList &methods);

protected:
    bool event(QEvent *event) override;

private:
    QAbstractButton *addMethod(const QString &method);
    int lay(int width, bool place) const; // gives the height
    QList<QAbstractButton *> m_buttons;
};

// A flat button of 28 with an icon; `name` is its tooltip and its name.
QToolButton *iconButton(IconId icon, const QString &name, QWidget *parent = nullptr);
// A command written as text in accent ("Add condition").
QPushButton *linkButton(const QString &text, QWidget *parent = nullptr);
// A push button with one of Style's kinds ("primary", "danger", …) and perhaps an icon.
QPushButton *button(const QString &text, const char *kind = "", QWidget *parent = nullptr);

// A hairline between regions.
class Hairline final : public QWidget {
    Q_OBJECT
public:
    explicit Hairline(Qt::Orientation orientation, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace gatehouse::ui
