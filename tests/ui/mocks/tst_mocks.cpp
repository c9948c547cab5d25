// The panel of mocks in the real window, over a real workspace on disk: keys and clicks in, the file's bytes out.
#include "gateway/policy/shapes.h"
#include "tests/support/fakeapi.h"
#include "tests/support/support.h"
#include "ui/mocks/mockspanel.h"
#include "ui/models/session.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/theme.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>

using namespace gatehouse;
using namespace gatehouse::ui;

namespace {

constexpr char workspaceText[] = R"(gatehouse: 1
name: shop

listeners:
  - name: main
    address: 127.0.0.1:8080

routes:
  - name: products  # the catalogue
    match: { path: "/v1/products/{sku}" }
    to: { mock: product }

mocks:
  # kept as it is
  - name: product
    responses:
      - when: { path: { sku: missing } }
        status: 404
        latency: 5ms
        json: { error: not found }
      - when: { headers: { x-chaos: "1" } }
        status: 503
        latency: 200ms
      - status: 200
        latency: { distribution: lognormal, median: 80ms, sigma: 0.3 }
        json: { sku: sku-8821, price: 84.90 }
  - name: inventory
    responses:
      - status: 204
    mode: sequence
)";

template <typename T>
T *named(QWidget *in, const QString &name)
{
    for (T *widget : in->findChildren<T *>())
        if (widget->accessibleName() == name && widget->isVisibleTo(in))
            return widget;
    return nullptr;
}

QString s(const char *text) { return QString::fromUtf8(text); }

} // namespace

class MocksTest final : public QObject {
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
        file.write(workspaceText);
        file.close();
        m_fake = std::make_unique<test::FakeApi>();
        m_fake->live.hits = {{"product", {3, 1, 96}}};
        m_fake->explain.answer = [](const api::RequestSketch &request) -> Result<observe::Explanation> {
            observe::Explanation why;
            if (request.url.starts_with("/v1/products/")) {
                why.route = "products";
                why.target = observe::TargetKind::Mock;
                why.targetName = "product";
                observe::Candidate winner;
                winner.route = "products";
                winner.matched = winner.won = true;
                winner.captures = {{"sku", request.url.substr(13)}};
                why.candidates = {winner};
            }
            return why;
        };
        m_session = std::make_unique<Session>(m_fake->api(), QString());
        QString error;
        QVERIFY2(m_session->open(m_folder->path(), &error), qPrintable(error));
        m_window = std::make_unique<MainWindow>(QList<PanelInfo>{mocksPanel(m_fake->api(), *m_session)}, QString());
        ShellState state;
        state.workspace = s("shop");
        state.engine = ShellState::Engine::Running;
        state.addresses = {s("127.0.0.1:8080")};
        m_window->setState(state);
        m_window->resize(1280, 800);
        m_panel = m_window->showPanel(QLatin1String(panels::mocks));
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

    void saysWhatAnswersAndWhy()
    {
        QListView *responses = named<QListView>(m_panel, s("Responses in order of match"));
        QVERIFY(responses);
        QCOMPARE(responses->model()->rowCount(), 3);
        QVERIFY(responses->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().contains(s("path.sku = missing")));
        // The path of the route with the name of its segment in place.
        QLineEdit *path = named<QLineEdit>(m_panel, s("Path"));
        QCOMPARE(path->text(), s("/v1/products/sku"));
        QTRY_VERIFY(responses->model()->index(2, 0).data(Qt::AccessibleTextRole).toString().contains(s("answers the preview")));
        path->setFocus();
        path->selectAll();
        QTest::keyClicks(path, s("/v1/products/missing"));
        QTRY_VERIFY(responses->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().contains(s("answers the preview")));
        path->selectAll();
        QTest::keyClicks(path, s("/v1/products/a"));
        QTRY_VERIFY(labels().contains(s("wants missing got a")));
        QVERIFY(labels().contains(s("x-chaos wants 1 got nothing")) || labels().contains(s("headers.x-chaos wants 1 got nothing")));
        path->selectAll();
        QTest::keyClicks(path, s("/elsewhere"));
        QTRY_VERIFY(labels().contains(s("No route takes it")));
    }

    void editsStatusInPlaceAndUndoes()
    {
        select(1);
        QLineEdit *status = named<QLineEdit>(m_panel, s("Status"));
        QVERIFY(status);
        QCOMPARE(status->text(), s("503"));
        status->setFocus();
        status->selectAll();
        QTest::keyClicks(status, s("429"));
        QCOMPARE(saved(), QByteArray(workspaceText).replace("status: 503", "status: 429"));
        status->selectAll();
        QTest::keyClicks(status, s("9"));
        QTRY_VERIFY(m_session->errorCount() > 0);
        bool told = false;
        for (FieldError *error : m_panel->findChildren<FieldError *>())
            told = told || (error->isVisible() && !error->text().isEmpty());
        QVERIFY(told);
        while (m_session->undoStack().canUndo())
            m_session->undoStack().undo();
        QCOMPARE(saved(), QByteArray(workspaceText));
    }

    void reordersByKey()
    {
        select(0);
        QListView *responses = named<QListView>(m_panel, s("Responses in order of match"));
        responses->setFocus();
        QTest::keyClick(responses, Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(responses->currentIndex().row(), 1);
        QVERIFY(responses->model()->index(0, 0).data().toString().startsWith(s("503")));
        const QByteArray text = saved();
        QVERIFY(text.indexOf("status: 503") < text.indexOf("status: 404"));
        QVERIFY(text.contains("# kept as it is") && text.contains("# the catalogue"));
    }

    void addsDuplicatesDeletes()
    {
        QListView *responses = named<QListView>(m_panel, s("Responses in order of match"));
        responses->setFocus();
        responses->setCurrentIndex(responses->model()->index(1, 0));
        QTest::keyClick(responses, Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(responses->model()->rowCount(), 4);
        QCOMPARE(responses->currentIndex().row(), 2);
        QTest::keyClick(responses, Qt::Key_Delete);
        QCOMPARE(responses->model()->rowCount(), 3);
        QCOMPARE(m_session->document().text("gatehouse.yaml"), std::string(workspaceText));
    }

    void renamesWithReferences()
    {
        QListView *list = named<QListView>(m_panel, s("Mocks"));
        list->setFocus();
        QTest::keyClick(list, Qt::Key_F2);
        QLineEdit *name = named<QLineEdit>(m_panel, s("Name"));
        QVERIFY(name && name->hasFocus());
        QTest::keyClicks(name, s("inventory"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(name->isVisible()); // taken
        name->selectAll();
        QTest::keyClicks(name, s("shirts"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(!name->isVisible());
        const QByteArray text = saved();
        QCOMPARE(text, QByteArray(workspaceText).replace("mock: product }", "mock: shirts }").replace("name: product\n", "name: shirts\n"));
    }

    void typesTheBody()
    {
        select(2);
        CodeEditor *code = nullptr;
        for (CodeEditor *editor : m_panel->findChildren<CodeEditor *>())
            if (editor->isVisible() && editor->view()->accessibleName() == s("Body"))
                code = editor;
        QVERIFY(code);
        QVERIFY(code->text().contains(s("\"sku\": \"sku-8821\"")));
        code->view()->setFocus();
        QTest::keyClick(code->view(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(code->view(), s("{\"a\":1}"));
        const schema::Node *json = m_session->document().at({"gatehouse.yaml", schema::Path::of("mocks[0].responses[2].json"), 0});
        QVERIFY(json && json->find("a"));
        QVERIFY(!json->find("sku"));
        QCOMPARE(code->text(), s("{\"a\":1}")); // as typed
    }

    void changesTheMode()
    {
        auto *mode = named<QComboBox>(m_panel, s("How a response is chosen"));
        mode->setFocus();
        QTest::keyClick(mode, Qt::Key_Down);
        QVERIFY(saved().contains("mode: sequence"));
        QCOMPARE(m_session->document().at({"gatehouse.yaml", schema::Path::of("mocks[0].mode"), 0})->text, std::string("sequence"));
    }

    void latencyIsChosenByKeys()
    {
        select(0);
        auto *kind = named<QComboBox>(m_panel, s("Latency"));
        QVERIFY(kind);
        QCOMPARE(kind->currentText(), s("Fixed"));
        kind->setFocus();
        QTest::keyClick(kind, Qt::Key_Down);
        const auto latency = [this](const char *key) {
            const schema::Node *node = m_session->document().at({"gatehouse.yaml", schema::Path::of(std::string("mocks[0].responses[0].latency") + key), 0});
            return node ? QString::fromStdString(node->text) : QString();
        };
        QCOMPARE(latency(".distribution"), s("lognormal"));
        QCOMPARE(latency(".median"), s("5ms"));
        QVERIFY(kind->hasFocus());
        QTest::keyClick(kind, Qt::Key_Down);
        QTest::keyClick(kind, Qt::Key_Down);
        QCOMPARE(latency(".distribution"), s("uniform"));
        QTest::keyClick(kind, Qt::Key_Home);
        QVERIFY(!m_session->document().at({"gatehouse.yaml", schema::Path::of("mocks[0].responses[0].latency"), 0}));
        QVERIFY(kind->hasFocus());
        QTest::keyClick(kind, Qt::Key_F); // by its letter
        QCOMPARE(kind->currentText(), s("Fixed"));
        QVERIFY(!latency("").isEmpty());
    }

    void looks()
    {
        const QString folder = qEnvironmentVariable("GATEHOUSE_GRABS");
        if (folder.isEmpty())
            QSKIP("GATEHOUSE_GRABS names no folder for pictures.");
        select(2);
        for (const ThemeChoice theme : {ThemeChoice::Dark, ThemeChoice::Light}) {
            Theme::instance()->setChoice(theme);
            QTest::qWait(300);
            QVERIFY(m_window->grab().save(folder + (theme == ThemeChoice::Dark ? s("/mocks-dark.png") : s("/mocks-light.png"))));
        }
    }

private:
    void select(int row)
    {
        QListView *responses = named<QListView>(m_panel, s("Responses in order of match"));
        responses->setCurrentIndex(responses->model()->index(row, 0));
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    QString labels() const
    {
        QString all;
        for (RunsLabel *label : m_panel->findChildren<RunsLabel *>())
            if (label->isVisible())
                all += toPlainText(label->runs()) + QLatin1Char('\n');
        return all;
    }
    QByteArray saved()
    {
        m_session->save();
        if (!test::waitFor("the save", [this] { return !m_session->saving(); }) || m_session->saveError())
            return "not saved";
        QFile file(m_folder->filePath(s("gatehouse.yaml")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
    Panel *m_panel = nullptr;
};

QTEST_MAIN(MocksTest)
#include "tst_mocks.moc"
