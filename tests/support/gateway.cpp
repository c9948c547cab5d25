#include "tests/support/gateway.h"

#include "tests/support/support.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QUrl>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <csignal>

namespace gatehouse::test {

uint16_t freePort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("no port is free");
    return server.serverPort();
}

bool startProgram(QProcess &process, const QString &program, const QStringList &arguments, uint16_t port)
{
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    const bool accepts = waitFor(qPrintable(program), [&] {
        QTcpSocket probe;
        probe.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        return process.state() == QProcess::NotRunning || probe.waitForConnected(200);
    }, 30000);
    if (accepts && process.state() != QProcess::NotRunning) // it may still be called starting: no event has told yet
        return true;
    qWarning("%s: %s", qPrintable(program), process.readAll().constData());
    return false;
}

GatewayProcess::GatewayProcess(std::string_view workspace, const QStringList &arguments)
{
    rewrite(workspace);
    const QString ready = m_folder.filePath(QStringLiteral("ready.json"));
    m_process.setStandardErrorFile(m_folder.filePath(QStringLiteral("log")));
    m_process.start(binDir() + QStringLiteral("/gatehouse-cli"),
                    QStringList{QStringLiteral("serve"), m_folder.filePath(QStringLiteral("w")), QStringLiteral("--ready-file"), ready} + arguments);
    if (!waitFor("the gateway to be ready", [&] { return QFile::exists(ready) || m_process.state() == QProcess::NotRunning; }, 30000)
        || m_process.state() == QProcess::NotRunning) // it may be told to be starting still
        qFatal("gatehouse-cli serve: %s", log().c_str());
}

GatewayProcess::~GatewayProcess() { stop(); }

bool GatewayProcess::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return false;
    m_process.terminate();
    if (!m_process.waitForFinished(20000)) {
        m_process.kill();
        m_process.waitForFinished();
        return false;
    }
    return m_process.exitStatus() == QProcess::NormalExit && m_process.exitCode() == 0;
}

void GatewayProcess::signal(int number) const { ::kill(pid_t(m_process.processId()), number); }

int GatewayProcess::waitForEnd(int timeoutMs)
{
    waitFor("the gateway to end", [this] { return m_process.state() == QProcess::NotRunning; }, timeoutMs);
    return m_process.state() == QProcess::NotRunning && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

uint16_t GatewayProcess::port(const QString &listener) const
{
    QFile file(m_folder.filePath(QStringLiteral("ready.json")));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no ready file");
    const QJsonObject ready = QJsonDocument::fromJson(file.readAll()).object();
    return uint16_t(QUrl(ready.value(QLatin1String("listeners")).toObject().value(listener).toString()).port());
}

void GatewayProcess::rewrite(std::string_view workspace)
{
    // As an editor saves: written beside, then renamed.
    QDir().mkpath(m_folder.filePath(QStringLiteral("w")));
    const QString part = m_folder.filePath(QStringLiteral("part"));
    writeFile(part, workspace);
    if (std::rename(qPrintable(part), qPrintable(m_folder.filePath(QStringLiteral("w/gatehouse.yaml")))) != 0)
        qFatal("can't write the workspace");
}

std::string GatewayProcess::log() const { return readFile(m_folder.filePath(QStringLiteral("log"))); }

int64_t GatewayProcess::revisionsRun() const
{
    int64_t count = 0;
    const std::string text = log();
    for (size_t at = 0; (at = text.find(" runs.", at)) != std::string::npos; ++at)
        ++count;
    return count;
}

uint64_t GatewayProcess::statusField(const char *name) const
{
    QFile file(QStringLiteral("/proc/%1/status").arg(pid()));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n'))
        if (line.startsWith(name))
            return line.mid(int(qstrlen(name)) + 1).simplified().split(' ').at(0).toULongLong() * 1024;
    return 0;
}

uint64_t GatewayProcess::peakMemory() const { return statusField("VmHWM"); }
uint64_t GatewayProcess::memory() const { return statusField("VmRSS"); }

} // namespace gatehouse::test
