// Axes are round, charts answer to keys, the table holds the same numbers, gaps stay gaps.
#include "ui/shell/theme.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/heatmap.h"

#include <QtCharts/QChart>
#include <QtCharts/QXYSeries>
#include <QtCore/QLocale>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QTableView>

#include <cmath>

using namespace gatehouse::ui;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

ChartData sample()
{
    ChartData data;
    data.end = 1'769'868'300'000;
    data.step = 1000;
    data.series = { { s("2xx"), ChartSeries::Shape::Stacked, ChartSeries::Tone::Hue, HueId::Ok, false, false,
                        { 10, 20, std::nan(""), 40 } },
        { s("4xx"), ChartSeries::Shape::Stacked, ChartSeries::Tone::Hue, HueId::Client, true, false, { 1, 2, 3, 4 } } };
    return data;
}

} // namespace

class ChartsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale::c());
        Theme::install(*qApp);
    }

    void stepsAreRound()
    {
        for (const double most : { 0.003, 0.7, 1.0, 3.0, 7.0, 42.0, 99.0, 451.0, 12'345.0, 9e9 }) {
            const Scale scale = linearScale(most, Unit::PerSecond);
            QVERIFY(scale.to >= most && scale.to <= most * 2.6);
            QVERIFY2(scale.ticks.size() >= 3 && scale.ticks.size() <= 6, qPrintable(QString::number(most)));
            const double step = scale.ticks[1].at - scale.ticks[0].at;
            const double lead = step / std::pow(10, std::floor(std::log10(step) + 1e-9));
            QVERIFY2(std::abs(lead - 1) < 1e-6 || std::abs(lead - 2) < 1e-6 || std::abs(lead - 5) < 1e-6,
                qPrintable(QString::number(step)));
        }
        QCOMPARE(linearScale(0, Unit::Count).ticks.size(), 2);
    }

    void decadesAreLabelled()
    {
        const Scale scale = logScale(0.5e6, 300e6, Unit::Nanoseconds);
        QStringList labels;
        for (const Tick &tick : scale.ticks)
            labels << QString(tick.label).replace(QChar(QChar::Nbsp), QLatin1Char(' '));
        QCOMPARE(labels, (QStringList{ s("100 \u00b5s"), s("1 ms"), s("10 ms"), s("100 ms"), s("1 s") }));
        QVERIFY(std::abs(scale.place(10e6) - 0.5) < 1e-9);
        QVERIFY(std::isnan(scale.place(std::nan(""))));
    }

    void timeCountsBackFromNow()
    {
        QStringList labels;
        for (const Tick &tick : timeTicks(0, 300'000, true))
            labels << tick.label;
        QCOMPARE(labels,
            (QStringList{
                s("\u22125 min"), s("\u22124 min"), s("\u22123 min"), s("\u22122 min"), s("\u22121 min"), s("now") }));
        QVERIFY(timeTicks(0, 0, true).isEmpty());
    }

    void gapsAreGaps()
    {
        TimeChart chart(s("Requests"), Unit::PerSecond);
        chart.setData(sample());
        int points = 0, pieces = 0;
        for (QAbstractSeries *series : chart.chart()->series())
            if (auto *line = qobject_cast<QXYSeries *>(series); line && line->count() > 0) {
                points += line->count();
                ++pieces;
            }
        QCOMPARE(points, 3 + 4); // the value that is missing is not drawn as 0
        QCOMPARE(pieces, 3); // two runs of 2xx, one of 4xx
    }

    void theCrosshairMovesByKeys()
    {
        TimeChart chart(s("Requests"), Unit::PerSecond);
        chart.setData(sample());
        chart.resize(600, 300);
        QSignalSpy moved(&chart, &TimeChart::crosshairMoved), shown(&chart, &TimeChart::exchangesRequested);
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.crosshair(), sample().end);
        QCOMPARE(chart.valueText(0), s("40"));
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.valueText(0), s("\u2013"));
        QTest::keyClick(&chart, Qt::Key_Home);
        QCOMPARE(chart.valueText(0), s("10"));
        QTest::keyClick(&chart, Qt::Key_Return);
        QCOMPARE(shown.count(), 1);
        QCOMPARE(shown.first().at(1).toLongLong(), sample().end - 3000);
        QTest::keyClick(&chart, Qt::Key_Escape);
        QCOMPARE(chart.crosshair(), 0);
        QCOMPARE(moved.count(), 4);
    }

    void theTableHoldsTheSameNumbers()
    {
        TimeChart chart(s("Requests"), Unit::PerSecond);
        chart.setData(sample());
        chart.show();
        QTest::keyClick(&chart, Qt::Key_T);
        QVERIFY(chart.isTableShown());
        auto *table = chart.findChild<QTableView *>();
        QCOMPARE(table->model()->rowCount(), 4);
        QCOMPARE(table->model()->index(0, 1).data().toString(), s("40"));
        QCOMPARE(table->model()->index(1, 1).data().toString(), s("\u2013"));
        QTest::keyClick(table, Qt::Key_T);
        QVERIFY(!chart.isTableShown());
        QVERIFY(chart.toCsv().startsWith(s("time,2xx,4xx\n")));
        QVERIFY(chart.accessibleDescription().contains(s("2xx 40")));
    }

    // A series may be named by a stranger: the key of a bucket.
    void aSeriesNameIsNoFormula()
    {
        ChartData data = sample();
        data.series[0].name = s("=HYPERLINK(\"x\")");
        data.series[1].name = s("a\"b,\u202Ec");
        TimeChart chart(s("Requests"), Unit::PerSecond);
        chart.setData(data);
        const QString head = chart.toCsv().section(QLatin1Char('\n'), 0, 0);
        QCOMPARE(head, s("time,\"'=HYPERLINK(\"\"x\"\")\",\"a\"\"b,\uFFFDc\""));
        QVERIFY(!chart.accessibleDescription().contains(QChar(0x202e)));
    }

    void dragChoosesASpan()
    {
        TimeChart chart(s("Requests"), Unit::PerSecond);
        chart.setData(sample());
        chart.resize(600, 300);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QSignalSpy spans(&chart, &TimeChart::spanChosen);
        QTest::mousePress(chart.viewport(), Qt::LeftButton, {}, QPoint(scaled(plot::left) + 2, 150));
        QTest::mouseMove(chart.viewport(), QPoint(580, 150));
        QTest::mouseRelease(chart.viewport(), Qt::LeftButton, {}, QPoint(580, 150));
        QTRY_COMPARE(spans.count(), 1);
        QCOMPARE(spans.first().first().toLongLong(), sample().end - 3000);
        QCOMPARE(spans.first().last().toLongLong(), sample().end);
    }

    void cellsSayWhatTheyCount()
    {
        HeatMap map(s("Latency"));
        map.resize(500, 300);
        HeatData data;
        data.end = 1'769'868'300'000;
        data.bounds = { 1e6, 1e7, 1e8 };
        data.columns = { { 1, 2 }, { 3, 71 } };
        map.setData(data);
        QSignalSpy shown(&map, &HeatMap::exchangesRequested);
        QTest::keyClick(&map, Qt::Key_Left);
        QTest::keyClick(&map, Qt::Key_Up);
        QCOMPARE(map.cellText().replace(QChar(QChar::Nbsp), QLatin1Char(' ')), s("10 ms to 100 ms: 71 requests"));
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Left);
        QCOMPARE(map.cellText().replace(QChar(QChar::Nbsp), QLatin1Char(' ')), s("1.0 ms to 10 ms: 1 request"));
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(shown.count(), 1);
        QCOMPARE(shown.first().at(2).toDouble(), 1e6);
    }
};

QTEST_MAIN(ChartsTest)
#include "tst_charts.moc"
