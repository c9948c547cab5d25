#include "ui/widgets/picklist.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QScreen>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>

namespace gatehouse::ui {

PickList::PickList(const QString &what, const QStringList &names, QWidget *parent)
    : QFrame(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_names(names)
    , m_field(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setAttribute(Qt::WA_TranslucentBackground);
    setAccessibleName(what);
    m_field->setPlaceholderText(what);
    m_field->setAccessibleName(what);
    m_field->installEventFilter(this);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus); // the field keeps it
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName(what);
    QPalette raised = palette();
    raised.setColor(QPalette::Base, Tokens::current().raised);
    m_list->setPalette(raised);
    m_list->viewport()->setPalette(raised);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(scaled(8), scaled(8), scaled(8), scaled(8));
    layout->setSpacing(scaled(6));
    layout->addWidget(m_field);
    layout->addWidget(m_list);
    resize(scaled(320), scaled(300));
    connect(m_field, &QLineEdit::textChanged, this, &PickList::narrow);
    connect(m_list, &QListWidget::itemClicked, this, &PickList::take);
    narrow();
}

void PickList::openAt(const QPoint &globalPos)
{
    QPoint at = globalPos;
    if (const QScreen *screen = QGuiApplication::screenAt(globalPos)) {
        const QRect room = screen->availableGeometry();
        at.setX(qBound(room.left(), at.x(), qMax(room.left(), room.right() - width())));
        at.setY(qBound(room.top(), at.y(), qMax(room.top(), room.bottom() - height())));
    }
    move(at);
    show();
    m_field->setFocus(Qt::PopupFocusReason);
}

void PickList::narrow()
{
    m_list->clear();
    for (const QString &name : m_names)
        if (name.contains(m_field->text(), Qt::CaseInsensitive))
            m_list->addItem(name);
    m_list->setCurrentRow(0);
}

void PickList::take()
{
    const QListWidgetItem *current = m_list->currentItem();
    if (!current)
        return;
    const QString name = current->text();
    close();
    Q_EMIT picked(name);
}

bool PickList::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int count = m_list->count();
        switch (static_cast<QKeyEvent *>(event)->key()) {
        case Qt::Key_Down: m_list->setCurrentRow(qMin(m_list->currentRow() + 1, count - 1)); return true;
        case Qt::Key_Up: m_list->setCurrentRow(qMax(m_list->currentRow() - 1, 0)); return true;
        case Qt::Key_Return:
        case Qt::Key_Enter: take(); return true;
        case Qt::Key_Escape: close(); return true;
        default: break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void PickList::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    drawBox(&painter, rect(), 8, t.raised, t.line2);
}

} // namespace gatehouse::ui
