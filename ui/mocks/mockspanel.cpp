#include "ui/mocks/mockspanel.h"

#include "gateway/config/shapes.h"
#include "ui/forms/editor.h"
#include "ui/mocks/mockmodel.h"
#include "ui/mocks/mockpreview.h"
#include "ui/mocks/responseeditor.h"
#include "ui/models/session.h"
#include "ui/shell/actions.h"
#include "ui/shell/palette.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/foldingpair.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/states.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

std::string s(const QString &text) { return text.toStdString(); }

schema::Node emptyResponse()
{
    return schema::Node::map({{"status", schema::Node::scalar("200")}, {"json", schema::Node::map()}});
}

class MocksPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::MocksPanel)

public:
    MocksPanel(const PanelContext &context, api::Api api, Session &session)
        : m_context(context), m_api(api), m_session(session), m_hits(api.live), m_mocks(new MockListModel(m_hits, session, this)),
          m_responses(new ResponseListModel(m_hits, session, this))
    {
        buildFrame();
        connect(&m_session, &Session::opened, this, [this] {
            m_mocks->refresh();
            select({});
        });
        connect(&m_session, &Session::documentChanged, this, [this] { documentChanged(); });
        connect(&m_session, &Session::problemsChanged, this, [this] {
            m_mocks->refresh();
            m_responses->refresh();
        });
        auto *tick = new QTimer(this);
        connect(tick, &QTimer::timeout, this, [this] { readHits(); });
        tick->start(1000);
        addActions();
        offerNames();
        readHits();
        select({});
    }

    bool open(const Place &place) override
    {
        if (place.kind == Place::Kind::Path)
            return openPath(place);
        if (place.kind != Place::Kind::Mock)
            return true;
        if (!m_session.isOpen() || !m_session.document().find("mock", s(place.name)))
            return false;
        m_find->clear();
        select(place.name);
        if (bool ok = false; !place.detail.isEmpty())
            if (const int row = place.detail.toInt(&ok); ok && row < m_responses->rowCount())
                m_responseList->setCurrentIndex(m_responses->index(row));
        return true;
    }
    void activate() override { m_list->setFocus(); }
    void focusFilter() override { m_find->setFocus(); }
    void newItem() override
    {
        if (!m_session.isOpen())
            return;
        const QString name = QString::fromStdString(m_session.document().freeName("mock", "mock"));
        const schema::Node value = schema::Node::map({{"name", schema::Node::scalar(s(name))}, {"responses", schema::Node::list({emptyResponse()})}});
        const std::string file = m_session.document().entry();
        const schema::Path list{"mocks"};
        const schema::Node *node = m_session.document().at({file, list, 0});
        const auto done = m_session.edit(node ? schema::Patch::insert(file, list / schema::Step(node->items.size()), value) : schema::Patch::replace(file, list, schema::Node::list({value})),
                                         tr("Add mock %1").arg(name));
        if (!done)
            return;
        m_session.commit();
        m_find->clear();
        m_mocks->refresh();
        select(name);
        startRename();
    }
    bool leave() override
    {
        if (m_name->isVisible()) {
            m_nameError->setError({});
            showName(false);
            return true;
        }
        return false;
    }
    QList<QWidget *> regions() override { return {m_list, m_responseList, m_editor ? static_cast<QWidget *>(m_editor) : m_editorBox, m_preview}; }
    QVariantMap saveState() const override { return {{QStringLiteral("splitter"), m_splitter->saveState()}, {QStringLiteral("pair"), m_pair->splitter()->saveState()}, {QStringLiteral("middle"), m_middle->saveState()}, {QStringLiteral("mock"), m_current}}; }
    void restoreState(const QVariantMap &state) override
    {
        m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray());
        m_pair->splitter()->restoreState(state.value(QStringLiteral("pair")).toByteArray());
        m_placedByHand = m_middle->restoreState(state.value(QStringLiteral("middle")).toByteArray());
        if (const QString name = state.value(QStringLiteral("mock")).toString(); m_mocks->rowOf(name) >= 0)
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
        QWidget *middle = buildMiddle();
        m_preview = new MockPreview(m_api, m_session, *m_context.navigator, this);
        m_preview->setMinimumWidth(scaled(280));
        connect(m_preview, &MockPreview::answering, m_responses, &ResponseListModel::setAnswering);
        m_pair = new FoldingPair(middle, tr("Responses"), m_preview, tr("Preview"));
        m_pair->splitter()->setSizes({scaled(629), scaled(358)});
        m_splitter->addWidget(m_pair);
        m_splitter->setStretchFactor(0, 0);
        m_splitter->setStretchFactor(1, 1);
        m_splitter->setSizes({scaled(216), scaled(988)});
        m_pages->addWidget(m_splitter);
        auto *empty = new EmptyState(IconId::Mocks, tr("No mock yet"), tr("A mock answers in place of a service: by its rules, after the latency you give it. Routes send requests to it."), this);
        connect(empty->addButton(tr("Add mock"), true), &QPushButton::clicked, this, [this] { newItem(); });
        m_pages->addWidget(empty);
    }

    QWidget *buildList()
    {
        auto *column = new ListColumn(tr("Find a mock"), tr("Add mock (Ctrl+N)"), this);
        m_find = column->find();
        m_list = plainList(m_mocks, tr("Mocks"), column);
        m_list->setItemDelegate(new MockDelegate(*m_mocks, m_list));
        column->body()->addWidget(m_list, 1);
        connect(m_find, &QLineEdit::textChanged, m_mocks, &MockListModel::setFilter);
        connect(column->add(), &QToolButton::clicked, this, [this] { newItem(); });
        connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &now) {
            if (now.isValid() && now.data().toString() != m_current)
                select(now.data().toString());
        });
        return column;
    }

    QWidget *buildMiddle()
    {
        m_middle = new QSplitter(Qt::Vertical, this);
        m_middle->setChildrenCollapsible(false);
        auto *upper = new QWidget(m_middle);
        auto *layout = new QVBoxLayout(upper);
        layout->setContentsMargins(0, scaled(12), 0, scaled(4));
        layout->setSpacing(scaled(6));
        auto *head = new QHBoxLayout;
        head->setContentsMargins(scaled(18), 0, scaled(18), 0);
        head->setSpacing(scaled(8));
        m_heading = new QLabel(upper);
        m_heading->setFont(typeFont(Type::Title));
        m_heading->setTextFormat(Qt::PlainText);
        head->addWidget(m_heading);
        m_title = new RunsLabel(upper);
        m_title->setBaseFont(typeFont(Type::Control));
        connect(m_title, &RunsLabel::placeActivated, m_context.navigator, &Navigator::go);
        m_name = new QLineEdit(upper);
        m_name->setAccessibleName(tr("Name"));
        m_name->hide();
        connect(m_name, &QLineEdit::returnPressed, this, [this] { rename(); });
        head->addWidget(m_title, 1, Qt::AlignVCenter);
        head->addWidget(m_name, 1);
        m_mode = new QComboBox(upper);
        m_mode->addItems({tr("First match"), tr("Sequence"), tr("Random")});
        m_mode->setAccessibleName(tr("How a response is chosen"));
        head->addWidget(m_mode);
        auto *add = button(tr("Add response"), "", upper);
        add->setIcon(makeIcon(IconId::Plus));
        head->addWidget(add);
        layout->addLayout(head);
        m_nameError = new FieldError(upper);
        layout->addWidget(m_nameError);
        m_responseList = plainList(m_responses, tr("Responses in order of match"), upper);
        m_responseList->setItemDelegate(new ResponseDelegate(*m_responses, m_responseList));
        m_responseList->setDragDropMode(QAbstractItemView::InternalMove);
        m_responseList->setDropIndicatorShown(true);
        layout->addWidget(m_responseList, 1);
        m_middle->addWidget(upper);
        m_editorBox = new QWidget(m_middle);
        auto *box = new QVBoxLayout(m_editorBox);
        box->setContentsMargins({});
        m_middle->addWidget(m_editorBox);
        m_middle->setStretchFactor(0, 0);
        m_middle->setStretchFactor(1, 1);
        m_middle->setSizes({scaled(222), scaled(508)});
        connect(m_middle, &QSplitter::splitterMoved, this, [this] { m_placedByHand = true; });
        connect(add, &QPushButton::clicked, this, [this] { addResponse(); });
        connect(m_mode, &QComboBox::activated, this, [this](int mode) { setMode(mode); });
        connect(m_responses, &ResponseListModel::moved, this, [this](int from, int to) { move(from, to); });
        connect(m_responseList->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { buildEditor(); });
        return m_middle;
    }

    void addActions()
    {
        const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, QWidget *scope, std::function<void()> run) {
            m_context.actions->add({QLatin1String(id), text, tr("Mocks"), {keys}, std::nullopt, std::move(run)}, scope);
        };
        add("mocks.rename", tr("Rename the mock"), QKeySequence(Qt::Key_F2), this, [this] { startRename(); });
        add("mocks.duplicate", tr("Duplicate the mock or response"), QKeySequence(Qt::CTRL | Qt::Key_D), this, [this] { duplicate(); });
        add("mocks.up", tr("Move the response up"), QKeySequence(Qt::ALT | Qt::Key_Up), m_responseList, [this] { move(row(), row() - 1); });
        add("mocks.down", tr("Move the response down"), QKeySequence(Qt::ALT | Qt::Key_Down), m_responseList, [this] { move(row(), row() + 1); });
        add("mocks.delete", tr("Delete the mock"), QKeySequence(Qt::Key_Delete), m_list, [this] { removeMock(); });
        add("mocks.delete-response", tr("Delete the response"), QKeySequence(Qt::Key_Delete), m_responseList, [this] { removeResponse(); });
        add("mocks.add-response", tr("Add response"), {}, this, [this] { addResponse(); });
        for (auto [list, ids] : {std::pair<QListView *, QStringList>{m_list, {QStringLiteral("mocks.rename"), QStringLiteral("mocks.duplicate"), QStringLiteral("mocks.delete")}},
                                 {m_responseList, {QStringLiteral("mocks.up"), QStringLiteral("mocks.down"), QStringLiteral("mocks.duplicate"), QStringLiteral("mocks.delete-response")}}}) {
            list->setContextMenuPolicy(Qt::ActionsContextMenu);
            for (const QString &id : ids)
                if (QAction *action = m_context.actions->find(id); action && !list->actions().contains(action))
                    list->addAction(action);
        }
    }

    void offerNames()
    {
        m_context.palette->add(this, [this] {
            QList<PaletteItem> items;
            if (m_session.isOpen())
                for (const config::NamedThing &thing : m_session.document().things("mock")) {
                    PaletteItem item;
                    item.icon = IconId::Mocks;
                    item.name = QString::fromStdString(thing.name);
                    item.group = tr("Mocks");
                    item.open = [navigator = m_context.navigator, name = item.name] { navigator->openMock(name); };
                    items << item;
                }
            return items;
        });
    }

    int row() const { return m_responseList->currentIndex().row(); }
    std::optional<config::Location> mockPlace() const { return m_session.isOpen() && !m_current.isEmpty() ? m_session.document().find("mock", s(m_current)) : std::nullopt; }
    config::Location responsePlace(const config::Location &mock, int row) const { return {mock.file, mock.path / schema::Step("responses") / schema::Step(size_t(row)), 0}; }

    void readHits()
    {
        m_hits.refresh(QDateTime::currentMSecsSinceEpoch() * 1000);
        m_mocks->refresh();
        m_responses->refresh();
    }

    void documentChanged()
    {
        m_mocks->refresh();
        if (!mockPlace()) {
            select(m_renamedTo);
            return;
        }
        const int before = m_responses->rowCount();
        m_responses->refresh();
        showTitle();
        if (before != m_responses->rowCount() || !m_editor) {
            buildEditor();
            fitLater();
        }
    }

    void select(const QString &wanted)
    {
        const bool any = m_session.isOpen() && !m_session.document().things("mock").empty();
        m_pages->setCurrentIndex(!any && m_session.isOpen() ? 1 : 0);
        m_current = m_session.isOpen() && m_session.document().find("mock", s(wanted)) ? wanted : m_mocks->rowCount() ? m_mocks->at(0)->name : QString();
        const int at = m_mocks->rowOf(m_current);
        m_list->setCurrentIndex(at < 0 ? QModelIndex() : m_mocks->index(at));
        m_responses->setMock(m_current);
        showName(false);
        showTitle();
        if (m_responses->rowCount() && !m_responseList->currentIndex().isValid())
            m_responseList->setCurrentIndex(m_responses->index(0));
        buildEditor();
        m_preview->setMock(m_current);
        fitLater();
    }

    void showEvent(QShowEvent *event) override
    {
        Panel::showEvent(event);
        fitLater();
    }

    void fitLater() { QTimer::singleShot(0, this, [this] { fitResponses(); }); } // once the layout has its sizes

    // Until somebody moves the edge, the list ends with a whole row: all of them where there are few.
    void fitResponses()
    {
        const int rows = std::clamp(m_responses->rowCount(), 2, 5);
        const int wanted = m_middle->widget(0)->height() - m_responseList->height() + rows * m_responseList->sizeHintForRow(0);
        const int all = m_middle->height() - m_middle->handleWidth();
        if (!m_placedByHand && m_responseList->sizeHintForRow(0) > 0 && m_responseList->height() > 0 && wanted < all)
            m_middle->setSizes({wanted, all - wanted});
    }

    void showTitle()
    {
        const auto at = mockPlace();
        m_mode->setEnabled(at.has_value());
        m_heading->setText(m_current);
        if (!at) {
            m_title->setRuns({});
            return;
        }
        const config::Document &document = m_session.document();
        const schema::Node *mode = document.at({at->file, at->path / schema::Step("mode"), 0});
        m_mode->setCurrentIndex(mode && mode->text == "sequence" ? 1 : mode && mode->text == "random" ? 2 : 0);
        Runs runs;
        QStringList routes;
        for (const config::Location &use : document.references("mock", s(m_current)))
            if (use.path.size() > 1 && use.path[0].key() == "routes")
                if (const schema::Node *name = document.at({use.file, schema::Path{use.path[0], use.path[1], "name"}, 0}))
                    routes << QString::fromStdString(name->text);
        runs << soft((routes.isEmpty() ? tr("no route leads here") : tr("answers") + QLatin1Char(' ')));
        for (qsizetype i = 0; i < routes.size() && i < 3; ++i) {
            if (i)
                runs << soft(QStringLiteral(", "));
            runs << link(routes[i], {Place::Kind::Route, QLatin1String(panels::routes), routes[i], {}, 0});
        }
        if (routes.size() > 3)
            runs << soft(tr(" and %1 more").arg(routes.size() - 3));
        m_title->setRuns(runs);
    }

    void buildEditor()
    {
        const auto at = mockPlace();
        const int current = row();
        if (m_editor && at && current >= 0 && m_editor->at() == responsePlace(*at, current) && m_session.document().at(m_editor->at()))
            return;
        const int tab = m_editor ? m_editor->tab() : 0;
        if (m_editor) {
            m_editor->hide();
            m_editor->deleteLater();
            m_session.disconnect(m_editor);
            m_editor = nullptr;
        }
        if (!at || current < 0 || !m_responses->at(current))
            return;
        m_editor = new ResponseEditor(m_session, responsePlace(*at, current), m_editorBox);
        m_editor->setTab(tab);
        m_editorBox->layout()->addWidget(m_editor);
        m_editor->show();
    }

    void startRename()
    {
        if (!mockPlace())
            return;
        m_pair->bring(m_middle);
        m_name->setText(m_current);
        showName(true);
        m_name->setFocus();
        m_name->selectAll();
    }

    void showName(bool editing)
    {
        m_name->setVisible(editing);
        m_title->setVisible(!editing);
        m_heading->setVisible(!editing);
        if (!editing)
            m_nameError->setError({});
    }

    void rename()
    {
        const QString to = m_name->text().trimmed();
        if (to == m_current) {
            showName(false);
            return;
        }
        m_renamedTo = to;
        const auto done = m_session.rename("mock", m_current, to);
        m_renamedTo.clear();
        if (!done) {
            m_nameError->setError(QString::fromStdString(done.error().message));
            return;
        }
        select(to);
        m_list->setFocus();
    }

    void setMode(int mode)
    {
        const auto at = mockPlace();
        if (!at)
            return;
        const schema::Path path = at->path / schema::Step("mode");
        const bool set = m_session.document().at({at->file, path, 0});
        static constexpr const char *names[] = {"first-match", "sequence", "random"};
        if (mode == 0 && !set)
            return;
        (void)m_session.edit(mode == 0 ? schema::Patch::remove(at->file, path) : schema::Patch::replace(at->file, path, schema::Node::scalar(names[mode])), tr("Change how a response is chosen"));
        m_session.commit();
    }

    void insertResponse(int at, const schema::Node &value, const QString &name)
    {
        const auto mock = mockPlace();
        if (!mock)
            return;
        const schema::Path list = mock->path / schema::Step("responses");
        const bool any = m_session.document().at({mock->file, list, 0});
        const auto done = m_session.edit(any ? schema::Patch::insert(mock->file, list / schema::Step(size_t(at)), value) : schema::Patch::replace(mock->file, list, schema::Node::list({value})), name);
        if (!done)
            return;
        m_session.commit();
        m_responses->refresh();
        m_responseList->setCurrentIndex(m_responses->index(at));
    }

    // Before the one that always answers, where there is one: behind it, it would never be asked.
    void addResponse()
    {
        const auto mock = mockPlace();
        if (!mock)
            return;
        const int count = m_responses->rowCount();
        const schema::Node *last = count ? m_session.document().at(responsePlace(*mock, count - 1)) : nullptr;
        insertResponse(last && !last->find("when") ? count - 1 : count, emptyResponse(), tr("Add a response to %1").arg(m_current));
        if (m_editor && count)
            m_editor->setTab(2);
        m_responseList->setFocus();
    }

    void duplicate()
    {
        const auto mock = mockPlace();
        if (!mock)
            return;
        if (m_list->hasFocus()) {
            const QString name = QString::fromStdString(m_session.document().freeName("mock", s(m_current)));
            schema::Node copy = *m_session.document().at(*mock);
            copy.set("name", schema::Node::scalar(s(name)));
            const size_t at = mock->path.last().index() + 1;
            if (m_session.edit(schema::Patch::insert(mock->file, mock->path.parent() / schema::Step(at), copy), tr("Duplicate %1").arg(m_current)))
                select(name);
        } else if (const schema::Node *node = row() < 0 ? nullptr : m_session.document().at(responsePlace(*mock, row()))) {
            const schema::Node copy = *node;
            insertResponse(row() + 1, copy, tr("Duplicate a response of %1").arg(m_current));
        }
        m_session.commit();
    }

    void removeMock()
    {
        if (const auto mock = mockPlace()) {
            (void)m_session.edit(schema::Patch::remove(mock->file, mock->path), tr("Delete mock %1").arg(m_current));
            m_session.commit();
        }
    }

    void removeResponse()
    {
        const auto mock = mockPlace();
        const int current = row();
        if (!mock || current < 0 || m_responses->rowCount() < 2)
            return; // a mock has one at least
        (void)m_session.edit(schema::Patch::remove(mock->file, responsePlace(*mock, current).path), tr("Delete a response of %1").arg(m_current));
        m_session.commit();
        m_responseList->setCurrentIndex(m_responses->index(std::min(current, m_responses->rowCount() - 1)));
    }

    void move(int from, int to)
    {
        const auto mock = mockPlace();
        if (!mock || from < 0 || to < 0 || to >= m_responses->rowCount() || from == to)
            return;
        if (!m_session.edit(schema::Patch::move(mock->file, responsePlace(*mock, from).path, responsePlace(*mock, to).path), tr("Move a response of %1").arg(m_current)))
            return;
        m_session.commit();
        m_responseList->setCurrentIndex(m_responses->index(to));
    }

    bool openPath(const Place &place)
    {
        const auto path = schema::Path::parse(s(place.name));
        if (!path || !m_session.isOpen())
            return false;
        for (const config::NamedThing &thing : m_session.document().things("mock")) {
            if (thing.at.file != s(place.detail) || !path->startsWith(thing.at.path))
                continue;
            m_find->clear();
            m_pair->bring(m_middle);
            select(QString::fromStdString(thing.name));
            const size_t depth = thing.at.path.size();
            if (path->size() > depth + 1 && (*path)[depth].key() == "responses" && (*path)[depth + 1].isIndex()) {
                m_responseList->setCurrentIndex(m_responses->index(int((*path)[depth + 1].index())));
                if (m_editor)
                    m_editor->reveal(*path);
            } else if (path->size() > depth && (*path)[depth].key() == "name") {
                startRename();
            }
            return true;
        }
        return false;
    }

    PanelContext m_context;
    api::Api m_api;
    Session &m_session;
    MockHits m_hits;
    MockListModel *m_mocks;
    ResponseListModel *m_responses;
    QString m_current, m_renamedTo;
    QStackedWidget *m_pages;
    QSplitter *m_splitter, *m_middle;
    bool m_placedByHand = false; // the edge below the responses
    FoldingPair *m_pair;
    QLineEdit *m_find, *m_name;
    QListView *m_list, *m_responseList;
    QLabel *m_heading;
    RunsLabel *m_title;
    QComboBox *m_mode;
    FieldError *m_nameError;
    QWidget *m_editorBox;
    QPointer<ResponseEditor> m_editor;
    MockPreview *m_preview;
};

} // namespace

PanelInfo mocksPanel(api::Api api, Session &session)
{
    return {QLatin1String(panels::mocks), QObject::tr("Mocks"), IconId::Mocks,
            [api, &session](const PanelContext &context) -> Panel * { return new MocksPanel(context, api, session); }};
}

} // namespace gatehouse::ui
