// A recorded request is sent again: its credentials were masked before it was recorded, and are put back from the consumer.
#include "tests/ui/window/window.h"
#include "ui/models/exchangemodel.h"
#include "ui/widgets/states.h"

#include <QtWidgets/QTableView>

using namespace gatehouse;
using gatehouse::test::request;
using gatehouse::test::statusOf;
using gatehouse::test::waitFor;

namespace {

const char *const workspace = R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0
consumers:
  - name: web
    api-keys: [ key-of-web ]
  - name: batch
    api-keys: [ key-of-batch ]
routes:
  - name: orders
    match: { prefix: /orders }
    policies: [ key-auth: { header: x-shop-key } ]
    to: { respond: { status: 200, body: fine } }
)";

} // namespace

class TestResend : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<test::WindowWithEngine> m_it;

    QTableView *table()
    {
        for (QTableView *view : m_it->window().currentPanel()->findChildren<QTableView *>())
            if (view->isVisible() && view->model() && view->model()->rowCount())
                return view;
        return nullptr;
    }
    std::vector<observe::Row> rows() { return m_it->api().exchanges.since(0).rows; }
    bool send(const std::string &fields)
    {
        const size_t before = rows().size();
        const int status = statusOf(request(m_it->port(), "GET /orders/1 HTTP/1.1\r\nHost: localhost\r\n" + fields + "Connection: close\r\n\r\n"));
        return status == 200 && waitFor("the record", [&] { return rows().size() > before; });
    }
    // The newest row, and R.
    bool sendNewestAgain()
    {
        const size_t before = rows().size();
        m_it->window().showPanel(QLatin1String(ui::panels::traffic));
        if (!waitFor("the table", [&] { return table() && size_t(table()->model()->rowCount()) == before; }))
            return false;
        QTableView *view = table();
        view->setFocus();
        view->setCurrentIndex(view->model()->index(int(before) - 1, 0));
        QTest::keyClick(view, Qt::Key_R);
        return waitFor("its record", [&] { return rows().size() == before + 1 && rows().back().status; });
    }

private Q_SLOTS:
    void initTestCase() { m_it = std::make_unique<test::WindowWithEngine>(workspace); }
    void cleanupTestCase() { m_it.reset(); }

    void theConsumersKeyIsPutBack()
    {
        QVERIFY(send("X-Shop-Key: key-of-batch\r\n"));
        const auto kept = m_it->api().exchanges.detail(rows().back().id);
        QVERIFY(kept && std::none_of(kept->request.fields.begin(), kept->request.fields.end(), [](const auto &field) { return field.second.find("key-of") != std::string::npos; }));
        QVERIFY(sendNewestAgain());
        QCOMPARE(int(rows().back().status), 200);
        QCOMPARE(std::string(rows().back().consumer), std::string("batch"));
        const auto again = m_it->api().exchanges.detail(rows().back().id);
        QVERIFY(again && std::none_of(again->request.fields.begin(), again->request.fields.end(), [](const auto &field) { return field.second.find("key-of") != std::string::npos; }));
    }

    void whatNobodyHasIsLeftOutAndTold()
    {
        QVERIFY(send("X-Shop-Key: key-of-web\r\nAuthorization: Bearer of-nobody\r\n"));
        QVERIFY(sendNewestAgain());
        QCOMPARE(std::string(rows().back().consumer), std::string("web"));
        const auto again = m_it->api().exchanges.detail(rows().back().id);
        QVERIFY(again && std::none_of(again->request.fields.begin(), again->request.fields.end(), [](const auto &field) { return field.first == "Authorization"; }));
        QVERIFY(waitFor("the notice", [this] {
            for (const ui::NoticeBar *bar : m_it->window().currentPanel()->findChildren<ui::NoticeBar *>())
                if (bar->isVisible() && bar->title() == QLatin1String("It was sent without Authorization."))
                    return true;
            return false;
        }));
    }
};

QTEST_MAIN(TestResend)
#include "tst_resend.moc"
