#include "tests/integration/soak/wire.h"

#include "gateway/base/text.h"

#include <arpa/inet.h>
#include <charconv>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::soak {

using test::Peer;

namespace {

constexpr size_t slowPiece = 32 * 1024;

std::string readSome(Peer &peer, size_t size, bool slow)
{
    if (!slow)
        return peer.read(size);
    std::string octets;
    while (octets.size() < size) {
        const std::string piece = peer.read(std::min(slowPiece, size - octets.size()));
        if (piece.empty())
            break;
        octets += piece;
        pause(1);
    }
    return octets;
}

void readChunks(Peer &peer, Answer &answer, bool slow)
{
    while (true) {
        std::string line = peer.readUntil("\r\n");
        if (!line.ends_with("\r\n"))
            return;
        line.resize(line.size() - 2);
        size_t size = 0;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
        if (line.empty() || error != std::errc() || end != line.data() + line.size()) {
            answer.malformed = "a chunk's size is \"" + escapeControls(line.substr(0, 40)) + "\"";
            return;
        }
        if (!size)
            break;
        const std::string piece = readSome(peer, size + 2, slow);
        answer.body.append(piece, 0, size);
        if (piece.size() < size + 2)
            return;
        if (!piece.ends_with("\r\n"))
            answer.malformed = "a chunk does not end";
    }
    std::string line;
    do
        answer.trailers += line = peer.readUntil("\r\n");
    while (line.size() > 2);
    answer.whole = line == "\r\n";
}

} // namespace

std::string headOf(const Ask &ask)
{
    std::string text = ask.method + ' ' + ask.path + " HTTP/" + ask.version + "\r\nHost: localhost\r\nX-Token: " + textOf(ask.token) + "\r\n";
    for (const auto &[name, value] : ask.fields)
        text += name + ": " + value + "\r\n";
    if (ask.framing == Ask::Framing::Length)
        text += "Content-Length: " + std::to_string(ask.body.size()) + "\r\n";
    else if (ask.framing != Ask::Framing::None)
        text += "Transfer-Encoding: chunked\r\n";
    if (ask.framing != Ask::Framing::None)
        text += "X-Size: " + std::to_string(ask.body.size()) + "\r\n";
    if (ask.framing == Ask::Framing::Trailers)
        text += "X-Trailer: " + textOf(digest(ask.body)) + "\r\n";
    return text + "\r\n";
}

std::string bodyOf(const Ask &ask, Random &random)
{
    if (ask.framing == Ask::Framing::None || ask.framing == Ask::Framing::Length)
        return ask.body;
    std::string text;
    for (std::string_view rest = ask.body; !rest.empty();) {
        const size_t size = std::min(rest.size(), random.between(1, random.chance(2) ? 300 : 50'000));
        char hex[16];
        text.append(hex, std::to_chars(hex, hex + sizeof hex, size, 16).ptr);
        text += random.chance(10) ? ";note=\"a b\"\r\n" : "\r\n";
        text += rest.substr(0, size);
        text += "\r\n";
        rest.remove_prefix(size);
    }
    return text + "0\r\n" + (ask.framing == Ask::Framing::Trailers ? "X-Sum: " + textOf(digest(ask.body)) + "\r\n" : "") + "\r\n";
}

std::string readHead(Peer &peer, int &status, int &interims)
{
    while (true) {
        std::string head = peer.readHead();
        status = 0;
        if (!head.ends_with("\r\n\r\n"))
            return head;
        if (head.starts_with("HTTP/1.") && head.size() > 12)
            std::from_chars(head.data() + 9, head.data() + 12, status);
        if (status < 100 || status > 199 || status == 100)
            return head;
        ++interims;
    }
}

Answer readAnswer(Peer &peer, bool toHead, bool http10, bool slow)
{
    Answer answer;
    do
        answer.head = readHead(peer, answer.status, answer.interims);
    while (answer.status == 100 && ++answer.interims);
    if (!answer.status) {
        if (!answer.head.empty())
            answer.malformed = "half a head, or none: " + escapeControls(answer.head.substr(0, 100));
        return answer;
    }
    if (!answer.head.starts_with("HTTP/1.1 ")) // its own, whatever the client's (RFC 9110 6.2)
        answer.malformed = "the version is not the gateway's";
    const std::string length = answer.field("content-length"), coding = answer.field("transfer-encoding"), connection = answer.field("connection");
    answer.closes = http10 ? !equalsIgnoreCase(connection, "keep-alive") : equalsIgnoreCase(connection, "close");
    if (!coding.empty() && (!length.empty() || http10 || coding != "chunked"))
        answer.malformed = "it is framed twice, or in a way the client did not offer";
    if (toHead || answer.status == 204 || answer.status == 304) {
        answer.whole = true;
    } else if (!coding.empty()) {
        readChunks(peer, answer, slow);
    } else if (!length.empty()) {
        size_t size = 0;
        std::from_chars(length.data(), length.data() + length.size(), size);
        answer.body = readSome(peer, size, slow);
        answer.whole = answer.body.size() == size;
    } else {
        if (!answer.closes)
            answer.malformed = "its end can't be told";
        answer.body = peer.readAll();
        answer.whole = !peer.wasReset();
    }
    return answer;
}

Peer dial(uint16_t port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    const timeval patience{30, 0};
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    Peer peer(descriptor);
    if (::connect(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        peer.close();
    return peer;
}

void pause(int millis) { std::this_thread::sleep_for(std::chrono::milliseconds(millis)); }

} // namespace gatehouse::soak
