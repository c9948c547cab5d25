// Mocks: which there are, what each answers to what, and a preview of the answer.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

namespace gatehouse::ui {

class Session;

// `api` and `session` outlive the panel.
PanelInfo mocksPanel(api::Api api, Session &session);

} // namespace gatehouse::ui
