// What the workspace asks of a person, as bars in the window: edits that a crash left, changes from outside, saves that failed,
// closing with unsaved changes. Nothing waits for the answer.
#pragma once

#include "ui/models/session.h"
#include "ui/shell/mainwindow.h"

namespace gatehouse::gui {

class WorkspaceBars final : public QObject {
    Q_OBJECT
public:
    // Both outlive it.
    WorkspaceBars(ui::Session &session, ui::MainWindow &window, QObject *parent = nullptr);

    // Whether the window may close now. Otherwise a bar asks, or shows the save that is waited for, and closes it later.
    bool mayClose();

private:
    void offerLeft(const QString &error = {});
    void askOutside(const QString &error = {});
    void askClose();
    void waitForSave();
    void saveFailed();
    void showSaveError();
    void showJournalError();
    void saved();

    ui::Session &m_session;
    ui::MainWindow &m_window;
    bool m_closeWhenSaved = false;
};

} // namespace gatehouse::gui
