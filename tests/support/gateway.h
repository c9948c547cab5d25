// The real program: gatehouse-cli serve on a workspace that a test writes, and other programs beside it.
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QStringList>
#include <QtCore/QTemporaryDir>

#include <string>
#include <string_view>

namespace gatehouse::test {

// A port nobody listens on at the moment.
uint16_t freePort();
// Starts it and waits until something accepts on `port`; false, with its words, when it ends before.
bool startProgram(QProcess &process, const QString &program, const QStringList &arguments, uint16_t port);

class GatewayProcess {
public:
    // `workspace`: the text of gatehouse.yaml. Its first listener should be at 127.0.0.1:0.
    explicit GatewayProcess(std::string_view workspace, const QStringList &arguments = {});
    ~GatewayProcess(); // stops it by SIGTERM, and kills it when that takes too long

    uint16_t port(const QString &listener = QStringLiteral("main")) const;
    void rewrite(std::string_view workspace); // the program notices by itself
    int64_t revisionsRun() const;             // how often it has said that a newer revision runs
    std::string log() const;
    QString top() const { return m_folder.path(); } // holds w/ (the workspace), log, ready.json
    int64_t pid() const { return m_process.processId(); }
    uint64_t peakMemory() const;              // octets resident, the most so far
    uint64_t memory() const;
    bool stop();                              // true: it ended by itself with code 0
    void signal(int number) const;            // and goes on here
    // The exit code once it has ended by itself; -1: it has not in time, or was killed.
    int waitForEnd(int timeoutMs = 20000);
    QString folder() const { return m_folder.filePath(QStringLiteral("w")); } // of the workspace
    QByteArray output() { return m_process.readAllStandardOutput(); }         // what came since the last call

private:
    uint64_t statusField(const char *name) const;
    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace gatehouse::test
