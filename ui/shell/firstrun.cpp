#include "ui/shell/firstrun.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/states.h"

#include <QtCore/QDir>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>

namespace gatehouse::ui {

namespace {

constexpr int listWidth = 440, mostShown = 6;

// A workspace of late: folder, name, where it is.
class RecentRow final : public QAbstractButton {
public:
    RecentRow(const FirstRun::Recent &recent, QWidget *parent) : QAbstractButton(parent), m_name(recent.name), m_where(QDir::toNativeSeparators(recent.folder))
    {
        const QString home = QDir::toNativeSeparators(QDir::homePath());
        if (m_where.startsWith(home + QDir::separator()))
            m_where.replace(0, home.size(), QStringLiteral("~"));
        setAccessibleName(FirstRun::tr("Open %1, %2").arg(m_name, m_where));
        setFixedHeight(scaled(28));
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tokens &t = Tokens::current();
        if (underMouse() || isDown())
            drawBox(&painter, rect(), scaled(6), t.hover, QColor());
        paintIcon(&painter, QRectF(scaled(4), (height() - scaled(16)) / 2.0, scaled(16), scaled(16)), IconId::Folder, t.text2);
        const QFont name = typeFont(Type::Control, QFont::Medium), wire = typeFont(Type::WireSmall);
        const qreal left = scaled(30), most = width() * 0.45;
        drawListText(&painter, name, t.text, left, centredBaseline(name, 0, height()), most, m_name);
        const qreal where = left + std::min(most, QFontMetricsF(name).horizontalAdvance(m_name)) + scaled(10);
        painter.setFont(wire);
        painter.setPen(t.text2);
        painter.drawText(QPointF(where, centredBaseline(wire, 0, height())), QFontMetricsF(wire).elidedText(m_where, Qt::ElideMiddle, width() - where - scaled(4)));
        if (hasFocus())
            drawFocusRing(&painter, rect(), scaled(6));
    }

private:
    QString m_name, m_where;
};

} // namespace

FirstRun::FirstRun(QWidget *parent) : QWidget(parent)
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins({});
    auto *state = new EmptyState(IconId::Routes, tr("Put one address in front of your services"),
                                 tr("A workspace is a folder with a gatehouse.yaml. Start with the sample: routes, limits and mocks that answer at once."), this);
    auto *sample = state->addButton(tr("Open the sample"), true);
    sample->setIcon(makeIcon(IconId::Play, Tokens::current().onAccent));
    auto *folder = state->addButton(tr("Open a folder…"));
    folder->setIcon(makeIcon(IconId::Folder));
    connect(sample, &QPushButton::clicked, this, &FirstRun::sampleRequested);
    connect(folder, &QPushButton::clicked, this, [this] { Q_EMIT folderRequested({}); });
    m_list = new QWidget(state);
    m_list->setFixedWidth(scaled(listWidth));
    m_rows = new QVBoxLayout(m_list);
    m_rows->setContentsMargins(0, scaled(12), 0, 0);
    m_rows->setSpacing(0);
    state->addBelow(m_list);
    page->addWidget(state);
    setRecent({});
}

void FirstRun::setRecent(const QList<Recent> &recent)
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    m_list->setVisible(!recent.isEmpty());
    if (recent.isEmpty())
        return;
    m_rows->addWidget(new Hairline(Qt::Horizontal, m_list));
    auto *head = new QLabel(tr("Recent"), m_list);
    head->setFont(typeFont(Type::Head));
    head->setContentsMargins(0, scaled(12), 0, scaled(4));
    m_rows->addWidget(head);
    for (const Recent &one : recent.mid(0, mostShown)) {
        auto *row = new RecentRow(one, m_list);
        connect(row, &QAbstractButton::clicked, this, [this, folder = one.folder] { Q_EMIT folderRequested(folder); });
        m_rows->addWidget(row);
    }
}

} // namespace gatehouse::ui
