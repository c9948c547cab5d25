#include "ui/shell/shortcutsheet.h"

#include "ui/shell/actions.h"
#include "ui/shell/theme.h"

#include <QtGui/QAction>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QTreeWidget>

namespace gatehouse::ui {

ShortcutSheet::ShortcutSheet(const Actions *actions, QWidget *parent)
    : QDialog(parent)
    , m_actions(actions)
    , m_filter(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
{
    setWindowTitle(tr("Keyboard"));
    resize(scaled(560), scaled(560));
    m_filter->setPlaceholderText(tr("Find an action or a key"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_filter->setClearButtonEnabled(true);
    m_list->setColumnCount(2);
    m_list->setHeaderHidden(true);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setIndentation(0);
    m_list->setItemsExpandable(false);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("Actions and their keys"));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(scaled(16), scaled(16), scaled(16), scaled(16));
    column->setSpacing(scaled(12));
    column->addWidget(m_filter);
    column->addWidget(m_list, 1);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { fill(); });
    fill();
}

void ShortcutSheet::fill()
{
    m_list->clear();
    QStringList groups;
    for (const QAction *action : m_actions->all())
        if (!groups.contains(Actions::groupOf(action)))
            groups << Actions::groupOf(action);
    for (const QString &group : groups) {
        QTreeWidgetItem *head = nullptr;
        for (const QAction *action : m_actions->all()) {
            const QString text = QString(action->text()).remove(QLatin1Char('&'));
            const QString keys = QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText)
                                     .replace(QStringLiteral("; "), QStringLiteral(", "));
            const bool wanted = text.contains(m_filter->text(), Qt::CaseInsensitive)
                || keys.contains(m_filter->text(), Qt::CaseInsensitive);
            if (Actions::groupOf(action) != group || keys.isEmpty() || !wanted)
                continue;
            if (!head) {
                head = new QTreeWidgetItem(m_list, { group });
                head->setFont(0, typeFont(Type::Head));
                head->setFlags(Qt::ItemIsEnabled);
                head->setFirstColumnSpanned(true);
            }
            auto *row = new QTreeWidgetItem(m_list, { text, keys });
            row->setFont(1, typeFont(Type::Wire));
        }
    }
}

} // namespace gatehouse::ui
