#include "tests/support/fakeapi.h"
#include "ui/traffic/trafficfilter.h"

#include <QtCore/QLocale>
#include <QtTest/QTest>

using namespace gatehouse;
using ui::ChipKind;
using ui::ChipMode;
using ui::TrafficFilter;

namespace {

const ChipKind client{"status", "4xx"}, server{"status", "5xx"}, cached{"verdict", "cached"}, refused{"verdict", "refused,throttled,loop,malformed"};

QString s(const char *text) { return QString::fromUtf8(text); }

} // namespace

class TestTrafficFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void aChipStandsAloneAndGoesAgain()
    {
        QString text = s("host:*.shop.localhost");
        text = TrafficFilter::clicked(text, client, {});
        QCOMPARE(text, s("host:*.shop.localhost status:4xx"));
        QVERIFY(TrafficFilter::modeOf(text, client) == ChipMode::On);
        text = TrafficFilter::clicked(text, cached, {});
        QCOMPARE(text, s("host:*.shop.localhost verdict:cached"));
        text = TrafficFilter::clicked(text, cached, {});
        QCOMPARE(text, s("host:*.shop.localhost"));
    }

    void shiftAddsAndAltLeavesOut()
    {
        QString text = TrafficFilter::clicked({}, client, Qt::ShiftModifier);
        text = TrafficFilter::clicked(text, server, Qt::ShiftModifier);
        QCOMPARE(text, s("status:4xx,5xx"));
        QVERIFY(TrafficFilter::modeOf(text, client) == ChipMode::On && TrafficFilter::modeOf(text, server) == ChipMode::On);
        text = TrafficFilter::clicked(text, client, Qt::ShiftModifier);
        QCOMPARE(text, s("status:5xx"));
        text = TrafficFilter::clicked(text, refused, Qt::AltModifier);
        QCOMPARE(text, s("status:5xx -verdict:refused,throttled,loop,malformed"));
        QVERIFY(TrafficFilter::modeOf(text, refused) == ChipMode::Negated);
        QCOMPARE(TrafficFilter::clicked(text, refused, Qt::AltModifier), s("status:5xx"));
    }

    void chipsTermsAreToldFromOthers()
    {
        QCOMPARE(TrafficFilter::withoutChips(s("status:429 status:4xx -path:/health verdict:cached verdict:failed")), s("status:429 -path:/health verdict:failed"));
    }

    void countsAreOfTheRest()
    {
        test::FakeApi fake;
        fake.exchanges.addSample(3000);
        ui::ExchangeModel model(fake.exchanges);
        model.poll();
        TrafficFilter filter;
        QString problem;
        QVERIFY(filter.set(s("route:get-order status:4xx"), &problem));
        model.setFilter(filter.counted(), filter.shown());
        const size_t clients = model.counts().byClass[size_t(observe::StatusClass::Client)];
        QCOMPARE(size_t(model.rowCount()), clients);
        QVERIFY(model.counts().byClass[size_t(observe::StatusClass::Success)] > 0);
        filter.setSpan(std::pair<int64_t, int64_t>(model.rowAt(0).row.startedMicros, model.rowAt(0).row.startedMicros + 1));
        model.setFilter(filter.counted(), filter.shown());
        QCOMPARE(model.rowCount(), 1);
    }

    void whatCantBeReadKeepsTheLast()
    {
        TrafficFilter filter;
        QString problem;
        QVERIFY(filter.set(s("status:4xx"), &problem));
        QVERIFY(!filter.set(s("status:banana"), &problem));
        QVERIFY(!problem.isEmpty());
        QCOMPARE(filter.expression(), s("status:4xx"));
    }

    void completionSaysHowMany()
    {
        test::FakeApi fake;
        fake.exchanges.addSample(23);
        ui::ExchangeModel model(fake.exchanges);
        model.poll();
        const auto offers = ui::completionsFor(s("sta"), {}, model);
        QVERIFY(offers.size() > 4);
        QCOMPARE(offers[2].term, s("status:4xx"));
        QCOMPARE(offers[2].count, s("5"));
        const auto turned = ui::completionsFor(s("-route:get"), {}, model);
        QCOMPARE(turned.front().term, s("-route:get-order"));
        QCOMPARE(turned.front().count, s("15"));
        QCOMPARE(ui::completionsFor(s("che"), {}, model).front().term, s("route:checkout"));
    }
};

QTEST_GUILESS_MAIN(TestTrafficFilter)
#include "tst_trafficfilter.moc"
