// The dashboard by clicks and keys: every number is a door, one crosshair runs through all charts, dragging zooms them all.
#include "tests/support/fakeapi.h"
#include "tests/support/grab.h"
#include "tests/support/support.h"
#include "ui/dashboard/dashboardpanel.h"
#include "ui/dashboard/steps.h"
#include "ui/dashboard/tile.h"
#include "ui/shell/theme.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/runs.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QTableView>

#include <algorithm>
#include <numeric>

using namespace gatehouse;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

std::pair<qint64, qint64> spanOf(const ui::Place &place)
{
    const QStringList ends = place.detail.split(s(".."));
    return ends.size() == 2 ? std::pair(ends[0].toLongLong(), ends[1].toLongLong()) : std::pair<qint64, qint64>();
}

} // namespace

class DashboardTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        test::useDesignFont();
        ui::Theme::install(*qApp)->setChoice(ui::ThemeChoice::Light);
        qRegisterMetaType<ui::Place>("gatehouse::ui::Place");
    }

    void init()
    {
        m_fake = std::make_unique<test::FakeApi>();
        // The shop's figures, up to now.
        const int64_t shift = (QDateTime::currentMSecsSinceEpoch() / 1000 - 1) * 1'000'000 - m_fake->live.secondFigures.back().startMicros;
        for (api::Second &second : m_fake->live.secondFigures)
            second.startMicros += shift;
        for (auto &[wall, revision] : m_fake->live.reloadTimes)
            wall += shift;
        m_panel.reset(ui::dashboardPanel(m_fake->api()).create({&m_navigator, nullptr, nullptr}));
        m_panel->resize(1204, 730);
        m_panel->show();
        m_panel->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
        m_panel->activate();
        m_went = std::make_unique<QSignalSpy>(&m_navigator, &ui::Navigator::requested);
    }

    void cleanup() { m_panel.reset(); }

    void tilesAreDoors()
    {
        QTest::mouseClick(tile(s("Failed")), Qt::LeftButton);
        ui::Place place = went();
        QCOMPARE(place.name, s("status:5xx,none"));
        const auto [from, to] = spanOf(place);
        QCOMPARE(to - from, qint64(300) * 1'000'000);
        tile(s("Throttled"))->setFocus();
        QTest::keyClick(tile(s("Throttled")), Qt::Key_Space);
        QCOMPARE(went().name, s("verdict:throttled"));
        QVERIFY2(tile(s("Throttled"))->accessibleName().contains(s("9.8/s refused by burst")), qPrintable(tile(s("Throttled"))->accessibleName()));
        QTest::mouseClick(tile(s("p99")), Qt::LeftButton);
        QCOMPARE(went().name, s("took:>=84000us"));
        QVERIFY2(tile(s("Gateway adds"))->accessibleName().contains(s("700 µs")), qPrintable(tile(s("Gateway adds"))->accessibleName()));
    }

    void keysMoveTheCrosshairThroughAllAndEnterShowsThose()
    {
        ui::TimeChart *requests = chart(s("Requests/s by class"));
        QVERIFY(requests->hasFocus());
        QTest::keyClick(requests, Qt::Key_Left);
        QTest::keyClick(requests, Qt::Key_Left);
        QTest::keyClick(requests, Qt::Key_Left);
        const qint64 at = requests->crosshair();
        QVERIFY(at > 0);
        for (ui::TimeChart *one : m_panel->findChildren<ui::TimeChart *>())
            QCOMPARE(one->crosshair(), at);
        QCOMPARE(heat()->crosshair(), at);
        QTest::keyClick(requests, Qt::Key_Return);
        const auto [from, to] = spanOf(went());
        QCOMPARE(to, (at / 1000 + 1) * 1'000'000); // the step ends with the second under the crosshair
        QCOMPARE(to - from, qint64(2) * 1'000'000);
        QTest::keyClick(requests, Qt::Key_Escape);
        QCOMPARE(heat()->crosshair(), qint64(0));
    }

    void aClickHoldsItAndTheCountIsADoor()
    {
        ui::TimeChart *latency = chart(s("Latency"));
        QTest::mouseMove(latency->viewport(), QPoint(latency->width() - 80, 100));
        QTest::mouseClick(latency->viewport(), Qt::LeftButton, {}, QPoint(latency->width() - 80, 100));
        const qint64 at = latency->crosshair();
        QVERIFY(at > 0);
        QTest::mouseMove(latency->viewport(), QPoint(latency->width() - 200, 100)); // on the way to the link
        QCOMPARE(latency->crosshair(), at);
        ui::RunsLabel *note = noteLabel();
        QVERIFY2(ui::toPlainText(note->runs()).contains(s("at the crosshair")), qPrintable(ui::toPlainText(note->runs())));
        const auto &figures = m_fake->live.secondFigures;
        uint64_t those = 0;
        for (const api::Second &second : figures)
            if (second.startMicros / 1'000'000 <= at / 1000 && second.startMicros / 1'000'000 > at / 1000 - 2)
                those += std::accumulate(second.byClass.begin(), second.byClass.end(), uint64_t(0));
        QVERIFY2(ui::toPlainText(note->runs()).endsWith(s("Show these %1").arg(those)), qPrintable(ui::toPlainText(note->runs())));
        note->setFocus(Qt::TabFocusReason);
        QTest::keyClick(note, Qt::Key_Return);
        QCOMPARE(spanOf(went()).second, (at / 1000 + 1) * 1'000'000);
    }

    void draggingZoomsAllAndADoubleClickResets()
    {
        ui::TimeChart *requests = chart(s("Requests/s by class"));
        const qint64 whole = qint64(requests->data().count()) * requests->data().step;
        QTest::mousePress(requests->viewport(), Qt::LeftButton, {}, QPoint(requests->width() / 2, 100));
        QTest::mouseMove(requests->viewport(), QPoint(requests->width() / 2 + 100, 100));
        QTest::mouseRelease(requests->viewport(), Qt::LeftButton, {}, QPoint(requests->width() / 2 + 100, 100));
        for (ui::TimeChart *one : {requests, chart(s("Latency")), chart(s("Throttling"))}) {
            const qint64 shown = qint64(one->data().count()) * one->data().step;
            QVERIFY(shown < whole / 2 && shown >= 10'000);
            QVERIFY(!one->data().live);
        }
        QVERIFY(ui::toPlainText(noteLabel()->runs()).contains(s("Whole span")));
        QTest::mouseDClick(requests->viewport(), Qt::LeftButton, {}, QPoint(requests->width() / 2, 100));
        QCOMPARE(qint64(requests->data().count()) * requests->data().step, whole);
        QTest::keyClick(requests, Qt::Key_Plus); // the same by keys
        QVERIFY(qint64(requests->data().count()) * requests->data().step < whole);
        QTest::keyClick(requests, Qt::Key_Minus);
        QCOMPARE(qint64(requests->data().count()) * requests->data().step, whole);
    }

    void theHeatMapCountsEveryRequestAndItsCellsAreDoors()
    {
        const ui::HeatData &data = heat()->data();
        uint64_t counted = 0, figures = 0;
        for (const auto &column : data.columns)
            counted += std::accumulate(column.begin(), column.end(), uint64_t(0));
        for (const api::Second &second : m_fake->live.secondFigures)
            figures += std::accumulate(second.byLatency.begin(), second.byLatency.end(), uint64_t(0));
        QCOMPARE(counted, figures);
        heat()->setFocus();
        QTest::keyClick(heat(), Qt::Key_Left);
        const auto cell = [this] { return heat()->cellText().replace(QChar(QChar::Nbsp), QLatin1Char(' ')); };
        for (QString last; !cell().startsWith(s("50 ms")) && cell() != last;) {
            last = cell();
            QTest::keyClick(heat(), Qt::Key_Up);
        }
        QVERIFY2(cell().startsWith(s("50 ms to 64 ms: 1,")), qPrintable(cell())); // five seconds of more than 210
        QCOMPARE(chart(s("Latency"))->crosshair(), heat()->crosshair());
        QTest::keyClick(heat(), Qt::Key_Return);
        const ui::Place place = went();
        QCOMPARE(place.name, s("took:50000.0us..64000.0us"));
        QCOMPARE(spanOf(place).second, (heat()->crosshair() / 1000 + 1) * 1'000'000);
    }

    void bucketsFillOverTime()
    {
        QVERIFY(test::waitFor("a look at the buckets", [&] {
            const auto &series = chart(s("Bucket fill, burst of 20"))->data().series;
            return series.size() == 2 && std::any_of(series[0].values.begin(), series[0].values.end(), [](double value) { return value == 7; });
        }));
        QVERIFY(chart(s("Bucket fill, burst of 20"))->isVisible());
        QVERIFY(!m_panel->findChild<QComboBox *>()->isVisible()); // there is one limit
        m_fake->live.policyFigures[1].gauges = {{"web-app", 3, 5, 0}};
        QVERIFY(test::waitFor("the second limit", [&] { return m_panel->findChild<QComboBox *>()->isVisible(); }));
        auto *limit = m_panel->findChild<QComboBox *>();
        limit->setFocus();
        QTest::keyClick(limit, Qt::Key_Down);
        QVERIFY2(limit->currentText() == s("get-order, key-auth"), qPrintable(limit->currentText()));
        QVERIFY(chart(s("Bucket fill, get-order, key-auth of 5")));
    }

    void tShowsTheNumbers()
    {
        ui::TimeChart *requests = chart(s("Requests/s by class"));
        requests->setFocus();
        QTest::keyClick(requests, Qt::Key_T);
        auto *table = requests->findChild<QTableView *>();
        QVERIFY(table && table->isVisible());
        QCOMPARE(table->model()->rowCount(), int(requests->data().count()));
        QTest::keyClick(table, Qt::Key_T);
        QVERIFY(!table->isVisible() && requests->hasFocus());
    }

    void placesFocusTheirChart()
    {
        ui::Place place{ui::Place::Kind::Metrics, s("dashboard"), {}, s("latency"), 0};
        QVERIFY(m_panel->open(place));
        m_panel->activate();
        QVERIFY(chart(s("Latency"))->hasFocus());
    }

    void stoppedTurnsTheLiveFiguresToDashes()
    {
        m_fake->apply.state.state = api::EngineState::Stopped;
        QVERIFY(test::waitFor("dashes", [&] { return tile(s("Requests"))->accessibleName().contains(s("–")); }));
        QVERIFY(tile(s("p99"))->accessibleName().contains(s("–")));
        QVERIFY(chart(s("Requests/s by class"))->data().count() > 100); // what was stays
    }

    void aKeyThatIsNotListedIsFull()
    {
        ui::BucketHistory history;
        api::PolicyLive limit{"public", "", "rate-limit", "burst", 0, 0, 0, 0, 0, 0, {{"a", 2, 20, 0}}};
        history.look(100, {limit});
        limit.gauges = {{"b", 5, 20, 0}};
        history.look(101, {limit});
        const auto values = history.values("burst", "a", {102, 3, 1, true});
        QCOMPARE(values.size(), size_t(4)); // 99 to 102
        QVERIFY(std::isnan(values[0])); // nobody looked
        QCOMPARE(values[1], 2.0);
        QCOMPARE(values[2], 20.0);
        QVERIFY(std::isnan(values[3]));
    }

    void looks()
    {
        for (const auto theme : {ui::ThemeChoice::Light, ui::ThemeChoice::Dark, ui::ThemeChoice::HighContrast}) {
            ui::Theme::instance()->setChoice(theme);
            QTest::keyClick(chart(s("Requests/s by class")), Qt::Key_Left);
            const QPixmap picture = test::grab(*m_panel, s("dashboard-%1").arg(int(theme)));
            QVERIFY(!picture.isNull());
        }
        ui::Theme::instance()->setChoice(ui::ThemeChoice::Light);
    }

private:
    ui::Tile *tile(const QString &name) const
    {
        for (ui::Tile *known : m_panel->findChildren<ui::Tile *>())
            if (known->text() == name)
                return known;
        qFatal("no tile %s", qPrintable(name));
    }
    ui::TimeChart *chart(const QString &title) const
    {
        for (ui::TimeChart *known : m_panel->findChildren<ui::TimeChart *>())
            if (known->accessibleName() == title)
                return known;
        qFatal("no chart %s", qPrintable(title));
    }
    ui::HeatMap *heat() const { return m_panel->findChild<ui::HeatMap *>(); }
    ui::RunsLabel *noteLabel() const { return m_panel->findChild<ui::RunsLabel *>(); }
    ui::Place went()
    {
        const ui::Place place = m_went->isEmpty() ? ui::Place() : m_went->last().at(0).value<ui::Place>();
        m_went->clear();
        return place;
    }

    ui::Navigator m_navigator;
    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<ui::Panel> m_panel;
    std::unique_ptr<QSignalSpy> m_went;
};

QTEST_MAIN(DashboardTest)
#include "tst_dashboard.moc"
