// A gateway whose use of the machine is looked at from outside, by its /proc.
#pragma once

#include "tests/support/deadend.h"
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/program.h"

#include <QtCore/QJsonObject>

#include <filesystem>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace gatehouse::test {

// One worker, a control socket, a listener "main"; `rest` follows the listeners.
class Observed {
public:
    explicit Observed(std::string_view rest)
        : m_gateway("gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\n" + std::string(rest),
                    {QStringLiteral("--control"), socket(), QStringLiteral("--workers"), QStringLiteral("1"),
                     QStringLiteral("--drain"), QStringLiteral("100ms")}) // the portable backend sees late who is gone
    {
    }
    uint16_t port() const { return m_gateway.port(); }
    QString socket() const { return m_folder.filePath(QStringLiteral("c.sock")); }
    uint64_t memory() const { return m_gateway.memory(); }
    uint64_t peakMemory() const { return m_gateway.peakMemory(); }

    // So many more may be opened from here on, until the next call.
    void limitDescriptors(size_t more)
    {
        for (m_limit = 0; freeDescriptors() < more; ++m_limit) { }
        const rlimit limit{m_limit, m_limit};
        if (prlimit(pid_t(m_gateway.pid()), RLIMIT_NOFILE, &limit, nullptr) != 0)
            qFatal("can't limit the gateway's descriptors");
    }
    // The limit is one of numbers, the lowest free one being taken.
    size_t freeDescriptors() const
    {
        size_t taken = 0;
        for (const auto &entry : std::filesystem::directory_iterator("/proc/" + std::to_string(m_gateway.pid()) + "/fd"))
            taken += std::stoul(entry.path().filename().string()) < m_limit;
        return m_limit - taken;
    }
    // Of all its threads, since its start.
    double cpuSeconds() const
    {
        if (!m_gateway.pid())
            qFatal("the gateway has ended: %s", m_gateway.log().c_str());
        const std::string text = readFile(QStringLiteral("/proc/%1/stat").arg(m_gateway.pid()));
        const QList<QByteArray> fields = QByteArray::fromStdString(text.substr(text.rfind(')') + 2)).split(' ');
        return double(fields[11].toLongLong() + fields[12].toLongLong()) / double(sysconf(_SC_CLK_TCK));
    }
    // Oldest first.
    std::vector<QJsonObject> recordsOf(const char *path) const
    {
        std::vector<QJsonObject> found;
        for (const QByteArray &line : runCli({QStringLiteral("exchanges"), socket(), QStringLiteral("--json")}).out.split('\n'))
            if (const QJsonObject record = QJsonDocument::fromJson(line).object(); record.value(QLatin1String("url")).toString().endsWith(QLatin1String(path)))
                found.push_back(record);
        return found;
    }

private:
    size_t m_limit = 0;
    QTemporaryDir m_folder;
    GatewayProcess m_gateway;
};

} // namespace gatehouse::test
