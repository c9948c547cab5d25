// The frame of the window: top bar, rail, the stack of panels, status bar, palette. It owns no data: it shows a
// ShellState, asks its owner by signals, and lets panels reach each other through the Navigator.
#pragma once

#include "ui/shell/actions.h"
#include "ui/shell/palette.h"
#include "ui/shell/panel.h"
#include "ui/shell/shellstate.h"

#include <QtCore/QDateTime>
#include <QtWidgets/QMainWindow>

#include <memory>

class QMenu;
class QSettings;
class QVBoxLayout;
class QStackedWidget;

namespace gatehouse::ui {

class CommandPalette;
class NoticeArea;
class PopupList;
class Rail;
class StatusBar;
class Toast;
class TopBar;

// Something that happened and may be read later; shown for a moment and kept under the bell.
struct Note {
    HueId hue = HueId::None;
    QString text;
    QString detail;
    Place place; // where a click leads; Kind::Panel with an empty panel: nowhere
    qint64 at = 0; // ms since the epoch, set by notify
};

class MainWindow final : public QMainWindow {
    Q_OBJECT
public:
    // `settingsFile` keeps geometry, panels' state and shortcuts (made with mode 0600); empty: nothing is kept.
    MainWindow(const QList<PanelInfo> &panels, const QString &settingsFile, QWidget *parent = nullptr);
    ~MainWindow() override;

    static QString defaultSettingsFile(); // gatehouse/window.ini in the user's configuration folder

    Navigator *navigator() { return &m_navigator; }
    Actions *actionTable() { return &m_actions; }
    PaletteProviders *paletteProviders() { return &m_palette; }
    const ShellState &state() const { return m_state; }
    void setState(const ShellState &state);

    // Brings it forward, making it if it is not there yet. Null for an unknown id.
    Panel *showPanel(const QString &id);
    Panel *currentPanel() const;
    void notify(const Note &note);
    // Shown in place of the panels (Settings alone stays) while no workspace is open; the window owns it from here on.
    void setWelcome(QWidget *page);
    // What concerns the whole workspace and waits for an answer.
    NoticeArea *notices() const { return m_notices; }
    // Above the panels, shown while it has something to say about the whole window; it hides itself. The window takes it over.
    void addBanner(QWidget *banner);
    // Workspaces that were open before, newest first: name and path.
    void setRecent(const QList<std::pair<QString, QString>> &recent) { m_recent = recent; }

    TopBar *topBar() const { return m_top; }
    StatusBar *statusStrip() const { return m_status; }
    Rail *rail() const { return m_rail; }
    CommandPalette *commandPalette() const { return m_paletteLayer; }
    void openPalette(const QString &text = {});
    void saveWindowState();

Q_SIGNALS:
    void startRequested();
    void stopRequested();
    void undoRequested();
    void redoRequested();
    void saveRequested();
    void openRequested(const QString &path); // empty: ask for a folder
    void sampleRequested();
    void environmentChosen(const QString &name);
    void aboutToQuit(bool *allowed); // the owner may ask about unsaved changes and set false

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    void buildFrame();
    void addActions();
    void addEditActions();
    void addViewActions();
    void connectBars();
    void go(const Place &place);
    void moveRegion(int direction);
    void moveProblem(int direction);
    void showProblems(QWidget *anchor);
    void showNotes();
    void showAddresses();
    void showMenu();
    void showWorkspaceMenu();
    void showEnvironmentMenu();
    void fillMenu(QMenu *menu);
    void statusClicked(int part);
    void toggleEngine();
    void explainSelection();
    void copyAddress(const QString &address);
    QList<PaletteItem> paletteItems() const;
    void restoreWindowState();
    void showPage();

    Navigator m_navigator;
    Actions m_actions;
    PaletteProviders m_palette;
    ShellState m_state;
    QList<PanelInfo> m_infos;
    QHash<QString, Panel *> m_panels;
    QHash<QString, QVariantMap> m_savedStates;
    QString m_current;
    std::unique_ptr<QSettings> m_settings;
    QList<Note> m_notes;
    int m_unread = 0;
    int m_problem = -1;
    QList<std::pair<QString, QString>> m_recent;
    TopBar *m_top = nullptr;
    Rail *m_rail = nullptr;
    NoticeArea *m_notices = nullptr;
    QStackedWidget *m_stack = nullptr;
    QWidget *m_welcome = nullptr;
    QVBoxLayout *m_banners = nullptr;
    StatusBar *m_status = nullptr;
    CommandPalette *m_paletteLayer = nullptr;
    PopupList *m_popup = nullptr;
    Toast *m_toast = nullptr;
};

// Puts the focus into `area`: where it was, or on the first widget that takes it. False when none does.
bool focusInto(QWidget *area, Qt::FocusReason reason);

} // namespace gatehouse::ui
