// Traffic: every exchange as it happens, found by what is typed, explained beside the table.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

namespace gatehouse::ui {

// `api` outlives the panel.
PanelInfo trafficPanel(api::Api api);

} // namespace gatehouse::ui
