// Rows where the client is what fails.
#include "tests/integration/forwarding/failures.h"

namespace gatehouse::test {

namespace {

const std::string big(1 << 20, 'x');

Got leaves(const Client &client, const std::string &octets, bool resets, bool arrives = false)
{
    client.peer.send(octets);
    if (arrives && !client.arrived())
        return {"(nothing came to the upstream)", Ends::Gone};
    resets ? client.peer.reset() : client.peer.close();
    return {};
}

auto sends(const std::string &after, bool resets)
{
    return [after, resets](Client client) { return leaves(client, "POST " + client.path + " HTTP/1.1\r\nHost: localhost\r\n" + after, resets, true); };
}

auto posts(const std::string &after)
{
    return [after](Client client) { return ask(client, "POST " + client.path + " HTTP/1.1\r\nHost: localhost\r\n" + after); };
}

// An upstream that reads what it is sent, and is still waiting for more when the client fails.
void reads(Peer &peer) { peer.readAll(); }

// One whose answer has no end.
void answersForever(Peer &peer)
{
    peer.readHead();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (peer.send("100000\r\n" + big + "\r\n")) { }
    peer.close();
}

const std::string length = "Content-Length: 100\r\n\r\nabc";
const std::string chunk = "Transfer-Encoding: chunked\r\n\r\n5\r\nab";
const std::string gone = "client closed the connection";

} // namespace

std::vector<Failure> clientFailures()
{
    std::vector<Failure> rows;
    const auto add = [&](Failure row) { rows.push_back(std::move(row)); };

    // Stalls.
    add({.name = "client-silent", .line = "sends nothing", .client = [](Client client) { return untilEnd(client, ""); }, .limits = "idle: 300ms", .ends = Ends::Closed,
         .connections = 0});
    add({.name = "client-stalls-in-head", .line = "stalls in its head or its body", .client = [](Client client) { return ask(client, "GET " + client.path + " HTTP/1.1\r\nHo"); },
         .limits = "header-timeout: 300ms", .status = 408, .detail = "did not arrive in time", .ends = Ends::Closed, .verdict = "malformed", .error = "client timeout",
         .tries = 0, .connections = 0});
    add({.name = "client-stalls-in-length", .line = "stalls in its head or its body", .client = posts(length), .upstream = reads, .limits = "body-idle: 300ms", .status = 408,
         .detail = "did not arrive in time", .ends = Ends::Closed, .verdict = "malformed", .error = "client timeout"});
    add({.name = "client-stalls-in-chunk", .line = "stalls in its head or its body", .client = posts(chunk), .upstream = reads, .limits = "body-idle: 300ms", .status = 408,
         .detail = "did not arrive in time", .ends = Ends::Closed, .verdict = "malformed", .error = "client timeout"});
    add({.name = "client-stalls-behind-a-request", .line = "stalls in its head or its body",
         .client = [](Client client) {
             client.peer.send(getOf("/alive") + "GET " + client.path + " HTTP/1.1\r\nHo");
             return statusOf(client.peer.readMessage()) == 200 ? ask(client, "") : Got{};
         },
         .limits = "header-timeout: 300ms", .status = 408, .detail = "did not arrive in time", .ends = Ends::Closed, .verdict = "malformed", .error = "client timeout",
         .tries = 0, .connections = 0});
    add({.name = "client-never-reads", .line = "stops reading the answer",
         .client = [](Client client) {
             client.peer.send(getOf(client.path));
             return Got{{}, Ends::Gone};
         },
         .upstream = answersForever, .limits = "body-idle: 300ms", .verdict = "cancelled", .error = "client stopped reading"});
    add({.name = "client-reads-then-stops", .line = "stops reading the answer",
         .client = [](Client client) {
             client.peer.send(getOf(client.path));
             return Got{client.peer.read(1 << 20), Ends::Gone};
         },
         .upstream = answersForever, .limits = "body-idle: 300ms", .status = 200, .cut = true, .verdict = "cancelled", .error = "client stopped reading"});

    // Goes away.
    for (const bool resets : {false, true}) {
        const std::string how = resets ? "resets" : "closes";
        add({.name = "client-" + how + "-before-head", .line = "goes away in its head", .client = [=](Client client) { return leaves(client, "", resets); }, .connections = 0});
        add({.name = "client-" + how + "-in-head", .line = "goes away in its head", .client = [=](Client client) { return leaves(client, "GET / HTTP/1.1\r\nHo", resets); },
             .connections = 0});
        add({.name = "client-" + how + "-in-length", .line = "goes away in its body, or before it has the answer", .client = sends(length, resets), .upstream = reads, .verdict = "cancelled", .error = gone});
        add({.name = "client-" + how + "-in-chunk", .line = "goes away in its body, or before it has the answer", .client = sends(chunk, resets), .upstream = reads, .verdict = "cancelled", .error = gone});
        add({.name = "client-" + how + "-in-answer", .line = "goes away in its body, or before it has the answer",
             .client = [=](Client client) {
                 client.peer.send(getOf(client.path));
                 const std::string part = client.peer.read(200000);
                 return Got{part, leaves(client, "", resets).ends};
             },
             .upstream = answersForever, .status = 200, .cut = true, .verdict = "cancelled", .error = gone});
    }
    add({.name = "client-half-closes", .line = "sends nothing more after its request, and waits for the answer",
         .client = [](Client client) {
             client.peer.send(getOf(client.path));
             client.peer.shutdownSend();
             const std::string answer = client.peer.readMessage();
             return Got{answer, client.peer.closedByPeer() ? Ends::Closed : Ends::Keeps};
         },
         .upstream = [](Peer &peer) {
             peer.readHead();
             peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nagain");
             peer.readAll();
         },
         .status = 200, .ends = Ends::Closed, .verdict = "allowed"});
    add({.name = "client-resets-before-answer", .line = "goes away in its body, or before it has the answer", .client = [](Client client) { return leaves(client, getOf(client.path), true, true); },
         .upstream = reads, .verdict = "cancelled", .error = gone});
    add({.name = "client-resets-with-more-behind", .line = "goes away in its body, or before it has the answer",
         .client = [](Client client) { return leaves(client, getOf(client.path) + getOf(client.path) + "GET / HTT", true, true); }, .upstream = reads, .verdict = "cancelled", .error = gone});

    // Garbage, and too much.
    const auto refused = [&](std::string name, std::string line, std::function<Got(Client)> client, int status, std::string error, std::string detail) {
        add({.name = "client-" + name, .line = std::move(line), .client = std::move(client), .status = status, .detail = std::move(detail), .ends = Ends::Closed,
             .verdict = "malformed", .error = std::move(error), .tries = 0, .connections = 0});
    };
    const auto says = [](std::string octets) { return [octets](Client client) { return ask(client, octets); }; };
    refused("garbage", "sends what is not HTTP", says("\x16\x03\x01\x02\x01\x01\xfc\x03\x03"), 400, "bad-method", "The method is not a token");
    refused("two-framings", "sends an ambiguous head", posts("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, "length-and-coding",
            "Both Content-Length and Transfer-Encoding");
    refused("oversize-head", "sends too large a head", posts("X: " + std::string(40000, 'x') + "\r\n\r\n"), 431, "head-too-large", "larger than the listener's limits");
    refused("oversize-url", "asks for too long a URL", says("GET /" + std::string(10000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 414, "target-too-long",
            "longer than the listener's limits");
    refused("garbage-behind-a-request", "sends an ambiguous head",
            [](Client client) {
                client.peer.send(getOf("/alive") + "GET " + client.path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
                return statusOf(client.peer.readMessage()) == 200 ? ask(client, "") : Got{};
            },
            400, "length-and-coding", "Both Content-Length and Transfer-Encoding");
    add({.name = "client-bad-chunk", .line = "sends a broken chunk", .client = posts("Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefg\r\n"), .upstream = reads, .status = 400,
         .detail = "not followed by CRLF", .ends = Ends::Closed, .verdict = "malformed", .error = "bad-chunk-end"});
    add({.name = "client-oversize-body", .line = "sends too large a body for a policy",
         .client = [](Client client) { return ask(client, postOf(client.path, 2 * big.size()) + big + "y"); }, .to = "mock: reading", .status = 413,
         .detail = "larger than a policy of this route takes in", .ends = Ends::Closed, .verdict = "malformed", .error = "body too large", .tries = 0, .connections = 0});
    add({.name = "client-one-too-many", .line = "is one connection too many", .client = [](Client client) { Peer second = connectTo(client.port); return untilEnd({second, client.port, {}, {}}, ""); },
         .limits = "connections: 1", .ends = Ends::Closed, .connections = 0});
    // Says who it is for (PROXY protocol), or should.
    const std::string proxy = "PROXY TCP4 127.0.0.1 127.0.0.1 1000 80\r\n";
    add({.name = "client-stalls-in-proxy-header", .line = "stalls in its PROXY header", .client = [=](Client client) { return untilEnd(client, proxy.substr(0, 20)); },
         .limits = "header-timeout: 300ms", .listenerKeys = "proxy-protocol: require", .introduction = proxy, .ends = Ends::Closed, .verdict = "malformed", .error = "proxy-late",
         .tries = 0, .connections = 0});
    add({.name = "client-has-no-proxy-header", .line = "has no PROXY header where it is required", .client = [](Client client) { return untilEnd(client, getOf(client.path)); },
         .listenerKeys = "proxy-protocol: require", .introduction = proxy, .ends = Ends::Closed, .verdict = "malformed", .error = "proxy-missing", .tries = 0, .connections = 0});
    for (Failure &row : rows)
        if (row.line.starts_with("goes away") || row.line.starts_with("stops reading"))
            row.ends = Ends::Gone;
    return rows;
}

} // namespace gatehouse::test
