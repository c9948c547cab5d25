// Routes: who takes a request, what it meets, where it goes. Everything that owns a chain of policies is edited here.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

namespace gatehouse::ui {

class Session;

// `api` and `session` outlive the panel.
PanelInfo routesPanel(api::Api api, Session &session);

} // namespace gatehouse::ui
