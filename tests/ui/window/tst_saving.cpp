// Saving and what can come between: a disk that takes its time, one that says no, another program, a crash, closing. Nothing of it
// is modal, nothing holds up typing, and each bar does what its words say.
#include "tests/ui/window/livewindow.h"

#include <QtCore/QSemaphore>
#include <QtCore/QTimer>
#include <QtWidgets/QLabel>

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

const char *const workspace = R"(# By hand.
gatehouse: 1
name: shop

listeners:
  - name: main
    address: 127.0.0.1:0

routes:
  - name: hello
    match: { exact: /hello }
    description: "first"
    to: { respond: { status: 200 } }

  - name: other
    match: { exact: /other }
    to: { respond: { status: 200 } }
)";

std::string with(std::string text, const char *from, const char *to)
{
    text.replace(text.find(from), std::strlen(from), to);
    return text;
}

// Writes when it is let, and remembers what it was given.
class SlowDisk {
public:
    ~SlowDisk() { let(1000); } // a test that failed ends all the same
    config::FileWriter writer()
    {
        return [state = m_state](const std::string &path, std::string_view text) {
            ++state->begun;
            state->may.acquire();
            return config::writeFileSafely(path, text);
        };
    }
    void let(int writes = 1) { m_state->may.release(writes); }
    int begun() const { return m_state->begun; }

private:
    struct State {
        QSemaphore may;
        std::atomic<int> begun{0};
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

// Root may write anywhere: without this right it may not. Of this thread and those it starts.
void obeyPermissions()
{
    __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct rights[2] = {};
    if (::syscall(SYS_capget, &head, rights) != 0)
        return;
    rights[0].effective &= ~(1u << CAP_DAC_OVERRIDE);
    (void)::syscall(SYS_capset, &head, rights);
}

} // namespace

class TestSaving : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<LiveWindow> m_live;
    ui::Session &session() { return m_live->session(); }

    void begin()
    {
        QVERIFY(waitFor("the workspace to open", [this] { return session().isOpen() && m_live->running(); }));
        m_live->window().showPanel(QLatin1String(ui::panels::routes));
        m_live->window().navigator()->openRoute(s("hello"));
    }
    QLineEdit *type(const QString &now, const QString &more)
    {
        QLineEdit *line = m_live->field(now);
        if (!line)
            qFatal("there is no field with %s", qPrintable(now));
        QTest::mouseClick(line, Qt::LeftButton);
        QTest::keyClick(line, Qt::Key_End);
        QTest::keyClicks(line, more);
        return line;
    }
    void save() { m_live->press(Qt::Key_S, Qt::ControlModifier); }
    bool isSaved()
    {
        return waitFor("the save", [this] { return !session().dirty() && !session().saving(); });
    }
    std::string onDisk() { return readFile(m_live->file()); }
    // By the keyboard: F6 until the focus is in the bar, Tab to the answer, Enter.
    void answerByKeys(const char *bar, const QString &text)
    {
        QPushButton *wanted = m_live->answer(bar, text);
        QVERIFY2(wanted, qPrintable(text));
        for (int i = 0; i < 12 && !m_live->window().notices()->isAncestorOf(QApplication::focusWidget()); ++i)
            m_live->press(Qt::Key_F6);
        for (int i = 0; i < 12 && QApplication::focusWidget() != wanted; ++i)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), wanted);
        QTest::keyClick(wanted, Qt::Key_Return);
    }
    void click(const char *bar, const QString &text)
    {
        QPushButton *wanted = m_live->answer(bar, text);
        QVERIFY2(wanted, qPrintable(text));
        QTest::mouseClick(wanted, Qt::LeftButton);
    }
    bool title(const char *bar, const QString &text)
    {
        return waitFor(bar, [&] { return m_live->barTitle(bar).contains(text); });
    }

private Q_SLOTS:
    void initTestCase() { obeyPermissions(); }
    void init()
    {
        m_live = std::make_unique<LiveWindow>(workspace);
        begin();
    }
    void cleanup()
    {
        QVERIFY2(!QApplication::activeModalWidget(), "nothing is modal");
        m_live.reset();
    }

    // The disk takes its time: typing goes on, what was typed stays unsaved, and the newest of several saves is what stays.
    void typingGoesOnWhileASaveIsSlow()
    {
        SlowDisk disk;
        session().setWriter(disk.writer());
        QLineEdit *line = type(s("first"), s(" one"));
        save();
        QVERIFY(waitFor("the save to begin", [&] { return disk.begun() == 1; }));
        QVERIFY(m_live->window().state().saving);
        QTest::keyClicks(line, s(" two"));
        QCOMPARE(line->text(), s("first one two"));
        QVERIFY(waitFor("what is typed to run", [&] { return session().workspace() && session().workspace()->routes.front().description == "first one two"; }));
        save();
        QTest::keyClicks(line, s(" three"));
        save();
        QVERIFY(session().saving());
        QCOMPARE(onDisk(), std::string(workspace));
        disk.let();
        QVERIFY(waitFor("the next save to begin", [&] { return disk.begun() == 2; }));
        QVERIFY2(onDisk() == with(workspace, "first", "first one"), onDisk().c_str());
        QVERIFY(session().dirty());
        disk.let(10);
        QVERIFY(isSaved());
        QCOMPARE(onDisk(), with(workspace, "first", "first one two three"));
        QCOMPARE(disk.begun(), 2); // not once more than needed
        session().undoStack().undo();
        QVERIFY(session().dirty());
    }

    void closingWaitsForTheSaveAndShowsIt()
    {
        SlowDisk disk;
        session().setWriter(disk.writer());
        type(s("first"), s(" one"));
        save();
        QVERIFY(waitFor("the save to begin", [&] { return disk.begun() == 1; }));
        QVERIFY(!m_live->window().close());
        QVERIFY(m_live->window().isVisible());
        QVERIFY2(m_live->barTitle("close").startsWith(s("Saving shop")), qPrintable(m_live->barTitle("close")));
        disk.let();
        QVERIFY(waitFor("the window to close", [this] { return !m_live->window().isVisible(); }));
        QCOMPARE(onDisk(), with(workspace, "first", "first one"));
    }

    void closingAsksInTheWindow()
    {
        type(s("first"), s(" one"));
        QVERIFY(!m_live->window().close());
        QVERIFY(title("close", s("shop has unsaved changes.")));
        QCOMPARE(QApplication::focusWidget(), m_live->answer("close", s("Save and close")));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(m_live->barTitle("close").isEmpty());
        QCOMPARE(m_live->field(s("first one")), QApplication::focusWidget()); // back where it was
        QVERIFY(!m_live->window().close());
        click("close", s("Keep editing"));
        QVERIFY(m_live->window().isVisible());
        QVERIFY(!m_live->window().close());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QVERIFY(waitFor("the window to close", [this] { return !m_live->window().isVisible(); }));
        QCOMPARE(onDisk(), with(workspace, "first", "first one"));
    }

    void closedWithoutSavingTheEditsAreGone()
    {
        type(s("first"), s(" one"));
        QVERIFY(!m_live->window().close());
        click("close", s("Close without saving"));
        QVERIFY(!m_live->window().isVisible());
        QCOMPARE(onDisk(), std::string(workspace));
        m_live->start();
        QVERIFY(waitFor("the workspace to open", [this] { return session().isOpen(); }));
        QVERIFY(waitFor("the gateway to run", [this] { return m_live->running(); })); // by then the journal has been read
        QCOMPARE(session().recoverable(), 0);
    }

    // A folder that can't be written: said in place, nothing lost, and it goes on when it can be.
    void aFailedSaveSaysSoAndLosesNothing()
    {
        ::chmod(qPrintable(m_live->folder()), 0555);
        if (::access(qPrintable(m_live->folder()), W_OK) == 0 && QFile(m_live->folder() + s("/x")).open(QIODevice::WriteOnly))
            QSKIP("here even a folder without that right can be written");
        type(s("first"), s(" one"));
        save();
        QVERIFY(title("save", s("gatehouse.yaml can't be written: Permission denied")));
        QCOMPARE(m_live->window().state().saveError.isEmpty(), false);
        QVERIFY(session().dirty());
        QVERIFY(m_live->field(s("first one")));
        QCOMPARE(onDisk(), std::string(workspace));
        QVERIFY(!m_live->window().close());
        click("close", s("Save and close"));
        QVERIFY(waitFor("the bar that waits to go", [this] { return m_live->barTitle("close").isEmpty(); }));
        QVERIFY(m_live->window().isVisible());
        ::chmod(qPrintable(m_live->folder()), 0755);
        answerByKeys("save", s("Try again"));
        QVERIFY(isSaved());
        QVERIFY(waitFor("the bar to go", [this] { return m_live->barTitle("save").isEmpty(); }));
        QCOMPARE(onDisk(), with(workspace, "first", "first one"));
    }

    void changesOutside_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("mine");
        QTest::addColumn<QString>("theirs");
        QTest::newRow("merged") << s("Merge both") << s("first one") << s("/theirs");
        QTest::newRow("mine") << s("Keep mine") << s("first one") << s("/other");
        QTest::newRow("theirs") << s("Take theirs") << s("first") << s("/theirs");
    }
    void changesOutside()
    {
        QFETCH(QString, answer);
        QFETCH(QString, mine);
        QFETCH(QString, theirs);
        type(s("first"), s(" one"));
        writeFile(m_live->file(), with(workspace, "exact: /other", "exact: /theirs"));
        QVERIFY(title("outside", s("Another program changed gatehouse.yaml")));
        QTest::keyClicks(m_live->field(s("first one")), {}); // still there, still in front
        answerByKeys("outside", answer);
        const std::string wanted = with(with(workspace, "description: \"first\"", qPrintable(s("description: \"%1\"").arg(mine))), "exact: /other", qPrintable(s("exact: ") + theirs));
        QVERIFY(waitFor("the answer", [&] { return session().document().text("gatehouse.yaml") == wanted && m_live->barTitle("outside").isEmpty(); }));
        save();
        QVERIFY(isSaved());
        QCOMPARE(onDisk(), wanted);
        QVERIFY(m_live->barTitle("outside").isEmpty());
    }

    void changesThatCannotBeMergedAreSaidAndKept()
    {
        type(s("first"), s(" one"));
        const std::string clash = with(workspace, "description: \"first\"", "description: \"theirs\"");
        writeFile(m_live->file(), clash);
        QVERIFY(title("outside", s("Another program changed")));
        click("outside", s("Merge both"));
        QVERIFY(title("outside", s("Both can't be kept: gatehouse.yaml was changed outside in lines")));
        QVERIFY(m_live->field(s("first one")));
        save(); // never over what nobody has looked at
        QVERIFY(waitFor("the save to be refused", [this] { return session().saveError().has_value(); }));
        QCOMPARE(onDisk(), clash);
        QVERIFY(title("outside", s("Another program changed")));
        click("outside", s("Keep mine"));
        save();
        QVERIFY(isSaved());
        QCOMPARE(onDisk(), with(workspace, "first", "first one"));
    }

    // Nobody else writes the file: a person who edits it elsewhere sees it here.
    void withoutEditsItJustFollows()
    {
        const std::string theirs = with(workspace, "description: \"first\"", "description: \"theirs\"");
        writeFile(m_live->file(), theirs);
        QVERIFY(waitFor("the window to follow", [this] { return m_live->field(s("theirs")) != nullptr; }));
        QVERIFY(!session().dirty());
        QVERIFY(m_live->barTitle("outside").isEmpty());
    }

    void leftEditsAreOfferedBesideNewOnes()
    {
        leave(s("first"), s(" one"));
        QVERIFY(title("left", s("of shop was not saved")));
        QCOMPARE(session().document().text("gatehouse.yaml"), std::string(workspace));
        const auto place = session().document().find("route", "other");
        QVERIFY(session().edit(schema::Patch::replace("gatehouse.yaml", place->path / schema::Path::of("match.exact"), schema::Node::string("/mine")), s("edit")).ok());
        answerByKeys("left", s("Restore the edits"));
        QVERIFY(m_live->barTitle("left").isEmpty());
        const std::string both = with(with(workspace, "description: \"first\"", "description: \"first one\""), "exact: /other", "exact: /mine");
        QCOMPARE(session().document().text("gatehouse.yaml"), both);
        QCOMPARE(session().undoStack().undoText(), s("Restore unsaved edits"));
        save();
        QVERIFY(isSaved());
        QCOMPARE(onDisk(), both);
    }

    void leftEditsThatClashAreKept()
    {
        leave(s("first"), s(" one"));
        QVERIFY(title("left", s("of shop was not saved")));
        begin();
        type(s("first"), s(" other"));
        click("left", s("Restore the edits"));
        QVERIFY(title("left", s("are no longer what these edits were made on")));
        QVERIFY(m_live->field(s("first other")));
        save();
        QVERIFY(isSaved());
        m_live->start(); // kept until answered, also through a save and another start
        QVERIFY(title("left", s("of shop was not saved")));
        click("left", s("Drop them"));
        QVERIFY(m_live->barTitle("left").isEmpty());
        m_live->start();
        QVERIFY(waitFor("the workspace to open", [this] { return session().isOpen() && m_live->running(); }));
        QCOMPARE(session().recoverable(), 0);
        QCOMPARE(onDisk(), with(workspace, "first", "first other"));
    }

private:
    // Types, and ends without a word as a crash does: the window is never asked.
    void leave(const QString &now, const QString &more)
    {
        type(now, more);
        m_live->start();
        QVERIFY(waitFor("the workspace to open", [this] { return session().isOpen() && m_live->running(); }));
    }
};

QTEST_MAIN(TestSaving)
#include "tst_saving.moc"
