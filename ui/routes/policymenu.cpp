#include "ui/routes/policymenu.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>

namespace gatehouse::ui {

namespace {
constexpr int menuWidth = 300, rowHeight = 28, mostHeight = 420;
constexpr int choiceRole = Qt::UserRole + 1;
} // namespace

PolicyMenu::PolicyMenu(const QList<PolicyChoice> &choices, QWidget *parent)
    : QFrame(parent, Qt::Popup), m_choices(choices), m_find(new QLineEdit(this)), m_list(new QListWidget(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setFixedWidth(scaled(menuWidth));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(scaled(8), scaled(8), scaled(8), scaled(8));
    layout->setSpacing(scaled(6));
    m_find->setPlaceholderText(tr("Find a policy"));
    m_find->setAccessibleName(tr("Find a policy"));
    m_find->addAction(makeIcon(IconId::Search), QLineEdit::LeadingPosition);
    m_find->installEventFilter(this);
    m_list->setAccessibleName(tr("Policies by task"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_find);
    layout->addWidget(m_list);
    setFocusProxy(m_find);
    connect(m_find, &QLineEdit::textChanged, this, &PolicyMenu::fill);
    connect(m_find, &QLineEdit::returnPressed, this, &PolicyMenu::take);
    connect(m_list, &QListWidget::itemClicked, this, [this](QListWidgetItem *item) {
        if (item->flags() & Qt::ItemIsSelectable)
            take();
    });
    fill({});
}

void PolicyMenu::fill(const QString &text)
{
    m_list->clear();
    QString task;
    for (qsizetype i = 0; i < m_choices.size(); ++i) {
        const PolicyChoice &choice = m_choices[i];
        if (!choice.name.contains(text.trimmed(), Qt::CaseInsensitive) && !choice.id.contains(text.trimmed(), Qt::CaseInsensitive) && !choice.task.contains(text.trimmed(), Qt::CaseInsensitive))
            continue;
        if (choice.task != task) {
            task = choice.task;
            auto *head = new QListWidgetItem(task, m_list);
            head->setFlags(Qt::NoItemFlags);
            head->setFont(typeFont(Type::Head));
            head->setForeground(Tokens::current().text2);
            head->setSizeHint(QSize(0, scaled(rowHeight)));
        }
        auto *item = new QListWidgetItem(makeIcon(choice.icon), choice.name, m_list);
        item->setFont(typeFont(Type::Control));
        item->setData(choiceRole, int(i));
        item->setSizeHint(QSize(0, scaled(rowHeight)));
        if (!m_list->currentItem())
            m_list->setCurrentItem(item);
    }
    m_list->setFixedHeight(std::min(scaled(mostHeight), std::max(1, m_list->count()) * scaled(rowHeight) + scaled(4)));
    adjustSize();
}

void PolicyMenu::step(int direction)
{
    for (int row = m_list->currentRow() + direction; row >= 0 && row < m_list->count(); row += direction)
        if (m_list->item(row)->flags() & Qt::ItemIsSelectable) {
            m_list->setCurrentRow(row);
            return;
        }
}

void PolicyMenu::take()
{
    const QListWidgetItem *item = m_list->currentItem();
    if (!item)
        return;
    const PolicyChoice choice = m_choices[item->data(choiceRole).toInt()];
    close();
    Q_EMIT chosen(choice.id, choice.shared);
}

bool PolicyMenu::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            step(key == Qt::Key_Down ? 1 : -1);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void PolicyMenu::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens &t = Tokens::current();
    painter.fillRect(rect(), t.raised);
    drawBox(&painter, rect(), 0, t.raised, t.line2);
}

} // namespace gatehouse::ui
