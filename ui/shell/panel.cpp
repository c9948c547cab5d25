#include "ui/shell/panel.h"

namespace gatehouse::ui {

Panel::Panel(QWidget *parent)
    : QWidget(parent)
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
}

void Panel::activate()
{
    if (!focusWidget() || focusWidget() == this)
        focusNextChild();
    else
        focusWidget()->setFocus(Qt::OtherFocusReason);
}

bool Panel::open(const Place &place) { return place.kind == Place::Kind::Panel; }
QString Panel::selectedRequest(quint64 *) const { return {}; }
bool Panel::nextProblem(int) { return false; }
QList<QWidget *> Panel::regions() { return { this }; }
void Panel::restoreState(const QVariantMap &) { }

void Panel::setBadge(const Badge &badge)
{
    if (m_badge == badge)
        return;
    m_badge = badge;
    Q_EMIT badgeChanged();
}

} // namespace gatehouse::ui
