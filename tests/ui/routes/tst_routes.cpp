// The panel of routes in the real window, over a real workspace on disk: keys and clicks in, the document out.
#include "gateway/policy/shapes.h"
#include "tests/support/fakeapi.h"
#include "ui/models/session.h"
#include "ui/routes/chain.h"
#include "ui/routes/routeedits.h"
#include "ui/routes/routespanel.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/theme.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QTableView>
#include <QtWidgets/QTreeView>

using namespace gatehouse;
using namespace gatehouse::ui;

namespace {

constexpr char workspaceText[] = R"(gatehouse: 1
name: shop

listeners:
  - name: main
    address: 127.0.0.1:8080
    policies:
      - request-id: {}

upstreams:
  - name: orders
    endpoints:
      - url: http:@127.0.0.1:9001
    delivery:
      timeout: { response: 10s }

policies:
  - name: burst
    rate-limit: { requests: 50, per: 1s }

groups:
  - name: public
    hosts: [ api.shop.localhost ]
    prefix: /v1
    policies: [ burst ]

routes:
  - name: get-order
    group: public
    match: { path: "/orders/{id}", methods: [ GET ], headers: { x-beta: "1" } }
    policies:
      # Who is too fast waits.
      - rate-limit: { requests: 5, per: 1s, by: consumer }   # each
      - key-auth: { header: x-api-key }
    to: { upstream: orders }
  - name: health
    match: { exact: /health }
    to: { respond: { status: 204 } }
  - name: health-again
    match: { exact: /health }
    policies:
      - enabled: false
        key-auth: {}
    to: { respond: { status: 200 } }
)";

// Two slashes in a raw string hide the rest of the file from moc.
QByteArray workspace() { return QByteArray(workspaceText).replace("http:@", "http://"); }

QString s(const char *text) { return QString::fromUtf8(text); }

template <typename T>
T *named(QWidget *in, const QString &name)
{
    for (T *widget : in->findChildren<T *>())
        if (widget->accessibleName() == name && widget->isVisible())
            return widget;
    return nullptr;
}

} // namespace

class RoutesTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        policy::registerShapes();
        Theme::install(*qApp);
    }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QFile file(m_folder->filePath(s("gatehouse.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(workspace());
        file.close();
        m_fake = std::make_unique<test::FakeApi>();
        m_session = std::make_unique<Session>(m_fake->api(), QString());
        QString error;
        QVERIFY2(m_session->open(m_folder->path(), &error), qPrintable(error));
        m_window = std::make_unique<MainWindow>(QList<PanelInfo>{routesPanel(m_fake->api(), *m_session)}, QString());
        ShellState state;
        state.workspace = s("shop");
        state.engine = ShellState::Engine::Running;
        m_window->setState(state);
        m_window->resize(1280, 800);
        m_panel = m_window->showPanel(QLatin1String(panels::routes));
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTRY_VERIFY(m_session->workspace());
    }
    void cleanup()
    {
        m_window.reset();
        m_session.reset();
        m_fake.reset();
    }

    void coverageSaysWhoIsProtected()
    {
        click(segment(s("Coverage")));
        auto *table = named<QTableView>(m_panel, s("Coverage: which policies each route meets"));
        QVERIFY(table);
        QCOMPARE(cell(table, "get-order", "key-auth"), s("own"));
        QCOMPARE(cell(table, "get-order", "request-id"), s("inherited"));
        QCOMPARE(cell(table, "get-order", "rate-limit"), s("inherited")); // the group's comes first, and acts
        QCOMPARE(cell(table, "health", "key-auth"), s("–"));
        QCOMPARE(cell(table, "health-again", "key-auth"), s("off"));
    }

    void coverageLeadsToTheCard()
    {
        click(segment(s("Coverage")));
        auto *table = named<QTableView>(m_panel, s("Coverage: which policies each route meets"));
        const QModelIndex index = indexOf(table, "get-order", "key-auth");
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(index).center());
        QVERIFY(!table->isVisible());
        QWidget *card = this->card(s("key-auth"));
        QVERIFY(card && card->findChild<QLineEdit *>()); // open: its form is there
        // An inherited one is edited where it stands, also by Enter.
        click(segment(s("Coverage")));
        table->setFocus();
        table->setCurrentIndex(indexOf(table, "get-order", "request-id"));
        QTest::keyClick(table, Qt::Key_Return);
        auto *tree = named<QTreeView>(m_panel, s("Routes and what owns policies"));
        QCOMPARE(tree->currentIndex().data().toString(), s("main"));
    }

    void warnsOfUnusualOrderAndMendsIt()
    {
        open(s("get-order"));
        NoticeBar *notice = this->notice(s("key-auth stands after rate-limit"));
        QVERIFY(notice);
        QVERIFY2(notice->accessibleDescription().contains(s("before what counts or acts by consumer")), qPrintable(notice->accessibleDescription()));
        auto *usual = buttonOf(s("Usual order"));
        QVERIFY(usual);
        click(usual);
        QVERIFY2(text().indexOf("key-auth:") < text().indexOf("requests: 5,"), text().constData());
        QVERIFY(!this->notice(s("key-auth stands after rate-limit")));
        // Moved back by key, it is said again.
        QWidget *card = this->card(s("key-auth"));
        card->setFocus();
        QTest::keyClick(card, Qt::Key_Down, Qt::AltModifier);
        QTRY_VERIFY(this->notice(s("key-auth stands after rate-limit")));
        m_session->undoStack().undo();
        m_session->undoStack().undo();
        QCOMPARE(text(), workspace());
    }

    void altArrowsMoveWhatHasTheFocus()
    {
        open(s("health"));
        auto *tree = named<QTreeView>(m_panel, s("Routes and what owns policies"));
        QTest::keyClick(tree, Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(text(), workspace()); // nobody has said yet what matches when: nothing to move among
        m_fake->explain.places = {{"get-order", 0, 0}, {"health", 0, 1}, {"health-again", 0, 2}};
        Q_EMIT m_session->applied();
        QTest::keyClick(tree, Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(tree->indexBelow(tree->model()->index(0, 0)).data().toString(), s("health-again"));
        QVERIFY2(text().contains("match: { exact: /health }\n    priority: -1\n    to: { respond: { status: 204 } }"), text().constData());
        QCOMPARE(m_session->undoStack().undoText(), s("health behind health-again: priority -1 for health"));
        m_session->undoStack().undo();
        QCOMPARE(text(), workspace());
    }

    // By its grip, past the middle of the next one.
    void draggingACardChangesTheOrderInTheFile()
    {
        open(s("get-order"));
        QWidget *limit = card(s("rate-limit")), *auth = card(s("key-auth"));
        QVERIFY(limit && auth);
        const QPoint grip(limit->width() - scaled(56), scaled(17));
        QTest::mousePress(limit, Qt::LeftButton, {}, grip);
        const QPoint below = limit->mapFrom(auth->parentWidget(), auth->geometry().bottomLeft()) + QPoint(grip.x(), 2);
        for (const QPoint &at : {grip + QPoint(0, 10), below}) {
            QMouseEvent move(QEvent::MouseMove, at, limit->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(limit, &move);
        }
        QTest::mouseRelease(limit, Qt::LeftButton, {}, below);
        const QByteArray first = "      # Who is too fast waits.\n      - rate-limit: { requests: 5, per: 1s, by: consumer }   # each\n",
                         second = "      - key-auth: { header: x-api-key }\n", moved = workspace().replace(first + second, second + first);
        QCOMPARE(text(), moved); // its comments go with it
        QCOMPARE(m_session->undoStack().count(), 1);
        m_session->undoStack().undo();
        QCOMPARE(text(), workspace());
        m_session->undoStack().redo();
        m_session->save();
        QTRY_VERIFY(!m_session->dirty() && !m_session->saving());
        QFile file(m_folder->filePath(s("gatehouse.yaml")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), moved);
        Session again(m_fake->api(), QString());
        QString error;
        QVERIFY2(again.open(m_folder->path(), &error), qPrintable(error));
        QStringList chain;
        for (const PolicyEntryView &entry : chainOf(again.document(), OwnerKind::Route, s("get-order")))
            chain << entry.title;
        QCOMPARE(chain, QStringList({s("request-id"), s("burst"), s("key-auth"), s("rate-limit")}));
    }

    // What no field shows is said at the head of the form, with its place and its line, and mended in the text.
    void keyThatNoFieldShowsIsSaidAndMended()
    {
        open(s("health"));
        QVERIFY(put("routes[1].colour", schema::Node::scalar("red")));
        QTRY_VERIFY(notice(s("`colour` is not a key of this place.")));
        const QByteArray broken = text();
        const QByteArray before = broken.left(broken.indexOf("colour: red"));
        NoticeBar *said = notice(s("`colour` is not a key of this place."));
        QCOMPARE(said->accessibleDescription(), s("gatehouse.yaml:%1:5\ncolour: red").arg(before.count('\n') + 1));
        click(buttonOf(s("Show in the text")));
        auto *editor = m_panel->findChild<CodeEditor *>();
        QVERIFY(editor && editor->isVisible() && editor->view()->hasFocus());
        QCOMPARE(editor->text().split(QLatin1Char('\n')).value(editor->caretLine()), s("colour: red"));
        QVERIFY(fieldErrors().contains(s("Line %1: `colour` is not a key of this place").arg(editor->caretLine() + 1)));
        QTest::keyClick(editor->view(), Qt::Key_Home);
        QTest::keyClick(editor->view(), Qt::Key_End, Qt::ShiftModifier);
        QTest::keyClick(editor->view(), Qt::Key_Delete);
        QTest::keyClick(editor->view(), Qt::Key_Backspace);
        QCOMPARE(text(), workspace());
        QTRY_COMPARE(m_session->errorCount(), 0);
        QVERIFY(fieldErrors().isEmpty());
        // Gone to from elsewhere, it is the form again, at the way out.
        QVERIFY(put("routes[1].match.colour", schema::Node::scalar("red")));
        QTRY_COMPARE(m_session->errorCount(), 1);
        m_window->navigator()->openPath(s("routes[1].match.colour"), s("gatehouse.yaml"));
        QVERIFY(!editor->isVisible());
        QTRY_VERIFY(notice(s("`colour` is not a key of this place.")));
        QVERIFY(buttonOf(s("Show in the text"))->hasFocus());
        m_session->undoStack().undo();
        QTRY_VERIFY(!notice(s("`colour` is not a key of this place.")));
    }

    void errorAtAFieldIsSaidThereAlone()
    {
        open(s("health"));
        QVERIFY(put("routes[1].match.exact", schema::Node::string("health")));
        QTRY_COMPARE(fieldErrors().size(), 1);
        QCoreApplication::processEvents();
        QVERIFY(!buttonOf(s("Show in the text")));
        QVERIFY(put("routes[1].match.exact", schema::Node::string("/health")));
        QVERIFY(put("routes[1].to", schema::Node::map({{"upstream", schema::Node::scalar("order")}})));
        QTRY_COMPARE(fieldErrors(), QStringList(s("there is no upstream \"order\"; did you mean \"orders\"?")));
        QVERIFY(!buttonOf(s("Show in the text")));
    }

    void errorOfAPolicyLeadsToItsCard()
    {
        open(s("get-order"));
        QVERIFY(put("routes[0].policies[1].key-auth.colour", schema::Node::scalar("red")));
        QTRY_VERIFY(notice(s("`colour` is not a key of this place.")));
        click(buttonOf(s("Open the policy")));
        QVERIFY(card(s("key-auth"))->findChild<QLineEdit *>());
        // Of many the first few, and how many more.
        for (const char *key : {"a", "b", "c", "d"})
            QVERIFY(put((std::string("routes[0].") + key).c_str(), schema::Node::scalar("1")));
        const auto shown = [this] {
            int count = 0;
            for (NoticeBar *bar : m_panel->findChildren<NoticeBar *>())
                count += bar->isVisible() && bar->title().endsWith(s("is not a key of this place."));
            return count;
        };
        QTRY_COMPARE(m_session->errorCount(), 5);
        QTRY_COMPARE(shown(), 3);
        bool more = false;
        for (QLabel *label : m_panel->findChildren<QLabel *>())
            more = more || (label->isVisible() && label->text().startsWith(s("2 more")));
        QVERIFY(more);
    }

    void switchesACardByClick()
    {
        open(s("get-order"));
        auto *toggle = named<QAbstractButton>(m_panel, s("key-auth on"));
        QVERIFY(toggle && toggle->isChecked());
        click(toggle);
        QVERIFY(card(s("key-auth"))->accessibleName().contains(s("off")));
        const auto *enabled = m_session->document().at({"gatehouse.yaml", schema::Path::of("routes[0].policies[1].enabled"), 0});
        QVERIFY(enabled && enabled->text == "false");
        m_session->undoStack().undo();
        QVERIFY(named<QAbstractButton>(m_panel, s("key-auth on"))->isChecked());
    }

    void policyIsFoundByTypingAndAdded()
    {
        open(s("health"));
        m_window->activateWindow();
        QTest::keyClick(m_panel, Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        QWidget *menu = QApplication::activePopupWidget();
        QVERIFY(menu);
        auto *find = named<QLineEdit>(menu, s("Find a policy"));
        auto *list = named<QListWidget>(menu, s("Policies by task"));
        QVERIFY(find && list);
        const int all = list->count();
        QTest::keyClicks(find, s("rate"));
        QVERIFY(list->count() < all);
        QCOMPARE(list->currentItem()->text(), s("Rate limit"));
        QTest::keyClick(find, Qt::Key_Return);
        const auto *limit = m_session->document().at({"gatehouse.yaml", schema::Path::of("routes[1].policies[0].rate-limit.requests"), 0});
        QVERIFY(limit && limit->text == "100");
        QVERIFY(card(s("rate-limit"))->findChild<QLineEdit *>()); // open, to be filled in
        // By the arrow, past heads: the shared one.
        QTest::keyClick(m_panel, Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        menu = QApplication::activePopupWidget();
        QVERIFY(menu);
        find = named<QLineEdit>(menu, s("Find a policy"));
        for (int i = 0; i < all; ++i)
            QTest::keyClick(find, Qt::Key_Down);
        QTest::keyClick(find, Qt::Key_Return);
        const auto *shared = m_session->document().at({"gatehouse.yaml", schema::Path::of("routes[1].policies[1]"), 0});
        QVERIFY(shared && shared->text == "burst");
    }

    void inheritedCardLeadsToItsOwner()
    {
        open(s("get-order"));
        QWidget *card = this->card(s("burst"));
        QVERIFY(card);
        QTest::mouseClick(card, Qt::LeftButton, {}, QPoint(60, 20));
        auto *tree = named<QTreeView>(m_panel, s("Routes and what owns policies"));
        QCOMPARE(tree->currentIndex().data().toString(), s("public"));
        card = this->card(s("burst")); // the group's own: it opens, and says whom it changes
        QTest::keyClick(card, Qt::Key_Return);
        bool told = false;
        for (QLabel *label : card->findChildren<QLabel *>())
            told = told || label->text().startsWith(s("Changes"));
        QVERIFY(told);
    }

    void saysWhatIsInherited()
    {
        open(s("get-order"));
        QTRY_VERIFY2(labels().contains(s("Hosts: api.shop.localhost, from public")), qPrintable(labels()));
        QVERIFY2(labels().contains(s("Timeout: response 10s, from orders")), qPrintable(labels()));
        bool hint = false;
        for (QLabel *label : m_panel->findChildren<QLabel *>())
            hint = hint || (label->isVisible() && label->text() == s("After the group's prefix: /v1/orders/{id}"));
        QVERIFY(hint);
    }

    void tieOffersPriority()
    {
        open(s("health-again"));
        QTRY_VERIFY(notice(s("Ties with the route \"health\", which stands before it; file order decides.")));
        click(buttonOf(s("Set priority")));
        auto *field = qobject_cast<QLineEdit *>(QApplication::focusWidget());
        QVERIFY(field && field->accessibleName() == s("Priority"));
        QTest::keyClicks(field, s("10"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(text().contains("priority: 10"));
        QTRY_VERIFY(!notice(s("Ties with the route \"health\", which stands before it; file order decides.")));
    }

    void explainOpensAboveTheForm()
    {
        open(s("health-again"));
        QTRY_VERIFY(buttonOf(s("Explain it")));
        click(buttonOf(s("Explain it")));
        auto *line = named<QLineEdit>(m_panel, s("Explain a request"));
        QCOMPARE(line->text(), s("curl http://127.0.0.1/health"));
        auto *why = named<WhyView>(m_panel, s("What would happen"));
        QVERIFY(why);
        QCOMPARE(m_fake->explain.asked.back().url, std::string("http://127.0.0.1/health"));
        QVERIFY(line->hasFocus());
        QVERIFY(named<QPushButton>(m_panel, s("Match, Add condition"))); // the form stays below it
        const size_t asked = m_fake->explain.asked.size();
        QTest::keyClicks(line, s("/x"));
        QTRY_VERIFY(m_fake->explain.asked.size() > asked);
        QTest::keyClick(line, Qt::Key_Escape);
        QVERIFY(!why->isVisible());
    }

    void exampleFulfilsTheConditions()
    {
        const RouteEdits edits(*m_session);
        QCOMPARE(edits.exampleCurl(s("get-order")), s("curl http://api.shop.localhost/v1/orders/1 -H 'x-beta: 1'"));
        QCOMPARE(edits.exampleWords(s("get-order")), s("GET api.shop.localhost/v1/orders/1 with x-beta: 1"));
        QCOMPARE(edits.exampleCurl(s("health")), s("curl http://127.0.0.1/health"));
    }

    void conditionIsAddedByKeys()
    {
        open(s("health"));
        auto *add = named<QPushButton>(m_panel, s("Match, Add condition"));
        QVERIFY(add);
        QTimer::singleShot(0, this, [] {
            QWidget *menu = QApplication::activePopupWidget();
            QVERIFY(menu);
            QTest::keyClick(menu, Qt::Key_Down);
            QTest::keyClick(menu, Qt::Key_Return);
        });
        add->setFocus();
        QTest::keyClick(add, Qt::Key_Space);
        QTRY_VERIFY(named<QLineEdit>(m_panel, s("Hosts")));
        QTRY_COMPARE(m_window->focusWidget(), static_cast<QWidget *>(named<QLineEdit>(m_panel, s("Hosts"))));
    }

    void fitsWithoutSidewaysScrolling()
    {
        m_window->resize(960, 600);
        open(s("get-order"));
        QCoreApplication::processEvents();
        for (QAbstractScrollArea *area : m_panel->findChildren<QAbstractScrollArea *>())
            if (area->isVisible())
                QVERIFY2(!area->horizontalScrollBar()->isVisible() || area->horizontalScrollBar()->maximum() == 0, qPrintable(area->accessibleName() + QLatin1String(area->metaObject()->className())));
        for (QWidget *widget : m_panel->findChildren<QLineEdit *>())
            if (widget->isVisible())
                QVERIFY2(m_panel->rect().right() >= widget->mapTo(m_panel, QPoint(widget->width(), 0)).x() - 1, qPrintable(widget->accessibleName()));
    }

private:
    void click(QWidget *widget)
    {
        QVERIFY(widget);
        QTest::mouseClick(widget, Qt::LeftButton);
    }
    void open(const QString &route)
    {
        auto *tree = named<QTreeView>(m_panel, s("Routes and what owns policies"));
        QVERIFY(tree);
        const QModelIndexList found = tree->model()->match(tree->model()->index(0, 0), Qt::DisplayRole, route, 1, Qt::MatchExactly | Qt::MatchRecursive);
        QVERIFY(!found.isEmpty());
        tree->scrollTo(found.first());
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(found.first()).center());
        QCOMPARE(tree->currentIndex().data().toString(), route);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    QAbstractButton *segment(const QString &text) const
    {
        for (QAbstractButton *button : m_panel->findChildren<QAbstractButton *>())
            if (button->isCheckable() && button->text() == text)
                return button;
        return nullptr;
    }
    QPushButton *buttonOf(const QString &text) const
    {
        for (QPushButton *button : m_panel->findChildren<QPushButton *>())
            if (button->text() == text && button->isVisible())
                return button;
        return nullptr;
    }
    NoticeBar *notice(const QString &title) const
    {
        for (NoticeBar *bar : m_panel->findChildren<NoticeBar *>())
            if (bar->title() == title && bar->isVisible())
                return bar;
        return nullptr;
    }
    QWidget *card(const QString &title) const
    {
        for (QFrame *frame : m_panel->findChildren<QFrame *>())
            if (frame->isVisible() && frame->accessibleName().startsWith(s("Policy ") + title + QLatin1Char(',')))
                return frame;
        return nullptr;
    }
    static QModelIndex indexOf(QTableView *table, const char *route, const char *kind)
    {
        const QAbstractItemModel *model = table->model();
        for (int row = 0; row < model->rowCount(); ++row)
            for (int column = 1; column < model->columnCount(); ++column)
                if (model->index(row, 0).data().toString() == s(route) && model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() == s(kind))
                    return model->index(row, column);
        return {};
    }
    static QString cell(QTableView *table, const char *route, const char *kind) { return indexOf(table, route, kind).data().toString(); }
    QString labels() const
    {
        QString all;
        for (RunsLabel *label : m_panel->findChildren<RunsLabel *>())
            if (label->isVisible())
                all += toPlainText(label->runs()) + QLatin1Char('\n');
        return all;
    }
    bool put(const char *path, schema::Node value)
    {
        const bool done = bool(m_session->edit(schema::Patch::replace("gatehouse.yaml", schema::Path::of(path), std::move(value)), s("Put")));
        m_session->commit();
        return done;
    }
    QStringList fieldErrors() const
    {
        QStringList out;
        for (FieldError *error : m_panel->findChildren<FieldError *>())
            if (error->isVisible())
                out << error->text();
        return out;
    }
    QByteArray text() const { return QByteArray::fromStdString(m_session->document().text("gatehouse.yaml")); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
    Panel *m_panel = nullptr;
};

QTEST_MAIN(RoutesTest)
#include "tst_routes.moc"
