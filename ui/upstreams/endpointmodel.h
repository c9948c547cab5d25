// The upstreams of the open workspace with their endpoints' figures, read once a second, and what was seen of them in the last
// quarter of an hour. Values and thin models; no widgets.
#pragma once

#include "gateway/api/api.h"
#include "ui/models/session.h"

#include <QtCore/QAbstractListModel>
#include <QtCore/QString>

#include <deque>
#include <map>

namespace gatehouse::ui {

// One endpoint as a row shows it.
struct EndpointRow {
    QString upstream, name, url;
    api::EndpointLive live;   // figures; zero while nothing was counted
    double weightShare = 0;   // what its weight alone would give, 0..1
    bool known = false;       // the running gateway has it
    bool enabled = true;
    enum class State { Healthy, Failing, Out, Disabled, Unknown } state = State::Unknown;
};

struct UpstreamRow {
    QString name;
    double perSecond = 0;
    std::vector<EndpointRow> endpoints;
    int takesRequests() const;
};

// A second of one endpoint.
struct EndpointSecond {
    int64_t startMicros = 0;
    double perSecond = 0;
    int64_t p99 = -1; // microseconds; -1: nothing measured
};

class EndpointFigures final : public QObject {
    Q_OBJECT
public:
    EndpointFigures(const api::Live &live, Session &session, QObject *parent = nullptr);

    const std::vector<UpstreamRow> &upstreams() const { return m_upstreams; }
    const UpstreamRow *find(const QString &name) const;
    const std::deque<EndpointSecond> &history(const QString &upstream, const QString &endpoint) const;
    static constexpr int keptSeconds = 15 * 60;

    void refresh(); // by its own timer; now
    void sample(int64_t wallMicros); // one point of history

Q_SIGNALS:
    void changed();

private:
    const api::Live &m_live;
    Session &m_session;
    std::vector<UpstreamRow> m_upstreams;
    std::map<std::pair<QString, QString>, std::deque<EndpointSecond>> m_history;
};

class UpstreamListModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { RowRole = Qt::UserRole }; // const UpstreamRow *
    UpstreamListModel(const EndpointFigures &figures, QObject *parent);
    void setFilter(const QString &text);
    void refresh();
    int rowOf(const QString &name) const;
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    const EndpointFigures &m_figures;
    QString m_filter;
    QStringList m_names;
};

class EndpointListModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { RowRole = Qt::UserRole }; // const EndpointRow *
    EndpointListModel(const EndpointFigures &figures, QObject *parent);
    void setUpstream(const QString &name);
    void refresh();
    const EndpointRow *at(int row) const;
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    const EndpointFigures &m_figures;
    QString m_upstream;
    std::vector<EndpointRow> m_rows;
};

// "ejected", "taken out by hand", "2 of 4 take requests": what is said below a name.
QString phraseOf(const EndpointRow &row, int64_t nowMicros);
QString phraseOf(const UpstreamRow &row);

} // namespace gatehouse::ui
Q_DECLARE_METATYPE(const gatehouse::ui::EndpointRow *)
Q_DECLARE_METATYPE(const gatehouse::ui::UpstreamRow *)
