// A person edits the route that 64 connections run through: no request is lost, refused or answered by anything but its origin.
#include "tests/support/peers.h"
#include "tests/ui/window/livewindow.h"
#include "ui/routes/policycard.h"

#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>
#include <QtWidgets/QMenu>

#include <atomic>

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

constexpr int connections = 64, seconds = 6, fewestEdits = 20;

std::string workspace(const std::string &origin)
{
    return "gatehouse: 1\nname: shop\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\n"
        "upstreams:\n  - name: origin\n    endpoints:\n      - url: " + origin + "\n"
        "routes:\n  - name: api\n    match: { prefix: /api }\n    policies:\n"
        "      - headers: { response: { set: { x-shop: open } } }\n"
        "      - rate-limit: { requests: 1000000000, per: 1s }\n"
        "    delivery: { timeout: { response: 30s } }\n    description: first words\n    to: { upstream: origin }\n";
}

} // namespace

class TestUnderLoad : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<LiveWindow> m_live;
    int m_applied = 0;

    // One thing a person does, and the engine has it.
    bool step(const char *what, const std::function<void()> &act)
    {
        const uint64_t before = m_live->revision();
        act();
        if (!waitFor(what, [&] { return m_live->revision() > before; }))
            return false;
        m_applied += int(m_live->revision() - before);
        return m_live->session().errorCount() == 0;
    }
    bool typeAtEnd(const QString &now, const QString &more, int remove = 0)
    {
        QLineEdit *line = m_live->field(now);
        if (!line) {
            qWarning("there is no field with %s", qPrintable(now));
            return false;
        }
        return step(qPrintable(QStringLiteral("typing into ") + now), [&] {
            QTest::mouseClick(line, Qt::LeftButton);
            QTest::keyClick(line, Qt::Key_End);
            for (int i = 0; i < remove; ++i)
                QTest::keyClick(line, Qt::Key_Backspace);
            QTest::keyClicks(line, more);
            QTest::keyClick(line, Qt::Key_Return);
        });
    }
    ui::PolicyCard *card(const char *kind)
    {
        for (ui::PolicyCard *one : m_live->window().currentPanel()->findChildren<ui::PolicyCard *>())
            if (one->entry().kind == kind && one->isVisible())
                return one;
        return nullptr;
    }
    bool onCard(const char *kind, Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        return card(kind) && step(kind, [&] {
            card(kind)->setFocus();
            QTest::keyClick(card(kind), key, modifiers);
        });
    }
    // By the keyboard: Ctrl+Shift+A, a part of the name, Return.
    bool addPolicy(const char *kind)
    {
        const QString name = ui::policyKindName(kind);
        return step("adding a policy", [&] {
            m_live->press(Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
            auto *find = qobject_cast<QLineEdit *>(QApplication::focusWidget());
            if (!find || !waitFor("the list of policies", [&] { return QApplication::activePopupWidget() != nullptr; }))
                return;
            QTest::keyClicks(find, name);
            QTest::keyClick(find, Qt::Key_Return);
            m_live->window().activateWindow(); // without a window manager nobody does it when a popup has gone
        });
    }
    bool renameTo(const QString &name)
    {
        return step("renaming", [&] {
            QTest::keyClick(m_live->window().currentPanel(), Qt::Key_F2);
            auto *line = qobject_cast<QLineEdit *>(QApplication::focusWidget());
            QTest::keyClick(line, Qt::Key_A, Qt::ControlModifier);
            QTest::keyClicks(line, name);
            QTest::keyClick(line, Qt::Key_Return);
        });
    }
    bool saveNow()
    {
        m_live->press(Qt::Key_S, Qt::ControlModifier);
        return waitFor("the save", [this] { return !m_live->session().dirty() && !m_live->session().saving(); });
    }
    // Everything that can be done to a route and leaves it answering; afterwards it is as before.
    bool round()
    {
        return typeAtEnd(QStringLiteral("/api"), QStringLiteral("/")) && typeAtEnd(QStringLiteral("/api/"), {}, 1)
            && typeAtEnd(QStringLiteral("first words"), QStringLiteral(", and more")) && typeAtEnd(QStringLiteral("30s"), QStringLiteral("9s"), 2)
            && onCard("headers", Qt::Key_Space) && onCard("headers", Qt::Key_Space)
            && addPolicy("request-id") && onCard("request-id", Qt::Key_Up, Qt::AltModifier) && onCard("rate-limit", Qt::Key_Up, Qt::AltModifier)
            && onCard("request-id", Qt::Key_Delete) && renameTo(QStringLiteral("api-2")) && saveNow() && renameTo(QStringLiteral("api"))
            && step("undo", [&] { undoAll(); }) && step("redo", [&] { redoAll(); }) && step("undo again", [&] { undoAll(); }) && saveNow();
    }
    void undoAll()
    {
        for (int i = m_live->session().undoStack().index(); i > 0; --i)
            m_live->press(Qt::Key_Z, Qt::ControlModifier);
        m_live->session().commit();
    }
    void redoAll()
    {
        for (int i = m_live->session().undoStack().index(); i < m_live->session().undoStack().count(); ++i)
            m_live->press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        m_live->session().commit();
    }

private Q_SLOTS:
    void noRequestIsLost()
    {
        const QString wrk = QStandardPaths::findExecutable(QStringLiteral("wrk"));
        if (wrk.isEmpty())
            QSKIP("wrk is not installed");
        std::atomic<uint64_t> counted{0};
        FakeUpstream origin([&](Peer &peer, int) {
            while (!peer.readHead().empty()) {
                ++counted;
                if (!peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
                    return;
            }
        });
        const std::string before = workspace(origin.url());
        m_live = std::make_unique<LiveWindow>(before);
        QVERIFY(waitFor("the gateway to run", [&] { return m_live->running(); }));
        m_live->window().showPanel(QLatin1String(ui::panels::routes));
        m_live->window().navigator()->openRoute(QStringLiteral("api"));
        QCOMPARE(statusOf(request(m_live->address().section(QLatin1Char(':'), -1).toUShort(), "GET /api/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")), 200);
        const uint64_t own = counted;

        QProcess load;
        load.setProcessChannelMode(QProcess::MergedChannels);
        load.start(wrk, {QStringLiteral("-t1"), QStringLiteral("-c%1").arg(connections), QStringLiteral("-d%1s").arg(seconds), QStringLiteral("--timeout"), QStringLiteral("30s"),
                         QStringLiteral("http://%1/api/items").arg(m_live->address())});
        QVERIFY(waitFor("the load", [&] { return counted > own + 1000; }));
        int rounds = 0;
        while (load.state() == QProcess::Running) {
            QVERIFY(round());
            if (load.state() == QProcess::Running)
                ++rounds;
            QCOMPARE(readFile(m_live->file()), before);
        }
        const QString said = QString::fromUtf8(load.readAll());
        qInfo("%s\n%d edits applied, %d rounds of them within the load", qPrintable(said), m_applied, rounds);
        QVERIFY2(m_applied >= fewestEdits && rounds > 0, "too few edits for the load to have met any");
        QCOMPARE(load.exitCode(), 0);
        QVERIFY(!said.contains(QLatin1String("Non-2xx")));
        QVERIFY(!said.contains(QLatin1String("Socket errors")));
        const auto match = QRegularExpression(QStringLiteral("(\\d+) requests in")).match(said);
        QVERIFY(match.hasMatch());
        const uint64_t answered = match.captured(1).toULongLong();
        QVERIFY2(answered > 1000, "there was next to no load");

        // What wrk left in flight when its time was over is known to the origin and the recorder only.
        const auto recorded = [&] {
            const api::RecorderState state = m_live->application->api().exchanges.recorder();
            return state.recorded + state.droppedRecords - own;
        };
        const auto agree = [&](uint64_t count) { return count >= answered && count <= answered + connections; };
        QVERIFY2(waitFor("the recorder to have all of them", [&] { return recorded() >= answered; }), qPrintable(QStringLiteral("%1 of %2").arg(recorded()).arg(answered)));
        QVERIFY2(agree(counted - own), qPrintable(QStringLiteral("the origin counted %1, wrk %2").arg(counted - own).arg(answered)));
        QVERIFY2(agree(recorded()), qPrintable(QStringLiteral("recorded and dropped %1, wrk %2").arg(recorded()).arg(answered)));
        m_live.reset();
    }
};

QTEST_MAIN(TestUnderLoad)
#include "tst_underload.moc"
