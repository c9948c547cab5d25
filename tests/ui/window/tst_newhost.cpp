// A Host that is not known is refused; Traffic's Why offers to add it to the listener, which is an edit that can be undone.
#include "tests/ui/window/window.h"
#include "ui/traffic/detailpane.h"
#include "ui/traffic/exchangetable.h"
#include "ui/widgets/why/whyview.h"

#include <QtWidgets/QPushButton>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

const char *const unnamed = R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0   # any
routes:
  - name: all
    match: { prefix: / }
    to: { respond: { status: 200, body: hello } }
)";
const char *const added = R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0   # any
    hosts: [ shop.test ]
routes:
  - name: all
    match: { prefix: / }
    to: { respond: { status: 200, body: hello } }
)";

} // namespace

class TestNewHost : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<test::WindowWithEngine> m_it;
    int statusFor(const std::string &host)
    {
        return test::statusOf(test::request(m_it->port(), "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"));
    }
    // The newest exchange's Why in Traffic; its only button, null: there is none.
    QPushButton *offered(int exchanges)
    {
        m_it->window().showPanel(QLatin1String(ui::panels::traffic));
        ui::Panel *panel = m_it->window().currentPanel();
        auto *table = panel->findChild<ui::ExchangeTable *>();
        if (!waitFor("the exchange", [&] { return table->model()->rowCount() == exchanges; }))
            return nullptr;
        table->setCurrentIndex(table->model()->index(exchanges - 1, 0));
        const auto buttons = panel->findChild<ui::DetailPane *>()->why()->findChildren<QPushButton *>();
        return buttons.size() == 1 ? buttons.front() : nullptr;
    }
    bool step(const std::function<void()> &edit)
    {
        const uint64_t before = m_it->revision();
        edit();
        return waitFor("the edit to run", [&] { return m_it->revision() > before; });
    }

private Q_SLOTS:
    void init() { m_it = std::make_unique<test::WindowWithEngine>(unnamed); }
    void cleanup() { m_it.reset(); }

    void aClickLetsTheHostInAndUndoShutsItOut()
    {
        QCOMPARE(statusFor("Shop.test:8080"), 421);
        QPushButton *add = offered(1);
        QVERIFY(add && add->isVisible());
        QCOMPARE(add->text(), QStringLiteral("Add shop.test to the hosts of main"));
        QVERIFY(step([&] { QTest::mouseClick(add, Qt::LeftButton); }));
        QCOMPARE(m_it->text(), std::string(added));
        QVERIFY(m_it->window().currentPanel()->accessibleName() == QLatin1String("Routes")); // one sees what was done
        QVERIFY(m_it->session().problems().empty());
        QCOMPARE(statusFor("shop.test"), 200);
        QCOMPARE(statusFor("other.test"), 421);
        QCOMPARE(m_it->session().undoStack().undoText(), QStringLiteral("Add shop.test to the hosts of main"));
        QVERIFY(step([&] { m_it->key(Qt::Key_Z, Qt::ControlModifier); }));
        QCOMPARE(m_it->text(), std::string(unnamed));
        QCOMPARE(statusFor("shop.test"), 421);
    }

    void asksForEachHostOnceAndKeepsTheOthers()
    {
        for (const char *host : {"a.test", "b.test"})
            QVERIFY(step([&] { m_it->window().navigator()->go({ui::Place::Kind::NewHost, QLatin1String(ui::panels::routes), QStringLiteral("main"), QLatin1String(host)}); }));
        const std::string both = m_it->text();
        QVERIFY2(both.find("hosts: [ a.test, b.test ]") != std::string::npos, both.c_str());
        m_it->window().navigator()->go({ui::Place::Kind::NewHost, QLatin1String(ui::panels::routes), QStringLiteral("main"), QStringLiteral("A.test")});
        QCOMPARE(m_it->text(), both);
        QCOMPARE(m_it->session().undoStack().count(), 2);
        QCOMPARE(statusFor("a.test"), 200);
        QCOMPARE(statusFor("b.test"), 200);
    }

    void aStarThatWasSentIsNotOffered()
    {
        QCOMPARE(statusFor("*.test"), 421);
        QVERIFY(!offered(1));
        QVERIFY(m_it->window().currentPanel()->findChild<ui::DetailPane *>()->why()->findChildren<QPushButton *>().isEmpty());
    }
};

QTEST_MAIN(TestNewHost)
#include "tst_newhost.moc"
