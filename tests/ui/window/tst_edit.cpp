// The whole window with the real engine, used like a person: a route is added, serves, is broken, is mended by undo; things are renamed,
// copied, deleted, saved. What stands in the file afterwards is known to the octet.
#include "tests/ui/window/window.h"
#include "ui/routes/routetree.h"
#include "ui/shell/rail.h"
#include "ui/shell/statusbar.h"
#include "ui/shell/tokens.h"
#include "ui/widgets/flatbutton.h"

#include <QtCore/QMimeData>
#include <QtGui/QDragEnterEvent>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QLabel>
#include <QtWidgets/QTableView>
#include <QtWidgets/QTreeView>

using namespace gatehouse;
using gatehouse::test::bodyOf;
using gatehouse::test::statusOf;
using gatehouse::test::waitFor;

namespace {

// Odd on purpose where nothing is edited.
const char *const workspace = R"(# The shop, kept by hand.
gatehouse: 1
name:   shop

listeners:
  - name: main
    address: 127.0.0.1:0   # any port

policies:
  - name: burst      # burst is what the name says
    rate-limit: { requests: 1000,   per: 1s }

groups:
  - name: public
    prefix: /v1
    policies: [ burst ]

mocks:
  - name: things
    responses: [ { status: 200,  json: { a: 1 } } ]

routes:
  # First of all.
  - name: hello
    match: { exact: /hello }
    policies: [ burst, { request-id: {} } ]
    to: { respond: { status: 200, body: "hi there" } }

  - name: health
    group:   "public"
    match: { exact: '/health' }
    to: { respond: { status: 204 } }
  - name: thing
    match: { prefix: /things }
    to: {mock: things}

  - name: old   # to be renamed
    match: { prefix: /old }
    to: { redirect: { location: /hello, status: 308 } }
)";

const char *const added = R"(  - name: orders
    match: { path: "/orders/{id}" }
    to: { respond: { status: 200, body: Hello } }
)";

std::string replaced(std::string text, const std::string &from, const std::string &to)
{
    size_t count = 0;
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size(), ++count)
        text.replace(at, from.size(), to);
    if (!count)
        qFatal("there is no %s", from.c_str());
    return text;
}

} // namespace

class TestEdit : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<test::WindowWithEngine> m_it;

    QTreeView *treeOf(ui::Panel *panel)
    {
        for (QTreeView *view : panel->findChildren<QTreeView *>())
            if (qobject_cast<ui::RouteTreeModel *>(view->model()))
                return view;
        return nullptr;
    }
    QTreeView *tree() { return treeOf(m_it->window().currentPanel()); }
    QModelIndex find(const QString &name) { return static_cast<ui::RouteTreeModel *>(tree()->model())->find(ui::OwnerKind::Route, name); }
    QStringList routesInTree()
    {
        QStringList names;
        for (const ui::RouteItem *item : static_cast<ui::RouteTreeModel *>(tree()->model())->routes())
            names << item->name;
        return names;
    }
    void select(const QString &route)
    {
        m_it->window().navigator()->openRoute(route);
        tree()->setFocus();
    }
    bool save()
    {
        m_it->key(Qt::Key_S, Qt::ControlModifier);
        return waitFor("the save", [this] { return !m_it->session().dirty() && !m_it->session().saving(); });
    }
    void undo() { m_it->key(Qt::Key_Z, Qt::ControlModifier); }
    // As a hand does it; the platform of tests has no drags of its own.
    bool drag(const QString &route, const QString &before) { return drag(tree(), find(route), find(before)); }
    static bool drag(QAbstractItemView *view, const QModelIndex &dragged, const QModelIndex &target)
    {
        view->scrollTo(target);
        const QPointF at(view->visualRect(target).center().x(), view->visualRect(target).top() + 1);
        const std::unique_ptr<QMimeData> carried(view->model()->mimeData({dragged}));
        QDragEnterEvent enter(at.toPoint(), Qt::MoveAction, carried.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(view->viewport(), &enter);
        QDragMoveEvent move(at.toPoint(), Qt::MoveAction, carried.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(view->viewport(), &move);
        if (!move.isAccepted()) {
            QDragLeaveEvent leave;
            QApplication::sendEvent(view->viewport(), &leave);
            return false;
        }
        QDropEvent drop(at, Qt::MoveAction, carried.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(view->viewport(), &drop);
        return true;
    }
    // The route that would take it, in the engine's words.
    QString explained(const std::string &path)
    {
        api::RequestSketch request;
        request.url = "http:" "/" "/localhost" + path;
        const auto why = m_it->api().explain.explain(request);
        return why && why->route ? QString::fromStdString(*why->route) : QString();
    }
    void undoAll()
    {
        while (m_it->session().undoStack().canUndo())
            undo();
    }

private Q_SLOTS:
    void initTestCase() { m_it = std::make_unique<test::WindowWithEngine>(workspace); }
    void cleanupTestCase() { m_it.reset(); }

    void addedRouteServes()
    {
        QCOMPARE(statusOf(m_it->get("/hello")), 200);
        const uint64_t before = m_it->revision();
        select(QStringLiteral("hello")); // a new route joins the group of the selected one; this one has none
        m_it->key(Qt::Key_N, Qt::ControlModifier);
        auto *name = qobject_cast<QLineEdit *>(QApplication::focusWidget());
        QVERIFY2(name, "the new route's name has the focus");
        QTest::keyClicks(name, QStringLiteral("orders"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(m_it->session().document().find("route", "orders").has_value());
        QLineEdit *path = m_it->field(QStringLiteral("/route"));
        QVERIFY2(path, "the new route's path is in the form");
        m_it->type(path, QStringLiteral("/orders/{id}"));
        QTest::keyClick(path, Qt::Key_Return);
        QVERIFY(waitFor("the edit to be applied", [&] { return m_it->revision() > before; }));
        QVERIFY(waitFor("the route to answer", [this] { return statusOf(m_it->get("/orders/42")) == 200; }));
        QCOMPARE(bodyOf(m_it->get("/orders/42")), std::string("Hello"));
        QCOMPARE(m_it->onDisk(), std::string(workspace)); // not saved yet
        QVERIFY(save());
        QCOMPARE(QString::fromStdString(m_it->onDisk()), QString::fromStdString(std::string(workspace) + added));
    }

    void brokenRouteSaysWhyAndTheOldOneRunsOn()
    {
        const uint64_t before = m_it->revision();
        QLineEdit *path = m_it->field(QStringLiteral("/orders/{id}"));
        QVERIFY(path);
        QCOMPARE(m_it->errorBelow(path), QString());
        const QImage fine = path->grab().toImage();
        m_it->type(path, QStringLiteral("/orders/{id"));
        QTest::keyClick(path, Qt::Key_Return);
        QVERIFY(path->property("error").toBool());
        const QString sentence = QStringLiteral("\"/orders/{id\" is not right here: the { is not closed; write {id}, or {id:int} for digits only");
        QCOMPARE(m_it->errorBelow(path), sentence);
        m_it->window().setFocus();
        const QColor red = ui::Tokens::current().server.fill, text = ui::Tokens::current().server.text;
        const auto hasRed = [&](const QImage &image) {
            for (int x = 0; x < 3; ++x)
                if (const QColor colour = image.pixelColor(x, image.height() / 2); colour == red || colour == text)
                    return true;
            return false;
        };
        QVERIFY2(hasRed(path->grab().toImage()), "the field's border is red");
        QVERIFY(!hasRed(fine));
        QVERIFY(waitFor("the state in the frame", [this] { return m_it->window().state().engine == ui::ShellState::Engine::LastGood; }));
        QVERIFY(waitFor("the engine to hear of it", [this] { return m_it->api().apply.status().lastGood; }));
        QCOMPARE(ui::toPlainText(m_it->window().topBar()->engineButton()->face().text), QStringLiteral("Last good version"));
        QCOMPARE(m_it->window().state().problems.size(), 1);
        QCOMPARE(m_it->window().state().problems.first().text, sentence);
        QCOMPARE(ui::toPlainText(m_it->window().statusStrip()->part(ui::StatusBar::Part::Problems)->face().text), QStringLiteral("1 error"));
        QCOMPARE(m_it->window().currentPanel()->badge().count, 1);
        QCOMPARE(find(QStringLiteral("orders")).data(ui::RouteTreeModel::ItemRole).value<const ui::RouteItem *>()->errors, 1);
        QCOMPARE(statusOf(m_it->get("/orders/42")), 200);
        QCOMPARE(m_it->revision(), before);
    }

    void undoMendsAndRedoBreaks()
    {
        undo();
        QVERIFY(waitFor("no error after undo", [this] { return m_it->session().errorCount() == 0; }));
        QLineEdit *path = m_it->field(QStringLiteral("/orders/{id}"));
        QVERIFY(path);
        QVERIFY(!path->property("error").toBool());
        QCOMPARE(m_it->errorBelow(path), QString());
        QCOMPARE(m_it->text(), std::string(workspace) + added);
        m_it->key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(waitFor("the error after redo", [this] { return m_it->session().errorCount() == 1; }));
        path = m_it->field(QStringLiteral("/orders/{id"));
        QVERIFY(path && path->property("error").toBool());
        undo();
        QVERIFY(waitFor("no error after the second undo", [this] { return m_it->session().errorCount() == 0; }));
        m_it->session().commit();
        QVERIFY(waitFor("the state in the frame", [this] { return m_it->window().state().engine == ui::ShellState::Engine::Running; }));
        QVERIFY(waitFor("the engine to have it", [this] { return !m_it->api().apply.status().lastGood; }));
    }

    void renamesWithAllThatRefersToIt()
    {
        std::string expected = std::string(workspace) + added;
        select(QStringLiteral("old"));
        QVERIFY(m_it->rename(QStringLiteral("old"), QStringLiteral("legacy")));
        expected = replaced(expected, "name: old ", "name: legacy ");
        QCOMPARE(m_it->text(), expected);

        m_it->window().navigator()->openPolicy({}, QStringLiteral("burst"));
        QVERIFY(m_it->rename(QStringLiteral("burst"), QStringLiteral("limit")));
        expected = replaced(expected, "name: burst ", "name: limit ");
        expected = replaced(expected, "policies: [ burst ]", "policies: [ limit ]");
        expected = replaced(expected, "policies: [ burst, ", "policies: [ limit, ");
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(expected));

        m_it->window().navigator()->openGroup(QStringLiteral("public"));
        QVERIFY(m_it->rename(QStringLiteral("public"), QStringLiteral("everyone")));
        expected = replaced(replaced(expected, "name: public", "name: everyone"), "group:   \"public\"", "group:   \"everyone\"");
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(expected));
        QCOMPARE(m_it->session().errorCount(), 0);

        // A name that is taken stays where it was, and says so.
        select(QStringLiteral("legacy"));
        QVERIFY(m_it->rename(QStringLiteral("legacy"), QStringLiteral("hello")));
        QCOMPARE(m_it->text(), expected);
        bool said = false;
        for (const QLabel *label : m_it->window().currentPanel()->findChildren<QLabel *>())
            said = said || (label->isVisible() && label->text().contains(QStringLiteral("taken by another route")));
        QVERIFY2(said, "the reason stands below the name");
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);

        QVERIFY(waitFor("the renamed to run", [this] { return statusOf(m_it->get("/v1/health")) == 204; }));
        QVERIFY(save());
        QCOMPARE(QString::fromStdString(m_it->onDisk()), QString::fromStdString(expected));
    }

    void anotherWindowShowsTheSame()
    {
        auto second = m_it->make();
        second->window().resize(1280, 800);
        second->window().show();
        second->openFirst(m_it->folder());
        QVERIFY(waitFor("the second gateway to run", [&] { return second->api().apply.status().state == api::EngineState::Running; }));
        QCOMPARE(second->session().document().text("gatehouse.yaml"), m_it->onDisk());
        ui::Panel *routes = second->window().showPanel(QLatin1String(ui::panels::routes));
        second->window().navigator()->openRoute(QStringLiteral("orders"));
        QStringList names;
        for (const ui::RouteItem *item : static_cast<ui::RouteTreeModel *>(treeOf(routes)->model())->routes())
            names << item->name;
        QCOMPARE(names, routesInTree());
        QVERIFY(names.contains(QStringLiteral("legacy")));
        bool shown = false;
        for (const QLineEdit *line : routes->findChildren<QLineEdit *>())
            shown = shown || (line->isVisible() && line->text() == QStringLiteral("/orders/{id}"));
        QVERIFY2(shown, "the route's path is in the second window's form");
        QCOMPARE(second->window().state().unsavedChanges, 0);
        second.reset();
        m_it->window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&m_it->window()));
    }

    void undoingAllGivesTheFirstOctetsBack()
    {
        const std::string edited = m_it->text();
        undoAll();
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromLatin1(workspace));
        QVERIFY(save());
        QCOMPARE(m_it->onDisk(), std::string(workspace));
        while (m_it->session().undoStack().canRedo())
            m_it->key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(edited));
        undoAll();
        QCOMPARE(m_it->text(), std::string(workspace));
    }

    // Dragged before another, a route is asked before it: its priority is set, in this one place of the file.
    void draggedRouteMatchesFirst()
    {
        QVERIFY(waitFor("the engine to know these routes", [this] {
            const auto order = m_it->api().explain.order();
            return order.size() == 4 && std::any_of(order.begin(), order.end(), [](const auto &place) { return place.route == "old"; });
        }));
        // By match: hello is exact, /things is longer than /old. The group's route stands in its group.
        QCOMPARE(routesInTree(), QStringList({QStringLiteral("hello"), QStringLiteral("thing"), QStringLiteral("old"), QStringLiteral("health")}));
        select(QStringLiteral("old"));
        QLineEdit *prefix = m_it->field(QStringLiteral("/old"));
        QVERIFY(prefix);
        m_it->type(prefix, QStringLiteral("/things"));
        QTest::keyClick(prefix, Qt::Key_Return);
        const std::string tied = replaced(workspace, "{ prefix: /old }", "{ prefix: /things }");
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(tied));
        QCOMPARE(explained("/things/1"), QStringLiteral("thing"));
        QCOMPARE(statusOf(m_it->get("/things/1")), 200); // they tie, and the first in the file wins
        const int steps = m_it->session().undoStack().count();

        select(QStringLiteral("old"));
        QVERIFY(drag(QStringLiteral("old"), QStringLiteral("hello")));
        const std::string head = "  - name: old   # to be renamed\n    match: { prefix: /things }\n";
        const std::string first = replaced(tied, head, head + "    priority: 1\n");
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(first));
        QCOMPARE(routesInTree(), QStringList({QStringLiteral("old"), QStringLiteral("hello"), QStringLiteral("thing"), QStringLiteral("health")}));
        QCOMPARE(m_it->session().undoStack().count(), steps + 1);
        QCOMPARE(m_it->session().undoStack().undoText(), QStringLiteral("old before hello: priority 1 for old"));
        QVERIFY(waitFor("the dragged route to win", [this] { return statusOf(m_it->get("/things/1")) == 308; }));
        QVERIFY(waitFor("the explanation to say so", [this] { return explained("/things/1") == QLatin1String("old"); }));
        QVERIFY(!drag(QStringLiteral("old"), QStringLiteral("health"))); // into a group: that would be another match, not another order

        undo();
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(tied));
        QVERIFY(waitFor("the first in the file to win again", [this] { return statusOf(m_it->get("/things/1")) == 200; }));
        m_it->key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(save());
        QCOMPARE(QString::fromStdString(m_it->onDisk()), QString::fromStdString(first));
        auto second = m_it->make();
        second->openFirst(m_it->folder());
        second->window().showPanel(QLatin1String(ui::panels::routes));
        QVERIFY(waitFor("the same order in another window", [&] {
            QStringList names;
            if (QTreeView *view = treeOf(second->window().currentPanel()))
                for (const ui::RouteItem *item : static_cast<ui::RouteTreeModel *>(view->model())->routes())
                    names << item->name;
            return names == routesInTree();
        }));
        second.reset();
        m_it->window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&m_it->window()));
    }

    void keysMoveARouteAmongThoseBesideIt()
    {
        const std::string before = m_it->text();
        select(QStringLiteral("old"));
        // Between hello and thing: with which it ties but for the file's order, so that hello has to be raised too.
        QTest::keyClick(tree(), Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(routesInTree().mid(0, 3), QStringList({QStringLiteral("hello"), QStringLiteral("old"), QStringLiteral("thing")}));
        QCOMPARE(QString::fromStdString(m_it->text()),
                 QString::fromStdString(replaced(before, "  - name: hello\n    match: { exact: /hello }\n", "  - name: hello\n    match: { exact: /hello }\n    priority: 1\n")));
        // At once again, before the engine has said anything: behind thing it needs none.
        QTest::keyClick(tree(), Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(routesInTree().mid(0, 3), QStringList({QStringLiteral("hello"), QStringLiteral("thing"), QStringLiteral("old")}));
        QVERIFY(!QString::fromStdString(m_it->text()).contains(QStringLiteral("{ prefix: /things }\n    priority")));
        QTest::keyClick(tree(), Qt::Key_Down, Qt::AltModifier); // nothing is below: nothing happens
        QVERIFY(waitFor("the order to be applied", [this] { return statusOf(m_it->get("/things/1")) == 200; }));
        undo();
        undo();
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(before));
        undoAll();
        QVERIFY(save());
        QCOMPARE(m_it->onDisk(), std::string(workspace));
    }

    // The table shows all routes in the order in which they are asked, whatever group they are of, and moves them in it.
    void tableMovesARouteAmongAll()
    {
        m_it->window().activateWindow();
        const auto segment = [this](const QString &text) {
            for (QAbstractButton *button : m_it->window().currentPanel()->findChildren<QAbstractButton *>())
                if (button->isCheckable() && button->text() == text)
                    QTest::mouseClick(button, Qt::LeftButton);
        };
        const auto asked = [this] {
            QStringList names;
            for (const api::RoutePlace &place : m_it->api().explain.order())
                names << QString::fromStdString(place.route);
            return names;
        };
        segment(QStringLiteral("Table"));
        QTableView *table = nullptr;
        for (QTableView *view : m_it->window().currentPanel()->findChildren<QTableView *>())
            table = view->isVisible() ? view : table;
        QVERIFY(table);
        const auto row = [&](const QString &route) { return table->model()->match(table->model()->index(0, 0), Qt::DisplayRole, route, 1, Qt::MatchExactly).value(0); };
        const auto shown = [&] {
            QStringList names;
            for (int i = 0; i < table->model()->rowCount(); ++i)
                names << table->model()->index(i, 0).data().toString();
            return names;
        };
        QVERIFY(waitFor("the engine to have it as it was", [&] { return asked().size() == 4 && m_it->api().explain.order().front().priority == 0 && shown() == asked(); }));
        const QStringList before = shown(), inTree = routesInTree();
        QVERIFY(before.indexOf(QStringLiteral("health")) < before.indexOf(QStringLiteral("thing"))); // the group's exact one before a prefix without one

        // Dragged before the group's: the tree stays as it was, the table and the engine do not.
        QVERIFY(drag(table, row(QStringLiteral("thing")), row(QStringLiteral("health"))));
        QStringList wanted = before;
        wanted.removeAll(QStringLiteral("thing"));
        wanted.insert(wanted.indexOf(QStringLiteral("health")), QStringLiteral("thing"));
        QCOMPARE(shown(), wanted);
        QVERIFY(table->isVisible());
        QCOMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("thing"));
        QVERIFY(m_it->session().undoStack().undoText().startsWith(QStringLiteral("thing before health: priority ")));
        QVERIFY(waitFor("the engine to ask in this order", [&] { return asked() == wanted; }));
        QCOMPARE(shown(), wanted);
        undo();
        QCOMPARE(shown(), before);
        QCOMPARE(m_it->text(), std::string(workspace));
        QCOMPARE(routesInTree(), inTree);

        // By keys to the top, and back down.
        table->setFocus();
        table->setCurrentIndex(row(QStringLiteral("old")));
        for (int i = 0; i < 3; ++i)
            QTest::keyClick(table, Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(shown().first(), QStringLiteral("old"));
        QTest::keyClick(table, Qt::Key_Up, Qt::AltModifier); // nothing is above
        // Each step is for itself: what it passes on the way has to stay above what is below.
        std::string first = workspace;
        for (const auto &[line, priority] : {std::pair<std::string, int>{"    match: { prefix: /old }\n", 3}, {"    match: { exact: /hello }\n", 2}, {"    match: { exact: '/health' }\n", 1}})
            first = replaced(first, line, line + "    priority: " + std::to_string(priority) + '\n');
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(first));
        QVERIFY(save());
        QCOMPARE(QString::fromStdString(m_it->onDisk()), QString::fromStdString(first));
        for (int i = 0; i < 3; ++i)
            QTest::keyClick(table, Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(shown(), before);
        undoAll();
        QVERIFY(save());
        QCOMPARE(m_it->onDisk(), std::string(workspace));
        segment(QStringLiteral("Tree"));
    }

    void deletesOnlyWhatItSays()
    {
        select(QStringLiteral("thing"));
        QTest::keyClick(tree(), Qt::Key_Delete);
        QCOMPARE(QString::fromStdString(m_it->text()), QString::fromStdString(replaced(workspace, "  - name: thing\n    match: { prefix: /things }\n    to: {mock: things}\n", "")));
        QVERIFY(!routesInTree().contains(QStringLiteral("thing")));
        undo();
        QCOMPARE(m_it->text(), std::string(workspace));
        QVERIFY(routesInTree().contains(QStringLiteral("thing")));
    }

    void duplicateStandsBehindItsOriginal()
    {
        select(QStringLiteral("thing"));
        m_it->key(Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(QString::fromStdString(m_it->text()),
                 QString::fromStdString(replaced(workspace, "    to: {mock: things}\n\n", "    to: {mock: things}\n\n  - name: thing-2\n    match: { prefix: /things }\n    to: { mock: things }\n")));
        QVERIFY(routesInTree().contains(QStringLiteral("thing-2")));
        undo();
        QCOMPARE(m_it->text(), std::string(workspace));
    }
};

QTEST_MAIN(TestEdit)
#include "tst_edit.moc"
