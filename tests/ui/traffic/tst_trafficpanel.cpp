// The panel in the real window, clicked and typed like a person does; what it looks like is kept below $GATEHOUSE_GRABS.
#include "tests/support/fakeapi.h"
#include "tests/support/grab.h"
#include "tests/support/support.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/traffic/chiprow.h"
#include "ui/traffic/detailpane.h"
#include "ui/traffic/exchangetable.h"
#include "ui/traffic/timeline.h"
#include "ui/traffic/trafficpanel.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/filterfield.h"
#include "ui/widgets/keyvaluetable.h"
#include "ui/widgets/picklist.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QDialog>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>

#include <algorithm>

using namespace gatehouse;
using ui::ExchangeModel;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

ui::ShellState shellState()
{
    ui::ShellState state;
    state.workspace = s("shop");
    state.unsavedChanges = 3;
    state.environment = s("local");
    state.environments = {s("local"), s("staging")};
    state.engine = ui::ShellState::Engine::Running;
    state.addresses = {s("127.0.0.1:8080"), s("https://127.0.0.1:8443")};
    state.revision = 42;
    state.appliedAt = QDateTime(QDate(2026, 11, 24), QTime(14, 2, 31)).toMSecsSinceEpoch();
    state.requestsPerSecond = 412;
    state.p99 = 84e6;
    state.recorded = 128'402;
    state.recorderBytes = 31 << 20;
    state.recorderLimit = 256 << 20;
    return state;
}

} // namespace

class TestTrafficPanel : public QObject {
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
        m_fake->exchanges.addSample(23);
    }
    void cleanup()
    {
        m_window.reset();
        m_fake.reset();
    }

    void rowsArriveAndTheTableFollows()
    {
        open();
        QCOMPARE(rows(), 23);
        QVERIFY(table()->follows());
        m_fake->exchanges.addSample(300, 5);
        QVERIFY(test::waitFor("300 more rows", [&] { return rows() == 323; }));
        QCOMPARE(table()->verticalScrollBar()->value(), table()->verticalScrollBar()->maximum());
        QCOMPARE(detail()->shown(), uint64_t(0)); // nobody selected anything yet
        key(Qt::Key_Up, table());
        QVERIFY(!table()->follows());
        QCOMPARE(table()->currentId(), uint64_t(323));
        m_fake->exchanges.addSample(312, 6);
        QVERIFY(test::waitFor("312 unseen rows", [&] { return table()->unseen() == 312; }));
        const auto *footer = table()->viewport()->findChild<QPushButton *>();
        QVERIFY(footer->isVisible());
        QCOMPARE(footer->text(), s("312 new"));
        key(Qt::Key_End, table());
        QVERIFY(table()->follows() && !footer->isVisible());
        key(Qt::Key_F, table());
        QVERIFY(!table()->follows());
    }

    void typingFilters()
    {
        open();
        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        QVERIFY(field()->edit()->hasFocus());
        QTest::keyClicks(field()->edit(), s("route:get-order status:429"));
        QVERIFY(test::waitFor("the filter to apply", [&] { return rows() == 4; }));
        QCOMPARE(field()->chips(), QStringList{s("route:get-order")});
        key(Qt::Key_Space, field()->edit());
        QCOMPARE(field()->chips().size(), qsizetype(2));
        key(Qt::Key_Backspace, field()->edit()); // takes the last chip back into the text
        QCOMPARE(field()->chips().size(), qsizetype(1));
    }

    void anUnreadableFilterKeepsTheResultAndSaysWhy()
    {
        open();
        QTest::keyClicks(field()->edit(), s("status:banana"));
        auto *problem = panel()->findChild<ui::FieldError *>();
        QVERIFY(test::waitFor("the problem", [&] { return !problem->text().isEmpty(); }));
        QCOMPARE(rows(), 23);
        QVERIFY(problem->isVisible());
    }

    void chipsWriteTheField()
    {
        open();
        const auto chips = panel()->findChild<ui::ChipRow *>()->chips();
        QTest::mouseClick(chips[3], Qt::LeftButton); // 4xx
        QCOMPARE(field()->expression(), s("status:4xx"));
        QCOMPARE(rows(), 5);
        QVERIFY(chips[3]->isChecked() && !chips[0]->isChecked());
        QCOMPARE(chips[1]->accessibleName(), s("2xx, 15 exchanges")); // the others still say what they would show
        QTest::mouseClick(chips[0], Qt::LeftButton);
        QCOMPARE(rows(), 23);
        QCOMPARE(field()->expression(), QString());
    }

    void nothingMatchesOffersTheTermToDrop()
    {
        open();
        type(s("route:get-order took:>50s "));
        auto *state = currentEmptyState();
        QVERIFY(state);
        auto buttons = state->findChildren<QPushButton *>();
        QCOMPARE(buttons.front()->text(), s("Remove took:>50s"));
        look(s("traffic-nohits"));
        QTest::mouseClick(buttons.front(), Qt::LeftButton);
        QVERIFY(test::waitFor("the rest of the filter", [&] { return rows() == 8; }));
        QVERIFY(!currentEmptyState());
    }

    void emptyAndStopped()
    {
        m_fake = std::make_unique<test::FakeApi>();
        open();
        QVERIFY(currentEmptyState());
        look(s("traffic-empty"));
        m_fake->exchanges.addSample(1);
        QVERIFY(test::waitFor("the first row", [&] { return !currentEmptyState(); }));
    }

    void selectingShowsTheDetailAndKeysWalkIt()
    {
        open();
        QVERIFY(click(5, ExchangeModel::Path));
        QCOMPARE(detail()->shown(), uint64_t(6));
        QCOMPARE(detail()->tab(), int(ui::DetailPane::Why));
        QVERIFY(ui::toPlainText(detail()->why()->whyModel().sentence().runs).startsWith(s("get-order sent it to orders")));
        key(Qt::Key_Down, table());
        QCOMPARE(detail()->shown(), uint64_t(7));
        for (int tab = 0; tab < 5; ++tab) {
            QTest::keyClick(table(), Qt::Key(Qt::Key_1 + tab), Qt::AltModifier);
            QCOMPARE(detail()->tab(), tab);
            look(s("traffic-tab%1").arg(tab + 1));
        }
        key(Qt::Key_Return, table());
        QVERIFY(detail()->isAncestorOf(m_window->focusWidget()));
        key(Qt::Key_Escape, m_window->focusWidget());
        QVERIFY(table()->hasFocus());
        key(Qt::Key_Space, table());
        QCOMPARE(detail()->tab(), int(ui::DetailPane::Response));
        QVERIFY(test::waitFor("the body", [&] { return detail()->responseBody()->editor()->text().contains(s("\"state\": \"packed\"")); }));
    }

    void headersSayWhatWasDoneToThem()
    {
        open();
        QVERIFY(click(5, ExchangeModel::Path));
        detail()->setTab(ui::DetailPane::Request);
        const auto tables = detail()->findChildren<ui::KeyValueTable *>();
        const auto headers = std::find_if(tables.begin(), tables.end(), [](const auto *known) { return known->accessibleName() == QStringLiteral("Request headers"); });
        QVERIFY(headers != tables.end());
        const auto shown = (*headers)->rows();
        QCOMPARE(shown.front().name, s("Host"));
        QCOMPARE(shown[5].remark, s("redacted, not forwarded"));
        QCOMPARE(shown[6].remark, s("not forwarded"));
    }

    void aTunnelSaysThatItIsNotKept()
    {
        open();
        auto tunnel = *m_fake->exchanges.detail(6);
        tunnel.row.status = 101;
        tunnel.response.body.clear();
        tunnel.response.bodySize = 2048;
        m_fake->exchanges.setDetail(tunnel);
        QVERIFY(click(5, ExchangeModel::Path));
        detail()->setTab(ui::DetailPane::Response);
        const auto labels = detail()->responseBody()->findChildren<QLabel *>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) { return label->text().contains(s("2.0 KiB of another protocol, of which nothing is kept.")); }));
    }

    void inFlightGoesOnInPlace()
    {
        open();
        QVERIFY(click(10, ExchangeModel::Path));
        observe::Row row = m_fake->exchanges.detail(11)->row;
        row.state = observe::State::Final;
        row.status = 200;
        row.responseBytes = 812;
        m_fake->exchanges.add(row);
        QVERIFY(test::waitFor("the answer", [&] { return detail()->detail()->row.status == 200; }));
        QCOMPARE(rows(), 23);
        QCOMPARE(table()->currentId(), uint64_t(11));
    }

    void selectionSurvivesTheFilter()
    {
        open();
        QVERIFY(click(9, ExchangeModel::Path));
        type(s("status:429 "));
        QCOMPARE(rows(), 4);
        QCOMPARE(table()->currentId(), uint64_t(10));
        QCOMPARE(detail()->shown(), uint64_t(10));
    }

    void valuesFilterByKeys()
    {
        open();
        QVERIFY(click(3, ExchangeModel::Route));
        key(Qt::Key_Equal, table());
        QCOMPARE(field()->expression(), s("route:get-order"));
        QCOMPARE(rows(), 8);
        QVERIFY(click(0, ExchangeModel::Status));
        key(Qt::Key_Minus, table());
        QCOMPARE(field()->expression(), s("route:get-order -status:200"));
        QCOMPARE(rows(), 4);
    }

    void copies()
    {
        open();
        QVERIFY(click(3, ExchangeModel::Path));
        key(Qt::Key_C, table());
        QVERIFY2(clipboard().startsWith(s("curl http://127.0.0.1:8080/v1/orders/4738 ")), qPrintable(clipboard()));
        QTest::keyClick(table(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY2(clipboard().startsWith(s("| Status | Method | Host | Path | Route | Duration | Size |")), qPrintable(clipboard()));
        QVERIFY(clipboard().contains(s("| 429 | GET | api.shop.localhost | /v1/orders/4738 | get-order | 90 µs | 182 B |")));
    }

    void replaySendsWithoutWhatIsMasked()
    {
        open();
        m_fake->send.answer.leftOut = {"X-Api-Key"};
        QVERIFY(click(12, ExchangeModel::Path));
        key(Qt::Key_R, table());
        QCOMPARE(m_fake->send.calls.size(), size_t(1));
        const api::RequestSketch sent = m_fake->send.calls.front().request;
        QCOMPARE(sent.method, std::string("POST"));
        QCOMPARE(sent.url, std::string("http://127.0.0.1:8080/v1/orders"));
        QVERIFY(!sent.body.empty());
        QVERIFY(std::none_of(sent.headers.begin(), sent.headers.end(), [](const auto &field) { return field.first == "X-Api-Key" || field.first == "Content-Length"; }));
        auto *notice = panel()->findChild<ui::NoticeBar *>();
        QVERIFY(std::find(sent.masked.begin(), sent.masked.end(), "X-Api-Key") != sent.masked.end());
        QVERIFY(test::waitFor("the notice about the credentials", [&] { return notice->isVisible(); }));
        QCOMPARE(notice->title(), QStringLiteral("It was sent without X-Api-Key."));
        // With all of them put back there is nothing to say.
        m_fake->send.answer.leftOut.clear();
        key(Qt::Key_R, table());
        QVERIFY(test::waitFor("the notice to go", [&] { return !notice->isVisible(); }));
    }

    void pinsAndCompares()
    {
        open();
        QVERIFY(click(4, ExchangeModel::Path));
        key(Qt::Key_P, table());
        QVERIFY(model()->isPinned(5));
        QTest::keyClick(table(), Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(model()->marked(), uint64_t(5));
        QVERIFY(click(15, ExchangeModel::Path));
        QTest::keyClick(table(), Qt::Key_D, Qt::ControlModifier);
        auto *dialog = panel()->findChild<QDialog *>();
        QVERIFY(dialog && dialog->isVisible());
        dialog->reject();
    }

    void sortsByTheHeader()
    {
        open();
        auto *header = table()->horizontalHeader();
        const auto clickHead = [&] { QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(header->sectionViewportPosition(ExchangeModel::Duration) + 20, header->height() / 2)); };
        clickHead();
        QCOMPARE(model()->rowAt(0).row.id, uint64_t(19));
        QVERIFY(!table()->follows());
        clickHead();
        QCOMPARE(model()->rowAt(0).row.durationMicros, int64_t(90));
        clickHead();
        QCOMPARE(model()->rowAt(0).row.id, uint64_t(1));
    }

    void draggingTheTimelineTakesASpan()
    {
        m_fake->exchanges.add(test::sampleRows(400, 24, 1'795'528'958'000'000, 500'000, 7)); // 200 s
        open();
        auto *timeline = panel()->findChild<ui::Timeline *>();
        const int y = timeline->height() / 2, middle = timeline->width() / 2;
        QTest::mousePress(timeline, Qt::LeftButton, {}, QPoint(middle, y));
        QTest::mouseMove(timeline, QPoint(middle + 60, y));
        QTest::mouseRelease(timeline, Qt::LeftButton, {}, QPoint(middle + 60, y));
        QVERIFY(rows() > 10 && rows() < 60);
        QTest::mouseDClick(timeline, Qt::LeftButton, {}, QPoint(middle, y));
        QCOMPARE(rows(), 423);
    }

    void theTimelineTakesASpanByKeys()
    {
        m_fake->exchanges.add(test::sampleRows(400, 24, 1'795'528'958'000'000, 500'000, 7)); // 200 s
        open();
        auto *timeline = panel()->findChild<ui::Timeline *>();
        timeline->setFocus();
        key(Qt::Key_Right, timeline); // the newest bar
        for (int i = 0; i < 9; ++i)
            QTest::keyClick(timeline, Qt::Key_Left, Qt::ShiftModifier);
        key(Qt::Key_Return, timeline);
        QVERIFY2(rows() > 10 && rows() < 30, qPrintable(QString::number(rows())));
        auto *span = panel()->findChild<ui::ChipRow *>()->span();
        QVERIFY(span->isVisible() && !span->accessibleName().isEmpty());
        QTest::mouseClick(span, Qt::LeftButton);
        QCOMPARE(rows(), 423);
        QVERIFY(!span->isVisible());
    }

    void aPlaceMayNameASpan()
    {
        open();
        const int64_t first = model()->rowAt(0).row.startedMicros, sixth = model()->rowAt(5).row.startedMicros;
        m_window->navigator()->showExchanges(QString(), first, sixth);
        QCOMPARE(rows(), 5);
        QVERIFY(panel()->findChild<ui::ChipRow *>()->span()->isVisible());
        m_window->navigator()->showExchanges(s("status:429"));
        QVERIFY(!panel()->findChild<ui::ChipRow *>()->span()->isVisible());
        QCOMPARE(rows(), 4);
    }

    void aVerdictThatNothingGivesHasNoChip()
    {
        m_fake = std::make_unique<test::FakeApi>();
        auto rows23 = test::sampleRows(23);
        for (const observe::Row &row : rows23)
            if (row.verdict != observe::Verdict::Cached)
                m_fake->exchanges.add(row);
        open();
        const auto chips = panel()->findChild<ui::ChipRow *>()->chips();
        QVERIFY(!chips[7]->isVisible() && !chips[8]->isVisible() && chips[9]->isVisible());
        for (observe::Row &row : rows23)
            if (row.verdict == observe::Verdict::Cached)
                m_fake->exchanges.add(row);
        QVERIFY(test::waitFor("the chip of what is cached", [&] { return chips[8]->isVisible(); }));
    }

    void anyRouteIsAskedWhyNot()
    {
        open();
        QVERIFY(click(5, ExchangeModel::Path));
        ui::WhyView *why = detail()->why();
        const QModelIndex route = why->whyModel().find(ui::WhyItem::StageId::Route);
        const int before = why->whyModel().rowCount(route);
        const QModelIndex last = why->whyModel().index(before - 1, 0, route);
        why->scrollTo(last);
        QTest::mouseClick(why->viewport(), Qt::LeftButton, {}, QPoint(why->viewport()->width() - ui::scaled(40), why->visualRect(last).center().y()));
        auto *list = panel()->findChild<ui::PickList *>();
        QVERIFY(list && list->isVisible());
        QVERIFY(list->list()->count() >= 8);
        QTest::keyClicks(list->field(), s("check"));
        QCOMPARE(list->list()->count(), 1);
        QTest::keyClick(list->field(), Qt::Key_Return);
        QCOMPARE(why->whyModel().rowCount(route), before + 1);
        QVERIFY2(why->whyModel().asText(route).contains(s("checkout, does not match, path  wants /checkout  got /v1/orders/4711")), qPrintable(why->whyModel().asText(route)));
    }

    void todaysConfigStandsBesideAndMarksWhatDiffers()
    {
        m_fake->exchanges.today = [](observe::Explanation then) {
            then.policies.front().verdict = observe::StepVerdict::Off;
            return then;
        };
        open();
        QVERIFY(click(5, ExchangeModel::Path));
        ui::RunsLabel *note = configuration();
        QCOMPARE(ui::toPlainText(note->runs()), s("With today's config"));
        note->setFocus(Qt::TabFocusReason);
        QTest::keyClick(note, Qt::Key_Return);
        QCOMPARE(ui::toPlainText(note->runs()), s("1 row differs   As it was then"));
        QCOMPARE(detail()->why()->whyModel().differences(), 1);
        look(s("traffic-today"));
        note->setFocus(Qt::TabFocusReason);
        QTest::keyClick(note, Qt::Key_Return);
        QCOMPARE(detail()->why()->whyModel().differences(), 0);
        QTest::keyClick(table(), Qt::Key_2, Qt::AltModifier);
        QVERIFY(!note->isVisible()); // it is about Why
    }

    void aRefusalShowsItsBucket()
    {
        open();
        QVERIFY(click(3, ExchangeModel::Path));
        const auto &more = detail()->why()->whyModel().more();
        QVERIFY(more.bucket.has_value());
        QCOMPARE(more.bucket->capacity, 20.0);
        QCOMPARE(more.bucket->points.size(), size_t(4)); // the three before it and itself
        QVERIFY(more.bucket->points.back().refused && more.bucket->points.back().micros == 0);
        QVERIFY(std::is_sorted(more.bucket->points.begin(), more.bucket->points.end(), [](const auto &a, const auto &b) { return a.micros < b.micros; }));
        QVERIFY(click(5, ExchangeModel::Path));
        QVERIFY(!detail()->why()->whyModel().more().bucket);
    }

    void namesInTheOverviewAreDoors()
    {
        open();
        QVERIFY(click(5, ExchangeModel::Path));
        detail()->setTab(ui::DetailPane::Overview);
        QSignalSpy went(m_window->navigator(), &ui::Navigator::requested);
        ui::RunsLabel *endpoint = nullptr;
        QVERIFY(test::waitFor("the endpoint's name", [&] {
            for (auto *label : detail()->findChildren<ui::RunsLabel *>())
                if (label->isVisible() && label->accessibleDescription() == s("Endpoint"))
                    endpoint = label;
            return endpoint != nullptr;
        }));
        endpoint->setFocus(Qt::TabFocusReason);
        QTest::keyClick(endpoint, Qt::Key_Return);
        QCOMPARE(went.size(), 1);
        const auto place = went.takeFirst().at(0).value<ui::Place>();
        QCOMPARE(place.kind, ui::Place::Kind::Upstream);
        QCOMPARE(place.name, s("orders"));
        QCOMPARE(place.detail, s("127.0.0.1:9002"));
    }

    void timingComparesWithItsRoute()
    {
        m_fake->exchanges.addSample(400, 5);
        open();
        QVERIFY(click(5, ExchangeModel::Path));
        detail()->setTab(ui::DetailPane::Timing);
        const auto labels = detail()->findChildren<ui::RunsLabel *>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const ui::RunsLabel *label) { return label->isVisible() && ui::toPlainText(label->runs()).contains(s("% of get-order, of which ")); }));
    }

    void theDetailMayStandBelow()
    {
        open();
        const QPoint beside = detail()->mapTo(m_window.get(), QPoint());
        m_window->actionTable()->find(s("traffic.below"))->trigger();
        const QPoint below = detail()->mapTo(m_window.get(), QPoint());
        QVERIFY(below.x() < beside.x() && below.y() > beside.y());
        const QVariantMap state = panel()->saveState();
        m_window.reset();
        open();
        panel()->restoreState(state);
        QVERIFY(detail()->mapTo(m_window.get(), QPoint()).y() > beside.y());
    }

    void mirroredItStaysWhole()
    {
        QGuiApplication::setLayoutDirection(Qt::RightToLeft);
        open();
        QVERIFY(click(3, ExchangeModel::Path));
        QVERIFY(detail()->mapTo(m_window.get(), QPoint()).x() < table()->mapTo(m_window.get(), QPoint()).x());
        look(s("traffic-mirrored"));
        QGuiApplication::setLayoutDirection(Qt::LeftToRight);
    }

    void placesOpen()
    {
        open();
        m_window->navigator()->showExchanges(s("verdict:cached"));
        QCOMPARE(rows(), 3);
        m_window->navigator()->showExchange(4, s("timing"));
        QCOMPARE(rows(), 23); // the filter hid it
        QCOMPARE(table()->currentId(), uint64_t(4));
        QCOMPARE(detail()->tab(), int(ui::DetailPane::Timing));
        quint64 id = 0;
        QVERIFY(panel()->selectedRequest(&id).startsWith(s("curl ")));
        QCOMPARE(id, quint64(4));
    }

    void columnsTabAndFilterAreRemembered()
    {
        open();
        table()->setColumnHidden(ExchangeModel::Consumer, false);
        table()->setColumnWidth(ExchangeModel::Route, 140);
        detail()->setTab(ui::DetailPane::Timing);
        QTest::keyClick(table(), Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!panel()->findChild<ui::Timeline *>()->isVisible());
        const QVariantMap state = panel()->saveState();
        m_window.reset();
        open();
        panel()->restoreState(state);
        QVERIFY(!table()->isColumnHidden(ExchangeModel::Consumer));
        QCOMPARE(table()->columnWidth(ExchangeModel::Route), 140);
        QCOMPARE(detail()->tab(), int(ui::DetailPane::Timing));
        QVERIFY(!panel()->findChild<ui::Timeline *>()->isVisible());
    }

    void pauseStopsRecording()
    {
        open();
        const auto buttons = panel()->findChildren<QAbstractButton *>();
        const auto pause = std::find_if(buttons.begin(), buttons.end(), [](const auto *button) { return button->accessibleName() == QStringLiteral("Pause recording"); });
        QVERIFY(pause != buttons.end());
        QTest::mouseClick(*pause, Qt::LeftButton);
        QVERIFY(!m_fake->exchanges.recorder().recording);
    }

    void looksLikeThePicture()
    {
        // Two minutes and more before what the picture shows, so that the timeline has something to draw.
        m_fake = std::make_unique<test::FakeApi>();
        m_fake->exchanges.add(test::sampleRows(4000, 1, 1'795'528'957'418'000 - 4000 * int64_t(50'000), 50'000, 8));
        m_fake->exchanges.add(test::sampleRows(23, 4001));
        open();
        for (const auto theme : {ui::ThemeChoice::Light, ui::ThemeChoice::Dark}) {
            ui::Theme::instance()->setChoice(theme);
            const QString suffix = theme == ui::ThemeChoice::Light ? s("light") : s("dark");
            type(s("host:*.shop.localhost -path:/health "));
            table()->selectId(4006);
            look(s("traffic-") + suffix);
            table()->selectId(4004);
            look(s("traffic-refused-") + suffix);
        }
        ui::Theme::instance()->setChoice(ui::ThemeChoice::Light);
        QVERIFY(rows() > 3000);
    }

private:
    void open()
    {
        m_window = std::make_unique<ui::MainWindow>(QList<ui::PanelInfo>{ui::trafficPanel(m_fake->api())}, QString());
        m_window->setState(shellState());
        m_window->resize(1280, 800);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->showPanel(QLatin1String(ui::panels::traffic));
        table()->setFocus();
    }
    ui::Panel *panel() const { return m_window->currentPanel(); }
    ui::ExchangeTable *table() const { return panel()->findChild<ui::ExchangeTable *>(); }
    ui::ExchangeModel *model() const { return panel()->findChild<ui::ExchangeModel *>(); }
    ui::DetailPane *detail() const { return panel()->findChild<ui::DetailPane *>(); }
    ui::FilterField *field() const { return panel()->findChild<ui::FilterField *>(); }
    ui::RunsLabel *configuration() const // beside the tabs
    {
        for (auto *label : detail()->findChildren<ui::RunsLabel *>())
            if (label->isVisible() && label->parentWidget() && ui::toPlainText(label->runs()).contains(s("today")))
                return label;
        return nullptr;
    }
    ui::EmptyState *currentEmptyState() const
    {
        for (auto *state : panel()->findChildren<ui::EmptyState *>()) {
            if (state->isVisible())
                return state;
        }
        return nullptr;
    }
    int rows() const { return model()->rowCount(); }
    QString clipboard() const { return QGuiApplication::clipboard()->text(); }
    void key(Qt::Key which, QWidget *where) { QTest::keyClick(where, which); }
    bool click(int row, int column)
    {
        const QModelIndex index = model()->index(row, column);
        table()->scrollTo(index);
        QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, table()->visualRect(index).center());
        return table()->currentIndex() == index;
    }
    void type(const QString &filter)
    {
        field()->setExpression({});
        const int before = rows();
        QTest::keyClicks(field()->edit(), filter);
        test::waitFor("the filter to apply", [&] { return rows() != before || filter.isEmpty(); }, 500);
    }
    void look(const QString &name) { test::grab(*m_window, name); }

    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<ui::MainWindow> m_window;
};

QTEST_MAIN(TestTrafficPanel)
#include "tst_trafficpanel.moc"
