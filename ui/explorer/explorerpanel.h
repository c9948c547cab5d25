// Explorer: requests by hand, sent through the gateway or directly, with the answer and why it was so; saved ones as files.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

namespace gatehouse::ui {

class Session;

// `api` and `session` outlive the panel.
PanelInfo explorerPanel(api::Api api, Session &session);

} // namespace gatehouse::ui
