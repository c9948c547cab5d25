// Settings: how the window looks and what it opens files with; and the workspace's own settings by their shape.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

class QSettings;

namespace gatehouse::ui {

class Session;

// `api` and `session` outlive the panel. `settingsFile` keeps the window's choices; empty: nothing is kept.
PanelInfo settingsPanel(api::Api api, Session &session, const QString &settingsFile);
// Theme, text size, motion and the rest as a person left them; before the first window.
void applyWindowSettings(const QString &settingsFile);
// The command that opens a file ("code -g %f:%l"); empty: the desktop's own choice.
QString editorCommand(const QString &settingsFile);

} // namespace gatehouse::ui
