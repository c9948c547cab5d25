#include "ui/traffic/trafficpanel.h"

#include "ui/models/exchangemodel.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/models/listeners.h"
#include "ui/shell/actions.h"
#include "ui/shell/theme.h"
#include "ui/traffic/chiprow.h"
#include "ui/traffic/comparedialog.h"
#include "ui/traffic/detailpane.h"
#include "ui/traffic/exchangetable.h"
#include "ui/traffic/timeline.h"
#include "ui/traffic/trafficfilter.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/filterfield.h"
#include "ui/widgets/filterterms.h"
#include "ui/widgets/states.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>

namespace gatehouse::ui {

namespace {

constexpr int figuresMillis = 250; // live figures change at most four times a second

class TrafficPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::TrafficPanel)

public:
    TrafficPanel(const PanelContext &context, api::Api api);

    void activate() override { m_table->setFocus(Qt::OtherFocusReason); }
    bool open(const Place &place) override;
    void focusFilter() override { m_filterField->edit()->setFocus(Qt::ShortcutFocusReason); }
    QString selectedRequest(quint64 *exchange) const override;
    bool leave() override;
    QList<QWidget *> regions() override { return {m_filterField->edit(), m_overTime, m_table, m_detail}; }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildFilterBar();
    QWidget *buildOverTime();
    QWidget *buildTable();
    void connectAll();
    void addActions();
    void addTableAction(const char *id, const QString &text, const QList<QKeySequence> &keys, IconId icon, std::function<void()> run);

    void applyFilter(const QString &expression);
    void resetFilter();
    void showFigures();
    void showPage();
    void describeNothing();
    void showCurrent(quint64 id);
    void contextMenu(const QPoint &globalPos, int column);
    std::optional<api::ExchangeDetail> current() const;
    void copyRows(RowFormat format) const;
    void copyCurl() const;
    void copyUrl() const;
    void clear();
    void replay();
    void editAndResend();
    void compare();
    void filterByCell(bool exclude);
    void setOverTimeShown(bool shown);
    void setSpan(std::optional<std::pair<int64_t, int64_t>> span);
    void setDetailBelow(bool below);
    std::pair<size_t, size_t> rankOf(const observe::Row &row) const;
    QString baseUrl() const;

    PanelContext m_context;
    api::Api m_api;
    ExchangeModel *m_model;
    TrafficFilter m_filter;
    FilterField *m_filterField = nullptr;
    FieldError *m_problem = nullptr;
    QToolButton *m_follow = nullptr, *m_pause = nullptr;
    ChipRow *m_chips = nullptr;
    Timeline *m_timeline = nullptr;
    QWidget *m_overTime = nullptr;
    NoticeBar *m_notice = nullptr;
    QStackedWidget *m_pages = nullptr;
    EmptyState *m_empty = nullptr, *m_noHits = nullptr;
    QPushButton *m_dropTerm = nullptr;
    QString m_droppedTerm;
    ExchangeTable *m_table = nullptr;
    DetailPane *m_detail = nullptr;
    QSplitter *m_splitter = nullptr;
    QTimer m_figures, m_filterDelay;
    quint64 m_sending = 0;
    bool m_fresh = true;
};

TrafficPanel::TrafficPanel(const PanelContext &context, api::Api api)
    : m_context(context)
    , m_api(api)
    , m_model(new ExchangeModel(api.exchanges, this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(buildFilterBar());
    layout->addWidget(m_problem);
    m_overTime = buildOverTime();
    layout->addWidget(m_overTime);
    layout->addWidget(new Hairline(Qt::Horizontal));
    m_notice = new NoticeBar(HueId::Client);
    m_notice->hide();
    layout->addWidget(m_notice);
    m_splitter = new QSplitter(Qt::Horizontal);
    m_splitter->setChildrenCollapsible(false);
    m_detail = new DetailPane(m_api);
    m_detail->rank = [this](const observe::Row &row) { return rankOf(row); };
    m_detail->setMinimumWidth(scaled(320));
    m_splitter->addWidget(buildTable());
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 52);
    m_splitter->setStretchFactor(1, 48);
    m_splitter->setSizes({5250, 4750});
    layout->addWidget(m_splitter, 1);
    connectAll();
    addActions();
    m_model->poll();
    showFigures();
}

QWidget *TrafficPanel::buildFilterBar()
{
    auto *bar = new QWidget;
    bar->setFixedHeight(scaled(44));
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(scaled(10), 0, scaled(8), 0);
    row->setSpacing(scaled(4));
    m_filterField = new FilterField(tr("Type to filter"));
    m_filterField->complete = [this](const QString &typed) { return completionsFor(typed, joinTerms(m_filterField->chips()), *m_model); };
    row->addWidget(m_filterField, 1);
    auto *rule = new Hairline(Qt::Vertical);
    rule->setFixedHeight(scaled(28));
    row->addWidget(rule);
    m_follow = iconButton(IconId::Follow, tr("Follow the newest (F)"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_pause = iconButton(IconId::Pause, tr("Pause recording"));
    m_pause->setCheckable(true);
    QToolButton *clear = iconButton(IconId::Trash, tr("Clear what is recorded"));
    QToolButton *columns = iconButton(IconId::Columns, tr("Choose columns"));
    for (QToolButton *button : {m_follow, m_pause, clear, columns})
        row->addWidget(button);
    connect(clear, &QToolButton::clicked, this, &TrafficPanel::clear);
    connect(columns, &QToolButton::clicked, this, [this, columns] { m_table->chooseColumns(columns->mapToGlobal(QPoint(0, columns->height()))); });
    m_problem = new FieldError;
    m_problem->setContentsMargins(scaled(12), 0, scaled(12), scaled(4));
    return bar;
}

QWidget *TrafficPanel::buildOverTime()
{
    auto *box = new QWidget;
    box->setFixedHeight(scaled(68));
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, scaled(3), 0, scaled(3));
    layout->setSpacing(0);
    m_chips = new ChipRow;
    m_timeline = new Timeline;
    layout->addWidget(m_chips);
    layout->addWidget(m_timeline);
    return box;
}

QWidget *TrafficPanel::buildTable()
{
    m_pages = new QStackedWidget;
    m_pages->setMinimumWidth(scaled(360));
    m_table = new ExchangeTable(*m_model);
    m_empty = new EmptyState(IconId::Traffic, tr("No requests yet"), tr("Requests appear here, with the reason why they went where they went."));
    QPushButton *send = m_empty->addButton(tr("Send one from Explorer"), true, IconId::Send);
    connect(send, &QPushButton::clicked, this, [this] {
        if (m_context.navigator)
            m_context.navigator->newRequest(baseUrl() + QLatin1Char('/'));
    });
    m_noHits = new EmptyState(IconId::Filter, tr("Nothing matches this filter"), tr("Take a term away to see more."));
    m_dropTerm = m_noHits->addButton(tr("Remove"));
    connect(m_dropTerm, &QPushButton::clicked, this, [this] { m_filterField->removeTerm(m_droppedTerm); });
    QPushButton *clear = m_noHits->addButton(tr("Clear the filter"));
    connect(clear, &QPushButton::clicked, this, &TrafficPanel::resetFilter);
    m_pages->addWidget(m_table);
    m_pages->addWidget(m_empty);
    m_pages->addWidget(m_noHits);
    return m_pages;
}

void TrafficPanel::connectAll()
{
    m_figures.setInterval(figuresMillis);
    m_figures.setSingleShot(true);
    connect(&m_figures, &QTimer::timeout, this, &TrafficPanel::showFigures);
    connect(m_model, &ExchangeModel::countsChanged, this, [this] {
        if (m_fresh) { // the first ones at once: no empty window while there is something to see
            m_fresh = m_model->held() == 0;
            showFigures();
        } else if (!m_figures.isActive()) {
            m_figures.start();
        }
    });
    connect(m_model, &ExchangeModel::changed, this, [this](quint64 id) {
        if (id == m_detail->shown())
            m_detail->refresh();
    });
    // Typing filters as it goes, but not for each key of a fast hand.
    m_filterDelay.setSingleShot(true);
    m_filterDelay.setInterval(80);
    connect(m_filterField, &FilterField::expressionChanged, this, [this] { m_filterDelay.start(); });
    connect(&m_filterDelay, &QTimer::timeout, this, [this] { applyFilter(m_filterField->expression()); });
    connect(m_filterField, &FilterField::leftDownwards, this, [this] { m_table->setFocus(Qt::OtherFocusReason); });
    connect(m_chips, &ChipRow::expressionChosen, this, [this](const QString &expression) { m_filterField->setExpression(expression); applyFilter(expression); });
    connect(m_timeline, &Timeline::spanSelected, this, [this](qint64 from, qint64 to) { setSpan(std::pair<int64_t, int64_t>(from, to)); });
    connect(m_timeline, &Timeline::spanReset, this, [this] { setSpan({}); });
    connect(m_chips, &ChipRow::spanCleared, this, [this] { setSpan({}); });
    connect(m_follow, &QToolButton::clicked, this, [this](bool on) { m_table->setFollow(on); });
    connect(m_table, &ExchangeTable::followChanged, m_follow, &QToolButton::setChecked);
    connect(m_pause, &QToolButton::clicked, this, [this](bool paused) {
        m_api.exchanges.setRecording(!paused);
        m_pause->setToolTip(paused ? tr("Record again") : tr("Pause recording"));
        showFigures();
    });
    connect(m_table, &ExchangeTable::currentIdChanged, this, &TrafficPanel::showCurrent);
    connect(m_table, &ExchangeTable::opened, this, [this] {
        if (m_detail->tab() == DetailPane::Why)
            m_detail->why()->setFocus(Qt::OtherFocusReason);
        else
            m_detail->focusWidget() ? m_detail->focusWidget()->setFocus(Qt::OtherFocusReason) : m_detail->why()->setFocus(Qt::OtherFocusReason);
    });
    connect(m_table, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        const QModelIndex index = m_table->indexAt(at);
        if (index.isValid())
            contextMenu(m_table->viewport()->mapToGlobal(at), index.column());
    });
    const auto go = [this](const Place &place) {
        if (m_context.navigator)
            m_context.navigator->go(place);
    };
    connect(m_detail, &DetailPane::placeActivated, this, go);
    connect(m_notice, &NoticeBar::placeActivated, this, go);
    connect(m_detail, &DetailPane::replayRequested, this, &TrafficPanel::replay);
    connect(m_detail, &DetailPane::copyRequested, this, &TrafficPanel::copyCurl);
    connect(m_detail, &DetailPane::pinRequested, this, [this] { m_model->togglePinned(m_detail->shown()); });
    connect(m_detail, &DetailPane::moreRequested, this, [this](const QPoint &at) { contextMenu(at, -1); });
}

void TrafficPanel::addTableAction(const char *id, const QString &text, const QList<QKeySequence> &keys, IconId icon, std::function<void()> run)
{
    ActionSpec spec;
    spec.id = QLatin1String(id);
    spec.text = text;
    spec.group = tr("Traffic");
    spec.shortcuts = keys;
    spec.icon = icon;
    spec.run = std::move(run);
    m_context.actions->add(spec, m_table);
}

void TrafficPanel::addActions()
{
    if (!m_context.actions)
        return;
    addTableAction("traffic.follow", tr("&Follow the newest"), {Qt::Key_F}, IconId::Follow, [this] { m_table->setFollow(!m_table->follows()); });
    addTableAction("traffic.pin", tr("&Pin"), {Qt::Key_P}, IconId::Pin, [this] {
        m_model->togglePinned(m_table->currentId());
        m_detail->setPinned(m_model->isPinned(m_detail->shown()));
    });
    addTableAction("traffic.curl", tr("&Copy as curl"), {Qt::Key_C, QKeySequence(QStringLiteral("Ctrl+Shift+C"))}, IconId::Copy, [this] { copyCurl(); });
    addTableAction("traffic.copy", tr("Copy &rows as Markdown"), {QKeySequence::Copy}, IconId::Copy, [this] { copyRows(RowFormat::Markdown); });
    addTableAction("traffic.replay", tr("&Send again"), {Qt::Key_R}, IconId::Refresh, [this] { replay(); });
    addTableAction("traffic.resend", tr("&Edit and resend"), {QKeySequence(QStringLiteral("Ctrl+R"))}, IconId::Pencil, [this] { editAndResend(); });
    addTableAction("traffic.compare", tr("Mark for compare, or compare"), {QKeySequence(QStringLiteral("Ctrl+D"))}, IconId::Compare, [this] { compare(); });
    addTableAction("traffic.only", tr("Only this &value"), {Qt::Key_Equal}, IconId::Filter, [this] { filterByCell(false); });
    addTableAction("traffic.exclude", tr("&Without this value"), {Qt::Key_Minus}, IconId::Filter, [this] { filterByCell(true); });
    addTableAction("traffic.look", tr("&Look at the body"), {Qt::Key_Space}, IconId::Eye, [this] { m_detail->setTab(DetailPane::Response); });
    const auto panelAction = [this](const QString &id, const QString &text, const QKeySequence &key, std::function<void()> run) {
        ActionSpec spec;
        spec.id = id;
        spec.text = text;
        spec.group = tr("Traffic");
        if (!key.isEmpty())
            spec.shortcuts = {key};
        spec.run = std::move(run);
        m_context.actions->add(spec, this);
    };
    panelAction(QStringLiteral("traffic.clear"), tr("Clear what is recorded"), {}, [this] { clear(); });
    panelAction(QStringLiteral("traffic.overtime"), tr("Show or hide &time and classes"), QKeySequence(QStringLiteral("Ctrl+Shift+T")), [this] { setOverTimeShown(!m_overTime->isVisible()); });
    panelAction(QStringLiteral("traffic.below"), tr("Detail &below or beside the table"), {}, [this] { setDetailBelow(m_splitter->orientation() == Qt::Horizontal); });
    const QStringList tabs{tr("Overview"), tr("Request"), tr("Response"), tr("Timing"), tr("Why")};
    for (int tab = 0; tab < tabs.size(); ++tab)
        panelAction(QStringLiteral("traffic.tab%1").arg(tab + 1), tr("Detail: %1").arg(tabs[tab]), QKeySequence(Qt::ALT | Qt::Key(Qt::Key_1 + tab)), [this, tab] { m_detail->setTab(tab); });
}

// --- filter ----------------------------------------------------------------------------------------------------------

void TrafficPanel::applyFilter(const QString &expression)
{
    m_filterDelay.stop();
    QString problem;
    const bool readable = m_filter.set(expression, &problem);
    m_filterField->setProblem(!readable);
    m_problem->setError(problem);
    if (!readable)
        return; // the last result stays
    const uint64_t chosen = m_table->currentId();
    const bool follows = m_table->follows();
    m_chips->setExpression(expression);
    m_model->setFilter(m_filter.counted(), m_filter.shown());
    if (const int row = chosen != 0 ? m_model->rowOfId(chosen) : -1; row >= 0) {
        m_table->setCurrentIndex(m_model->index(row, 0));
        if (!follows)
            m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
    }
    m_table->setFollow(follows);
    showFigures();
}

void TrafficPanel::setSpan(std::optional<std::pair<int64_t, int64_t>> span)
{
    m_filter.setSpan(span);
    m_chips->setSpan(span);
    applyFilter(m_filter.expression());
}

void TrafficPanel::resetFilter()
{
    m_filter.setSpan({});
    m_chips->setSpan({});
    m_filterField->setExpression({});
    applyFilter({});
}

void TrafficPanel::filterByCell(bool exclude)
{
    const QModelIndex index = m_table->currentIndex();
    if (!index.isValid())
        return;
    const QString term = filterTerm(m_model->rowAt(index.row()).row, index.column());
    if (term.isEmpty())
        return;
    m_filterField->addTerm(exclude ? negated(term) : term);
    applyFilter(m_filterField->expression());
}

// --- figures and states ----------------------------------------------------------------------------------------------

void TrafficPanel::showFigures()
{
    m_chips->setCounts(m_model->counts());
    m_timeline->setSeconds(m_model->seconds(), QDateTime::currentMSecsSinceEpoch() * 1000);
    const QString held = countText(m_model->held());
    const bool all = m_model->rowCount() == int(m_model->held());
    m_filterField->setCount(all ? held : tr("%1 of %2", "shown of recorded").arg(countText(uint64_t(m_model->rowCount())), held));
    m_pause->setChecked(!m_api.exchanges.recorder().recording);
    showPage();
}

void TrafficPanel::showPage()
{
    QWidget *page = m_model->held() == 0 ? static_cast<QWidget *>(m_empty) : m_model->rowCount() == 0 ? m_noHits : static_cast<QWidget *>(m_table);
    const bool hadFocus = m_pages->currentWidget() && m_pages->currentWidget()->hasFocus();
    if (page != m_table)
        describeNothing();
    if (m_pages->currentWidget() == page)
        return;
    m_pages->setCurrentWidget(page);
    if (page == m_table && hadFocus)
        m_table->setFocus();
}

void TrafficPanel::describeNothing()
{
    if (m_model->held() == 0) {
        const api::Status status = m_api.apply.status();
        const bool listens = status.state == api::EngineState::Running && !status.listeners.empty();
        const QString idle = status.state == api::EngineState::Starting
            ? tr("The engine is starting. Requests appear here, with the reason why they went where they went.")
            : tr("The engine is stopped. Start it and send a request; it appears here, with the reason why it went where it went.");
        m_empty->setText(tr("No requests yet"),
                         !m_api.exchanges.recorder().recording ? tr("Recording is paused. Requests are served, but not kept.")
                             : listens ? tr("Gatehouse listens at %1. Send a request there and it appears here, with the reason why it went where it went.").arg(fromUtf8(status.listeners.front().address))
                                       : idle);
        m_empty->setExample(listens ? curlLine(fromUtf8(status.listeners.front().url)) : QString());
        m_figures.start(); // nothing arrives that would tell that the engine has started or stopped
        return;
    }
    // The term without which most would be seen.
    const QStringList terms = splitTerms(m_filter.expression());
    size_t best = 0;
    m_droppedTerm.clear();
    for (qsizetype i = 0; i < terms.size(); ++i) {
        QStringList rest = terms;
        rest.removeAt(i);
        const auto filter = filterOf(joinTerms(rest));
        const size_t count = filter ? m_model->countMatching(filter) : m_model->held();
        if (count > best) {
            best = count;
            m_droppedTerm = terms[i];
        }
    }
    const QString recorded = tr("%n exchanges are recorded.", nullptr, int(m_model->held()));
    m_noHits->setText(tr("Nothing matches this filter"), best == 0 ? recorded : tr("%1 Without %2 it would show %3.").arg(recorded, m_droppedTerm, countText(best)));
    m_dropTerm->setVisible(best > 0);
    m_dropTerm->setText(tr("Remove %1").arg(plainOnButton(m_droppedTerm)));
}

void TrafficPanel::showCurrent(quint64 id)
{
    m_detail->show(id);
    m_detail->setPinned(m_model->isPinned(id));
}

void TrafficPanel::setDetailBelow(bool below)
{
    const Qt::Orientation wanted = below ? Qt::Vertical : Qt::Horizontal;
    if (m_splitter->orientation() == wanted)
        return;
    m_splitter->setOrientation(wanted);
    m_splitter->setSizes({5250, 4750});
}

// Of the recorded ones of its route: how many there are, and how many of them were faster.
std::pair<size_t, size_t> TrafficPanel::rankOf(const observe::Row &row) const
{
    if (row.route.empty() || row.state != observe::State::Final)
        return {};
    size_t all = 0;
    const size_t faster = m_model->countMatching([&](const observe::Row &other) {
        if (other.state != observe::State::Final || other.route != row.route || other.id == row.id)
            return false;
        ++all;
        return other.durationMicros < row.durationMicros;
    });
    return {all, faster};
}

void TrafficPanel::setOverTimeShown(bool shown) { m_overTime->setVisible(shown); }

void TrafficPanel::showEvent(QShowEvent *event)
{
    Panel::showEvent(event);
    m_model->setLive(true);
}

// Out of sight nothing is painted, but what came is taken up when it is back.
void TrafficPanel::hideEvent(QHideEvent *event)
{
    Panel::hideEvent(event);
    m_model->setLive(false);
}

// --- commands --------------------------------------------------------------------------------------------------------

QString TrafficPanel::baseUrl() const
{
    const std::string url = ui::baseUrl(m_api.apply.status());
    return url.empty() ? QStringLiteral("http://127.0.0.1:8080") : fromUtf8(url);
}

std::optional<api::ExchangeDetail> TrafficPanel::current() const { return m_detail->detail(); }

void TrafficPanel::copyRows(RowFormat format) const
{
    const auto rows = m_table->selectedRows();
    if (!rows.empty())
        QGuiApplication::clipboard()->setText(rowsAsText(rows, m_table->visibleColumns(), format));
}

void TrafficPanel::copyCurl() const
{
    if (const auto detail = current())
        QGuiApplication::clipboard()->setText(asShellCommand(*detail, baseUrl()));
}

void TrafficPanel::copyUrl() const
{
    if (const auto detail = current())
        QGuiApplication::clipboard()->setText(asUrl(detail->row));
}

void TrafficPanel::clear()
{
    m_detail->show(0);
    m_model->clear();
}

// The same request through the listener that took it. A mask is no credential: the engine puts the consumer's own in its place, and
// what it has none for is left out and told.
void TrafficPanel::replay()
{
    const auto detail = current();
    if (!detail)
        return;
    api::RequestSketch sketch;
    sketch.method = detail->row.method;
    sketch.listener = detail->row.listener;
    sketch.url = (baseUrl() + columnText(detail->row, ExchangeModel::Path)).toStdString();
    sketch.body = detail->request.body;
    sketch.consumer = detail->row.consumer;
    for (size_t i = 0; i < detail->request.fields.size(); ++i) {
        const QString name = fromUtf8(detail->request.fields[i].first).toLower();
        if (i < detail->request.redacted.size() && detail->request.redacted[i])
            sketch.masked.push_back(detail->request.fields[i].first);
        else if (name != QStringLiteral("content-length") && name != QStringLiteral("transfer-encoding") && name != QStringLiteral("connection"))
            sketch.headers.push_back(detail->request.fields[i]);
    }
    QPointer<TrafficPanel> alive(this);
    m_sending = m_api.send.send(sketch, api::Send::Via::Gateway, [alive](const api::Sent &sent) {
        if (!alive)
            return;
        alive->m_sending = 0;
        QStringList leftOut;
        for (const std::string &name : sent.leftOut)
            leftOut << fromUtf8(name);
        alive->m_notice->setVisible(!sent.error.empty() || !leftOut.isEmpty());
        if (!sent.error.empty())
            alive->m_notice->setNotice(tr("It could not be sent again."), {plain(fromUtf8(sent.error))});
        else if (!leftOut.isEmpty())
            alive->m_notice->setNotice(tr("It was sent without %1.").arg(leftOut.join(QStringLiteral(", "))),
                                       {plain(tr("The recording keeps it masked, and no consumer has a key for it. Edit and resend takes it from the environment."))});
        if (sent.error.empty())
            alive->m_table->setFollow(true);
    });
}

void TrafficPanel::editAndResend()
{
    const auto detail = current();
    if (detail && m_context.navigator)
        m_context.navigator->newRequest(asCurl(*detail, baseUrl()));
}

void TrafficPanel::compare()
{
    const uint64_t id = m_table->currentId();
    const uint64_t marked = m_model->marked();
    if (id == 0)
        return;
    if (marked == 0 || marked == id) {
        m_model->setMarked(marked == id ? 0 : id);
        return;
    }
    const auto a = m_api.exchanges.detail(marked), b = m_api.exchanges.detail(id);
    m_model->setMarked(0);
    if (a && b)
        compareDialog(*a, *b, this)->open();
}

void TrafficPanel::contextMenu(const QPoint &globalPos, int column)
{
    QMenu menu(this);
    const auto detail = current();
    if (!detail)
        return;
    const QString term = column >= 0 ? filterTerm(detail->row, column) : QString();
    if (!term.isEmpty()) {
        menu.addAction(tr("Only %1").arg(plainOnButton(term)), QKeySequence(Qt::Key_Equal), this, [this] { filterByCell(false); });
        menu.addAction(tr("Without %1").arg(plainOnButton(term)), QKeySequence(Qt::Key_Minus), this, [this] { filterByCell(true); });
        menu.addSeparator();
    }
    menu.addAction(tr("Send again"), QKeySequence(Qt::Key_R), this, [this] { replay(); });
    menu.addAction(tr("Edit and resend"), QKeySequence(QStringLiteral("Ctrl+R")), this, [this] { editAndResend(); });
    if (m_context.navigator) {
        menu.addAction(tr("Explain"), QKeySequence(QStringLiteral("Ctrl+E")), this, [this] {
            quint64 exchange = 0;
            const QString request = selectedRequest(&exchange);
            m_context.navigator->explain(request, exchange);
        });
        if (!detail->row.route.empty())
            menu.addAction(tr("Open the route %1").arg(fromUtf8(detail->row.route)), this, [this, route = fromUtf8(detail->row.route)] { m_context.navigator->openRoute(route); });
    }
    menu.addSeparator();
    menu.addAction(tr("Copy as curl"), QKeySequence(Qt::Key_C), this, [this] { copyCurl(); });
    menu.addAction(tr("Copy URL"), this, [this] { copyUrl(); });
    menu.addAction(tr("Copy rows as Markdown"), QKeySequence::Copy, this, [this] { copyRows(RowFormat::Markdown); });
    menu.addAction(tr("Copy rows as CSV"), this, [this] { copyRows(RowFormat::Csv); });
    menu.addAction(tr("Copy rows as JSON"), this, [this] { copyRows(RowFormat::Json); });
    menu.addSeparator();
    menu.addAction(m_model->isPinned(detail->row.id) ? tr("Unpin") : tr("Pin"), QKeySequence(Qt::Key_P), this, [this, id = detail->row.id] {
        m_model->togglePinned(id);
        m_detail->setPinned(m_model->isPinned(m_detail->shown()));
    });
    const uint64_t marked = m_model->marked();
    menu.addAction(marked != 0 && marked != detail->row.id ? tr("Compare with the marked one") : tr("Mark for compare"), QKeySequence(QStringLiteral("Ctrl+D")), this, [this] { compare(); });
    menu.exec(globalPos);
}

// --- the panel to the window -----------------------------------------------------------------------------------------

bool TrafficPanel::open(const Place &place)
{
    if (place.kind == Place::Kind::Panel)
        return true;
    if (place.kind == Place::Kind::Exchanges) {
        const QStringList ends = place.detail.split(QStringLiteral(".."));
        std::optional<std::pair<int64_t, int64_t>> span;
        if (ends.size() == 2)
            span = std::pair<int64_t, int64_t>(ends[0].toLongLong(), ends[1].toLongLong());
        m_filter.setSpan(span);
        m_chips->setSpan(span);
        m_model->poll(); // what was counted elsewhere may not have come here yet
        m_filterField->setExpression(place.name);
        applyFilter(place.name);
        return true;
    }
    if (place.kind != Place::Kind::Exchange)
        return false;
    m_model->poll();
    if (m_model->rowOfId(place.id) < 0) {
        if (!m_api.exchanges.detail(place.id))
            return false;
        resetFilter(); // it is there, but the filter hides it
    }
    if (!place.detail.isEmpty())
        m_detail->setTab(place.detail);
    m_table->selectId(place.id);
    showPage();
    return m_model->rowOfId(place.id) >= 0;
}

QString TrafficPanel::selectedRequest(quint64 *exchange) const
{
    const auto detail = current();
    if (!detail)
        return {};
    if (exchange)
        *exchange = detail->row.id;
    return asCurl(*detail, baseUrl());
}

bool TrafficPanel::leave()
{
    if (m_detail->isAncestorOf(focusWidget()) || m_filterField->isAncestorOf(focusWidget())) {
        m_table->setFocus(Qt::OtherFocusReason);
        return true;
    }
    return false;
}

QVariantMap TrafficPanel::saveState() const
{
    return {{QStringLiteral("splitter"), m_splitter->saveState()},
            {QStringLiteral("columns"), m_table->saveColumns()},
            {QStringLiteral("tab"), m_detail->tab()},
            {QStringLiteral("overTime"), !m_overTime->isHidden()},
            {QStringLiteral("below"), m_splitter->orientation() == Qt::Vertical},
            {QStringLiteral("filter"), m_filter.expression()}};
}

void TrafficPanel::restoreState(const QVariantMap &state)
{
    if (state.isEmpty())
        return;
    setDetailBelow(state.value(QStringLiteral("below")).toBool()); // QSplitter's own state would turn it without the sizes
    m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray());
    m_table->restoreColumns(state.value(QStringLiteral("columns")).toByteArray());
    m_detail->setTab(state.value(QStringLiteral("tab"), int(DetailPane::Why)).toInt());
    setOverTimeShown(state.value(QStringLiteral("overTime"), true).toBool());
    const QString filter = state.value(QStringLiteral("filter")).toString();
    m_filterField->setExpression(filter);
    applyFilter(filter);
}

} // namespace

PanelInfo trafficPanel(api::Api api)
{
    return {QLatin1String(panels::traffic), QObject::tr("Traffic"), IconId::Traffic, [api](const PanelContext &context) -> Panel * { return new TrafficPanel(context, api); }};
}

} // namespace gatehouse::ui
