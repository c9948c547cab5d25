// Mixed traffic through the real program: one exchange in twenty is disturbed by a fault, and the workspace changes each second. Nothing may be
// lost or mixed up (each answer is checked by its content; only where a fault was put in may an exchange fail), memory and descriptors
// stay flat, recorded + dropped = served, the log holds no error that was not caused, and SIGTERM ends it with code 0.
//
// GATEHOUSE_SOAK_SECONDS: of traffic, 120; GATEHOUSE_SOAK_CLIENTS: 12; GATEHOUSE_SOAK_SEED: to begin as an earlier run did.
#include "tests/integration/soak/subject.h"
#include "tests/support/support.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

#include <cinttypes>
#include <random>

using namespace gatehouse;
using namespace gatehouse::soak;

namespace {

constexpr uint64_t warmUpEditions = 80;                 // as many as fit in a while: the engine keeps the last 64 to explain what ran with them
constexpr int64_t growthAllowed = 12 << 20;             // octets, of the last third of the time over the first: the allocator's, pools up to their bounds
constexpr double slopeAllowed = 512 * 1024;             // octets a minute, in the second half of runs that are long enough for it to be seen.
                                                        // 240 KiB of it are figures of the last hour's seconds, 2 KiB each and worker
constexpr uint64_t wrongsMost = 1000;                   // then it is over
constexpr int growthSeenFrom = 60;                      // seconds; shorter runs warm up less
constexpr int slopeSeenFrom = 1200;                     // seconds; before that, pools that still find their size look like a slope
constexpr bool memoryTells = !test::sanitized;

int setting(const char *name, int otherwise) { return qEnvironmentVariableIsSet(name) ? qEnvironmentVariableIntValue(name) : otherwise; }

} // namespace

class TestSoak : public QObject {
    Q_OBJECT

    Ledger m_ledger;
    std::unique_ptr<Subject> m_subject;
    Series m_series;
    uint64_t m_seed = 0;
    int m_clients = 12;

    // So many seconds of it, with an edition each, or only until so many editions ran, one right behind the other. Then all clients are gone.
    void traffic(int seconds, uint64_t editions);
    std::vector<std::thread> startClients(const std::atomic<bool> &stop);
    // With nobody there: until what is open is what was open, at most.
    bool calmsDown(int descriptors);
    void recordingAddsUp();
    bool endsUnderTraffic();
    void printSummary(int seconds);

private Q_SLOTS:
    void nothingIsLostOrMixedUp();
};

std::vector<std::thread> TestSoak::startClients(const std::atomic<bool> &stop)
{
    std::vector<std::thread> clients;
    for (int i = 0; i < m_clients; ++i)
        clients.emplace_back([&, seed = m_seed++ * 1000] { Actor(m_subject->doors(), m_ledger, seed).run(stop); });
    return clients;
}

void TestSoak::traffic(int seconds, uint64_t editions)
{
    std::atomic<bool> stop{false};
    std::vector<std::thread> clients = startClients(stop);
    QElapsedTimer clock;
    clock.start();
    bool edited = true;
    while (m_subject->editions() < editions && edited)
        edited = m_subject->edit();
    for (int second = 1; second <= seconds && edited && m_ledger.wrongs() < wrongsMost; ++second) {
        edited = m_subject->edit();
        QTest::qWait(std::max(0, second * 1000 - int(clock.elapsed())));
        m_series.add(m_subject->sample(double(clock.elapsed()) / 1000));
        if (second % 10 == 0)
            recordingAddsUp();
        if (second % 60 == 0)
            qInfo("%d s: %" PRIu64 " exchanges, %" PRIu64 " faults, %" PRIu64 " editions, %" PRIu64 " wrong", second, m_ledger.exchanges(), m_ledger.faults(),
                  m_subject->editions(), m_ledger.wrongs());
    }
    stop = true;
    for (std::thread &client : clients)
        client.join();
    if (!edited)
        m_ledger.wrong("a reload did not come to its end");
}

bool TestSoak::calmsDown(int descriptors)
{
    int now = 0;
    while (m_subject->editions() % 2) // the others have a listener more
        if (!m_subject->edit())
            return false;
    const bool calm = test::waitFor("descriptors to be closed", [&] { return (now = m_subject->descriptors()) <= descriptors; }, 30000);
    if (!calm)
        qWarning("%d descriptors are open, %d were", now, descriptors);
    return calm;
}

void TestSoak::recordingAddsUp()
{
    const QJsonObject recorder = m_subject->recorder();
    const auto figure = [&](const char *name) { return uint64_t(recorder.value(QLatin1String(name)).toDouble(-1)); };
    if (figure("recorded") + figure("dropped_records") != figure("served"))
        m_ledger.wrong("recorded " + std::to_string(figure("recorded")) + " + dropped " + std::to_string(figure("dropped_records")) + " is not served "
                       + std::to_string(figure("served")));
}

// What has been begun is answered; then it is over.
bool TestSoak::endsUnderTraffic()
{
    std::atomic<bool> stop{false};
    std::vector<std::thread> clients = startClients(stop);
    const uint64_t before = m_ledger.answers;
    test::waitFor("clients to be busy", [&] { return m_ledger.answers > before + 500; }, 30000);
    m_ledger.ending = true;
    const bool ended = m_subject->stop();
    stop = true;
    for (std::thread &client : clients)
        client.join();
    return ended;
}

void TestSoak::printSummary(int seconds)
{
    std::string text = std::to_string(m_ledger.exchanges()) + " exchanges and " + std::to_string(m_ledger.faults()) + " faults in "
        + std::to_string(seconds) + " s, " + std::to_string(m_clients) + " clients; " + std::to_string(m_ledger.octets >> 20) + " MiB of answers\n";
    for (size_t kind = 0; kind < size_t(Kind::Count); ++kind) {
        if (kind == 0 || kind == size_t(firstFault))
            text += kind ? " faults\n" : " exchanges\n";
        text += "  " + std::string(nameOf(Kind(kind))) + ": " + std::to_string(m_ledger.count(Kind(kind))) + "\n";
    }
    char line[256];
    snprintf(line, sizeof line, " %" PRIu64 " of the limited were told to wait; %" PRIu64 " editions ran, %" PRIu64 " were refused\n",
             m_ledger.limited.load(), m_subject->editions(), m_subject->refused());
    text += line;
    snprintf(line, sizeof line, " memory grew by %.2f MiB (%.0f KiB a minute in the second half), at most %d descriptors; lost or mixed up: %" PRIu64 "\n",
             double(m_series.memoryGrowth()) / (1 << 20), m_series.memorySlope() / 1024, m_series.mostDescriptors(), m_ledger.wrongs());
    qInfo("%s", (text + line + m_series.text(20)).c_str());
}

void TestSoak::nothingIsLostOrMixedUp()
{
    const int seconds = setting("GATEHOUSE_SOAK_SECONDS", 120);
    m_clients = setting("GATEHOUSE_SOAK_CLIENTS", m_clients);
    const uint64_t seed = qEnvironmentVariableIsSet("GATEHOUSE_SOAK_SEED") ? qEnvironmentVariable("GATEHOUSE_SOAK_SEED").toULongLong() : std::random_device{}();
    m_seed = seed;
    m_subject = std::make_unique<Subject>(m_ledger);
    qInfo("seed %" PRIu64, seed);

    const int before = m_subject->descriptors();
    const bool memoryJudged = memoryTells && seconds >= growthSeenFrom;
    traffic(0, memoryJudged ? warmUpEditions : warmUpEditions / 8);
    QVERIFY(calmsDown(before + 2)); // what is made when it is first needed
    const int calm = m_subject->descriptors();
    traffic(seconds, 0);
    const bool closed = calmsDown(calm);
    recordingAddsUp();
    printSummary(seconds);

    const uint64_t served = uint64_t(m_subject->recorder().value(QLatin1String("served")).toDouble());
    const uint64_t answered = m_ledger.answers, asked = m_ledger.asked;
    const bool ended = endsUnderTraffic();

    for (const std::string &what : m_ledger.firstWrongs())
        qWarning("%s", what.c_str());
    QCOMPARE(m_ledger.wrongs(), uint64_t(0));
    QVERIFY2(ended, "SIGTERM does not end it with code 0");
    QVERIFY(closed);
    QVERIFY(m_ledger.exchanges() > uint64_t(seconds) * 10);
    QVERIFY2(answered <= served && served <= asked, qPrintable(QStringLiteral("%1 answered, %2 served, %3 asked").arg(answered).arg(served).arg(asked)));
    if (memoryJudged) {
        QVERIFY2(m_series.memoryGrowth() <= growthAllowed, "memory grows");
        QVERIFY2(seconds < slopeSeenFrom || m_series.memorySlope() <= slopeAllowed, "memory grows steadily");
    }
    QVERIFY2(m_subject->unexpectedErrors().empty(), m_subject->unexpectedErrors().c_str());
}

int main(int argc, char **argv)
{
    qputenv("QTEST_FUNCTION_TIMEOUT", "14400000"); // four hours
    QCoreApplication application(argc, argv);
    TestSoak test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_soak.moc"
