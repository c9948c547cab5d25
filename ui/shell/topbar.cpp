#include "ui/shell/topbar.h"

#include "ui/models/listeners.h"
#include "ui/shell/actions.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/flatbutton.h"
#include "ui/widgets/format.h"

#include <QtGui/QAction>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>

namespace gatehouse::ui {
namespace {

// Several buttons in one frame, divided by hairlines.
class Group final : public QWidget {
public:
    Group(const QList<QWidget *> &parts, QWidget *parent)
        : QWidget(parent)
    {
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(1, 1, 1, 1);
        row->setSpacing(1);
        for (QWidget *part : parts)
            row->addWidget(part);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        drawBox(&painter, rect(), 5, t.dark ? t.raised : t.surface, t.line2);
        for (int i = 1; i < layout()->count(); ++i) {
            const QWidget *part = layout()->itemAt(i)->widget();
            if (part->isVisible())
                painter.fillRect(
                    QRect(layoutDirection() == Qt::RightToLeft ? part->geometry().right() + 1 : part->x() - 1, 1, 1,
                        height() - 2),
                    t.line2);
        }
    }
};

Mark markOf(ShellState::Engine engine)
{
    switch (engine) {
    case ShellState::Engine::Running: return Mark::Ok;
    case ShellState::Engine::Starting: return Mark::InFlight;
    case ShellState::Engine::Holding:
    case ShellState::Engine::LastGood: return Mark::Client;
    case ShellState::Engine::Failed: return Mark::Server;
    case ShellState::Engine::Stopped: break;
    }
    return Mark::Off;
}

} // namespace

QString engineWord(const ShellState &state)
{
    switch (state.engine) {
    case ShellState::Engine::Starting: return TopBar::tr("Starting");
    case ShellState::Engine::Running: return TopBar::tr("Running");
    case ShellState::Engine::Holding: return TopBar::tr("Holding %1").arg(state.held);
    case ShellState::Engine::LastGood: return TopBar::tr("Last good version");
    case ShellState::Engine::Failed:
        return state.engineText.isEmpty() ? TopBar::tr("Could not start") : state.engineText;
    case ShellState::Engine::Stopped: break;
    }
    return TopBar::tr("Stopped");
}

// Looks like a field, opens the palette; an icon alone where there is little room.
class TopBar::SearchButton final : public QAbstractButton {
public:
    explicit SearchButton(QWidget *parent)
        : QAbstractButton(parent)
    {
        setText(TopBar::tr("Go to, run or explain\u2026"));
        setAccessibleName(TopBar::tr("Go to, run or explain"));
        setToolTip(TopBar::tr("Go to, run or explain (Ctrl+K)"));
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    void setSmall(bool small)
    {
        if (m_small == small)
            return;
        m_small = small;
        updateGeometry();
    }
    QSize sizeHint() const override { return { scaled(m_small ? 28 : 290), scaled(28) }; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        const bool ring = hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange);
        drawBox(
            &painter, rect(), 5, underMouse() ? t.hover : t.field, ring ? t.focus : t.line2, ring ? t.focusWidth : 1);
        const int size = scaled(16);
        const bool rtl = layoutDirection() == Qt::RightToLeft;
        const qreal iconX = m_small ? (width() - size) / 2.0 : rtl ? width() - scaled(8) - size : scaled(8);
        paintIcon(&painter, QRectF(iconX, (height() - size) / 2.0, size, size), IconId::Search, t.text2);
        if (m_small)
            return;
        painter.setFont(typeFont(Type::Control));
        painter.setPen(t.text3);
        painter.drawText(rtl ? rect().adjusted(0, 0, -scaled(31), 0) : rect().adjusted(scaled(31), 0, 0, 0),
            Qt::AlignVCenter | Qt::AlignLeading, text());
        const QString keys = TopBar::tr("Ctrl K");
        const int cap = keyCapWidth(keys);
        paintKeyCap(
            &painter, QPointF(rtl ? scaled(6) : width() - cap - scaled(6), (height() - scaled(17)) / 2.0), keys);
    }

private:
    bool m_small = false;
};

TopBar::TopBar(Actions *actions, QWidget *parent)
    : QWidget(parent)
    , m_menu(new FlatButton(this))
    , m_workspace(new FlatButton(this))
    , m_environment(new FlatButton(this))
    , m_engine(new FlatButton(this))
    , m_toggle(new FlatButton(this))
    , m_address(new FlatButton(this))
    , m_copy(new FlatButton(this))
    , m_more(new FlatButton(this))
    , m_notes(new FlatButton(this))
    , m_separator(new Hairline(Qt::Vertical, this))
    , m_search(new SearchButton(this))
    , m_undo(iconButton(IconId::Undo, tr("Undo"), this))
    , m_redo(iconButton(IconId::Redo, tr("Redo"), this))
    , m_actions(actions)
{
    setAccessibleName(tr("Workspace and engine"));
    for (FlatButton *part : { m_engine, m_toggle, m_address, m_copy, m_more })
        part->setHeight(26);
    m_engineGroup = new Group({ m_engine, m_toggle }, this);
    m_addressGroup = new Group({ m_address, m_copy, m_more }, this);
    setFixedHeight(scaled(44));
    m_separator->setFixedHeight(scaled(18));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, scaled(12), 1);
    row->setSpacing(0);
    row->addWidget(m_menu);
    row->addWidget(m_workspace);
    row->addSpacing(scaled(2));
    row->addWidget(m_separator);
    row->addSpacing(scaled(4));
    row->addWidget(m_environment);
    row->addSpacing(scaled(20));
    row->addWidget(m_engineGroup);
    row->addSpacing(scaled(8));
    row->addWidget(m_addressGroup);
    row->addStretch(1);
    row->addWidget(m_search);
    row->addSpacing(scaled(12));
    row->addWidget(m_undo);
    row->addSpacing(scaled(8));
    row->addWidget(m_redo);
    row->addSpacing(scaled(8));
    row->addWidget(m_notes);

    m_menu->setFace({ IconId::Menu, {}, {}, {}, false, false });
    m_menu->setToolTip(tr("Menu (F10)"));
    m_menu->setAccessibleName(tr("Menu"));
    m_copy->setFace({ IconId::Copy, {}, {}, {}, false, false });
    m_copy->setPadding(6);
    m_copy->setToolTip(tr("Copy as curl command"));
    m_copy->setAccessibleName(m_copy->toolTip());
    m_toggle->setPadding(6);
    m_notes->setAccessibleName(tr("Notes"));
    m_notes->setPadding(6);
    setUnreadNotes(0);
    connect(m_menu, &QAbstractButton::clicked, this, &TopBar::menuRequested);
    connect(m_workspace, &QAbstractButton::clicked, this, &TopBar::workspaceRequested);
    connect(m_environment, &QAbstractButton::clicked, this, &TopBar::environmentRequested);
    connect(m_engine, &QAbstractButton::clicked, this, &TopBar::engineClicked);
    connect(m_toggle, &QAbstractButton::clicked, this, &TopBar::engineToggled);
    connect(m_address, &QAbstractButton::clicked, this, &TopBar::copyAddressRequested);
    connect(m_copy, &QAbstractButton::clicked, this, &TopBar::copyAddressRequested);
    connect(m_more, &QAbstractButton::clicked, this, &TopBar::moreAddressesRequested);
    connect(m_search, &QAbstractButton::clicked, this, &TopBar::paletteRequested);
    connect(m_notes, &QAbstractButton::clicked, this, &TopBar::notesRequested);
    for (auto [widget, id] : { std::pair(m_undo, "edit.undo"), std::pair(m_redo, "edit.redo") }) {
        QAction *action = m_actions->find(QLatin1String(id));
        connect(widget, &QToolButton::clicked, action, &QAction::trigger);
        const auto follow = [widget = widget, action] {
            widget->setEnabled(action->isEnabled());
            widget->setToolTip(action->toolTip());
        };
        connect(action, &QAction::changed, widget, follow);
        follow();
    }
}

void TopBar::setState(const ShellState &s)
{
    const bool open = !s.workspace.isEmpty();
    m_workspace->setBaseType(Type::Section);
    m_workspace->setFace(
        { {}, {}, { plain(open ? s.workspace : tr("No workspace")) }, {}, true, s.unsavedChanges > 0 });
    m_workspace->setToolTip(open ? plainToolTip(s.workspacePath) : tr("Open or create a workspace"));
    m_workspace->setAccessibleName(
        s.unsavedChanges > 0 ? tr("Workspace %1, unsaved").arg(s.workspace) : tr("Workspace %1").arg(s.workspace));
    m_environment->setVisible(open);
    m_separator->setVisible(open);
    Run environment = soft(s.environment.isEmpty() ? tr("no environment") : s.environment);
    m_environment->setFace({ {}, {}, { environment }, {}, true, false });
    m_environment->setAccessibleName(tr("Environment %1").arg(environment.text));

    const bool holding = s.engine == ShellState::Engine::Holding;
    FlatButton::Face face{ {}, {}, { plain(engineWord(s)) }, {}, false, false };
    if (holding)
        face.icon = IconId::Pause;
    else
        face.mark = markOf(s.engine);
    m_engine->setBaseType(Type::ControlStrong);
    m_engine->setFace(face);
    m_engine->setToolTip(plainToolTip(s.engineDetail));
    m_engine->setAccessibleName(tr("Engine: %1").arg(engineWord(s)));
    const bool runs = s.engine != ShellState::Engine::Stopped && s.engine != ShellState::Engine::Failed;
    m_toggle->setFace({ runs ? IconId::Stop : IconId::Play, {}, {}, {}, false, false });
    m_toggle->setToolTip(runs ? tr("Stop (Ctrl+.)") : tr("Start (Ctrl+.)"));
    m_toggle->setAccessibleName(runs ? tr("Stop") : tr("Start"));
    m_engineGroup->setVisible(open);

    m_addressGroup->setVisible(!s.addresses.isEmpty());
    if (!s.addresses.isEmpty()) {
        m_address->setBaseType(Type::Wire);
        // A socket's path may be long, and what says which it is may be at either end of it.
        const Run address = plain(QFontMetricsF(typeFont(Type::Wire)).elidedText(s.addresses.first(), Qt::ElideMiddle, scaled(240)));
        m_address->setFace({ {}, {}, { s.exposed ? inHue(address, HueId::Server) : address }, {}, false, false });
        const QString copies = tr("Copy %1").arg(curlLine(s.addresses.first()));
        m_address->setToolTip(s.exposed ? tr("Other machines can reach this gateway. %1").arg(copies) : copies);
        m_address->setAccessibleName(s.exposed ? tr("Address %1, other machines can reach it, copy as curl command").arg(s.addresses.first())
                                               : tr("Address %1, copy as curl command").arg(s.addresses.first()));
        m_more->setVisible(s.addresses.size() > 1);
        m_more->setBaseType(Type::ControlStrong);
        m_more->setFace({ {}, {}, { plain(QStringLiteral("+%1").arg(s.addresses.size() - 1)) }, {}, false, false });
        m_more->setToolTip(tr("All addresses"));
        m_more->setAccessibleName(tr("%1 more").arg(s.addresses.size() - 1));
    }
}

void TopBar::setUnreadNotes(int count)
{
    FlatButton::Face face{ IconId::Bell, {}, {}, {}, false, count > 0 };
    m_notes->setFace(face);
    m_notes->setToolTip(count ? tr("Notes, %1 new").arg(count) : tr("Notes"));
}

void TopBar::setMenuWidth(int width) { m_menu->setFixedWidth(width); }

void TopBar::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.fillRect(rect(), t.frame);
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.line);
}

void TopBar::resizeEvent(QResizeEvent *event)
{
    m_search->setSmall(width() < scaled(1000));
    m_copy->setVisible(width() >= scaled(1000)); // the address itself copies too
    QWidget::resizeEvent(event);
}

} // namespace gatehouse::ui
