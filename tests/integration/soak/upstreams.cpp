#include "tests/integration/soak/upstreams.h"

#include "gateway/base/text.h"

#include <QtCore/QtGlobal>

#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::soak {

using test::fieldOf;
using test::Peer;

namespace {

size_t numberOf(std::string_view text, int base = 10)
{
    size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return number;
}

std::string hexOf(size_t number)
{
    char text[16];
    return {text, std::to_chars(text, text + sizeof text, number, 16).ptr};
}

// In pieces of sizes that follow from the token.
std::string chunked(std::string_view body, Token token)
{
    Random random(token);
    std::string text;
    while (!body.empty()) {
        const size_t size = std::min(body.size(), random.between(1, random.chance(2) ? 200 : 60'000));
        text += hexOf(size) + "\r\n";
        text += body.substr(0, size);
        text += "\r\n";
        body.remove_prefix(size);
    }
    return text;
}

std::string headOf(const std::string &status, Token token, const std::string &fields)
{
    return "HTTP/1.1 " + status + "\r\nX-Token: " + textOf(token) + "\r\n" + fields + "\r\n";
}
std::string length(size_t size) { return "Content-Length: " + std::to_string(size) + "\r\n"; }

} // namespace

Upstream::Upstream(Ledger &ledger) : m_ledger(ledger)
{
    m_descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto *any = reinterpret_cast<sockaddr *>(&address);
    if (::bind(m_descriptor, any, size) != 0 || ::listen(m_descriptor, 512) != 0 || ::getsockname(m_descriptor, any, &size) != 0)
        qFatal("an upstream can't listen");
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

Upstream::~Upstream()
{
    m_ending = true;
    ::shutdown(m_descriptor, SHUT_RDWR);
    m_acceptor.join();
    ::close(m_descriptor);
    std::unique_lock lock(m_mutex);
    m_none.wait(lock, [this] { return m_connections == 0; });
}

void Upstream::accept()
{
    while (!m_ending) {
        const int descriptor = ::accept4(m_descriptor, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0)
            continue;
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        {
            const std::lock_guard lock(m_mutex);
            ++m_connections;
        }
        std::thread([this, descriptor] {
            {
                Peer peer(descriptor);
                serve(peer);
            }
            const std::lock_guard lock(m_mutex);
            --m_connections;
            m_none.notify_all();
        }).detach();
    }
}

void Upstream::serve(Peer &peer)
{
    Request request;
    while (readHead(peer, request)) {
        if (request.parts[0] == "fault") {
            if (fault(peer, request) == Then::Close)
                return;
            continue;
        }
        readBody(peer, request);
        if (!request.whole)
            return; // the client went away and the gateway with it
        judge(request);
        if (answer(peer, request) == Then::Close)
            return;
    }
}

bool Upstream::readHead(Peer &peer, Request &request)
{
    request = {};
    request.head = peer.readHead();
    if (!request.head.ends_with("\r\n\r\n")) {
        if (!request.head.empty())
            m_ledger.wrong("an upstream got half a head: " + request.head);
        return false;
    }
    const std::vector<std::string_view> words = split(std::string_view(request.head).substr(0, request.head.find("\r\n")), ' ');
    if (words.size() == 3 && words[2] == "HTTP/1.1") {
        request.method = words[0];
        request.target = words[1];
        for (const std::string_view part : split(std::string_view(request.target).substr(1), '/'))
            request.parts.emplace_back(part);
    }
    const size_t place = request.parts.size() && request.parts[0] == "fault" ? 2 : 1;
    const auto token = request.parts.size() > place ? tokenOf(request.parts[place]) : std::nullopt;
    if (!token) {
        m_ledger.wrong("an upstream got what nobody sent: " + request.head);
        return false;
    }
    request.token = *token;
    m_ledger.arrived(*token);
    if (fieldOf(request.head, "x-token") != textOf(*token))
        m_ledger.wrong("an upstream got one request's line with another's fields: " + request.head);
    return true;
}

void Upstream::readBody(Peer &peer, Request &request)
{
    if (test::fieldOf(request.head, "expect") == "100-continue")
        peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    if (fieldOf(request.head, "transfer-encoding").empty()) {
        const size_t size = numberOf(fieldOf(request.head, "content-length"));
        request.body = peer.read(size);
        request.whole = request.body.size() == size;
        return;
    }
    while (true) {
        const std::string line = peer.readUntil("\r\n");
        if (!line.ends_with("\r\n"))
            return;
        const size_t size = numberOf(line, 16);
        if (!size)
            break;
        const std::string piece = peer.read(size + 2);
        if (piece.size() != size + 2)
            return;
        request.body.append(piece, 0, size);
    }
    std::string trailers, line;
    do
        trailers += line = peer.readUntil("\r\n");
    while (line.size() > 2);
    request.whole = line == "\r\n";
    const std::string sum = fieldOf("\r\n" + trailers, "x-sum");
    if (request.whole && sum != fieldOf(request.head, "x-trailer"))
        m_ledger.wrong("trailers of " + textOf(request.token) + " did not arrive: " + trailers);
}

void Upstream::judge(const Request &request)
{
    const size_t size = numberOf(fieldOf(request.head, "x-size"));
    if (const std::string parts = difference(request.body, requestBody(request.token, size)); !parts.empty())
        m_ledger.wrong("an upstream got another body than " + textOf(request.token) + " sent: " + parts);
}

Upstream::Then Upstream::answer(Peer &peer, const Request &request)
{
    const auto send = [&](const std::string &octets) { return peer.send(octets) ? Then::Next : Then::Close; };
    if (request.parts[0] == "sum") {
        const std::string sum = textOf(digest(request.body));
        return send(headOf("200 OK", request.token, length(sum.size())) + sum);
    }
    const std::string body = request.parts[0] == "echo" ? request.body : answerBody(request.token, numberOf(request.parts.at(2)));
    const std::string &framing = request.parts.at(3);
    const bool toHead = request.method == "HEAD";
    if (framing == "close") {
        send(headOf("200 OK", request.token, "Connection: close\r\n") + (toHead ? "" : body));
        return Then::Close;
    }
    if (framing == "hints")
        send("HTTP/1.1 103 Early Hints\r\nLink: </" + textOf(request.token) + ">\r\n\r\n");
    if (framing == "length" || framing == "hints")
        return send(headOf("200 OK", request.token, length(body.size())) + (toHead ? "" : body));
    const bool trailers = framing == "trailers";
    const std::string sum = trailers ? "X-Sum: " + textOf(digest(body)) + "\r\n" : "";
    const std::string head = headOf("200 OK", request.token, std::string("Transfer-Encoding: chunked\r\n") + (trailers ? "Trailer: X-Sum\r\n" : ""));
    return send(toHead ? head : head + chunked(body, request.token) + "0\r\n" + sum + "\r\n");
}

Upstream::Then Upstream::fault(Peer &peer, Request &request)
{
    const std::string &kind = request.parts[1];
    const std::string body = answerBody(request.token, numberOf(request.parts.at(3)));
    const std::string half = body.substr(0, body.size() / 2);
    const std::string whole = headOf("200 OK", request.token, length(body.size()));
    if (kind == "early") {
        peer.send(headOf("413 Content Too Large", request.token, length(0)));
        return Then::Close;
    }
    readBody(peer, request);
    if (kind == "resets")
        peer.reset();
    else if (kind == "garbage")
        peer.send("\x16\x03\x01 this is no HTTP\r\n\r\n");
    else if (kind == "two-lengths")
        peer.send(headOf("200 OK", request.token, length(body.size()) + "Transfer-Encoding: chunked\r\n") + chunked(body, request.token) + "0\r\n\r\n");
    else if (kind == "stalls")
        peer.closedByPeer();
    else if (kind == "short")
        peer.send(whole + half);
    else if (kind == "cut") {
        peer.send(headOf("200 OK", request.token, "Transfer-Encoding: chunked\r\n") + chunked(half, request.token));
        peer.reset();
    } else if (kind == "stalls-midway") {
        peer.send(whole + half);
        peer.closedByPeer();
    } else if (kind == "says-more") {
        peer.send(whole + body + headOf("200 OK", ~request.token, length(4)) + "evil");
        peer.closedByPeer();
    } else if (kind == "leaves") {
        // Fine, but for the end that nobody announced: whoever sends the next request here has lost it.
        judge(request);
        if (peer.send(whole + body) && request.token % 3)
            return Then::Next;
    } // "ends": without a word
    return Then::Close;
}

} // namespace gatehouse::soak
