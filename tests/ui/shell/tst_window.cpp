// The frame: panels and regions by keys, problems, notes, the engine's words, what is kept between sessions, themes.
#include "ui/shell/commandpalette.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/shortcutsheet.h"
#include "ui/shell/statusbar.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/shell/topbar.h"
#include "ui/widgets/flatbutton.h"

#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTreeWidget>

using namespace gatehouse::ui;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

class FakePanel final : public Panel {
public:
    explicit FakePanel(const QString &name)
        : m_filter(new QLineEdit(this))
        , m_work(new QPushButton(s("Work"), this))
    {
        setObjectName(name);
        auto *row = new QHBoxLayout(this);
        row->addWidget(m_filter);
        row->addWidget(m_work);
    }
    bool open(const Place &place) override
    {
        last = place;
        return place.name != s("gone");
    }
    void focusFilter() override { m_filter->setFocus(); }
    void newItem() override { ++made; }
    QList<QWidget *> regions() override { return { m_filter, m_work }; }
    QVariantMap saveState() const override { return { { s("column"), column } }; }
    void restoreState(const QVariantMap &state) override { column = state.value(s("column"), 1).toInt(); }
    using Panel::setBadge;

    QLineEdit *m_filter;
    QPushButton *m_work;
    Place last;
    int made = 0, column = 1;
};

QList<PanelInfo> infos()
{
    QList<PanelInfo> list;
    for (const auto *id : { panels::traffic, panels::routes, panels::upstreams, panels::mocks, panels::dashboard,
             panels::explorer, panels::exporting, panels::settings })
        list.append({ s(id), s(id), IconId::Traffic, [id](const PanelContext &) { return new FakePanel(s(id)); } });
    return list;
}

ShellState runningState()
{
    ShellState state;
    state.workspace = s("shop");
    state.engine = ShellState::Engine::Running;
    state.addresses = { s("127.0.0.1:8080"), s("https://127.0.0.1:8443") };
    state.revision = 42;
    state.recorderLimit = 1 << 20;
    return state;
}

} // namespace

class WindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }
    void init() { make({}); }
    void cleanup() { m_window.reset(); }

    void numbersBringPanelsForward()
    {
        QCOMPARE(current(), s("traffic"));
        press(Qt::Key_5, Qt::ControlModifier);
        QCOMPARE(current(), s("dashboard"));
        press(Qt::Key_Comma, Qt::ControlModifier);
        QCOMPARE(current(), s("settings"));
        press(Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(current(), s("traffic"));
    }

    void regionsGoRound()
    {
        auto *panel = static_cast<FakePanel *>(m_window->currentPanel());
        panel->m_filter->setFocus();
        press(Qt::Key_F6);
        QVERIFY(panel->m_work->hasFocus());
        press(Qt::Key_F6);
        QVERIFY(m_window->statusStrip()->isAncestorOf(m_window->focusWidget()));
        press(Qt::Key_F6);
        QVERIFY(m_window->topBar()->isAncestorOf(m_window->focusWidget()));
        press(Qt::Key_F6, Qt::ShiftModifier);
        press(Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(panel->m_work->hasFocus());
    }

    void keysReachThePanel()
    {
        auto *panel = static_cast<FakePanel *>(m_window->currentPanel());
        panel->m_work->setFocus();
        press(Qt::Key_F, Qt::ControlModifier);
        QVERIFY(panel->m_filter->hasFocus());
        press(Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(panel->made, 1);
    }

    void problemsAreWalked()
    {
        ShellState state = runningState();
        state.engine = ShellState::Engine::LastGood;
        state.problems = { { Problem::Severity::Error, s("The { is not closed."), s("get-order"),
                               { Place::Kind::Route, s("routes"), s("get-order"), s("match/path") } },
            { Problem::Severity::Warning, s("Ties"), s("other"),
                { Place::Kind::Upstream, s("upstreams"), s("orders"), {} } } };
        m_window->setState(state);
        QCOMPARE(engineWord(state), s("Last good version"));
        QVERIFY(m_window->statusStrip()->part(StatusBar::Part::Problems)->text().contains(s("1 error, 1 warning")));
        press(Qt::Key_F8);
        QCOMPARE(current(), s("routes"));
        QCOMPARE(static_cast<FakePanel *>(m_window->currentPanel())->last.detail, s("match/path"));
        press(Qt::Key_F8);
        QCOMPARE(current(), s("upstreams"));
        press(Qt::Key_F8);
        QCOMPARE(current(), s("routes"));
        press(Qt::Key_F8, Qt::ShiftModifier);
        QCOMPARE(current(), s("upstreams"));
    }

    void theEngineIsToggledByKey()
    {
        QSignalSpy stop(m_window.get(), &MainWindow::stopRequested), start(m_window.get(), &MainWindow::startRequested);
        press(Qt::Key_Period, Qt::ControlModifier);
        QCOMPARE(stop.count(), 1);
        ShellState state = runningState();
        state.engine = ShellState::Engine::Failed;
        state.engineText = s("Port 8080 is taken");
        m_window->setState(state);
        QCOMPARE(m_window->topBar()->engineButton()->text(), s("Port 8080 is taken"));
        press(Qt::Key_Period, Qt::ControlModifier);
        QCOMPARE(start.count(), 1);
    }

    void theAddressIsCopied()
    {
        QTest::mouseClick(m_window->topBar()->addressButton(), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), s("curl -i http://127.0.0.1:8080/"));
    }

    void undoNamesItsStep()
    {
        QAction *undo = m_window->actionTable()->find(s("edit.undo"));
        QVERIFY(!undo->isEnabled());
        ShellState state = runningState();
        state.undoText = s("Set burst to 20");
        m_window->setState(state);
        QVERIFY(undo->isEnabled());
        QVERIFY(undo->toolTip().contains(s("Set burst to 20")));
    }

    void whatIsGoneIsSaid()
    {
        m_window->navigator()->openRoute(s("gone"));
        m_window->navigator()->openRoute(s("here"));
        QCOMPARE(static_cast<FakePanel *>(m_window->currentPanel())->last.name, s("here"));
        QVERIFY(m_window->topBar()->notesButton()->toolTip().contains(s("1")));
    }

    void stateIsKeptAndPrivate()
    {
        QTemporaryDir folder;
        const QString file = folder.filePath(s("deep/window.ini"));
        make(file);
        m_window->navigator()->showPanel(s("mocks"));
        static_cast<FakePanel *>(m_window->currentPanel())->column = 7;
        m_window->actionTable()->setShortcuts(s("view.theme"), { QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_L) });
        m_window->close();
        const auto open =
            QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
        QVERIFY(QFileInfo::exists(file));
        QCOMPARE(QFileInfo(file).permissions() & open, QFileDevice::Permissions());
        make(file);
        QCOMPARE(current(), s("mocks"));
        QCOMPARE(static_cast<FakePanel *>(m_window->currentPanel())->column, 7);
        QCOMPARE(
            m_window->actionTable()->find(s("view.theme"))->shortcut(), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_L));
    }

    void noShortcutIsGivenTwice()
    {
        for (const QAction *action : m_window->actionTable()->all())
            for (const QKeySequence &key : action->shortcuts())
                QVERIFY2(
                    !m_window->actionTable()->conflict(action->objectName(), key), qPrintable(action->objectName()));
    }

    void theSheetListsAndFilters()
    {
        ShortcutSheet sheet(m_window->actionTable(), nullptr);
        const int all = rows(sheet);
        QVERIFY(all > 15);
        QTest::keyClicks(sheet.filter(), s("Ctrl+K"));
        QVERIFY(rows(sheet) >= 1 && rows(sheet) < all);
    }

    void thePaletteRunsActions()
    {
        press(Qt::Key_K, Qt::ControlModifier);
        QVERIFY(m_window->commandPalette()->isVisible());
        QTest::keyClicks(m_window->commandPalette()->field(), s(">upstreams"));
        QTest::keyClick(m_window->commandPalette()->field(), Qt::Key_Return);
        QCOMPARE(current(), s("upstreams"));
    }

    void themesSwitchLive()
    {
        Theme::instance()->setChoice(ThemeChoice::Light);
        const QColor before = m_window->palette().color(QPalette::Base);
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(Tokens::current().dark);
        QTRY_COMPARE(m_window->palette().color(QPalette::Base), Tokens::current().surface);
        QVERIFY(before != Tokens::current().surface);
        const QImage grab = m_window->grab().toImage();
        QCOMPARE(grab.pixelColor(grab.width() / 2, 3), Tokens::current().frame);
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!Tokens::current().dark);
    }

    void largeTextEnlargesRows()
    {
        const int before = scaled(26);
        Theme::instance()->setTextScale(2);
        QCOMPARE(scaled(26), 2 * before);
        Theme::instance()->setTextScale(1);
        QCOMPARE(scaled(26), before);
    }

    void everyButtonHasANameAndAKey()
    {
        for (const QAbstractButton *button : m_window->findChildren<QAbstractButton *>()) {
            if (!button->isVisible())
                continue;
            QVERIFY2(
                !button->accessibleName().isEmpty() || !button->text().isEmpty(), button->metaObject()->className());
            QVERIFY2(button->focusPolicy() & Qt::TabFocus, qPrintable(button->text() + button->accessibleName()));
        }
    }

    void itIsAsSmallAsItMayBe()
    {
        ShellState state = runningState();
        state.engine = ShellState::Engine::LastGood;
        state.unsavedChanges = 12;
        state.recorded = 128'402;
        state.environment = s("local");
        state.problems = { { Problem::Severity::Error, s("x"), {}, {} },
            { Problem::Severity::Warning, s("y"), {}, {} } };
        m_window->setState(state);
        m_window->resize(100, 100);
        QTRY_COMPARE(m_window->size(), QSize(960, 600));
        QTRY_COMPARE(m_window->statusStrip()->width(), 960);
        // Nothing is pushed out, nothing lies on its neighbour.
        for (QWidget *bar : std::initializer_list<QWidget *>{ m_window->topBar(), m_window->statusStrip() }) {
            QTRY_VERIFY(bar->layout()->geometry().width() <= 960);
            int end = 0;
            for (int i = 0; i < bar->layout()->count(); ++i) {
                const QWidget *w = bar->layout()->itemAt(i)->widget();
                if (!w || !w->isVisible())
                    continue;
                QVERIFY2(w->geometry().left() >= end && w->geometry().right() < 960, w->metaObject()->className());
                end = w->geometry().right();
            }
        }
    }

private:
    void make(const QString &settings)
    {
        m_window.reset();
        m_window = std::make_unique<MainWindow>(infos(), settings);
        m_window->setState(runningState());
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->currentPanel()->activate();
    }
    QString current() const { return m_window->currentPanel()->objectName(); }
    void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(
            m_window->focusWidget() ? m_window->focusWidget() : m_window.get(), static_cast<Qt::Key>(key), modifiers);
    }
    static int rows(const ShortcutSheet &sheet) { return sheet.list()->topLevelItemCount(); }

    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(WindowTest)
#include "tst_window.moc"
