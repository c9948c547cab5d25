#include "tests/support/fakeapi.h"
#include "ui/models/exchangemodel.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QPersistentModelIndex>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

using namespace gatehouse;
using ui::ExchangeModel;

class TestExchangeModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsWhatArrivesInOrder()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        QAbstractItemModelTester tester(&model);
        QSignalSpy arrived(&model, &ExchangeModel::arrived);
        fake.exchanges.addSample(23);
        model.poll();
        QCOMPARE(model.rowCount(), 23);
        QCOMPARE(arrived.takeFirst().at(0).toInt(), 23);
        QCOMPARE(model.rowAt(3).row.status, uint16_t(429));
        QCOMPARE(model.index(0, ExchangeModel::Path).data().toString(), QStringLiteral("/v1/orders/4711?expand=items"));
        fake.exchanges.addSample(10, 5);
        model.poll();
        QCOMPARE(model.rowCount(), 33);
        QCOMPARE(model.rowAt(32).row.id, uint64_t(33));
    }

    void inFlightIsReplacedWhereItStands()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        QAbstractItemModelTester tester(&model);
        fake.exchanges.addSample(23);
        model.poll();
        QCOMPARE(model.rowAt(10).row.state, observe::State::Updated);
        QCOMPARE(model.index(10, ExchangeModel::Status).data().toString(), QStringLiteral("now"));
        QCOMPARE(model.counts().byClass[size_t(observe::StatusClass::InFlight)], size_t(1));
        observe::Row row = model.rowAt(10).row;
        row.state = observe::State::Final;
        row.status = 200;
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        fake.exchanges.add(row);
        model.poll();
        QCOMPARE(model.rowCount(), 23);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().at(0).toModelIndex().row(), 10);
        QCOMPARE(model.rowAt(10).row.status, uint16_t(200));
        QCOMPARE(model.counts().byClass[size_t(observe::StatusClass::InFlight)], size_t(0));
    }

    void filterCountsAndSecondsAgree()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        QAbstractItemModelTester tester(&model);
        fake.exchanges.addSample(3000);
        model.poll();
        const auto ofOrders = [](const observe::Row &row) { return row.route == "get-order"; };
        const auto refused = [](const observe::Row &row) { return row.status == 429; };
        model.setFilter(ofOrders, refused);
        const auto rows = test::sampleRows(3000);
        const size_t orders = size_t(std::count_if(rows.begin(), rows.end(), ofOrders));
        const size_t throttled = size_t(std::count_if(rows.begin(), rows.end(), [&](const auto &row) { return ofOrders(row) && refused(row); }));
        QVERIFY(throttled > 100 && throttled < orders);
        QCOMPARE(size_t(model.rowCount()), throttled);
        QCOMPARE(model.counts().all, orders);
        size_t inSeconds = 0;
        for (const auto &[second, classes] : model.seconds()) {
            for (const uint32_t figure : classes)
                inSeconds += figure;
        }
        QCOMPARE(inSeconds, throttled);
        fake.exchanges.addSample(500, 9);
        model.poll();
        QVERIFY(size_t(model.rowCount()) > throttled);
        for (int row = 0; row < model.rowCount(); ++row)
            QVERIFY(model.rowAt(row).row.status == 429 && model.rowAt(row).row.route == "get-order");
        model.setFilter({}, {});
        QCOMPARE(model.rowCount(), 3500);
    }

    void oldOnesLeaveAndTheSelectionKeepsItsExchange()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        QAbstractItemModelTester tester(&model);
        fake.exchanges.addSample(2000);
        model.poll();
        const QPersistentModelIndex chosen(model.index(1500, 0));
        fake.exchanges.letGo(1001);
        fake.exchanges.addSample(1, 3);
        model.poll();
        QCOMPARE(model.rowCount(), 1001);
        QCOMPARE(chosen.row(), 500);
        QCOMPARE(model.rowAt(chosen.row()).row.id, uint64_t(1501));
        QCOMPARE(model.counts().all, size_t(1001));
        QCOMPARE(model.rowOfId(900), -1);
        QCOMPARE(model.rowOfId(1501), 500);
    }

    void sortSettlesAndFollowsTheExchange()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        QAbstractItemModelTester tester(&model);
        fake.exchanges.addSample(400);
        model.poll();
        const QPersistentModelIndex chosen(model.index(5, 0));
        model.sort(ExchangeModel::Duration, Qt::DescendingOrder);
        QCOMPARE(model.rowAt(chosen.row()).row.id, uint64_t(6));
        const auto sorted = [&] {
            for (int row = 1; row < model.rowCount(); ++row) {
                const int64_t above = model.rowAt(row - 1).row.durationMicros;
                if (above < model.rowAt(row).row.durationMicros)
                    return false;
            }
            return true;
        };
        QVERIFY(sorted());
        fake.exchanges.addSample(300, 2);
        model.poll();
        QCOMPARE(model.rowCount(), 400); // nothing moves under the pointer
        model.settle();
        QCOMPARE(model.rowCount(), 700);
        QVERIFY(sorted());
        QCOMPARE(model.rowAt(chosen.row()).row.id, uint64_t(6));
        fake.exchanges.letGo(101);
        model.poll();
        model.settle();
        QCOMPARE(model.rowCount(), 600);
        QVERIFY(sorted());
        QVERIFY(!chosen.isValid());
        model.sort(-1, Qt::AscendingOrder);
        for (int row = 1; row < model.rowCount(); ++row) {
            const uint64_t above = model.rowAt(row - 1).row.id;
            QVERIFY(above < model.rowAt(row).row.id);
        }
    }

    void sortByTextComparesBeyondTheKey()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        fake.exchanges.addSample(500);
        model.poll();
        model.sort(ExchangeModel::Path, Qt::AscendingOrder);
        for (int row = 1; row < model.rowCount(); ++row) {
            const std::string above(model.rowAt(row - 1).row.path);
            QVERIFY(above <= model.rowAt(row).row.path);
        }
    }

    void pinsAndMarksAreOfTheExchange()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        fake.exchanges.addSample(20);
        model.poll();
        model.togglePinned(7);
        model.setMarked(9);
        QVERIFY(model.rowAt(6).pinned);
        QVERIFY(model.rowAt(8).marked);
        model.togglePinned(7);
        model.setMarked(0);
        QVERIFY(!model.rowAt(6).pinned && !model.rowAt(8).marked);
    }

    void clearEmptiesBoth()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        QAbstractItemModelTester tester(&model);
        fake.exchanges.addSample(20);
        model.poll();
        model.clear();
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.counts().all, size_t(0));
        fake.exchanges.addSample(5, 1);
        model.poll();
        QCOMPARE(model.rowCount(), 5);
    }

    // Not a stopwatch's verdict: figures for the note, and that nothing breaks at this size.
    void aMillionRows()
    {
        test::FakeApi fake;
        ExchangeModel model(fake.exchanges);
        fake.exchanges.addSample(1'000'000, 4);
        QElapsedTimer timer;
        timer.start();
        while (model.rowCount() < 1'000'000)
            model.poll();
        const auto taken = timer.restart();
        model.setFilter([](const observe::Row &row) { return row.status >= 500; }, {});
        const auto filtered = timer.restart();
        QVERIFY(model.rowCount() > 10'000);
        model.setFilter({}, {});
        timer.restart();
        model.sort(ExchangeModel::Duration, Qt::DescendingOrder);
        const auto sorted = timer.restart();
        fake.exchanges.addSample(10'000, 6);
        model.poll();
        timer.restart();
        model.settle();
        qInfo("1,000,000 rows: taken in %lld ms, filtered in %lld ms, sorted in %lld ms, 10,000 more settled in %lld ms",
              static_cast<long long>(taken), static_cast<long long>(filtered), static_cast<long long>(sorted), static_cast<long long>(timer.elapsed()));
        QCOMPARE(model.rowCount(), 1'010'000);
    }
};

QTEST_GUILESS_MAIN(TestExchangeModel)
#include "tst_exchangemodel.moc"
