#include "ui/widgets/foldingpair.h"

#include "ui/shell/theme.h"

#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTabBar>

namespace gatehouse::ui {

FoldingPair::FoldingPair(QWidget *first, const QString &firstName, QWidget *second, const QString &secondName, QWidget *parent)
    : QWidget(parent), m_splitter(new QSplitter(Qt::Horizontal)), m_tabs(new QTabBar(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    m_tabs->addTab(firstName);
    m_tabs->addTab(secondName);
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("%1 or %2").arg(firstName, secondName));
    m_tabs->hide();
    auto *row = new QHBoxLayout;
    row->setContentsMargins(scaled(8), 0, scaled(8), 0);
    row->addWidget(m_tabs);
    row->addStretch();
    layout->addLayout(row);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(first);
    m_splitter->addWidget(second);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 0);
    layout->addWidget(m_splitter, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &FoldingPair::showCurrent);
}

void FoldingPair::bring(const QWidget *region)
{
    for (int i = 0; i < m_splitter->count(); ++i)
        if (m_splitter->widget(i) == region || m_splitter->widget(i)->isAncestorOf(region))
            m_tabs->setCurrentIndex(i);
}

void FoldingPair::setSecondUsed(bool used)
{
    if (used == m_secondUsed)
        return;
    m_secondUsed = used;
    m_tabs->setVisible(m_folded && used);
    showCurrent();
}

void FoldingPair::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fold();
}

void FoldingPair::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    fold();
}

void FoldingPair::fold()
{
    const bool narrow = window()->width() < scaled(narrowWindow);
    if (narrow == m_folded)
        return;
    m_folded = narrow;
    m_tabs->setVisible(narrow && m_secondUsed);
    showCurrent();
}

void FoldingPair::showCurrent()
{
    const int current = m_secondUsed ? m_tabs->currentIndex() : 0;
    for (int i = 0; i < m_splitter->count(); ++i)
        m_splitter->widget(i)->setVisible((!m_folded && (i == 0 || m_secondUsed)) || i == current);
}

} // namespace gatehouse::ui
