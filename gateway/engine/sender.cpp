#include "gateway/engine/sender.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/http/parser.h"
#include "gateway/http/proxyprotocol.h"
#include "gateway/http/target.h"
#include "gateway/http/writer.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpSocket>

namespace gatehouse::engine {

namespace {

struct Destination {
    std::string host; // to connect to, IPv6 without brackets
    uint16_t port = 80;
    std::string authority; // for the Host field
    std::string target;    // path and query
};

// For a listener behind a proxy: we speak for ourselves.
std::string introduction()
{
    http::ProxyHeader header;
    header.local = true;
    std::string octets(http::proxyHeaderMost, '\0');
    octets.resize(http::writeProxyHeader(octets, header, http::ProxyVersion::V2));
    return octets;
}

Result<Destination> destinationOf(std::string_view url, const std::string &fallback)
{
    const auto bad = [&](std::string message) { return Error::make(ErrorKind::BadInput, std::move(message), Side::Client); };
    Destination to;
    if (startsWithIgnoreCase(url, "https://"))
        return bad("Requests over https can't be sent yet; http:// can.");
    std::string_view rest = url;
    std::string_view authority = fallback;
    if (startsWithIgnoreCase(url, "http://")) {
        rest = url.substr(7);
        const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
        authority = rest.substr(0, end);
        rest = rest.substr(end);
    }
    const auto parts = http::parseAuthority(authority);
    if (!parts || parts->host.empty())
        return bad("\"" + std::string(url) + "\" has no host. Write http://HOST/PATH.");
    to.host = std::string(parts->host);
    if (to.host.front() == '[')
        to.host = to.host.substr(1, to.host.size() - 2);
    to.port = parts->port ? parts->port : 80;
    to.authority = std::string(authority);
    rest = rest.substr(0, rest.find('#'));
    to.target = rest.empty() || rest.front() != '/' ? "/" + std::string(rest) : std::string(rest);
    return to;
}

observe::Message messageOf(const http::ResponseHead &head)
{
    observe::Message message;
    message.startLine = "HTTP/1." + std::string(head.version == http::Version::Http10 ? "0 " : "1 ") + std::to_string(head.status) + " " + std::string(head.reason);
    for (const http::Field &field : head.fields)
        message.fields.emplace_back(field.name, field.value);
    message.redacted.assign(message.fields.size(), false);
    return message;
}

} // namespace

class Sender::Call {
public:
    Call(Sender &sender, uint64_t number, std::function<void(api::Sent)> done) : m_sender(sender), m_number(number), m_done(std::move(done))
    {
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, &m_socket, [this] { finish("No answer within " + std::to_string(timeoutMillis / 1000) + " s."); });
        connect(&m_socket, &QTcpSocket::connected, &m_socket, [this] { m_socket.write(m_octets); });
        connect(&m_socket, &QTcpSocket::readyRead, &m_socket, [this] { read(); });
        connect(&m_socket, &QTcpSocket::errorOccurred, &m_socket, [this](QAbstractSocket::SocketError error) { ended(error); });
    }

    void start(const api::RequestSketch &request, const Destination &to, const std::string &connectHost, uint16_t connectPort)
    {
        http::RequestHead head(m_arena);
        head.method = m_arena.copy(request.method);
        head.target = m_arena.copy(to.target);
        head.known = http::knownMethod(head.method);
        if (std::none_of(request.headers.begin(), request.headers.end(), [](const auto &h) { return equalsIgnoreCase(h.first, "host"); }))
            head.fields.add("Host", to.authority);
        for (const auto &[name, value] : request.headers)
            if (!head.fields.add(name, value)) {
                m_failure = "The header \"" + escapeControls(name) + "\" can't be sent: a name is letters, digits and -, a value has no control characters.";
                break;
            }
        if (!head.fields.has("Accept"))
            head.fields.add("Accept", "*/*");
        if (!head.fields.has("User-Agent"))
            head.fields.add("User-Agent", "Gatehouse/" GATEHOUSE_VERSION);
        head.framing = request.body.empty() ? http::Framing::None : http::Framing::Length;
        head.length = request.body.size();
        std::string octets(http::sizeBound(head) + request.body.size(), '\0');
        const size_t size = http::writeHead(octets, head);
        if (size == 0 && m_failure.empty())
            m_failure = "The method or the URL holds characters that can't be sent.";
        octets.resize(size);
        m_octets = QByteArray::fromStdString((m_introduced ? introduction() : std::string()) + octets + request.body);
        m_parser.start(m_arena, head.known);
        m_elapsed.start();
        m_deadline.start(timeoutMillis);
        if (!m_failure.empty())
            QTimer::singleShot(0, &m_socket, [this] { finish(m_failure); });
        else
            m_socket.connectToHost(QString::fromStdString(connectHost), connectPort);
    }

    void fail(std::string error)
    {
        QTimer::singleShot(0, &m_socket, [this, error = std::move(error)] { finish(error); });
    }

private:
    void read()
    {
        if (m_sent.firstByteMicros == 0)
            m_sent.firstByteMicros = micros();
        const QByteArray octets = m_socket.readAll();
        std::string_view in(octets.constData(), static_cast<size_t>(octets.size()));
        for (;;) {
            switch (m_parser.next(in)) {
            case http::Event::NeedMore: return;
            case http::Event::Head: takeHead(); break;
            case http::Event::Piece: takePiece(m_parser.piece()); break;
            case http::Event::End: finish({}); return;
            case http::Event::Error: finish("The answer is not HTTP as it should be: " + std::string(m_parser.error().sentence)); return;
            }
        }
    }
    void takeHead()
    {
        const http::ResponseHead &head = m_parser.head();
        if (head.interim())
            return;
        m_sent.status = static_cast<uint16_t>(head.status);
        m_sent.response = messageOf(head);
    }
    void takePiece(std::string_view piece)
    {
        m_sent.response.bodySize += piece.size();
        const size_t room = mostBody - std::min(mostBody, m_sent.response.body.size());
        m_sent.response.body += piece.substr(0, room);
        m_sent.response.bodyCut = m_sent.response.bodyCut || piece.size() > room;
    }
    void ended(QAbstractSocket::SocketError error)
    {
        if (error == QAbstractSocket::RemoteHostClosedError) {
            read();
            if (m_finished)
                return;
            finish(m_parser.eof() == http::Event::End ? std::string() : std::string("The connection was closed before the answer was complete."));
            return;
        }
        const std::string where = m_socket.peerName().toStdString();
        finish(error == QAbstractSocket::ConnectionRefusedError ? "Nothing listens at " + m_where + "."
                   : error == QAbstractSocket::HostNotFoundError ? "The name " + where + " has no address."
                                                                 : m_socket.errorString().toStdString() + ".");
    }
    int64_t micros() const { return m_elapsed.nsecsElapsed() / 1000; }

    void finish(const std::string &error)
    {
        if (std::exchange(m_finished, true))
            return;
        m_sent.error = error;
        m_sent.durationMicros = micros();
        m_deadline.stop();
        m_client = m_socket.localAddress().toString().toStdString() + ":" + std::to_string(m_socket.localPort());
        m_socket.disconnect();
        m_socket.abort();
        lookForExchange(0);
    }
    // A worker hands its records over now and then, so the exchange may not be there yet.
    void lookForExchange(int tries)
    {
        static constexpr int waitMillis[] = {0, 40, 80, 160, 320};
        if (m_viaGateway && m_sent.status != 0 && tries > 0)
            m_sent.exchange = m_sender.m_findExchange(m_client);
        const bool looksOn = m_viaGateway && m_sent.status != 0 && m_sent.exchange == 0 && tries < int(std::size(waitMillis));
        QTimer::singleShot(looksOn ? waitMillis[tries] : 0, &m_sender, [&sender = m_sender, number = m_number, looksOn, tries] {
            const auto at = sender.m_calls.find(number);
            if (at == sender.m_calls.end())
                return;
            if (looksOn) {
                at->second->lookForExchange(tries + 1);
            } else {
                auto node = sender.m_calls.extract(at);
                node.mapped()->m_done(std::move(node.mapped()->m_sent));
            }
        });
    }

    friend class Sender;
    Sender &m_sender;
    uint64_t m_number;
    std::function<void(api::Sent)> m_done;
    std::string m_where, m_failure, m_client;
    bool m_viaGateway = false, m_introduced = false;
    QByteArray m_octets;
    Arena m_arena;
    http::ResponseParser m_parser;
    QElapsedTimer m_elapsed;
    api::Sent m_sent;
    bool m_finished = false;
    QTimer m_deadline;
    QTcpSocket m_socket;
};

Sender::Sender(FindListener findListener, FindExchange findExchange, FindCredential findCredential, QObject *parent)
    : QObject(parent), m_findListener(std::move(findListener)), m_findExchange(std::move(findExchange)), m_findCredential(std::move(findCredential))
{
}
Sender::~Sender() = default;

uint64_t Sender::send(const api::RequestSketch &request, Via via, std::function<void(api::Sent)> done)
{
    const uint64_t number = m_next++;
    auto call = std::make_unique<Call>(*this, number, std::move(done));
    Call &made = *call;
    m_calls.emplace(number, std::move(call));

    const Listener listener = via == Via::Gateway ? m_findListener(request.listener) : Listener{};
    const auto to = destinationOf(request.url, listener.address);
    if (via == Via::Gateway && listener.address.empty()) {
        made.fail("The gateway does not listen. Start it first.");
    } else if (listener.isUnixSocket()) {
        made.fail("Requests can't be sent from here to a listener at a Unix socket: curl --unix-socket " + listener.address.substr(5) + " can.");
    } else if (!to) {
        made.fail(to.error().message);
    } else if (via == Via::Direct) {
        made.m_where = to->authority;
        made.m_sent.leftOut = request.masked; // no consumer's credential goes anywhere but through the gateway
        made.start(request, *to, to->host, to->port);
    } else {
        const auto at = http::parseAuthority(listener.address);
        std::string host(at->host);
        if (!host.empty() && host.front() == '[')
            host = host.substr(1, host.size() - 2);
        made.m_where = listener.address;
        made.m_viaGateway = true;
        made.m_introduced = listener.introduced;
        api::RequestSketch whole = request;
        for (const std::string &name : request.masked) {
            if (std::string value = m_findCredential(request.consumer, name); !value.empty())
                whole.headers.emplace_back(name, std::move(value));
            else
                made.m_sent.leftOut.push_back(name);
        }
        made.start(whole, *to, host, at->port);
    }
    return number;
}

void Sender::cancel(uint64_t send)
{
    const auto at = m_calls.find(send);
    if (at != m_calls.end())
        at->second->finish("Cancelled.");
}

} // namespace gatehouse::engine
