// How requests from elsewhere reach the gateway: what to write in front of a path, and a command that tries it.
#pragma once

#include "gateway/api/api.h"

#include <QtCore/QString>

namespace gatehouse::ui {

// Of the first that listens where a URL can lead: "http://127.0.0.1:8080"; "http://localhost" where there are only Unix sockets, which
// stand beside a URL and not in it. Empty: nothing listens.
std::string baseUrl(const api::Status &status);
// The command that asks a listener for its front page; `address` as the engine names it: "http://127.0.0.1:8080", "127.0.0.1:8080" or
// "unix:/path".
QString curlLine(const QString &address);

} // namespace gatehouse::ui
