#include "tests/ui/gallery/samples.h"

#include "ui/shell/palette.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/diffview.h"
#include "ui/widgets/filterfield.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/keyvaluetable.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"

#include <QtGui/QPainter>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTableWidget>

#include <cmath>

namespace gatehouse::ui::samples {
namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

Place route(const char *name) { return { Place::Kind::Route, QLatin1String(panels::routes), s(name), {} }; }

QWidget *page(QWidget *parent = nullptr)
{
    auto *w = new QWidget(parent);
    w->setAutoFillBackground(true);
    w->setBackgroundRole(QPalette::Base);
    return w;
}

class IconSheet final : public QWidget {
public:
    IconSheet() { setFixedSize(900, 330); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        painter.fillRect(rect(), t.surface);
        painter.setFont(typeFont(Type::Hint));
        for (int i = 0; i < static_cast<int>(IconId::Count); ++i) {
            const QPointF at(12 + i % 15 * 59, 10 + i / 15 * 44);
            paintIcon(&painter, QRectF(at, QSizeF(16, 16)), static_cast<IconId>(i), t.text2);
            paintIcon(&painter, QRectF(at + QPointF(22, -2), QSizeF(20, 20)), static_cast<IconId>(i), t.accentText);
            painter.setPen(t.text3);
            painter.drawText(at + QPointF(0, 30), QLatin1String(iconName(static_cast<IconId>(i))).left(9));
        }
    }
};

class MarkSheet final : public QWidget {
public:
    MarkSheet() { setFixedSize(560, 130); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        painter.fillRect(rect(), t.surface);
        for (int i = 0; i <= static_cast<int>(Mark::Delayed); ++i)
            paintMark(&painter, QPointF(20 + i * 30, 20), static_cast<Mark>(i));
        for (int i = 1; i <= static_cast<int>(Verdict::Held); ++i)
            paintIcon(&painter, QRectF(12 + (i - 1) * 30, 40, 16, 16), iconOf(static_cast<Verdict>(i)),
                t.hue(hueOf(static_cast<Verdict>(i))).text);
        for (int i = 0; i <= static_cast<int>(Glyph::Tick); ++i)
            paintGlyph(&painter, QPointF(20 + i * 30, 76), static_cast<Glyph>(i));
        int x = 12;
        const std::pair<const char *, HueId> chips[] = { { "19 exact", HueId::Ok }, { "3 near", HueId::Delay },
            { "1 missing", HueId::Client }, { "1 surprise", HueId::Server }, { "main", HueId::None },
            { "from cache", HueId::Cache }, { "answers the preview", HueId::Mock } };
        for (const auto &[text, hue] : chips)
            x += paintChip(&painter, QPointF(x, 100), s(text), hue) + 8;
    }
};

QWidget *controlSheet()
{
    auto *w = page();
    auto *form = new QGridLayout(w);
    form->setContentsMargins(18, 16, 18, 16);
    auto *buttons = new QHBoxLayout;
    for (const auto &[text, kind] : { std::pair("Send", "primary"), { "Save", "" }, { "Open", "quiet" },
             { "Add condition", "link" }, { "Abort", "danger" }, { "Bring back", "tinted" } }) {
        QPushButton *b = button(s(text), kind);
        if (QLatin1String(kind) == QLatin1String("primary"))
            b->setIcon(makeIcon(IconId::Send));
        buttons->addWidget(b);
    }
    auto *off = button(s("Disabled"));
    off->setEnabled(false);
    buttons->addWidget(off);
    buttons->addStretch();
    form->addLayout(buttons, 0, 0, 1, 2);
    auto *methods = new MethodToggleRow;
    methods->setMethods({ s("GET") });
    form->addWidget(new QLabel(s("Methods")), 1, 0);
    form->addWidget(methods, 1, 1);
    auto *path = new QLineEdit(s("/orders/{id"));
    path->setFont(typeFont(Type::Wire));
    setError(path, true);
    auto *error = new FieldError;
    error->setError(s("The { is not closed. Write /orders/{id} or {id:int} for digits only."));
    form->addWidget(new QLabel(s("Path")), 2, 0);
    auto *row = new QHBoxLayout;
    auto *kindBox = new QComboBox;
    kindBox->addItems({ s("Template"), s("Prefix"), s("Exact") });
    row->addWidget(kindBox);
    row->addWidget(path, 1);
    form->addLayout(row, 2, 1);
    form->addWidget(error, 3, 1);
    auto *field = new QLineEdit;
    field->setPlaceholderText(s("Find a route, host or path"));
    form->addWidget(new QLabel(s("Find")), 4, 0);
    form->addWidget(field, 4, 1);
    auto *checks = new QHBoxLayout;
    auto *on = new QCheckBox(s("Verify"));
    on->setChecked(true);
    auto *radio = new QRadioButton(s("Round-robin"));
    radio->setChecked(true);
    auto *sw = new Switch(s("burst"));
    sw->setChecked(true);
    auto *spin = new QSpinBox;
    spin->setValue(20);
    for (QWidget *c : std::initializer_list<QWidget *>{
             on, new QCheckBox(s("Keep")), radio, new QRadioButton(s("Random")), sw, new Switch(s("off")), spin })
        checks->addWidget(c);
    checks->addStretch();
    form->addLayout(checks, 5, 0, 1, 2);
    auto *segments = new Segments({ s("Live"), s("15 min"), s("1 h"), s("24 h"), s("Recording\u2026") });
    segments->setCurrent(0);
    form->addWidget(segments, 6, 0, 1, 2, Qt::AlignLeft);
    auto *tabs = new QTabBar;
    for (const auto *tab : { "Overview", "Request", "Response", "Timing", "Why" })
        tabs->addTab(s(tab));
    tabs->setCurrentIndex(4);
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
    form->addWidget(tabs, 7, 0, 1, 2);
    auto *gauge = new Gauge;
    gauge->setValue(0.35, HueId::Ok, s("7 of 20 left"));
    form->addWidget(gauge, 8, 0, 1, 2);
    w->resize(620, 400);
    return w;
}

QWidget *sentenceSheet()
{
    auto *w = page();
    auto *column = new QVBoxLayout(w);
    auto *box = new SentenceBox;
    box->setRuns({ link(s("get-order"), route("get-order")), plain(s(" sent it to ")),
        link(s("orders"), route("orders")), plain(s(" at 127.0.0.1:9002. It won by its header ")), wire(s("x-beta: 1")),
        plain(s(".\nThe first try at :9001 was refused, so it was tried again after 31 ms.")) });
    column->addWidget(box);
    auto *bar = new StackedBar;
    bar->setParts(
        { { s("gateway 1.1 ms"), 1.1, HueId::None, true }, { s("failed try 2.1 ms"), 2.1, HueId::Server, false },
            { s("waiting 31 ms"), 31, HueId::Delay, false }, { s("upstream 50 ms"), 50, HueId::Ok, false } },
        s("84.2 ms"));
    column->addWidget(bar);
    auto *refused = new SentenceBox;
    refused->setTone(HueId::Client);
    refused->setRuns({ inHue(link(s("burst"), route("burst")), HueId::Client), plain(s(" refused it: the bucket of ")),
        wire(s("127.0.0.1")), plain(s(" was empty.\nThe next request is let in after ")),
        inHue(strong(s("84 ms")), HueId::Client), plain(s(". Nothing was sent to ")),
        link(s("orders"), route("orders")), plain(s(".")) });
    column->addWidget(refused);
    auto *notice = new NoticeBar(HueId::Client);
    notice->setNotice(s("Ties with get-order-canary; file order decides."),
        { plain(s("Either could take GET /v1/orders/1 with x-beta: 1, x-tenant: acme")) });
    notice->addCommand(s("Set priority"));
    notice->addCommand(s("Explain it"));
    column->addWidget(notice);
    column->addStretch();
    w->resize(560, 380);
    return w;
}

QWidget *emptySheet()
{
    auto *empty = new EmptyState(IconId::Traffic, s("No requests yet"),
        s("Gatehouse listens at 127.0.0.1:8080. Send a request there and it appears here, with the reason why it went "
          "where it went."));
    QPushButton *send = empty->addButton(s("Send one from Explorer"), true);
    send->setIcon(makeIcon(IconId::Send));
    empty->addButton(s("Set up a client\u2026"));
    empty->setExample(s("curl http://127.0.0.1:8080/v1/products/sku-8821"));
    empty->setAutoFillBackground(true);
    empty->setBackgroundRole(QPalette::Base);
    empty->resize(640, 400);
    return empty;
}

QWidget *tableSheet()
{
    auto *table = new QTableWidget(8, 4);
    table->setHorizontalHeaderLabels({ s("Name"), s("Match"), s("Policies"), s("Rate") });
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->verticalHeader()->setMinimumSectionSize(scaled(20));
    table->verticalHeader()->setDefaultSectionSize(scaled(26));
    for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 4; ++j)
            table->setItem(i, j, new QTableWidgetItem(s("cell %1.%2").arg(i).arg(j)));
    table->selectRow(2);
    table->setFrameShape(QFrame::NoFrame);
    table->horizontalHeader()->setStretchLastSection(true);
    table->resize(460, 200);
    return table;
}

QWidget *filterSheet()
{
    auto *w = page();
    auto *column = new QVBoxLayout(w);
    auto *field = new FilterField(s("Type to filter"));
    field->setExpression(s("host:*.shop.localhost -path:/health"));
    field->setCount(s("41,210 of 128,402"));
    column->addWidget(field);
    auto *read = new KeyValueTable;
    read->setGrows(true);
    read->setRows({ { s("host"), s("api.shop.localhost"), true, s("decided the route"), HueId::Ok },
        { s("x-api-key"), s("\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022"), true, s("redacted"), HueId::None },
        { s("x-beta"), s("1"), true, {}, HueId::None } });
    column->addWidget(read);
    auto *edit = new KeyValueTable;
    edit->setGrows(true);
    edit->setEditable(true);
    edit->setRows({ { s("page"), s("2"), true, {}, HueId::None }, { s("dry"), s("1"), false, {}, HueId::None } });
    column->addWidget(edit);
    auto *diff = new DiffView;
    const Place place{ Place::Kind::Route, s("routes"), s("get-order"), s("rewrite/path") };
    diff->setLines({ { DiffLine::Kind::Removed, s("GET /v1/orders/4711?expand=items"), {}, {} },
        { DiffLine::Kind::Added, s("GET /orders/4711?expand=items"), s("rewrite.path"), place },
        { DiffLine::Kind::Same, s("x-beta: 1"), {}, {} },
        { DiffLine::Kind::Removed, s("x-api-key: \u2022\u2022\u2022\u2022"), s("key-auth, hide"), place } });
    column->addWidget(diff);
    column->addStretch();
    w->resize(720, 400);
    return w;
}

QWidget *codeSheet()
{
    auto *w = page();
    auto *row = new QHBoxLayout(w);
    row->setContentsMargins(0, 0, 0, 0);
    auto *body = new BodyViewer;
    body->setBody(
        R"({"id":"ord_01J9ZK3V","customer":"${tenant}","items":[{"sku":"sku-8821","qty":2,"price":84.90}],"paid":false,"note":null})",
        s("application/json"));
    row->addWidget(body);
    auto *conf = new CodeEditor;
    conf->setReadOnly(true);
    conf->setLanguage(Language::Nginx);
    conf->setText(s("# policy burst: 10 per 1s, burst 20\nlocation ~ ^/v1/orders/(?<id>[^/]+)$ {\n    if "
                    "($request_method != GET) { return 404; }\n"
                    "    limit_req zone=burst burst=20 nodelay;\n    proxy_set_header x-api-key \"\";\n}\n"));
    conf->setFindings({ { 3, HueId::Delay, s("The limit is the same, but nginx sends no RateLimit headers.") } });
    row->addWidget(conf);
    auto *yaml = new CodeEditor;
    yaml->setLanguage(Language::Yaml);
    yaml->setText(s("routes:\n  - name: get-order # the one\n    match:\n      path: /orders/{id}\n      methods: "
                    "[GET, HEAD]\n    timeout: 30s\n    retries: 2\n    verify: true\n    host: \"${env.HOST}\"\n"));
    row->addWidget(yaml);
    w->resize(1100, 320);
    return w;
}

ChartData chartData()
{
    ChartData data;
    data.end = 1'769'868'300'000;
    data.step = 2000;
    ChartSeries ok{ s("2xx"), ChartSeries::Shape::Stacked, ChartSeries::Tone::Hue, HueId::Ok, false, false, {} };
    ChartSeries redirect{ s("3xx"), ChartSeries::Shape::Stacked, ChartSeries::Tone::Hue, HueId::Redirect, false, false,
        {} };
    ChartSeries client{ s("4xx"), ChartSeries::Shape::Stacked, ChartSeries::Tone::Hue, HueId::Client, true, false, {} };
    ChartSeries server{ s("5xx"), ChartSeries::Shape::Stacked, ChartSeries::Tone::Hue, HueId::Server, true, false, {} };
    for (int i = 0; i < 150; ++i) {
        const bool burst = i > 82 && i < 108;
        ok.values.push_back(i > 120 && i < 126 ? std::nan("") : 320 + 30 * std::sin(i * 0.21) + (i * 37 % 17));
        redirect.values.push_back(4);
        client.values.push_back(burst ? 70 + i % 9 : 8);
        server.values.push_back(i > 40 && i < 46 ? 20 : 0);
    }
    data.series = { ok, redirect, client, server };
    data.marks = { { data.end - 60'000, s("revision 42") } };
    data.bands = { { data.end - 220'000, data.end - 200'000, HueId::Server, s("breaker open") } };
    return data;
}

QWidget *chartSheet()
{
    auto *w = page();
    auto *grid = new QGridLayout(w);
    const auto card = [](QWidget *inside) {
        auto *frame = new QFrame;
        frame->setFrameShape(QFrame::StyledPanel);
        setKind(frame, "plot");
        auto *layout = new QVBoxLayout(frame);
        layout->setContentsMargins(1, 1, 1, 1);
        layout->addWidget(inside);
        return frame;
    };
    auto *requests = new TimeChart(s("Requests/s by class"), Unit::PerSecond);
    requests->setData(chartData());
    requests->setCrosshair(chartData().end - 120'000);
    auto *latency = new TimeChart(s("Latency"), Unit::Nanoseconds);
    ChartData data = chartData();
    data.series.clear();
    const std::pair<const char *, double> rows[] = { { "p50", 41e6 }, { "p90", 74e6 }, { "p99", 118e6 },
        { "gateway p99", 0.7e6 } };
    for (int r = 0; r < 4; ++r) {
        ChartSeries line{ s(rows[r].first), ChartSeries::Shape::Line,
            r == 3 ? ChartSeries::Tone::Quiet
                   : static_cast<ChartSeries::Tone>(static_cast<int>(ChartSeries::Tone::Low) + r),
            HueId::None, false, r == 3, {} };
        for (int i = 0; i < 150; ++i)
            line.values.push_back(rows[r].second * (1 + 0.12 * std::sin(i * (0.3 + r)) + (i > 60 && i < 68 ? 1.5 : 0)));
        data.series.append(line);
    }
    latency->setLogarithmic(true);
    latency->setData(data);
    latency->setCrosshair(data.end - 120'000);
    auto *heat = new HeatMap(s("Latency, all requests"));
    HeatData cells;
    cells.end = data.end;
    cells.step = 5000;
    for (double bound = 1e5; bound < 1.1e9; bound *= std::pow(10, 0.2))
        cells.bounds.push_back(bound);
    for (int i = 0; i < 60; ++i) {
        std::vector<unsigned> column(cells.bounds.size() - 1, 0);
        for (size_t j = 0; j < column.size(); ++j)
            column[j] = static_cast<unsigned>(
                90 * std::exp(-std::pow((static_cast<double>(j) - 13 - std::sin(i * 0.2)) / 1.6, 2))
                + (i > 35 && i < 45 && j == 1 ? 60 : 0));
        cells.columns.push_back(column);
    }
    heat->setData(cells);
    auto *table = new TimeChart(s("Requests/s as table"), Unit::PerSecond);
    table->setData(chartData());
    table->setTableShown(true);
    grid->addWidget(card(requests), 0, 0);
    grid->addWidget(card(latency), 0, 1);
    grid->addWidget(card(heat), 1, 0);
    grid->addWidget(card(table), 1, 1);
    w->resize(1180, 560);
    return w;
}

// A stand-in panel: what the frame is looked at with.
class SamplePanel final : public Panel {
public:
    SamplePanel(const QString &title, IconId icon)
    {
        auto *column = new QVBoxLayout(this);
        column->addWidget(new EmptyState(icon, title, s("A panel stands here."), this));
    }
    void mark(const Badge &badge) { setBadge(badge); }
};

} // namespace

ShellState shellState()
{
    ShellState state;
    state.workspace = s("shop");
    state.workspacePath = s("~/src/shop/gateway");
    state.unsavedChanges = 3;
    state.environment = s("local");
    state.environments = { s("local"), s("staging") };
    state.engine = ShellState::Engine::Running;
    state.addresses = { s("127.0.0.1:8080"), s("https://127.0.0.1:8443") };
    state.revision = 42;
    state.appliedAt = 1'769'868'151'000;
    state.requestsPerSecond = 412;
    state.p99 = 84e6;
    state.recorded = 128'402;
    state.recorderBytes = 31LL << 20;
    state.recorderLimit = 256LL << 20;
    state.undoText = s("Set burst to 20");
    state.problems = { { Problem::Severity::Warning, s("Ties with get-order-canary; file order decides."),
                           s("get-order"), route("get-order") },
        { Problem::Severity::Warning, s("Ties with get-order; file order decides."), s("get-order-canary"),
            route("get-order-canary") } };
    return state;
}

QList<PanelInfo> panels()
{
    const auto make = [](const char *id, const char *title, IconId icon, Badge badge = {}) {
        return PanelInfo{ s(id), s(title), icon, [=](const PanelContext &) {
                             auto *panel = new SamplePanel(s(title), icon);
                             panel->mark(badge);
                             return panel;
                         } };
    };
    return { make(ui::panels::traffic, "Traffic", IconId::Traffic),
        make(ui::panels::routes, "Routes", IconId::Routes, { 2, HueId::Client, s("2 warnings") }),
        make(ui::panels::upstreams, "Upstreams", IconId::Upstreams, { 1, HueId::Server, s("1 endpoint down") }),
        make(ui::panels::mocks, "Mocks", IconId::Mocks), make(ui::panels::dashboard, "Dashboard", IconId::Dashboard),
        make(ui::panels::explorer, "Explorer", IconId::Explorer), make(ui::panels::exporting, "Export", IconId::Export),
        make(ui::panels::settings, "Settings", IconId::Settings) };
}

QList<std::pair<QString, QWidget *>> widgets()
{
    return { { s("icons"), new IconSheet }, { s("marks"), new MarkSheet }, { s("controls"), controlSheet() },
        { s("sentence"), sentenceSheet() }, { s("empty"), emptySheet() }, { s("table"), tableSheet() },
        { s("filter"), filterSheet() }, { s("code"), codeSheet() }, { s("charts"), chartSheet() } };
}

} // namespace gatehouse::ui::samples
