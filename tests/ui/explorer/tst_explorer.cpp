// The explorer in the real window: typed, pasted, sent, cancelled, saved; and the files it leaves.
#include "gateway/policy/shapes.h"
#include "tests/support/fakeapi.h"
#include "ui/explorer/explorerpanel.h"
#include "ui/explorer/savedrequest.h"
#include "ui/models/session.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtGui/QClipboard>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTreeWidget>

using namespace gatehouse;
using namespace gatehouse::ui;

namespace {

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

class ExplorerTest final : public QObject {
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
        write(s("gatehouse.yaml"), "gatehouse: 1\nname: shop\n");
        write(s("environments/local.yaml"), "base: http://127.0.0.1:8080\ntenant: acme\n");
        write(s("requests/orders/create-order.yaml"), "name: Create order\nmethod: POST\nurl: ${base}/v1/orders?dry=1\nheaders:\n  - { name: accept, value: application/json }\nbody: '{\"customer\": \"${tenant}\"}'\n");
        m_fake = std::make_unique<test::FakeApi>();
        m_session = std::make_unique<Session>(m_fake->api(), QString());
        QString error;
        QVERIFY2(m_session->open(m_folder->path(), &error), qPrintable(error));
        m_window = std::make_unique<MainWindow>(QList<PanelInfo>{explorerPanel(m_fake->api(), *m_session)}, QString());
        ShellState state;
        state.workspace = s("shop");
        state.engine = ShellState::Engine::Running;
        state.addresses = {s("127.0.0.1:8080")};
        m_window->setState(state);
        m_window->resize(1280, 800);
        m_panel = m_window->showPanel(QLatin1String(panels::explorer));
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_panel->activate();
    }
    void cleanup()
    {
        m_window.reset();
        m_session.reset();
        m_fake.reset();
    }

    void sendsWhatIsTypedAndShowsTheAnswer()
    {
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        QVERIFY(url && url->hasFocus());
        QTest::keyClicks(url, s("/v1/orders?page=2"));
        QTRY_VERIFY(labels().contains(s("will go to")));
        QTest::keyClick(url, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_fake->send.calls.size(), size_t(1));
        QCOMPARE(m_fake->send.calls[0].request.url, std::string("/v1/orders?page=2"));
        QVERIFY(m_fake->send.calls[0].via == api::Send::Via::Gateway);
        QTRY_VERIFY(labels().contains(s("200")));
        auto *history = named<QListWidget>(m_panel, s("History"));
        QCOMPARE(history->count(), 1);
        QCOMPARE(history->item(0)->text(), s("/v1/orders"));
    }

    void escapeCancels()
    {
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        QTest::keyClicks(url, s("/slow"));
        QTest::keyClick(url, Qt::Key_Return, Qt::ControlModifier);
        QTest::keyClick(url, Qt::Key_Escape);
        QCOMPARE(m_fake->send.cancelled.size(), size_t(1));
        QCoreApplication::processEvents();
        QVERIFY(!named<QListWidget>(m_panel, s("History"))); // nothing to list
    }

    void saysWhyThereIsNoAnswer()
    {
        m_fake->send.answer = {};
        m_fake->send.answer.error = "Port 8080 does not answer.";
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        QTest::keyClicks(url, s("/v1/orders"));
        QTest::keyClick(url, Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(labels().contains(s("Port 8080 does not answer.")));
    }

    void pastedCurlFillsTheForm()
    {
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        QApplication::clipboard()->setText(s("curl -X PUT http://127.0.0.1:8080/v1/a -H 'x-one: 1' -d '{\"b\":2}'"));
        url->paste();
        QCOMPARE(url->text(), s("http://127.0.0.1:8080/v1/a"));
        QCOMPARE(named<QComboBox>(m_panel, s("Method"))->currentText(), s("PUT"));
        QTest::keyClick(url, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        const QString line = QApplication::clipboard()->text();
        QVERIFY2(line.contains(s("x-one: 1")) && line.contains(s("{\"b\":2}")) && line.contains(s("PUT")), qPrintable(line));
    }

    void opensSavesAndKeepsVariables()
    {
        QVERIFY(m_panel->open({Place::Kind::Request, QLatin1String(panels::explorer), s("orders/create-order.yaml"), {}, 0}));
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        QCOMPARE(url->text(), s("${base}/v1/orders?dry=1"));
        url->setFocus();
        url->end(false);
        QTest::keyClicks(url, s("&page=2"));
        auto *tabs = named<QTabBar>(m_panel, s("Open requests"));
        QCOMPARE(tabs->tabToolTip(tabs->currentIndex()), s("Not saved"));
        QVERIFY(tabs->tabButton(tabs->currentIndex(), QTabBar::RightSide)->property("unsaved").toBool());
        QTest::keyClick(url, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(tabs->tabToolTip(tabs->currentIndex()).isEmpty());
        QVERIFY(!tabs->tabButton(tabs->currentIndex(), QTabBar::RightSide)->property("unsaved").toBool());
        const QByteArray text = read(s("requests/orders/create-order.yaml"));
        QVERIFY2(text.contains("url: ${base}/v1/orders?dry=1&page=2"), text.constData());
        QVERIFY(text.contains("${tenant}"));
        QTest::keyClick(url, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_fake->send.calls.back().request.url, std::string("http://127.0.0.1:8080/v1/orders?dry=1&page=2"));
        QCOMPARE(m_fake->send.calls.back().request.body, std::string("{\"customer\": \"acme\"}"));
    }

    void savesANewOneAsAFile()
    {
        m_panel->newItem();
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        QTest::keyClicks(url, s("/v1/products"));
        QTest::keyClick(url, Qt::Key_S, Qt::ControlModifier);
        const auto back = readRequest(read(s("requests/products.yaml")).toStdString(), s("products.yaml"));
        QVERIFY(back);
        QCOMPARE(back->url, s("/v1/products"));
    }

    void closingAsksAnewOnceTypedOn()
    {
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        auto *tabs = named<QTabBar>(m_panel, s("Open requests"));
        QTest::keyClicks(url, s("/v1/orders"));
        QTest::keyClick(url, Qt::Key_W, Qt::ControlModifier);
        QVERIFY(errors().contains(s("close again to drop it")));
        QCOMPARE(url->text(), s("/v1/orders")); // still there
        QTest::keyClicks(url, s("/4711"));
        QVERIFY(!errors().contains(s("close again to drop it")));
        QTest::keyClick(url, Qt::Key_W, Qt::ControlModifier);
        QVERIFY(errors().contains(s("close again to drop it")));
        QCOMPARE(url->text(), s("/v1/orders/4711"));
        QTest::keyClick(url, Qt::Key_W, Qt::ControlModifier);
        QCOMPARE(tabs->count(), 1);
        QTRY_VERIFY(named<QLineEdit>(m_panel, s("URL")) && named<QLineEdit>(m_panel, s("URL"))->text().isEmpty());
    }

    void deletesAndTakesBack()
    {
        auto *tree = named<QTreeWidget>(m_panel, s("Saved requests"));
        const QByteArray before = read(s("requests/orders/create-order.yaml"));
        tree->setFocus();
        tree->setCurrentItem(tree->topLevelItem(0)->child(0));
        QTest::keyClick(tree, Qt::Key_Delete);
        QVERIFY(!QFile::exists(m_folder->filePath(s("requests/orders/create-order.yaml"))));
        m_session->undoStack().undo();
        QCOMPARE(read(s("requests/orders/create-order.yaml")), before);
        QCOMPARE(tree->topLevelItemCount(), 1);
    }

    void unknownVariableIsNotSent()
    {
        QLineEdit *url = named<QLineEdit>(m_panel, s("URL"));
        QTest::keyClicks(url, s("${nowhere}/x"));
        QTest::keyClick(url, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(m_fake->send.calls.empty());
        bool told = false;
        for (FieldError *error : m_panel->findChildren<FieldError *>())
            told = told || (error->isVisible() && error->text().contains(s("nowhere")));
        QVERIFY(told);
    }

    void requestsSurviveTheirFile()
    {
        SavedRequest request;
        request.name = s("Odd: one");
        request.method = s("PATCH");
        request.url = s("/a?b=${c}");
        request.body = s("line 1\n  line 2: x\n");
        KeyValue header;
        header.name = s("x-a");
        header.value = s("true");
        header.enabled = false;
        request.headers << header;
        const auto back = readRequest(writeRequest(request), s("odd.yaml"));
        QVERIFY(back);
        QCOMPARE(*back, request);
        QCOMPARE(fileOfName(s("orders/Create order!")), s("orders/create-order.yaml"));
    }

    void looks()
    {
        const QString folder = qEnvironmentVariable("GATEHOUSE_GRABS");
        if (folder.isEmpty())
            QSKIP("GATEHOUSE_GRABS names no folder for pictures.");
        m_panel->open({Place::Kind::Request, QLatin1String(panels::explorer), s("orders/create-order.yaml"), {}, 0});
        QTest::keyClick(named<QLineEdit>(m_panel, s("URL")), Qt::Key_Return, Qt::ControlModifier);
        for (const ThemeChoice theme : {ThemeChoice::Dark, ThemeChoice::Light}) {
            Theme::instance()->setChoice(theme);
            QTest::qWait(300);
            QVERIFY(m_window->grab().save(folder + (theme == ThemeChoice::Dark ? s("/explorer-dark.png") : s("/explorer-light.png"))));
        }
    }

private:
    void write(const QString &name, const QByteArray &text)
    {
        const QString path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    QByteArray read(const QString &name) const
    {
        QFile file(m_folder->filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QString errors() const
    {
        QString all;
        for (FieldError *error : m_panel->findChildren<FieldError *>())
            if (error->isVisible())
                all += error->text() + QLatin1Char('\n');
        return all;
    }
    QString labels() const
    {
        QString all;
        for (RunsLabel *label : m_panel->findChildren<RunsLabel *>())
            if (label->isVisible())
                all += toPlainText(label->runs()) + QLatin1Char('\n');
        return all;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
    Panel *m_panel = nullptr;
};

QTEST_MAIN(ExplorerTest)
#include "tst_explorer.moc"
