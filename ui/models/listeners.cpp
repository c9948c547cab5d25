#include "ui/models/listeners.h"

namespace gatehouse::ui {

std::string baseUrl(const api::Status &status)
{
    std::string found;
    for (const api::ListenerState &listener : status.listeners) {
        if (!listener.error.empty())
            continue;
        if (!listener.url.starts_with("unix:"))
            return listener.url;
        found = "http://localhost";
    }
    return found;
}

QString curlLine(const QString &address)
{
    if (address.startsWith(QStringLiteral("unix:"))) {
        QString path = address.mid(5);
        path.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
        return QStringLiteral("curl -i --unix-socket '%1' http://localhost/").arg(path);
    }
    return QStringLiteral("curl -i %1/").arg(address.contains(QStringLiteral("://")) ? address : QStringLiteral("http://") + address);
}

} // namespace gatehouse::ui
