#include "ui/shell/mainwindow.h"

#include "ui/models/listeners.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/noticearea.h"
#include "ui/shell/popuplist.h"
#include "ui/shell/rail.h"
#include "ui/shell/shortcutsheet.h"
#include "ui/shell/statusbar.h"
#include "ui/shell/theme.h"
#include "ui/shell/toast.h"
#include "ui/shell/topbar.h"
#include "ui/widgets/flatbutton.h"
#include "ui/widgets/format.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSettings>
#include <QtCore/QStandardPaths>
#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QCloseEvent>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStackedWidget>

namespace gatehouse::ui {
namespace {

// QSettings makes files by the umask; this one says what a person works on.
std::unique_ptr<QSettings> openSettings(const QString &path)
{
    if (path.isEmpty())
        return nullptr;
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    if (!file.exists() && file.open(QIODevice::WriteOnly))
        file.close();
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    return std::make_unique<QSettings>(path, QSettings::IniFormat);
}

} // namespace

bool focusInto(QWidget *area, Qt::FocusReason reason)
{
    if (!area || !area->isVisible())
        return false;
    if (QWidget *last = area->focusWidget(); last && last != area && last->isVisible() && last->isEnabled()) {
        last->setFocus(reason);
        return true;
    }
    if (area->focusPolicy() & Qt::TabFocus) {
        area->setFocus(reason);
        return true;
    }
    for (QWidget *w = area->nextInFocusChain(); w && w != area; w = w->nextInFocusChain()) {
        if (area->isAncestorOf(w) && w->isVisible() && w->isEnabled() && (w->focusPolicy() & Qt::TabFocus)) {
            w->setFocus(reason);
            return true;
        }
    }
    return false;
}

MainWindow::MainWindow(const QList<PanelInfo> &panels, const QString &settingsFile, QWidget *parent)
    : QMainWindow(parent)
    , m_infos(panels)
    , m_settings(openSettings(settingsFile))
{
    setObjectName(QStringLiteral("window"));
    setMinimumSize(960, 600);
    resize(1280, 800);
    addActions();
    buildFrame();
    connectBars();
    connect(&m_navigator, &Navigator::requested, this, &MainWindow::go);
    setState({});
    if (m_settings) {
        m_actions.load(*m_settings);
        restoreWindowState();
    }
    if (m_current.isEmpty() && !m_infos.isEmpty())
        showPanel(m_infos.first().id);
}

MainWindow::~MainWindow() = default;

QString MainWindow::defaultSettingsFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/gatehouse/window.ini");
}

void MainWindow::buildFrame()
{
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_top = new TopBar(&m_actions, content);
    m_notices = new NoticeArea(content);
    m_rail = new Rail(m_infos, content);
    m_stack = new QStackedWidget(content);
    m_status = new StatusBar(content);
    auto *row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(m_rail);
    m_banners = new QVBoxLayout;
    m_banners->setSpacing(0);
    m_banners->addWidget(m_stack, 1);
    row->addLayout(m_banners, 1);
    column->addWidget(m_top);
    column->addWidget(m_notices);
    column->addLayout(row, 1);
    column->addWidget(m_status);
    setCentralWidget(content);
    m_top->setMenuWidth(m_rail->width());
    m_paletteLayer = new CommandPalette(content);
    m_paletteLayer->explain = [this](const QString &request) { m_navigator.explain(request); };
    m_popup = new PopupList(this);
    m_toast = new Toast(content);
    fillMenu(nullptr);
}

void MainWindow::addActions()
{
    const QString file = tr("File"), engine = tr("Engine"), help = tr("Help");
    m_actions.add({ QStringLiteral("file.open"), tr("&Open a folder\u2026"), file, { QKeySequence::Open },
                      IconId::Folder, [this] { Q_EMIT openRequested({}); } },
        this);
    m_actions.add({ QStringLiteral("file.sample"), tr("Open the &sample"), file, {}, IconId::Play,
                      [this] { Q_EMIT sampleRequested(); } },
        this);
    m_actions.add({ QStringLiteral("file.save"), tr("&Save"), file, { QKeySequence::Save }, IconId::Save,
                      [this] { Q_EMIT saveRequested(); } },
        this);
    m_actions.add({ QStringLiteral("file.quit"), tr("&Quit"), file, { QKeySequence(Qt::CTRL | Qt::Key_Q) }, {},
                      [this] { close(); } },
        this);
    addEditActions();
    addViewActions();
    m_actions.add({ QStringLiteral("engine.toggle"), tr("Start or stop"), engine,
                      { QKeySequence(Qt::CTRL | Qt::Key_Period) }, IconId::Power, [this] { toggleEngine(); } },
        this);
    m_actions.add({ QStringLiteral("engine.copyAddress"), tr("Copy the address as curl command"), engine, {},
                      IconId::Copy, [this] { copyAddress(m_state.addresses.value(0)); } },
        this);
    m_actions.add({ QStringLiteral("app.shortcuts"), tr("&Keyboard"), help, { QKeySequence(Qt::CTRL | Qt::Key_Slash) },
                      IconId::Keyboard,
                      [this] {
                          auto *sheet = new ShortcutSheet(&m_actions, this);
                          sheet->setAttribute(Qt::WA_DeleteOnClose);
                          sheet->open();
                      } },
        this);
    m_actions.add({ QStringLiteral("app.menu"), tr("Menu"), help, { QKeySequence(Qt::Key_F10) }, {},
                      [this] { showMenu(); }, false, false },
        this);
}

void MainWindow::addEditActions()
{
    const QString edit = tr("Edit");
    m_actions.add({ QStringLiteral("edit.undo"), tr("&Undo"), edit, { QKeySequence::Undo }, IconId::Undo,
                      [this] { Q_EMIT undoRequested(); } },
        this);
    m_actions.add({ QStringLiteral("edit.redo"), tr("&Redo"), edit, { QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z) },
                      IconId::Redo, [this] { Q_EMIT redoRequested(); } },
        this);
    m_actions.add({ QStringLiteral("edit.find"), tr("&Filter or find"), edit, { QKeySequence::Find }, IconId::Search,
                      [this] {
                          if (Panel *panel = currentPanel())
                              panel->focusFilter();
                      } },
        this);
    m_actions.add({ QStringLiteral("edit.new"), tr("&New"), edit, { QKeySequence::New }, IconId::Plus,
                      [this] {
                          if (Panel *panel = currentPanel())
                              panel->newItem();
                      } },
        this);
    m_actions.add({ QStringLiteral("edit.nextProblem"), tr("Next problem"), edit, { QKeySequence(Qt::Key_F8) },
                      IconId::Warning, [this] { moveProblem(1); } },
        this);
    m_actions.add({ QStringLiteral("edit.previousProblem"), tr("Previous problem"), edit,
                      { QKeySequence(Qt::SHIFT | Qt::Key_F8) }, IconId::Warning, [this] { moveProblem(-1); } },
        this);
}

void MainWindow::addViewActions()
{
    const QString view = tr("View");
    int number = 1;
    for (const PanelInfo &info : m_infos) {
        const bool settings = info.id == QLatin1String(panels::settings);
        const QKeySequence keys = settings ? QKeySequence(Qt::CTRL | Qt::Key_Comma)
                                           : QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number++));
        m_actions.add({ QStringLiteral("view.") + info.id, info.title, view, { keys }, info.icon,
                          [this, id = info.id] { m_navigator.showPanel(id); } },
            this);
    }
    m_actions.add({ QStringLiteral("view.palette"), tr("Go to, run or explain\u2026"), view,
                      { QKeySequence(Qt::CTRL | Qt::Key_K) }, IconId::Search, [this] { openPalette(); }, false, false },
        this);
    m_actions.add({ QStringLiteral("view.explain"), tr("Explain a request\u2026"), view,
                      { QKeySequence(Qt::CTRL | Qt::Key_E) }, IconId::Route, [this] { explainSelection(); } },
        this);
    m_actions.add({ QStringLiteral("view.nextRegion"), tr("Next region"), view, { QKeySequence(Qt::Key_F6) }, {},
                      [this] { moveRegion(1); }, false, false },
        this);
    m_actions.add({ QStringLiteral("view.previousRegion"), tr("Previous region"), view,
                      { QKeySequence(Qt::SHIFT | Qt::Key_F6) }, {}, [this] { moveRegion(-1); }, false, false },
        this);
    m_actions.add({ QStringLiteral("view.theme"), tr("Light or dark"), view,
                      { QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D) }, IconId::Moon,
                      [] {
                          if (Theme *theme = Theme::instance())
                              theme->toggle();
                      } },
        this);
    m_actions.add({ QStringLiteral("view.rail"), tr("Rail with icons only"), view, {}, {},
                      [this] {
                          m_rail->setIconsOnly(!m_rail->iconsOnly());
                          m_top->setMenuWidth(m_rail->width());
                      } },
        this);
    m_actions.add({ QStringLiteral("view.menuBar"), tr("Menu bar"), view, { QKeySequence(Qt::CTRL | Qt::Key_M) }, {},
                      [this] { menuBar()->setVisible(!menuBar()->isVisible()); } },
        this);
}

void MainWindow::connectBars()
{
    connect(m_rail, &Rail::chosen, this, [this](int index) { m_navigator.showPanel(m_infos[index].id); });
    connect(m_top, &TopBar::menuRequested, this, &MainWindow::showMenu);
    connect(m_top, &TopBar::workspaceRequested, this, &MainWindow::showWorkspaceMenu);
    connect(m_top, &TopBar::environmentRequested, this, &MainWindow::showEnvironmentMenu);
    connect(m_top, &TopBar::engineToggled, this, &MainWindow::toggleEngine);
    connect(m_top, &TopBar::engineClicked, this, [this] {
        if (m_state.engine == ShellState::Engine::Holding)
            m_navigator.showPanel(QLatin1String(panels::traffic));
        else if (m_state.problems.isEmpty())
            m_navigator.showPanel(QLatin1String(panels::dashboard));
        else
            showProblems(m_top->engineButton());
    });
    connect(m_top, &TopBar::copyAddressRequested, this, [this] { copyAddress(m_state.addresses.value(0)); });
    connect(m_top, &TopBar::moreAddressesRequested, this, &MainWindow::showAddresses);
    connect(m_top, &TopBar::paletteRequested, this, [this] { openPalette(); });
    connect(m_top, &TopBar::notesRequested, this, &MainWindow::showNotes);
    connect(
        m_status, &StatusBar::clicked, this, [this](StatusBar::Part part) { statusClicked(static_cast<int>(part)); });
    connect(m_toast, &Toast::clicked, this, &MainWindow::showNotes);
    if (Theme *theme = Theme::instance())
        connect(theme, &Theme::changed, this, [this] { m_top->setMenuWidth(m_rail->width()); });
}

void MainWindow::setState(const ShellState &state)
{
    m_state = state;
    m_top->setState(state);
    m_status->setState(state);
    const auto step = [](QAction *action, const QString &plain, const QString &named, const QString &name) {
        action->setEnabled(!name.isEmpty());
        action->setText(name.isEmpty() ? plain : named.arg(name));
        action->setToolTip(QString(action->text()).remove(QLatin1Char('&'))
            + QStringLiteral(" (%1)").arg(action->shortcut().toString(QKeySequence::NativeText)));
    };
    step(m_actions.find(QStringLiteral("edit.undo")), tr("&Undo"), tr("&Undo: %1"), state.undoText);
    step(m_actions.find(QStringLiteral("edit.redo")), tr("&Redo"), tr("&Redo: %1"), state.redoText);
    m_actions.find(QStringLiteral("file.save"))->setEnabled(state.unsavedChanges > 0);
    m_actions.find(QStringLiteral("engine.toggle"))->setEnabled(!state.workspace.isEmpty());
    m_actions.find(QStringLiteral("engine.copyAddress"))->setEnabled(!state.addresses.isEmpty());
    setWindowTitle(state.workspace.isEmpty() ? tr("Gatehouse") : tr("%1[*] \u2013 Gatehouse").arg(state.workspace));
    setWindowModified(state.unsavedChanges > 0);
    if (m_problem >= state.problems.size())
        m_problem = -1;
    showPage();
}

void MainWindow::addBanner(QWidget *banner) { m_banners->insertWidget(m_banners->count() - 1, banner); }

Panel *MainWindow::currentPanel() const { return m_panels.value(m_current); }

Panel *MainWindow::showPanel(const QString &id)
{
    const auto info = std::find_if(m_infos.cbegin(), m_infos.cend(), [&id](const PanelInfo &i) { return i.id == id; });
    if (info == m_infos.cend())
        return nullptr;
    const int index = static_cast<int>(info - m_infos.cbegin());
    Panel *&panel = m_panels[id];
    if (!panel) {
        panel = info->create({ &m_navigator, &m_actions, &m_palette });
        m_stack->addWidget(panel);
        panel->setAccessibleName(info->title);
        panel->restoreState(m_savedStates.value(id));
        connect(panel, &Panel::badgeChanged, m_rail,
            [this, panel = panel, index] { m_rail->setBadge(index, panel->badge()); });
        m_rail->setBadge(index, panel->badge());
    }
    m_current = id;
    showPage();
    m_rail->setCurrent(index);
    return panel;
}

void MainWindow::setWelcome(QWidget *page)
{
    m_welcome = page;
    m_stack->addWidget(page);
    showPage();
}

void MainWindow::showPage()
{
    const bool welcome = m_welcome && m_state.workspace.isEmpty() && m_current != QLatin1String(panels::settings);
    if (QWidget *page = welcome ? m_welcome : currentPanel())
        m_stack->setCurrentWidget(page);
}

void MainWindow::go(const Place &place)
{
    Panel *panel = showPanel(place.panel);
    if (!panel)
        return;
    const QWidget *before = focusWidget();
    const bool there = panel->open(place);
    if (!there && place.kind != Place::Kind::Panel)
        notify({ HueId::Client, tr("%1 is not there any more").arg(place.name.isEmpty() ? place.detail : place.name),
            {}, {}, 0 });
    // Where the panel has put the focus at a field, it stays there.
    const QWidget *now = focusWidget();
    const bool placed = there && now && panel->isAncestorOf(now) && (now != before || place.kind == Place::Kind::Path);
    if (!placed)
        panel->activate();
}

void MainWindow::notify(const Note &note)
{
    m_notes.prepend(note);
    m_notes.first().at = QDateTime::currentMSecsSinceEpoch();
    if (m_notes.size() > 100)
        m_notes.removeLast();
    m_top->setUnreadNotes(++m_unread);
    m_toast->show(note.text, note.hue);
}

void MainWindow::openPalette(const QString &text)
{
    m_paletteLayer->open([this] { return paletteItems(); }, text);
}

QList<PaletteItem> MainWindow::paletteItems() const
{
    QList<PaletteItem> items = m_palette.collect();
    for (QAction *action : m_actions.all()) {
        const auto *scope = qobject_cast<const QWidget *>(action->parent());
        if (!Actions::inPalette(action) || !action->isEnabled() || !scope || !scope->isVisibleTo(this))
            continue;
        IconId id = IconId::Bolt;
        for (int i = 0; i < static_cast<int>(IconId::Count); ++i)
            if (action->icon().name() == QLatin1String(iconName(static_cast<IconId>(i))))
                id = static_cast<IconId>(i);
        items.append({ tr("Actions"), id, QString(action->text()).remove(QLatin1Char('&')), Actions::groupOf(action),
            action->shortcut().toString(QKeySequence::NativeText).replace(QLatin1Char('+'), QLatin1Char(' ')),
            [action = QPointer<QAction>(action)] {
                if (action)
                    action->trigger();
            },
            {}, true });
    }
    return items;
}

void MainWindow::moveRegion(int direction)
{
    QList<QWidget *> regions{ m_top, m_notices, m_rail };
    for (int i = 0; i + 1 < m_banners->count(); ++i)
        regions << m_banners->itemAt(i)->widget();
    if (Panel *panel = currentPanel())
        regions += panel->regions();
    regions << m_status;
    const QWidget *focus = focusWidget();
    qsizetype at = -1;
    for (qsizetype i = 0; i < regions.size(); ++i)
        if (focus && (regions[i] == focus || regions[i]->isAncestorOf(focus)))
            at = i;
    for (qsizetype step = 1; step <= regions.size(); ++step) {
        const qsizetype next = (at + direction * step + 2 * regions.size()) % regions.size();
        if (focusInto(regions[next], Qt::ShortcutFocusReason))
            return;
    }
}

void MainWindow::moveProblem(int direction)
{
    if (Panel *panel = currentPanel(); panel && panel->nextProblem(direction))
        return;
    const int count = static_cast<int>(m_state.problems.size());
    if (count == 0) {
        m_toast->show(tr("No problems"), HueId::Ok);
        return;
    }
    m_problem = m_problem < 0 ? (direction > 0 ? 0 : count - 1) : (m_problem + direction + count) % count;
    const Problem problem = m_state.problems[m_problem];
    m_toast->show(problem.text, problem.severity == Problem::Severity::Error ? HueId::Server : HueId::Client);
    m_navigator.go(problem.place);
}

void MainWindow::showProblems(QWidget *anchor)
{
    QList<PopupRow> rows;
    for (const Problem &problem : m_state.problems) {
        const bool error = problem.severity == Problem::Severity::Error;
        rows.append({ error ? IconId::Error : IconId::Warning, error ? HueId::Server : HueId::Client, problem.text,
            problem.where, {}, [this, place = problem.place] { m_navigator.go(place); } });
    }
    m_popup->open(anchor, tr("Problems"), rows, tr("Everything is as it should be"));
}

void MainWindow::showNotes()
{
    QList<PopupRow> rows;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    for (const Note &note : m_notes) {
        const IconId id = note.hue == HueId::Server ? IconId::Error
            : note.hue == HueId::Client             ? IconId::Warning
                                                    : IconId::Info;
        rows.append({ id, note.hue, note.text, note.detail, formatMoment(note.at, now), [this, place = note.place] {
                         if (!place.panel.isEmpty())
                             m_navigator.go(place);
                     } });
    }
    m_unread = 0;
    m_top->setUnreadNotes(0);
    m_popup->open(m_top->notesButton(), tr("Notes"), rows, tr("Nothing happened that needs you"));
}

void MainWindow::showAddresses()
{
    QList<PopupRow> rows;
    for (const QString &address : m_state.addresses)
        rows.append({ IconId::Globe, HueId::None, address, {}, tr("copy"), [this, address] { copyAddress(address); } });
    m_popup->open(m_top->moreAddresses(), tr("Listeners"), rows, {});
}

void MainWindow::copyAddress(const QString &address)
{
    if (address.isEmpty())
        return;
    const QString command = curlLine(address);
    QGuiApplication::clipboard()->setText(command);
    m_toast->show(tr("Copied: %1").arg(command), HueId::Ok);
}

void MainWindow::toggleEngine()
{
    const bool runs = m_state.engine != ShellState::Engine::Stopped && m_state.engine != ShellState::Engine::Failed;
    if (runs)
        Q_EMIT stopRequested();
    else
        Q_EMIT startRequested();
}

void MainWindow::explainSelection()
{
    quint64 exchange = 0;
    const QString request = currentPanel() ? currentPanel()->selectedRequest(&exchange) : QString();
    m_navigator.explain(request, exchange);
}

void MainWindow::statusClicked(int part)
{
    switch (static_cast<StatusBar::Part>(part)) {
    case StatusBar::Part::Engine:
    case StatusBar::Part::Problems: showProblems(m_status->part(static_cast<StatusBar::Part>(part))); break;
    case StatusBar::Part::Rate: m_navigator.openMetrics({}, QStringLiteral("requests")); break;
    case StatusBar::Part::Latency: m_navigator.openMetrics({}, QStringLiteral("latency")); break;
    case StatusBar::Part::Recorded: m_navigator.showPanel(QLatin1String(panels::traffic)); break;
    case StatusBar::Part::Dropped:
    case StatusBar::Part::Memory: m_navigator.openSetting(QStringLiteral("settings.recording")); break;
    case StatusBar::Part::Saved:
        if (m_state.unsavedChanges > 0)
            Q_EMIT saveRequested();
        break;
    }
}

// The whole table as a menu: into `menu`, or into the menu bar when null.
void MainWindow::fillMenu(QMenu *menu)
{
    QHash<QString, QMenu *> groups;
    for (QAction *action : m_actions.all()) {
        const QString group = Actions::groupOf(action);
        if (!groups.contains(group))
            groups.insert(group, menu ? menu->addMenu(group) : menuBar()->addMenu(group));
        groups.value(group)->addAction(action);
    }
    if (!menu)
        menuBar()->setVisible(false);
}

void MainWindow::showMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(menu);
    menu->popup(m_top->mapToGlobal(QPoint(scaled(8), m_top->height() - scaled(4))));
    menu->setActiveAction(menu->actions().value(0));
}

void MainWindow::showWorkspaceMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto &[name, path] : m_recent) {
        QAction *recent =
            menu->addAction(makeIcon(IconId::Folder), name + QLatin1Char('\t') + QDir::toNativeSeparators(path));
        connect(recent, &QAction::triggered, this, [this, path = path] { Q_EMIT openRequested(path); });
    }
    if (!m_recent.isEmpty())
        menu->addSeparator();
    for (const auto *id : { "file.open", "file.sample", "file.save" })
        menu->addAction(m_actions.find(QLatin1String(id)));
    menu->popup(m_top->workspaceButton()->mapToGlobal(QPoint(0, m_top->workspaceButton()->height() + 2)));
}

void MainWindow::showEnvironmentMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const QString &name : m_state.environments) {
        QAction *choice = menu->addAction(name);
        choice->setCheckable(true);
        choice->setChecked(name == m_state.environment);
        connect(choice, &QAction::triggered, this, [this, name] { Q_EMIT environmentChosen(name); });
    }
    if (m_state.environments.isEmpty()) {
        menu->addAction(tr("The workspace has no file in environments"))->setEnabled(false);
    } else {
        menu->addSeparator();
        connect(menu->addAction(tr("Edit environments\u2026")), &QAction::triggered, this,
            [this] { m_navigator.openSetting(QStringLiteral("/environments")); });
    }
    menu->popup(m_top->environmentButton()->mapToGlobal(QPoint(0, m_top->environmentButton()->height() + 2)));
}

bool MainWindow::event(QEvent *event)
{
    if (event->type() == QEvent::ThemeChange && Theme::instance())
        Theme::instance()->systemThemeChanged();
    return QMainWindow::event(event);
}

void MainWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && currentPanel() && currentPanel()->leave())
        return;
    QMainWindow::keyPressEvent(event);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    bool allowed = true;
    Q_EMIT aboutToQuit(&allowed);
    event->setAccepted(allowed);
    if (allowed)
        saveWindowState();
}

void MainWindow::saveWindowState()
{
    if (!m_settings)
        return;
    m_settings->setValue(QStringLiteral("window/geometry"), saveGeometry());
    m_settings->setValue(QStringLiteral("window/panel"), m_current);
    m_settings->setValue(QStringLiteral("window/railIconsOnly"), m_rail->iconsOnly());
    for (auto it = m_panels.cbegin(); it != m_panels.cend(); ++it)
        m_settings->setValue(QStringLiteral("panels/") + it.key(), it.value()->saveState());
    m_actions.save(*m_settings);
    m_settings->sync();
    QFile::setPermissions(m_settings->fileName(), QFileDevice::ReadOwner | QFileDevice::WriteOwner);
}

void MainWindow::restoreWindowState()
{
    restoreGeometry(m_settings->value(QStringLiteral("window/geometry")).toByteArray());
    m_rail->setIconsOnly(m_settings->value(QStringLiteral("window/railIconsOnly")).toBool());
    m_top->setMenuWidth(m_rail->width());
    for (const PanelInfo &info : m_infos)
        m_savedStates.insert(info.id, m_settings->value(QStringLiteral("panels/") + info.id).toMap());
    showPanel(m_settings->value(QStringLiteral("window/panel")).toString());
}

} // namespace gatehouse::ui
