// Bars between the top bar and the panels, for what concerns the whole workspace and waits for an answer. They cover nothing and
// hold up nothing; the keyboard reaches them by F6, and by itself where a person has just asked.
#pragma once

#include "ui/shell/tokens.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QPointer>
#include <QtCore/QString>
#include <QtWidgets/QWidget>

#include <functional>

class QVBoxLayout;

namespace gatehouse::ui {

class NoticeBar;

struct NoticeAnswer {
    QString text; // a verb: "Restore the edits"
    std::function<void()> run;
};

struct WorkspaceNotice {
    QString id; // one bar each; the same again replaces its words and answers
    HueId hue = HueId::Client;
    QString title; // what happened
    QString detail; // what follows from it
    QList<NoticeAnswer> answers; // the first is the usual one
    bool takeFocus = false; // the first answer gets the focus
    std::function<void()> escape; // Escape while the focus is in it; empty: nothing
};

class NoticeArea final : public QWidget {
    Q_OBJECT
public:
    explicit NoticeArea(QWidget *parent = nullptr);

    void show(const WorkspaceNotice &notice);
    void hide(const QString &id); // the focus goes back to where it was
    NoticeBar *bar(const QString &id) const; // null: it is not shown

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    struct Shown {
        WorkspaceNotice notice;
        NoticeBar *bar = nullptr;
    };
    void fill(Shown &shown);
    QHash<QString, Shown> m_shown;
    QVBoxLayout *m_column;
    QPointer<QWidget> m_before; // had the focus before a bar took it
};

} // namespace gatehouse::ui
