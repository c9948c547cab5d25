#include "ui/shell/navigator.h"

namespace gatehouse::ui {
namespace {

QString id(const char *panel) { return QString::fromLatin1(panel); }

const char *panelOfPath(const QString &path)
{
    const QString first = path.left(path.indexOf(QLatin1Char('['))).section(QLatin1Char('.'), 0, 0);
    if (first == QStringLiteral("upstreams"))
        return panels::upstreams;
    if (first == QStringLiteral("mocks"))
        return panels::mocks;
    if (first == QStringLiteral("settings") || first == QStringLiteral("environments"))
        return panels::settings;
    if (first == QStringLiteral("requests") || first == QStringLiteral("collections"))
        return panels::explorer;
    return panels::routes;
}

} // namespace

void Navigator::go(const Place &place) { Q_EMIT requested(place); }

void Navigator::showPanel(const QString &panel) { go({ Place::Kind::Panel, panel, {}, {} }); }
void Navigator::showExchanges(const QString &filter)
{
    go({ Place::Kind::Exchanges, id(panels::traffic), filter, {} });
}
void Navigator::showExchanges(const QString &filter, qint64 fromMicros, qint64 toMicros)
{
    go({ Place::Kind::Exchanges, id(panels::traffic), filter, QStringLiteral("%1..%2").arg(fromMicros).arg(toMicros) });
}
void Navigator::showExchange(quint64 exchange, const QString &tab)
{
    go({ Place::Kind::Exchange, id(panels::traffic), {}, tab, exchange });
}
void Navigator::openRoute(const QString &name, const QString &field)
{
    go({ Place::Kind::Route, id(panels::routes), name, field });
}
void Navigator::openGroup(const QString &name) { go({ Place::Kind::Group, id(panels::routes), name, {} }); }
void Navigator::openListener(const QString &name) { go({ Place::Kind::Listener, id(panels::routes), name, {} }); }
void Navigator::openConsumer(const QString &name) { go({ Place::Kind::Consumer, id(panels::routes), name, {} }); }
void Navigator::openPolicy(const QString &owner, const QString &policy)
{
    go({ Place::Kind::Policy, id(panels::routes), owner, policy });
}
void Navigator::openUpstream(const QString &name, const QString &endpoint)
{
    go({ Place::Kind::Upstream, id(panels::upstreams), name, endpoint });
}
void Navigator::openMock(const QString &name, int response)
{
    go({ Place::Kind::Mock, id(panels::mocks), name, response < 0 ? QString() : QString::number(response) });
}
void Navigator::openMetrics(const QString &filter, const QString &metric)
{
    go({ Place::Kind::Metrics, id(panels::dashboard), filter, metric });
}
void Navigator::openRequest(const QString &path) { go({ Place::Kind::Request, id(panels::explorer), path, {} }); }
void Navigator::newRequest(const QString &text) { go({ Place::Kind::NewRequest, id(panels::explorer), text, {} }); }
void Navigator::explain(const QString &request, quint64 exchange)
{
    go({ Place::Kind::Explain, id(panels::routes), request, {}, exchange });
}
void Navigator::openTarget(const QString &target, const QString &fileAndLine)
{
    go({ Place::Kind::Target, id(panels::exporting), target, fileAndLine });
}
void Navigator::openSetting(const QString &path) { go({ Place::Kind::Setting, id(panels::settings), path, {} }); }
void Navigator::openPath(const QString &path, const QString &file) { go(placeOfPath(path, file)); }

Place placeOfPath(const QString &path, const QString &file)
{
    return { Place::Kind::Path, id(panelOfPath(path)), path, file };
}

} // namespace gatehouse::ui
