#include "tests/integration/soak/subject.h"

#include "gateway/base/text.h"
#include "tests/support/support.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QUrl>
#include <QtNetwork/QLocalSocket>

namespace gatehouse::soak {

namespace {
constexpr uint64_t refusedOneIn = 15;
constexpr int editTakesMost = 30000; // milliseconds
} // namespace

Subject::Subject(Ledger &ledger) : m_ledger(ledger), m_first(ledger), m_second(ledger), m_faulty(ledger)
{
    m_ports = {m_first.port(), m_second.port(), m_faulty.port(), 1};
    const QStringList options{QStringLiteral("--workers"), QStringLiteral("2"), QStringLiteral("--control"), m_folder.filePath(QStringLiteral("c"))};
    m_gateway = std::make_unique<test::GatewayProcess>(workspace(m_ports, 0), options);
    m_doors.main = m_gateway->port();
}

void Subject::readLog()
{
    QFile log(m_gateway->top() + QStringLiteral("/log"));
    if (!log.open(QIODevice::ReadOnly) || !log.seek(qint64(m_logRead)))
        return;
    QByteArray text = log.readAll();
    text.truncate(text.lastIndexOf('\n') + 1);
    m_logRead += size_t(text.size());
    for (const QByteArray &line : text.split('\n')) {
        if (line.contains(" runs."))
            ++m_runs;
        else if (line.contains("the last good version runs on"))
            ++m_kept;
        else if (line.contains(" error ") && !line.contains("bogus"))
            m_errors += line.toStdString() + '\n';
        else if (!line.isEmpty() && !line.contains(" error ") && !line.contains(" info ") && !line.contains(" warning "))
            m_errors += line.toStdString() + '\n'; // not the log's own: something of a library, or of a sanitizer
    }
}

std::string Subject::unexpectedErrors()
{
    readLog();
    return m_errors;
}

bool Subject::edit()
{
    if ((m_edition + m_refused + 1) % refusedOneIn == 0) {
        ++m_refused;
        m_gateway->rewrite(brokenWorkspace(m_ports, m_edition + 1));
        return test::waitFor("a broken edition to be refused", [this] { return readLog(), m_kept == m_refused; }, editTakesMost);
    }
    m_doors.extra = 0;
    ++m_edition;
    m_gateway->rewrite(workspace(m_ports, m_edition));
    if (!test::waitFor("the next edition to run", [this] { return readLog(), m_runs == m_edition; }, editTakesMost))
        return false;
    m_ledger.edition = m_edition;
    for (const QJsonValue &listener : status().value(QLatin1String("listeners")).toArray())
        if (listener.toObject().value(QLatin1String("name")).toString().startsWith(QStringLiteral("extra")))
            m_doors.extra = uint16_t(QUrl(listener.toObject().value(QLatin1String("url")).toString()).port());
    return true;
}

QJsonObject Subject::ask(const char *what)
{
    QLocalSocket socket;
    socket.connectToServer(m_folder.filePath(QStringLiteral("c")));
    QByteArray answer;
    if (socket.waitForConnected(5000)) {
        socket.write(QByteArray("{\"do\":\"") + what + "\"}\n");
        while (!answer.endsWith('\n') && socket.waitForReadyRead(10000))
            answer += socket.readAll();
    }
    return QJsonDocument::fromJson(answer).object();
}

Sample Subject::sample(double seconds) const { return {seconds, m_gateway->memory(), descriptors(), m_ledger.exchanges() + m_ledger.faults()}; }

} // namespace gatehouse::soak
