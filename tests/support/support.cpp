#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>

namespace gatehouse::test {

QString sourceDir()
{
    const QString dir = qEnvironmentVariable("GATEHOUSE_SOURCE_DIR");
    return dir.isEmpty() ? QDir::currentPath() : dir;
}

QString dataDir() { return sourceDir() + QStringLiteral("/tests/data"); }

QString binDir()
{
    const QString dir = qEnvironmentVariable("GATEHOUSE_BIN_DIR");
    return dir.isEmpty() ? sourceDir() + QStringLiteral("/build/dev/bin") : dir;
}

QString sharedDataDir()
{
    QString dir = qEnvironmentVariable("GATEHOUSE_TEST_DATA");
    if (dir.isEmpty())
        dir = sourceDir() + QStringLiteral("/../shared/data");
    return QDir(dir).exists() ? QDir::cleanPath(dir) : QString();
}

std::string readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("can't read %s", qPrintable(path));
    return file.readAll().toStdString();
}

void writeFile(const QString &path, std::string_view text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)
        || file.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size()))
        qFatal("can't write %s", qPrintable(path));
}

bool waitFor(const char *what, const std::function<bool()> &condition, int timeoutMs)
{
    const bool ok = QTest::qWaitFor(condition, timeoutMs);
    if (!ok)
        qWarning("waited %d ms in vain for: %s", timeoutMs, what);
    return ok;
}

} // namespace gatehouse::test
