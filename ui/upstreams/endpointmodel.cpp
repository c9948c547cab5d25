#include "ui/upstreams/endpointmodel.h"

#include "ui/widgets/format.h"

#include <QtCore/QDateTime>
#include <QtCore/QTimer>

#include <algorithm>

namespace gatehouse::ui {

namespace {
QString q(const std::string &text) { return QString::fromStdString(text); }

// As the engine names an endpoint that has no name: the authority of its URL, or the socket's path.
QString authorityOf(const QString &url)
{
    if (url.startsWith(QLatin1String("unix:")))
        return url.mid(5);
    const qsizetype from = url.indexOf(QLatin1String("://"));
    const QString rest = from < 0 ? url : url.mid(from + 3);
    return rest.section(QLatin1Char('/'), 0, 0);
}

EndpointRow::State stateOf(const EndpointRow &row)
{
    using State = EndpointRow::State;
    if (!row.enabled)
        return State::Disabled;
    if (row.live.out)
        return State::Out;
    if (!row.known || row.live.recent.empty())
        return State::Unknown;
    // The last three answers decide: one failure among good ones is not a state.
    const auto &recent = row.live.recent;
    const size_t look = std::min<size_t>(3, recent.size());
    return std::none_of(recent.end() - std::ptrdiff_t(look), recent.end(), [](bool good) { return good; }) ? State::Failing : State::Healthy;
}
} // namespace

int UpstreamRow::takesRequests() const
{
    return int(std::count_if(endpoints.begin(), endpoints.end(), [](const EndpointRow &e) {
        return e.state == EndpointRow::State::Healthy || e.state == EndpointRow::State::Unknown;
    }));
}

EndpointFigures::EndpointFigures(const api::Live &live, Session &session, QObject *parent) : QObject(parent), m_live(live), m_session(session)
{
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, [this] {
        refresh();
        sample(QDateTime::currentMSecsSinceEpoch() * 1000);
    });
    timer->start(1000);
    connect(&session, &Session::documentChanged, this, [this] { refresh(); });
    connect(&session, &Session::applied, this, [this] { refresh(); });
    refresh();
}

void EndpointFigures::refresh()
{
    const std::vector<api::EndpointLive> live = m_live.endpoints();
    m_upstreams.clear();
    if (m_session.isOpen())
        for (const config::NamedThing &thing : m_session.document().things("upstream")) {
            UpstreamRow upstream{q(thing.name), 0, {}};
            const schema::Node *node = m_session.document().at(thing.at);
            const schema::Node *list = node ? node->find("endpoints") : nullptr;
            double weights = 0;
            for (const schema::Node &item : list ? list->items : std::vector<schema::Node>()) {
                const auto text = [&](const char *key) { return item.isMap() && item.find(key) ? q(item.find(key)->text) : QString(); };
                EndpointRow row;
                row.upstream = upstream.name;
                row.url = item.isScalar() ? q(item.text) : text("url");
                row.name = text("name").isEmpty() ? authorityOf(row.url) : text("name");
                row.enabled = text("enabled") != QLatin1String("false");
                row.live.weight = text("weight").isEmpty() ? 1 : text("weight").toDouble();
                for (const api::EndpointLive &figures : live)
                    if (q(figures.upstream) == upstream.name && (q(figures.endpoint) == row.name || q(figures.url) == row.url)) {
                        const double weight = row.live.weight;
                        row.live = figures;
                        row.live.weight = weight;
                        row.known = true;
                    }
                row.state = stateOf(row);
                upstream.perSecond += row.live.perSecond;
                if (row.enabled && !row.live.out)
                    weights += row.live.weight;
                upstream.endpoints.push_back(std::move(row));
            }
            for (EndpointRow &row : upstream.endpoints)
                row.weightShare = weights > 0 && row.enabled && !row.live.out ? row.live.weight / weights : 0;
            m_upstreams.push_back(std::move(upstream));
        }
    Q_EMIT changed();
}

void EndpointFigures::sample(int64_t wallMicros)
{
    for (const UpstreamRow &upstream : m_upstreams)
        for (const EndpointRow &row : upstream.endpoints) {
            std::deque<EndpointSecond> &kept = m_history[{row.upstream, row.name}];
            kept.push_back({wallMicros, row.live.perSecond, row.live.latency.count ? row.live.latency.p99 : -1});
            if (kept.size() > size_t(keptSeconds))
                kept.pop_front();
        }
}

const UpstreamRow *EndpointFigures::find(const QString &name) const
{
    const auto at = std::find_if(m_upstreams.begin(), m_upstreams.end(), [&](const UpstreamRow &u) { return u.name == name; });
    return at == m_upstreams.end() ? nullptr : &*at;
}

const std::deque<EndpointSecond> &EndpointFigures::history(const QString &upstream, const QString &endpoint) const
{
    static const std::deque<EndpointSecond> none;
    const auto at = m_history.find({upstream, endpoint});
    return at == m_history.end() ? none : at->second;
}

QString phraseOf(const EndpointRow &row, int64_t nowMicros)
{
    switch (row.state) {
    case EndpointRow::State::Disabled: return EndpointFigures::tr("switched off in the workspace");
    case EndpointRow::State::Out: return EndpointFigures::tr("taken out by hand");
    case EndpointRow::State::Unknown: return row.known ? EndpointFigures::tr("weight %1, no request yet").arg(row.live.weight) : EndpointFigures::tr("weight %1, not running").arg(row.live.weight);
    case EndpointRow::State::Failing: break;
    case EndpointRow::State::Healthy:
        if (!row.live.lastErrorMicros)
            return EndpointFigures::tr("weight %1, no failures").arg(row.live.weight);
        break;
    }
    const QString when = formatMoment(row.live.lastErrorMicros / 1000, nowMicros / 1000);
    return row.state == EndpointRow::State::Failing ? EndpointFigures::tr("failing: %1, %2").arg(q(row.live.lastError), when)
                                                    : EndpointFigures::tr("weight %1, last failed %2").arg(row.live.weight).arg(when);
}

QString phraseOf(const UpstreamRow &row)
{
    const int all = int(row.endpoints.size()), takes = row.takesRequests();
    if (all == 0)
        return EndpointFigures::tr("no endpoint");
    return takes == all ? EndpointFigures::tr("all take requests") : EndpointFigures::tr("%1 of %2 take requests").arg(takes).arg(all);
}

UpstreamListModel::UpstreamListModel(const EndpointFigures &figures, QObject *parent) : QAbstractListModel(parent), m_figures(figures) { refresh(); }

void UpstreamListModel::setFilter(const QString &text)
{
    m_filter = text;
    refresh();
}

void UpstreamListModel::refresh()
{
    QStringList names;
    for (const UpstreamRow &row : m_figures.upstreams())
        if (m_filter.isEmpty() || row.name.contains(m_filter, Qt::CaseInsensitive)
            || std::any_of(row.endpoints.begin(), row.endpoints.end(), [&](const EndpointRow &e) { return e.name.contains(m_filter, Qt::CaseInsensitive); }))
            names << row.name;
    if (names == m_names) { // the same rows: selection and scroll stay
        if (!m_names.isEmpty())
            Q_EMIT dataChanged(index(0), index(int(m_names.size()) - 1));
        return;
    }
    beginResetModel();
    m_names = names;
    endResetModel();
}

int UpstreamListModel::rowOf(const QString &name) const { return int(m_names.indexOf(name)); }
int UpstreamListModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_names.size()); }

QVariant UpstreamListModel::data(const QModelIndex &index, int role) const
{
    const UpstreamRow *row = index.isValid() ? m_figures.find(m_names.value(index.row())) : nullptr;
    if (!row)
        return {};
    switch (role) {
    case Qt::DisplayRole: return row->name;
    case RowRole: return QVariant::fromValue(row);
    case Qt::AccessibleTextRole: return tr("%1, %2 requests a second, %3").arg(row->name, formatRate(row->perSecond), phraseOf(*row));
    default: return {};
    }
}

EndpointListModel::EndpointListModel(const EndpointFigures &figures, QObject *parent) : QAbstractListModel(parent), m_figures(figures) { }

void EndpointListModel::setUpstream(const QString &name)
{
    m_upstream = name;
    refresh();
}

void EndpointListModel::refresh()
{
    const UpstreamRow *upstream = m_figures.find(m_upstream);
    std::vector<EndpointRow> rows = upstream ? upstream->endpoints : std::vector<EndpointRow>();
    const bool same = rows.size() == m_rows.size()
        && std::equal(rows.begin(), rows.end(), m_rows.begin(), [](const EndpointRow &a, const EndpointRow &b) { return a.upstream == b.upstream && a.name == b.name; });
    if (same) {
        m_rows = std::move(rows);
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

const EndpointRow *EndpointListModel::at(int row) const { return row >= 0 && row < int(m_rows.size()) ? &m_rows[size_t(row)] : nullptr; }
int EndpointListModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_rows.size()); }

QVariant EndpointListModel::data(const QModelIndex &index, int role) const
{
    const EndpointRow *row = index.isValid() ? at(index.row()) : nullptr;
    if (!row)
        return {};
    switch (role) {
    case Qt::DisplayRole: return row->name;
    case RowRole: return QVariant::fromValue(row);
    case Qt::AccessibleTextRole:
        return tr("%1, %2, %3 requests a second, %4 in flight, p99 %5")
            .arg(row->name, phraseOf(*row, QDateTime::currentMSecsSinceEpoch() * 1000), formatRate(row->live.perSecond), QString::number(row->live.inFlight),
                 formatDuration(row->live.latency.count ? double(row->live.latency.p99) * 1000 : -1));
    default: return {};
    }
}

} // namespace gatehouse::ui
