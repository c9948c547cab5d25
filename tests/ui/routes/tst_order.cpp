// The priorities that a move needs, against every order of small sets of routes.
#include "ui/routes/routeorder.h"

#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

#include <algorithm>
#include <numeric>

using namespace gatehouse;
using api::RoutePlace;

namespace {

void sortByMatch(std::vector<RoutePlace> &places)
{
    std::sort(places.begin(), places.end(), [](const RoutePlace &a, const RoutePlace &b) { return a.priority != b.priority ? a.priority > b.priority : a.natural < b.natural; });
}

std::vector<std::string> names(const std::vector<RoutePlace> &places)
{
    std::vector<std::string> out;
    for (const RoutePlace &place : places)
        out.push_back(place.route);
    return out;
}

void apply(std::vector<RoutePlace> &places, const std::vector<std::pair<std::string, int>> &changes)
{
    for (const auto &[route, priority] : changes)
        std::find_if(places.begin(), places.end(), [&](const RoutePlace &place) { return place.route == route; })->priority = priority;
}

} // namespace

class TestOrder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyMoveEndsWhereItWasWanted()
    {
        QRandomGenerator random(7);
        for (int round = 0; round < 2000; ++round) {
            const size_t count = 2 + random.bounded(5u);
            std::vector<RoutePlace> places;
            for (size_t i = 0; i < count; ++i)
                places.push_back({std::string(1, char('a' + i)), int(random.bounded(5)) - 2, i});
            sortByMatch(places);
            for (size_t from = 0; from < count; ++from) {
                for (size_t to = 0; to < count; ++to) {
                    auto wanted = places;
                    const RoutePlace moved = wanted[from];
                    wanted.erase(wanted.begin() + ptrdiff_t(from));
                    wanted.insert(wanted.begin() + ptrdiff_t(to), moved);
                    const auto changes = ui::prioritiesFor(wanted, to);
                    auto after = places;
                    apply(after, changes);
                    sortByMatch(after);
                    QCOMPARE(names(after), names(wanted));
                    for (const auto &change : changes) // nothing below it is touched
                        QVERIFY(std::none_of(wanted.begin() + ptrdiff_t(to) + 1, wanted.end(), [&](const RoutePlace &place) { return place.route == change.first; }));
                }
            }
        }
    }

    void oneChangeWhereOneIsEnough()
    {
        // To the top, or behind the last: nobody else has to move.
        const std::vector<RoutePlace> up{{"c", 0, 2}, {"a", 0, 0}, {"b", 0, 1}};
        QCOMPARE(ui::prioritiesFor(up, 0), (std::vector<std::pair<std::string, int>>{{"c", 1}}));
        const std::vector<RoutePlace> down{{"b", 0, 1}, {"c", 0, 2}, {"a", 0, 0}};
        QCOMPARE(ui::prioritiesFor(down, 2), (std::vector<std::pair<std::string, int>>{{"a", -1}}));
    }

    void noneWhereItNeedsNone()
    {
        const std::vector<RoutePlace> back{{"a", 0, 0}, {"b", 0, 1}, {"c", 7, 2}};
        QCOMPARE(ui::prioritiesFor(back, 2), (std::vector<std::pair<std::string, int>>{{"c", 0}}));
        const std::vector<RoutePlace> same{{"a", 0, 0}, {"b", 0, 1}};
        QVERIFY(ui::prioritiesFor(same, 1).empty());
        QVERIFY(ui::prioritiesFor({}, 0).empty());
    }
};

QTEST_GUILESS_MAIN(TestOrder)
#include "tst_order.moc"
