#include "ui/shell/noticearea.h"

#include "ui/shell/theme.h"
#include "ui/widgets/states.h"

#include <QtGui/QAccessible>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QPushButton>

#include <utility>

namespace gatehouse::ui {

NoticeArea::NoticeArea(QWidget *parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    setAccessibleName(tr("Questions about the workspace"));
    m_column->setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(8));
    m_column->setSpacing(scaled(6));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    QWidget::hide();
}

void NoticeArea::show(const WorkspaceNotice &notice)
{
    const bool isNew = !m_shown.contains(notice.id);
    Shown &shown = m_shown[notice.id];
    const bool same = !isNew && shown.notice.title == notice.title && shown.notice.detail == notice.detail
        && shown.notice.answers.size() == notice.answers.size();
    const bool hadFocus = shown.bar && shown.bar->isAncestorOf(QApplication::focusWidget());
    shown.notice = notice;
    if (isNew) {
        shown.bar = new NoticeBar(notice.hue, this);
        shown.bar->setObjectName(notice.id);
        m_column->addWidget(shown.bar);
    }
    if (!same)
        fill(shown);
    shown.bar->show();
    QWidget::show();
    const QList<QPushButton *> answers = shown.bar->commands();
    if ((notice.takeFocus || hadFocus) && !answers.isEmpty()) {
        if (QWidget *focus = window()->focusWidget(); focus && !isAncestorOf(focus))
            m_before = focus;
        answers.first()->setFocus(Qt::OtherFocusReason);
    }
    if (!same) {
        QAccessibleEvent alert(shown.bar, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
    }
}

void NoticeArea::fill(Shown &shown)
{
    shown.bar->setHue(shown.notice.hue);
    shown.bar->setNotice(shown.notice.title, shown.notice.detail.isEmpty() ? Runs() : Runs { soft(shown.notice.detail) });
    shown.bar->clearCommands();
    for (qsizetype i = 0; i < shown.notice.answers.size(); ++i)
        connect(shown.bar->addCommand(shown.notice.answers[i].text), &QPushButton::clicked, this,
            [this, id = shown.notice.id, i] {
                if (const auto run = m_shown.value(id).notice.answers.value(i).run)
                    run();
            });
}

void NoticeArea::hide(const QString &id)
{
    if (!m_shown.contains(id))
        return;
    NoticeBar *bar = m_shown.take(id).bar;
    const bool hadFocus = bar->isAncestorOf(QApplication::focusWidget());
    bar->hide();
    bar->deleteLater(); // a button of it may be what asked
    setVisible(!m_shown.isEmpty());
    if (hadFocus && m_before && m_before->isVisible())
        m_before->setFocus(Qt::OtherFocusReason);
}

NoticeBar *NoticeArea::bar(const QString &id) const { return m_shown.value(id).bar; }

void NoticeArea::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        for (const Shown &shown : std::as_const(m_shown))
            if (shown.notice.escape && shown.bar->isAncestorOf(QApplication::focusWidget())) {
                const auto escape = shown.notice.escape; // may hide the bar
                escape();
                return;
            }
    QWidget::keyPressEvent(event);
}

void NoticeArea::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.fillRect(rect(), t.frame);
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.line);
}

} // namespace gatehouse::ui
