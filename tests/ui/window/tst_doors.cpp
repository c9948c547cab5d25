// The whole window with the real engine: what the dashboard counts opens in Traffic, and any route says why it did not take a request.
#include "app/gui/application.h"
#include "gateway/policy/shapes.h"
#include "tests/support/support.h"
#include "ui/dashboard/tile.h"
#include "ui/shell/theme.h"
#include "ui/traffic/chiprow.h"
#include "ui/traffic/detailpane.h"
#include "ui/traffic/exchangetable.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/picklist.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>

#include <algorithm>
#include <numeric>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

const char *const workspace = R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0
policies:
  - name: burst
    rate-limit: { requests: 3, per: 1h, burst: 6 }
routes:
  - name: hello
    match: { exact: /hello }
    policies: [ burst ]
    to: { respond: { status: 200, body: "hi there" } }
  - name: elsewhere
    match: { hosts: [ elsewhere.localhost ], exact: /hello }
    to: { respond: { status: 204 } }
)";

} // namespace

class DoorsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_CONFIG_HOME", (m_folder.path() + QStringLiteral("/config")).toUtf8());
        qputenv("XDG_DATA_HOME", (m_folder.path() + QStringLiteral("/data")).toUtf8());
        policy::registerShapes();
        ui::Theme::install(*qApp);
        QDir().mkpath(m_folder.path() + QStringLiteral("/shop"));
        std::string text = workspace; // with more routes than Why lists by itself, the one that is asked about behind them
        for (int i = 0; i < 12; ++i)
            text += "  - name: near-" + std::to_string(i) + "\n    match: { exact: /hello, methods: [ POST ], headers: { x-n: \"" + std::to_string(i) + "\" } }\n    to: { respond: { status: 204 } }\n";
        text += "  - name: far\n    match: { exact: /far/away }\n    to: { respond: { status: 204 } }\n";
        test::writeFile(m_folder.path() + QStringLiteral("/shop/gatehouse.yaml"), text);
        QDir().mkpath(m_folder.path() + QStringLiteral("/shop/environments"));
        test::writeFile(m_folder.path() + QStringLiteral("/shop/environments/local.yaml"), "stage: test\n");
        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        m_application = std::make_unique<gui::Application>(options);
        m_application->window().resize(1280, 800);
        m_application->window().show();
        m_application->openFirst(m_folder.path() + QStringLiteral("/shop"));
        QVERIFY(waitFor("the gateway to run", [this] { return m_application->api().apply.status().state == api::EngineState::Running; }));
        // Shown before the engine had started: it says so by itself once it listens.
        QVERIFY(waitFor("the empty list to say where the gateway listens", [this] {
            const auto labels = window().currentPanel()->findChildren<QLabel *>();
            return std::any_of(labels.begin(), labels.end(), [](const QLabel *label) { return label->isVisible() && label->text().startsWith(QStringLiteral("Gatehouse listens at")); });
        }));
        int answered = 0;
        for (int i = 0; i < 9; ++i) {
            api::RequestSketch sketch;
            sketch.url = "/hello";
            m_application->api().send.send(sketch, api::Send::Via::Gateway, [&answered](const api::Sent &) { ++answered; });
        }
        QVERIFY(waitFor("nine answers", [&] { return answered == 9; }));
    }

    void environmentsAreEditedFromTheirMenu()
    {
        window().navigator()->openSetting(QStringLiteral("/environments"));
        ui::Panel *settings = window().currentPanel();
        QLineEdit *editor = nullptr;
        for (QLineEdit *field : settings->findChildren<QLineEdit *>())
            if (field->accessibleName() == QStringLiteral("Editor command"))
                editor = field;
        QVERIFY(editor);
        auto *open = qobject_cast<QPushButton *>(window().focusWidget());
        QVERIFY2(open, "the focus stands where environments are opened");
        QCOMPARE(open->text(), QStringLiteral("Open local"));
        editor->setText(QStringLiteral("cp %f %f.opened"));
        Q_EMIT editor->editingFinished();
        open->click();
        QVERIFY(waitFor("the file to be opened", [this] { return QFile::exists(m_folder.path() + QStringLiteral("/shop/environments/local.yaml.opened")); }));
        editor->clear();
        Q_EMIT editor->editingFinished();
    }

    void whatTheDashboardCountsOpensInTraffic()
    {
        window().showPanel(QLatin1String(ui::panels::dashboard));
        const auto *heat = window().currentPanel()->findChild<ui::HeatMap *>();
        QVERIFY(waitFor("nine requests on the heat map", [&] {
            uint64_t counted = 0;
            for (const auto &column : heat->data().columns)
                counted += std::accumulate(column.begin(), column.end(), uint64_t(0));
            return counted == 9;
        }));
        for (ui::Tile *tile : window().currentPanel()->findChildren<ui::Tile *>())
            if (tile->text() == QStringLiteral("Throttled"))
                QTest::mouseClick(tile, Qt::LeftButton);
        const auto *table = window().currentPanel()->findChild<ui::ExchangeTable *>();
        QVERIFY2(table, "the door leads to Traffic");
        QVERIFY(waitFor("the three that were refused", [&] { return table->model()->rowCount() == 3; }));
        QVERIFY(window().currentPanel()->findChild<ui::ChipRow *>()->span()->isVisible());
    }

    void theRefusedOneShowsTheBucketAsItWasFound()
    {
        auto *table = window().currentPanel()->findChild<ui::ExchangeTable *>();
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Down);
        const auto &why = detail()->why()->whyModel();
        QVERIFY2(why.more().bucket.has_value(), "what the requests before it left in the bucket");
        const auto &points = why.more().bucket->points;
        QVERIFY(points.size() >= 7); // the six that were let in, and at least itself
        QCOMPARE(why.more().bucket->capacity, 6.0);
        for (size_t i = 0; i < 6; ++i)
            QVERIFY(!points[i].refused && points[i].level < 6 - double(i) && points[i].level > 4.9 - double(i));
        QVERIFY(points[6].refused);
    }

    void aRouteFarAwaySaysWhyNot()
    {
        ui::WhyView *why = detail()->why();
        const QModelIndex route = why->whyModel().find(ui::WhyItem::StageId::Route);
        QVERIFY(!why->whyModel().asText(route).contains(QStringLiteral("far, ")));
        why->expand(route);
        const QModelIndex last = why->whyModel().index(why->whyModel().rowCount(route) - 1, 0, route);
        why->setFocus();
        why->setCurrentIndex(last);
        QTest::keyClick(why, Qt::Key_Return);
        auto *list = window().currentPanel()->findChild<ui::PickList *>();
        QVERIFY(list);
        QTest::keyClicks(list->field(), QStringLiteral("far"));
        QTest::keyClick(list->field(), Qt::Key_Return);
        QVERIFY2(why->whyModel().asText(route).contains(QStringLiteral("far, does not match, path  wants /far/away  got /hello")), qPrintable(why->whyModel().asText(route)));
    }

    void cleanupTestCase() { m_application.reset(); }

private:
    ui::MainWindow &window() { return m_application->window(); }
    ui::DetailPane *detail() { return window().currentPanel()->findChild<ui::DetailPane *>(); }
    QTemporaryDir m_folder;
    std::unique_ptr<gui::Application> m_application;
};

QTEST_MAIN(DoorsTest)
#include "tst_doors.moc"
