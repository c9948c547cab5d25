// gatehouse-cli run to its end: its exit code and what it wrote, apart.
#pragma once

#include "tests/support/support.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>

namespace gatehouse::test {

struct Ran {
    int code = -1; // -1: it did not end by itself within ten seconds
    QByteArray out, err;
    QJsonDocument json() const { return QJsonDocument::fromJson(out); } // null unless `out` is exactly one value
};

inline Ran runCli(const QStringList &arguments, const QString &folder = {})
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(binDir() + QStringLiteral("/gatehouse-cli"), arguments);
    process.closeWriteChannel();
    const bool ended = process.waitForFinished(10000);
    if (!ended)
        process.kill();
    process.waitForFinished();
    return {ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace gatehouse::test
