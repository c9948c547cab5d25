// Traffic: what came in, as a live table, and one exchange in full, with the reason why it went where it went.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

namespace gatehouse::ui {

// What stands behind `api` outlives the panel.
PanelInfo trafficPanel(api::Api api);

} // namespace gatehouse::ui
