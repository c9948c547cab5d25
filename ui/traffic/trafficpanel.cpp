#include "ui/traffic/trafficpanel.h"

#include "gateway/observe/filter.h"
#include "ui/models/exchangemodel.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/actions.h"
#include "ui/shell/theme.h"
#include "ui/traffic/chipbar.h"
#include "ui/traffic/detailpane.h"
#include "ui/traffic/exchangedelegate.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/filterfield.h"
#include "ui/widgets/states.h"

#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

std::string s(const QString &text) { return text.toStdString(); }

// Chips write these; the counts beside them are of what the rest of the filter lets through.
bool isChipTerm(const QString &term)
{
    const QString bare = term.startsWith(QLatin1Char('-')) ? term.mid(1) : term;
    return bare.startsWith(QLatin1String("status:")) || bare.startsWith(QLatin1String("verdict:"));
}

class TrafficPanel final : public Panel {
public:
    TrafficPanel(const PanelContext &context, api::Api api) : m_context(context), m_api(api), m_model(new ExchangeModel(api.exchanges, this))
    {
        build();
        addActions();
        connect(m_model, &ExchangeModel::countsChanged, this, [this] { showCounts(); });
        connect(m_model, &ExchangeModel::arrived, this, [this](int rows) { arrived(rows); });
        connect(m_model, &ExchangeModel::changed, this, [this](quint64 id) {
            if (m_detail->detail() && m_detail->detail()->row.id == id)
                m_detail->refresh();
        });
        auto *second = new QTimer(this);
        connect(second, &QTimer::timeout, m_timeline, qOverload<>(&QWidget::update));
        second->start(1000);
        m_model->setLive(true);
        m_model->poll();
        applyFilter();
        showCounts();
    }

    void activate() override { m_table->setFocus(); }
    void focusFilter() override { m_filter->edit()->setFocus(); }
    QList<QWidget *> regions() override { return {m_filter->edit(), m_table, m_detail}; }
    bool open(const Place &place) override
    {
        if (place.kind == Place::Kind::Exchanges) {
            m_filter->setExpression(place.name);
            applyFilter();
        } else if (place.kind == Place::Kind::Exchange) {
            int row = m_model->rowOfId(place.id);
            if (row < 0) {
                m_filter->setExpression({});
                applyFilter();
                row = m_model->rowOfId(place.id);
            }
            if (row < 0)
                return false;
            select(row);
            if (place.detail == QLatin1String("why"))
                m_detail->setTab(DetailPane::Why);
            else if (place.detail == QLatin1String("timing"))
                m_detail->setTab(DetailPane::Timing);
        }
        return true;
    }
    QString selectedRequest(quint64 *exchange) const override
    {
        if (!m_detail->detail())
            return {};
        *exchange = m_detail->detail()->row.id;
        return asCurl(*m_detail->detail(), base());
    }
    bool leave() override
    {
        if (!m_table->currentIndex().isValid())
            return false;
        m_table->clearSelection();
        m_table->setCurrentIndex({});
        return true;
    }
    QVariantMap saveState() const override
    {
        return {{QStringLiteral("splitter"), m_splitter->saveState()}, {QStringLiteral("columns"), m_table->horizontalHeader()->saveState()}, {QStringLiteral("tab"), m_detail->tab()},
                {QStringLiteral("timeline"), m_band->isVisibleTo(this)}};
    }
    void restoreState(const QVariantMap &state) override
    {
        m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray());
        m_table->horizontalHeader()->restoreState(state.value(QStringLiteral("columns")).toByteArray());
        m_detail->setTab(state.value(QStringLiteral("tab"), int(DetailPane::Why)).toInt());
        m_band->setVisible(state.value(QStringLiteral("timeline"), true).toBool());
    }

private:
    void build()
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins({});
        layout->setSpacing(0);
        layout->addLayout(buildFilterBar());
        m_error = new FieldError(this);
        m_error->setContentsMargins(scaled(14), 0, 0, 0);
        layout->addWidget(m_error);
        m_band = new QWidget(this);
        auto *band = new QVBoxLayout(m_band);
        band->setContentsMargins({});
        band->setSpacing(0);
        m_chips = new ChipBar(m_band);
        m_timeline = new Timeline(*m_model, m_band);
        band->addWidget(m_chips);
        band->addWidget(m_timeline);
        layout->addWidget(m_band);
        layout->addWidget(new Hairline(Qt::Horizontal, this));
        connect(m_chips, &ChipBar::chosen, this, [this](const QString &term, Qt::KeyboardModifiers modifiers) { chipChosen(term, modifiers); });
        m_splitter = new QSplitter(Qt::Horizontal, this);
        m_splitter->setChildrenCollapsible(false);
        m_splitter->addWidget(buildTable());
        m_detail = new DetailPane(m_api.exchanges, *m_context.navigator);
        m_detail->setMinimumWidth(scaled(320));
        m_splitter->addWidget(m_detail);
        m_splitter->setStretchFactor(0, 52);
        m_splitter->setStretchFactor(1, 48);
        m_splitter->setSizes({scaled(628), scaled(576)});
        layout->addWidget(m_splitter, 1);
        connect(m_detail, &DetailPane::copyRequested, this, [this] { copyCurl(); });
        connect(m_detail, &DetailPane::resendRequested, this, [this] { resend(); });
        connect(m_detail, &DetailPane::pinRequested, this, [this] { pin(); });
    }

    QHBoxLayout *buildFilterBar()
    {
        auto *bar = new QHBoxLayout;
        bar->setContentsMargins(scaled(10), scaled(6), scaled(10), scaled(6));
        bar->setSpacing(scaled(4));
        m_filter = new FilterField(tr("Type to filter"), this);
        m_filter->complete = [this](const QString &typed) { return completions(typed); };
        bar->addWidget(m_filter, 1);
        m_followButton = iconButton(IconId::Follow, tr("Follow what comes (F)"), this);
        m_followButton->setCheckable(true);
        m_followButton->setChecked(true);
        m_recordButton = iconButton(IconId::Pause, tr("Pause recording"), this);
        m_recordButton->setCheckable(true);
        auto *clear = iconButton(IconId::Trash, tr("Clear the recording"), this);
        auto *columns = iconButton(IconId::Columns, tr("Columns"), this);
        for (QToolButton *b : {m_followButton, m_recordButton, clear, columns})
            bar->addWidget(b);
        connect(m_filter, &FilterField::expressionChanged, this, [this] { applyFilter(); });
        connect(m_filter, &FilterField::leftDownwards, this, [this] { m_table->setFocus(); });
        connect(m_followButton, &QToolButton::clicked, this, [this](bool on) { setFollow(on); });
        connect(m_recordButton, &QToolButton::clicked, this, [this](bool paused) { m_api.exchanges.setRecording(!paused); });
        connect(clear, &QToolButton::clicked, this, [this] {
            m_model->clear();
            m_detail->show(0);
        });
        connect(columns, &QToolButton::clicked, this, [this, columns] { columnMenu(columns->mapToGlobal(QPoint(0, columns->height()))); });
        return bar;
    }

    QWidget *buildTable()
    {
        m_tablePages = new QStackedWidget;
        auto *page = new QWidget;
        auto *layout = new QVBoxLayout(page);
        layout->setContentsMargins({});
        layout->setSpacing(0);
        m_table = new QTableView(page);
        m_table->setModel(m_model);
        m_table->setItemDelegate(new ExchangeDelegate(m_table));
        m_table->setFrameShape(QFrame::NoFrame);
        m_table->setShowGrid(false);
        m_table->setMouseTracking(true);
        m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
        m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
        m_table->setAccessibleName(tr("Exchanges"));
        m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
        m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
        m_table->setContextMenuPolicy(Qt::CustomContextMenu);
        m_table->setTabKeyNavigation(false);
        m_table->installEventFilter(this);
        m_table->verticalHeader()->hide();
        m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
        m_table->verticalHeader()->setMinimumSectionSize(scaled(22));
        m_table->verticalHeader()->setDefaultSectionSize(scaled(26));
        QHeaderView *head = m_table->horizontalHeader();
        head->setSectionsMovable(true);
        head->setHighlightSections(false);
        head->setMinimumSectionSize(scaled(36));
        head->setContextMenuPolicy(Qt::CustomContextMenu);
        const std::pair<int, int> widths[] = {{ExchangeModel::Status, 88}, {ExchangeModel::Method, 60}, {ExchangeModel::Host, 76}, {ExchangeModel::Route, 90},
                                              {ExchangeModel::Duration, 106}, {ExchangeModel::Size, 68}, {ExchangeModel::Time, 96}};
        for (const auto &[column, width] : widths)
            m_table->setColumnWidth(column, scaled(width));
        for (int column = ExchangeModel::Time; column < ExchangeModel::ColumnCount; ++column)
            m_table->setColumnHidden(column, true);
        head->setSectionResizeMode(ExchangeModel::Path, QHeaderView::Stretch);
        head->setSortIndicatorShown(true);
        head->setSortIndicator(-1, Qt::AscendingOrder);
        head->setSectionsClickable(true);
        connect(head, &QHeaderView::sectionClicked, this, [this](int column) { sortBy(column); });
        connect(head, &QHeaderView::customContextMenuRequested, this, [this, head](const QPoint &at) { columnMenu(head->mapToGlobal(at)); });
        layout->addWidget(m_table, 1);
        m_more = linkButton({}, page);
        m_more->hide();
        connect(m_more, &QPushButton::clicked, this, [this] { setFollow(true); });
        layout->addWidget(m_more, 0, Qt::AlignHCenter);
        m_tablePages->addWidget(page);
        m_empty = new EmptyState(IconId::Traffic, tr("No requests yet"), {});
        m_tablePages->addWidget(m_empty);
        m_none = new EmptyState(IconId::Filter, tr("Nothing matches the filter"), {});
        connect(m_none->addButton(tr("Clear the filter")), &QPushButton::clicked, this, [this] { m_filter->setExpression({}); });
        m_tablePages->addWidget(m_none);
        connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &now) {
            m_detail->show(now.isValid() ? m_model->rowAt(now.row()).row.id : 0);
        });
        connect(m_table->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
            if (m_table->verticalScrollBar()->sliderPosition() < m_table->verticalScrollBar()->maximum())
                setFollow(false);
        });
        connect(m_table, &QTableView::clicked, this, [this] { setFollow(false); });
        connect(m_table, &QTableView::customContextMenuRequested, this, [this](const QPoint &at) { cellMenu(m_table->indexAt(at), m_table->viewport()->mapToGlobal(at)); });
        return m_tablePages;
    }

    void addActions()
    {
        const auto add = [&](const char *id, const QString &text, const QList<QKeySequence> &keys, std::function<void()> run, QWidget *scope) {
            m_context.actions->add({QLatin1String(id), text, tr("Traffic"), keys, std::nullopt, std::move(run)}, scope);
        };
        add("traffic.timeline", tr("Show or hide chips and timeline"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T)}, [this] { m_band->setVisible(!m_band->isVisible()); }, this);
        add("traffic.resend", tr("Edit and resend"), {QKeySequence(Qt::CTRL | Qt::Key_R)}, [this] { resend(); }, this);
        add("traffic.copyCurl", tr("Copy as curl"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C)}, [this] { copyCurl(); }, this);
        add("traffic.copyRows", tr("Copy rows as Markdown"), {QKeySequence(Qt::CTRL | Qt::Key_C)}, [this] { copyRows(RowFormat::Markdown); }, m_table);
        add("traffic.clear", tr("Clear the recording"), {}, [this] { m_model->clear(); }, this);
        for (int tab = DetailPane::Overview; tab <= DetailPane::Why; ++tab) {
            const QString names[] = {tr("Overview"), tr("Request"), tr("Response"), tr("Timing"), tr("Why")};
            add(qPrintable(QStringLiteral("traffic.tab%1").arg(tab + 1)), tr("Show %1").arg(names[tab]), {QKeySequence(Qt::ALT | Qt::Key(Qt::Key_1 + tab))}, [this, tab] { m_detail->setTab(tab); }, this);
        }
    }

    // Letters act on the table alone, so that they can be typed everywhere else.
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (watched != m_table || event->type() != QEvent::KeyPress)
            return Panel::eventFilter(watched, event);
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->modifiers() & ~Qt::KeypadModifier & ~Qt::ShiftModifier)
            return false;
        const QModelIndex current = m_table->currentIndex();
        switch (key->key()) {
        case Qt::Key_F: setFollow(!m_follow); return true;
        case Qt::Key_P: pin(); return true;
        case Qt::Key_C: copyCurl(); return true;
        case Qt::Key_R: resend(); return true;
        case Qt::Key_Equal: filterBy(current, false); return true;
        case Qt::Key_Minus: filterBy(current, true); return true;
        case Qt::Key_End: setFollow(true); return true;
        case Qt::Key_Up:
        case Qt::Key_PageUp:
        case Qt::Key_Home: setFollow(false); return false;
        case Qt::Key_Return:
        case Qt::Key_Enter: m_detail->setFocus(); focusInto(m_detail); return true;
        default: return false;
        }
    }
    static void focusInto(QWidget *pane)
    {
        for (QWidget *child : pane->findChildren<QWidget *>())
            if (child->isVisible() && (child->focusPolicy() & Qt::TabFocus)) {
                child->setFocus(Qt::TabFocusReason);
                return;
            }
    }

    void applyFilter()
    {
        const QString expression = m_filter->expression();
        auto whole = observe::Filter::parse(s(expression));
        m_filter->setProblem(!whole.ok());
        m_error->setError(whole ? QString() : QString::fromStdString(whole.error().message));
        if (!whole)
            return; // the last result stays
        QStringList rest;
        for (const QString &term : m_filter->chips())
            if (!isChipTerm(term))
                rest << term;
        const QString typed = m_filter->edit()->text().trimmed();
        if (!typed.isEmpty() && !isChipTerm(typed))
            rest << typed;
        auto counted = observe::Filter::parse(s(rest.join(QLatin1Char(' '))));
        const auto test = [](const observe::Filter &filter) -> ExchangeModel::Filter {
            if (filter.empty())
                return {};
            return [filter](const observe::Row &row) { return filter.matches(row); };
        };
        const uint64_t selected = m_detail->detail() ? m_detail->detail()->row.id : 0;
        m_model->setFilter(counted ? test(*counted) : ExchangeModel::Filter(), test(*whole));
        m_chips->setTerms(m_filter->chips());
        if (const int row = selected ? m_model->rowOfId(selected) : -1; row >= 0)
            select(row);
        showCounts();
        if (m_follow)
            m_table->scrollToBottom();
    }

    QList<FilterCompletion> completions(const QString &typed) const
    {
        QList<FilterCompletion> out;
        const QString bare = typed.startsWith(QLatin1Char('-')) ? typed.mid(1) : typed;
        if (bare.isEmpty() || bare.contains(QLatin1Char(':')))
            return out;
        for (const std::string_view key : observe::Filter::keys()) {
            const QString name = fromUtf8(key);
            if (name.startsWith(bare, Qt::CaseInsensitive))
                out << FilterCompletion{std::nullopt, (typed.startsWith(QLatin1Char('-')) ? QStringLiteral("-") : QString()) + name + QLatin1Char(':'), {}, {}};
        }
        return out;
    }

    void chipChosen(const QString &term, Qt::KeyboardModifiers modifiers)
    {
        const bool on = m_filter->chips().contains(term);
        if (!(modifiers & (Qt::ShiftModifier | Qt::AltModifier)))
            for (const QString &other : m_filter->chips())
                if (isChipTerm(other))
                    m_filter->removeTerm(other);
        if (term.isEmpty())
            applyFilter();
        else if (modifiers & Qt::AltModifier)
            m_filter->addTerm(QLatin1Char('-') + term);
        else if (!on)
            m_filter->addTerm(term);
        else
            m_filter->removeTerm(term);
        applyFilter();
    }

    void showCounts()
    {
        const int shown = m_model->rowCount();
        const size_t held = m_model->held();
        m_chips->setCounts(m_model->counts());
        m_filter->setCount(shown == int(held) ? countText(held) : tr("%1 of %2").arg(countText(uint64_t(shown)), countText(held)));
        if (shown > 0)
            m_tablePages->setCurrentIndex(0);
        else if (held == 0)
            showEmpty();
        else {
            m_none->setText(tr("Nothing matches the filter"), tr("%n request(s) are recorded. Take a term away to see more.", nullptr, int(held)));
            m_tablePages->setCurrentWidget(m_none);
        }
    }

    void showEmpty()
    {
        const api::Status status = m_api.apply.status();
        const bool running = status.state == api::EngineState::Running && !status.listeners.empty();
        const QString url = running ? QString::fromStdString(status.listeners.front().url) : QString();
        m_empty->setText(tr("No requests yet"), running ? tr("Gatehouse listens at %1. What comes there appears here.").arg(QString::fromStdString(status.listeners.front().address))
                                                        : tr("The gateway is stopped. Start it with Ctrl+. and send it a request."));
        if (running && url != m_example) {
            m_example = url;
            m_empty->setExample(QStringLiteral("curl -i %1/").arg(url));
        }
        m_tablePages->setCurrentWidget(m_empty);
    }

    void arrived(int rows)
    {
        showCounts();
        if (m_follow) {
            m_table->scrollToBottom();
            return;
        }
        m_unseen += rows;
        m_more->setText(tr("%n new, End follows again", nullptr, m_unseen));
        m_more->show();
    }

    void setFollow(bool on)
    {
        m_follow = on;
        m_followButton->setChecked(on);
        if (!on)
            return;
        m_unseen = 0;
        m_more->hide();
        m_table->scrollToBottom();
    }

    void select(int row)
    {
        setFollow(false);
        m_table->setCurrentIndex(m_model->index(row, 0));
        m_table->scrollTo(m_model->index(row, 0));
    }

    void sortBy(int column)
    {
        const bool same = m_model->sortColumn() == column;
        // Up, down, as they arrived.
        const int next = same && m_model->sortOrder() == Qt::DescendingOrder ? -1 : column;
        const Qt::SortOrder order = same ? Qt::DescendingOrder : Qt::AscendingOrder;
        m_model->sort(next, order);
        m_table->horizontalHeader()->setSortIndicator(next, order);
        setFollow(next < 0);
    }

    void filterBy(const QModelIndex &index, bool exclude)
    {
        if (!index.isValid())
            return;
        const QString term = filterTerm(m_model->rowAt(index.row()).row, index.column());
        if (!term.isEmpty())
            m_filter->addTerm(exclude ? QLatin1Char('-') + term : term);
        applyFilter();
    }

    QString base() const
    {
        const api::Status status = m_api.apply.status();
        return status.listeners.empty() ? QStringLiteral("http://127.0.0.1:8080") : QString::fromStdString(status.listeners.front().url);
    }
    void copyCurl()
    {
        if (m_detail->detail())
            QGuiApplication::clipboard()->setText(asCurl(*m_detail->detail(), base()));
    }
    void resend()
    {
        if (m_detail->detail())
            m_context.navigator->newRequest(asCurl(*m_detail->detail(), base()));
    }
    void pin()
    {
        if (const QModelIndex now = m_table->currentIndex(); now.isValid())
            m_model->togglePinned(m_model->rowAt(now.row()).row.id);
    }
    void copyRows(RowFormat format)
    {
        std::vector<observe::Row> rows;
        QModelIndexList selected = m_table->selectionModel()->selectedRows();
        std::sort(selected.begin(), selected.end());
        for (const QModelIndex &index : selected)
            rows.push_back(m_model->rowAt(index.row()).row);
        std::vector<int> columns;
        for (int column = 0; column < ExchangeModel::ColumnCount; ++column)
            if (!m_table->isColumnHidden(column))
                columns.push_back(column);
        if (!rows.empty())
            QGuiApplication::clipboard()->setText(rowsAsText(rows, columns, format));
    }

    void cellMenu(const QModelIndex &index, const QPoint &at)
    {
        if (!index.isValid())
            return;
        QMenu menu(this);
        if (const QString term = filterTerm(m_model->rowAt(index.row()).row, index.column()); !term.isEmpty()) {
            menu.addAction(tr("Only %1").arg(term), this, [this, index] { filterBy(index, false); });
            menu.addAction(tr("Without %1").arg(term), this, [this, index] { filterBy(index, true); });
            menu.addSeparator();
        }
        menu.addAction(tr("Edit and resend"), this, [this] { resend(); });
        menu.addAction(m_model->rowAt(index.row()).pinned ? tr("Unpin") : tr("Pin"), this, [this] { pin(); });
        menu.addSeparator();
        menu.addAction(tr("Copy as curl"), this, [this] { copyCurl(); });
        menu.addAction(tr("Copy rows as Markdown"), this, [this] { copyRows(RowFormat::Markdown); });
        menu.addAction(tr("Copy rows as CSV"), this, [this] { copyRows(RowFormat::Csv); });
        menu.addAction(tr("Copy rows as JSON"), this, [this] { copyRows(RowFormat::Json); });
        menu.exec(at);
    }
    void columnMenu(const QPoint &at)
    {
        QMenu menu(this);
        for (int column = 0; column < ExchangeModel::ColumnCount; ++column) {
            QAction *action = menu.addAction(columnTitle(column));
            action->setCheckable(true);
            action->setChecked(!m_table->isColumnHidden(column));
            action->setEnabled(column != ExchangeModel::Status);
            connect(action, &QAction::toggled, this, [this, column](bool on) { m_table->setColumnHidden(column, !on); });
        }
        menu.exec(at);
    }

    PanelContext m_context;
    api::Api m_api;
    ExchangeModel *m_model;
    FilterField *m_filter;
    FieldError *m_error;
    QToolButton *m_followButton, *m_recordButton;
    QWidget *m_band;
    ChipBar *m_chips;
    Timeline *m_timeline;
    QSplitter *m_splitter;
    QStackedWidget *m_tablePages;
    QTableView *m_table;
    QPushButton *m_more;
    EmptyState *m_empty, *m_none;
    DetailPane *m_detail;
    QString m_example;
    bool m_follow = true;
    int m_unseen = 0;
};

} // namespace

PanelInfo trafficPanel(api::Api api)
{
    return {QLatin1String(panels::traffic), QObject::tr("Traffic"), IconId::Traffic,
            [api](const PanelContext &context) -> Panel * { return new TrafficPanel(context, api); }};
}

} // namespace gatehouse::ui
