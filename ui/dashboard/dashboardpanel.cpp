#include "ui/dashboard/dashboardpanel.h"

#include "ui/dashboard/tile.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/runs.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QTimer>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gatehouse::ui {

namespace {

constexpr int sparkPoints = 60;

// One step of the charts: the seconds that fall into it.
struct Step {
    std::array<double, 6> byClass{}; // a second
    double p50 = std::nan(""), p90 = std::nan(""), p99 = std::nan(""); // ns
    double allowed = 0, refused = 0, delayed = 0, bytesIn = 0, bytesOut = 0;
    bool known = false;
    double all() const { return std::accumulate(byClass.begin(), byClass.end(), 0.0); }
};

struct Span {
    const char *name;
    int seconds, step; // seconds a step
};
constexpr Span spans[] = {{QT_TRANSLATE_NOOP("dashboard", "Live"), 300, 2}, {QT_TRANSLATE_NOOP("dashboard", "15 min"), 900, 5}, {QT_TRANSLATE_NOOP("dashboard", "1 h"), 3600, 20}};

std::vector<Step> stepsOf(const std::vector<api::Second> &seconds, int64_t endSecond, const Span &span)
{
    std::vector<Step> steps(size_t(span.seconds / span.step));
    std::vector<int> count(steps.size());
    for (const api::Second &second : seconds) {
        const int64_t back = endSecond - second.startMicros / 1'000'000;
        if (back < 0 || back >= span.seconds)
            continue;
        const size_t at = steps.size() - 1 - size_t(back / span.step);
        Step &step = steps[at];
        step.known = true;
        ++count[at];
        for (size_t c = 0; c < step.byClass.size(); ++c)
            step.byClass[c] += second.byClass[c];
        step.allowed += second.allowed;
        step.refused += second.refused;
        step.delayed += second.delayed;
        step.bytesIn += double(second.bytesIn);
        step.bytesOut += double(second.bytesOut);
        if (second.latency.count) { // the worst second of a step stands for it
            const auto worst = [](double &kept, int64_t micros) { kept = std::isnan(kept) ? double(micros) * 1000 : std::max(kept, double(micros) * 1000); };
            worst(step.p50, second.latency.p50);
            worst(step.p90, second.latency.p90);
            worst(step.p99, second.latency.p99);
        }
    }
    for (size_t i = 0; i < steps.size(); ++i) {
        const double n = std::max(1, count[i]);
        for (double &value : steps[i].byClass)
            value /= n;
        for (double *value : {&steps[i].allowed, &steps[i].refused, &steps[i].delayed, &steps[i].bytesIn, &steps[i].bytesOut})
            *value /= n;
    }
    return steps;
}

class DashboardPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::DashboardPanel)

public:
    DashboardPanel(const PanelContext &context, api::Api api) : m_context(context), m_api(api)
    {
        build();
        auto *second = new QTimer(this);
        connect(second, &QTimer::timeout, this, [this] {
            if (isVisible())
                refresh();
        });
        second->start(1000);
        refresh();
    }

    void activate() override
    {
        refresh();
        m_requests->setFocus();
    }
    QList<QWidget *> regions() override { return {m_span, m_requests, m_latency, m_throttling, m_volume}; }
    QVariantMap saveState() const override { return {{QStringLiteral("span"), m_span->current()}}; }
    void restoreState(const QVariantMap &state) override
    {
        m_span->setCurrent(state.value(QStringLiteral("span")).toInt());
        refresh();
    }

private:
    void build()
    {
        auto *outer = new QVBoxLayout(this);
        outer->setContentsMargins({});
        setBackgroundRole(QPalette::AlternateBase);
        setAutoFillBackground(true);
        auto *bar = new QHBoxLayout;
        bar->setContentsMargins(scaled(14), scaled(8), scaled(14), 0);
        QStringList names;
        for (const Span &span : spans)
            names << QCoreApplication::translate("dashboard", span.name);
        m_span = new Segments(names, this);
        bar->addWidget(m_span);
        bar->addStretch();
        m_crosshair = new RunsLabel(this);
        m_crosshair->setBaseFont(typeFont(Type::Control));
        m_crosshair->setAlignment(Qt::AlignTrailing);
        m_crosshair->setFixedHeight(scaled(28));
        bar->addWidget(m_crosshair, 1);
        outer->addLayout(bar);
        auto *grid = new QGridLayout;
        grid->setContentsMargins(scaled(14), scaled(10), scaled(14), scaled(12));
        grid->setSpacing(scaled(10));
        auto *tiles = new QHBoxLayout;
        tiles->setSpacing(scaled(10));
        const auto tile = [&](const QString &name, const QString &filter) {
            auto *made = new Tile(name, this);
            connect(made, &Tile::clicked, this, [this, filter] { m_context.navigator->showExchanges(filter); });
            tiles->addWidget(made, 1);
            return made;
        };
        m_tileRequests = tile(tr("Requests"), {});
        m_tileFailed = tile(tr("Failed"), QStringLiteral("status:5xx"));
        m_tileP99 = tile(tr("p99"), QStringLiteral("took:>100ms"));
        m_tileThrottled = tile(tr("Throttled"), QStringLiteral("verdict:throttled"));
        m_tileFlight = tile(tr("In flight"), {});
        m_tileSent = tile(tr("Sent"), {});
        grid->addLayout(tiles, 0, 0, 1, 2);
        m_requests = chart(tr("Requests/s by class"), Unit::PerSecond);
        m_latency = chart(tr("Latency"), Unit::Nanoseconds);
        m_latency->setLogarithmic(true);
        m_throttling = chart(tr("Throttling"), Unit::PerSecond);
        m_volume = chart(tr("Bodies"), Unit::Bytes);
        int place = 0;
        for (TimeChart *one : {m_requests, m_latency, m_throttling, m_volume}) {
            grid->addWidget(one, 1 + place / 2, place % 2);
            ++place;
        }
        grid->setRowStretch(1, 1);
        grid->setRowStretch(2, 1);
        outer->addLayout(grid, 1);
        connect(m_span, &Segments::currentChanged, this, [this] { refresh(); });
    }

    TimeChart *chart(const QString &title, Unit unit)
    {
        auto *made = new TimeChart(title, unit, this);
        setKind(made, "plot");
        connect(made, &TimeChart::crosshairMoved, this, [this](qint64 time) { showCrosshair(time); });
        connect(made, &TimeChart::exchangesRequested, this, [this](qint64 from, qint64 to) { showExchanges(from, to); });
        m_charts << made;
        return made;
    }

    void showCrosshair(qint64 time)
    {
        for (TimeChart *one : m_charts)
            one->setCrosshair(time);
        m_crosshair->setRuns(time ? Runs{wire(formatClock(time)), soft(tr(" at the crosshair"))} : Runs{});
    }
    void showExchanges(qint64, qint64) { m_context.navigator->showExchanges({}); }

    void refresh()
    {
        const Span &span = spans[std::clamp(m_span->current(), 0, int(std::size(spans)) - 1)];
        const int64_t now = QDateTime::currentMSecsSinceEpoch() / 1000 - 1; // the last whole second
        const auto seconds = m_api.live.seconds((now - span.seconds) * 1'000'000);
        const std::vector<Step> steps = stepsOf(seconds, now, span);
        fillCharts(steps, now, span);
        fillTiles(seconds, now);
    }

    void fillCharts(const std::vector<Step> &steps, int64_t now, const Span &span)
    {
        ChartData base;
        base.end = now * 1000;
        base.step = span.step * 1000;
        for (const auto &[wall, revision] : m_api.live.reloads())
            if (wall / 1'000'000 > now - span.seconds)
                base.marks << ChartMark{wall / 1000, tr("revision %1").arg(revision)};
        const auto series = [&](const QString &name, ChartSeries::Shape shape, HueId hue, bool unusual, auto value) {
            ChartSeries out;
            out.name = name;
            out.shape = shape;
            out.hue = hue;
            out.unusual = unusual;
            for (const Step &step : steps)
                out.values.push_back(step.known ? value(step) : std::nan(""));
            return out;
        };
        using Class = observe::StatusClass;
        const auto ofClass = [](Class c) { return [c](const Step &step) { return step.byClass[size_t(c)]; }; };
        constexpr auto stacked = ChartSeries::Shape::Stacked;
        constexpr auto line = ChartSeries::Shape::Line;
        ChartData requests = base;
        requests.series = {series(QStringLiteral("2xx"), stacked, HueId::Ok, false, ofClass(Class::Success)),
                           series(QStringLiteral("3xx"), stacked, HueId::Redirect, false, ofClass(Class::Redirect)),
                           series(QStringLiteral("4xx"), stacked, HueId::Client, true, ofClass(Class::Client)),
                           series(QStringLiteral("5xx"), stacked, HueId::Server, true,
                                  [](const Step &s) { return s.byClass[size_t(Class::Server)] + s.byClass[size_t(Class::NoAnswer)]; })};
        m_requests->setData(requests);
        ChartData latency = base;
        latency.series = {series(QStringLiteral("p50"), line, HueId::Ok, false, [](const Step &s) { return s.p50; }),
                          series(QStringLiteral("p90"), line, HueId::Ok, false, [](const Step &s) { return s.p90; }),
                          series(QStringLiteral("p99"), line, HueId::Ok, false, [](const Step &s) { return s.p99; })};
        latency.series[0].tone = ChartSeries::Tone::Low;
        latency.series[1].tone = ChartSeries::Tone::Middle;
        latency.series[2].tone = ChartSeries::Tone::High;
        m_latency->setData(latency);
        ChartData throttling = base;
        throttling.series = {series(tr("allowed"), stacked, HueId::Ok, false, [](const Step &s) { return s.allowed; }),
                             series(tr("delayed"), stacked, HueId::Delay, true, [](const Step &s) { return s.delayed; }),
                             series(tr("refused"), stacked, HueId::Client, true, [](const Step &s) { return s.refused; })};
        m_throttling->setData(throttling);
        ChartData volume = base;
        volume.series = {series(tr("sent a second"), line, HueId::Ok, false, [](const Step &s) { return s.bytesOut; }),
                         series(tr("received a second"), line, HueId::Redirect, false, [](const Step &s) { return s.bytesIn; })};
        volume.series[0].tone = ChartSeries::Tone::Accent;
        volume.series[1].dashed = true;
        m_volume->setData(volume);
    }

    void fillTiles(const std::vector<api::Second> &seconds, int64_t now)
    {
        const std::vector<Step> spark = stepsOf(seconds, now, {"", sparkPoints * 2, 2});
        const auto recent = [&](auto value) {
            std::vector<double> out;
            for (const Step &step : spark)
                out.push_back(step.known ? value(step) : 0);
            return out;
        };
        const auto totals = m_api.live.totals();
        uint64_t requests = 0, failed = 0, refused = 0, limited = 0;
        double sent = 0;
        for (const api::Second &second : seconds) {
            if (second.startMicros / 1'000'000 <= now - 300)
                continue;
            requests += std::accumulate(second.byClass.begin(), second.byClass.end(), uint64_t(0));
            failed += second.byClass[size_t(observe::StatusClass::Server)] + second.byClass[size_t(observe::StatusClass::NoAnswer)];
            refused += second.refused;
            limited += second.refused + second.allowed + second.delayed;
            if (second.startMicros / 1'000'000 > now - 10)
                sent += double(second.bytesOut) / 10;
        }
        const auto percent = [](uint64_t part, uint64_t all) { return QString::number(all ? 100.0 * double(part) / double(all) : 0.0, 'f', 1); };
        m_tileRequests->setFigure(formatRate(totals.perSecond), QStringLiteral("/s"), tr("%1 since the start").arg(formatCount(qint64(totals.requests))), HueId::Ok,
                                  recent([](const Step &s) { return s.all(); }));
        m_tileFailed->setFigure(percent(failed, requests), QStringLiteral("%"), failed ? tr("%1 in 5 min").arg(formatCount(qint64(failed))) : tr("none in 5 min"),
                                failed ? HueId::Server : HueId::None, recent([](const Step &s) { return s.byClass[size_t(observe::StatusClass::Server)]; }));
        const QString p99 = formatDuration(totals.latency.count ? double(totals.latency.p99) * 1000 : -1);
        m_tileP99->setFigure(p99.section(QLatin1Char(' '), 0, 0), p99.section(QLatin1Char(' '), 1),
                             tr("half under %1").arg(formatDuration(totals.latency.count ? double(totals.latency.p50) * 1000 : -1)), HueId::None,
                             recent([](const Step &s) { return std::isnan(s.p99) ? 0 : s.p99; }));
        m_tileThrottled->setFigure(percent(refused, limited), QStringLiteral("%"), refused ? tr("%1 refused in 5 min").arg(formatCount(qint64(refused))) : tr("none refused in 5 min"),
                                   refused ? HueId::Client : HueId::None, recent([](const Step &s) { return s.refused; }));
        m_tileFlight->setFigure(formatCount(totals.inFlight), tr("requests"), tr("%n connection(s)", nullptr, int(totals.connections)), HueId::None,
                                recent([](const Step &s) { return s.all(); }));
        const QString bytes = formatBytes(qint64(sent));
        m_tileSent->setFigure(bytes.section(QLatin1Char(' '), 0, 0), bytes.section(QLatin1Char(' '), 1) + QStringLiteral("/s"), tr("bodies, last 10 s"), HueId::None,
                              recent([](const Step &s) { return s.bytesOut; }));
    }

    PanelContext m_context;
    api::Api m_api;
    Segments *m_span;
    RunsLabel *m_crosshair;
    QList<TimeChart *> m_charts;
    TimeChart *m_requests, *m_latency, *m_throttling, *m_volume;
    Tile *m_tileRequests, *m_tileFailed, *m_tileP99, *m_tileThrottled, *m_tileFlight, *m_tileSent;
};

} // namespace

PanelInfo dashboardPanel(api::Api api)
{
    return {QLatin1String(panels::dashboard), QObject::tr("Dashboard"), IconId::Dashboard,
            [api](const PanelContext &context) -> Panel * { return new DashboardPanel(context, api); }};
}

} // namespace gatehouse::ui
