#include "ui/upstreams/upstreamspanel.h"

#include "gateway/config/shapes.h"
#include "ui/forms/recordform.h"
#include "ui/models/session.h"
#include "ui/shell/actions.h"
#include "ui/shell/palette.h"
#include "ui/shell/theme.h"
#include "ui/upstreams/delegates.h"
#include "ui/upstreams/endpointmodel.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/foldingpair.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/states.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QPointer>
#include <QtGui/QUndoCommand>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

#include <memory>

namespace gatehouse::ui {

namespace {

constexpr int chartStepMillis = 5000, chartPoints = EndpointFigures::keptSeconds / 5 + 1; // both ends of the span

std::string s(const QString &text) { return text.toStdString(); }

// Out and back: at once, undoable, not in the file.
class TakeOut final : public QUndoCommand {
public:
    TakeOut(api::Endpoints &endpoints, QString upstream, QString endpoint, bool out, std::function<void()> changed)
        : QUndoCommand(out ? QObject::tr("Take out %1").arg(endpoint) : QObject::tr("Bring back %1").arg(endpoint))
        , m_endpoints(endpoints), m_upstream(std::move(upstream)), m_endpoint(std::move(endpoint)), m_out(out), m_changed(std::move(changed))
    {
    }
    void redo() override { set(m_out); }
    void undo() override { set(!m_out); }

private:
    void set(bool out)
    {
        if (!m_endpoints.setOut(s(m_upstream), s(m_endpoint), out))
            setObsolete(true);
        m_changed();
    }
    api::Endpoints &m_endpoints;
    QString m_upstream, m_endpoint;
    bool m_out;
    std::function<void()> m_changed;
};

class UpstreamsPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::UpstreamsPanel)

public:
    UpstreamsPanel(const PanelContext &context, api::Api api, Session &session, std::shared_ptr<EndpointFigures> figures)
        : m_context(context), m_api(api), m_session(session), m_figures(std::move(figures)),
          m_upstreams(new UpstreamListModel(*m_figures, this)), m_endpoints(new EndpointListModel(*m_figures, this))
    {
        buildFrame();
        connect(m_figures.get(), &EndpointFigures::changed, this, [this] { figuresChanged(); });
        connect(&m_session, &Session::opened, this, [this] { select({}); });
        addActions();
        offerNames();
        select({});
    }

    bool open(const Place &place) override
    {
        if (place.kind == Place::Kind::Path)
            return openPath(place);
        if (place.kind != Place::Kind::Upstream)
            return true;
        if (!m_figures->find(place.name))
            return false;
        select(place.name);
        if (!place.detail.isEmpty())
            m_pair->bring(m_endpointList);
        for (int row = 0; row < m_endpoints->rowCount(); ++row)
            if (m_endpoints->at(row)->name == place.detail)
                m_endpointList->setCurrentIndex(m_endpoints->index(row));
        return true;
    }
    void activate() override { m_list->setFocus(); }
    void focusFilter() override { m_find->setFocus(); }
    void newItem() override
    {
        const QString name = QString::fromStdString(m_session.document().freeName("upstream", "upstream"));
        schema::Node endpoint = schema::Node::map({{"url", schema::Node::string("http://127.0.0.1:9000")}});
        endpoint.flow = true;
        const schema::Node value = schema::Node::map({{"name", schema::Node::scalar(s(name))}, {"endpoints", schema::Node::list({endpoint})}});
        const std::string file = m_session.document().entry();
        const schema::Node *list = m_session.document().at({file, schema::Path{"upstreams"}, 0});
        const schema::Path at = schema::Path{"upstreams"} / schema::Step(list ? list->items.size() : 0);
        const schema::Patch patch = list ? schema::Patch::insert(file, at, value) : schema::Patch::replace(file, schema::Path{"upstreams"}, schema::Node::list({value}));
        if (m_session.edit(patch, tr("Add upstream %1").arg(name)))
            select(name);
        m_pair->bring(m_settings);
        if (m_endpointForm)
            m_endpointForm->setFocus();
    }
    QList<QWidget *> regions() override { return {m_list, m_endpointList, m_settings}; }
    QVariantMap saveState() const override { return {{QStringLiteral("splitter"), m_splitter->saveState()}, {QStringLiteral("pair"), m_pair->splitter()->saveState()}, {QStringLiteral("upstream"), m_current}}; }
    void restoreState(const QVariantMap &state) override
    {
        m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray());
        m_pair->splitter()->restoreState(state.value(QStringLiteral("pair")).toByteArray());
        if (const QString name = state.value(QStringLiteral("upstream")).toString(); m_figures->find(name))
            select(name);
    }

private:
    void buildFrame()
    {
        auto *page = new QVBoxLayout(this);
        page->setContentsMargins({});
        m_pages = new QStackedWidget(this);
        page->addWidget(m_pages);
        m_splitter = new QSplitter(Qt::Horizontal, this);
        m_splitter->setChildrenCollapsible(false);
        m_splitter->addWidget(buildList());
        m_pair = new FoldingPair(buildMiddle(), tr("Endpoints"), buildSettings(), tr("Settings"));
        m_pair->splitter()->setSizes({scaled(732), scaled(254)});
        m_splitter->addWidget(m_pair);
        m_splitter->setStretchFactor(0, 0);
        m_splitter->setStretchFactor(1, 1);
        m_splitter->setSizes({scaled(218), scaled(986)});
        m_pages->addWidget(m_splitter);
        auto *empty = new EmptyState(IconId::Upstreams, tr("No upstream yet"), tr("An upstream is a service behind the gateway, with one endpoint or several. Routes send requests to it."), this);
        connect(empty->addButton(tr("Add upstream"), true), &QPushButton::clicked, this, [this] { newItem(); });
        m_pages->addWidget(empty);
    }

    QWidget *buildList()
    {
        auto *column = new ListColumn(tr("Find an upstream"), tr("Add upstream (Ctrl+N)"), this);
        m_find = column->find();
        m_list = plainList(m_upstreams, tr("Upstreams"), column);
        m_list->setItemDelegate(new UpstreamDelegate(m_list));
        column->body()->addWidget(m_list, 1);
        connect(m_find, &QLineEdit::textChanged, m_upstreams, &UpstreamListModel::setFilter);
        connect(column->add(), &QToolButton::clicked, this, [this] { newItem(); });
        connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &now) {
            if (now.isValid() && now.data().toString() != m_current)
                select(now.data().toString());
        });
        return column;
    }

    QWidget *buildMiddle()
    {
        auto *column = new QWidget(this);
        auto *layout = new QVBoxLayout(column);
        layout->setContentsMargins(0, scaled(12), 0, scaled(8));
        layout->setSpacing(scaled(8));
        auto *head = new QHBoxLayout;
        head->setContentsMargins(scaled(18), 0, scaled(18), 0);
        head->setSpacing(scaled(12));
        m_heading = heading({}, column);
        m_heading->setFont(typeFont(Type::Title));
        head->addWidget(m_heading);
        m_title = new RunsLabel(column);
        m_title->setBaseFont(typeFont(Type::Control));
        connect(m_title, &RunsLabel::placeActivated, m_context.navigator, &Navigator::go);
        head->addWidget(m_title, 1, Qt::AlignVCenter);
        auto *add = button(tr("Add endpoint"), "", column);
        add->setIcon(makeIcon(IconId::Plus));
        head->addWidget(add);
        connect(add, &QPushButton::clicked, this, [this] { addEndpoint(); });
        layout->addLayout(head);
        auto *noticeRow = new QHBoxLayout;
        noticeRow->setContentsMargins(scaled(18), 0, scaled(18), 0);
        m_notice = new NoticeBar(HueId::Client, column);
        m_notice->hide();
        connect(m_notice->addCommand(tr("Keep so in the workspace")), &QPushButton::clicked, this, [this] { keepOut(); });
        connect(m_notice->addCommand(tr("Bring back")), &QPushButton::clicked, this, [this] { bringBack(); });
        noticeRow->addWidget(m_notice);
        layout->addLayout(noticeRow);
        auto *rows = new QVBoxLayout;
        rows->setSpacing(0);
        rows->addWidget(new EndpointHead(column));
        m_endpointList = plainList(m_endpoints, tr("Endpoints"), column);
        auto *delegate = new EndpointDelegate(m_endpointList);
        m_endpointList->setItemDelegate(delegate);
        connect(delegate, &EndpointDelegate::toggled, this, [this](int row) { toggle(row); });
        connect(m_endpointList->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { buildEndpointForm(); });
        rows->addWidget(m_endpointList);
        layout->addLayout(rows);
        auto *charts = new QHBoxLayout;
        charts->setContentsMargins(scaled(4), scaled(8), scaled(4), 0); // a chart has 14 of its own: its title stands under the table's edge
        charts->setSpacing(0);
        m_latency = new TimeChart(tr("p99 latency"), Unit::Nanoseconds, column);
        m_rate = new TimeChart(tr("Requests/s"), Unit::PerSecond, column);
        for (TimeChart *chart : {m_latency, m_rate}) {
            chart->setNote(tr("last 15 min"));
            charts->addWidget(chart, 1);
            connect(chart, &TimeChart::crosshairMoved, this, [this](qint64 time) {
                m_latency->setCrosshair(time);
                m_rate->setCrosshair(time);
            });
        }
        layout->addLayout(charts, 1);
        return column;
    }

    QWidget *buildSettings()
    {
        m_settings = new QScrollArea(this);
        m_settings->setFrameShape(QFrame::NoFrame);
        m_settings->setWidgetResizable(true);
        m_settings->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_settings->setMinimumWidth(scaled(254)); // 244 and the scroll bar
        m_settings->setBackgroundRole(QPalette::AlternateBase);
        m_settings->setAutoFillBackground(true);
        m_settings->viewport()->setBackgroundRole(QPalette::AlternateBase);
        return m_settings;
    }

    void addActions()
    {
        const QString group = tr("Upstreams");
        const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, std::function<void()> run) {
            m_context.actions->add({QLatin1String(id), text, group, {keys}, std::nullopt, std::move(run)}, this);
        };
        add("upstreams.toggle", tr("Take out or bring back the endpoint"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] { toggle(m_endpointList->currentIndex().row()); });
        add("upstreams.rename", tr("Rename the upstream"), QKeySequence(Qt::Key_F2), [this] {
            if (m_nameLine) {
                m_pair->bring(m_settings);
                m_nameLine->setFocus();
                m_nameLine->selectAll();
            }
        });
        add("upstreams.delete", tr("Delete the upstream or endpoint"), QKeySequence(Qt::Key_Delete), [this] { removeSelected(); });
    }

    void offerNames()
    {
        m_context.palette->add(this, [this] {
            QList<PaletteItem> items;
            for (const UpstreamRow &row : m_figures->upstreams()) {
                PaletteItem item;
                item.icon = IconId::Upstreams;
                item.name = row.name;
                item.group = tr("Upstreams");
                item.detail = phraseOf(row);
                item.open = [navigator = m_context.navigator, name = row.name] { navigator->openUpstream(name); };
                items << item;
            }
            return items;
        });
    }

    void figuresChanged()
    {
        m_upstreams->refresh();
        m_endpoints->refresh();
        m_pages->setCurrentIndex(m_figures->upstreams().empty() && m_session.isOpen() ? 1 : 0);
        if (!m_figures->find(m_current)) {
            select({});
        } else {
            showTitle();
            showNotice();
        }
        fitEndpointList();
        fillCharts();
        int down = 0;
        for (const UpstreamRow &upstream : m_figures->upstreams())
            for (const EndpointRow &row : upstream.endpoints)
                down += row.state == EndpointRow::State::Failing;
        setBadge({down, HueId::Server, tr("%n endpoint(s) failing", nullptr, down)});
    }

    void select(const QString &wanted)
    {
        const auto &all = m_figures->upstreams();
        m_current = m_figures->find(wanted) ? wanted : all.empty() ? QString() : all.front().name;
        m_endpoints->setUpstream(m_current);
        const int row = m_upstreams->rowOf(m_current);
        m_list->setCurrentIndex(row < 0 ? QModelIndex() : m_upstreams->index(row));
        m_pages->setCurrentIndex(all.empty() && m_session.isOpen() ? 1 : 0);
        fitEndpointList();
        showTitle();
        showNotice();
        buildForms();
        fillCharts();
    }

    void fitEndpointList()
    {
        const int rows = std::clamp(m_endpoints->rowCount(), 1, 6);
        m_endpointList->setFixedHeight(rows * scaled(54));
    }

    void showTitle()
    {
        m_heading->setText(m_current);
        if (m_current.isEmpty()) {
            m_title->setRuns({});
            return;
        }
        const int used = int(m_session.document().references("upstream", s(m_current)).size());
        m_title->setRuns({soft(tr("round-robin, http/1.1, used by %n route(s)", nullptr, used))});
    }

    // Those that are out by hand, and only here: the file does not know yet.
    std::vector<const EndpointRow *> outByHand() const
    {
        std::vector<const EndpointRow *> out;
        for (int row = 0; row < m_endpoints->rowCount(); ++row)
            if (m_endpoints->at(row)->state == EndpointRow::State::Out)
                out.push_back(m_endpoints->at(row));
        return out;
    }

    void showNotice()
    {
        QStringList names;
        for (const EndpointRow *row : outByHand())
            names << row->name;
        m_notice->setVisible(!names.isEmpty());
        const QString title = tr("Taken out by hand: %1").arg(names.join(QStringLiteral(", ")));
        if (!names.isEmpty() && m_notice->title() != title)
            m_notice->setNotice(title, {soft(tr("At once, and until Gatehouse ends. The workspace does not say so."))});
    }

    // Into the file, as an edit of its own: those that are out stay so for whoever opens the workspace.
    void keepOut()
    {
        const auto at = m_session.document().find("upstream", s(m_current));
        if (!at)
            return;
        schema::Patch patch;
        QStringList names;
        for (int row = 0; row < m_endpoints->rowCount(); ++row) {
            const EndpointRow *endpoint = m_endpoints->at(row);
            if (endpoint->state != EndpointRow::State::Out)
                continue;
            names << endpoint->name;
            const schema::Path path = at->path / schema::Step("endpoints") / schema::Step(size_t(row));
            const schema::Node off = schema::Node::scalar("false");
            if (const schema::Node *node = m_session.document().at({at->file, path, 0}); node && node->isScalar()) {
                schema::Node whole = schema::Node::map({{"url", *node}, {"enabled", off}});
                whole.flow = true;
                patch.add(schema::Patch::replace(at->file, path, std::move(whole)));
            } else {
                patch.add(schema::Patch::replace(at->file, path / schema::Step("enabled"), off));
            }
        }
        if (!patch.empty() && m_session.edit(patch, tr("Keep %1 out").arg(names.join(QStringLiteral(", ")))))
            m_session.commit();
    }

    void bringBack()
    {
        for (int row = 0; row < m_endpoints->rowCount(); ++row)
            if (m_endpoints->at(row)->state == EndpointRow::State::Out)
                toggle(row);
    }

    void buildForms()
    {
        m_endpointForm = nullptr;
        m_nameLine = nullptr;
        auto *page = new QWidget;
        auto *layout = new QVBoxLayout(page);
        layout->setContentsMargins(scaled(16), scaled(14), scaled(12), scaled(16));
        layout->setSpacing(scaled(8));
        const auto at = m_current.isEmpty() ? std::nullopt : m_session.document().find("upstream", s(m_current));
        if (at) {
            layout->addWidget(heading(tr("Settings"), page));
            m_nameLine = new QLineEdit(m_current, page);
            m_nameLine->setAccessibleName(tr("Name"));
            connect(m_nameLine, &QLineEdit::editingFinished, this, [this] { rename(); });
            auto *nameRow = new QHBoxLayout;
            auto *label = new QLabel(tr("Name"), page);
            label->setFont(typeFont(Type::Control));
            label->setFixedWidth(scaled(84));
            nameRow->addWidget(label);
            nameRow->addWidget(m_nameLine, 1);
            nameRow->setSpacing(scaled(12));
            layout->addLayout(nameRow);
            m_nameError = new FieldError(page);
            layout->addWidget(m_nameError);
            m_forms.clear();
            addForm(layout, page, {}, *at, *config::upstreamShape())->setHidden({QStringLiteral("name"), QStringLiteral("endpoints"), QStringLiteral("delivery"), QStringLiteral("connections")});
            layout->addSpacing(scaled(8));
            m_endpointHeading = heading({}, page);
            m_endpointHeading->setFont(typeFont(Type::ControlStrong));
            layout->addWidget(m_endpointHeading);
            m_endpointBox = new QVBoxLayout;
            layout->addLayout(m_endpointBox);
            const schema::Shape &shape = *config::upstreamShape(), &delivery = *shape.field("delivery")->shape;
            const schema::Path under = at->path / schema::Step("delivery");
            addForm(layout, page, tr("Timeouts"), {at->file, under / schema::Step("timeout"), 0}, *delivery.field("timeout")->shape);
            addForm(layout, page, tr("Retry"), {at->file, under / schema::Step("retry"), 0}, *delivery.field("retry")->shape);
            addForm(layout, page, tr("Connections"), {at->file, at->path / schema::Step("connections"), 0}, *shape.field("connections")->shape);
        }
        layout->addStretch();
        m_settings->setWidget(page);
        if (at && m_endpoints->rowCount() && !m_endpointList->currentIndex().isValid())
            m_endpointList->setCurrentIndex(m_endpoints->index(0));
        buildEndpointForm();
    }

    RecordForm *addForm(QVBoxLayout *layout, QWidget *page, const QString &title, const config::Location &at, const schema::Shape &shape)
    {
        if (!title.isEmpty()) {
            layout->addSpacing(scaled(8));
            auto *head = heading(title, page);
            head->setFont(typeFont(Type::ControlStrong));
            layout->addWidget(head);
        }
        auto *form = new RecordForm(m_session, at, shape, nullptr, page);
        form->setNarrow(true);
        form->follow();
        layout->addWidget(form);
        m_forms.emplace_back(form);
        return form;
    }

    static QLabel *heading(const QString &text, QWidget *parent)
    {
        auto *label = new QLabel(text, parent);
        label->setFont(typeFont(Type::Section));
        label->setTextFormat(Qt::PlainText);
        return label;
    }

    void buildEndpointForm()
    {
        delete m_endpointForm.data();
        const int row = m_endpointList->currentIndex().row();
        const auto at = m_current.isEmpty() ? std::nullopt : m_session.document().find("upstream", s(m_current));
        const EndpointRow *endpoint = m_endpoints->at(row);
        if (!at || m_forms.empty() || !m_forms.front())
            return;
        m_endpointHeading->setVisible(endpoint != nullptr);
        if (!endpoint)
            return;
        m_endpointHeading->setText(tr("Endpoint %1").arg(endpoint->name));
        const schema::Path path = at->path / schema::Step("endpoints") / schema::Step(size_t(row));
        const schema::Shape *shape = config::upstreamShape()->field("endpoints")->shape->item();
        m_endpointForm = makeEditor(m_session, {at->file, path, 0}, *shape, nullptr, m_settings->widget());
        if (auto *form = qobject_cast<RecordForm *>(m_endpointForm.data())) {
            form->setNarrow(true);
            form->follow();
        }
        m_endpointBox->addWidget(m_endpointForm);
        m_endpointForm->show();
    }

    void rename()
    {
        const QString to = m_nameLine->text().trimmed();
        if (to == m_current || m_current.isEmpty())
            return;
        const auto renamed = m_session.rename("upstream", m_current, to);
        if (!renamed) {
            m_nameError->setError(QString::fromStdString(renamed.error().text()));
            return;
        }
        m_nameError->setError({});
        // Later: the field that asked for it is replaced.
        QMetaObject::invokeMethod(this, [this, to] { select(to); }, Qt::QueuedConnection);
    }

    void addEndpoint()
    {
        const auto at = m_session.document().find("upstream", s(m_current));
        if (!at)
            return;
        const schema::Path list = at->path / schema::Step("endpoints");
        const schema::Node *node = m_session.document().at({at->file, list, 0});
        schema::Node endpoint = schema::Node::map({{"url", schema::Node::string("http://127.0.0.1:9000")}});
        endpoint.flow = true;
        const size_t count = node ? node->items.size() : 0;
        const schema::Patch patch = node ? schema::Patch::insert(at->file, list / schema::Step(count), endpoint) : schema::Patch::replace(at->file, list, schema::Node::list({endpoint}));
        if (!m_session.edit(patch, tr("Add an endpoint to %1").arg(m_current)))
            return;
        m_endpointList->setCurrentIndex(m_endpoints->index(int(count)));
        m_pair->bring(m_settings);
        if (auto *form = qobject_cast<RecordForm *>(m_endpointForm.data()); form && form->editorOf("url"))
            form->editorOf("url")->setFocus();
    }

    void removeSelected()
    {
        const auto at = m_session.document().find("upstream", s(m_current));
        if (!at)
            return;
        const EndpointRow *endpoint = m_endpoints->at(m_endpointList->currentIndex().row());
        if (m_endpointList->hasFocus() && endpoint && m_endpoints->rowCount() > 1)
            (void)m_session.edit(schema::Patch::remove(at->file, at->path / schema::Step("endpoints") / schema::Step(size_t(m_endpointList->currentIndex().row()))),
                                 tr("Remove endpoint %1").arg(endpoint->name));
        else if (m_list->hasFocus())
            (void)m_session.edit(schema::Patch::remove(at->file, at->path), tr("Delete upstream %1").arg(m_current));
        m_session.commit();
    }

    void toggle(int row)
    {
        const EndpointRow *endpoint = m_endpoints->at(row);
        if (!endpoint || !endpoint->known)
            return;
        m_session.undoStack().push(new TakeOut(m_api.endpoints, endpoint->upstream, endpoint->name, !endpoint->live.out,
                                               [figures = std::weak_ptr<EndpointFigures>(m_figures)] {
                                                   if (const auto still = figures.lock())
                                                       still->refresh();
                                               }));
    }

    bool openPath(const Place &place)
    {
        const auto path = schema::Path::parse(s(place.name));
        if (!path || path->size() < 2 || !(*path)[1].isIndex())
            return !m_figures->upstreams().empty();
        for (const UpstreamRow &row : m_figures->upstreams())
            if (const auto at = m_session.document().find("upstream", s(row.name)); at && at->file == s(place.detail) && path->startsWith(at->path)) {
                m_pair->bring(m_settings);
                if (row.name != m_current) // else what is there may be half typed
                    select(row.name);
                if (path->size() > 3 && (*path)[2].key() == "endpoints" && (*path)[3].isIndex()) {
                    m_endpointList->setCurrentIndex(m_endpoints->index(int((*path)[3].index())));
                    return m_endpointForm && m_endpointForm->reveal(*path);
                }
                // The innermost form that holds it: the first is of the whole upstream.
                for (auto form = m_forms.rbegin(); form != m_forms.rend(); ++form)
                    if (*form && path->startsWith((*form)->at().path))
                        return (*form)->reveal(*path);
                return false;
            }
        return false;
    }

    // The seconds seen, thinned to what a chart of this width can show.
    void fillCharts()
    {
        ChartData latency, rate;
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        for (ChartData *data : {&latency, &rate}) {
            data->end = now;
            data->step = chartStepMillis;
        }
        const UpstreamRow *upstream = m_figures->find(m_current);
        static constexpr ChartSeries::Tone tones[] = {ChartSeries::Tone::Accent, ChartSeries::Tone::Hue, ChartSeries::Tone::Hue, ChartSeries::Tone::Quiet};
        static constexpr HueId hues[] = {HueId::Ok, HueId::Client, HueId::Mock, HueId::None};
        for (size_t i = 0; upstream && i < upstream->endpoints.size() && i < std::size(tones); ++i) {
            const EndpointRow &row = upstream->endpoints[i];
            const auto &history = m_figures->history(row.upstream, row.name);
            std::vector<double> p99(chartPoints, std::nan("")), perSecond(chartPoints, std::nan(""));
            for (const EndpointSecond &second : history) {
                const qint64 back = (now - second.startMicros / 1000) / chartStepMillis;
                if (back < 0 || back >= chartPoints)
                    continue;
                const size_t at = size_t(chartPoints - 1 - back);
                perSecond[at] = second.perSecond;
                if (second.p99 >= 0)
                    p99[at] = double(second.p99) * 1000;
            }
            ChartSeries series;
            series.name = row.name;
            series.tone = tones[i];
            series.hue = hues[i];
            series.dashed = i > 0;
            series.values = p99;
            latency.series << series;
            series.values = perSecond;
            rate.series << series;
        }
        m_latency->setData(latency);
        m_rate->setData(rate);
    }

    PanelContext m_context;
    api::Api m_api;
    Session &m_session;
    const std::shared_ptr<EndpointFigures> m_figures;
    UpstreamListModel *m_upstreams;
    EndpointListModel *m_endpoints;
    QString m_current;
    QStackedWidget *m_pages;
    QSplitter *m_splitter;
    FoldingPair *m_pair;
    QLineEdit *m_find;
    QListView *m_list, *m_endpointList;
    QLabel *m_heading = nullptr;
    RunsLabel *m_title;
    NoticeBar *m_notice = nullptr;
    TimeChart *m_latency, *m_rate;
    QScrollArea *m_settings;
    std::vector<QPointer<RecordForm>> m_forms; // of the whole upstream, then its parts
    QPointer<QLineEdit> m_nameLine;
    QPointer<Editor> m_endpointForm;
    FieldError *m_nameError = nullptr;
    QLabel *m_endpointHeading = nullptr;
    QVBoxLayout *m_endpointBox = nullptr;
};

} // namespace

PanelInfo upstreamsPanel(api::Api api, Session &session)
{
    // From the window's start on, not from the panel's, which is made when somebody opens it: its charts then have a past.
    const auto figures = std::make_shared<EndpointFigures>(api.live, session);
    return {QLatin1String(panels::upstreams), QObject::tr("Upstreams"), IconId::Upstreams,
            [api, &session, figures](const PanelContext &context) -> Panel * { return new UpstreamsPanel(context, api, session, figures); }};
}

} // namespace gatehouse::ui
