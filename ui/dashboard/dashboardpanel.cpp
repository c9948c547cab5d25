#include "ui/dashboard/dashboardpanel.h"

#include "ui/dashboard/steps.h"
#include "ui/dashboard/tile.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/runs.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QTimer>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFrame>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>

namespace gatehouse::ui {

namespace {

constexpr int64_t tileSeconds = 300, sparkSeconds = 120, sparkStep = 2, leastZoom = 10;

struct Choice {
    const char *name;
    int64_t seconds, step;
};
constexpr Choice choices[] = {{QT_TRANSLATE_NOOP("dashboard", "Live"), 300, 2}, {QT_TRANSLATE_NOOP("dashboard", "15 min"), 900, 5}, {QT_TRANSLATE_NOOP("dashboard", "1 h"), 3600, 20}};

QFrame *cardOf(QWidget *content, QWidget *parent)
{
    auto *card = new QFrame(parent);
    card->setFrameShape(QFrame::StyledPanel);
    setKind(card, "plot");
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->addWidget(content);
    return card;
}

class DashboardPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::DashboardPanel)

public:
    DashboardPanel(const PanelContext &context, api::Api api, std::shared_ptr<BucketWatch> buckets);

    void activate() override;
    bool open(const Place &place) override;
    QList<QWidget *> regions() override { return {m_choice, m_requests, m_latency, m_throttling, m_heat}; }
    bool leave() override;
    QVariantMap saveState() const override { return {{QStringLiteral("span"), m_choice->current()}, {QStringLiteral("limit"), m_limit->currentText()}}; }
    void restoreState(const QVariantMap &state) override;

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QLayout *buildBar();
    QLayout *buildTiles();
    void buildCharts(QGridLayout *grid);
    TimeChart *chart(const QString &title, Unit unit);

    void second();
    void refresh();
    ChartSpan span() const;
    void zoom(qint64 fromMillis, qint64 toMillis);
    void unzoom();
    void showCrosshair(qint64 time);
    void holdCrosshair(qint64 time);
    void describeCrosshair();
    void showExchanges(const QString &filter, qint64 fromMillis, qint64 toMillis);
    void showStep();
    ChartSeries series(const QString &name, ChartSeries::Shape shape, HueId hue, bool unusual, const std::function<double(const Step &)> &value) const;
    void fillCharts(const ChartSpan &span);
    void fillBuckets(ChartData data, const ChartSpan &span);
    void fillTiles();
    void fillLiveTiles(bool runs, const std::vector<Step> &spark);

    PanelContext m_context;
    api::Api m_api;
    const std::shared_ptr<BucketWatch> m_buckets;
    std::vector<api::Second> m_seconds;
    std::vector<Step> m_steps;
    std::optional<std::pair<int64_t, int64_t>> m_zoom; // seconds since 1970, both included
    qint64 m_crosshairAt = 0;
    bool m_held = false;
    int64_t m_now = 0; // the last whole second
    Segments *m_choice = nullptr;
    QLabel *m_limitLabel = nullptr;
    QComboBox *m_limit = nullptr;
    QString m_wantedLimit;
    RunsLabel *m_note = nullptr;
    QList<TimeChart *> m_charts;
    TimeChart *m_goesTo = nullptr; // of the place that was opened last, until it is brought forward
    TimeChart *m_requests = nullptr, *m_latency = nullptr, *m_throttling = nullptr, *m_bucket = nullptr;
    QFrame *m_bucketCard = nullptr;
    HeatMap *m_heat = nullptr;
    Tile *m_tileRequests = nullptr, *m_tileFailed = nullptr, *m_tileP99 = nullptr, *m_tileThrottled = nullptr, *m_tileFlight = nullptr, *m_tileGateway = nullptr;
};

DashboardPanel::DashboardPanel(const PanelContext &context, api::Api api, std::shared_ptr<BucketWatch> buckets)
    : m_context(context)
    , m_api(api)
    , m_buckets(std::move(buckets))
{
    setBackgroundRole(QPalette::AlternateBase);
    setAutoFillBackground(true);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->setSpacing(0);
    outer->addLayout(buildBar());
    auto *grid = new QGridLayout;
    grid->setContentsMargins(scaled(14), scaled(10), scaled(14), scaled(12));
    grid->setSpacing(scaled(10));
    grid->addLayout(buildTiles(), 0, 0, 1, 2);
    buildCharts(grid);
    outer->addLayout(grid, 1);
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &DashboardPanel::second);
    timer->start(1000);
    second();
    refresh();
}

// --- building --------------------------------------------------------------------------------------------------------

QLayout *DashboardPanel::buildBar()
{
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(scaled(14), scaled(8), scaled(14), 0);
    bar->setSpacing(scaled(8));
    QStringList names;
    for (const Choice &choice : choices)
        names << QCoreApplication::translate("dashboard", choice.name);
    m_choice = new Segments(names, this);
    m_choice->setAccessibleName(tr("Span"));
    m_choice->setCurrent(0);
    connect(m_choice, &Segments::currentChanged, this, &DashboardPanel::unzoom);
    bar->addWidget(m_choice);
    m_limit = new QComboBox(this);
    m_limit->setAccessibleName(tr("Limit"));
    m_limit->hide();
    m_limitLabel = new QLabel(tr("Limit"), this);
    m_limitLabel->setBuddy(m_limit);
    m_limitLabel->hide();
    connect(m_limit, &QComboBox::activated, this, [this] { refresh(); });
    bar->addSpacing(scaled(8));
    bar->addWidget(m_limitLabel);
    bar->addWidget(m_limit);
    m_note = new RunsLabel(this);
    m_note->setBaseFont(typeFont(Type::Control));
    m_note->setAlignment(Qt::AlignTrailing);
    m_note->setFixedHeight(scaled(20));
    connect(m_note, &RunsLabel::commandActivated, this, [this](const QString &command) { command == QStringLiteral("whole") ? unzoom() : showStep(); });
    bar->addWidget(m_note, 1);
    bar->addSpacing(1);
    m_choice->setMinimumHeight(scaled(28));
    return bar;
}

QLayout *DashboardPanel::buildTiles()
{
    auto *tiles = new QHBoxLayout;
    tiles->setSpacing(scaled(10));
    // What a figure counts is what its door shows: the last five minutes, or what is on its way.
    const auto tile = [&](const QString &name, const std::function<QString()> &filter) {
        auto *made = new Tile(name, this);
        connect(made, &Tile::clicked, this, [this, filter] { showExchanges(filter(), (m_now - tileSeconds + 1) * 1000, (m_now + 1) * 1000); });
        tiles->addWidget(made, 1);
        return made;
    };
    m_tileRequests = tile(tr("Requests"), [] { return QString(); });
    m_tileFailed = tile(tr("Failed"), [] { return QStringLiteral("status:5xx,none"); });
    m_tileP99 = tile(tr("p99"), [this] { return QStringLiteral("took:>=%1us").arg(m_api.live.totals().latency.p99); });
    m_tileThrottled = tile(tr("Throttled"), [] { return QStringLiteral("verdict:throttled"); });
    m_tileFlight = new Tile(tr("In flight"), this);
    connect(m_tileFlight, &Tile::clicked, this, [this] { m_context.navigator->showExchanges(QStringLiteral("status:none")); });
    tiles->addWidget(m_tileFlight, 1);
    m_tileGateway = tile(tr("Gateway adds"), [] { return QString(); });
    return tiles;
}

void DashboardPanel::buildCharts(QGridLayout *grid)
{
    m_requests = chart(tr("Requests/s by class"), Unit::PerSecond);
    m_latency = chart(tr("Latency"), Unit::Nanoseconds);
    m_latency->setLogarithmic(true);
    m_throttling = chart(tr("Throttling"), Unit::PerSecond);
    m_bucket = chart(tr("Bucket fill"), Unit::Count);
    m_heat = new HeatMap(tr("Latency, all requests"), this);
    connect(m_heat, &HeatMap::crosshairMoved, this, &DashboardPanel::showCrosshair);
    connect(m_heat, &HeatMap::crosshairClicked, this, &DashboardPanel::holdCrosshair);
    connect(m_heat, &HeatMap::exchangesRequested, this, [this](qint64 from, qint64 to, double least, double most) {
        showExchanges(QStringLiteral("took:%1us..%2us").arg(least / 1000, 0, 'f', 1).arg(most / 1000, 0, 'f', 1), from + 1000, to + 1000);
    });
    grid->addWidget(cardOf(m_requests, this), 1, 0);
    grid->addWidget(cardOf(m_latency, this), 1, 1);
    auto *limits = new QVBoxLayout;
    limits->setSpacing(scaled(8));
    limits->addWidget(cardOf(m_throttling, this), 3);
    m_bucketCard = cardOf(m_bucket, this);
    m_bucketCard->hide();
    limits->addWidget(m_bucketCard, 2);
    grid->addLayout(limits, 2, 0);
    grid->addWidget(cardOf(m_heat, this), 2, 1);
    grid->setRowStretch(1, 4);
    grid->setRowStretch(2, 5);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
}

TimeChart *DashboardPanel::chart(const QString &title, Unit unit)
{
    auto *made = new TimeChart(title, unit, this);
    connect(made, &TimeChart::crosshairMoved, this, &DashboardPanel::showCrosshair);
    connect(made, &TimeChart::crosshairClicked, this, &DashboardPanel::holdCrosshair);
    connect(made, &TimeChart::spanChosen, this, &DashboardPanel::zoom);
    connect(made, &TimeChart::resetRequested, this, &DashboardPanel::unzoom);
    connect(made, &TimeChart::exchangesRequested, this, &DashboardPanel::showStep);
    m_charts << made;
    return made;
}

// --- the panel to the window -----------------------------------------------------------------------------------------

void DashboardPanel::activate()
{
    refresh();
    (m_goesTo ? m_goesTo : m_requests)->setFocus(Qt::OtherFocusReason);
    m_goesTo = nullptr;
}

bool DashboardPanel::open(const Place &place)
{
    if (place.kind == Place::Kind::Metrics)
        m_goesTo = place.detail == QStringLiteral("latency") ? m_latency : place.detail == QStringLiteral("throttling") ? m_throttling : m_requests;
    return place.kind == Place::Kind::Panel || place.kind == Place::Kind::Metrics;
}

bool DashboardPanel::leave()
{
    if (m_zoom) {
        unzoom();
        return true;
    }
    return false;
}

void DashboardPanel::restoreState(const QVariantMap &state)
{
    m_choice->setCurrent(state.value(QStringLiteral("span")).toInt());
    m_wantedLimit = state.value(QStringLiteral("limit")).toString();
    refresh();
}

// + and - do by keys what dragging and a double click do.
void DashboardPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Plus) {
        const ChartSpan now = span();
        const int64_t around = m_crosshairAt ? m_crosshairAt / 1000 : now.endSecond, quarter = std::max(now.seconds / 4, leastZoom / 2);
        zoom((around - quarter) * 1000, std::min(around + quarter, now.endSecond) * 1000);
    } else if (event->key() == Qt::Key_Minus) {
        unzoom();
    } else {
        Panel::keyPressEvent(event);
    }
}

// --- time ------------------------------------------------------------------------------------------------------------

void DashboardPanel::second()
{
    if (isVisible())
        refresh();
}

ChartSpan DashboardPanel::span() const
{
    const Choice &choice = choices[std::clamp(m_choice->current(), 0, int(std::size(choices)) - 1)];
    if (!m_zoom)
        return {m_now, choice.seconds, choice.step, true};
    const int64_t seconds = m_zoom->second - m_zoom->first + 1;
    return {m_zoom->second, seconds, std::max<int64_t>(1, seconds / 150), false};
}

void DashboardPanel::zoom(qint64 fromMillis, qint64 toMillis)
{
    const int64_t to = toMillis / 1000, from = std::min<int64_t>(fromMillis / 1000, to - leastZoom + 1);
    m_zoom = std::pair(from, to);
    refresh();
}

void DashboardPanel::unzoom()
{
    m_zoom.reset();
    refresh();
}

void DashboardPanel::showCrosshair(qint64 time)
{
    m_crosshairAt = time;
    if (!time)
        m_held = false;
    for (TimeChart *one : m_charts) {
        one->setCrosshair(time);
        one->setHeld(m_held);
    }
    m_heat->setCrosshair(time);
    m_heat->setHeld(m_held);
    describeCrosshair();
}

// A click holds it where it is, so that the pointer may go to what it shows; another one lets it go.
void DashboardPanel::holdCrosshair(qint64 time)
{
    m_held = !(m_held && time == m_crosshairAt);
    showCrosshair(time);
}

void DashboardPanel::describeCrosshair()
{
    Runs runs;
    const ChartSpan shown = span();
    if (m_crosshairAt && !m_steps.empty()) {
        const int64_t back = (shown.endSecond - m_crosshairAt / 1000) / shown.step;
        const uint64_t requests = back >= 0 && size_t(back) < m_steps.size() ? m_steps[m_steps.size() - 1 - size_t(back)].requests : 0;
        runs << wire(formatClock(m_crosshairAt)) << soft(tr(" at the crosshair"));
        if (requests > 0)
            runs << plain(QStringLiteral("     ")) << commandLink(tr("Show these %1").arg(countText(requests)), QStringLiteral("show"));
    } else if (m_zoom) {
        runs << wire(QStringLiteral("%1–%2").arg(formatClock(m_zoom->first * 1000), formatClock(m_zoom->second * 1000)));
    }
    if (m_zoom)
        runs << plain(QStringLiteral("     ")) << commandLink(tr("Whole span"), QStringLiteral("whole"));
    if (toPlainText(runs) != toPlainText(m_note->runs()))
        m_note->setRuns(runs);
}

void DashboardPanel::showExchanges(const QString &filter, qint64 fromMillis, qint64 toMillis)
{
    m_context.navigator->showExchanges(filter, fromMillis * 1000, toMillis * 1000);
}

// The step under the crosshair, whole: it ends with the second it is named by.
void DashboardPanel::showStep()
{
    const ChartSpan shown = span();
    const int64_t at = m_crosshairAt ? m_crosshairAt / 1000 : shown.endSecond;
    const int64_t last = shown.endSecond - (shown.endSecond - at) / shown.step * shown.step;
    showExchanges({}, (last - shown.step + 1) * 1000, (last + 1) * 1000);
}

// --- figures ---------------------------------------------------------------------------------------------------------

void DashboardPanel::refresh()
{
    m_now = QDateTime::currentMSecsSinceEpoch() / 1000 - 1;
    const ChartSpan shown = span();
    m_seconds = m_api.live.seconds(std::min(shown.firstSecond(), m_now - tileSeconds) * 1'000'000);
    m_steps = stepsOf(m_seconds, shown);
    fillCharts(shown);
    fillTiles();
    describeCrosshair();
}

ChartSeries DashboardPanel::series(const QString &name, ChartSeries::Shape shape, HueId hue, bool unusual, const std::function<double(const Step &)> &value) const
{
    ChartSeries out;
    out.name = name;
    out.shape = shape;
    out.hue = hue;
    out.unusual = unusual;
    for (const Step &step : m_steps)
        out.values.push_back(step.known ? value(step) : std::nan(""));
    return out;
}

void DashboardPanel::fillCharts(const ChartSpan &span)
{
    using Class = observe::StatusClass;
    constexpr auto stacked = ChartSeries::Shape::Stacked;
    constexpr auto line = ChartSeries::Shape::Line;
    ChartData base;
    base.end = span.endSecond * 1000;
    base.step = span.step * 1000;
    base.live = span.live;
    for (const auto &[wall, revision] : m_api.live.reloads())
        if (wall / 1'000'000 >= span.firstSecond() && wall / 1'000'000 <= span.endSecond)
            base.marks << ChartMark{wall / 1000, {}};
    const auto ofClass = [](Class c) { return [c](const Step &step) { return step.byClass[size_t(c)]; }; };
    ChartData requests = base;
    qsizetype mark = 0;
    for (const auto &[wall, revision] : m_api.live.reloads()) // one chart names them, the lines run through all
        if (mark < requests.marks.size() && requests.marks[mark].at == wall / 1000)
            requests.marks[mark++].label = tr("revision %1").arg(revision);
    requests.series = {series(QStringLiteral("2xx"), stacked, HueId::Ok, false, ofClass(Class::Success)), series(QStringLiteral("3xx"), stacked, HueId::Redirect, false, ofClass(Class::Redirect)),
                       series(QStringLiteral("4xx"), stacked, HueId::Client, true, ofClass(Class::Client)),
                       series(QStringLiteral("5xx"), stacked, HueId::Server, true, [](const Step &s) { return s.byClass[size_t(Class::Server)] + s.byClass[size_t(Class::NoAnswer)]; })};
    m_requests->setData(requests);
    ChartData latency = base;
    latency.series = {series(QStringLiteral("p50"), line, HueId::Ok, false, [](const Step &s) { return s.p50; }), series(QStringLiteral("p90"), line, HueId::Ok, false, [](const Step &s) { return s.p90; }),
                      series(QStringLiteral("p99"), line, HueId::Ok, false, [](const Step &s) { return s.p99; }),
                      series(tr("gateway p99"), line, HueId::None, false, [](const Step &s) { return s.gateway; })};
    latency.series[0].tone = ChartSeries::Tone::Low;
    latency.series[1].tone = ChartSeries::Tone::Middle;
    latency.series[2].tone = ChartSeries::Tone::High;
    latency.series[3].tone = ChartSeries::Tone::Quiet;
    latency.series[3].dashed = true;
    m_latency->setData(latency);
    ChartData throttling = base;
    throttling.series = {series(tr("allowed"), stacked, HueId::Ok, false, [](const Step &s) { return s.allowed; })};
    if (std::any_of(m_steps.begin(), m_steps.end(), [](const Step &s) { return s.delayed > 0; }))
        throttling.series << series(tr("delayed"), stacked, HueId::Delay, true, [](const Step &s) { return s.delayed; });
    throttling.series << series(tr("refused"), stacked, HueId::Client, true, [](const Step &s) { return s.refused; });
    m_throttling->setData(throttling);
    fillBuckets(base, span);
    m_heat->setData(heatOf(m_seconds, span));
}

// There is nothing to show before a limit has counted something.
void DashboardPanel::fillBuckets(ChartData data, const ChartSpan &span)
{
    QStringList limits;
    for (const std::string &name : m_buckets->history().limits())
        limits << fromUtf8(name);
    QStringList offered;
    for (int i = 0; i < m_limit->count(); ++i)
        offered << m_limit->itemText(i);
    if (limits != offered) {
        const QString before = m_limit->currentText().isEmpty() ? m_wantedLimit : m_limit->currentText();
        m_limit->clear();
        m_limit->addItems(limits);
        m_limit->setCurrentIndex(std::max(0, int(limits.indexOf(before))));
    }
    m_bucketCard->setVisible(!limits.isEmpty());
    m_limit->setVisible(limits.size() > 1);
    m_limitLabel->setVisible(limits.size() > 1);
    if (limits.isEmpty())
        return;
    const std::string limit = m_limit->currentText().toStdString();
    constexpr ChartSeries::Tone tones[] = {ChartSeries::Tone::Hue, ChartSeries::Tone::Accent, ChartSeries::Tone::High, ChartSeries::Tone::Quiet};
    for (const std::string &key : m_buckets->history().keys(limit)) {
        ChartSeries one;
        one.name = fromUtf8(key);
        one.tone = tones[size_t(data.series.size()) % std::size(tones)];
        one.dashed = data.series.size() % 2 == 1;
        one.values = m_buckets->history().values(limit, key, span);
        data.series << one;
    }
    m_bucket->setTitle(tr("Bucket fill, %1 of %2").arg(m_limit->currentText()).arg(m_buckets->history().capacity(limit)));
    m_bucket->setData(data);
}

void DashboardPanel::fillTiles()
{
    const api::EngineState state = m_api.apply.status().state;
    const bool runs = state != api::EngineState::Stopped && state != api::EngineState::Failed;
    const std::vector<Step> spark = stepsOf(m_seconds, {m_now, sparkSeconds, sparkStep, true});
    const auto recent = [&](const std::function<double(const Step &)> &value) {
        std::vector<double> out;
        for (const Step &step : spark)
            out.push_back(step.known ? value(step) : 0);
        return out;
    };
    uint64_t requests = 0, failed = 0, refused = 0, limited = 0;
    for (const api::Second &second : m_seconds) {
        if (second.startMicros / 1'000'000 <= m_now - tileSeconds)
            continue;
        requests += std::accumulate(second.byClass.begin(), second.byClass.end(), uint64_t(0));
        failed += second.byClass[size_t(observe::StatusClass::Server)] + second.byClass[size_t(observe::StatusClass::NoAnswer)];
        refused += second.refused;
        limited += second.refused + second.allowed + second.delayed;
    }
    const auto percent = [&](uint64_t part, uint64_t all) { return !runs ? QStringLiteral("–") : QString::number(all ? 100.0 * double(part) / double(all) : 0.0, 'f', 1); };
    m_tileFailed->setFigure(percent(failed, requests), QStringLiteral("%"), failed ? tr("%1 in 5 min").arg(formatCount(qint64(failed))) : tr("none in 5 min"),
                            failed ? HueId::Server : HueId::None, recent([](const Step &s) { return s.byClass[size_t(observe::StatusClass::Server)]; }));
    const auto policies = m_api.live.policies();
    const auto busiest = std::max_element(policies.begin(), policies.end(), [](const auto &a, const auto &b) { return (a.gauges.empty() ? 0 : a.stoppedPerSecond) < (b.gauges.empty() ? 0 : b.stoppedPerSecond); });
    QString phrase = refused ? tr("%1 refused in 5 min").arg(formatCount(qint64(refused))) : tr("none refused in 5 min");
    if (runs && busiest != policies.end() && !busiest->gauges.empty() && busiest->stoppedPerSecond > 0)
        phrase = tr("%1/s refused by %2").arg(formatRate(busiest->stoppedPerSecond), fromUtf8(busiest->name.empty() ? busiest->kind : busiest->name));
    m_tileThrottled->setFigure(percent(refused, limited), QStringLiteral("%"), phrase, refused ? HueId::Client : HueId::None, recent([](const Step &s) { return s.refused; }));
    fillLiveTiles(runs, spark);
}

// A stopped engine has no figures of now: a dash, and what was stays in the charts.
void DashboardPanel::fillLiveTiles(bool runs, const std::vector<Step> &spark)
{
    const QString dash = QStringLiteral("–");
    const auto recent = [&](const std::function<double(const Step &)> &value) {
        std::vector<double> out;
        for (const Step &step : spark)
            out.push_back(step.known && !std::isnan(value(step)) ? value(step) : 0);
        return out;
    };
    const auto time = [&](Tile *tile, double nanos, const QString &phrase, std::vector<double> values) {
        const QString text = runs ? formatDuration(nanos) : dash;
        const QString spaced = QString(text).replace(QChar(QChar::Nbsp), QLatin1Char(' ')); // number and unit are set apart
        tile->setFigure(spaced.section(QLatin1Char(' '), 0, 0), spaced.section(QLatin1Char(' '), 1), phrase, HueId::None, std::move(values));
    };
    const api::Live::Totals totals = m_api.live.totals();
    m_tileRequests->setFigure(runs ? formatRate(totals.perSecond) : dash, QStringLiteral("/s"), tr("%1 since the start").arg(formatCount(qint64(totals.requests))), HueId::Ok,
                              recent([](const Step &s) { return s.all(); }));
    const bool measured = totals.latency.count > 0;
    time(m_tileP99, measured ? double(totals.latency.p99) * 1000 : -1, tr("half under %1").arg(formatDuration(measured ? double(totals.latency.p50) * 1000 : -1)),
         recent([](const Step &s) { return s.p99; }));
    m_tileFlight->setFigure(runs ? formatCount(totals.inFlight) : dash, tr("requests"), tr("%n connection(s)", nullptr, int(totals.connections)), HueId::None,
                            recent([](const Step &s) { return s.all(); }));
    // The worst p99 of the last ten seconds, as the others are of the last ten.
    double worst = -1, half = -1;
    for (const api::Second &second : m_seconds) {
        if (second.startMicros / 1'000'000 <= m_now - 10 || second.gateway.count == 0)
            continue;
        worst = std::max(worst, double(second.gateway.p99) * 1000);
        half = std::max(half, double(second.gateway.p50) * 1000);
    }
    time(m_tileGateway, worst, half < 0 ? tr("p99 of its own part") : tr("p99, %1 half the time").arg(formatDuration(half)), recent([](const Step &s) { return s.gateway; }));
}

} // namespace

PanelInfo dashboardPanel(api::Api api)
{
    const auto buckets = std::make_shared<BucketWatch>(api.live); // from the window's start on: the chart then has a past
    return {QLatin1String(panels::dashboard), QObject::tr("Dashboard"), IconId::Dashboard,
            [api, buckets](const PanelContext &context) -> Panel * { return new DashboardPanel(context, api, buckets); }};
}

} // namespace gatehouse::ui
