// Widgets filled as in the design's pictures, for the gallery.
#pragma once

#include "ui/shell/panel.h"
#include "ui/shell/shellstate.h"

namespace gatehouse::ui::samples {

ShellState shellState();
QList<PanelInfo> panels();
QList<std::pair<QString, QWidget *>> widgets(); // name and widget, owned by the caller

} // namespace gatehouse::ui::samples
