#include "tests/parity/peers.h"

#include "gateway/base/text.h"
#include "tests/support/support.h"

#include <QtNetwork/QTcpSocket>

namespace gatehouse::test {

namespace {

// The head's lines and where the body begins; 0: the head is not whole.
size_t readHead(const std::string &data, std::string &first, HeaderList &headers)
{
    const size_t end = data.find("\r\n\r\n");
    if (end == std::string::npos)
        return 0;
    size_t at = data.find("\r\n");
    first = data.substr(0, at);
    while (at < end) {
        const size_t next = data.find("\r\n", at + 2);
        const std::string_view line = std::string_view(data).substr(at + 2, next - at - 2);
        const size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            headers.emplace_back(lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1))));
        at = next;
    }
    return end + 4;
}

std::string joined(const HeaderList &headers, const std::string &name)
{
    std::string out;
    for (const auto &[key, value] : headers) {
        if (key == name)
            out += (out.empty() ? "" : ", ") + value;
    }
    return out;
}

// The body, decoded; false: more is to come. `closed`: nothing is.
bool readBody(const std::string &data, size_t at, const HeaderList &headers, bool closed, std::string &body)
{
    if (lower(joined(headers, "transfer-encoding")) == "chunked") {
        body.clear();
        while (true) {
            const size_t line = data.find("\r\n", at);
            if (line == std::string::npos)
                return closed;
            const size_t size = std::stoul("0" + data.substr(at, line - at), nullptr, 16);
            if (data.size() < line + 2 + size + 2)
                return closed;
            if (size == 0)
                return true;
            body += data.substr(line + 2, size);
            at = line + 2 + size + 2;
        }
    }
    const auto length = parseUnsigned(joined(headers, "content-length"));
    body = data.substr(at, length ? *length : std::string::npos);
    return closed || (length && data.size() >= at + *length);
}

} // namespace

EchoServer::EchoServer(std::string name) : m_name(std::move(name))
{
    connect(this, &QTcpServer::newConnection, this, [this] {
        while (auto *socket = nextPendingConnection()) {
            auto data = std::make_shared<std::string>();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket, data] {
                *data += socket->readAll().toStdString();
                std::string first, body;
                HeaderList headers;
                const size_t at = readHead(*data, first, headers);
                const bool hasBody = !joined(headers, "content-length").empty() || !joined(headers, "transfer-encoding").empty();
                if (at == 0 || (hasBody && !readBody(*data, at, headers, false, body)))
                    return;
                const std::string echo = data->substr(0, at) + body;
                data->clear();
                const std::string head = "HTTP/1.1 200 OK\r\nServer: echo\r\nX-Backend: " + m_name + "\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: " + std::to_string(echo.size()) + "\r\n\r\n";
                socket->write(QByteArray::fromStdString(first.starts_with("HEAD ") ? head : head + echo));
            });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        }
    });
    listen(QHostAddress::LocalHost);
}

std::string Answer::value(const std::string &name) const { return joined(headers, name); }
std::string Answer::requestLine() const { return body.substr(0, body.find("\r\n")); }

std::map<std::string, std::string> Answer::received() const
{
    std::string first;
    HeaderList list;
    readHead(body, first, list);
    std::map<std::string, std::string> all;
    for (const auto &[name, value] : list)
        all[name] = joined(list, name);
    return all;
}

Answer send(uint16_t port, const std::string &request)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    socket.write(QByteArray::fromStdString(request));
    std::string data;
    Answer answer;
    waitFor("an answer", [&] {
        data += socket.readAll().toStdString();
        std::string first;
        answer = {};
        const bool closed = socket.state() == QAbstractSocket::UnconnectedState;
        const size_t at = readHead(data, first, answer.headers);
        if (at == 0)
            return closed;
        answer.status = std::stoi("0" + first.substr(std::min<size_t>(9, first.size()), 3));
        if (request.starts_with("HEAD ") || answer.status == 204 || answer.status == 304)
            return true;
        return readBody(data, at, answer.headers, closed, answer.body);
    });
    return answer;
}

uint16_t freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

bool Program::start(const QString &program, const QStringList &arguments, uint16_t port)
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(program, arguments);
    return waitFor(qPrintable(program + QStringLiteral(" to listen")), [&] {
        if (m_process.state() == QProcess::NotRunning && m_process.error() != QProcess::UnknownError)
            return false;
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, port);
        return socket.waitForConnected(100);
    });
}

Program::~Program()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(5000)) {
        m_process.kill();
        m_process.waitForFinished(1000);
    }
}

} // namespace gatehouse::test
