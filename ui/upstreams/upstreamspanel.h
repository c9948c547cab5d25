// Upstreams: which there are, how their endpoints do, what governs them.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

namespace gatehouse::ui {

class Session;

// `api` and `session` outlive the panel.
PanelInfo upstreamsPanel(api::Api api, Session &session);

} // namespace gatehouse::ui
