// What parity tests run and talk to: an echoing backend, a client that sends octets as they are, programs in a folder of their own.
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>; // names in lower case

// Answers each request with 200, X-Backend: NAME, and what it received as the body.
class EchoServer : public QTcpServer {
public:
    explicit EchoServer(std::string name);
    uint16_t port() const { return serverPort(); }

private:
    std::string m_name;
};

struct Answer {
    int status = 0; // 0: none came
    HeaderList headers;
    std::string body;
    std::string value(const std::string &name) const; // all of that name, joined by ", "
    // Of an echo: what the backend got.
    std::string requestLine() const;
    std::map<std::string, std::string> received() const; // by name, values joined
};

// One connection, one request, until the peer closes or the answer is whole.
Answer send(uint16_t port, const std::string &request);
uint16_t freePort();

// Stops its program when it is destroyed.
class Program {
public:
    ~Program();
    // Whether it answers on `port` in time.
    bool start(const QString &program, const QStringList &arguments, uint16_t port);
    QString folder() const { return m_folder.path(); }
    QByteArray said() { return m_process.readAll(); }
    QProcess &process() { return m_process; }

private:
    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace gatehouse::test
