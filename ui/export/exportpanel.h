// Export: the same configuration for the gateway that production runs, with what differs beside the lines.
#pragma once

#include "ui/shell/panel.h"

namespace gatehouse::ui {

class Session;

// `session` outlives the panel.
PanelInfo exportPanel(Session &session);

} // namespace gatehouse::ui
