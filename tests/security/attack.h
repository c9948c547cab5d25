// What attacks share: a gateway with a control socket, requests on one line, and what it has recorded of them.
#pragma once

#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/program.h"

#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A workspace whose listener "main" is on a free loopback port; `listener`: further lines of it, as they are indented there.
inline std::string workspaceWith(std::string_view rest, std::string_view listener = {})
{
    return "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\n" + std::string(listener) + std::string(rest);
}

inline std::string upstreamAt(std::string_view url) { return "upstreams:\n  - name: up\n    endpoints: [ { url: \"" + std::string(url) + "\" } ]\n"; }

inline std::string requestOf(std::string_view method, std::string_view target, std::string_view host, const Headers &headers = {}, std::string_view body = {})
{
    std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
    for (const auto &[name, value] : headers)
        text += name + ": " + value + "\r\n";
    if (!body.empty())
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "Connection: close\r\n\r\n" + std::string(body);
}

// A gateway that can be asked what it has recorded.
class Watched {
public:
    explicit Watched(std::string_view workspace, const QStringList &arguments = {})
        : m_gateway(workspace, QStringList{QStringLiteral("--control"), socket(), QStringLiteral("--workers"), QStringLiteral("1")} + arguments)
    {
    }
    GatewayProcess &gateway() { return m_gateway; }
    QString socket() const { return m_folder.filePath(QStringLiteral("c.sock")); }
    QString folder() const { return m_folder.path(); }

    std::string ask(std::string_view method, std::string_view target, std::string_view host = "localhost", const Headers &headers = {}, std::string_view body = {})
    {
        ++m_asked;
        return request(m_gateway.port(), requestOf(method, target, host, headers, body), method != "HEAD");
    }
    std::string raw(std::string_view octets)
    {
        ++m_asked;
        return request(m_gateway.port(), octets);
    }
    // The same from an address of this machine's own; "main" has to listen there.
    std::string rawFrom(const QString &address, std::string_view octets)
    {
        ++m_asked;
        QTcpSocket socket;
        socket.connectToHost(address, m_gateway.port());
        if (!socket.waitForConnected(5000))
            return "not connected";
        socket.write(QByteArray(octets.data(), qsizetype(octets.size())));
        std::string answer;
        while (socket.state() == QAbstractSocket::ConnectedState && socket.waitForReadyRead(10000))
            answer += socket.readAll().toStdString();
        return answer + socket.readAll().toStdString();
    }
    // A new text of the workspace; false when it was not taken in time.
    bool become(std::string_view workspace)
    {
        const int64_t before = m_gateway.revisionsRun();
        m_gateway.rewrite(workspace);
        return waitFor("the new revision", [&] { return m_gateway.revisionsRun() > before; });
    }
    // As many exchanges as have been asked for, oldest first.
    std::vector<QJsonObject> exchanges()
    {
        std::vector<QJsonObject> found;
        waitFor("all exchanges to be recorded", [&] {
            found.clear();
            m_lastOutput = runCli({QStringLiteral("exchanges"), socket(), QStringLiteral("--json")}).out;
            for (const QByteArray &line : m_lastOutput.split('\n'))
                if (!line.isEmpty())
                    found.push_back(QJsonDocument::fromJson(line).object());
            return found.size() >= m_asked;
        });
        return found;
    }
    const QByteArray &lastOutput() const { return m_lastOutput; }
    std::string verdictOfLast()
    {
        const auto all = exchanges();
        return all.empty() ? std::string() : all.back().value(QLatin1String("verdict")).toString().toStdString();
    }

private:
    QTemporaryDir m_folder;
    GatewayProcess m_gateway;
    size_t m_asked = 0;
    QByteArray m_lastOutput;
};

// An upstream that says 200 to everything and keeps what it was sent.
class Target {
public:
    explicit Target(std::string body = "from the upstream") : m_upstream(answering(m_self, std::move(body))) { m_self = &m_upstream; }
    std::string url() const { return m_upstream.url(); }
    int connections() const { return m_upstream.connections(); }
    std::vector<std::string> seen() const { return m_upstream.noted(); }
    std::string last() const
    {
        const auto all = seen();
        return all.empty() ? std::string() : all.back();
    }

private:
    FakeUpstream *m_self = nullptr;
    FakeUpstream m_upstream;
};

// Every file below a folder, links not followed.
inline std::string allFilesOf(const QString &folder)
{
    std::string all;
    QDirIterator files(folder, QDir::Files | QDir::Hidden | QDir::NoSymLinks, QDirIterator::Subdirectories);
    while (files.hasNext())
        all += readFile(files.next());
    return all;
}

inline bool holds(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

} // namespace gatehouse::test
