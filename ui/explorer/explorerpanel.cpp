#include "ui/explorer/explorerpanel.h"

#include "gateway/config/document.h"
#include "ui/explorer/requestlist.h"
#include "ui/explorer/requesttab.h"
#include "ui/models/session.h"
#include "ui/shell/actions.h"
#include "ui/shell/palette.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>
#include <QtGui/QClipboard>
#include <QtGui/QUndoCommand>
#include <QtWidgets/QApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

constexpr int historyKept = 50;

// A request that went to another file, or away. Taken back as the octets it had.
class MoveRequest final : public QUndoCommand {
public:
    MoveRequest(const QString &name, QString from, QString to, std::function<void()> changed)
        : QUndoCommand(name), m_from(std::move(from)), m_to(std::move(to)), m_changed(std::move(changed))
    {
        if (auto text = config::readWholeFile(m_from.toStdString()))
            m_text = std::move(*text);
    }
    void redo() override { turn(m_from, m_to); }
    void undo() override { turn(m_to, m_from); }

private:
    void turn(const QString &from, const QString &to)
    {
        if (!to.isEmpty()) {
            QDir().mkpath(QFileInfo(to).path());
            if (!config::writeFileSafely(to.toStdString(), m_text))
                return;
        }
        if (!from.isEmpty())
            QFile::remove(from);
        m_changed();
    }
    QString m_from, m_to; // an empty `to`: deleted
    std::string m_text;
    std::function<void()> m_changed;
};

class ExplorerPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::ExplorerPanel)

public:
    ExplorerPanel(const PanelContext &context, api::Api api, Session &session)
        : m_context(context), m_api(api), m_session(session)
    {
        auto *page = new QHBoxLayout(this);
        page->setContentsMargins({});
        m_splitter = new QSplitter(Qt::Horizontal, this);
        m_splitter->setChildrenCollapsible(false);
        m_splitter->addWidget(buildSide());
        m_splitter->addWidget(buildMain());
        m_splitter->setStretchFactor(0, 0);
        m_splitter->setStretchFactor(1, 1);
        m_splitter->setSizes({scaled(230), scaled(974)});
        page->addWidget(m_splitter);
        connect(&m_session, &Session::opened, this, [this] { fillTree(); });
        for (auto signal : {&Session::documentChanged, &Session::environmentChanged, &Session::opened})
            connect(&m_session, signal, this, [this] { readVariables(); });
        addActions();
        offerNames();
        readVariables();
        fillTree();
        addTab();
    }

    bool open(const Place &place) override
    {
        if (place.kind == Place::Kind::NewRequest) {
            RequestTab *tab = current() && !current()->dirty() && current()->file().isEmpty() ? current() : addTab();
            if (!place.name.isEmpty())
                tab->fill(place.name);
            return true;
        }
        return place.kind != Place::Kind::Request || openFile(place.name);
    }
    void activate() override
    {
        if (RequestTab *tab = current())
            tab->focusUrl();
    }
    void focusFilter() override { m_find->setFocus(); }
    void newItem() override { addTab()->focusUrl(); }
    bool leave() override { return current() && current()->cancel(); }
    QString selectedRequest(quint64 *exchange) const override
    {
        *exchange = 0;
        return current() ? current()->asCurl() : QString();
    }
    QList<QWidget *> regions() override { return {m_tree, m_history, m_pages}; }
    QVariantMap saveState() const override { return {{QStringLiteral("splitter"), m_splitter->saveState()}}; }
    void restoreState(const QVariantMap &state) override { m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray()); }

private:
    QWidget *buildSide()
    {
        auto *column = new ListColumn(tr("Find a request"), tr("New request (Ctrl+N)"), this);
        QVBoxLayout *layout = column->body();
        m_find = column->find();
        m_tree = new QTreeWidget(column);
        m_tree->setAccessibleName(tr("Saved requests"));
        m_tree->setHeaderHidden(true);
        m_tree->setFrameShape(QFrame::NoFrame);
        m_tree->setMouseTracking(true);
        m_tree->setIndentation(scaled(16));
        m_tree->setItemDelegate(new RequestDelegate(m_tree));
        m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
        layout->addWidget(m_tree, 1);
        m_none = new QLabel(tr("No saved request yet. Ctrl+S keeps one as a file in requests/."), column);
        m_none->setWordWrap(true);
        m_none->setFont(typeFont(Type::Hint));
        m_none->setMargin(scaled(12));
        layout->addWidget(m_none);
        m_nameLine = new QLineEdit(column);
        m_nameLine->setAccessibleName(tr("Name of the request"));
        m_nameLine->setToolTip(tr("A slash makes a folder: orders/Create order"));
        m_nameLine->hide();
        layout->addWidget(m_nameLine);
        m_nameError = new FieldError(column);
        layout->addWidget(m_nameError);
        layout->addWidget(new Hairline(Qt::Horizontal, column));
        auto *label = new QLabel(tr("History"), column);
        label->setFont(typeFont(Type::Head));
        label->setContentsMargins(scaled(14), scaled(4), 0, 0);
        layout->addWidget(label);
        m_history = new QListWidget(column);
        m_history->setAccessibleName(tr("History"));
        m_history->setFrameShape(QFrame::NoFrame);
        m_history->setMouseTracking(true);
        m_history->setItemDelegate(new RequestDelegate(m_history));
        m_history->setFixedHeight(scaled(210));
        m_history->hide();
        m_noHistory = new QLabel(tr("What is sent stands here, to be sent again."), column);
        m_noHistory->setWordWrap(true);
        m_noHistory->setFont(typeFont(Type::Hint));
        m_noHistory->setForegroundRole(QPalette::PlaceholderText);
        m_noHistory->setContentsMargins(scaled(14), 0, scaled(12), scaled(12));
        layout->addWidget(m_history);
        layout->addWidget(m_noHistory);
        connect(column->add(), &QToolButton::clicked, this, [this] { newItem(); });
        connect(m_find, &QLineEdit::textChanged, this, [this] { fillTree(); });
        const auto openItem = [this](QTreeWidgetItem *item) {
            if (const QString file = item->data(0, RequestDelegate::FileRole).toString(); !file.isEmpty())
                openFile(file);
        };
        connect(m_tree, &QTreeWidget::itemActivated, this, openItem);
        connect(m_tree, &QTreeWidget::itemClicked, this, openItem);
        connect(m_history, &QListWidget::itemActivated, this, [this](QListWidgetItem *item) { addTab()->fill(item->data(RequestDelegate::FileRole).toString()); });
        connect(m_nameLine, &QLineEdit::returnPressed, this, [this] { rename(); });
        return column;
    }

    QWidget *buildMain()
    {
        auto *column = new QWidget(this);
        auto *layout = new QVBoxLayout(column);
        layout->setContentsMargins({});
        layout->setSpacing(0);
        auto *row = new QHBoxLayout;
        row->setSpacing(0);
        m_tabs = new QTabBar(column);
        m_tabs->setAccessibleName(tr("Open requests"));
        setKind(m_tabs, "document");
        m_tabs->setTabsClosable(true);
        m_tabs->setExpanding(false);
        m_tabs->setMovable(false);
        m_tabs->setDrawBase(false);
        m_tabs->setFixedHeight(scaled(36));
        row->addWidget(m_tabs);
        auto *add = iconButton(IconId::Plus, tr("New request (Ctrl+N)"), column);
        row->addWidget(add);
        row->addStretch(1);
        layout->addLayout(row);
        layout->addWidget(new Hairline(Qt::Horizontal, column));
        m_pages = new QStackedWidget(column);
        layout->addWidget(m_pages, 1);
        connect(add, &QToolButton::clicked, this, [this] { newItem(); });
        connect(m_tabs, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
        connect(m_tabs, &QTabBar::tabCloseRequested, this, [this](int index) { closeTab(index); });
        return column;
    }

    void addActions()
    {
        const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, QWidget *scope, std::function<void()> run) {
            m_context.actions->add({QLatin1String(id), text, tr("Explorer"), {keys}, std::nullopt, std::move(run)}, scope);
        };
        add("explorer.send", tr("Send the request"), QKeySequence(Qt::CTRL | Qt::Key_Return), this, [this] {
            if (current())
                current()->send();
        });
        add("explorer.curl", tr("Copy as curl"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this, [this] {
            if (current())
                QApplication::clipboard()->setText(current()->asShellCommand());
        });
        add("explorer.save", tr("Save the request"), {}, this, [this] { save(current()); });
        add("explorer.close", tr("Close the request"), QKeySequence(Qt::CTRL | Qt::Key_W), this, [this] { closeTab(m_tabs->currentIndex()); });
        add("explorer.rename", tr("Rename the request"), QKeySequence(Qt::Key_F2), m_tree, [this] { startRename(); });
        add("explorer.duplicate", tr("Duplicate the request"), QKeySequence(Qt::CTRL | Qt::Key_D), m_tree, [this] { duplicate(); });
        add("explorer.delete", tr("Delete the request"), QKeySequence(Qt::Key_Delete), m_tree, [this] { remove(); });
        m_tree->setContextMenuPolicy(Qt::ActionsContextMenu);
    }

    void offerNames()
    {
        m_context.palette->add(this, [this] {
            QList<PaletteItem> items;
            for (const QString &file : m_session.isOpen() ? requestFiles(m_session.folder()) : QStringList()) {
                PaletteItem item;
                item.icon = IconId::Explorer;
                item.name = file.chopped(5);
                item.group = tr("Requests");
                item.open = [navigator = m_context.navigator, file] { navigator->openRequest(file); };
                items << item;
            }
            return items;
        });
    }

    RequestTab *current() const { return qobject_cast<RequestTab *>(m_pages->currentWidget()); }
    RequestTab *tabAt(int index) const { return qobject_cast<RequestTab *>(m_pages->widget(index)); }

    RequestTab *addTab()
    {
        auto *tab = new RequestTab(m_api, *m_context.navigator, m_pages);
        tab->setVariables(m_variables);
        m_pages->addWidget(tab);
        m_tabs->addTab(tab->title());
        m_tabs->setCurrentIndex(m_tabs->count() - 1);
        connect(tab, &RequestTab::changed, this, [this, tab] {
            if (m_closing == tab)
                m_closing = nullptr; // typed on: closing asks anew
            showTab(tab);
        });
        connect(tab, &RequestTab::saveAsked, this, [this, tab] { save(tab); });
        connect(tab, &RequestTab::answered, this, [this, tab](const QString &method, const QString &path, int status, qint64 micros) {
            auto *item = new QListWidgetItem(path);
            item->setData(RequestDelegate::MethodRole, method);
            item->setData(RequestDelegate::StatusRole, status);
            item->setData(RequestDelegate::RightRole, formatDuration(double(micros) * 1000));
            item->setData(RequestDelegate::FileRole, tab->asCurl());
            m_history->insertItem(0, item);
            m_history->show();
            m_noHistory->hide();
            while (m_history->count() > historyKept)
                delete m_history->takeItem(m_history->count() - 1);
        });
        return tab;
    }

    void showTab(RequestTab *tab)
    {
        const int index = m_pages->indexOf(tab);
        if (index >= 0) {
            m_tabs->setTabText(index, tab->request().method + QStringLiteral("  ") + tab->title());
            m_tabs->updateGeometry(); // while it is hidden it does not do so itself
            m_tabs->setTabToolTip(index, tab->dirty() ? tr("Not saved") : QString());
            for (const QTabBar::ButtonPosition side : {QTabBar::RightSide, QTabBar::LeftSide})
                if (QWidget *cross = m_tabs->tabButton(index, side)) { // drawn as a dot until it is aimed at
                    cross->setProperty("unsaved", tab->dirty());
                    cross->update();
                }
        }
        for (QTreeWidgetItem *item : m_items)
            if (item->data(0, RequestDelegate::FileRole).toString() == tab->file())
                item->setData(0, RequestDelegate::DirtyRole, tab->dirty());
    }

    // What was typed and not saved stays open: closing asks for a second time by its word.
    void closeTab(int index)
    {
        RequestTab *tab = tabAt(index);
        if (!tab)
            return;
        if (tab->dirty() && m_closing != tab) {
            m_closing = tab;
            tab->showError(tr("Not saved. Ctrl+S keeps it; close again to drop it."));
            m_tabs->setCurrentIndex(index);
            return;
        }
        m_tabs->removeTab(index);
        m_pages->removeWidget(tab);
        tab->deleteLater();
        if (!m_tabs->count())
            addTab();
    }

    bool openFile(const QString &file)
    {
        for (int i = 0; i < m_pages->count(); ++i)
            if (tabAt(i)->file() == file) {
                m_tabs->setCurrentIndex(i);
                return true;
            }
        if (!m_session.isOpen() || file.contains(QStringLiteral("..")))
            return false;
        const auto request = loadRequest(m_session.folder(), file);
        RequestTab *tab = current() && !current()->dirty() && current()->file().isEmpty() ? current() : addTab();
        if (!request) {
            tab->showError(QString::fromStdString(request.error().message));
            return QFile::exists(m_session.folder() + QStringLiteral("/requests/") + file);
        }
        tab->setRequest(*request, file);
        return true;
    }

    QString freeFile(const QString &wish) const
    {
        const QStringList taken = requestFiles(m_session.folder());
        QString file = wish;
        for (int i = 2; taken.contains(file); ++i)
            file = wish.chopped(5) + QStringLiteral("-%1.yaml").arg(i);
        return file;
    }

    void save(RequestTab *tab)
    {
        if (!tab || !m_session.isOpen())
            return;
        SavedRequest request = tab->request();
        const QString file = tab->file().isEmpty() ? freeFile(fileOfName(tab->title())) : tab->file();
        if (request.name.isEmpty())
            request.name = tab->title();
        if (const auto done = storeRequest(m_session.folder(), file, request); !done) {
            tab->showError(QString::fromStdString(done.error().message));
            return;
        }
        tab->saved(file);
        fillTree();
    }

    void fillTree()
    {
        const QString selected = m_tree->currentItem() ? m_tree->currentItem()->data(0, RequestDelegate::FileRole).toString() : QString();
        m_tree->clear();
        m_items.clear();
        QHash<QString, QTreeWidgetItem *> folders;
        const QStringList files = m_session.isOpen() ? requestFiles(m_session.folder()) : QStringList();
        for (const QString &file : files) {
            const auto request = loadRequest(m_session.folder(), file);
            const QString name = request ? request->name : QFileInfo(file).completeBaseName();
            if (!(file + name).contains(m_find->text().trimmed(), Qt::CaseInsensitive))
                continue;
            QTreeWidgetItem *parent = nullptr;
            QString folder;
            for (const QString &part : file.split(QLatin1Char('/')).mid(0, file.count(QLatin1Char('/')))) {
                folder += part + QLatin1Char('/');
                QTreeWidgetItem *&item = folders[folder];
                if (!item) {
                    item = parent ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(m_tree);
                    item->setText(0, part);
                    item->setExpanded(true);
                }
                parent = item;
            }
            auto *item = parent ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(m_tree);
            item->setText(0, name);
            item->setData(0, RequestDelegate::MethodRole, request ? request->method : QStringLiteral("?"));
            item->setData(0, RequestDelegate::FileRole, file);
            m_items << item;
            if (file == selected)
                m_tree->setCurrentItem(item);
        }
        m_none->setVisible(files.isEmpty());
    }

    QString selectedFile() const { return m_tree->currentItem() ? m_tree->currentItem()->data(0, RequestDelegate::FileRole).toString() : QString(); }
    QString absolute(const QString &file) const { return m_session.folder() + QStringLiteral("/requests/") + file; }
    std::function<void()> refill()
    {
        return [self = QPointer<ExplorerPanel>(this)] {
            if (self)
                self->fillTree();
        };
    }

    void startRename()
    {
        const QString file = selectedFile();
        if (file.isEmpty())
            return;
        const QString folder = QFileInfo(file).path();
        m_nameLine->setText((folder == QLatin1String(".") ? QString() : folder + QLatin1Char('/')) + m_tree->currentItem()->text(0));
        m_nameLine->show();
        m_nameLine->setFocus();
        m_nameLine->selectAll();
    }

    void rename()
    {
        const QString from = selectedFile(), wish = m_nameLine->text().trimmed();
        const QString to = fileOfName(wish);
        if (from.isEmpty() || wish.isEmpty())
            return;
        if (to != from && requestFiles(m_session.folder()).contains(to)) {
            m_nameError->setError(tr("requests/%1 is there already. Choose another name.").arg(to));
            return;
        }
        m_nameError->setError({});
        m_nameLine->hide();
        auto request = loadRequest(m_session.folder(), from);
        if (!request)
            return;
        if (to != from)
            m_session.undoStack().push(new MoveRequest(tr("Rename request %1").arg(request->name), absolute(from), absolute(to), refill()));
        request->name = wish.section(QLatin1Char('/'), -1);
        if (const auto done = storeRequest(m_session.folder(), to, *request); !done)
            m_nameError->setError(QString::fromStdString(done.error().message));
        for (int i = 0; i < m_pages->count(); ++i)
            if (tabAt(i)->file() == from && !tabAt(i)->dirty())
                tabAt(i)->setRequest(*request, to);
        fillTree();
        m_tree->setFocus();
    }

    void duplicate()
    {
        const QString file = selectedFile();
        if (file.isEmpty())
            return;
        auto request = loadRequest(m_session.folder(), file);
        if (!request)
            return;
        request->name = tr("%1 copy").arg(request->name);
        const QString folder = QFileInfo(file).path();
        const QString to = freeFile((folder == QLatin1String(".") ? QString() : folder + QLatin1Char('/')) + fileOfName(request->name));
        if (const auto done = storeRequest(m_session.folder(), to, *request); !done)
            m_nameError->setError(QString::fromStdString(done.error().message));
        fillTree();
        openFile(to);
    }

    void remove()
    {
        if (const QString file = selectedFile(); !file.isEmpty())
            m_session.undoStack().push(new MoveRequest(tr("Delete request %1").arg(m_tree->currentItem()->text(0)), absolute(file), {}, refill()));
    }

    void readVariables()
    {
        m_variables.clear();
        if (m_session.isOpen() && !m_session.environment().isEmpty())
            if (const schema::Node *root = m_session.document().root("environments/" + m_session.environment().toStdString() + ".yaml"))
                for (const schema::Member &member : root->members)
                    if (member.value.isScalar())
                        m_variables[QString::fromStdString(member.key.text)] = QString::fromStdString(member.value.text);
        for (int i = 0; i < m_pages->count(); ++i)
            tabAt(i)->setVariables(m_variables);
    }

    PanelContext m_context;
    api::Api m_api;
    Session &m_session;
    Variables m_variables;
    QSplitter *m_splitter;
    QLineEdit *m_find, *m_nameLine;
    FieldError *m_nameError;
    QTreeWidget *m_tree;
    QList<QTreeWidgetItem *> m_items;
    QLabel *m_none, *m_noHistory;
    QListWidget *m_history;
    QTabBar *m_tabs;
    QStackedWidget *m_pages;
    QPointer<RequestTab> m_closing; // told once that it is not saved
};

} // namespace

PanelInfo explorerPanel(api::Api api, Session &session)
{
    return {QLatin1String(panels::explorer), QObject::tr("Explorer"), IconId::Explorer,
            [api, &session](const PanelContext &context) -> Panel * { return new ExplorerPanel(context, api, session); }};
}

} // namespace gatehouse::ui
