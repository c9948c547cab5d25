// Dashboard: how the gateway does, live, for the last minutes up to an hour.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

namespace gatehouse::ui {

// `api` outlives the panel.
PanelInfo dashboardPanel(api::Api api);

} // namespace gatehouse::ui
