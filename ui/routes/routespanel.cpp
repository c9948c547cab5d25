#include "ui/routes/routespanel.h"

#include "gateway/schema/emit.h"
#include "ui/models/session.h"
#include "ui/routes/explainbar.h"
#include "ui/routes/ownerform.h"
#include "ui/routes/pipeline.h"
#include "ui/routes/routedelegate.h"
#include "ui/routes/routetree.h"
#include "ui/shell/actions.h"
#include "ui/shell/palette.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/states.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>
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

namespace gatehouse::ui {

namespace {

std::string s(const QString &text) { return text.toStdString(); }

class RoutesPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::RoutesPanel)

public:
    RoutesPanel(const PanelContext &context, api::Api api, Session &session)
        : m_context(context), m_api(api), m_session(session), m_model(new RouteTreeModel(api.live, session, this))
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
        });
        second->start(1000);
        restoreTree();
        selectFirst();
        showBadge();
    }

    void activate() override { m_views->currentIndex() == 1 ? m_table->setFocus() : m_tree->setFocus(); }
    void focusFilter() override { m_find->setFocus(); }
    void newItem() override { addRoute(); }
    QList<QWidget *> regions() override { return {m_tree, m_explain->line(), m_form, m_pipeline}; }
    bool leave() override
    {
        if (m_middle->currentIndex() == 0)
            return false;
        m_middle->setCurrentIndex(0);
        return true;
    }

    bool open(const Place &place) override
    {
        switch (place.kind) {
        case Place::Kind::Route: return openThing(OwnerKind::Route, place.name, place.detail);
        case Place::Kind::Group: return openThing(OwnerKind::Group, place.name, {});
        case Place::Kind::Listener: return openThing(OwnerKind::Listener, place.name, {});
        case Place::Kind::Consumer: return openThing(OwnerKind::Consumer, place.name, {});
        case Place::Kind::Policy: return openPolicy(place);
        case Place::Kind::Path: return openPath(place);
        case Place::Kind::Explain: m_explain->setRequest(place.name); return true;
        default: return true;
        }
    }

    QVariantMap saveState() const override
    {
        return {{QStringLiteral("columns"), m_columns->saveState()}, {QStringLiteral("view"), m_views->currentIndex()},
                {QStringLiteral("kind"), int(m_form->kind())}, {QStringLiteral("name"), m_form->name()},
                {QStringLiteral("table"), m_table->horizontalHeader()->saveState()}};
    }
    void restoreState(const QVariantMap &state) override
    {
        m_columns->restoreState(state.value(QStringLiteral("columns")).toByteArray());
        m_table->horizontalHeader()->restoreState(state.value(QStringLiteral("table")).toByteArray());
        m_view->setCurrent(state.value(QStringLiteral("view")).toInt());
        m_views->setCurrentIndex(state.value(QStringLiteral("view")).toInt());
        if (const QString name = state.value(QStringLiteral("name")).toString(); !name.isEmpty())
            openThing(OwnerKind(state.value(QStringLiteral("kind")).toInt()), name, {});
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
        auto *column = new QWidget;
        auto *layout = new QVBoxLayout(column);
        layout->setContentsMargins(0, scaled(8), 0, 0);
        layout->setSpacing(scaled(6));
        auto *head = new QHBoxLayout;
        head->setContentsMargins(scaled(10), 0, scaled(8), 0);
        head->setSpacing(scaled(4));
        m_find = new QLineEdit(column);
        m_find->setPlaceholderText(tr("Find a route, host or…"));
        m_find->setAccessibleName(tr("Find a route, host or policy"));
        m_find->setClearButtonEnabled(true);
        m_find->addAction(makeIcon(IconId::Search), QLineEdit::LeadingPosition);
        head->addWidget(m_find, 1);
        auto *add = iconButton(IconId::Plus, tr("Add (Ctrl+N adds a route)"), column);
        head->addWidget(add);
        layout->addLayout(head);
        m_view = new Segments({tr("Tree"), tr("Table")}, column);
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
        m_tree->setDragEnabled(false);
        layout->addWidget(m_tree, 1);
        connect(m_find, &QLineEdit::textChanged, this, [this](const QString &text) {
            m_model->setFilter(text);
            m_tree->expandAll();
        });
        connect(add, &QToolButton::clicked, this, [this, add] { addMenu(add->mapToGlobal(QPoint(0, add->height()))); });
        connect(m_view, &Segments::currentChanged, this, [this](int view) { m_views->setCurrentIndex(view); });
        connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &now) {
            if (const RouteItem *item = m_model->at(now); item && item->kind != OwnerKind::Section && !m_restoring)
                show(item->kind, item->name);
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
        m_middle = new QStackedWidget(column);
        auto *splitter = new QSplitter(Qt::Horizontal);
        splitter->setChildrenCollapsible(false);
        m_form = new OwnerForm(m_session, *m_context.navigator);
        m_form->setMinimumWidth(scaled(380));
        m_pipeline = new Pipeline(m_api.live, m_session, *m_context.navigator);
        m_pipeline->setMinimumWidth(scaled(300));
        splitter->addWidget(m_form);
        splitter->addWidget(m_pipeline);
        splitter->setStretchFactor(0, 1);
        splitter->setStretchFactor(1, 0);
        splitter->setSizes({scaled(510), scaled(426)});
        m_middle->addWidget(splitter);
        m_why = new WhyView;
        m_middle->addWidget(m_why);
        layout->addWidget(m_middle, 1);
        connect(m_why, &WhyView::placeActivated, m_context.navigator, &Navigator::go);
        connect(m_explain, &ExplainBar::opened, this, [this](const observe::Explanation &why) {
            m_why->setExplanation(why);
            m_middle->setCurrentIndex(1);
        });
        connect(m_explain, &ExplainBar::answered, this, [this](const observe::Explanation &why) {
            if (m_middle->currentIndex() == 1)
                m_why->setExplanation(why);
        });
        connect(m_explain, &ExplainBar::closed, this, [this] { m_middle->setCurrentIndex(0); });
        connect(m_form, &OwnerForm::renamed, this, [this](const QString &to) { openThing(m_form->kind(), to, {}); });
        connect(m_form, &OwnerForm::duplicateRequested, this, [this] { duplicate(); });
        connect(m_form, &OwnerForm::deleteRequested, this, [this] { remove(); });
        connect(m_form, &OwnerForm::explainRequested, this, [this] { m_explain->setRequest(exampleRequest()); });
        return column;
    }

    QWidget *buildTable()
    {
        m_table = new QTableView;
        auto *model = new RouteTableModel(*m_model, m_table);
        m_table->setModel(model);
        m_table->setFrameShape(QFrame::NoFrame);
        m_table->setShowGrid(false);
        m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
        m_table->setSelectionMode(QAbstractItemView::SingleSelection);
        m_table->setAccessibleName(tr("Routes as a table"));
        m_table->verticalHeader()->hide();
        m_table->verticalHeader()->setMinimumSectionSize(scaled(22));
        m_table->verticalHeader()->setDefaultSectionSize(scaled(26));
        m_table->horizontalHeader()->setHighlightSections(false);
        m_table->horizontalHeader()->setSectionsMovable(true);
        m_table->horizontalHeader()->setSectionResizeMode(RouteTableModel::Match, QHeaderView::Stretch);
        const int widths[] = {150, 0, 90, 190, 130, 70, 70};
        for (int i = 0; i < RouteTableModel::ColumnCount; ++i)
            if (i != RouteTableModel::Match)
                m_table->setColumnWidth(i, scaled(widths[i]));
        connect(m_table, &QTableView::activated, this, [this, model](const QModelIndex &index) {
            if (const RouteItem *item = model->at(index.row())) {
                const QString name = item->name;
                m_view->setCurrent(0);
                m_views->setCurrentIndex(0);
                openThing(OwnerKind::Route, name, {});
            }
        });
        return m_table;
    }

    void addActions()
    {
        const QString group = tr("Routes");
        const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, std::function<void()> run) {
            m_context.actions->add({QLatin1String(id), text, group, {keys}, std::nullopt, std::move(run)}, this);
        };
        add("routes.rename", tr("Rename"), QKeySequence(Qt::Key_F2), [this] { m_form->startRename(); });
        add("routes.duplicate", tr("Duplicate"), QKeySequence(Qt::CTRL | Qt::Key_D), [this] { duplicate(); });
        add("routes.up", tr("Move the route up"), QKeySequence(Qt::ALT | Qt::Key_Up), [this] { moveRoute(-1); });
        add("routes.down", tr("Move the route down"), QKeySequence(Qt::ALT | Qt::Key_Down), [this] { moveRoute(1); });
        add("routes.addPolicy", tr("Add policy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), [this] { m_pipeline->openAddMenu(); });
        add("routes.copy", tr("Copy as YAML"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] { copyText(); });
        add("routes.explain", tr("Explain a request"), {}, [this] { m_explain->line()->setFocus(); });
        auto *away = m_context.actions->add({QStringLiteral("routes.delete"), tr("Delete"), group, {QKeySequence(Qt::Key_Delete)}, std::nullopt, [this] { remove(); }}, m_tree);
        Q_UNUSED(away);
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
        m_pipeline->setVisible(kind != OwnerKind::Consumer);
        m_middle->setCurrentIndex(0);
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
        m_tree->expand(index.parent());
        m_tree->setCurrentIndex(index);
        m_tree->scrollTo(index);
        show(kind, name);
        if (!field.isEmpty())
            if (const auto at = m_form->place())
                m_form->reveal({at->file, at->path / schema::Path::of(s(field)), 0});
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
            if (entry.owner.isEmpty() && (entry.title == place.detail || QString::fromStdString(entry.kind) == place.detail))
                return m_pipeline->reveal(entry.at);
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
                    return m_pipeline->reveal(at) || m_form->reveal(at) || true;
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
    void insertInto(const char *section, const char *kind, schema::Node value, const QString &name)
    {
        const std::string file = m_session.document().entry();
        const schema::Path list{section};
        const schema::Node *node = m_session.document().at({file, list, 0});
        const schema::Patch patch = node && node->isList() ? schema::Patch::insert(file, list / schema::Step(node->items.size()), value)
                                                           : schema::Patch::replace(file, list, schema::Node::list({value}));
        if (const auto result = m_session.edit(patch, tr("Add %1 %2").arg(QLatin1String(kind), name)); !result)
            return;
        m_session.commit();
    }
    QString freeName(const char *kind, const QString &wish) const { return QString::fromStdString(m_session.document().freeName(kind, s(wish))); }

    void addRoute()
    {
        if (!m_session.isOpen())
            return;
        const QString name = freeName("route", QStringLiteral("route"));
        const auto upstreams = m_session.document().things("upstream");
        schema::Node to = upstreams.empty() ? schema::Node::map({{"respond", schema::Node::map({{"status", schema::Node::scalar("200")}, {"body", schema::Node::string("Hello")}})}})
                                            : schema::Node::map({{"upstream", schema::Node::scalar(upstreams.front().name)}});
        to.flow = true;
        schema::Node match = schema::Node::map({{"path", schema::Node::string("/" + s(name))}});
        match.flow = true;
        schema::Node value = schema::Node::map({{"name", schema::Node::scalar(s(name))}});
        const RouteItem *selected = m_model->at(m_tree->currentIndex());
        if (selected && (selected->kind == OwnerKind::Group || (selected->kind == OwnerKind::Route && selected->parent->kind == OwnerKind::Group)))
            value.set("group", schema::Node::scalar(s(selected->kind == OwnerKind::Group ? selected->name : selected->parent->name)));
        value.set("match", std::move(match));
        value.set("to", std::move(to));
        insertInto("routes", "route", std::move(value), name);
        openThing(OwnerKind::Route, name, {});
        m_form->startRename();
    }

    void addMenu(const QPoint &at)
    {
        QMenu menu(this);
        menu.addAction(makeIcon(IconId::Routes), tr("Route"), this, [this] { addRoute(); });
        const auto add = [this](const char *section, const char *kind, OwnerKind owner, schema::Node value, const QString &wish) {
            const QString name = freeName(kind, wish);
            value.members.insert(value.members.begin(), schema::Node::map({{"name", schema::Node::scalar(s(name))}}).members.front());
            insertInto(section, kind, std::move(value), name);
            openThing(owner, name, {});
            m_form->startRename();
        };
        menu.addAction(makeIcon(IconId::Folder), tr("Group"), this, [add] { add("groups", "group", OwnerKind::Group, schema::Node::map({{"prefix", schema::Node::string("/v1")}}), QStringLiteral("group")); });
        menu.addAction(makeIcon(IconId::Globe), tr("Listener"), this, [add] { add("listeners", "listener", OwnerKind::Listener, schema::Node::map({{"address", schema::Node::string("127.0.0.1:8081")}}), QStringLiteral("listener")); });
        menu.addAction(makeIcon(IconId::Shield), tr("Shared policy"), this, [add] {
            schema::Node limit = schema::Node::map({{"requests", schema::Node::scalar("100")}, {"per", schema::Node::scalar("1s")}});
            limit.flow = true;
            add("policies", "policy", OwnerKind::SharedPolicy, schema::Node::map({{"rate-limit", limit}}), QStringLiteral("limit"));
        });
        menu.addAction(makeIcon(IconId::Person), tr("Consumer"), this, [add] { add("consumers", "consumer", OwnerKind::Consumer, schema::Node::map(), QStringLiteral("consumer")); });
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
        menu.addAction(tr("Rename"), this, [this] { m_form->startRename(); });
        menu.addAction(tr("Duplicate"), this, [this] { duplicate(); });
        if (route) {
            menu.addAction(item->enabled ? tr("Switch off") : tr("Switch on"), this, [this] { toggleRoute(); });
            menu.addAction(tr("Show its exchanges"), this, [this, name] { m_context.navigator->showExchanges(QStringLiteral("route:") + name); });
            menu.addSeparator();
            menu.addAction(tr("Move up"), this, [this] { moveRoute(-1); });
            menu.addAction(tr("Move down"), this, [this] { moveRoute(1); });
        }
        menu.addAction(tr("Copy as YAML"), this, [this] { copyText(); });
        menu.addSeparator();
        menu.addAction(tr("Delete %1").arg(name), this, [this] { remove(); });
        menu.exec(at);
    }

    void duplicate()
    {
        const auto at = m_form->place();
        const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
        if (!node)
            return;
        const char *kind = kindName(m_form->kind());
        const QString name = freeName(kind, m_form->name());
        schema::Node copy = *node;
        copy.set("name", schema::Node::scalar(s(name)));
        const schema::Path next = at->path.parent() / schema::Step(at->path.last().index() + 1);
        if (m_session.edit(schema::Patch::insert(at->file, next, copy), tr("Duplicate %1").arg(m_form->name())))
            m_session.commit();
        openThing(m_form->kind(), name, {});
    }

    void remove()
    {
        const auto at = m_form->place();
        if (!at)
            return;
        const QModelIndex current = m_tree->currentIndex();
        const QModelIndex neighbour = m_tree->indexBelow(current).isValid() ? m_tree->indexBelow(current) : m_tree->indexAbove(current);
        const RouteItem *next = m_model->at(neighbour);
        const std::pair<OwnerKind, QString> then{next ? next->kind : OwnerKind::Section, next ? next->name : QString()};
        const schema::Node *list = m_session.document().at({at->file, at->path.parent(), 0});
        const schema::Path path = list && list->items.size() == 1 ? at->path.parent() : at->path;
        if (m_session.edit(schema::Patch::remove(at->file, path), tr("Delete %1").arg(m_form->name())))
            m_session.commit();
        if (then.first != OwnerKind::Section && openThing(then.first, then.second, {}))
            return;
        selectFirst();
    }

    void toggleRoute()
    {
        const auto at = m_form->place();
        const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
        if (!node)
            return;
        const schema::Node *enabled = node->find("enabled");
        const bool off = enabled && enabled->text == "false";
        const schema::Path path = at->path / schema::Step("enabled");
        (void)m_session.edit(off ? schema::Patch::remove(at->file, path) : schema::Patch::replace(at->file, path, schema::Node::scalar("false")),
                             off ? tr("Switch on %1").arg(m_form->name()) : tr("Switch off %1").arg(m_form->name()));
        m_session.commit();
    }

    // File order decides between routes that are equal otherwise: the route changes places with its neighbour in the file.
    void moveRoute(int step)
    {
        const auto at = m_form->place();
        if (m_form->kind() != OwnerKind::Route || !at)
            return;
        const schema::Node *list = m_session.document().at({at->file, at->path.parent(), 0});
        const size_t to = at->path.last().index() + size_t(step);
        if (!list || to >= list->items.size())
            return;
        const QString name = m_form->name();
        if (m_session.edit(schema::Patch::move(at->file, at->path, at->path.parent() / schema::Step(to)), step < 0 ? tr("Move %1 up").arg(name) : tr("Move %1 down").arg(name)))
            m_session.commit();
        openThing(OwnerKind::Route, name, {});
    }

    void copyText()
    {
        const auto at = m_form->place();
        if (const schema::Node *node = at ? m_session.document().at(*at) : nullptr)
            QGuiApplication::clipboard()->setText(QString::fromStdString(schema::emitDocument(*node)));
    }

    // A request that the selected route would take: to start from in the Explain bar.
    QString exampleRequest() const
    {
        const RouteItem *item = m_model->at(m_tree->currentIndex());
        if (!item || item->kind != OwnerKind::Route)
            return {};
        const QString method = item->methods.section(QLatin1Char(' '), 0, 0);
        QString prefix = item->parent->kind == OwnerKind::Group ? item->parent->detail : QString();
        QString path = prefix + item->match;
        path.replace(QLatin1String("…"), QLatin1String("x"));
        path.replace(QRegularExpression(QStringLiteral("\\{[^}]*\\}")), QStringLiteral("1"));
        const QString url = path.startsWith(QLatin1Char('/')) ? QStringLiteral("http://127.0.0.1") + path : QStringLiteral("http://") + path;
        return QStringLiteral("curl ") + (method == QLatin1String("*") || method == QLatin1String("GET") ? QString() : QStringLiteral("-X %1 ").arg(method)) + url;
    }

    PanelContext m_context;
    api::Api m_api;
    Session &m_session;
    RouteTreeModel *m_model;
    QStackedWidget *m_pages, *m_views, *m_middle;
    QSplitter *m_columns;
    QLineEdit *m_find;
    Segments *m_view;
    QTreeView *m_tree;
    QTableView *m_table;
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
