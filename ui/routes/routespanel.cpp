#include "ui/routes/routespanel.h"

#include "ui/models/session.h"
#include "ui/routes/explainbar.h"
#include "ui/routes/ownerform.h"
#include "ui/routes/pipeline.h"
#include "ui/routes/routedelegate.h"
#include "ui/routes/routeedits.h"
#include "ui/routes/routetables.h"
#include "ui/routes/routetree.h"
#include "ui/shell/actions.h"
#include "ui/shell/palette.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/foldingpair.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/states.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTableView>
#include <QtWidgets/QTreeView>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <array>

namespace gatehouse::ui {

namespace {

std::string s(const QString &text) { return text.toStdString(); }

class RoutesPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::RoutesPanel)

    enum View { Tree, Table, Coverage };

public:
    RoutesPanel(const PanelContext &context, api::Api api, Session &session)
        : m_context(context), m_api(api), m_session(session), m_edits(session), m_model(new RouteTreeModel(api, session, this))
    {
        buildFrame();
        addActions();
        offerNames();
        connect(m_model, &RouteTreeModel::aboutToRebuild, this, [this] { rememberTree(); });
        connect(m_model, &RouteTreeModel::rebuilt, this, [this] { restoreTree(); });
        connect(&m_session, &Session::opened, this, [this] { selectFirst(); });
        connect(&m_session, &Session::problemsChanged, this, [this] { showBadge(); });
        connect(&m_session, &Session::applied, m_explain, &ExplainBar::refresh);
        auto *second = new QTimer(this);
        connect(second, &QTimer::timeout, this, [this] {
            m_model->refreshRates();
            m_pipeline->refreshLive();
            m_form->refreshLive();
        });
        second->start(1000);
        restoreTree();
        selectFirst();
        showBadge();
    }

    void activate() override
    {
        const std::array<QWidget *, 3> views{m_tree, m_table, m_coverage};
        views[size_t(m_views->currentIndex())]->setFocus();
    }
    void focusFilter() override { m_find->setFocus(); }
    void newItem() override { addRoute(); }
    QList<QWidget *> regions() override { return {m_tree, m_table, m_coverage, m_explain->line(), m_why, m_form, m_pipeline}; }
    bool leave() override
    {
        if (!m_why->isVisible())
            return false;
        m_why->hide();
        return true;
    }

    bool open(const Place &place) override
    {
        switch (place.kind) {
        case Place::Kind::Route: return openThing(OwnerKind::Route, place.name, place.detail);
        case Place::Kind::Group: return openThing(OwnerKind::Group, place.name, {});
        case Place::Kind::Listener: return openThing(OwnerKind::Listener, place.name, {});
        case Place::Kind::NewHost:
            m_edits.addHost(place.name, place.detail);
            return openThing(OwnerKind::Listener, place.name, QStringLiteral("hosts"));
        case Place::Kind::Consumer: return openThing(OwnerKind::Consumer, place.name, {});
        case Place::Kind::Policy: return openPolicy(place);
        case Place::Kind::Path: return openPath(place);
        case Place::Kind::Explain:
            m_view->setCurrent(Tree);
            m_explain->setRequest(place.name);
            return true;
        default: return true;
        }
    }

    QVariantMap saveState() const override
    {
        return {{QStringLiteral("columns"), m_columns->saveState()}, {QStringLiteral("view"), m_views->currentIndex()},
                {QStringLiteral("kind"), int(m_form->kind())}, {QStringLiteral("name"), m_form->name()},
                {QStringLiteral("editing"), m_editing->saveState()}, {QStringLiteral("parts"), m_parts->splitter()->saveState()},
                {QStringLiteral("table"), m_table->horizontalHeader()->saveState()}, {QStringLiteral("coverage"), m_coverage->horizontalHeader()->saveState()}};
    }
    void restoreState(const QVariantMap &state) override
    {
        m_columns->restoreState(state.value(QStringLiteral("columns")).toByteArray());
        m_editing->restoreState(state.value(QStringLiteral("editing")).toByteArray());
        m_parts->splitter()->restoreState(state.value(QStringLiteral("parts")).toByteArray());
        m_table->horizontalHeader()->restoreState(state.value(QStringLiteral("table")).toByteArray());
        m_coverage->horizontalHeader()->restoreState(state.value(QStringLiteral("coverage")).toByteArray());
        if (const QString name = state.value(QStringLiteral("name")).toString(); !name.isEmpty())
            openThing(OwnerKind(state.value(QStringLiteral("kind")).toInt()), name, {});
        m_view->setCurrent(state.value(QStringLiteral("view")).toInt());
    }

private:
    void buildFrame()
    {
        auto *page = new QVBoxLayout(this);
        page->setContentsMargins({});
        m_pages = new QStackedWidget(this);
        page->addWidget(m_pages);
        m_columns = new QSplitter(Qt::Horizontal);
        m_columns->setChildrenCollapsible(false);
        m_columns->addWidget(buildTree());
        m_views = new QStackedWidget;
        m_views->addWidget(buildEditing());
        m_views->addWidget(buildTable());
        m_views->addWidget(buildCoverage());
        m_columns->addWidget(m_views);
        m_columns->setStretchFactor(0, 0);
        m_columns->setStretchFactor(1, 1);
        m_columns->setSizes({scaled(262), scaled(942)});
        m_pages->addWidget(m_columns);
        auto *empty = new EmptyState(IconId::Routes, tr("No route yet"), tr("A route says which requests it takes, what they meet on the way, and where they go."));
        connect(empty->addButton(tr("Add route"), true), &QPushButton::clicked, this, [this] { addRoute(); });
        m_pages->addWidget(empty);
    }

    QWidget *buildTree()
    {
        auto *column = new ListColumn(tr("Find a route, host or…"), tr("Add (Ctrl+N adds a route)"));
        QVBoxLayout *layout = column->body();
        m_find = column->find();
        m_find->setAccessibleName(tr("Find a route, host or policy"));
        QToolButton *add = column->add();
        m_view = new Segments({tr("Tree"), tr("Table"), tr("Coverage")}, column);
        auto *viewRow = new QHBoxLayout;
        viewRow->setContentsMargins(scaled(10), 0, scaled(8), 0);
        viewRow->addWidget(m_view);
        viewRow->addStretch();
        layout->addLayout(viewRow);
        m_tree = new QTreeView(column);
        m_tree->setModel(m_model);
        m_tree->setItemDelegate(new RouteDelegate(m_tree));
        m_tree->setHeaderHidden(true);
        m_tree->setRootIsDecorated(false);
        m_tree->setIndentation(0);
        m_tree->setFrameShape(QFrame::NoFrame);
        m_tree->setMouseTracking(true);
        m_tree->setAccessibleName(tr("Routes and what owns policies"));
        m_tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
        m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
        m_tree->setDragDropMode(QAbstractItemView::DragDrop);
        m_tree->setDefaultDropAction(Qt::MoveAction);
        layout->addWidget(m_tree, 1);
        connect(m_model, &RouteTreeModel::dropped, this, [this](const QString &route, const QString &behind, const QString &before) {
            dropRoute(m_model->siblings(route), route, behind, before);
            openThing(OwnerKind::Route, route, {});
        });
        connect(m_find, &QLineEdit::textChanged, this, [this](const QString &text) {
            m_model->setFilter(text);
            m_tree->expandAll();
        });
        connect(add, &QToolButton::clicked, this, [this, add] { addMenu(add->mapToGlobal(QPoint(0, add->height()))); });
        connect(m_view, &Segments::currentChanged, this, [this](int view) { m_views->setCurrentIndex(view); });
        connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &now) {
            if (const RouteItem *item = m_model->at(now); item && item->kind != OwnerKind::Section && !m_restoring) {
                m_view->setCurrent(Tree);
                show(item->kind, item->name);
            }
        });
        connect(m_tree, &QTreeView::clicked, this, [this](const QModelIndex &index) {
            const RouteItem *item = m_model->at(index);
            if (item && item->kind == OwnerKind::Group && m_tree->visualRect(index).left() + scaled(30) > m_tree->mapFromGlobal(QCursor::pos()).x())
                m_tree->setExpanded(index, !m_tree->isExpanded(index));
        });
        connect(m_tree, &QTreeView::customContextMenuRequested, this, [this](const QPoint &at) { itemMenu(m_tree->viewport()->mapToGlobal(at)); });
        return column;
    }

    QWidget *buildEditing()
    {
        auto *column = new QWidget;
        auto *layout = new QVBoxLayout(column);
        layout->setContentsMargins({});
        layout->setSpacing(0);
        m_explain = new ExplainBar(m_api.explain, *m_context.navigator, column);
        layout->addWidget(m_explain);
        m_editing = new QSplitter(Qt::Vertical, column);
        m_editing->setChildrenCollapsible(false);
        m_why = new WhyView;
        m_why->setAccessibleName(tr("What would happen"));
        m_why->setMinimumHeight(scaled(120));
        m_why->hide();
        m_editing->addWidget(m_why);
        m_form = new OwnerForm(m_api, m_session, *m_context.navigator);
        m_form->setMinimumWidth(scaled(340));
        m_pipeline = new Pipeline(m_api.live, m_session, *m_context.navigator);
        m_pipeline->setMinimumWidth(scaled(280));
        m_parts = new FoldingPair(m_form, tr("What it is"), m_pipeline, tr("What a request meets"));
        m_parts->splitter()->setSizes({scaled(510), scaled(426)});
        m_editing->addWidget(m_parts);
        m_editing->setStretchFactor(1, 1);
        m_editing->setSizes({scaled(350), scaled(380)});
        layout->addWidget(m_editing, 1);
        connect(m_why, &WhyView::placeActivated, m_context.navigator, &Navigator::go);
        connect(m_explain, &ExplainBar::opened, this, [this](const observe::Explanation &why) {
            m_why->setExplanation(why);
            m_why->show();
        });
        connect(m_explain, &ExplainBar::answered, this, [this](const observe::Explanation &why) {
            if (m_why->isVisible())
                m_why->setExplanation(why);
        });
        connect(m_explain, &ExplainBar::closed, m_why, &QWidget::hide);
        connect(m_form, &OwnerForm::renamed, this, [this](const QString &to) { openThing(m_form->kind(), to, {}); });
        connect(m_form, &OwnerForm::duplicateRequested, this, [this] { duplicate(); });
        connect(m_form, &OwnerForm::deleteRequested, this, [this] { remove(); });
        connect(m_form, &OwnerForm::explainRequested, this, [this] { m_explain->setRequest(m_edits.exampleCurl(m_form->name())); });
        connect(m_form, &OwnerForm::priorityRequested, this, [this] {
            if (const auto at = m_form->place())
                m_form->reveal({at->file, at->path / schema::Step("priority"), 0});
        });
        return column;
    }

    QWidget *buildTable()
    {
        auto *model = new RouteTableModel(*m_model, this);
        m_tableModel = model;
        m_table = plainTable(model, tr("Routes as a table"), RouteTableModel::Match);
        m_table->setDragDropMode(QAbstractItemView::DragDrop);
        m_table->setDefaultDropAction(Qt::MoveAction);
        m_table->setDragDropOverwriteMode(false); // between rows, not onto one
        connect(model, &RouteTableModel::dropped, this, [this](const QString &route, const QString &behind, const QString &before) {
            dropRoute(m_model->places(), route, behind, before);
            selectInTable(route);
        });
        m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
        const int widths[] = {150, 0, 130, 190, 130, 70, 70};
        for (int i = 0; i < RouteTableModel::ColumnCount; ++i)
            if (i != RouteTableModel::Match)
                m_table->setColumnWidth(i, scaled(widths[i]));
        connect(m_table, &QTableView::activated, this, [this, model](const QModelIndex &index) {
            if (const RouteItem *item = model->at(index.row())) {
                const QString name = item->name;
                m_view->setCurrent(Tree);
                openThing(OwnerKind::Route, name, {});
            }
        });
        return m_table;
    }

    // Which routes have no authentication? A cell leads to the card that says so, wherever it stands.
    QWidget *buildCoverage()
    {
        m_coverageModel = new CoverageModel(*m_model, m_session, this);
        m_coverage = plainTable(m_coverageModel, tr("Coverage: which policies each route meets"), 0);
        for (int column = 1; column < m_coverageModel->columnCount(); ++column)
            m_coverage->setColumnWidth(column, scaled(84));
        const auto go = [this](const QModelIndex &index) {
            const PolicyEntryView *policy = m_coverageModel->policy(index);
            const PolicyEntryView entry = policy ? *policy : PolicyEntryView();
            const QString route = m_coverageModel->route(index.row());
            m_view->setCurrent(Tree);
            if (!policy || entry.owner.isEmpty())
                openThing(OwnerKind::Route, route, {});
            else
                openThing(entry.ownerKind, entry.owner, {});
            if (policy) {
                m_parts->bring(m_pipeline);
                m_pipeline->reveal(entry.at);
            }
        };
        connect(m_coverage, &QTableView::clicked, this, go);
        connect(m_coverage, &QTableView::activated, this, go);
        return m_coverage;
    }

    void addActions()
    {
        const QString group = tr("Routes");
        const auto addTo = [&](QWidget *scope, const char *id, const QString &text, const QKeySequence &keys, std::function<void()> run) {
            return m_context.actions->add({QLatin1String(id), text, group, {keys}, std::nullopt, std::move(run)}, scope);
        };
        const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, std::function<void()> run) { addTo(this, id, text, keys, std::move(run)); };
        add("routes.rename", tr("Rename"), QKeySequence(Qt::Key_F2), [this] { startRename(); });
        add("routes.duplicate", tr("Duplicate"), QKeySequence(Qt::CTRL | Qt::Key_D), [this] { duplicate(); });
        // In the tree and the table alone: on a policy's card the same keys move the card.
        QAction *up = addTo(m_tree, "routes.up", tr("Match earlier: move the route up"), QKeySequence(Qt::ALT | Qt::Key_Up), [this] { moveRoute(-1); });
        QAction *down = addTo(m_tree, "routes.down", tr("Match later: move the route down"), QKeySequence(Qt::ALT | Qt::Key_Down), [this] { moveRoute(1); });
        m_table->addActions({up, down});
        add("routes.addPolicy", tr("Add policy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), [this] {
            m_parts->bring(m_pipeline);
            m_pipeline->openAddMenu();
        });
        add("routes.copy", tr("Copy as YAML"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] { copyText(); });
        add("routes.explain", tr("Explain a request"), {}, [this] { m_explain->line()->setFocus(); });
        addTo(m_tree, "routes.delete", tr("Delete"), QKeySequence(Qt::Key_Delete), [this] { remove(); });
    }

    void offerNames()
    {
        m_context.palette->add(this, [this] {
            static constexpr struct { OwnerKind kind; const char *head; IconId icon; } kinds[] = {
                {OwnerKind::Route, QT_TRANSLATE_NOOP("palette", "Routes"), IconId::Routes}, {OwnerKind::Group, QT_TRANSLATE_NOOP("palette", "Groups"), IconId::Folder},
                {OwnerKind::Listener, QT_TRANSLATE_NOOP("palette", "Listeners"), IconId::Globe}, {OwnerKind::SharedPolicy, QT_TRANSLATE_NOOP("palette", "Policies"), IconId::Shield},
                {OwnerKind::Consumer, QT_TRANSLATE_NOOP("palette", "Consumers"), IconId::Person}};
            QList<PaletteItem> items;
            if (!m_session.isOpen())
                return items;
            for (const auto &kind : kinds)
                for (const config::NamedThing &thing : m_session.document().things(kindName(kind.kind))) {
                    PaletteItem item;
                    item.group = QCoreApplication::translate("palette", kind.head);
                    item.icon = kind.icon;
                    item.name = QString::fromStdString(thing.name);
                    if (const RouteItem *shown = m_model->at(m_model->find(kind.kind, item.name))) {
                        item.detail = shown->match.isEmpty() ? shown->detail : shown->match;
                        if (kind.kind == OwnerKind::Route)
                            item.state = tr("%1 req/s").arg(formatRate(shown->perSecond));
                    }
                    item.open = [this, kind = kind.kind, name = item.name] {
                        m_context.navigator->showPanel(QLatin1String(panels::routes));
                        openThing(kind, name, {});
                    };
                    items << item;
                }
            return items;
        });
    }

    // --- selection
    void show(OwnerKind kind, const QString &name)
    {
        m_form->setOwner(kind, name);
        m_pipeline->setOwner(kind, name);
        m_parts->setSecondUsed(kind != OwnerKind::Consumer);
    }

    void selectFirst()
    {
        const bool any = m_session.isOpen() && m_model->rowCount() > 0;
        m_pages->setCurrentIndex(m_session.isOpen() && m_session.document().things("route").empty() && m_session.document().things("listener").empty() ? 1 : 0);
        if (!any)
            return;
        const auto routes = m_model->routes();
        if (!routes.empty())
            openThing(OwnerKind::Route, routes.front()->name, {});
        else if (const auto listeners = m_session.document().things("listener"); !listeners.empty())
            openThing(OwnerKind::Listener, QString::fromStdString(listeners.front().name), {});
    }

    bool openThing(OwnerKind kind, const QString &name, const QString &field)
    {
        QModelIndex index = m_model->find(kind, name);
        if (!index.isValid() && !m_find->text().isEmpty()) { // the filter hides it
            m_find->clear();
            index = m_model->find(kind, name);
        }
        if (!index.isValid())
            return false;
        m_view->setCurrent(Tree);
        m_tree->expand(index.parent());
        m_tree->setCurrentIndex(index);
        m_tree->scrollTo(index);
        show(kind, name);
        if (!field.isEmpty())
            if (const auto at = m_form->place()) {
                m_parts->bring(m_form);
                m_form->reveal({at->file, at->path / schema::Path::of(s(field)), 0});
            }
        return true;
    }

    bool openPolicy(const Place &place)
    {
        if (place.name.isEmpty())
            return openThing(OwnerKind::SharedPolicy, place.detail, {});
        const QString kind = place.name.section(QLatin1Char('/'), 0, 0), name = place.name.section(QLatin1Char('/'), 1);
        const OwnerKind owner = kind == QLatin1String("listener") ? OwnerKind::Listener : kind == QLatin1String("group") ? OwnerKind::Group : OwnerKind::Route;
        if (!openThing(owner, name, {}))
            return false;
        for (const PolicyEntryView &entry : chainOf(m_session.document(), owner, name))
            if (entry.owner.isEmpty() && (entry.title == place.detail || QString::fromStdString(entry.kind) == place.detail)) {
                m_parts->bring(m_pipeline);
                return m_pipeline->reveal(entry.at);
            }
        return true;
    }

    bool openPath(const Place &place)
    {
        const auto path = schema::Path::parse(s(place.name));
        if (!path)
            return false;
        static constexpr OwnerKind kinds[] = {OwnerKind::Route, OwnerKind::Group, OwnerKind::Listener, OwnerKind::Consumer, OwnerKind::SharedPolicy};
        for (const OwnerKind kind : kinds)
            for (const config::NamedThing &thing : m_session.document().things(kindName(kind)))
                if (thing.at.file == s(place.detail) && path->startsWith(thing.at.path)) {
                    if (!openThing(kind, QString::fromStdString(thing.name), {}))
                        return false;
                    const config::Location at{thing.at.file, *path, 0};
                    const bool inChain = m_pipeline->reveal(at);
                    m_parts->bring(inChain ? static_cast<QWidget *>(m_pipeline) : m_form);
                    if (!inChain || !m_pipeline->reveal(at))
                        m_form->reveal(at);
                    return true;
                }
        return false;
    }

    void rememberTree()
    {
        m_collapsed.clear();
        for (int i = 0; i < m_model->rowCount(); ++i)
            rememberBelow(m_model->index(i, 0));
        if (const RouteItem *item = m_model->at(m_tree->currentIndex()))
            m_selected = {item->kind, item->name};
    }
    void rememberBelow(const QModelIndex &index)
    {
        if (m_model->rowCount(index) && !m_tree->isExpanded(index))
            m_collapsed << index.data().toString();
        for (int i = 0; i < m_model->rowCount(index); ++i)
            rememberBelow(m_model->index(i, 0, index));
    }
    void restoreTree()
    {
        m_restoring = true;
        m_tree->expandAll();
        for (int i = 0; i < m_model->rowCount(); ++i)
            restoreBelow(m_model->index(i, 0));
        const QModelIndex index = m_model->find(m_selected.first, m_selected.second);
        if (index.isValid())
            m_tree->setCurrentIndex(index);
        m_restoring = false;
        if (m_session.isOpen())
            m_pages->setCurrentIndex(m_session.document().things("route").empty() && m_session.document().things("listener").empty() ? 1 : 0);
    }
    void restoreBelow(const QModelIndex &index)
    {
        if (m_collapsed.contains(index.data().toString()))
            m_tree->collapse(index);
        for (int i = 0; i < m_model->rowCount(index); ++i)
            restoreBelow(m_model->index(i, 0, index));
    }

    void showBadge()
    {
        int errors = 0, warnings = 0;
        for (const config::Problem &problem : m_session.problems())
            if (placeOfPath(QString::fromStdString(problem.path), {}).panel == QLatin1String(panels::routes))
                ++(problem.severity == config::Severity::Error ? errors : warnings);
        setBadge(errors ? Badge{errors, HueId::Server, tr("%n error(s)", nullptr, errors)} : Badge{warnings, HueId::Client, tr("%n warning(s)", nullptr, warnings)});
    }

    // --- editing
    QString groupOfSelected() const
    {
        const RouteItem *selected = m_model->at(m_tree->currentIndex());
        if (!selected || (selected->kind != OwnerKind::Group && selected->kind != OwnerKind::Route))
            return {};
        const RouteItem *group = selected->kind == OwnerKind::Group ? selected : selected->parent;
        return group->kind == OwnerKind::Group ? group->name : QString();
    }

    void added(OwnerKind kind, const QString &name)
    {
        if (name.isEmpty())
            return;
        m_view->setCurrent(Tree);
        openThing(kind, name, {});
        startRename();
    }
    void addRoute() { added(OwnerKind::Route, m_edits.addRoute(groupOfSelected())); }

    void addMenu(const QPoint &at)
    {
        QMenu menu(this);
        menu.addAction(makeIcon(IconId::Routes), tr("Route"), this, [this] { addRoute(); });
        menu.addAction(makeIcon(IconId::Folder), tr("Group"), this, [this] { added(OwnerKind::Group, m_edits.addGroup()); });
        menu.addAction(makeIcon(IconId::Globe), tr("Listener"), this, [this] { added(OwnerKind::Listener, m_edits.addListener()); });
        menu.addAction(makeIcon(IconId::Shield), tr("Shared policy"), this, [this] { added(OwnerKind::SharedPolicy, m_edits.addSharedPolicy()); });
        menu.addAction(makeIcon(IconId::Person), tr("Consumer"), this, [this] { added(OwnerKind::Consumer, m_edits.addConsumer()); });
        menu.exec(at);
    }

    void itemMenu(const QPoint &at)
    {
        const RouteItem *item = m_model->at(m_tree->currentIndex());
        if (!item || item->kind == OwnerKind::Section)
            return;
        QMenu menu(this);
        const QString name = item->name;
        const bool route = item->kind == OwnerKind::Route;
        menu.addAction(tr("Rename"), this, [this] { startRename(); });
        menu.addAction(tr("Duplicate"), this, [this] { duplicate(); });
        if (route) {
            menu.addAction(item->enabled ? tr("Switch off") : tr("Switch on"), this, [this, name] { m_edits.toggleRoute(name); });
            menu.addAction(tr("Show its exchanges"), this, [this, name] { m_context.navigator->showExchanges(QStringLiteral("route:") + name); });
            menu.addSeparator();
            menu.addAction(tr("Match earlier"), this, [this] { moveRoute(-1); })->setEnabled(item->enabled);
            menu.addAction(tr("Match later"), this, [this] { moveRoute(1); })->setEnabled(item->enabled);
        }
        menu.addAction(tr("Copy as YAML"), this, [this] { copyText(); });
        menu.addSeparator();
        menu.addAction(tr("Delete %1").arg(name), this, [this] { remove(); });
        menu.exec(at);
    }

    void startRename()
    {
        m_parts->bring(m_form);
        m_form->startRename();
    }

    void duplicate()
    {
        if (const QString name = m_edits.duplicate(m_form->kind(), m_form->name()); !name.isEmpty())
            openThing(m_form->kind(), name, {});
    }

    void remove()
    {
        const QModelIndex current = m_tree->currentIndex();
        const QModelIndex neighbour = m_tree->indexBelow(current).isValid() ? m_tree->indexBelow(current) : m_tree->indexAbove(current);
        const RouteItem *next = m_model->at(neighbour);
        const std::pair<OwnerKind, QString> then{next ? next->kind : OwnerKind::Section, next ? next->name : QString()};
        m_edits.remove(m_form->kind(), m_form->name());
        if (then.first != OwnerKind::Section && openThing(then.first, then.second, {}))
            return;
        selectFirst();
    }

    // In the table among all, in the tree among those that it stands beside.
    void moveRoute(int step)
    {
        const bool inTable = m_views->currentIndex() == Table && !m_tree->hasFocus();
        const RouteItem *row = inTable ? m_tableModel->at(m_table->currentIndex().row()) : nullptr;
        if (inTable ? !row : m_form->kind() != OwnerKind::Route)
            return;
        const QString name = row ? row->name : m_form->name();
        const auto places = row ? m_model->places() : m_model->siblings(name);
        const auto at = std::find_if(places.begin(), places.end(), [&](const auto &place) { return place.route == s(name); });
        const auto to = (at - places.begin()) + step;
        if (at == places.end() || to < 0 || size_t(to) >= places.size())
            return;
        placeRoute(places, size_t(at - places.begin()), size_t(to));
        if (inTable)
            selectInTable(name);
        else
            openThing(OwnerKind::Route, name, {});
    }

    void selectInTable(const QString &route)
    {
        m_table->setCurrentIndex(m_tableModel->index(m_tableModel->rowOf(route), std::max(0, m_table->currentIndex().column())));
    }

    // Dropped between two routes that are shown; hidden ones between them stay before the second.
    void dropRoute(const std::vector<api::RoutePlace> &places, const QString &name, const QString &behind, const QString &before)
    {
        const auto find = [&](const QString &route) { return std::find_if(places.begin(), places.end(), [&](const auto &place) { return place.route == s(route); }); };
        const auto at = find(name), next = find(before), last = find(behind);
        if (at == places.end() || name == before || name == behind || (next == places.end() && last == places.end()))
            return;
        const auto gap = next != places.end() ? next : last + 1;
        placeRoute(places, size_t(at - places.begin()), size_t(gap - places.begin()) - (gap > at ? 1 : 0));
    }

    void placeRoute(std::vector<api::RoutePlace> places, size_t from, size_t to)
    {
        const api::RoutePlace moved = places[from];
        places.erase(places.begin() + ptrdiff_t(from));
        places.insert(places.begin() + ptrdiff_t(to), moved);
        m_edits.setOrder(places, to);
    }

    void copyText()
    {
        if (const QString text = m_edits.asYaml(m_form->kind(), m_form->name()); !text.isEmpty())
            QGuiApplication::clipboard()->setText(text);
    }

    PanelContext m_context;
    api::Api m_api;
    Session &m_session;
    RouteEdits m_edits;
    RouteTreeModel *m_model;
    QStackedWidget *m_pages, *m_views;
    QSplitter *m_columns, *m_editing;
    FoldingPair *m_parts;
    QLineEdit *m_find;
    Segments *m_view;
    QTreeView *m_tree;
    QTableView *m_table, *m_coverage;
    RouteTableModel *m_tableModel;
    CoverageModel *m_coverageModel;
    ExplainBar *m_explain;
    OwnerForm *m_form;
    Pipeline *m_pipeline;
    WhyView *m_why;
    QStringList m_collapsed;
    std::pair<OwnerKind, QString> m_selected{OwnerKind::Section, {}};
    bool m_restoring = false;
};

} // namespace

PanelInfo routesPanel(api::Api api, Session &session)
{
    return {QLatin1String(panels::routes), QObject::tr("Routes"), IconId::Routes,
            [api, &session](const PanelContext &context) -> Panel * { return new RoutesPanel(context, api, session); }};
}

} // namespace gatehouse::ui
