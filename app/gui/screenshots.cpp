#include "app/gui/screenshots.h"

#include "gateway/observe/filter.h"
#include "ui/shell/commandpalette.h"

#include <QtCore/QDir>
#include <QtGui/QKeyEvent>
#include <QtGui/QUndoStack>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>

#include <cstdio>

namespace gatehouse::gui {

namespace {

// What a shop meets in a few seconds: answers of all classes, mocks, redirects, refusals.
constexpr const char *requests[][2] = {
    {"GET", "/v1/orders/4711?expand=items"}, {"GET", "/v1/orders/4738"}, {"GET", "/v1/orders?page=2"}, {"POST", "/v1/orders"}, {"GET", "/v1/users/me"},
    {"GET", "/v1/products/sku-8821"}, {"GET", "/v1/products/missing"}, {"GET", "/products/lamp-01"}, {"GET", "/products"}, {"GET", "/old/cart"},
    {"DELETE", "/v1/cart/items/9"}, {"GET", "/admin/users"}, {"GET", "/nowhere"}, {"GET", "/healthz"}, {"PUT", "/v1/orders/4711"}, {"GET", "/search?q=lamp"},
};
constexpr int sendEveryMillis = 30, warmUpMillis = 6000, settleMillis = 700;

} // namespace

Screenshots::Screenshots(Application &application, QString folder, QString suffix, QSize size, QObject *parent)
    : QObject(parent), m_application(application), m_folder(std::move(folder)), m_suffix(std::move(suffix)), m_size(size)
{
    QDir().mkpath(m_folder);
    connect(&m_traffic, &QTimer::timeout, this, [this] { sendTraffic(); });
}

void Screenshots::start()
{
    if (m_application.session().opening()) {
        QTimer::singleShot(settleMillis, this, &Screenshots::start);
        return;
    }
    m_application.window().resize(m_size);
    plan();
    next();
}

void Screenshots::sendTraffic()
{
    const auto &request = requests[size_t(m_sent++) % std::size(requests)];
    send(request[0], request[1], m_sent % 7 != 0); // one in seven forgets its key
}

void Screenshots::send(const char *method, const char *url, bool withKey)
{
    api::RequestSketch sketch;
    sketch.method = method;
    sketch.url = url;
    if (withKey)
        sketch.headers.emplace_back("x-api-key", "demo-web-app");
    if (sketch.method == "POST" || sketch.method == "PUT") {
        sketch.headers.emplace_back("content-type", "application/json");
        sketch.body = "{\"sku\": \"lamp-01\", \"count\": 2}";
    }
    m_application.api().send.send(sketch, api::Send::Via::Gateway, [](const api::Sent &) { });
}

void Screenshots::openPanel(const char *panel) { m_application.window().showPanel(QLatin1String(panel)); }

// The newest exchange that the filter picks.
void Screenshots::selectExchange(const QString &filter, const QString &tab)
{
    const auto wanted = observe::Filter::parse(filter.toStdString());
    uint64_t found = 0, position = 0;
    for (;;) {
        const auto page = m_application.api().exchanges.since(position, 10000);
        if (page.rows.empty())
            break;
        for (const observe::Row &row : page.rows)
            if (row.state == observe::State::Final && wanted && wanted->matches(row))
                found = row.id;
        position = page.next;
    }
    openPanel(ui::panels::traffic);
    if (found)
        m_application.window().navigator()->showExchange(found, tab);
}

void Screenshots::plan()
{
    if (!m_application.session().isOpen()) {
        m_steps.push_back({QStringLiteral("first-run"), settleMillis, [] { }});
        return;
    }
    ui::MainWindow &window = m_application.window();
    const auto add = [this](const char *picture, int millis, std::function<void()> act) { m_steps.push_back({QLatin1String(picture), millis, std::move(act)}); };
    add("traffic-empty", settleMillis, [this] { openPanel(ui::panels::traffic); });
    add("", warmUpMillis, [this] { m_traffic.start(sendEveryMillis); });
    add("traffic", settleMillis, [this] { selectExchange(QStringLiteral("route:get-order* status:2xx")); });
    for (const char *tab : {"overview", "request", "response", "timing"})
        m_steps.push_back({QStringLiteral("traffic-") + QLatin1String(tab), settleMillis, [this, tab] { selectExchange(QStringLiteral("route:create-order status:2xx"), QLatin1String(tab)); }});
    add("", settleMillis, [this] {
        for (int i = 0; i < 40; ++i) // more than the limit lets in
            send("POST", "/v1/orders", true);
    });
    add("traffic-refused", settleMillis, [this] { selectExchange(QStringLiteral("verdict:throttled")); });
    add("traffic-denied", settleMillis, [this] { selectExchange(QStringLiteral("verdict:refused")); });
    add("traffic-unrouted", settleMillis, [this] { selectExchange(QStringLiteral("verdict:no-route")); });
    add("traffic-nothing", settleMillis, [&window] { window.navigator()->showExchanges(QStringLiteral("route:get-order took:>50s")); });
    add("", 0, [&window] { window.navigator()->showExchanges({}); });
    planRoutes();
    add("upstreams", settleMillis, [this] { openPanel(ui::panels::upstreams); });
    add("mocks", settleMillis, [this] { openPanel(ui::panels::mocks); });
    add("dashboard", 1500, [this] { openPanel(ui::panels::dashboard); });
    add("dashboard-crosshair", settleMillis, [&window] {
        window.navigator()->openMetrics({}, QStringLiteral("requests"));
        for (int i = 0; i < 3; ++i) {
            QKeyEvent left(QEvent::KeyPress, Qt::Key_Left, Qt::NoModifier);
            QCoreApplication::sendEvent(window.focusWidget(), &left);
        }
    });
    add("explorer", settleMillis, [&window] { window.navigator()->newRequest(QStringLiteral("curl http://127.0.0.1:8080/v1/orders/4711?expand=items -H 'x-beta: 1'")); });
    add("export", settleMillis, [this] { openPanel(ui::panels::exporting); });
    add("settings", settleMillis, [this] { openPanel(ui::panels::settings); });
    add("palette", settleMillis, [this, &window] {
        openPanel(ui::panels::traffic);
        window.openPalette(QStringLiteral("or"));
    });
    add("stopped", 2600, [this, &window] {
        window.commandPalette()->close();
        m_traffic.stop();
        Q_EMIT window.stopRequested();
    });
    add("dashboard-stopped", 1500, [this] { openPanel(ui::panels::dashboard); });
}

void Screenshots::planRoutes()
{
    ui::MainWindow &window = m_application.window();
    const auto add = [this](const char *picture, std::function<void()> act) { m_steps.push_back({QLatin1String(picture), settleMillis, std::move(act)}); };
    const auto first = [this]() -> QString {
        const auto routes = m_application.session().document().things("route");
        return routes.empty() ? QString() : QString::fromStdString(routes.front().name);
    };
    add("routes", [&window, first] { window.navigator()->openRoute(first()); });
    add("routes-explain", [&window] { window.navigator()->explain(QStringLiteral("curl http://127.0.0.1:8080/v1/orders/4711?expand=items -H 'x-beta: 1'")); });
    add("routes-error", [this, &window, first] {
        window.navigator()->explain(QString());
        window.navigator()->openRoute(first());
        if (const auto at = m_application.session().document().find("route", first().toStdString())) {
            const schema::Path path = at->path / schema::Step("match") / schema::Step("path");
            (void)m_application.session().edit(schema::Patch::replace(at->file, path, schema::Node::string("/orders/{id")), tr("Change path"));
            m_application.session().commit();
        }
    });
    add("", [this] {
        m_application.session().undoStack().undo();
        m_application.session().commit();
    });
    const auto view = [&window](const QString &name) {
        for (auto *segment : window.currentPanel()->findChildren<QAbstractButton *>())
            if (segment->isCheckable() && segment->text() == name)
                segment->click();
    };
    add("routes-table", [view] { view(QStringLiteral("Table")); });
    add("routes-coverage", [view] { view(QStringLiteral("Coverage")); });
}

void Screenshots::next()
{
    if (m_at == m_steps.size()) {
        QApplication::exit(0);
        return;
    }
    const Step &step = m_steps[m_at++];
    step.act();
    QTimer::singleShot(step.millis, this, [this, picture = step.picture] {
        if (!picture.isEmpty()) {
            const QString file = m_folder + QLatin1Char('/') + picture + QLatin1Char('-') + m_suffix + QStringLiteral(".png");
            for (QWidget *part : m_application.window().findChildren<QWidget *>())
                part->setAttribute(Qt::WA_UnderMouse, false); // there is no pointer
            if (!m_application.window().grab().save(file))
                std::fprintf(stderr, "gatehouse: %s can't be written\n", qPrintable(file));
        }
        next();
    });
}

} // namespace gatehouse::gui
