// The smuggling matrix on the parsers, both directions, whole and cut at every place. Each case is refused with the stated code before
// anything of it could have gone on, or read as exactly the stated number of messages. Through a gateway: tests/gateway/exchange.
#include "tests/gateway/http/script.h"
#include "tests/support/smuggling.h"

#include <QtTest/QTest>

#include <set>

using namespace gatehouse;
using namespace gatehouse::test;

class TestSmuggling : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matrix_data();
    void matrix();
    void isLargeEnough();
};

void TestSmuggling::matrix_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < smugglingCases().size(); ++i)
        QTest::newRow(smugglingCases()[i].name.c_str()) << int(i);
}

void TestSmuggling::matrix()
{
    QFETCH(int, index);
    const SmugglingCase &test = smugglingCases()[size_t(index)];
    const std::string &octets = test.octets;
    Script script;
    script.method = test.asked;
    script.stopAtClose = !test.answer && test.closes;
    script.eof = test.answer && test.closes;
    const bool cutShort = script.eof && !test.messages && test.refusal.empty(); // whose end is its fault
    const auto check = [&](size_t step, size_t first) {
        const std::string log = test.answer ? script.responses(octets, step, first) : script.requests(octets, step, first);
        const bool refused = log.find("error ") != std::string::npos;
        const bool right = cutShort ? log.ends_with("error early-close\n") : test.refusal.empty() ? !refused : log.ends_with("error " + test.refusal + "\n");
        return right && script.complete == test.messages ? std::string() : log + std::to_string(script.complete) + " complete";
    };
    QCOMPARE(check(std::max<size_t>(octets.size(), 1), 0), std::string());
    QCOMPARE(check(1, 0), std::string());
    // Every place of those of usual size; the few that are about limits are megabytes of copying otherwise.
    const size_t stride = 1 + octets.size() / 2048 * 16;
    for (size_t cut = 1; cut < octets.size(); cut += stride)
        QCOMPARE(check(octets.size(), cut), std::string());
}

void TestSmuggling::isLargeEnough()
{
    size_t requests = 0, answers = 0, refused = 0, good = 0;
    std::set<std::string> names, inputs;
    for (const SmugglingCase &test : smugglingCases()) {
        ++(test.answer ? answers : requests);
        ++(test.refusal.empty() && !test.status ? good : refused);
        names.insert(test.name);
        if (!inputs.insert((test.answer ? test.asked == http::Method::Head ? "H" : "A" : "R") + test.octets).second)
            qWarning("the same octets as another: %s", test.name.c_str());
    }
    qInfo("%zu requests and %zu answers, of them %zu refused and %zu good", requests, answers, refused, good);
    // No case counts twice.
    QCOMPARE(names.size(), smugglingCases().size());
    QCOMPARE(inputs.size(), smugglingCases().size());
    QVERIFY(requests >= 600);
    QVERIFY(answers >= 400);
    QVERIFY(good >= 150);
}

QTEST_GUILESS_MAIN(TestSmuggling)
#include "tst_smuggling.moc"
