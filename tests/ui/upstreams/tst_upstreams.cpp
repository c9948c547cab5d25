// The panel of upstreams in the real window: endpoints taken out and brought back, kept so in the file, settings edited.
#include "gateway/policy/shapes.h"
#include "tests/support/fakeapi.h"
#include "ui/models/session.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/theme.h"
#include "ui/upstreams/delegates.h"
#include "ui/upstreams/endpointmodel.h"
#include "ui/upstreams/upstreamspanel.h"
#include "ui/widgets/states.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QTabBar>

using namespace gatehouse;
using namespace gatehouse::ui;

namespace {

constexpr char workspaceText[] = R"(gatehouse: 1
name: shop

upstreams:
  # Two of them.
  - name: orders
    endpoints:
      - http:@127.0.0.1:9001
      - { url: "http:@127.0.0.1:9002", weight: 2 }
    delivery:
      retry: { times: 1, methods: [ GET ] }

routes:
  - name: all
    match: { prefix: / }
    to: { upstream: orders }
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

class UpstreamsTest final : public QObject {
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
        m_window = std::make_unique<MainWindow>(QList<PanelInfo>{upstreamsPanel(m_fake->api(), *m_session)}, QString());
        ShellState state;
        state.workspace = s("shop");
        m_window->setState(state);
        m_window->resize(1280, 800);
        m_panel = m_window->showPanel(QLatin1String(panels::upstreams));
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }
    void cleanup()
    {
        m_window.reset();
        m_session.reset();
        m_fake.reset();
    }

    void takesOutKeepsSoAndBringsBack()
    {
        clickButtonOf(0);
        QVERIFY(m_fake->live.endpointFigures[0].out);
        QCOMPARE(text(), workspace()); // not written
        NoticeBar *notice = m_panel->findChild<NoticeBar *>();
        QVERIFY(notice && notice->isVisible());
        QCOMPARE(notice->title(), s("Taken out by hand: 127.0.0.1:9001"));
        click(s("Keep so in the workspace"));
        QVERIFY2(text().contains("enabled: false") && text().contains("# Two of them."), text().constData());
        const auto *url = m_session->document().at({"gatehouse.yaml", schema::Path::of("upstreams[0].endpoints[0].url"), 0});
        QVERIFY(url && url->text == "http://127.0.0.1:9001");
        QVERIFY(!notice->isVisible());
        m_session->undoStack().undo();
        QCOMPARE(text(), workspace());
        QVERIFY(notice->isVisible());
        m_session->undoStack().undo();
        QVERIFY(!m_fake->live.endpointFigures[0].out);
        QVERIFY(!notice->isVisible());
    }

    void anEndpointAtASocketIsNamedByItsPath()
    {
        QVERIFY(m_session->edit(schema::Patch::replace("gatehouse.yaml", schema::Path::of("upstreams[0].endpoints[0]"), schema::Node::string("unix:/run/orders.sock")), s("socket")));
        auto *list = named<QListView>(m_panel, s("Endpoints"));
        QVERIFY(list);
        const auto *row = list->model()->index(0, 0).data(EndpointListModel::RowRole).value<const EndpointRow *>();
        QVERIFY(row);
        QCOMPARE(row->name, s("/run/orders.sock"));
    }

    void bringsBackByTheNoticeAndByKey()
    {
        auto *list = named<QListView>(m_panel, s("Endpoints"));
        list->setFocus();
        list->setCurrentIndex(list->model()->index(1, 0));
        QTest::keyClick(list, Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(m_fake->live.endpointFigures[1].out);
        click(s("Bring back"));
        QVERIFY(!m_fake->live.endpointFigures[1].out);
    }

    void settingsFitTheirColumn()
    {
        QCoreApplication::processEvents();
        for (QScrollArea *area : m_panel->findChildren<QScrollArea *>()) {
            QVERIFY2(area->widget()->width() <= area->viewport()->width(), qPrintable(QStringLiteral("%1 in %2").arg(area->widget()->width()).arg(area->viewport()->width())));
            for (QWidget *widget : area->widget()->findChildren<QWidget *>())
                if (widget->isVisible())
                    QVERIFY2(widget->mapTo(area->widget(), QPoint(widget->width(), 0)).x() <= area->widget()->width(), qPrintable(widget->accessibleName() + QLatin1String(widget->metaObject()->className())));
        }
    }

    void narrowWindowMakesTabsOfTwoColumns()
    {
        QVERIFY(!named<QTabBar>(m_panel, s("Endpoints or Settings"))); // beside each other
        m_window->resize(960, 600);
        QTRY_VERIFY(named<QTabBar>(m_panel, s("Endpoints or Settings")));
        auto *tabs = named<QTabBar>(m_panel, s("Endpoints or Settings"));
        QVERIFY(named<QListView>(m_panel, s("Endpoints")) && !named<QLineEdit>(m_panel, s("Response")));
        tabs->setFocus();
        QTest::keyClick(tabs, Qt::Key_Right);
        QVERIFY(!named<QListView>(m_panel, s("Endpoints")) && named<QLineEdit>(m_panel, s("Response")));
        QTest::keyClick(tabs, Qt::Key_Left);
        // What is asked for is brought forward.
        QVERIFY(m_panel->open({Place::Kind::Path, QLatin1String(panels::upstreams), s("upstreams[0].delivery.timeout.response"), s("gatehouse.yaml"), 0}));
        QVERIFY(named<QLineEdit>(m_panel, s("Response")) && named<QLineEdit>(m_panel, s("Response"))->hasFocus());
        m_window->resize(1280, 800);
        QTRY_VERIFY(named<QListView>(m_panel, s("Endpoints")) && named<QLineEdit>(m_panel, s("Response")));
    }

    void methodsOfRetryByClick()
    {
        auto *put = named<QAbstractButton>(m_panel, s("Method PUT"));
        QVERIFY(put);
        QTest::mouseClick(put, Qt::LeftButton);
        QVERIFY2(text().contains("methods: [ GET, PUT ]"), text().constData());
    }

    void timeoutIsTyped()
    {
        auto *response = named<QLineEdit>(m_panel, s("Response"));
        QVERIFY(response);
        response->setFocus();
        QTest::keyClicks(response, s("3s"));
        QTest::keyClick(response, Qt::Key_Return);
        const auto *node = m_session->document().at({"gatehouse.yaml", schema::Path::of("upstreams[0].delivery.timeout.response"), 0});
        QVERIFY(node && node->text == "3s");
        // The problem of a wrong one is found by its path.
        response->selectAll();
        QTest::keyClicks(response, s("soon"));
        QVERIFY(response->property("error").toBool());
        m_panel->activate();
        QVERIFY(!response->hasFocus());
        QVERIFY(m_panel->open({Place::Kind::Path, QLatin1String(panels::upstreams), s("upstreams[0].delivery.timeout.response"), s("gatehouse.yaml"), 0}));
        QVERIFY(response->hasFocus());
    }

private:
    void clickButtonOf(int row)
    {
        auto *list = named<QListView>(m_panel, s("Endpoints"));
        QVERIFY(list);
        const QRect rect = list->visualRect(list->model()->index(row, 0));
        const EndpointColumns columns(rect.width());
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, QPoint(rect.left() + (columns.button + columns.end) / 2, rect.top() + scaled(18)));
    }
    void click(const QString &text)
    {
        QPushButton *found = nullptr;
        for (QPushButton *button : m_panel->findChildren<QPushButton *>())
            if (button->text() == text && button->isVisible())
                found = button;
        QVERIFY2(found, qPrintable(text));
        QTest::mouseClick(found, Qt::LeftButton);
    }
    QByteArray text() const { return QByteArray::fromStdString(m_session->document().text("gatehouse.yaml")); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
    Panel *m_panel = nullptr;
};

QTEST_MAIN(UpstreamsTest)
#include "tst_upstreams.moc"
