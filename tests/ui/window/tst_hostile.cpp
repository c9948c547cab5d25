// Strangers' strings in every panel of the whole window: what came over real connections and what a workspace says is painted as the
// plain text it is. Nothing of it is markup, a format or a control, and nothing of it is fetched.
#include "tests/ui/window/painted.h"
#include "tests/ui/window/window.h"
#include "ui/routes/explainbar.h"
#include "ui/shell/statusbar.h"
#include "ui/traffic/detailpane.h"
#include "ui/traffic/exchangetable.h"
#include "ui/widgets/flatbutton.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QTimer>
#include <QtGui/QContextMenuEvent>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QTabBar>

#include <algorithm>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

// Begins as markup, goes on as a format and ends as an entity, which a menu would take for its key; then what turns or hides writing, in UTF-8.
const std::string planted = "<b>h0st<i>%1%2%n&amp;";
const std::string turned = "\u202Egnp.exe\u2066\u200F\u061C";

const char *const panelIds[] = {ui::panels::traffic, ui::panels::routes, ui::panels::upstreams, ui::panels::mocks,
                                ui::panels::dashboard, ui::panels::explorer, ui::panels::exporting, ui::panels::settings};

bool isHidden(QChar c)
{
    const ushort u = c.unicode();
    return u < 0x20 || (u >= 0x7f && u < 0xa0) || u == 0x061c || u == 0x200e || u == 0x200f || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
}

// What is wrong with a text that is shown; empty: nothing. Where it is cut short an ellipsis stands.
QString wrongWith(const QString &text)
{
    static const QRegularExpression unmarked(QStringLiteral("(?<!<b>|%3Cb%3E)h0st")), filled = [] {
        const QString rest = QString::fromStdString(planted).mid(7);
        QStringList goesOn{rest};
        for (qsizetype i = 0; i < rest.size(); ++i)
            goesOn << rest.left(i) + QChar(0x2026);
        return QRegularExpression(QStringLiteral("<b>h0st(?!%1)").arg(goesOn.join(QLatin1Char('|'))));
    }();
    for (const QRegularExpression *wrong : {&unmarked, &filled})
        if (const auto match = wrong->match(text); match.hasMatch())
            return QStringLiteral("not as it came: ") + text.mid(std::max<qsizetype>(0, match.capturedStart() - 20), 60);
    return {};
}

std::string octets(const std::string &method, const std::string &target, const std::string &fields, const std::string &body = {})
{
    return method + " " + target + " HTTP/1.1\r\n" + (fields.find("Host: ") == std::string::npos ? "Host: localhost\r\n" : "") + fields
        + (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "Connection: close\r\n\r\n" + body;
}

} // namespace

class TestHostile : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<test::FakeUpstream> m_canary, m_upstream; // nobody may come to the canary
    std::unique_ptr<test::WindowWithEngine> m_it;
    QString m_wrong;
    int m_found = 0; // widgets in which something of it was painted

    std::string image() const { return "<img src=\"" + m_canary->url() + "/i.png\"><link rel=stylesheet href=\"" + m_canary->url() + "/s.css\">"; }
    std::string workspace(const std::string &more = {}) const
    {
        const std::string text = planted + turned;
        return "gatehouse: 1\nname: shop\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nupstreams:\n  - name: up\n    endpoints: [ { url: \"" + m_upstream->url()
            + "\" } ]\nconsumers:\n  - name: web\n    api-keys: [ 'key-of-web' ]\nroutes:\n  - name: own\n    match: { prefix: /own, headers: { x-who: '" + text
            + "' } }\n    policies: [ { headers: { response: { set: { x-said: '" + text + "' } } } } ]\n    to: { respond: { status: 200, body: '" + text + image() + "' } }\n"
            "  - name: mocked\n    match: { prefix: /mocked }\n    to: { mock: m }\n  - name: limited\n    match: { prefix: /limited }\n"
            "    policies: [ { rate-limit: { requests: 1, per: 1h, by: header.x-who } } ]\n    to: { upstream: up }\n"
            "  - name: all\n    match: { prefix: / }\n    to: { upstream: up }\nmocks:\n  - name: m\n    responses:\n      - { when: { headers: { x-who: '" + text
            + "' } }, status: 200, body: '" + text + image() + "' }\n" + more;
    }
    // One connection each; those that are no HTTP at all too.
    int send()
    {
        const std::string text = planted + turned, escaped = "%3Cb%3Eh0st%3Ci%3E%251%252%25n%26amp;%E2%80%AE%0A%00%1B[31m";
        const std::string fields = "User-Agent: " + text + "\r\nX-Who: " + text + "\r\nReferer: " + image() + "\r\nCookie: a=" + text + "\r\n";
        const std::vector<std::string> all{
            octets("GET", "/a/" + escaped + "?q=" + escaped, fields),
            octets("POST", "/json", fields + "Content-Type: application/json\r\n", "{\"" + text + "\": \"" + text + "\\u202e\\u0007\", \"image\": " + "\"x\"}"),
            octets("POST", "/text", fields + "Content-Type: text/plain; name=\"" + text + "\"\r\n", text + image()),
            octets("POST", "/binary", fields, image() + std::string("\0\x07\x1b[31m\r\nSecond", 16)),
            octets("POST", "/html", fields + "Content-Type: text/html\r\n", "<html><body>" + text + image() + "</body></html>"),
            octets("G%1%2T", "/method", fields),
            octets("GET", "/own/x", fields),
            octets("GET", "/mocked/x", fields),
            octets("GET", "/limited/x", fields),
            octets("GET", "/limited/x", fields),
            octets("GET", "/long/" + std::string(3000, 'a') + "/" + escaped, "X-Who: " + std::string(3000, 'b') + text + "\r\n"),
            octets("GET", "/host", "Host: " + std::string(200, 'a') + "%1%25.test\r\n"),
            octets("GET", "/host", "Host: " + planted + "\r\n"),
            octets("GET", "/field", std::string("X-Nul: a\0b\r\n", 12)),
            octets("GET", "/" + planted, {}),
            planted + turned + std::string("\0\x1b\r\n\r\n", 6),
        };
        for (const std::string &one : all)
            (void)test::request(m_it->port(), one);
        return int(all.size());
    }

    // All that is on the screen, and what would come up on it.
    void look(const char *where)
    {
        if (!m_wrong.isEmpty())
            return;
        QWidget *top = &m_it->window();
        if (QWidget *popup = QApplication::activePopupWidget() ? QApplication::activePopupWidget() : QApplication::activeModalWidget())
            top = popup;
        const auto fail = [&](const QString &what, const QString &text) { m_wrong += QLatin1String(where) + QStringLiteral(": ") + what + QStringLiteral(": ") + text.left(200) + QLatin1Char('\n'); };
        int widgets = 0;
        test::eachPainted(*top, [&](const QWidget &widget, const QStringList &painted) {
            ++widgets;
            m_found += painted.join(QString()).contains(QLatin1String("<b>h0st"));
            const QString text = painted.join(QString()), who = QLatin1String(widget.metaObject()->className()) + QLatin1String(" in ")
                + QLatin1String(widget.parentWidget() ? widget.parentWidget()->metaObject()->className() : "nothing");
            if (std::any_of(text.begin(), text.end(), isHidden))
                fail(who + QStringLiteral(" paints what can't be seen"), QString::fromLatin1(text.toUtf8().toPercentEncoding(" <>=")));
            if (const QString wrong = wrongWith(text); !wrong.isEmpty())
                fail(who, wrong);
        });
        if (widgets == 0)
            fail(QStringLiteral("nothing is painted"), {});
        for (const QWidget *widget : QApplication::allWidgets())
            if (const auto *label = qobject_cast<const QLabel *>(widget))
                if (label->textFormat() != Qt::PlainText && (label->text().contains(QLatin1String("h0st")) || Qt::mightBeRichText(label->text())))
                    return fail(QStringLiteral("a label that takes markup"), label->text());
        test::eachToolTip([&](const QString &tip) {
            if (std::any_of(tip.begin(), tip.end(), [](QChar c) { return c != QLatin1Char('\n') && isHidden(c); }))
                fail(QStringLiteral("a tooltip with what can't be seen"), QString::fromLatin1(tip.toUtf8().toPercentEncoding(" <>=")));
            if (!Qt::mightBeRichText(tip))
                return;
            QString text = tip;
            for (const char *ours : {"<span>", "</span>", "<br>"})
                text.remove(QLatin1String(ours));
            if (text.contains(QLatin1Char('<')))
                fail(QStringLiteral("a tooltip with markup"), tip);
        });
    }
    bool seen(const char *text) const
    {
        bool found = false;
        test::eachPainted(m_it->window(), [&](const QWidget &, const QStringList &painted) { found = found || painted.join(QString()).contains(QString::fromUtf8(text)); });
        return found;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_canary = std::make_unique<test::FakeUpstream>([](test::Peer &peer, int) { (void)peer.readHead(); });
        m_upstream = std::make_unique<test::FakeUpstream>([this](test::Peer &peer, int) {
            const std::string body = "<html><head><title>" + planted + "</title></head>\n<body onload=x>\n" + planted + turned + image() + "</body></html>";
            while (!peer.readMessage().empty())
                peer.send("HTTP/1.1 200 " + planted + "\r\nContent-Type: text/html; charset=\"" + planted + "\"\r\nContent-Disposition: attachment; filename=\"" + planted + turned
                          + "\"\r\nServer: " + planted + turned + "\r\nSet-Cookie: a=" + planted + "\r\nLink: <" + m_canary->url() + "/l>; rel=preload\r\nContent-Length: "
                          + std::to_string(body.size()) + "\r\n\r\n" + body);
        });
        m_it = std::make_unique<test::WindowWithEngine>(workspace(), QString::fromStdString(planted + turned + "\n\x07"));
        const int sent = send();
        m_it->window().showPanel(QLatin1String(ui::panels::traffic));
        auto *table = m_it->window().currentPanel()->findChild<ui::ExchangeTable *>();
        QVERIFY(waitFor("all exchanges", [&] { return table->model()->rowCount() >= sent - 1; }));
    }

    void init()
    {
        m_wrong.clear();
        m_found = 0;
    }

    // The engine of the test itself: it sees markup that is taken for such, and what turns writing.
    void theTestSees()
    {
        QLabel label(QString::fromStdString(planted));
        label.resize(400, 40);
        QVERIFY(!wrongWith(test::paintedBy(label).join(QString())).isEmpty()); // auto text: the <b> is gone
        label.setTextFormat(Qt::PlainText);
        QCOMPARE(test::paintedBy(label).join(QString()), QString::fromStdString(planted));
        label.setText(QStringLiteral("a\u202Eb"));
        const QString painted = test::paintedBy(label).join(QString());
        QVERIFY(std::any_of(painted.begin(), painted.end(), isHidden));
        QVERIFY(!wrongWith(QString::fromStdString(planted).arg(1)).isEmpty());
    }

    void everyExchangeInEveryTab()
    {
        m_it->window().showPanel(QLatin1String(ui::panels::traffic));
        ui::Panel *panel = m_it->window().currentPanel();
        auto *table = panel->findChild<ui::ExchangeTable *>();
        auto *detail = panel->findChild<ui::DetailPane *>();
        bool header = false, response = false;
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            table->setCurrentIndex(table->model()->index(row, 0));
            for (int tab = ui::DetailPane::Overview; tab <= ui::DetailPane::Why; ++tab) {
                detail->setTab(tab);
                QApplication::processEvents();
                look(qPrintable(QStringLiteral("Traffic, row %1, tab %2").arg(row).arg(tab)));
                header = header || (tab == ui::DetailPane::Request && seen("<b>h0st<i>%1%2%n&amp;\uFFFDgnp.exe"));
                response = response || (tab == ui::DetailPane::Response && seen("<html>"));
            }
        }
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        QVERIFY(m_found > 0);
        QVERIFY(header && response); // it was there to be seen
    }

    void filtersAndComparison()
    {
        m_it->window().showPanel(QLatin1String(ui::panels::traffic));
        ui::Panel *panel = m_it->window().currentPanel();
        auto *table = panel->findChild<ui::ExchangeTable *>();
        m_it->window().navigator()->showExchanges(QString::fromStdString("host:" + planted));
        look("a filter that nothing matches");
        m_it->window().navigator()->showExchanges({});
        for (int row : {1, 3}) {
            table->setCurrentIndex(table->model()->index(row, 0));
            QTest::keyClick(table, Qt::Key_D, Qt::ControlModifier);
        }
        QVERIFY(waitFor("the comparison", [] { return QApplication::activeModalWidget() != nullptr; }));
        look("comparison");
        QApplication::activeModalWidget()->close();
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        QVERIFY(m_found > 0);
    }

    void theMenuOfACell()
    {
        m_it->window().showPanel(QLatin1String(ui::panels::traffic));
        m_it->window().navigator()->showExchanges({});
        auto *table = m_it->window().currentPanel()->findChild<ui::ExchangeTable *>();
        bool looked = false;
        for (int column = 0; column < table->model()->columnCount(); ++column) {
            const QModelIndex index = table->model()->index(9, column); // its path is long and hostile
            if (table->isColumnHidden(column))
                continue;
            table->setCurrentIndex(index);
            QTimer::singleShot(200, this, [&] {
                QWidget *popup = QApplication::activePopupWidget();
                if (!popup)
                    return;
                look("the menu");
                looked = true;
                popup->close();
            });
            const QPoint at = table->visualRect(index).center();
            QContextMenuEvent event(QContextMenuEvent::Mouse, at, table->viewport()->mapToGlobal(at));
            QApplication::sendEvent(table->viewport(), &event);
            QTest::qWait(250);
        }
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        QVERIFY(looked);
    }

    void everyPanel()
    {
        for (const char *id : panelIds) {
            m_it->window().showPanel(QLatin1String(id));
            QTest::qWait(300); // figures come four times a second
            look(id);
        }
        for (const char *route : {"own", "limited", "mocked", "all"}) {
            m_it->window().navigator()->openRoute(QLatin1String(route));
            QTest::qWait(50);
            look(route);
        }
        m_it->window().navigator()->openMock(QStringLiteral("m"), 0);
        QTest::qWait(300);
        look("mock");
        m_it->window().navigator()->openUpstream(QStringLiteral("up"));
        look("upstream");
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        QVERIFY(m_found > 0);
    }

    void explainedAndNotFound()
    {
        const QString text = QString::fromStdString(planted + turned);
        for (const QString &request : {QStringLiteral("curl -H 'X-Who: %1' http://localhost/own/x"), QStringLiteral("curl http://%1/x"), QStringLiteral("curl -X '%1' http://localhost/"), QStringLiteral("%1")}) {
            QString line = request;
            m_it->window().navigator()->explain(line.replace(QLatin1String("%1"), text));
            QTest::qWait(300);
            look("explained");
        }
        m_it->window().navigator()->openRoute(text);
        QTest::qWait(100);
        look("a note");
        m_it->key(Qt::Key_K, Qt::ControlModifier);
        if (QWidget *focus = QApplication::focusWidget())
            QTest::keyClicks(focus, QString::fromStdString(planted));
        QTest::qWait(100);
        look("the palette");
        if (QWidget *focus = QApplication::focusWidget())
            QTest::keyClick(focus, Qt::Key_Escape);
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        QVERIFY(m_found > 0);
    }

    void sentFromHere()
    {
        m_it->window().navigator()->newRequest(QString::fromStdString("curl -H 'X-Who: " + planted + "' http://127.0.0.1:" + std::to_string(m_it->port()) + "/html"));
        QTest::qWait(100);
        look("a request");
        m_it->key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(waitFor("the answer", [&] { return seen("<html>"); }));
        look("an answer");
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        QVERIFY(m_found > 0);
    }

    void problemsOfTheWorkspace()
    {
        m_it->write(workspace("\"" + planted + turned + "\\e[31m\\u0007\": 1\nsettings: { '" + planted + "': '" + turned + "' }\n"));
        QVERIFY(waitFor("the problems", [&] { return m_it->session().errorCount() >= 2; }));
        QTest::qWait(300);
        for (const char *id : panelIds) {
            m_it->window().showPanel(QLatin1String(id));
            look(id);
        }
        auto *part = m_it->window().findChild<ui::StatusBar *>()->part(ui::StatusBar::Part::Problems);
        QTest::mouseClick(part, Qt::LeftButton);
        QVERIFY(waitFor("the list of problems", [] { return QApplication::activePopupWidget() != nullptr; }));
        look("problems");
        QApplication::activePopupWidget()->close();
        m_it->write("gatehouse: 1\n" + planted + turned + ": [\x07\n");
        QVERIFY(waitFor("a file that can't be read", [&] { return m_it->session().errorCount() == 1; }));
        QTest::qWait(300);
        look("a file that can't be read");
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        QVERIFY(m_found > 0);
    }

    void nothingWasFetched()
    {
        QCOMPARE(m_canary->connections(), 0);
        QVERIFY(!QApplication::activeModalWidget());
    }

    void cleanupTestCase()
    {
        m_it.reset();
        m_upstream.reset();
    }
};

QTEST_MAIN(TestHostile)
#include "tst_hostile.moc"
