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

bool waitUntilSettled(const char *what, const std::function<uint64_t()> &value, uint64_t within)
{
    uint64_t last = value();
    int same = 0;
    return waitFor(what, [&] {
        const uint64_t now = value();
        same = std::max(now, last) - std::min(now, last) <= within ? same + 1 : 0;
        last = now;
        return same == 50;
    }, 30000);
}

std::string someOctets(size_t size, uint32_t seed)
{
    std::string text(size, '\0');
    for (char &c : text) {
        seed = seed * 1664525 + 1013904223;
        c = char(seed >> 24);
    }
    return text;
}

} // namespace gatehouse::test
