// How panels reach each other without knowing each other: "show these exchanges", "open route X", "explain this
// request". The window listens, brings the panel forward and hands it the place. GUI thread only.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

namespace gatehouse::ui {

// The ids of the panels, as in the rail.
namespace panels {
inline constexpr char traffic[] = "traffic";
inline constexpr char routes[] = "routes";
inline constexpr char upstreams[] = "upstreams";
inline constexpr char mocks[] = "mocks";
inline constexpr char dashboard[] = "dashboard";
inline constexpr char explorer[] = "explorer";
inline constexpr char exporting[] = "export";
inline constexpr char settings[] = "settings";
} // namespace panels

// A place in the window. What `name` and `detail` mean depends on `kind`.
struct Place {
    enum class Kind {
        Panel, // the panel as it stands
        Exchanges, // Traffic filtered by `name`, a filter expression; `detail` a span as "FROM..TO" in µs since 1970, or empty
        Exchange, // one exchange: `id`; `detail` is the tab ("why", "timing", …) or empty
        Route,
        Group,
        Listener,
        NewHost, // Routes: the listener `name` answers for the host `detail` from now on, which is an edit like others
        Consumer, // Routes: the object `name`; `detail` a field's path in it, or empty
        Policy, // Routes: the policy `detail` of the owner `name` ("route/get-order"); owner empty: a shared one
        Upstream, // Upstreams: `name`; `detail` an endpoint's address, or empty
        Mock, // Mocks: `name`; `detail` the index of a response, or empty
        Metrics, // Dashboard: `name` the filter (route or policy), `detail` the metric
        Request, // Explorer: a saved request by its path `name`
        NewRequest, // Explorer: a new tab made from the text `name` (curl line, URL or raw request)
        Explain, // Routes: the Explain bar filled with `name` and answered; `id` an exchange to take along, or 0
        Target, // Export: the target `name`; `detail` a file and line
        Setting, // Settings: the field's path `name`
        Path, // wherever the document's path `name` ("routes[3].match.path") of the file `detail` is edited: problems
              // jump by it
    };
    Kind kind = Kind::Panel;
    QString panel; // one of panels::
    QString name;
    QString detail;
    quint64 id = 0;

    bool operator==(const Place &) const = default;
};

// Where a problem at this path of a file is put right.
Place placeOfPath(const QString &path, const QString &file);

class Navigator final : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void go(const Place &place);

    void showPanel(const QString &panel);
    void showExchanges(const QString &filter);
    // Only those that began from `fromMicros` on and before `toMicros`, since 1970.
    void showExchanges(const QString &filter, qint64 fromMicros, qint64 toMicros);
    void showExchange(quint64 id, const QString &tab = {});
    void openRoute(const QString &name, const QString &field = {});
    void openGroup(const QString &name);
    void openListener(const QString &name);
    void openConsumer(const QString &name);
    void openPolicy(const QString &owner, const QString &policy);
    void openUpstream(const QString &name, const QString &endpoint = {});
    void openMock(const QString &name, int response = -1);
    void openMetrics(const QString &filter, const QString &metric = {});
    void openRequest(const QString &path);
    void newRequest(const QString &text);
    void explain(const QString &request, quint64 exchange = 0);
    void openTarget(const QString &target, const QString &fileAndLine = {});
    void openSetting(const QString &path);
    // Where a problem at this path of the document is put right. The panel is told from the path's first step.
    void openPath(const QString &path, const QString &file);

Q_SIGNALS:
    void requested(const gatehouse::ui::Place &place);
};

} // namespace gatehouse::ui
