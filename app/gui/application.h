// What ties the window together: the engine, the open workspace, and the frame that shows them. Panels only know the doors.
#pragma once

#include "app/gui/workspacebars.h"
#include "gateway/engine/engine.h"
#include "ui/models/session.h"
#include "ui/shell/firstrun.h"
#include "ui/shell/mainwindow.h"

#include <QtCore/QTimer>

#include <functional>
#include <memory>

namespace gatehouse::gui {

class Application final : public QObject {
    Q_OBJECT
public:
    explicit Application(const engine::Options &options = {});
    ~Application() override;

    // A folder or its file; empty: the workspace of last time, or the first-run page.
    void openFirst(const QString &path);
    void start(const QString &controlSocket);
    ui::MainWindow &window() { return *m_window; }
    ui::Session &session() { return m_session; }
    api::Api api() const { return m_api; }

private:
    QList<ui::PanelInfo> panels();
    void connectWindow();
    void connectSession();
    void open(const QString &path);
    void openSample();
    void startEngine();
    void stopEngine();
    void reload(std::function<void(api::Applied)> done);
    void refresh();
    ui::ShellState shellState() const;
    void engineState(ui::ShellState &state) const;
    void remember(const QString &folder);

    QString m_settingsFile;
    engine::Engine m_engine;
    api::Api m_api;
    ui::Session m_session;
    std::unique_ptr<ui::MainWindow> m_window;
    ui::FirstRun *m_firstRun; // the window's
    std::unique_ptr<WorkspaceBars> m_bars;
    std::unique_ptr<QObject> m_control;
    QTimer m_refresh;
    bool m_wanted = false; // a person has the gateway on: it starts again with the next valid workspace
};

} // namespace gatehouse::gui
